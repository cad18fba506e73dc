"""Words, keys, times and truths as other programs write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qdesk.formats import open_drawings
from qdesk.formats.fields import key_of, recognized_of, time_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2017-03-02 23:25:10.07453 UTC", "2017-03-02 23:25:10.07453 UTC"),
        ("2017-03-02 23:25:10", "2017-03-02 23:25:10"),
        ("2017-03-02T23:25:10Z", "2017-03-02 23:25:10 UTC"),
        ("2017-03-02T23:25:10.5+02:00", "2017-03-02 21:25:10.5 UTC"),
        ("2017-03-02 23:25:10-0130", "2017-03-03 00:55:10 UTC"),
        ("2017-03-02 23:25:10.074530+00:00", "2017-03-02 23:25:10.07453 UTC"),
        ("2017-03-02T23:25", "2017-03-02 23:25:00 UTC"),
        ("2017-03-02", "2017-03-02 00:00:00 UTC"),
        ("Thu, 02 Mar 2017 23:25:10 +0100", "2017-03-02 22:25:10 UTC"),
        ("Thu, 02 Mar 2017 23:25:10 GMT", "2017-03-02 23:25:10 UTC"),
        ("30/11/2026 11:00", "2026-11-30 11:00:00 UTC"),
        ("11/30/2026", "2026-11-30 00:00:00 UTC"),
        ("30.11.2026 11:00:59", "2026-11-30 11:00:59 UTC"),
        ("03/03/2017", "2017-03-03 00:00:00 UTC"),
        ("01/03/2017 10:00", "01/03/2017 10:00"),  # in January or in March
        (1488362400, "2017-03-01 10:00:00 UTC"),
        ("1488362400", "2017-03-01 10:00:00 UTC"),
        (1488362400.25, "2017-03-01 10:00:00.25 UTC"),
        (1488362400123, "2017-03-01 10:00:00.123 UTC"),
        (1488362400123456, "2017-03-01 10:00:00.123456 UTC"),
        (1488362400123456789, "2017-03-01 10:00:00.123456789 UTC"),
        ("soon", "soon"),
        ("99/99/2017", "99/99/2017"),
        ("", ""),
        (17, None),
        (-5, None),
        (1e300, None),
        (float("nan"), None),
        (True, None),
        ([1], None),
        (None, None),
    ],
)
def test_a_time_of_any_shape_is_one_of_the_official_files(value: object, expected: str | None) -> None:
    assert time_of(value) == expected


@pytest.mark.parametrize("value", [True, 1, 1.0, "True", "true", "TRUE", " 1 "])
def test_a_truth_of_any_shape(value: object) -> None:
    assert recognized_of(value) is True


@pytest.mark.parametrize("value", [False, 0, 0.0, "False", "0"])
def test_an_untruth_of_any_shape(value: object) -> None:
    assert recognized_of(value) is False


@pytest.mark.parametrize("value", [None, 2, "yes", [True], float("nan")])
def test_what_is_neither_is_unknown(value: object) -> None:
    assert recognized_of(value) is None


def test_a_key_is_text_and_a_float_only_where_it_is_whole_and_exact() -> None:
    assert [key_of(value) for value in ("a", 5237462900113408, 5237462900113408.0)] == [
        "a",
        "5237462900113408",
        "5237462900113408",
    ]
    assert [key_of(value) for value in (None, True, 1.5, 1e17, float("nan"), [1])] == [None] * 6


def test_a_file_of_them_is_read_and_what_cannot_be_told_is_said_once(tmp_path: Path) -> None:
    about = [
        {"recognized": 1, "timestamp": 1488362400123, "key_id": 11, "word": "cat"},
        {"recognized": "False", "timestamp": "01/03/2017 10:00", "word": 3},
        {"timestamp": "02/03/2017 10:00", "word": 4},
        {"recognized": True, "timestamp": "2017-03-02T23:25:10Z"},
    ]
    (tmp_path / "a").write_text("\n".join(json.dumps({**one, "drawing": [[[0, 1], [0, 5]]]}) for one in about))
    opened = open_drawings(tmp_path / "a")
    drawings = opened.drawings
    assert drawings.column("recognized").tolist() == [True, False, None, True]
    assert drawings.column("timestamp").tolist() == [
        "2017-03-01 10:00:00.123 UTC",
        "01/03/2017 10:00",
        "02/03/2017 10:00",
        "2017-03-02 23:25:10 UTC",
    ]
    assert drawings.column("key_id").tolist() == ["11", None, None, None]
    assert drawings.words.tolist() == ["cat", None, None, None]
    assert len(opened.notes) == 2
    assert "words are numbers" in opened.notes[0] and "'01/03/2017 10:00' cannot be told" in opened.notes[1]


def test_dates_alone_in_other_shapes_are_not_overlooked(tmp_path: Path) -> None:
    """All values are text, as in the official files, so that nothing but their shape tells."""
    (tmp_path / "a").write_text('{"timestamp": "2017-03-02T23:25:10+02:00", "drawing": [[[0, 1], [0, 5]]]}')
    opened = open_drawings(tmp_path / "a")
    assert opened.drawings.column("timestamp").tolist() == ["2017-03-02 21:25:10 UTC"]
    assert opened.notes == ()


def test_what_is_neither_is_said(tmp_path: Path) -> None:
    lines = ({"recognized": value, "drawing": [[[0, 255], [0, 9]]]} for value in (1, None, "yes", "maybe"))
    (tmp_path / "a.ndjson").write_text("\n".join(map(json.dumps, lines)))
    opened = open_drawings(tmp_path / "a.ndjson")
    assert opened.drawings.column("recognized").tolist() == [True, None, None, None]
    assert (
        len(opened.notes) == 1
        and "values of recognized such as 'yes' cannot be told and are left unknown" in opened.notes[0]
    )


def test_values_of_other_kinds_are_said(tmp_path: Path) -> None:
    odd = {"word": ["cat"], "key_id": 5e20, "countrycode": 49, "drawing": [[[0, 255], [0, 9]]]}
    (tmp_path / "a.ndjson").write_text(json.dumps(odd))
    opened = open_drawings(tmp_path / "a.ndjson")
    assert [note.partition(": ")[2].split(" such as ")[0] for note in opened.notes] == ["words", "key_ids", "countries"]
