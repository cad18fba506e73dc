"""Drawings from one file to another: what stays, byte for byte or number for number."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, bitmaps, format_of, open_drawings, write_drawings
from qdesk.formats.base import NotCopied, open_input
from qdesk.formats.keeping import Selection, are_changed, write_selection, write_selections
from tests.helpers.commands import square

COUNT = 12
CAT = [[[0.1, 9, 3], [0, 7, 255]], [[4], [5]]]


def some(times: bool = False) -> Drawings:
    rng = np.random.default_rng(3)
    strokes = [[rng.integers(0, 256, (n, 2)).astype(np.float32) for n in (1, k + 2)] for k in range(COUNT)]
    clock = [[np.arange(len(stroke)) * 8.0 for stroke in drawing] for drawing in strokes] if times else None
    return Drawings.from_strokes(strokes, clock, word="cat", key_id=[str(k + 1) for k in range(COUNT)])


def made(folder: Path, name: str) -> Path:
    """A file of `COUNT` drawings in the format that its name says."""
    path = folder / name
    if name.endswith(".npz"):
        parts = [np.empty(COUNT // 3, object) for _ in range(3)]
        for row in range(COUNT):
            parts[row % 3][row // 3] = np.array([[row, 2, 0], [3, row, 1]], np.int16)
        np.savez(path, **dict(zip(("train", "valid", "test"), parts, strict=True)))
    elif name.endswith((".npy", ".npy.gz")):
        pixels = np.random.default_rng(3).integers(0, 256, (COUNT, 784), np.uint8)
        write_drawings(Drawings.from_bitmaps(pixels), path)
    else:
        write_drawings(some(times=".raw." in name or name.endswith(".inkml")), path)
    return path


NAMES = ("a.ndjson", "a.raw.ndjson.gz", "a.bin", "a.bin.gz", "a.npy", "a.npy.gz", "a.npz", "a.inkml", "a.inkml.gz")


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=20)
@given(chosen=st.lists(st.booleans(), min_size=COUNT, max_size=COUNT))
def test_any_records_can_be_copied(name: str, tmp_path_factory: pytest.TempPathFactory, chosen: list[bool]) -> None:
    folder = tmp_path_factory.mktemp("copied")
    source = made(folder, name)
    drawings = open_drawings(source).drawings
    rows = np.flatnonzero(chosen)
    out = folder / f"out{name.removeprefix('a')}"
    assert write_selection(Selection(source, drawings.take(rows)), out, as_is=True) == ""
    if not len(rows):
        return
    left = open_drawings(out)
    assert left.problem_count == 0
    assert left.drawings.content_ids().tolist() == drawings.content_ids()[rows].tolist()
    assert left.drawings.column("key_id").tolist() == drawings.column("key_id")[rows].tolist()
    if len(rows) == COUNT and not name.endswith((".npz", ".gz")):
        assert out.read_bytes() == source.read_bytes()
    elif len(rows) == COUNT and name.endswith(".gz"):
        assert gzip.decompress(out.read_bytes()) == gzip.decompress(source.read_bytes())


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, ">f4", bool])
@pytest.mark.parametrize("shape", [(5, 784), (5, 28, 28, 1), (5, 1, 28, 28)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_of_any_kind_are_copied_as_they_are(dtype: object, shape: tuple[int, ...], order: str, tmp_path) -> None:
    before = np.asarray(np.random.default_rng(1).integers(0, 255, shape), dtype, order=order)
    np.save(tmp_path / "a.npy", before)
    out = io.BytesIO()
    with open_input(tmp_path / "a.npy") as file:
        bitmaps.copy(file, np.array([0, 3, 4]), out)
    after = np.load(io.BytesIO(out.getvalue()))
    assert after.dtype == before.dtype and np.array_equal(after, before[[0, 3, 4]])
    assert after.flags.f_contiguous == before.flags.f_contiguous


@pytest.mark.parametrize("array", [np.zeros(784), np.zeros((28, 28)), np.array([None, 1], object), np.zeros((1, 784))])
def test_an_array_without_an_axis_of_drawings_is_not_copied(array: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", array)
    with open_input(tmp_path / "a.npy") as file, pytest.raises(NotCopied):
        bitmaps.copy(file, np.array([0, 1]), io.BytesIO())


def test_what_cannot_be_copied_is_written_anew(tmp_path: Path) -> None:
    """Here a group that later traces get their channels from."""
    turned = "<traceFormat><channel name='Y'/><channel name='X'/></traceFormat>"
    groups = f"<traceGroup>{turned}<trace>1 2, 3 4</trace></traceGroup><traceGroup><trace>5 6, 8 8</trace></traceGroup>"
    (tmp_path / "a.inkml").write_text(f"<ink xmlns='http://www.w3.org/2003/InkML'>{groups}</ink>")
    drawings = open_drawings(tmp_path / "a.inkml").drawings
    assert drawings.points.tolist() == [[2, 1], [4, 3], [6, 5], [8, 8]]
    write_selection(Selection(tmp_path / "a.inkml", drawings.take([1])), tmp_path / "b.inkml", as_is=True)
    assert open_drawings(tmp_path / "b.inkml").drawings.points.tolist() == [[6, 5], [8, 8]]


def test_an_npz_without_arrays_of_drawings_alone_is_refused_in_words(tmp_path: Path) -> None:
    odd = np.empty(2, object)
    odd[0], odd[1] = np.array([[1, 2, 0]], np.int16), None
    np.savez(tmp_path / "a.npz", train=odd, extra=np.empty((2, 0, 3)))
    drawings = open_drawings(tmp_path / "a.npz").drawings
    write_selection(Selection(tmp_path / "a.npz", drawings), tmp_path / "b.npz", as_is=True)
    assert len(open_drawings(tmp_path / "b.npz").drawings) == 1
    with pytest.raises(FormatError, match="choose a name in .ndjson"):
        write_selection(Selection(tmp_path / "a.npz", drawings.with_columns(row=[1])), tmp_path / "c.npz", as_is=True)
    assert not (tmp_path / "c.npz").exists()


def test_strokes_in_another_shape_get_the_official_one_unless_copied(tmp_path: Path) -> None:
    """The line is of another drawing than the one read: as if its strokes had been told in another way."""
    line = {"id": 7, "drawing": [[[0, 0], [9, 5]]]}
    (tmp_path / "a.ndjson").write_text(json.dumps(line) + "\n")
    drawings = Drawings.from_strokes([[[[0, 9], [0, 5]]]], row=[0])
    write_selection(Selection(tmp_path / "a.ndjson", drawings), tmp_path / "b.ndjson")
    assert json.loads((tmp_path / "b.ndjson").read_bytes()) == {"id": 7, "drawing": [[[0, 9], [0, 5]]]}
    write_selection(Selection(tmp_path / "a.ndjson", drawings), tmp_path / "b.ndjson", as_is=True)
    assert (tmp_path / "b.ndjson").read_bytes() == (tmp_path / "a.ndjson").read_bytes()


def test_parts_of_a_file_are_named_where_they_are_lost(tmp_path: Path) -> None:
    source = made(tmp_path, "a.npz")
    said = write_selection(Selection(source, open_drawings(source).drawings), tmp_path / "a.ndjson")
    assert said == "a.ndjson cannot hold which drawings are of train, valid and test: left out"


def test_a_cancel_leaves_no_file(tmp_path: Path) -> None:
    for name in NAMES:
        source = made(tmp_path, name)
        chosen = Selection(source, open_drawings(source).drawings)

        def stop(share: float) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            write_selection(chosen, tmp_path / f"out{name.removeprefix('a')}", as_is=True, on_progress=stop)
    assert not list(tmp_path.glob("*out*")) and format_of(tmp_path / "a.npz").name == "npz"


def test_which_drawings_are_changed() -> None:
    one = Drawings.from_strokes([CAT, CAT, CAT, CAT])
    other = Drawings.from_strokes([CAT, CAT[::-1], [*CAT, [[1], [1]]], [[[0.1, 9], [0, 7]], [[3, 4], [255, 5]]]])
    assert are_changed(one, other).tolist() == [False, True, True, True]
    assert are_changed(one, one).tolist() == [False] * 4
    assert are_changed(some(times=True), some()).all()
    pixels = Drawings.from_bitmaps(np.zeros((2, 784), np.uint8))
    assert are_changed(pixels, pixels).tolist() == [False, False]


# Files that qdesk does not write: JSON documents, tables, zips, pictures, arrays of any kind


RECORDS = [
    {"word": "cat", "drawing": square(k + 1), "key_id": str(k + 1), "user": f"José [{{\"{k}, ", "exact": 0.1 + k}
    for k in range(3)
]  # fmt: skip
COLUMNS = {name: [record[name] for record in RECORDS] for name in RECORDS[0]}


def pretty(value: object) -> str:
    return json.dumps(value, indent=3, ensure_ascii=False)


DOCUMENTS = {
    "list": json.dumps(RECORDS),
    "pretty list": pretty(RECORDS) + "\n",
    "bare drawings": json.dumps([record["drawing"] for record in RECORDS]),
    "object with a list": pretty({"version": 2, "drawings": RECORDS, "after": [1, 2]}),
    "object of objects": pretty({f"k{k}": record for k, record in enumerate(RECORDS)}),
    "deep": pretty({"a": 1, "set": {"b": {"c": 2, "rows": RECORDS}}}),
    "hugging face": pretty({"features": [], "rows": [{"row_idx": k, "row": r} for k, r in enumerate(RECORDS)]}),
    "columns": pretty({**COLUMNS, "license": "CC BY"}),
    "pandas columns": json.dumps({name: dict(enumerate(column)) for name, column in COLUMNS.items()}),
    "pandas split": json.dumps({
        "columns": list(RECORDS[0]), "index": [4, 5, 6], "data": [list(record.values()) for record in RECORDS],
    }),
    "one after the other": "\n".join(map(pretty, RECORDS)),
    "lists": "\ufeff[" + ",".join(map(pretty, RECORDS[:2])) + " ]\r\n[ " + pretty(RECORDS[2]) + "]",
}  # fmt: skip


def kept(source: Path, rows: list[int], out: Path) -> tuple[Drawings, str]:
    """Write some rows of a file to another one; return them as read, and what was said."""
    drawings = open_drawings(source).drawings.take(rows)
    return drawings, write_selection(Selection(source, drawings), out, as_is=True)


SOME = [rows for count in (1, 2, 3) for rows in itertools.combinations(range(3), count)]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_documents_keep_all_but_what_is_left_out(kind: str, tmp_path: Path) -> None:
    source, out = tmp_path / "a.json", tmp_path / "b.json"
    source.write_text(DOCUMENTS[kind], encoding="utf-8", newline="")
    for rows in SOME:
        drawings, said = kept(source, list(rows), out)
        left = open_drawings(out)
        assert said == "" and left.problem_count == 0, rows
        assert left.drawings.content_ids().tolist() == drawings.content_ids().tolist()
        assert left.drawings.column("key_id").tolist() == drawings.column("key_id").tolist()
        text = out.read_text(encoding="utf-8")
        assert all(
            (json.dumps(RECORDS[row]["user"], ensure_ascii=False) in text) == (row in rows) for row in range(3)
        ) or (kind in ("bare drawings", "list", "pandas columns", "pandas split"))
    assert out.read_bytes() == source.read_bytes()


def test_what_is_around_the_records_stays(tmp_path: Path) -> None:
    source, out = tmp_path / "a.json", tmp_path / "b.json"
    source.write_text(DOCUMENTS["object with a list"], encoding="utf-8")
    kept(source, [1], out)
    assert out.read_text(encoding="utf-8") == pretty({"version": 2, "drawings": RECORDS[1:2], "after": [1, 2]})
    source.write_text(DOCUMENTS["columns"], encoding="utf-8")
    kept(source, [0, 2], out)
    wanted = {name: column[::2] for name, column in COLUMNS.items()} | {"license": "CC BY"}
    assert json.loads(out.read_text(encoding="utf-8")) == wanted


def test_all_can_be_left_out(tmp_path: Path) -> None:
    source, out = tmp_path / "a.json", tmp_path / "b.json"
    source.write_text(DOCUMENTS["pretty list"], encoding="utf-8")
    none = open_drawings(source).drawings.take([])
    write_selection(Selection(source, none), out, as_is=True)
    assert json.loads(out.read_bytes()) == []


def test_a_broken_document_is_not_taken_apart(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(RECORDS)[:-3])
    with pytest.raises(FormatError, match="Drawings cannot be taken out of .* choose a name in .ndjson"):
        kept(tmp_path / "a.json", [0], tmp_path / "b.json")
    assert not (tmp_path / "b.json").exists()


def test_documents_become_lines_with_all_fields(tmp_path: Path) -> None:
    source, out = tmp_path / "a.json", tmp_path / "b.ndjson"
    for kind in ("pretty list", "object of objects", "one after the other", "columns"):
        source.write_text(DOCUMENTS[kind], encoding="utf-8")
        _, said = kept(source, [0, 2], out)
        assert [json.loads(line) for line in out.read_bytes().splitlines()] == [
            {**record, **({"license": "CC BY"} if kind == "columns" else {})} for record in RECORDS[::2]
        ]
        assert said == ""
    source.write_text(DOCUMENTS["object with a list"], encoding="utf-8")
    assert kept(source, [0, 2], out)[1] == "b.ndjson cannot hold what stands around its records: left out"
    said = kept(source, [0, 2], tmp_path / "cat.bin")[1]
    assert said == "cat.bin cannot hold the fields exact and user and what stands around its records: left out"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_tables_keep_their_lines(end: str, mark: str, tmp_path: Path) -> None:
    cells = ['"' + json.dumps(square(k)) + '"' for k in (1, 2, 3)]
    lines = [f'drawing,key_id,User,recognized{end}'] + [
        f'{cells[0]},1,"Zoë{end}, ""x""",True{end}', end, f"{cells[1]},2,,False{end}", f"{cells[2]},3, é ,True",
    ]  # fmt: skip
    (tmp_path / "a.csv").write_bytes((mark + "".join(lines)).encode())
    _, said = kept(tmp_path / "a.csv", [0, 2], tmp_path / "b.csv")
    assert said == "" and (tmp_path / "b.csv").read_bytes() == (mark + lines[0] + lines[1] + lines[4]).encode()
    _, said = kept(tmp_path / "a.csv", [0, 1, 2], tmp_path / "b.csv.gz")
    assert gzip.decompress((tmp_path / "b.csv.gz").read_bytes()) == (mark + "".join(lines[:2] + lines[3:])).encode()
    _, said = kept(tmp_path / "a.csv", [0, 1], tmp_path / "b.ndjson")
    assert said == ""
    assert [json.loads(line) for line in (tmp_path / "b.ndjson").read_bytes().splitlines()] == [
        {"drawing": square(1), "key_id": "1", "user": f'Zoë{end}, "x"', "recognized": True},
        {"drawing": square(2), "key_id": "2", "recognized": False},
    ]


def zipped(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def test_zips_keep_each_file(tmp_path: Path) -> None:
    lines = [json.dumps(record).encode() + b"\n" for record in RECORDS]
    members = {
        "readme.txt": b"Drawings of cats", "b/cats.ndjson.gz": gzip.compress(b"".join(lines)),
        "a.json": DOCUMENTS["pretty list"].encode(), "bad.ndjson": b"<!DOCTYPE html><html>", "inner.zip": b"PK\3\4",
        "c.ndjson": lines[0],
    }  # fmt: skip
    zipped(tmp_path / "a.zip", members)
    drawings = open_drawings(tmp_path / "a.zip").drawings  # a.json, b/cats.ndjson.gz, c.ndjson
    assert len(drawings) == 7
    chosen = Selection(tmp_path / "a.zip", drawings.take([1, 3, 5]))
    assert write_selection(chosen, tmp_path / "b.zip", as_is=True) == ""
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.namelist() == list(members)[:-1]
        left = {name: archive.read(name) for name in archive.namelist()}
        assert all(about.compress_type == zipfile.ZIP_DEFLATED for about in archive.infolist())
    assert json.loads(left["a.json"]) == RECORDS[1:2]
    assert gzip.decompress(left["b/cats.ndjson.gz"]) == lines[0] + lines[2]
    assert all(left[name] == members[name] for name in ("readme.txt", "bad.ndjson", "inner.zip"))
    said = write_selection(chosen, tmp_path / "cat.bin")
    assert said == "cat.bin cannot hold the fields exact and user: left out"


def test_a_picture_is_copied_as_it_is(tmp_path: Path) -> None:
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg"><title>cat</title><path fill="red" d="M0 0L9 9"/><text>x</text></svg>'
    )
    (tmp_path / "a.svg").write_text(text)
    assert kept(tmp_path / "a.svg", [0], tmp_path / "b.svg")[1] == ""
    assert (tmp_path / "b.svg").read_text() == text


STROKES = np.array(
    [[[5, 0, 0], [0, 5, 1], [3, 3, 0], [1, 2, 1]], [[1, 2, 0], [2, 1, 1], [3, 5, 0], [0, 0, 0]]], np.int16
)


def objects(items: list) -> np.ndarray:
    array = np.empty(len(items), object)
    array[:] = items
    return array


@pytest.mark.parametrize(
    "array",
    [
        objects([STROKES[0], STROKES[1][:3]]),
        objects([STROKES[0].tolist(), STROKES[1][:3].tolist()]),
        STROKES.astype(object),
        STROKES.astype(np.float16),
        np.asfortranarray(STROKES.astype(np.float64)),
    ],
)
def test_strokes_in_npy_are_copied_in_their_kind(array: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    drawings, said = kept(tmp_path / "a.npy", [1], tmp_path / "b.npy")
    left = np.load(tmp_path / "b.npy", allow_pickle=True)
    assert said == "" and left.dtype == array.dtype and left.shape == (1, *array.shape[1:])
    assert open_drawings(tmp_path / "b.npy").drawings.content_ids().tolist() == drawings.content_ids().tolist()
    np.savez(tmp_path / "a.npz", train=array)
    kept(tmp_path / "a.npz", [1], tmp_path / "b.npz")
    assert np.load(tmp_path / "b.npz", allow_pickle=True)["train"].shape == (1, *array.shape[1:])


def test_one_picture_alone_is_copied(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.eye(28, dtype=np.float32))
    assert kept(tmp_path / "a.npy", [0], tmp_path / "b.npy")[1] == ""
    assert (tmp_path / "b.npy").read_bytes() == (tmp_path / "a.npy").read_bytes()


def test_labels_stay_with_their_drawings(tmp_path: Path) -> None:
    pixels = (np.arange(8 * 784).reshape(8, 28, 28) % 7 == 0) * np.uint8(255)
    arrays = {
        "x_train": pixels[:4], "y_train": np.arange(4), "x_test": pixels[4:], "y_test": np.arange(4, 8),
        "all": np.arange(8), "note": np.array("hand-made"),
    }  # fmt: skip
    np.savez(tmp_path / "a.npz", **arrays)
    drawings = open_drawings(tmp_path / "a.npz").drawings  # the parts one after the other, as they are in the file
    write_selection(Selection(tmp_path / "a.npz", drawings.take([1, 3, 4])), tmp_path / "b.npz", as_is=True)
    left = np.load(tmp_path / "b.npz")
    assert np.array_equal(left["x_train"], pixels[[1, 3]]) and left["y_train"].tolist() == [1, 3]
    assert np.array_equal(left["x_test"], pixels[[4]]) and left["y_test"].tolist() == [4]
    assert left["all"].tolist() == [1, 3, 4] and left["note"] == "hand-made"
    np.savez(tmp_path / "a.npz", one=pixels[:4], two=pixels[4:], labels=np.arange(4))
    drawings = open_drawings(tmp_path / "a.npz").drawings
    with pytest.raises(FormatError, match="cannot be taken out of"):
        write_selection(Selection(tmp_path / "a.npz", drawings.take([1])), tmp_path / "c.npz", as_is=True)


def test_a_zip_whose_first_file_is_an_array_is_a_zip_all_the_same(tmp_path: Path) -> None:
    pixels = np.eye(784, dtype=np.uint8)[:3] * 255
    zipped(tmp_path / "a.zip", {"a.npy": npy(pixels), "b.npy": npy(pixels[:2]), "notes.txt": b"x"})
    drawings = open_drawings(tmp_path / "a.zip").drawings
    write_selection(Selection(tmp_path / "a.zip", drawings.take([0, 4])), tmp_path / "b.zip", as_is=True)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert np.array_equal(np.load(archive.open("a.npy")), pixels[:1])
        assert np.array_equal(np.load(archive.open("b.npy")), pixels[1:2]) and archive.read("notes.txt") == b"x"


def test_a_zip_becomes_lines_with_all_fields(tmp_path: Path) -> None:
    lines = [json.dumps(record) + "\n" for record in RECORDS]
    csv = f'drawing,key_id,user\n"{json.dumps(square(9))}",9,Zoë\n'
    zipped(tmp_path / "a.zip", {
        "b.ndjson": lines[0].replace('"user"', '"device": [1, 2], "user"').encode(), "a.csv": csv.encode(),
        "c.json.gz": gzip.compress(DOCUMENTS["object with a list"].encode()),
    })  # fmt: skip
    drawings = open_drawings(tmp_path / "a.zip").drawings
    said = write_selection(Selection(tmp_path / "a.zip", drawings.take([0, 1, 3])), tmp_path / "b.ndjson")
    assert said == "b.ndjson cannot hold what stands around its records: left out"
    left = [json.loads(line) for line in (tmp_path / "b.ndjson").read_bytes().splitlines()]
    assert left[0] == {"drawing": square(9), "key_id": "9", "user": "Zoë"}
    assert left[1:] == [{**RECORDS[0], "device": [1, 2]}, RECORDS[1]]


def test_labels_are_named_where_they_are_lost(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", drawings=STROKES, labels=np.arange(2))
    said = write_selection(
        Selection(tmp_path / "a.npz", open_drawings(tmp_path / "a.npz").drawings), tmp_path / "b.ndjson"
    )
    assert said == "b.ndjson cannot hold the array labels: left out"


@pytest.mark.parametrize(
    ("strokes", "what"),
    [
        ([[[0, 9], [5, 5], [0, 8], [1, 2]]], "a fourth row of numbers"),
        ([[[0, 5, 0, 1], [9, 5, 8, 2], [9, 7, 9, 2], [1, 1, 10, 3], [2, 2, 11, 3]]], "a fourth number of each point"),
        ([[{"x": 0, "y": 5, "p": 1}, {"x": 9, "y": 5, "p": 2}]], "the field p of strokes and points"),
        (
            [{"color": "red", "points": [{"x": 0, "y": 5, "tilt": 3}, {"x": 9, "y": 5, "tilt": 3}]}],
            "the fields color and tilt of strokes and points",
        ),
    ],
)
def test_what_strokes_hold_besides_is_named(strokes: list, what: str, tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text(json.dumps({"drawing": strokes}) + "\n")
    drawings = open_drawings(tmp_path / "a.ndjson").drawings
    said = write_selection(Selection(tmp_path / "a.ndjson", drawings), tmp_path / "a.bin")
    assert said == f"a.bin cannot hold {what}: left out" or "times of the points" in said and what in said
    if what != "a fourth row of numbers":
        assert write_selection(Selection(tmp_path / "a.ndjson", drawings), tmp_path / "b.ndjson") == (
            f"b.ndjson cannot hold {what}: left out"
        )
    assert write_selection(Selection(tmp_path / "a.ndjson", drawings), tmp_path / "c.ndjson", as_is=True) == ""


def test_strokes_of_one_drawing_alone_are_read_and_copied(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", STROKES[0])
    assert open_drawings(tmp_path / "a.npy").drawings.point_counts.tolist() == [5]
    assert kept(tmp_path / "a.npy", [0], tmp_path / "b.npy")[1] == ""
    assert (tmp_path / "b.npy").read_bytes() == (tmp_path / "a.npy").read_bytes()


def test_single_pictures_in_npz_stay_or_go_as_a_whole(tmp_path: Path) -> None:
    pictures = {name: np.eye(28, k=shift, dtype=np.uint8) * 255 for shift, name in enumerate("abc")}
    np.savez(tmp_path / "a.npz", **pictures)
    drawings = open_drawings(tmp_path / "a.npz").drawings
    write_selection(Selection(tmp_path / "a.npz", drawings.take([0, 2])), tmp_path / "b.npz", as_is=True)
    left = np.load(tmp_path / "b.npz")
    assert left.files == ["a", "c"] and all(np.array_equal(left[name], pictures[name]) for name in left.files)


@pytest.mark.parametrize("name", ["a.ndjson", "a.json", "a.csv", "a.zip"])
def test_lines_get_other_words_and_keep_the_rest(name: str, tmp_path: Path) -> None:
    records = [{"key_id": str(k), "mood": "glad", "drawing": square(9)} for k in range(3)]
    records[1]["word"] = "cat"
    lines = "".join(json.dumps(record) + "\n" for record in records)
    if name == "a.csv":
        rows = [f'{r["key_id"]},glad,{r.get("word", "")},"{json.dumps(r["drawing"])}"' for r in records]
        (tmp_path / name).write_text("\n".join(["key_id,mood,word,drawing", *rows, ""]))
    elif name == "a.zip":
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("b.ndjson", lines)
    else:
        (tmp_path / name).write_text(lines if name == "a.ndjson" else json.dumps(records))
    drawings = open_drawings(tmp_path / name).drawings.with_columns(word=["dog", "pig", "cow"])
    chosen = Selection(tmp_path / name, drawings.take([0, 1]), worded=True)
    assert write_selection(chosen, tmp_path / "out.ndjson") == ""
    found = [json.loads(line) for line in (tmp_path / "out.ndjson").read_text().splitlines()]
    assert [(one["key_id"], one["mood"], one["word"]) for one in found] == [("0", "glad", "dog"), ("1", "glad", "pig")]
    if name != "a.ndjson":
        with pytest.raises(FormatError, match="does not write it"):
            write_selection(chosen, tmp_path / f"out{Path(name).suffix}")


def test_several_files_in_one_have_the_words_that_they_are_given(tmp_path: Path) -> None:
    for name in ("a.ndjson", "b.inkml"):
        write_drawings(some().take([0]), tmp_path / name)
    for out in ("out.ndjson", "out.inkml"):
        opened = ((tmp_path / name, open_drawings(tmp_path / name).drawings) for name in ("a.ndjson", "b.inkml"))
        chosen = [Selection(path, drawings.with_columns(word="dog"), worded=True) for path, drawings in opened]
        write_selections(chosen, tmp_path / out)
        assert list(open_drawings(tmp_path / out).drawings.words) == ["dog", "dog"]
