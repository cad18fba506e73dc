"""The rows of the formats: each is whole, in the documents, and brings back what it wrote."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, file_dialog_filter, format_of, open_drawings, registry, write_drawings
from qdesk.formats.overview import written_into
from qdesk.formats.registry import DATA, FORMATS, PICTURES, READ, SUFFIXES, WRITTEN, Format

ROOT = Path(__file__).parents[2]
STROKES = Drawings.from_strokes(
    [[np.array([[0, 3], [255, 9]])], [np.array([[7, 7]]), np.array([[1, 2], [3, 255], [5, 6]])]],
    times=[[[0, 16]], [[0], [50, 66, 82]]],
    word="cat",
    key_id=["11", "12"],
    countrycode=["DE", None],
    recognized=[True, False],
)
BITMAPS = Drawings.from_bitmaps(np.arange(2 * 784).reshape(2, 784) % 256, word="cat")


def said_by_id(format: Format) -> str:
    return format.name


def test_no_two_formats_have_a_name_or_an_ending_in_common() -> None:
    assert len({format.name for format in FORMATS}) == len(FORMATS)
    assert len({format.ending for format in FORMATS}) == len(FORMATS)
    assert all(format.ending.startswith(".") and format.ending.islower() for format in FORMATS)


@pytest.mark.parametrize("format", FORMATS, ids=said_by_id)
def test_a_row_has_its_module_and_its_words(format: Format) -> None:
    assert not format.reads or callable(format.load().read) and format.title and format.short
    assert not format.writes or callable(format.load().write)
    assert format.reads or format.writes


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("format", DATA, ids=said_by_id)
def test_what_a_format_writes_is_known_and_read_again(format: Format, packed: bool, tmp_path: Path) -> None:
    path = tmp_path / f"cat{format.endings[packed]}"
    before = BITMAPS if format.name == "npy" else STROKES
    write_drawings(before, path)
    assert path.read_bytes().startswith(b"\x1f\x8b") == packed
    found = open_drawings(path.rename(tmp_path / "cat"))  # the name says nothing any more
    assert format_of(tmp_path / "cat").load() is format.load() and found.problem_count == 0
    after = found.drawings
    assert np.array_equal(after.points, before.points)
    assert after.stroke_offsets.tolist() == before.stroke_offsets.tolist()
    assert after.drawing_offsets.tolist() == before.drawing_offsets.tolist()
    assert before.bitmaps is None or np.array_equal(after.bitmaps, before.bitmaps)
    assert after.times is None or np.array_equal(after.times, before.times)
    assert after.words.tolist() == before.words.tolist()
    assert format.name == "npy" or after.column("key_id").tolist() == ["11", "12"]


@pytest.mark.parametrize("format", PICTURES, ids=said_by_id)
def test_a_picture_is_not_read_again(format: Format, tmp_path: Path) -> None:
    write_drawings(STROKES, tmp_path / f"cat{format.ending}")
    assert (tmp_path / f"cat{format.ending}").stat().st_size > 500
    with pytest.raises(FormatError, match="only to be looked at|is a picture|is a PDF"):
        open_drawings(tmp_path / f"cat{format.ending}")


@pytest.mark.parametrize("format", READ, ids=said_by_id)
def test_no_format_takes_another_for_its_own(format: Format, tmp_path: Path) -> None:
    """Only the two that are known by nothing but zero bytes or none say yes to more than their own."""
    for other in DATA:
        path = tmp_path / f"a{other.ending}"
        write_drawings(BITMAPS if other.name == "npy" else STROKES, path)
        mine = other.load() is format.load()
        assert format.sniff is not None and (format.sniff(path.read_bytes()) or not mine)
        assert mine or format.name in ("ndjson", "bin") or not format.sniff(path.read_bytes())


@pytest.mark.parametrize("format", FORMATS, ids=said_by_id)
def test_every_format_is_in_the_documents_and_in_what_is_said(format: Format) -> None:
    assert f"`{format.ending}`" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert format.title in registry.CAN_READ and format.short in registry.SHORTLY
    assert not format.writes or format.ending + format.note in registry.CAN_WRITE
    assert not format.reads or set(format.endings) <= set(SUFFIXES)
    assert not format.reads or all(f"*{ending}" in file_dialog_filter() for ending in format.endings)


@pytest.mark.parametrize("format", FORMATS, ids=said_by_id)
def test_a_format_copies_whose_module_can(format: Format) -> None:
    assert not format.reads or format.copies == hasattr(format.load(), "copy")


def test_lists_in_words() -> None:
    assert registry.listed(["a"], "and") == "a" and registry.listed(["a", "b", "c"], "or") == "a, b or c"
    assert len(READ) >= 4 and len(WRITTEN) == len(DATA) + len(PICTURES)


def test_the_tables_in_the_documents_are_those_of_the_registry() -> None:
    """`python scripts/write_formats.py` writes them."""
    text = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert written_into(text) == text and text.count("\n| `.") == len(FORMATS)


points = st.tuples(st.integers(0, 255), st.integers(0, 255))
drawn = st.lists(st.lists(points, min_size=1, max_size=7), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(
    many=st.lists(drawn, min_size=1, max_size=4),
    timed=st.booleans(),
    recognized=st.sampled_from([True, False]),
    keys=st.lists(st.integers(1, (1 << 64) - 1), min_size=4, max_size=4),
    seconds=st.integers(1, (1 << 32) - 1),
)
@pytest.mark.parametrize("format", [format for format in DATA if format.name != "npy"], ids=said_by_id)
def test_whatever_a_format_can_hold_comes_back(
    tmp_path_factory, format: Format, many: list, timed: bool, recognized: bool, keys: list, seconds: int
) -> None:
    times = [[[100 * s + 16 * place for place in range(len(d[s]))] for s in range(len(d))] for d in many]
    before = Drawings.from_strokes(
        [[np.array(stroke) for stroke in drawing] for drawing in many],
        times=times if timed or format.name == "raw" else None,
        word="cat",
        key_id=[str(key) for key in keys[: len(many)]],
        countrycode="DE",
        recognized=[recognized] * len(many),
        timestamp=[f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"] * len(many),
    )
    path = tmp_path_factory.mktemp("formats") / f"cat{format.ending}"
    write_drawings(before, path)
    after = open_drawings(path).drawings
    assert np.array_equal(after.points, before.points)
    assert after.stroke_offsets.tolist() == before.stroke_offsets.tolist()
    assert after.drawing_offsets.tolist() == before.drawing_offsets.tolist()
    for name in ("word", "key_id", "countrycode", "recognized", "timestamp"):
        assert after.column(name).tolist() == before.column(name).tolist()
    if format.name not in ("bin", "simplified") and before.times is not None:
        assert np.array_equal(after.times, before.times)
