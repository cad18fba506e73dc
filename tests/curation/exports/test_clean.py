"""Clean data: the same files without what is flagged, whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.exports.clean import clean, clean_folder, clean_name
from qdesk.curation.verdicts.store import Verdicts, identities
from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, open_drawings, write_drawings


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
    names = identities(drawings)
    store.flag(names[1], "scribble")
    store.flag(names[2], "wrong")
    store.keep(names[3])
    for out in (tmp_path / "clean.ndjson", tmp_path / "clean.ndjson.gz", source):
        done = clean(source, out, store)
        assert (done.kept, done.dropped, done.problem_count) == (2, 2, 0)
        left = open_drawings(out).drawings
        assert list(left.column("key_id")) == ["0", "3"]
        assert np.array_equal(left.points, drawings.take([0, 3]).points)
        cats(source)


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


@pytest.mark.parametrize("kind", ["a broken line", "a cut file", "a link to it"])
def test_clean_never_overwrites_what_it_cannot_read(tmp_path: Path, store: Verdicts, kind: str) -> None:
    source = cats(tmp_path / "cats.ndjson")
    if kind == "a cut file":
        packed = gzip.compress(source.read_bytes() * 500)
        source.write_bytes(packed[: len(packed) // 2])
    else:
        source.write_text(source.read_text() + '{"word": "cat", "drawing": [[[1, 2\n')
    out = source
    if kind == "a link to it":
        out = tmp_path / "link.ndjson"
        out.symlink_to(source)
    before = source.read_bytes()
    store.flag("0", "wrong")
    with pytest.raises(FormatError, match=r"was left as it is: \d of its records cannot be read"):
        clean(source, out, store)
    assert source.read_bytes() == before
    done = clean(source, tmp_path / "other.ndjson", store)
    assert done.problem_count == len(done.problems) > 0 and done.dropped > 0
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


def stroke3(path: Path) -> Path:
    """A Sketch-RNN file of two drawings."""
    sequences = np.empty(2, object)
    for k in range(2):
        sequences[k] = np.array([[10, k, 0], [0, 20, 1], [5, 5, 1]], np.int16)
    np.savez(path, train=sequences)
    return path


def test_npz_comes_out_as_ndjson(tmp_path: Path, store: Verdicts) -> None:
    source = stroke3(tmp_path / "pig.npz")
    drawings = open_drawings(source).drawings
    store.flag(identities(drawings)[0].as_py(), "wrong")
    done = clean_folder([source], tmp_path / "clean", store)
    assert done.written == (tmp_path / "clean" / "pig.ndjson",)
    left = open_drawings(done.written[0]).drawings
    assert identities(left).to_pylist() == identities(drawings).to_pylist()[1:]
    with pytest.raises(FormatError, match="reads .npz, but does not write it; choose a name in .ndjson"):
        clean(source, tmp_path / "out.npz", store)
    assert not (tmp_path / "out.npz").exists()


@pytest.mark.parametrize("after", [0.0, 0.3, 0.6, 1.0])
def test_a_cancel_leaves_everything_as_it_was(after: float, tmp_path: Path, store: Verdicts) -> None:
    sources = [cats(tmp_path / name, 3000) for name in ("a.ndjson", "b.ndjson")]
    before = sources[0].read_bytes()

    def stop(share: float) -> None:
        if share >= after:
            raise Cancelled

    with pytest.raises(Cancelled):
        clean(sources[0], sources[0], store, stop)
    with pytest.raises(Cancelled):
        clean_folder(sources, tmp_path / "clean", store, stop)
    (tmp_path / "there").mkdir()
    with pytest.raises(Cancelled):
        clean_folder(sources, tmp_path / "there", store, stop)
    assert sources[0].read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["a.ndjson", "b.ndjson", "home", "there"]
    assert os.listdir(tmp_path / "there") == []


def test_one_bad_file_and_no_file_is_written(tmp_path: Path, store: Verdicts) -> None:
    (tmp_path / "bad.ndjson").write_text("nothing to draw\n")
    with pytest.raises(FormatError, match="bad.ndjson"):
        clean_folder([cats(tmp_path / "a.ndjson"), tmp_path / "bad.ndjson"], tmp_path / "clean", store)
    with pytest.raises(FormatError, match="There is no file"):
        clean_folder([tmp_path / "a.ndjson", tmp_path / "none.ndjson"], tmp_path / "clean", store)
    assert not (tmp_path / "clean").exists()


def test_a_folder_of_clean_files_replaces_no_file_that_it_comes_from(tmp_path: Path, store: Verdicts) -> None:
    (tmp_path / "more").mkdir()
    sources = [cats(tmp_path / "a.ndjson"), cats(tmp_path / "more" / "a.ndjson")]
    with pytest.raises(FormatError, match="choose another folder"):
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
        ("sketchrnn_cat.npz", "-clean", "sketchrnn_cat-clean.ndjson"),
        ("cat.npz", "", "cat.ndjson"),
        ("cats", "-clean", "cats-clean"),
    ],
)
def test_the_name_of_a_clean_file(name: str, ending: str, wanted: str) -> None:
    assert clean_name(Path("somewhere", name), ending) == wanted
