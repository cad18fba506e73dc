"""Which drawings are judged, and what is left out of the files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qdesk import cli
from qdesk.data.bitmap_frame import thin_raster
from qdesk.data.drawings import Drawings
from qdesk.data.splits import split_of
from qdesk.evaluation.selection import Found, read, select
from qdesk.formats import FormatError, write_drawings
from qdesk.training.preflight import corpus_for


def line(word: str | None, x: int) -> str:
    record = {"drawing": [[[0, x, 255], [0, 10, 255]]], "key_id": str(x)}
    return json.dumps(record | ({"word": word} if word else {}))


def batch(*words: str | None) -> Drawings:
    strokes = [[np.array([[0, 0], [k + 1, 9], [255, 255]])] for k in range(len(words))]
    return Drawings.from_strokes(strokes, word=list(words))


def test_a_folder_is_every_file_of_drawings_under_it(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.ndjson").write_text("\n".join([line("cat", 1), "{", line("cat", 2)]))
    (tmp_path / "deep" / "b.ndjson").write_text(line("dog", 3))
    (tmp_path / "empty.ndjson").write_text("")
    (tmp_path / "notes.txt").write_text("no drawings")
    seen: list[float] = []
    found = read([tmp_path], seen.append)
    assert found.drawings.words.tolist() == ["cat", "cat", "dog"]
    assert found.problem_count == 1 and found.problems[0].line == 2
    assert len(found.skipped) == 1 and "empty.ndjson" in found.skipped[0]
    assert seen == sorted(seen) and found.files == (str(tmp_path),)


def test_a_file_that_is_named_has_to_be_readable(tmp_path: Path):
    bad = tmp_path / "bad.ndjson"
    bad.write_text("")
    with pytest.raises(FormatError, match="is empty"):
        read([bad])
    with pytest.raises(FormatError, match="There are no files of drawings under .*is empty"):
        read([tmp_path])


def test_each_drawing_is_left_out_for_one_reason():
    drawings = Drawings.concat([batch("cat", "dog", None, "unicorn", "cat"), batch("cat")])
    found = select(Found(drawings), ["cat", "dog"], ["cat"])
    assert found.drawings.words.tolist() == ["cat", "cat"]
    assert found.left_out == {"no_word": 1, "unknown_word": 1, "other_words": 1, "copies": 1, "other_part": 0}
    assert found.unknown_words == ("unicorn",)


def test_the_parts_are_those_of_training():
    drawings = batch(*["cat"] * 200)
    part = split_of(drawings.content_ids())
    for name, number in (("validation", 0), ("test", 1)):
        found = select(Found(drawings), ["cat"], ["cat"], name)
        assert split_of(found.drawings.content_ids()).tolist() == [number] * int((part == number).sum())
        assert found.left_out["other_part"] == 200 - len(found.drawings) and found.part == name
    assert len(select(Found(drawings), ["cat"], ["cat"]).drawings) == 200


def test_the_parts_of_bitmaps_are_those_of_training_however_they_are_framed(tmp_path: Path):
    for word, count in (("cat", 100), ("dog", 120)):
        thin = thin_raster(batch(*[word] * count))
        write_drawings(Drawings.from_bitmaps(thin, word=word), tmp_path / f"{word}.npy")
    line = ["train", "classifier", "--data", str(tmp_path), "--out", str(tmp_path / "a.safetensors")]
    corpus = corpus_for("classifier", cli.make_parser().parse_args(line), print)
    for name, kept in (("validation", corpus.validation), ("test", corpus.test)):
        found = select(read([tmp_path]), ["cat", "dog"], ["cat", "dog"], name)
        assert len(kept) and set(found.drawings.content_ids()) == set(kept.content_ids())


def test_bitmaps_beside_strokes_are_left_out(tmp_path: Path):
    (tmp_path / "cat.ndjson").write_text("\n".join([line("cat", 1), line("cat", 2)]))
    write_drawings(Drawings.from_bitmaps(np.full((3, 28, 28), 9), word="cat"), tmp_path / "cat.npy")
    found = select(read([tmp_path]), ["cat"], ["cat"])
    assert len(found.drawings) == 2 and found.left_out["bitmaps"] == 3
    assert len(read([tmp_path / "cat.npy"]).drawings) == 3


@pytest.mark.parametrize(
    ("words", "wanted", "part", "why"),
    [
        ((None, None), ["cat"], "all", "have no word"),
        (("unicorn",), ["cat"], "all", "has a word that the network knows"),
        (("dog",), ["cat"], "all", "is of these words"),
    ],
)
def test_nothing_left_is_said(words, wanted, part, why):
    with pytest.raises(ValueError, match=why):
        select(Found(batch(*words)), ["cat", "dog"], wanted, part)


def test_a_part_without_a_drawing_is_said():
    one = batch(*["cat"] * 40)
    trained = one.take(split_of(one.content_ids()) > 1)
    with pytest.raises(ValueError, match="belongs to the test part"):
        select(Found(trained), ["cat"], ["cat"], "test")
