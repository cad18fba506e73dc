from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation import verdicts as module
from qdesk.curation.verdicts import CONTENT, KEEP, Verdicts, VerdictsError, identities
from qdesk.drawings import Drawings


@pytest.fixture
def store(tmp_path: Path):
    with Verdicts(tmp_path / "verdicts.db") as opened:
        yield opened


def log_of(store: Verdicts) -> list[tuple]:
    """The append-only log, as anybody with SQLite can read it."""
    database = sqlite3.connect(store.path)
    try:
        return database.execute("SELECT id, kind, old_reason, new_reason, note FROM history ORDER BY id").fetchall()
    finally:
        database.close()


def test_a_flag_is_kept_with_its_facts(store: Verdicts) -> None:
    info = {"word": "cat", "rank": np.int64(3), "loss": np.float32(1.5), "lift": float("nan"), "recognized": True}
    change = store.flag("123", "scribble", note="just lines", info={**info, "unknown": 1})
    assert (change.old, change.new) == ("", "scribble")
    verdict = store.get("123")
    assert verdict is not None
    assert (verdict.reason, verdict.note, verdict.key_id, verdict.flagged) == ("scribble", "just lines", "123", True)
    assert verdict.flagged_at.endswith("Z") and "T" in verdict.flagged_at
    assert verdict.facts["rank"] == 3 and type(verdict.facts["rank"]) is int
    assert verdict.facts["loss"] == 1.5 and verdict.facts["lift"] is None and verdict.facts["recognized"] is True
    assert "unknown" not in verdict.facts and verdict.facts["row"] is None


def test_keep_is_a_verdict_but_no_flag(store: Verdicts) -> None:
    store.keep("1")
    assert store.get("1").reason == KEEP and not store.get("1").flagged


def test_an_unknown_reason_is_refused(store: Verdicts) -> None:
    with pytest.raises(ValueError, match="ugly"):
        store.flag("1", "ugly")
    assert store.all() == [] and log_of(store) == []


def test_clear_takes_it_back(store: Verdicts) -> None:
    store.flag("1", "wrong")
    assert [(c.old, c.new) for c in store.clear("1")] == [("wrong", "")]
    assert store.get("1") is None


def test_undo_and_redo_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with Verdicts(path) as store:
        store.flag("1", "wrong", note="a boat", info={"word": "cat"})
        store.flag("1", "graffiti")
        store.flag("2", "other")
    with Verdicts(path) as store:
        assert [(c.identity, c.old, c.new) for c in store.undo()] == [("2", "other", "")]
        assert [(c.identity, c.old, c.new) for c in store.undo()] == [("1", "graffiti", "wrong")]
        assert store.get("1").note == "a boat" and store.get("1").facts["word"] == "cat"
    with Verdicts(path) as store:
        assert [(c.identity, c.new) for c in store.redo()] == [("1", "graffiti")]
        assert [(c.identity, c.new) for c in store.redo()] == [("2", "other")]
        assert store.redo() == []
        assert [store.undo() != [] for _ in range(4)] == [True, True, True, False]
        assert store.all() == []


def test_a_new_decision_forgets_what_was_undone(store: Verdicts) -> None:
    store.flag("1", "wrong")
    store.undo()
    store.flag("2", "wrong")
    assert store.redo() == []
    assert [v.identity for v in store.all()] == ["2"]


def test_the_same_again_is_no_step(store: Verdicts) -> None:
    store.flag("1", "wrong")
    store.flag("1", "wrong")
    assert len(log_of(store)) == 1
    store.undo()
    assert store.get("1") is None


def test_many_at_once_are_one_step(store: Verdicts) -> None:
    store.flag("2", KEEP)
    store.flag_many([(name, "scribble", "", {}) for name in "123"])
    assert list(store.reasons(["1", "2", "3", "4"])) == ["scribble"] * 3 + [""]
    store.undo()
    assert list(store.reasons(["1", "2", "3", "4"])) == ["", "keep", "", ""]
    store.redo()
    assert store.clear("1", "2") and store.all()[0].identity == "3"
    store.undo()
    assert len(store.all()) == 3


def test_the_history_only_grows(store: Verdicts) -> None:
    store.flag("1", "wrong", note="n")
    store.undo()
    store.redo()
    assert log_of(store) == [
        (1, "do", "", "wrong", "n"),
        (2, "undo", "wrong", "", ""),
        (3, "redo", "", "wrong", "n"),
    ]


def test_facts_can_come_later(store: Verdicts) -> None:
    store.flag("1", "wrong", info={"word": "cat", "rank": None})
    store.refresh({"1": {"rank": 7, "word": None}, "2": {"rank": 8}})
    assert store.get("1").facts["rank"] == 7 and store.get("1").facts["word"] == "cat"
    assert store.get("2") is None and len(log_of(store)) == 1


def test_identities_take_the_key_id_and_hash_the_rest() -> None:
    strokes = [[np.array([[0, 0], [255, 9]])], [np.array([[0, 0], [255, 10]])], [np.array([[0, 0], [255, 10]])]]
    names = identities(Drawings.from_strokes(strokes, key_id=["55", None, ""]))
    assert names[0] == "55" and names[1].startswith(CONTENT) and names[1] == names[2]
    alone = identities(Drawings.from_strokes(strokes[1:], row=[8, 9]))
    assert list(alone) == list(names[1:])
    pixels = np.zeros((2, 784), np.uint8)
    pixels[1, 5] = 1
    assert len(set(identities(Drawings.from_bitmaps(pixels)))) == 2


def test_a_million_lookups(store: Verdicts) -> None:
    names = np.array([str(i) for i in range(1_000_000)], object)
    store.flag_many([(str(i), "wrong", "", {}) for i in range(0, 1000, 10)])
    assert np.flatnonzero(store.reasons(names) == "wrong").tolist() == list(range(0, 1000, 10))


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
            patch.setattr(module.sqlite3, "connect", connect)
            Verdicts(path).close()
        return len(steps)

    for name, count in (("few.db", 1), ("many.db", 300)):
        with Verdicts(tmp_path / name) as store:
            store._db.execute("PRAGMA synchronous = OFF")
            for number in range(count):
                store.flag(str(number), "scribble")
    assert 0 < steps_to_open(tmp_path / "many.db") < steps_to_open(tmp_path / "few.db") + 20


KILLED = """
import os, sys
from pathlib import Path
from qdesk.curation.verdicts import Verdicts
store = Verdicts(Path(sys.argv[1]))
for number in range(100_000):
    store.flag(str(number), "scribble", info={"word": "cat", "rank": number})
    print(number, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "v.db"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True) as child:
        seen = [int(child.stdout.readline()) for _ in range(40)]
        child.send_signal(signal.SIGKILL)
        seen += [int(line) for line in child.stdout.read().split("\n")[:-1]]
    assert len(seen) < 100_000
    with Verdicts(path) as store:
        assert {str(number) for number in seen} <= {verdict.identity for verdict in store.all()}
        assert len(log_of(store)) - len(seen) in (0, 1)
        assert store.undo()[0].old == "scribble"


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


def test_an_older_file_is_migrated_and_backed_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "v.db"
    with Verdicts(path) as store:
        store.flag("1", "wrong", info={"rank": 4})
    extra = "ALTER TABLE verdicts ADD COLUMN weight REAL NOT NULL DEFAULT 1"
    monkeypatch.setattr(module, "MIGRATIONS", (*module.MIGRATIONS, extra))
    with Verdicts(path) as store:
        assert store.get("1").facts["rank"] == 4
        assert store._db.execute("SELECT weight FROM verdicts").fetchone() == (1.0,)
    monkeypatch.undo()
    with pytest.raises(VerdictsError, match="newer"):
        Verdicts(path)
    with Verdicts(tmp_path / "v.db.version1") as copy:
        assert copy.get("1").reason == "wrong"


def test_two_windows_may_share_the_file(tmp_path: Path) -> None:
    with Verdicts(tmp_path / "v.db") as one, Verdicts(tmp_path / "v.db") as two:
        one.flag("1", "wrong")
        two.flag("2", "other")
        assert {v.identity for v in one.all()} == {"1", "2"}


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
