"""Clean data: the same files without what is flagged, whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.exports.clean import clean, clean_folder, clean_name
from qdesk.curation.verdicts.identity import identities
from qdesk.curation.verdicts.store import Verdicts
from qdesk.data.drawings import Drawings
from qdesk.files import OutputIsInput
from qdesk.formats import FormatError, open_drawings, write_drawings
from tests.helpers.drawings import write_cats


class Cancelled(Exception):
    pass


@pytest.fixture
def store(tmp_path: Path):
    with Verdicts(tmp_path / "home" / "verdicts.db") as opened:
        yield opened


def cats(path: Path, count: int = 4) -> Path:
    lines = []
    for number in range(count):
        about = {"word": "cat", "countrycode": "DE", "timestamp": "2017", "recognized": True}
        if number != 2:  # one without a key_id
            about["key_id"] = str(number)
        lines.append(json.dumps({**about, "drawing": [[[0, 255, number], [0, number, 9]]]}))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_clean_drops_the_flagged_and_keeps_the_kept(tmp_path: Path, store: Verdicts) -> None:

    source = cats(tmp_path / "cats.ndjson")
    drawings = open_drawings(source).drawings
    names = identities(drawings).to_pylist()
    store.flag(names[1], "scribble")
    store.flag(names[2], "wrong")
    store.keep(names[3])
    store.flag(names[0], "unsure")
    for out in (tmp_path / "clean.ndjson", tmp_path / "clean.ndjson.gz"):
        done = clean(source, out, store)
        assert (done.kept, done.dropped, done.problem_count) == (2, 2, 0)
        left = open_drawings(out).drawings
        assert list(left.column("key_id")) == ["0", "3"]
        assert np.array_equal(left.points, drawings.take([0, 3]).points)


def twins(path: Path, keys: str) -> Path:
    """Write a drawing per letter of `keys`: the same letter is the same drawing with the same key_id."""
    lines = [
        json.dumps({"word": "cat", "key_id": str(ord(key)), "drawing": [[[0, 255, ord(key)], [0, ord(key), 9]]]})
        for key in keys
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


def left(path: Path) -> str:
    return "".join(chr(int(key)) for key in open_drawings(path).drawings.column("key_id"))


def test_of_copies_with_one_identity_one_stays(tmp_path: Path, store: Verdicts) -> None:
    source, out = twins(tmp_path / "twins.ndjson", "abacabb"), tmp_path / "clean.ndjson"
    store.flag(str(ord("a")), "copy", info={"copy_of": str(ord("a"))})  # three times the same drawing
    store.flag(str(ord("b")), "copy", info={"copy_of": str(ord("d"))})  # of another drawing, which stays instead
    store.flag(str(ord("c")), "copy")
    done = clean(source, out, store)
    assert left(out) == "a" and (done.kept, done.dropped) == (1, 6)
    store.flag(str(ord("b")), "scribble")
    store.flag(str(ord("b")), "copy", info={"copy_of": ""})  # by hand: of twins in one file one stays
    clean(source, out, store)
    assert left(out) == "ab"


def test_of_copies_in_several_files_one_stays_in_all(tmp_path: Path, store: Verdicts) -> None:
    files = [twins(tmp_path / "one.ndjson", "abc"), twins(tmp_path / "two.ndjson", "abd")]
    for key in "ab":
        store.flag(str(ord(key)), "copy", info={"copy_of": str(ord(key))})
    clean_folder(files, tmp_path / "out", store)
    assert [left(tmp_path / "out" / file.name) for file in files] == ["abc", "d"]
    clean(files[1], tmp_path / "alone.ndjson", store)
    assert left(tmp_path / "alone.ndjson") == "abd"  # nothing is known of the other file here


def test_clean_keeps_the_times_of_raw_drawings(tmp_path: Path, store: Verdicts) -> None:

    source = tmp_path / "raw.ndjson"
    drawing = [[[0.5, 255, 3], [0, 8, 9], [0, 16, 40]], [[1, 2], [1, 2], [100, 116]]]
    lines = [json.dumps({"word": "cat", "key_id": str(n), "drawing": drawing}) for n in range(2)]
    source.write_text("\n".join(lines) + "\n")
    store.flag("0", "wrong")
    done = clean(source, tmp_path / "out.ndjson", store)
    assert (done.kept, done.dropped) == (1, 1)
    left = open_drawings(tmp_path / "out.ndjson").drawings
    assert left.times is not None and left.times.tolist() == [0, 16, 40, 100, 116]


@pytest.mark.parametrize("kind", ["a whole file", "a broken line", "a cut file", "a link to it"])
def test_clean_never_overwrites_its_file(tmp_path: Path, store: Verdicts, kind: str) -> None:
    source = cats(tmp_path / "cats.ndjson")
    if kind == "a cut file":
        packed = gzip.compress(source.read_bytes() * 500)
        source.write_bytes(packed[: len(packed) // 2])
    elif kind != "a whole file":
        source.write_text(source.read_text() + '{"word": "cat", "drawing": [[[1, 2\n')
    out = source
    if kind == "a link to it":
        out = tmp_path / "link.ndjson"
        out.symlink_to(source)
    before = source.read_bytes()
    store.flag("0", "wrong")
    with pytest.raises(OutputIsInput, match="would be lost: choose another name"):
        clean(source, out, store)
    assert source.read_bytes() == before
    done = clean(source, tmp_path / "other.ndjson", store)
    assert (done.problem_count > 0) == (kind != "a whole file") and done.dropped > 0
    assert source.read_bytes() == before


def some(kind: str) -> Drawings:
    """Six drawings of cats as a file of this kind holds them."""
    about = {
        "word": "cat",
        "countrycode": "DE",
        "timestamp": "2017-03-20 01:07:50.00000 UTC",
        "recognized": [True, False] * 3,
        "key_id": [str(10**15 + k) for k in range(6)],
    }
    rng = np.random.default_rng(5)
    if kind == "npy":
        return Drawings.from_bitmaps(rng.integers(0, 256, (6, 28, 28), np.uint8), word="cat")
    strokes = [[rng.integers(0, 256, (n, 2)).astype(np.float32) for n in (1, 9, k + 2)] for k in range(6)]
    if kind != "raw":
        return Drawings.from_strokes(strokes, **about)
    strokes = [[stroke + np.float32(0.25) for stroke in drawing] for drawing in strokes]
    times = [[np.cumsum(rng.integers(1, 90, len(stroke))) for stroke in drawing] for drawing in strokes]
    return Drawings.from_strokes(strokes, times=times, **about)


def same(one: Drawings, other: Drawings) -> bool:
    arrays = ("points", "stroke_offsets", "drawing_offsets", "bitmaps", "times")
    columns = ("word", "key_id", "countrycode", "timestamp", "recognized")
    pairs = [(getattr(one, name), getattr(other, name)) for name in arrays]
    return all((a is None and b is None) or np.array_equal(a, b) for a, b in pairs) and all(
        one.column(name).tolist() == other.column(name).tolist() for name in columns
    )


FILES = {
    "cat.ndjson": "simplified",
    "cat.ndjson.gz": "simplified",
    "cat.raw.ndjson": "raw",
    "cat.raw.ndjson.gz": "raw",
    "cat.bin": "bin",
    "cat.npy": "npy",
    "cat.npy.gz": "npy",
}


@pytest.mark.parametrize("name", FILES)
def test_the_clean_file_is_the_file_minus_the_flagged(name: str, tmp_path: Path, store: Verdicts) -> None:
    source = tmp_path / name
    write_drawings(some(FILES[name]), source)
    before = open_drawings(source).drawings
    names = identities(before).to_pylist()
    store.flag(names[0], "wrong")
    store.flag(names[4], "scribble")
    store.keep(names[5])
    (tmp_path / "out").mkdir()
    done = clean(source, tmp_path / "out" / name, store)
    assert (done.kept, done.dropped, done.written) == (4, 2, (tmp_path / "out" / name,))
    assert same(open_drawings(tmp_path / "out" / name).drawings, before.take([1, 2, 3, 5]))
    assert (tmp_path / "out" / name).read_bytes().startswith(b"\x1f\x8b") == name.endswith(".gz")


def test_files_of_all_formats_go_to_a_folder_under_their_names(tmp_path: Path, store: Verdicts) -> None:
    for name in FILES:
        write_drawings(some(FILES[name]), tmp_path / name)
    (tmp_path / "drawings.txt").write_bytes((tmp_path / "cat.bin").read_bytes())  # what counts is what is inside
    sources = [tmp_path / name for name in (*FILES, "drawings.txt")]
    store.flag(str(10**15), "other")
    told: list[float] = []
    done = clean_folder(sources, tmp_path / "clean", store, told.append)
    assert sorted(os.listdir(tmp_path / "clean")) == sorted([*FILES, "drawings.txt"])
    assert (done.kept, done.dropped) == (6 * 8 - 6, 6)
    assert told == sorted(told) and told[-1] == 1
    for source in sources:
        left, before = open_drawings(tmp_path / "clean" / source.name).drawings, open_drawings(source).drawings
        assert same(left, before if before.bitmaps is not None else before.take(slice(1, None)))


# What stays is as it was


def record(number: int, drawing: object, **more: object) -> str:
    return json.dumps({"key_id": number, "word": "cat", "recognized": 1, "drawing": drawing, **more})


STROKES = [[[0.1, 255, 3.123456789], [0, 7, 9]]]
CLOCK = 1_488_362_400_123
WITH_TIMES = [[*STROKES[0], [CLOCK, CLOCK + 16, CLOCK + 40]]]
LINES = {
    "more fields": record(1, STROKES, id=10**30, user={"name": "Ö", "of": [1, None]}, timestamp=CLOCK),
    "clock": record(2, WITH_TIMES),
    "pressure": record(3, [[*WITH_TIMES[0], [0.5, 0.25, 1]]]),
    "spaces": '  {"drawing" : [ [[1,2],[3,4.50]] ],"word":"\\u0063at", "key_id":"4", "recognized":"True"}\t',
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("flagged", ["1", "3", None])
def test_lines_stay_as_they_are(end: str, mark: bytes, flagged: str | None, tmp_path: Path, store: Verdicts) -> None:
    lines = [(line + end).encode() for line in LINES.values()]
    lines[-1] = lines[-1].removesuffix(end.encode())
    lines[0] = mark + lines[0]
    (tmp_path / "cats.ndjson").write_bytes(b"".join(lines))
    if flagged is not None:
        store.flag(flagged, "wrong")
        del lines[int(flagged) - 1]
    done = clean(tmp_path / "cats.ndjson", tmp_path / "out.ndjson", store)
    assert (done.kept, done.lost) == (len(lines), ())
    assert (tmp_path / "out.ndjson").read_bytes() == b"".join(lines)
    clean(tmp_path / "cats.ndjson", tmp_path / "out.ndjson.gz", store)
    assert gzip.decompress((tmp_path / "out.ndjson.gz").read_bytes()) == b"".join(lines)


def test_records_stay_as_they_are(tmp_path: Path, store: Verdicts) -> None:
    """Also strokes without a point, which are not read, and bytes that no reader looks at."""
    one = struct.pack("<Q2sbIH", 7, b"??", 1, 0, 2) + struct.pack("<H", 0) + struct.pack("<H4B", 2, 1, 2, 3, 4)
    two = struct.pack("<Q2sbIH", 8, b"DE", 0, 9, 1) + struct.pack("<H2B", 1, 1, 2)
    (tmp_path / "cat.bin").write_bytes(two + one + two)
    store.flag("8", "wrong")
    assert clean(tmp_path / "cat.bin", tmp_path / "out.bin", store).kept == 1
    assert (tmp_path / "out.bin").read_bytes() == one


@pytest.mark.parametrize("shape", [(6, 784), (6, 28, 28)])
def test_bitmaps_keep_their_shape(shape: tuple[int, ...], tmp_path: Path, store: Verdicts) -> None:
    pixels = np.random.default_rng(5).integers(0, 256, shape, np.uint8)
    np.save(tmp_path / "cat.npy", pixels)
    store.flag(identities(open_drawings(tmp_path / "cat.npy").drawings)[2].as_py(), "wrong")
    clean(tmp_path / "cat.npy", tmp_path / "out.npy", store)
    left = np.load(tmp_path / "out.npy")
    assert left.dtype == np.uint8 and np.array_equal(left, np.delete(pixels, 2, axis=0))


def test_sketchrnn_drawings_stay_in_their_parts(tmp_path: Path, store: Verdicts) -> None:
    rng = np.random.default_rng(5)

    def part(count: int, dtype: str) -> np.ndarray:
        drawings = np.empty(count, object)
        for place in range(count):
            steps = rng.integers(-99, 99, (place + 3, 3))
            steps[:, 2] = 0
            drawings[place] = steps.astype(dtype)
        return drawings

    parts = {"train": part(5, "int16"), "valid": part(2, "float64"), "test": part(3, "int16")}
    np.savez_compressed(tmp_path / "pig.npz", **parts, train_label=np.arange(5), note=np.array("made by hand"))
    drawings = open_drawings(tmp_path / "pig.npz").drawings
    for row in (1, 6):
        store.flag(identities(drawings)[row].as_py(), "wrong")
    assert clean(tmp_path / "pig.npz", tmp_path / "out.npz", store).kept == 8
    left = np.load(tmp_path / "out.npz", allow_pickle=True)
    wanted = {**parts, "train": np.delete(parts["train"], 1), "valid": parts["valid"][:1]}
    for name, drawings_of in wanted.items():
        assert [(one.dtype, one.tolist()) for one in left[name]] == [(one.dtype, one.tolist()) for one in drawings_of]
    assert left["train_label"].tolist() == [0, 2, 3, 4] and str(left["note"]) == "made by hand"
    assert open_drawings(tmp_path / "out.npz").drawings.content_ids().tolist() == [
        name for row, name in enumerate(drawings.content_ids()) if row not in (1, 6)
    ]


def test_inkml_keeps_what_qdesk_does_not_read(tmp_path: Path, store: Verdicts) -> None:
    head = (
        '<?xml version="1.0"?>\n<ink xmlns="http://www.w3.org/2003/InkML"><!-- of my tablet -->\n<definitions>'
        '<brush xml:id="red"/></definitions>\n<traceFormat><channel name="X"/><channel name="Y"/><channel name="F"/>'
        "</traceFormat>\n"
    )
    groups = [
        f'<traceGroup brushRef="#red">\n  <annotation type="key_id">{k}</annotation>\n  '
        f'<trace>1.50 2 0.5, {k} 9 0.25</trace>\n</traceGroup>\n'
        for k in range(3)
    ]  # fmt: skip
    loose = "<trace>3 3 3, 4 4 4</trace><trace>5 5 5, 6 6 6</trace>"
    (tmp_path / "cat.inkml").write_text(head + "".join(groups) + loose + "</ink>\n")
    store.flag("1", "wrong")
    assert clean(tmp_path / "cat.inkml", tmp_path / "out.inkml", store).kept == 3
    assert (tmp_path / "out.inkml").read_text() == head + groups[0] + groups[2] + loose + "</ink>\n"
    store.flag(identities(open_drawings(tmp_path / "cat.inkml").drawings)[3].as_py(), "wrong")
    clean(tmp_path / "cat.inkml", tmp_path / "out.inkml", store)
    assert (tmp_path / "out.inkml").read_text() == head + groups[0] + groups[2] + "</ink>\n"


def stroke3(path: Path) -> Path:
    """A Sketch-RNN file of two drawings."""
    sequences = np.empty(2, object)
    for k in range(2):
        sequences[k] = np.array([[10, k, 0], [0, 20, 1], [5, 5, 1]], np.int16)
    np.savez(path, train=sequences)
    return path


def test_npz_comes_out_as_npz_and_by_name_as_ndjson(tmp_path: Path, store: Verdicts) -> None:
    source = stroke3(tmp_path / "pig.npz")
    drawings = open_drawings(source).drawings
    store.flag(identities(drawings)[0].as_py(), "wrong")
    done = clean_folder([source], tmp_path / "clean", store)
    assert done.written == (tmp_path / "clean" / "pig.npz",)
    clean(source, tmp_path / "pig.ndjson", store)
    for written in (*done.written, tmp_path / "pig.ndjson"):
        assert identities(open_drawings(written).drawings).to_pylist() == identities(drawings).to_pylist()[1:]
    cats(tmp_path / "cats.ndjson")
    with pytest.raises(FormatError, match="reads .npz, but does not write it; choose a name in .ndjson"):
        clean(tmp_path / "cats.ndjson", tmp_path / "out.npz", store)
    assert not (tmp_path / "out.npz").exists()


@pytest.mark.parametrize("after", [0.0, 0.3, 0.6, 1.0])
def test_a_cancel_leaves_everything_as_it_was(after: float, tmp_path: Path, store: Verdicts) -> None:
    sources = [cats(tmp_path / name, 3000) for name in ("a.ndjson", "b.ndjson")]
    before = [source.read_bytes() for source in sources]

    def stop(share: float) -> None:
        if share >= after:
            raise Cancelled

    with pytest.raises(Cancelled):
        clean(sources[0], sources[1], store, stop)
    with pytest.raises(Cancelled):
        clean_folder(sources, tmp_path / "clean", store, stop)
    (tmp_path / "there").mkdir()
    with pytest.raises(Cancelled):
        clean_folder(sources, tmp_path / "there", store, stop)
    assert [source.read_bytes() for source in sources] == before
    assert sorted(os.listdir(tmp_path)) == ["a.ndjson", "b.ndjson", "home", "there"]
    assert os.listdir(tmp_path / "there") == []


def test_one_bad_file_and_no_file_is_written(tmp_path: Path, store: Verdicts) -> None:
    (tmp_path / "bad.ndjson").write_text("nothing to draw\n")
    with pytest.raises(FormatError, match="bad.ndjson"):
        clean_folder([cats(tmp_path / "a.ndjson"), tmp_path / "bad.ndjson"], tmp_path / "clean", store)
    with pytest.raises(FormatError, match="There is no file"):
        clean_folder([tmp_path / "a.ndjson", tmp_path / "none.ndjson"], tmp_path / "clean", store)
    assert not (tmp_path / "clean").exists()


def test_a_file_that_cannot_be_written_is_no_file_that_cannot_be_read(tmp_path: Path, store: Verdicts) -> None:
    resource = pytest.importorskip("resource")
    sources = tmp_path / "drawings"
    sources.mkdir()
    cats(sources / "a.ndjson", 1)
    cats(sources / "b.ndjson", 3000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
        with pytest.raises(FormatError, match=rf"^{tmp_path / 'clean' / 'b.ndjson'} cannot be written: file too large"):
            clean_folder([sources], tmp_path / "clean", store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "clean").exists()


def test_a_folder_of_clean_files_replaces_no_file_that_it_comes_from(tmp_path: Path, store: Verdicts) -> None:
    (tmp_path / "more").mkdir()
    sources = [cats(tmp_path / "a.ndjson"), cats(tmp_path / "more" / "a.ndjson")]
    with pytest.raises(OutputIsInput, match="choose another name"):
        clean_folder(sources[:1], tmp_path, store)
    with pytest.raises(FormatError, match="Two of the files would be called a.ndjson"):
        clean_folder(sources, tmp_path / "clean", store)
    with pytest.raises(OSError):
        clean_folder(sources[:1], tmp_path / "no" / "clean", store)


@pytest.mark.parametrize(
    ("name", "ending", "wanted"),
    [
        ("cat.ndjson", "-clean", "cat-clean.ndjson"),
        ("cat.raw.ndjson.gz", "-clean", "cat-clean.raw.ndjson.gz"),
        ("the cat. 2.bin", "-clean", "the cat. 2-clean.bin"),
        ("cat.npy.gz", "", "cat.npy.gz"),
        ("sketchrnn_cat.npz", "-clean", "sketchrnn_cat-clean.npz"),
        ("cat.npz", "", "cat.npz"),
        ("cats", "-clean", "cats-clean"),
    ],
)
def test_the_name_of_a_clean_file(name: str, ending: str, wanted: str) -> None:
    assert clean_name(Path("somewhere", name), ending) == wanted


def test_one_key_id_of_different_drawings(tmp_path: Path, store: Verdicts) -> None:
    """A verdict from elsewhere, or on one of them, throws none of the others away."""
    theirs = cats(tmp_path / "theirs.ndjson", 3)
    theirs.write_text(theirs.read_text().replace('"key_id": "1"', '"key_id": "0"'))
    drawings = open_drawings(theirs).drawings
    store.flag("0", "scribble", info={"word": "dog", "source": "mine.ndjson", "row": 0})
    done = clean(theirs, tmp_path / "clean.ndjson", store)
    assert (done.kept, done.dropped, done.shared) == (3, 0, 2)
    store.flag(identities(drawings)[1].as_py(), "wrong")
    done = clean(theirs, tmp_path / "clean.ndjson", store)
    assert (done.kept, done.dropped) == (2, 1)
    assert open_drawings(tmp_path / "clean.ndjson").drawings.points.tolist() == drawings.take([0, 2]).points.tolist()


def test_drawings_with_the_right_word_stand_beside_the_clean_ones(tmp_path: Path, store: Verdicts) -> None:
    given = write_cats(tmp_path / "cats.ndjson", 6)
    store.flag("1001", "wrong", info={"new_word": "pig"})
    store.flag("1002", "wrong")
    store.flag("1003", "scribble")
    done = clean(given, tmp_path / "out.ndjson", store)
    assert (done.kept, done.dropped, done.relabelled) == (3, 3, 1)
    assert done.beside == (tmp_path / "out-relabelled.ndjson",)
    made = open_drawings(done.beside[0]).drawings
    assert made.column("key_id").tolist() == ["1001"] and list(made.words) == ["pig"]
    (tmp_path / "all").mkdir()
    again = clean_folder([given], tmp_path / "all", store)
    assert again.beside == (tmp_path / "all" / "cats-relabelled.ndjson",) and again.beside[0].is_file()
    assert sorted(file.name for file in (tmp_path / "all").iterdir()) == ["cats-relabelled.ndjson", "cats.ndjson"]


def test_they_are_lines_beside_what_qdesk_does_not_write(tmp_path: Path, store: Verdicts) -> None:
    lines = write_cats(tmp_path / "cats.ndjson", 3).read_text().splitlines()
    (tmp_path / "data" / "deep").mkdir(parents=True)
    (tmp_path / "data" / "deep" / "cats.json").write_text(f"[{', '.join(lines)}]")
    store.flag("1001", "wrong", info={"new_word": "pig"})
    done = clean(tmp_path / "data" / "deep" / "cats.json", tmp_path / "out.json", store)
    assert done.beside == (tmp_path / "out-relabelled.ndjson",)
    assert [record["key_id"] for record in json.loads((tmp_path / "out.json").read_bytes())] == ["1000", "1002"]
    done = clean_folder([tmp_path / "data"], tmp_path / "clean", store)
    assert done.beside == (tmp_path / "clean" / "deep" / "cats-relabelled.ndjson",)
    assert list(open_drawings(done.beside[0]).drawings.words) == ["pig"]


def test_what_another_program_says_of_them_stays(tmp_path: Path, store: Verdicts) -> None:
    """Every way to lines changes the word alone."""
    lines = write_cats(tmp_path / "cats.ndjson", 3).read_text().splitlines()
    records = [json.loads(line) | {"artist": {"id": 2**70 + row}} for row, line in enumerate(lines)]
    (tmp_path / "cats.ndjson").write_text("".join(json.dumps(record) + "\n" for record in records))
    (tmp_path / "cats.json").write_text(json.dumps(records))
    store.flag("1001", "wrong", info={"new_word": "pig"})
    store.flag("1002", "wrong", info={"new_word": "dog"})
    for name in ("cats.ndjson", "cats.json"):
        done = clean(tmp_path / name, tmp_path / f"out-{name}", store)
        assert done.lost == ()
        found = [json.loads(line) for line in done.beside[0].read_text().splitlines()]
        assert found == [records[1] | {"word": "pig"}, records[2] | {"word": "dog"}]


def test_a_file_that_holds_no_words_is_said_to_hold_none(tmp_path: Path, store: Verdicts) -> None:
    write_cats(tmp_path / "cats.ndjson", 2)
    write_drawings(open_drawings(tmp_path / "cats.ndjson").drawings, tmp_path / "cats.bin")
    store.flag("1001", "wrong", info={"new_word": "pig"})
    done = clean(tmp_path / "cats.bin", tmp_path / "out.bin", store)
    assert done.lost == ("out-relabelled.bin cannot hold the words: left out",)
