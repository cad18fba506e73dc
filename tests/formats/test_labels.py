"""Label files and the drawings that they name, written by the tests themselves."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdesk.data import reasons
from qdesk.data.splits import SPLITS, split_of
from qdesk.formats import FormatError, open_drawings, write_drawings
from qdesk.formats.labels import DOUBTFUL, HONEST, REASONS, RUDE_NOTES, labelled, read_labels, reason_of
from tests.helpers.drawings import shapes


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten circles with numbers c0 to c9, and ten zigzags without."""
    folder = tmp_path / "strokes"
    folder.mkdir()
    circles = shapes("circle", 10).with_columns(key_id=[f"c{k}" for k in range(10)])
    write_drawings(circles.fit_box(), folder / "circle.ndjson.gz")
    zigzags = shapes("zigzag", 10).with_columns(key_id=[None] * 10)
    write_drawings(zigzags.fit_box(), folder / "zigzag.ndjson")
    return folder


def labels(tmp_path: Path, *lines: dict[str, Any] | str, name: str = "mine.jsonl") -> Path:
    path = tmp_path / name
    path.write_text("".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in lines))
    return path


def test_a_drawing_is_named_by_word_and_row_or_by_key_id_or_by_both(tmp_path: Path, data: Path) -> None:
    file = labels(
        tmp_path,
        {"word": "zigzag", "row": 9, "label": "scribble"},
        {"word": "circle", "key_id": "c3", "label": "honest"},
        {"key_id": "c7", "label": "doubtful", "note": "an egg?", "judge": "me"},
        {"word": "circle", "row": 5, "key_id": "c5", "part": None, "label": "graffiti", "note": "a penis"},
    )
    found = labelled([file], [data])
    zigzags = open_drawings(data / "zigzag.ndjson").drawings
    said = {
        key or "z9": (word, row, label, reason)
        for key, word, row, label, reason in zip(
            found.drawings.column("key_id"), found.drawings.words, found.drawings.column("row"), found.label,
            found.reason, strict=True,
        )
    }  # fmt: skip
    assert said == {
        "z9": ("zigzag", 9, "scribble", "scribble"),
        "c3": ("circle", 3, "honest", ""),
        "c7": ("circle", 7, "doubtful", ""),
        "c5": ("circle", 5, "graffiti", "rude"),
    }
    assert found.part.tolist() == split_of(found.drawings.content_ids()).tolist()
    assert found.drawings.content_ids()[list(said).index("z9")] == zigzags.content_ids()[9]
    assert dict(zip(said, found.is_junk.tolist(), strict=True)) == {"z9": True, "c3": False, "c7": False, "c5": True}


def test_rows_are_those_of_the_first_folder_that_has_the_word(tmp_path: Path, data: Path) -> None:
    (tmp_path / "more").mkdir()
    write_drawings(shapes("circle", 3, seed=9).fit_box(), tmp_path / "more" / "circle.ndjson")
    file = labels(tmp_path, {"word": "circle", "row": 9, "label": "honest"})
    assert labelled([file], [data, tmp_path / "more"]).drawings.column("key_id").tolist() == ["c9"]
    with pytest.raises(
        FormatError, match=r"mine\.jsonl, line 1: there is no drawing in row 9 of .*more.circle\.ndjson"
    ):
        labelled([file], [tmp_path / "more", data])


def test_folders_gzip_blank_lines_and_a_byte_order_mark_are_read(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "labels"
    folder.mkdir()
    one = json.dumps({"key_id": "c1", "label": "honest"})
    (folder / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + one.encode() + b"\r\n\r\n")
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(json.dumps({"key_id": "c2", "label": "wrong"}).encode()))
    (folder / "README.md").write_text("no labels")
    assert labelled([folder], [data]).label.tolist() == ["honest", "wrong"]
    assert labelled([folder, folder / "a.jsonl"], [data]).label.tolist() == ["honest", "wrong"]  # each drawing once


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"label": "honest"', "this is not JSON"),
        ('["honest"]', "this is not an object with a label"),
        ('{"word": "circle", "row": 1}', "there is no label; labels are honest, doubtful, scribble"),
        ('{"word": "circle", "row": 1, "label": "bad"}', "there is no label 'bad'; labels are honest, doubtful"),
        ('{"word": "circle", "row": 1, "label": 3}', "label is not a text in quotes"),
        ('{"word": "circle", "label": "honest"}', "which drawing? It takes word and row, or key_id"),
        ('{"row": 1, "label": "honest"}', "which drawing? It takes word and row, or key_id"),
        ('{"row": 1, "key_id": "c1", "label": "honest"}', "a row is of a word, and there is none"),
        ('{"word": "circle", "row": -1, "label": "honest"}', "row is not a whole number from 0"),
        ('{"word": "circle", "row": 1.5, "label": "honest"}', "row is not a whole number from 0"),
        ('{"word": "circle", "row": true, "label": "honest"}', "row is not a whole number from 0"),
        ('{"key_id": 5152802093400064, "label": "honest"}', "key_id is not a text in quotes"),
        ('{"word": "square", "row": 1, "label": "honest"}', "there is no square.ndjson and no square.ndjson.gz under"),
        ('{"word": "circle", "row": 10, "label": "honest"}', "there is no drawing in row 10 of"),
        ('{"word": "circle", "row": 1, "key_id": "c2", "label": "honest"}', "is c1, not c2"),
        ('{"key_id": "c10", "label": "honest"}', "there is no drawing c10 under"),
        ('{"key_id": "c0", "label": "wrong"}', "the drawing has the label honest in"),
        ('{"key_id": "c1", "part": 20, "label": "honest"}', "part 20 is stated, but the drawing is of part"),
    ],
)
def test_a_line_that_is_wrong_is_named(tmp_path: Path, data: Path, line: str, why: str) -> None:
    file = labels(tmp_path, {"word": "circle", "row": 0, "label": "honest"}, line)
    with pytest.raises(FormatError) as error:
        labelled([file], [data])
    assert f"{file}, line 2: " in str(error.value) and why in str(error.value)
    assert str(error.value).endswith(".")


def test_without_a_label_there_is_nothing(tmp_path: Path, data: Path) -> None:
    with pytest.raises(FormatError, match="There is no label in the label files"):
        labelled([labels(tmp_path, "")], [data])
    (tmp_path / "empty").mkdir()
    with pytest.raises(FormatError, match=r"no label file in .*empty: none ends in \.jsonl or \.jsonl\.gz"):
        labelled([tmp_path / "empty"], [data])
    with pytest.raises(FormatError, match="There is no file"):
        read_labels([tmp_path / "nowhere.jsonl"])
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(gzip.compress(b'{"key_id": "c1", "label": "honest"}\n' * 1000)[:-20])
    with pytest.raises(FormatError, match="cut short"):
        read_labels([cut])


def test_each_label_means_one_reason_but_graffiti_may_be_rude() -> None:
    assert {label: reason_of(label) for label in REASONS} == REASONS
    assert {reason_of(HONEST), reason_of(DOUBTFUL)} == {""} and reason_of("nothing") == "unfinished"
    assert set(REASONS.values()) - {""} <= {reason.name for reason in reasons.REASONS}
    for note in RUDE_NOTES:
        assert reason_of("graffiti", f"Looks like a {note.title()}") == "rude"
        assert reason_of("wrong", f"perhaps {note}") == "wrong"
    assert reason_of("graffiti", "a rude word, beside a good drawing") == "graffiti"


def test_the_reference_labels_are_of_the_reference_drawings(reference_data: Path) -> None:
    """Their rows, key_ids and parts fit, and part 1 has the share of junk that their description states."""
    folder = reference_data / "labels"
    if not folder.is_dir():
        pytest.skip("these reference drawings have no labels")
    found = labelled([folder / "whole.jsonl"], [reference_data / "strokes", reference_data / "strokes_more"])
    assert Counter(found.part.tolist()) == {0: 5133, 1: 5069}
    assert found.is_junk.sum() == 186 and (found.label == DOUBTFUL).sum() == 389
    assert np.array(read_labels([folder / "picked.jsonl"])).shape == (2922,)
    assert SPLITS == 20
