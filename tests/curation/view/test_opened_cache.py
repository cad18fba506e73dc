"""What is kept of large files is what they say, and belongs to them as they were."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.verdicts.identity import identities
from qdesk.curation.view import opened_cache as shelves
from qdesk.curation.view.opened_cache import CachedFiles, OpenedFileCache, name_of
from qdesk.curation.view.text_columns import IdentityColumn
from qdesk.data.drawings import Drawings
from qdesk.formats import write_drawings
from qdesk.scoring.fingerprint import drawing_keys


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "FEWEST", 1)


def some(timed: bool = False) -> CachedFiles:
    strokes = [[np.array([[0, 0], [255, 9 * n]], np.float32), np.array([[3, 3]], np.float32)] for n in range(20)]
    times = [[np.array([0, 40]), np.array([90])] for _ in range(20)] if timed else None
    drawings = Drawings.from_strokes(
        strokes, times, word=["cat", None] * 10, key_id=[str(n) for n in range(20)], recognized=[True, None] * 10
    )
    return CachedFiles(
        drawings, IdentityColumn(identities(drawings)), drawing_keys(drawings), ("line 3: no", "line 4: no"), 7
    )


@pytest.mark.parametrize("timed", [False, True])
def test_what_is_kept_comes_back(tmp_path: Path, timed: bool) -> None:
    file, given = tmp_path / "a.ndjson", some(timed)
    write_drawings(given.drawings, file)
    shelf = OpenedFileCache()
    assert shelf.find([str(file)]) is None
    shelf.put(name_of([str(file)]), given)
    found = shelf.find([str(file)])
    assert found is not None and (found.problems, found.problem_count) == (given.problems, 7)
    assert np.array_equal(found.keys, given.keys) and found.names.arrow == given.names.arrow
    for index in (0, 7, 19):
        mine, theirs = given.drawings[index], found.drawings[index]
        assert mine.metadata() == theirs.metadata()
        assert all(map(np.array_equal, mine.strokes, theirs.strokes))
        assert (theirs.times is None) == (not timed) and (not timed or theirs.times[1] == 90)
    assert not found.drawings.points.flags.writeable  # it is the file itself, mapped


def test_bitmaps_are_kept_too(tmp_path: Path) -> None:
    drawings = Drawings.from_bitmaps(np.arange(4 * 784).reshape(4, 28, 28) % 255, word="cat")
    write_drawings(drawings, tmp_path / "a.npy")
    files = [str(tmp_path / "a.npy")]
    OpenedFileCache().put(
        name_of(files), CachedFiles(drawings, IdentityColumn(identities(drawings)), drawing_keys(drawings))
    )
    found = OpenedFileCache().find(files)
    assert np.array_equal(found.drawings.bitmaps, drawings.bitmaps)


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    file, given, shelf = tmp_path / "a.ndjson", some(), OpenedFileCache()
    write_drawings(given.drawings, file)
    shelf.put(name_of([str(file)]), given)
    os.utime(file, ns=(1, 1))
    assert shelf.find([str(file)]) is None
    file.unlink()
    assert shelf.find([str(file)]) is None


def test_a_file_that_changes_while_it_is_read_is_another_one(tmp_path: Path) -> None:
    file, given, shelf = tmp_path / "a.ndjson", some(), OpenedFileCache()
    write_drawings(given.drawings, file)
    name = name_of([str(file)])
    write_drawings(given.drawings.take(slice(0, 5)), file)
    shelf.put(name, given)
    assert shelf.find([str(file)]) is None


def test_two_files_are_not_one_and_their_order_counts(tmp_path: Path) -> None:
    given, shelf = some(), OpenedFileCache()
    files = [str(tmp_path / name) for name in ("a.ndjson", "b.ndjson")]
    for file in files:
        write_drawings(given.drawings, file)
    shelf.put(name_of(files), given)
    assert shelf.find(files) is not None
    assert shelf.find(files[:1]) is None and shelf.find(files[::-1]) is None


@pytest.mark.parametrize("broken", ["points.npy", "table.arrow", "about.json", "key.npy"])
def test_what_is_damaged_is_not_used(tmp_path: Path, broken: str) -> None:
    file, given, shelf = tmp_path / "a.ndjson", some(), OpenedFileCache()
    write_drawings(given.drawings, file)
    shelf.put(name_of([str(file)]), given)
    (place,) = shelf.folder.iterdir()
    (place / broken).write_bytes(b"rubbish")
    assert shelf.find([str(file)]) is None
    shelf.put(name_of([str(file)]), given)
    assert shelf.find([str(file)]) is not None
    (place / broken).unlink()
    assert shelf.find([str(file)]) is None


def test_few_drawings_are_not_worth_keeping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "FEWEST", 21)
    write_drawings(some().drawings, tmp_path / "a.ndjson")
    OpenedFileCache().put(name_of([str(tmp_path / "a.ndjson")]), some())
    assert OpenedFileCache().find([str(tmp_path / "a.ndjson")]) is None


def test_past_the_limit_the_longest_unused_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, shelf = some(), OpenedFileCache()
    files = [str(tmp_path / f"{name}.ndjson") for name in "abc"]
    for file in files:
        write_drawings(given.drawings, file)
        shelf.put(name_of([file]), given)
    sizes = [sum(part.stat().st_size for part in place.iterdir()) for place in shelf.folder.iterdir()]
    for age, file in enumerate(files):
        os.utime(shelf.folder / name_of([file]), (100 - age, 100 - age))
    monkeypatch.setattr(shelves, "LIMIT", 2 * max(sizes))
    fresh = str(tmp_path / "d.ndjson")
    write_drawings(given.drawings, fresh)
    shelf.put(name_of([fresh]), given)
    assert shelf.find([fresh]) is not None and shelf.find(files[:1]) is not None
    assert shelf.find(files[1:2]) is None and shelf.find(files[2:]) is None
    assert not list(shelf.folder.glob(".*"))


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "no").write_text("a file")
    write_drawings(some().drawings, tmp_path / "a.ndjson")
    shelf = OpenedFileCache(tmp_path / "no")
    shelf.put(name_of([str(tmp_path / "a.ndjson")]), some())
    assert shelf.find([str(tmp_path / "a.ndjson")]) is None
