"""The rows of the formats: each is whole, in the documents, and brings back what it wrote."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qdesk.data.categories import categories
from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, file_dialog_filter, format_of, open_drawings, registry, write_drawings
from qdesk.formats.keeping import Selection, write_selection
from qdesk.formats.overview import written_into
from qdesk.formats.registry import DATA, FORMATS, PICTURES, READ, SUFFIXES, WRITTEN, Format
from qdesk.scoring.scorer import Scorer
from tests.helpers.commands import run
from tests.helpers.tfrecord import of

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


# There and back, by hypothesis and by the scores


FIELDS = ("word", "key_id", "countrycode", "recognized", "timestamp")
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
    lambda text: text == text.strip()
)
"""InkML, as all XML that people indent, has no spaces around a text."""
SINGLE = st.floats(-1e5, 1e5, width=32)


@st.composite
def held(draw: st.DrawFn, name: str) -> Drawings:
    """Drawings of everything that a format can hold."""
    count = draw(st.integers(1, 4))

    def each(values: st.SearchStrategy) -> list:
        return draw(st.lists(st.none() | values, min_size=count, max_size=count))

    if name == "npy":
        seed = draw(st.integers(0, 99))
        pixels = np.random.default_rng(seed).integers(0, 256, (count, 28, 28), np.uint8)
        return Drawings.from_bitmaps(pixels * np.uint8(draw(st.sampled_from([0, 1]))), word="cat")
    is_bin = name == "bin"
    place = st.integers(0, 255) if is_bin else SINGLE | st.integers(0, 255)
    stroke = st.lists(st.tuples(place, place), min_size=1, max_size=5)
    strokes = [
        [np.array(points, np.float32) for points in draw(st.lists(stroke, min_size=1, max_size=3))]
        for _ in range(count)
    ]  # fmt: skip
    times = None
    if name == "raw" or name in ("ndjson", "inkml") and draw(st.booleans()):
        times = []
        for drawing in strokes:
            count_points = sum(map(len, drawing))
            clock = np.sort(draw(st.lists(st.integers(0, 9**6), min_size=count_points, max_size=count_points)))
            ends = np.cumsum([len(one) for one in drawing])[:-1]
            times.append(np.split((clock - clock[0]).astype(np.float32), ends))
    second = st.integers(0 if not is_bin else 1, (1 << 31) - 1)
    stamps = [None if one is None else f"{str(np.datetime64(one, 's')).replace('T', ' ')} UTC" for one in each(second)]
    return Drawings.from_strokes(
        strokes, times=times,
        word="cat" if is_bin else each(st.sampled_from(categories()) | TEXT),
        key_id=[None if one is None else str(one) for one in each(st.integers(1, (1 << 64) - 1))],
        countrycode=[one or "ZZ" for one in each(st.sampled_from(["DE", "US"]))] if is_bin else each(TEXT),
        recognized=[bool(one) for one in each(st.booleans())] if is_bin else each(st.booleans()),
        timestamp=stamps,
    )  # fmt: skip


@settings(max_examples=25, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(data=st.data(), packed=st.booleans())
@pytest.mark.parametrize("format", DATA, ids=lambda format: format.name)
def test_all_that_a_format_holds_comes_back(
    tmp_path_factory: pytest.TempPathFactory, format: Format, data: st.DataObject, packed: bool
) -> None:
    before = data.draw(held(format.name))
    name = "cat" if format.name in ("bin", "npy") else "held"  # these have the word from there
    path = tmp_path_factory.mktemp("held") / f"{name}{format.endings[packed]}"
    write_drawings(before, path)
    opened = open_drawings(path)
    after = opened.drawings
    assert opened.problem_count == 0
    for name in ("points", "stroke_offsets", "drawing_offsets", "bitmaps", "times"):
        one, other = getattr(before, name), getattr(after, name)
        assert (one is None and other is None) or np.array_equal(one, other, equal_nan=True), name
    for name in FIELDS:
        assert after.column(name).tolist() == before.column(name).tolist(), name


def house(shift: int) -> list[list[list[int]]]:
    """A house with a roof, a door and a window, as a hand might draw it."""
    wall = [[0, 3, 250 - shift, 255, 2], [80, 255, 251, 84 + shift, 82]]
    roof = [[0, 120 + shift, 255], [80, 0, 84 + shift]]
    door = [[90, 92, 130, 131 - shift], [253, 160 + shift, 158, 252]]
    return [wall, roof, door, [[170, 171, 210, 209, 169], [120, 160, 161, 121 + shift, 118]]]


def rows(strokes: list[list[list[int]]]) -> list[np.ndarray]:
    return [np.array(stroke, float).T for stroke in strokes]


def stroke3(strokes: list[list[list[int]]]) -> np.ndarray:
    return Drawings.from_strokes([rows(strokes)]).to_stroke3(0).astype(np.int16)


def written(folder: Path) -> dict[str, Path]:
    """Three houses in each format that is read."""
    houses = [house(shift) for shift in (0, 7, 20)]
    records = [{"word": "house", "key_id": str(k + 1), "drawing": one} for k, one in enumerate(houses)]
    drawings = Drawings.from_strokes([rows(one) for one in houses], word="house", key_id=["1", "2", "3"])
    made: dict[str, Callable[[Path], object]] = {
        "json": lambda path: path.write_text(json.dumps(records, indent=1)),
        "csv": lambda path: path.write_text(
            "key_id,word,drawing\n" + "".join(f'{k},house,"{one}"\n' for k, one in enumerate(houses))
        ),
        "npz": lambda path: np.savez(path, train=np.array([stroke3(one) for one in houses])),
        "svg": lambda path: path.write_text(
            '<svg xmlns="http://www.w3.org/2000/svg"><title>house</title>' + "".join(
                f'<polyline points="{" ".join(f"{x},{y}" for x, y in zip(*stroke, strict=True))}"/>'
                for stroke in houses[0]
            ) + "</svg>"
        ),
        "tfrecord": lambda path: path.write_bytes(
            b"".join(of([list(zip(*stroke, strict=True)) for stroke in one], 0) for one in houses)
        ),
        "parquet": lambda path: parquet.write_table(pa.Table.from_pylist(records), path),
        "npy": lambda path: np.save(path, np.array([stroke3(one) for one in houses])),
    }  # fmt: skip
    paths = {format.name: folder / f"house{format.ending}" for format in READ}
    (folder / "house.tfrecord.classes").write_text("house\n")
    for name, path in paths.items():
        if name in made:
            made[name](path)
        elif name != "zip":
            write_drawings(drawings, path)
    with zipfile.ZipFile(paths["zip"], "w") as archive:
        archive.write(paths["ndjson"], "house.ndjson")
        archive.writestr("more/house.bin.gz", gzip.compress(paths["bin"].read_bytes()))
    return paths


@pytest.mark.torch
def test_no_way_through_the_formats_changes_a_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each format that is read, by `convert` to ndjson and from there to each that is written."""
    scorer = Scorer()
    paths = written(tmp_path)
    assert paths.keys() == {format.name for format in READ}
    for name, path in paths.items():
        before = open_drawings(path).drawings
        scores = scorer.score(before)
        assert run("convert", path, tmp_path / f"{name}.out.ndjson") == 0
        there = open_drawings(tmp_path / f"{name}.out.ndjson").drawings
        same(scores, scorer.score(there), name)
        for format in DATA:
            if format.name in ("npy", "raw") or format.name == "bin" and name in ("npz", "npy", "svg"):
                continue  # what these cannot hold
            assert run("convert", tmp_path / f"{name}.out.ndjson", tmp_path / f"house{name}{format.ending}") == 0
            back = open_drawings(tmp_path / f"house{name}{format.ending}").drawings.with_columns(word="house")
            same(scores, scorer.score(back), f"{name} by ndjson to {format.name}")
    capsys.readouterr()


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray], which: str) -> None:
    for name, values in one.items():
        if values.dtype == object:
            assert values.tolist() == other[name].tolist(), (which, name)
        else:
            assert np.array_equal(values, other[name], equal_nan=values.dtype.kind == "f"), (which, name)


def test_what_is_kept_twice_is_kept(tmp_path: Path) -> None:
    """Clean data of clean data, in each format, has no more and no less than the drawings that stay."""
    for name, path in written(tmp_path).items():
        drawings = open_drawings(path).drawings
        out = tmp_path / f"kept{path.suffix}"
        write_selection(Selection(path, drawings), out, name, as_is=True)
        again = tmp_path / f"again{path.suffix}"
        write_selection(Selection(out, open_drawings(out).drawings), again, name, as_is=True)
        assert again.read_bytes() == out.read_bytes(), name
        assert open_drawings(again).drawings.content_ids().tolist() == drawings.content_ids().tolist(), name
