"""What all SQLite files of this program share: whose they are, copies, transactions, and whose fault an error is."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from qdesk.curation.verdicts.csv import export_flags
from qdesk.curation.verdicts.store import Verdicts, VerdictsError
from qdesk.game.history import History, HistoryError
from qdesk.safety.telling import listen
from qdesk.store import Store, statements


class ShelfError(Exception):
    pass


class Shelf(Store):
    """Books."""

    application_id = 0x71647A7A
    migrations = (
        "CREATE TABLE books (title TEXT PRIMARY KEY NOT NULL)",
        lambda db: db.execute("ALTER TABLE books ADD COLUMN year INTEGER"),
    )
    tables = ("books",)
    read_first = ("books",)
    what = "shelf"
    error = ShelfError
    busy_s = 0.05
    migration_s = 5.0

    def _sentence(self, error: sqlite3.Error, trouble: str) -> str:
        return f"{trouble or 'The shelf cannot be opened'}: {error}."

    def put(self, *titles: str, then: Callable[[], object] = lambda: None) -> None:
        with self._transaction("Not put"):
            for title in titles:
                self._db.execute("INSERT INTO books (title) VALUES (?)", (title,))
            then()

    def titles(self) -> list[str]:
        with self._in_words("Not read"):
            return [title for (title,) in self._db.execute("SELECT title FROM books ORDER BY title")]

    def wrong(self, statement: str) -> None:
        with self._in_words("Not read"):
            self._db.execute(statement)


def version_1(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.execute(Shelf.migrations[0])
        db.execute("INSERT INTO books VALUES ('Emma')")
        db.execute(f"PRAGMA application_id = {Shelf.application_id}")
        db.execute("PRAGMA user_version = 1")
        db.commit()
    return path


# Whose file it is


@pytest.mark.parametrize("store", [Shelf, Verdicts, History])
@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE bookmarks (url)",
        "CREATE TABLE rounds (key_id, bet, pot); CREATE TABLE players (id, name); PRAGMA user_version = 2",
        "CREATE TABLE rounds (key_id); PRAGMA user_version = 1",
        "CREATE TABLE rounds (key_id); PRAGMA user_version = 99",
        "CREATE TABLE bookmarks (url); PRAGMA application_id = 7",
        "PRAGMA application_id = 7",
        "CREATE TABLE books (title); PRAGMA user_version = 2",
    ],
)
def test_another_programs_database_is_refused_and_not_touched(store: type[Store], script: str, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(script)
    before = path.read_bytes()
    with pytest.raises(store.error, match=rf"other\.db is a database of another program, not a {store.what}"):
        store(path)
    assert path.read_bytes() == before and [one.name for one in tmp_path.glob("*.db*")] == ["other.db"]


def test_the_files_of_this_program_are_not_taken_for_each_other(tmp_path: Path) -> None:
    Verdicts(tmp_path / "v.db").close()
    History(tmp_path / "h.db").close()
    with pytest.raises(HistoryError, match="another program"):
        History(tmp_path / "v.db")
    with pytest.raises(VerdictsError, match="another program"):
        Verdicts(tmp_path / "h.db")


@pytest.mark.parametrize("store", [Shelf, Verdicts, History])
def test_a_table_that_is_missing_is_said(store: type[Store], tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store(path).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"DROP TABLE {store.tables[-1]}")
    with pytest.raises(store.error, match=f"no such table: {store.tables[-1]}"):
        store(path)


# Bringing it up to date


def test_an_older_file_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    path = version_1(tmp_path / "s.db")
    with Shelf(path) as shelf:
        assert shelf.titles() == ["Emma"]
        shelf.put("Persuasion")
        shelf.wrong("SELECT year FROM books")
    with closing(sqlite3.connect(next((tmp_path / "copies").glob("s-*-version1.db")))) as db:
        assert db.execute("SELECT * FROM books").fetchall() == [("Emma",)]
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
    Shelf(path).close()
    assert sorted(one.name for one in tmp_path.glob("s.db*")) == ["s.db"]


def test_a_fresh_file_needs_no_copy(tmp_path: Path) -> None:
    Shelf(tmp_path / "s.db").close()
    assert [one.name for one in tmp_path.glob("s.db*")] == ["s.db"]


def test_a_step_with_a_mistake_changes_nothing_and_keeps_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = version_1(tmp_path / "s.db")
    monkeypatch.setattr(Shelf, "migrations", (*Shelf.migrations, "CREATE TABLE more (a); ALTER TABLE boks ADD b"))
    with pytest.raises(sqlite3.OperationalError, match="no such table: boks"):
        Shelf(path)
    monkeypatch.undo()
    with Shelf(path) as shelf, pytest.raises(sqlite3.OperationalError, match="no such table: more"):
        shelf.wrong("SELECT * FROM more")


def test_a_history_from_before_there_were_ids_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    with History(path) as history:
        history.add_player("Ann")
    with closing(sqlite3.connect(path)) as db:  # as the last qdesk without ids left it
        db.execute("PRAGMA application_id = 0")
        db.execute("PRAGMA user_version = 2")
    with History(path) as history:
        assert [one.name for one in history.players()] == ["Player 1", "Ann"]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA application_id").fetchone() == (History.application_id,)
    with closing(sqlite3.connect(next((tmp_path / "copies").glob("h-*-version2.db")))) as db:
        assert db.execute("SELECT name FROM players").fetchall() == [("Player 1",), ("Ann",)]
        assert db.execute("PRAGMA user_version").fetchone() == (2,)


def test_who_is_forgotten_is_not_in_the_copies_either(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    with History(path) as history:
        ann = history.add_player("Josephine").id
        history._db.execute("PRAGMA application_id = 0")
        history._db.execute("PRAGMA user_version = 2")
    with History(path) as history:
        assert b"Josephine" in next((tmp_path / "copies").glob("h-*-version2.db")).read_bytes()
        history.forget(ann)
    assert not [one for one in tmp_path.rglob("*.db*") if b"Josephine" in one.read_bytes()]


def test_a_copy_that_stays_is_said(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history:
        (tmp_path / "h.db.version1").mkdir()
        with pytest.raises(HistoryError, match=r"still in .*h\.db\.version1"):
            history.forget(history.add_player("Josephine").id)


# Whose fault it is


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        raise KeyError("mine")

    with Shelf(tmp_path / "s.db") as shelf:
        with pytest.raises(KeyError):
            shelf.put("Emma", then=fail)
        assert shelf.titles() == []
        shelf.put("Emma", "Persuasion")
        assert shelf.titles() == ["Emma", "Persuasion"]


def test_a_lock_is_waited_for_and_said(tmp_path: Path) -> None:
    with Shelf(tmp_path / "s.db") as shelf, closing(sqlite3.connect(shelf.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ShelfError, match=r"^Not put: database is locked\.$"):
            shelf.put("Emma")
        assert shelf.titles() == []
        other.execute("COMMIT")
        shelf.put("Emma")


def test_a_lock_at_the_beginning_is_waited_for(tmp_path: Path) -> None:
    path = version_1(tmp_path / "s.db")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(4 * Shelf.busy_s, other.close)
    done.start()
    with Shelf(path) as shelf:
        assert shelf.titles() == ["Emma"]
    done.join()


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with Shelf(tmp_path / "s.db") as shelf:
        shelf._db.execute("PRAGMA query_only = ON")
        with pytest.raises(ShelfError, match="Not put: attempt to write a readonly database"):
            shelf.put("Emma")


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with Shelf(tmp_path / "s.db") as shelf:
        (pages,) = shelf._db.execute("PRAGMA page_count").fetchone()
        shelf._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(ShelfError, match="Not put: database or disk is full"):
            shelf.put("x" * 100_000)
        assert shelf.titles() == []


def test_damage_is_said(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Shelf(path) as shelf:
        shelf.put("Emma")
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"x" * (len(content) - 4096))
    with pytest.raises(ShelfError, match="cannot be opened: database disk image is malformed"):
        Shelf(path)


def test_a_mistake_of_ours_keeps_its_traceback(tmp_path: Path) -> None:
    with Shelf(tmp_path / "s.db") as shelf:
        for statement in ("SELEKT 1", "SELECT isbn FROM books", "SELECT * FROM boks"):
            with pytest.raises(sqlite3.OperationalError):
                shelf.wrong(statement)
        with pytest.raises(sqlite3.ProgrammingError):
            shelf.wrong("SELECT ?")
        with pytest.raises(sqlite3.IntegrityError):
            shelf.put("Emma", "Emma")
        assert shelf.titles() == []
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        shelf.titles()


def test_statements_are_told_apart_where_they_end() -> None:
    script = """
    CREATE TABLE a (b TEXT DEFAULT ';');  -- one; two
    CREATE TRIGGER c AFTER INSERT ON a BEGIN DELETE FROM a; SELECT 1; END;;
    """
    found = list(statements(script))
    assert len(found) == 2 and found[0].startswith("CREATE TABLE a") and found[1].endswith("END;")
    assert list(statements("")) == list(statements("\n;\n")) == []


# A folder that is gone, cannot be written, or is full


def test_a_folder_that_is_deleted_while_open_is_written_anew(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    told: list[str] = []
    silence = listen(told.append)
    with Verdicts(folder / "v.db") as store:
        store.flag("1", "wrong")
        shutil.rmtree(folder)
        assert store.flag("2", "rude").new == "rude"
        with Verdicts(folder / "v.db") as other:
            assert other.known() == {"1": "wrong", "2": "rude"}
        assert store.undo() and store.known() == {"1": "wrong"}
    silence()
    assert len(told) == 1 and "was deleted while it was open: all that was in it is written anew" in told[0]


def test_nothing_is_claimed_where_it_cannot_be_written_anew(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with Verdicts(folder / "v.db") as store:
        store.flag("1", "wrong")
        shutil.rmtree(folder)
        folder.write_text("in the way")
        for _ in range(2):
            with pytest.raises(VerdictsError, match="was deleted while it was open, and nothing is saved in it"):
                store.flag("2", "rude")
        folder.unlink()
        store.flag("3", "rude")
    with Verdicts(folder / "v.db") as store:
        assert store.known() == {"1": "wrong", "3": "rude"}


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder with verdicts, some of them in the log alone, that cannot be written."""
    # Not under tmp_path: its parents are closed to the other user that root becomes here.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        root = os.geteuid() == 0
        with Verdicts(Path(folder, "live.db")) as store:
            store.flag("1", "wrong")
            for ending in ("", "-wal"):
                shutil.copy(Path(folder, f"live.db{ending}"), Path(folder, f"v.db{ending}"))
        os.chmod(folder, 0o555)
        if root:
            os.seteuid(65534)
        try:
            yield Path(folder, "v.db")
        finally:
            if root:
                os.seteuid(0)
            os.chmod(folder, 0o755)


def test_verdicts_in_a_read_only_folder_are_exported_and_no_other_is_claimed(read_only: Path) -> None:
    before = {file.name: file.read_bytes() for file in read_only.parent.iterdir()}
    out = io.StringIO()
    with Verdicts(read_only) as store:
        assert store.read_only and export_flags(out, store) == 1 and out.getvalue().count("wrong") == 1
        with pytest.raises(VerdictsError, match="read-only"):
            store.flag("2", "rude")
        assert store.known() == {"1": "wrong"}
    assert {file.name: file.read_bytes() for file in read_only.parent.iterdir()} == before


FULL = """
import resource, sys
from pathlib import Path
from qdesk.curation.verdicts.store import Verdicts, VerdictsError
store = Verdicts(Path(sys.argv[1]))
store.flag("0", "wrong")
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
kept = 0
try:
    for kept in range(1, 10_000):
        store.flag(str(kept), "wrong", "n" * 500)
except VerdictsError as error:
    print(kept, error)
"""


@pytest.mark.skipif(os.name == "nt", reason="there are no such limits")
def test_what_a_full_disk_refuses_is_not_claimed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path / "v.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    refused, _, sentence = done.stdout.partition(" ")
    assert "v.db" in sentence, done.stdout
    with Verdicts(tmp_path / "v.db") as store:
        assert len(store.known()) == int(refused)
