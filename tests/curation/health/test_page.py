"""The health of invented drawings: what is measured, the JSON, and the page, read as a browser would."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.expectation import NO_KIND
from qdesk.curation.health.json import json_text, to_json, write_json
from qdesk.curation.health.measure import Health, measure
from qdesk.curation.health.page import summary, write_health
from qdesk.curation.health.reading import Collection, read
from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, Problem
from tests.helpers.commands import ndjson_line
from tests.helpers.drawings import shapes
from tests.helpers.html_page import Page

EVIL = '</script><script>alert("x")</script> & \'co'


def columns(count: int) -> dict[str, np.ndarray]:
    """The scores: the first are the worst."""
    return {
        "junk": np.linspace(4, -9, count),
        "p_word": np.linspace(0, 1, count),
        "reason": np.array(["rude" if n == 0 else "wrong" if n < count // 8 else "" for n in range(count)], object),
        "evidence": np.array([EVIL if n < 3 else "" for n in range(count)], object),
        "embedding": np.random.default_rng(0).integers(-100, 100, (count, 64)).astype(np.int8),
    }


def health(count: int = 60, verdicts: dict[int, str] | None = None, **changed: np.ndarray) -> Health:
    half = count // 2
    drawings = Drawings.concat([shapes("circle", count - half), shapes("zigzag", half)]).with_columns(
        word=["circle"] * (count - half) + [EVIL] * half,
        key_id=[str(n) for n in range(count)], countrycode=["DE", None] * half + ["US"] * (count % 2),
        timestamp=[f"2017-0{1 + n % 3}-05 01:07:50.46456 UTC" if n % 4 else None for n in range(count)],
        recognized=[True] * (count - 1) + [None],
    )  # fmt: skip
    collection = Collection((drawings,), (Problem("a.ndjson", 3, EVIL),), 1, (f"{EVIL}.npz is empty.",))
    given = np.full(count, "", object)
    for row, verdict in (verdicts or {}).items():
        given[row] = verdict
    return measure(collection, columns(count) | changed, given)


def page(found: Health, path: Path, **options: bool) -> tuple[Page, str]:
    write_health(found, path, EVIL, **options)
    text = path.read_text(encoding="utf-8")
    return Page(text), text


def test_what_is_counted():
    found = health(verdicts={1: "wrong", 2: "keep"})
    said = to_json(found)
    assert said["drawings"] == 60 and said["words"] == 2 and said["unknown_words"] == {EVIL: 30}
    assert said["flagged"] == 1 and said["kept"] == 1 and said["rude"] == 1 and said["bad_lines"] == 1
    assert said["junk"] == pytest.approx(said["left"] + 1, abs=0.02)
    assert said["missing"] == {
        "word": 0, "key_id": 0, "countrycode": 30, "timestamp": 15, "recognized": 1, "all": 0,
    }  # fmt: skip
    assert (said["first"], said["last"]) == ("2017-01-05", "2017-03-05") and sum(said["months"].values()) == 45
    assert said["countries"] == {"DE": 30} and said["recognized"] == 59 and said["not_recognized"] == 0
    assert set(said["junk_by_kind"]) == {"rude", "wrong", NO_KIND}
    chance = found.p_junk[found.doubtful]
    assert said["doubtful"] == len(chance) > 0 and (chance >= 0.1).all() and (chance < 0.5).all()
    assert [one["word"] for one in said["per_word"]] == [EVIL, "circle"]
    assert said["per_word"][1]["worst"][0]["key_id"] == "0" and said["per_word"][1]["flagged"] == 1
    assert json.loads(json_text(found)) == json.loads(json.dumps(said))


def test_flagged_copies_are_flagged_and_no_junk():
    found = health(verdicts={1: "wrong", 2: "keep", 3: "copy", 4: "copy", 5: "unsure"})
    said = to_json(found)
    assert (said["flagged"], said["copies_flagged"], said["kept"], said["unsure"]) == (3, 2, 1, 1)
    assert said["junk"] == pytest.approx(said["left"] + 1, abs=0.02)
    assert "You flagged 3, 2 of them as copies, and kept 1. " in summary(found)[1]
    assert "among the 56 that you have not judged" in summary(found)[1]


def test_the_most_typical_are_neither_flagged_nor_doubtful_and_near_the_mean():
    odd = np.zeros((60, 64), np.int8)
    odd[:, 0] = 100
    odd[:30, 1] = np.arange(30)[::-1] * 3  # the later, the nearer to the axis, to which most are near
    found = health(embedding=odd, verdicts={29: "wrong"})
    circle = found.words[1]
    assert 29 not in circle.typical and not np.isin(circle.typical, found.doubtful).any()
    assert circle.worst[0] == 0


def test_the_json_goes_to_a_file(tmp_path):
    write_json(health(), tmp_path / "health.json")
    assert json.loads((tmp_path / "health.json").read_text(encoding="utf-8"))["drawings"] == 60


@pytest.mark.parametrize("count", [1, 2, 60])
def test_the_page_stands_alone(count, tmp_path):
    found, text = page(health(count), tmp_path / "health.html")
    assert found.open == [] and found.outside == [] and found.unnamed == 0
    assert found.links <= found.ids and found.scripts == 1 and not found.handlers
    assert "<script>alert" not in text
    said = ("unknown, word not judged" in text, "not judged whether their drawings show the word" in text)
    assert said == (count > 1, count > 1)
    assert re.findall(r"url\((?!data:)[^)]*\)|@import|https?://(?!www\.w3\.org)", text) == []


def test_rude_drawings_are_drawn_only_where_somebody_asks(tmp_path):
    found = health()
    shut, text = page(found, tmp_path / "health.html")
    assert "1 rude drawing not shown" in text and ">rude</span><span>junk" not in text
    open_, shown = page(found, tmp_path / "rude.html", rude=True)
    assert "not shown" not in shown and ">rude</span><span>junk" in shown
    assert "1 rude drawing not shown: --rude shows it." in summary(found)


def test_a_kept_drawing_is_no_rude_one():
    assert not health(verdicts={0: "keep"}).rude.any()
    assert health(verdicts={9: "rude"}).rude.sum() == 2


def test_nothing_scored_and_nothing_known(tmp_path):
    drawings = Drawings.from_bitmaps(np.zeros((3, 28, 28), np.uint8))
    blank = np.full(3, "", object)
    unknown = {
        "junk": np.full(3, np.nan), "p_word": np.full(3, np.nan), "reason": blank, "evidence": blank,
        "embedding": np.zeros((3, 64), np.int8),
    }  # fmt: skip
    found = measure(Collection((drawings,)), unknown, blank)
    said = to_json(found)
    assert said["sentence"] == "How many are junk is not known: none is scored."
    assert said["per_word"][0]["word"] is None and said["per_word"][0]["junk"] is None and said["exact_copies"] == 2
    assert said["first"] is None and said["missing"]["all"] == 3
    seen, text = page(found, tmp_path / "health.html")
    assert seen.open == [] and seen.links <= seen.ids and "No drawing says when it was drawn." in text
    assert summary(found)[0] == said["sentence"]


def test_a_folder_is_read_with_strokes_and_bitmaps_and_what_cannot_be_read_is_named(tmp_path):
    (tmp_path / "square.ndjson").write_text("\n".join([ndjson_line(1), "{", ndjson_line(2)]) + "\n")
    np.save(tmp_path / "cat.npy", np.zeros((2, 784), np.uint8))
    (tmp_path / "empty.ndjson").write_text("")
    found = read([tmp_path])
    assert [len(part) for part in found.parts] == [2, 2] and len(found) == 4
    assert found.words.tolist() == ["square", "square", "cat", "cat"]
    assert found.problem_count == 1 and len(found.skipped) == 1 and "is empty" in found.skipped[0]
    with pytest.raises(FormatError, match="is empty"):
        read([tmp_path / "empty.ndjson"])
    with pytest.raises(FormatError, match="no files of drawings"):
        read([tmp_path / "nothing"] if (tmp_path / "nothing").mkdir() else [tmp_path / "nothing"])


def test_an_unsure_drawing_is_neither_flagged_nor_kept(tmp_path):
    without, found = health(), health(verdicts={0: "unsure"})
    said = to_json(found)
    assert (said["flagged"], said["kept"], said["unsure"]) == (0, 0, 1) and said["junk"] == to_json(without)["junk"]
    assert found.worst.tolist() == without.worst.tolist() and found.words[1].flagged == found.words[1].kept == 0
    _, text = page(found, tmp_path / "health.html", rude=True)
    assert "flagged: unsure" not in text and "unsure" in text
