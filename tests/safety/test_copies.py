"""Copies of databases: whole, named by the day, the last ten, and brought back while programs have them open."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from qdesk.curation.verdicts.store import Verdicts
from qdesk.safety import copies
from qdesk.upkeep import doctor


def kept(path: Path) -> list[str]:
    with Verdicts(path) as store:
        return [one.identity for one in store.all()]


def test_a_copy_has_all_that_is_acknowledged_and_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.db"
    assert copies.is_copied_today(path)  # there is nothing to copy
    with Verdicts(path) as store:
        store.flag("1", "scribble")
        assert not copies.is_copied_today(path)
        copy = copies.make(path)
        assert copies.is_copied_today(path)
        store.flag("2", "scribble")
        os.utime(copy, (0, 0))
        assert not copies.is_copied_today(path)  # the second verdict is not in it
    assert copy == tmp_path / "copies" / f"verdicts-{copies.today()}.db"
    assert os.listdir(tmp_path / "copies") == [copy.name]
    with closing(copies.to_read(copy)) as db:
        assert db.execute("SELECT identity FROM verdicts").fetchall() == [("1",)]
    assert os.listdir(tmp_path / "copies") == [copy.name] and kept(path) == ["1", "2"]


def test_the_last_ten_are_kept_of_each_database(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.db"
    Verdicts(path).close()
    (tmp_path / "copies").mkdir()
    others = ["history-2026-01-01.db", "verdicts.txt", "verdicts-old.db", "other-verdicts-2026-01-01.db"]
    for name in others:
        (tmp_path / "copies" / name).write_text("")
    for number in range(14):
        copies.make(path, f"version{number}")
    found = copies.copies_of(path)
    assert [one.name for one in found] == [f"{copies.today()}-version{number}" for number in range(13, 3, -1)]
    for _ in range(12):
        copies.keep_bytes(path)
    assert len(copies.copies_of(path)) == 22  # what is damaged is counted apart, and pruned by the next copy
    copies.make(path)
    assert len(copies.copies_of(path)) == 20 and {*others} < {*os.listdir(tmp_path / "copies")}


def test_a_copy_is_put_back_while_the_database_is_open(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.db"
    with Verdicts(path) as store, Verdicts(path) as other:
        store.flag("1", "scribble")
        copy = copies.make(path)
        store.flag("2", "wrong")
        assert len(other.all()) == 2
        other.changed_elsewhere()
        copies.put_back(copy, path)
        assert other.changed_elsewhere()
        assert [one.identity for one in other.all()] == ["1"] == [one.identity for one in store.all()]
        store.flag("3", "wrong")
        assert len(other.all()) == 2
    assert kept(path) == ["1", "3"]


def test_what_is_no_database_any_more_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.db"
    with Verdicts(path) as store:
        store.flag("1", "scribble")
    copy = copies.make(path)
    path.write_bytes(b"something else " * 1000)
    copies.put_back(copy, path)
    assert kept(path) == ["1"]
    path.unlink()
    copies.put_back(copy, path)
    assert kept(path) == ["1"]


def test_while_another_program_writes_nothing_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "verdicts.db"
    with Verdicts(path) as store:
        store.flag("1", "scribble")
        copy = copies.make(path)
        store.flag("2", "scribble")
    monkeypatch.setattr(copies, "PATIENCE_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            copies.put_back(copy, path)
    assert kept(path) == ["1", "2"]


@pytest.mark.parametrize("in_log", [True, False])
def test_what_cannot_be_written_is_read(tmp_path: Path, in_log: bool) -> None:
    # Not under tmp_path: its parents are closed to the other user that root becomes here.
    with tempfile.TemporaryDirectory() as folder:
        path, root = Path(folder, "v.db"), os.geteuid() == 0
        with Verdicts(Path(folder, "live.db")) as store:
            store.flag("1", "wrong")
            if in_log:
                shutil.copy(f"{store.path}-wal", f"{path}-wal")
            else:
                store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(store.path, path)
        os.chmod(folder, 0o555)
        os.seteuid(65534) if root else None
        try:
            with closing(copies.to_read(path)) as db:
                assert not copies.can_be_used(db)
            with copies.reading(path) as db:
                assert db.execute("SELECT identity FROM verdicts").fetchall() == [("1",)]
            said = [one.text for one in doctor._database("verdicts", path, Verdicts)]
            assert "v.db cannot be written here" in said[0] and "v.db is whole, with 1 verdict" in said[1]
        finally:
            os.seteuid(0) if root else None
            os.chmod(folder, 0o755)
