from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from qdesk import store as base
from qdesk.curation.verdicts import schema
from qdesk.curation.verdicts.store import Verdicts, VerdictsError


def test_opening_many_verdicts_is_no_more_work_than_opening_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def steps_to_open(path: Path) -> int:
        """How many instructions SQLite's machine executes."""
        steps = []

        def connect(*args, **about) -> sqlite3.Connection:
            database = sqlite3_connect(*args, **about)
            database.set_progress_handler(lambda: steps.append(1), 1)
            return database

        sqlite3_connect = sqlite3.connect
        with monkeypatch.context() as patch:
            patch.setattr(base.sqlite3, "connect", connect)
            Verdicts(path).close()
        return len(steps)

    for name, count in (("few.db", 1), ("many.db", 300)):
        with Verdicts(tmp_path / name) as store:
            store._db.execute("PRAGMA synchronous = OFF")
            for number in range(count):
                store.flag(str(number), "scribble")
    assert 0 < steps_to_open(tmp_path / "many.db") < steps_to_open(tmp_path / "few.db") + 20


def test_a_damaged_file_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    path.write_bytes(b"not a database at all" * 100)
    before = path.read_bytes()
    with pytest.raises(VerdictsError, match=r"v\.db is damaged"):
        Verdicts(path)
    assert path.read_bytes() == before


def test_a_truncated_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with Verdicts(path) as store:
        store.flag_many([(str(i), "wrong", "x" * 200, {}) for i in range(200)])
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(VerdictsError, match="damaged"):
        Verdicts(path)


def test_a_newer_file_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with Verdicts(path) as store:
        store.flag("1", "wrong")
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(VerdictsError, match="newer qdesk"):
        Verdicts(path)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM verdicts").fetchone() == (1,)
    database.close()


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE bookmarks (url)")
    database.close()
    with pytest.raises(VerdictsError, match="another program"):
        Verdicts(path)


def test_the_default_place_is_the_users_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QDESK_HOME", str(tmp_path / "home"))
    with Verdicts() as store:
        assert store.path == tmp_path / "home" / "verdicts.db" and store.path.exists()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VerdictsError, match="cannot be kept"):
        Verdicts(tmp_path / "file" / "v.db")
    with pytest.raises(VerdictsError, match=r"cannot be (saved|used)"):
        Verdicts(tmp_path)


def test_a_read_only_folder_is_said() -> None:
    # Not under tmp_path: its parents are closed to the other user that root becomes here.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)
        try:
            with pytest.raises(VerdictsError, match="read-only"):
                Verdicts(Path(folder) / "v.db")
        finally:
            if root:
                os.seteuid(0)
            os.chmod(folder, 0o755)


# What older files hold


def version_1(path: Path) -> None:
    """A file as the first qdesk wrote it: "1" was flagged, then flagged otherwise and noted, then that was undone."""
    wrong = '{"identity": "1", "reason": "wrong", "note": "", "flagged_at": "2026-01-01T00:00:00Z", "facts": %s}'
    facts = '{"word": "cat", "rank": 4, "junk": null}'
    other = '{"identity": "1", "reason": "other", "note": "n", "flagged_at": "2026-01-02T00:00:00Z", "facts": %s}'
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(schema.MIGRATIONS[0])
        database.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        database.execute("PRAGMA user_version = 1")
        database.execute("INSERT INTO verdicts VALUES ('1', 'wrong', '', '2026-01-01T00:00:00Z', ?)", (facts,))
        database.execute("INSERT INTO steps (undone) VALUES (0), (1)")
        line = "INSERT INTO history VALUES (NULL, ?, ?, '2026-01-01T00:00:00.000Z', '1', ?, ?, ?, ?, ?)"
        database.execute(line, (1, "do", "", "wrong", "", None, wrong % facts))
        database.execute(line, (2, "do", "wrong", "other", "n", wrong % facts, other % facts))
        database.execute(line, (2, "undo", "other", "wrong", "", other % facts, wrong % facts))


def state(path: Path) -> tuple:
    """What undo and redo make of a file's only verdict, and what it is now."""
    with Verdicts(path) as store:
        assert [change.new for change in store.redo()] == ["other"]
        redone = store.get("1")
        store.undo()
        now = store.get("1")
        assert [change.new for change in store.undo()] == [""] and store.undo() == []
        return redone.reason, redone.note, redone.facts["rank"], now.reason, now.note, now.facts["word"]


def test_an_older_file_is_migrated_and_backed_up(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    version_1(path)
    with Verdicts(path) as store:
        assert store.get("1").facts["rank"] == 4 and store.get("1").flagged_at == "2026-01-01T00:00:00Z"
        assert [decision.reason for decision in store.recent()] == ["wrong"] and store.conflicts() == {}
    assert state(path) == ("other", "n", 4, "wrong", "", "cat")
    backup = next((tmp_path / "copies").glob("v-*-version1.db"))
    with closing(sqlite3.connect(backup)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (1,)
        assert database.execute("SELECT count(*) FROM history").fetchone() == (3,)
    assert state(backup) == ("other", "n", 4, "wrong", "", "cat")


def test_a_backup_that_cannot_be_made_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    version_1(path)
    (tmp_path / "copies").write_text("no folder")
    with pytest.raises(VerdictsError, match="no copy of it can be made"):
        Verdicts(path)
    (tmp_path / "copies").unlink()
    assert state(path) == ("other", "n", 4, "wrong", "", "cat")


def test_every_step_of_migrating_is_taken_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "v.db"
    version_1(path)
    extra = "ALTER TABLE verdicts ADD COLUMN weight REAL NOT NULL DEFAULT 1"
    monkeypatch.setattr(Verdicts, "migrations", (*schema.MIGRATIONS, extra))
    with Verdicts(path) as store:
        assert store._db.execute("SELECT weight FROM verdicts").fetchone() == (1.0,)
    monkeypatch.undo()
    with pytest.raises(VerdictsError, match="newer"):
        Verdicts(path)


# Being killed


def killed(code: str, *arguments: object) -> list[str]:
    """The lines that a program printed before it was killed; that it was is checked."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])
    assert done.returncode == -9
    return done.stdout.split("\n")[:-1]


SINGLE = """
import sys, threading, time, os, signal
from pathlib import Path
from qdesk.curation.verdicts.store import Verdicts
store = Verdicts(Path(sys.argv[1]))
def kill():
    time.sleep(float(sys.argv[2]))
    os.kill(os.getpid(), signal.SIGKILL)
for number in range(1_000_000):
    store.flag(str(number), "scribble", info={"word": "cat", "rank": number})
    print(number, flush=True)
    if number == 20:
        threading.Thread(target=kill).start()
"""


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.11])
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, seconds: float) -> None:
    seen = killed(SINGLE, tmp_path / "v.db", seconds)
    assert len(seen) > 20
    with Verdicts(tmp_path / "v.db") as store:
        kept = {verdict.identity for verdict in store.all()}
        assert set(seen) <= kept and len(kept) - len(seen) in (0, 1)
        assert len(store.recent(1_000_000)) == len(kept)
        assert store.undo()[0].old == "scribble"


BULK = """
import sys, os, signal
from pathlib import Path
from qdesk.curation.verdicts.store import Verdicts
path, what, instructions = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = Verdicts(path)
store.flag_many([(str(number), "scribble", "", {"rank": number}) for number in range(2000)])
print("acknowledged", flush=True)
store._db.execute("PRAGMA cache_size = 10")  # what does not fit goes to the disk before the step is done
store._db.set_progress_handler(lambda: os.kill(os.getpid(), signal.SIGKILL), instructions)
match what:
    case "flag": store.flag_many([(str(number), "wrong", "", {"rank": number}) for number in range(5000)])
    case "clear": store.clear(*map(str, range(2000)))
    case "undo": store.undo()
"""


@pytest.mark.parametrize("instructions", [40, 20_000, 60_000])
@pytest.mark.parametrize("what", ["flag", "clear", "undo"])
def test_a_kill_in_the_middle_of_many_leaves_nothing_of_them(tmp_path: Path, what: str, instructions: int) -> None:
    assert killed(BULK, tmp_path / "v.db", what, instructions) == ["acknowledged"]
    with Verdicts(tmp_path / "v.db") as store:
        assert [verdict.reason for verdict in store.all()] == ["scribble"] * 2000
        assert [(decision.count, decision.reason) for decision in store.recent()] == [(2000, "scribble")]
        assert store._db.execute("SELECT count(*) FROM history").fetchone() == (2000,)
        assert store.redo() == [] and len(store.undo()) == 2000


MIGRATING = """
import sys, os, signal, sqlite3
from pathlib import Path
from qdesk import store
from qdesk.curation.verdicts.store import Verdicts
connect = store.sqlite3.connect
def watched(*args, **about):
    database = connect(*args, **about)
    seen = []
    def statement(text):
        if text.startswith(sys.argv[2]):
            seen.append(text)
        if len(seen) == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
    database.set_trace_callback(lambda text: statement(" ".join(text.split())))
    return database
store.sqlite3.connect = watched
Verdicts(Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("statement", "time"),
    [("BEGIN", 1), ("CREATE", 1), ("CREATE", 3), ("DROP", 1), ("PRAGMA user_version =", 1), ("COMMIT", 1)],
)
def test_a_kill_while_migrating_loses_nothing(tmp_path: Path, statement: str, time: int) -> None:
    path = tmp_path / "v.db"
    version_1(path)
    killed(MIGRATING, path, statement, time)
    assert state(path) == ("other", "n", 4, "wrong", "", "cat")
    with closing(sqlite3.connect(next((tmp_path / "copies").glob("v-*-version1.db")))) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (1,)
