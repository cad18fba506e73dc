"""`open_drawings` over all formats: chosen by content, several files, progress, cancelling, and any bytes at all."""

from __future__ import annotations

import gzip
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, file_dialog_filter, files_under, open_drawings, word_of_name, write_drawings
from qdesk.formats.base import guessed_sentence
from qdesk.formats.registry import DATA, READ
from tests.helpers.tfrecord import of

DRAWINGS = Drawings.from_strokes([[[[0, 9], [0, 5]]], [[[1], [2]], [[3], [4]]]], word="cat", key_id=["11", "12"])


def contents(tmp_path: Path) -> dict[str, bytes]:
    """The same two drawings, or two bitmaps, in every format."""
    found = {}
    for name in (format.name for format in DATA if format.sniff and format.name != "npy"):
        write_drawings(DRAWINGS, tmp_path / f"x.{name}")
        found[name] = (tmp_path / f"x.{name}").read_bytes()
    np.save(tmp_path / "x.npy", np.ones((2, 784), np.uint8))
    found["npy"] = (tmp_path / "x.npy").read_bytes()
    rows = np.empty(2, object)
    rows[:] = [np.array([[1, 2, 0]], np.int16), np.array([[3, 4, 1], [1, 1, 1]], np.int16)]
    np.savez(tmp_path / "x.npz", train=rows)
    found["npz"] = (tmp_path / "x.npz").read_bytes()
    found["json"] = json.dumps([{"drawing": [[[0, 9], [0, 5]]]}, {"drawing": [[[1], [2]]]}], indent=1).encode()
    found["csv"] = b'drawing,word\n"[[[0, 9], [0, 5]]]",cat\n"[[[1], [2]]]",cat\n'
    found["svg"] = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0 9 5"/></svg>'
    found["tfrecord"] = of([[(0, 0), (9, 5)]], 0) + of([[(0, 0), (9, 5)], [(3, 4)]], 1)
    parquet.write_table(pa.table({"drawing": [[[[0, 9], [0, 5]]], [[[1], [2]]]]}), tmp_path / "x.parquet")
    found["parquet"] = (tmp_path / "x.parquet").read_bytes()
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(tmp_path / "x.ndjson", "x.ndjson")
    found["zip"] = (tmp_path / "x.zip").read_bytes()
    return found


@pytest.mark.parametrize("kind", [format.name for format in READ])
@pytest.mark.parametrize("packed", [False, True])
def test_the_format_is_known_by_its_content_whatever_the_name(tmp_path: Path, kind: str, packed: bool) -> None:
    content = contents(tmp_path)[kind]
    for name in ("a.ndjson", "a.bin", "a.npy.gz", "a.npz", "a", "a.jpeg"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(content) if packed else content)
        opened = open_drawings(path)
        assert len(opened.drawings) == (1 if kind == "svg" else 2)
        assert opened.problem_count == 0
        assert (opened.drawings.bitmaps is not None) == (kind == "npy")


def test_a_bin_file_whose_first_byte_is_a_brace_is_still_a_bin_file(tmp_path: Path) -> None:
    write_drawings(DRAWINGS.with_columns(key_id=[str(ord("{")), "5"]), tmp_path / "a.bin")
    assert open_drawings(tmp_path / "a.bin").drawings.column("key_id").tolist() == ["123", "5"]


def test_several_files_are_one_batch(tmp_path: Path) -> None:
    write_drawings(DRAWINGS, tmp_path / "a.ndjson")
    write_drawings(DRAWINGS, tmp_path / "b.bin")
    opened = open_drawings(tmp_path / "a.ndjson", str(tmp_path / "b.bin"))
    assert opened.drawings.column("key_id").tolist() == ["11", "12", "11", "12"]
    assert opened.drawings.column("row").tolist() == [0, 1, 0, 1]
    sources = [str(tmp_path / "a.ndjson")] * 2 + [str(tmp_path / "b.bin")] * 2
    assert opened.drawings.column("source").tolist() == sources
    assert len(open_drawings(tmp_path / "a.ndjson", tmp_path / "b.bin", limit=3).drawings) == 3


def test_bitmaps_and_strokes_do_not_mix(tmp_path: Path) -> None:
    contents(tmp_path)
    with pytest.raises(FormatError, match="do not go together"):
        open_drawings(tmp_path / "x.npy", tmp_path / "x.ndjson")


def test_what_cannot_be_opened_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "empty.gz").write_bytes(gzip.compress(b""))
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06" + bytes(100))
    (tmp_path / "utf16.ndjson").write_text('{"drawing": [[[1], [2]]]}', encoding="utf-16")
    for name, reason in (
        ("missing", "There is no file"),
        (".", "is a folder"),
        ("empty", "is empty"),
        ("empty.gz", "is empty"),
        ("picture.png", "is a picture"),
        ("utf16.ndjson", "UTF-16"),
        ("a\0b", "cannot be opened"),
    ):
        with pytest.raises(FormatError, match=reason):
            open_drawings(os.path.join(tmp_path, name))
    with pytest.raises(FormatError, match="No file"):
        open_drawings()


def test_a_folder_stands_for_the_files_under_it(tmp_path: Path) -> None:
    (tmp_path / "b" / "folder.ndjson").mkdir(parents=True)
    for name in ("z.ndjson", "notes.txt", "b/a.npy.gz", "b/c.bin", "settings.json", "c.zip"):
        (tmp_path / name).touch()
    (tmp_path / "scores.csv").write_text("key_id,word\n")
    (tmp_path / "train.csv").write_text("key_id,drawing\n")
    (tmp_path / "package.json").write_text('{"name": "x"}')
    (tmp_path / "b" / "cats.json").write_text('[{"drawing": []}]')
    names = [file.relative_to(tmp_path).as_posix() for file in files_under([tmp_path])]
    assert names == ["b/a.npy.gz", "b/c.bin", "b/cats.json", "train.csv", "z.ndjson"]
    named = [tmp_path / "notes.txt", tmp_path / "nothing.here"]
    assert files_under(named) == named  # whoever reads them says what is wrong with them


def test_a_search_for_files_can_be_given_up_anywhere(tmp_path: Path) -> None:
    (tmp_path / "no drawing.txt").touch()

    def check() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        files_under([tmp_path], check)


def test_a_damaged_gzip_file_keeps_what_can_be_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    many = Drawings.from_strokes([[rng.integers(0, 256, (2, 20))] for _ in range(3000)])
    write_drawings(many, tmp_path / "a.ndjson.gz")
    content = (tmp_path / "a.ndjson.gz").read_bytes()
    for damaged, reason in (
        (content[: len(content) // 2], "cut short"),
        (content[: len(content) // 2] + rng.bytes(5000), "the gzip file is"),
        (content[:-8] + bytes(8), "damaged"),
    ):
        (tmp_path / "b.ndjson.gz").write_bytes(damaged)
        opened = open_drawings(tmp_path / "b.ndjson.gz")
        assert len(opened.drawings) > 1400
        assert any(reason in problem.reason for problem in opened.problems)
        kept = many.take(slice(len(opened.drawings)))
        assert np.array_equal(opened.drawings.points, kept.points)


def test_gzip_files_joined_end_to_end_are_one(tmp_path: Path) -> None:
    line = gzip.compress(b'{"drawing": [[[1], [2]]]}\n')
    (tmp_path / "a.gz").write_bytes(line * 1000 + bytes(16))
    opened = open_drawings(tmp_path / "a.gz")
    assert (len(opened.drawings), opened.problem_count) == (1000, 0)


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz", "a.bin"])
def test_progress_rises_to_one_and_raising_cancels(tmp_path: Path, name: str) -> None:
    rng = np.random.default_rng(0)
    strokes = [[rng.integers(0, 256, (2, 150))] for _ in range(8000)]
    write_drawings(Drawings.from_strokes(strokes), tmp_path / name)
    seen: list[float] = []
    open_drawings(tmp_path / name, tmp_path / name, on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert any(0 < fraction < 0.5 for fraction in seen)
    assert any(0.5 < fraction < 1 for fraction in seen)

    class Cancelled(Exception):
        pass

    def cancel(fraction: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        open_drawings(tmp_path / name, on_progress=cancel)


def test_an_older_file_survives_a_failed_write(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"precious")
    with pytest.raises(FormatError):
        write_drawings(Drawings.from_strokes([[[[999], [2]]]]), path)
    assert path.read_bytes() == b"precious"
    write_drawings(DRAWINGS, path)
    assert len(open_drawings(path).drawings) == 2
    assert [entry.name for entry in tmp_path.iterdir() if "bin" in entry.name] == ["a.bin"]


def test_what_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    for name, reason in (
        ("a.jpeg", "choose a name in .ndjson"),
        ("a.npz", "choose a name in .ndjson"),
        ("missing/a.ndjson", "cannot be written"),
    ):
        with pytest.raises(FormatError, match=reason):
            write_drawings(DRAWINGS, tmp_path / name)
    (tmp_path / "b.ndjson").mkdir()
    with pytest.raises(FormatError, match="is a folder"):
        write_drawings(DRAWINGS, tmp_path / "b.ndjson")
    with pytest.raises(FormatError, match="'tiff'"):
        write_drawings(DRAWINGS, tmp_path / "a.ndjson", format="tiff")
    write_drawings(DRAWINGS, tmp_path / "data.txt", format="bin")
    assert len(open_drawings(tmp_path / "data.txt").drawings) == 2


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("flamingo.ndjson", "flamingo"),
        ("full_simplified_flamingo.ndjson", "flamingo"),
        ("full_numpy_bitmap_cat.npy", "cat"),
        ("full_binary_alarm clock.bin.gz", "alarm clock"),
        ("full_raw_The%20Mona%20Lisa.ndjson", "The Mona Lisa"),
        ("the_mona_lisa.npz", "The Mona Lisa"),
        ("sketchrnn_pig.npz", "pig"),
        ("sketchrnn_pig.full.npz", "pig"),
        ("cat (2).npy", "cat"),
        ("dog/cat.raw.ndjson.gz", "cat"),
        ("t-shirt.bin", "t-shirt"),
        ("T_Shirt.bin", "t-shirt"),
        ("alarm-clock.npz", "alarm clock"),
        ("EiffelTower.npy", "The Eiffel Tower"),
        ("cat (copy).bin", "cat"),
        ("cat (another copy).bin", "cat"),
        ("cat (3rd copy).bin", "cat"),
        ("cat copy 2.bin", "cat"),
        ("cat - Copy (3).bin", "cat"),
        ("cat - Copy.ndjson.gz", "cat"),
        ("cat-1.npz", "cat"),
        ("cat_2.full.npz", "cat"),
        ("full_binary_cat(1).bin", "cat"),
        ("full_numpy_bitmap_teddy bear (copy 2).npy", "teddy-bear"),
        ("full_simplified_alarm_clock-clean.ndjson", "alarm clock"),
        ("sketchrnn_The Mona Lisa_10.npz", "The Mona Lisa"),
        ("(1).bin", None),
        ("-1.bin", None),
        ("flamingo_best.ndjson", None),
        ("drawings.npy", None),
        ("", None),
    ],
)
def test_the_word_of_a_file_name(name: str, word: str | None) -> None:
    assert word_of_name(name) == word


def test_a_word_is_guessed_from_the_name_where_a_file_says_none(tmp_path: Path) -> None:
    wordless = tmp_path / "full_simplified_Alarm-Clock (copy).ndjson"
    wordless.write_text('[[[0, 9], [0, 9]]]\n{"drawing": [[[0, 9], [9, 0]]]}\n{"word": "", "drawing": [[[0], [0]]]}\n')
    opened = open_drawings(wordless)
    assert opened.drawings.words.tolist() == ["alarm clock"] * 3
    assert opened.guessed == {str(wordless): "alarm clock"}
    assert guessed_sentence({"a.bin": "cat"}) == "a.bin says no word; by its name its drawings are taken for cat"
    assert guessed_sentence({"a": "cat", "b": "pig", "c": "cat"}) == (
        "3 files say no word; by their names their drawings are taken for cat, pig"
    )
    assert guessed_sentence({}) == ""


def test_no_word_is_guessed_where_a_file_says_some(tmp_path: Path) -> None:
    file = tmp_path / "cat.ndjson"
    file.write_text('{"drawing": [[[0, 9], [0, 9]]]}\n{"word": "Unicorn", "drawing": [[[0, 9], [9, 0]]]}\n')
    opened = open_drawings(file)
    assert opened.drawings.words.tolist() == [None, "Unicorn"]
    assert opened.guessed == {}


def test_the_files_of_a_zip_are_named_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "pig (1).zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("cat_2.ndjson", '{"drawing": [[[0, 9], [0, 9]]]}\n')
        archive.writestr("drawings.ndjson", '{"drawing": [[[0, 9], [9, 0]]]}\n')
    opened = open_drawings(file)
    assert opened.drawings.words.tolist() == ["cat", "pig"]
    assert opened.guessed == {f"{file}/cat_2.ndjson": "cat", f"{file}/drawings.ndjson": "pig"}


def test_the_dialog_offers_every_suffix() -> None:
    assert "*.ndjson.gz" in file_dialog_filter()
    assert "*.npz" in file_dialog_filter()


starts = st.sampled_from(
    [b"", b"{", b"<ink>", b"\x1f\x8b\x08", b"\x93NUMPY\x01\x00v\x00{'descr': ", b"PK\x03\x04", bytes(8) + b"DE\1"]
)


@settings(max_examples=100, deadline=None)
@given(start=starts, rest=st.binary(max_size=300))
@example(b"\x93NUMPY\x01\x00", b"\x10\x00{'shape': (9**9,)")
@example(b"{" * 5000, b"")
def test_any_bytes_are_read_or_refused_in_words(tmp_path_factory, start: bytes, rest: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "cat.bin"
    path.write_bytes(start + rest)
    try:
        assert len(open_drawings(path).drawings)
    except FormatError as error:
        assert str(path) in str(error)


@settings(max_examples=100, deadline=None)
@given(
    kind=st.sampled_from([format.name for format in READ]),
    packed=st.booleans(),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=3)), min_size=1, max_size=4),
)
def test_damaged_files_are_read_or_refused_in_words(tmp_path_factory, kind: str, packed: bool, changes: list) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    content = contents(folder)[kind]
    content = gzip.compress(content, mtime=0) if packed else content
    for where, bytes_ in changes:
        at = int(where * len(content))
        content = content[:at] + bytes_ + content[at + len(bytes_) + (not bytes_) :]
    (folder / "cat.x").write_bytes(content)
    try:
        assert len(open_drawings(folder / "cat.x").drawings)
    except FormatError as error:
        assert str(error).endswith(".")


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there")
def test_a_name_that_is_not_utf8_can_be_read_and_said(tmp_path: Path) -> None:
    path = os.path.join(os.fsencode(tmp_path), b"caf\xe9.ndjson")
    try:
        with open(path, "wb") as file:
            file.write(b'{"drawing": [[[1], [2]]]}\nnonsense\n')
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    opened = open_drawings(os.fsdecode(path))
    shown = str(tmp_path / "caf\N{REPLACEMENT CHARACTER}.ndjson")
    assert opened.drawings.column("source").tolist() == [shown]
    assert opened.problems[0].source == shown
    write_drawings(opened.drawings, os.fsdecode(path))
    assert open_drawings(os.fsdecode(path)).problem_count == 0


def test_a_file_is_gzipped_when_its_name_says_so_in_capitals(tmp_path: Path) -> None:
    write_drawings(DRAWINGS, tmp_path / "A.NDJSON.GZ")
    assert (tmp_path / "A.NDJSON.GZ").read_bytes().startswith(b"\x1f\x8b")


def test_a_file_packed_twice_is_unpacked_twice(tmp_path: Path) -> None:
    write_drawings(DRAWINGS, tmp_path / "a.ndjson.gz")
    (tmp_path / "b.ndjson.gz").write_bytes(packed := gzip.compress((tmp_path / "a.ndjson.gz").read_bytes()))
    assert len(open_drawings(tmp_path / "b.ndjson.gz").drawings) == 2
    (tmp_path / "b.ndjson.gz").write_bytes(packed[:-20])
    reasons = [problem.reason for problem in open_drawings(tmp_path / "b.ndjson.gz").problems]
    assert "the gzip file is cut short" in reasons


def test_an_empty_zip_is_said_to_be_empty(tmp_path: Path) -> None:
    zipfile.ZipFile(tmp_path / "a.zip", "w").close()
    with pytest.raises(FormatError, match="no file of drawings in it, it is empty"):
        open_drawings(tmp_path / "a.zip")


def test_what_macos_keeps_beside_a_file_is_not_looked_at(tmp_path: Path) -> None:
    for name in ("a.ndjson", "._a.ndjson"):
        write_drawings(DRAWINGS, tmp_path / name)
    assert files_under([tmp_path]) == [tmp_path / "a.ndjson"]
