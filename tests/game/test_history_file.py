"""The file of the history: one of an older qdesk, several programs at once, and what is left of somebody forgotten."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import orjson
import pytest

from qdesk.formats import open_drawings
from qdesk.game.history import BUSY_S, History, HistoryError
from qdesk.game.record import Guess, RoundRecord, RoundState

SCHEMA_1 = """
CREATE TABLE rounds (
    key_id        TEXT PRIMARY KEY,
    word          TEXT NOT NULL,
    timestamp     TEXT NOT NULL,  -- UTC, as Quick, Draw! writes it: sorts by time
    state         TEXT NOT NULL,
    ended_ms      REAL NOT NULL,
    recognised_ms REAL,
    drawing       TEXT NOT NULL,  -- JSON [[xs, ys, ts], ...]: pixels, ms since the round began
    guesses       TEXT NOT NULL   -- JSON [[ms, [[word, p], ...]], ...]
) WITHOUT ROWID;
CREATE INDEX rounds_by_time ON rounds (timestamp, key_id);
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
"""


def old_history(path: Path, count: int) -> Path:
    """A history as the first qdesk wrote it: in the middle a round in which nothing was drawn."""
    db = sqlite3.connect(path)
    db.executescript(SCHEMA_1)
    for k in range(count):
        drawing = (
            [] if k == count // 2 else [[[1.0, 2.25, k], [3.0, 4.0, 5.0], [850.1, 861.5, 900.3]], [[7], [8], [950]]]
        )
        guesses = [[900.3, [["bird", 0.5], ["owl", 0.1]]], [1000.0, []]]
        recognised = k % 2 == 0
        db.execute(
            "INSERT INTO rounds VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                f"17800000000{k:05d}",
                f"word {k % 7}",
                f"2026-03-02 23:{k // 60 % 60:02d}:{k % 60:02d}.07453 UTC",
                "recognised" if recognised else "time_up",
                2400.5 if recognised else 20000.0,
                2400.5 if recognised else None,
                orjson.dumps(drawing).decode(),
                orjson.dumps(guesses).decode(),
            ),
        )
    db.commit()
    db.close()
    return path


def check_migrated(history: History, count: int) -> None:
    """All that was there is there."""
    (player,) = history.players()
    assert (player.id, player.name, player.since) == (1, "Player 1", "2026-03-02 23:00:00.07453 UTC")
    rounds = history.list(player=1)[::-1]
    assert [one.key_id for one in rounds] == [f"17800000000{k:05d}" for k in range(count)]
    for k, one in enumerate(rounds):
        assert (one.mode, one.game, one.given, one.rival) == ("game", "", 0, None)
        assert (one.word, one.state) == (f"word {k % 7}", RoundState.TIME_UP if k % 2 else RoundState.RECOGNISED)
        assert (one.ended_ms, one.recognised_ms) == ((20000.0, None) if k % 2 else (2400.5, 2400.5))
        assert one.guesses == (Guess(900.3, (("bird", 0.5), ("owl", 0.1))), Guess(1000.0, ()))
        if k == count // 2:
            assert one.strokes == () == one.times
            continue
        assert [stroke.tolist() for stroke in one.strokes] == [[[1, 3], [2.25, 4], [k, 5]], [[7, 8]]]
        np.testing.assert_array_equal(np.concatenate(one.times), np.array([850.1, 861.5, 900.3, 950], np.float32))
    plays = history.plays(1)
    assert plays.won.tolist() == plays.recognised.tolist() == [k % 2 == 0 for k in range(count)]
    assert plays.drawn.tolist() == [k != count // 2 for k in range(count)]
    tables = history._db.execute("SELECT name FROM sqlite_master WHERE name = 'rounds_1'").fetchall()
    assert not tables and history._db.execute("PRAGMA user_version").fetchone() == (len(History.migrations),)


def test_the_rounds_of_version_1_become_the_first_players(tmp_path: Path) -> None:
    path = old_history(tmp_path / "h.db", 100)
    with History(path) as history:
        check_migrated(history, 100)
        patience = history._db.execute("PRAGMA busy_timeout").fetchone()
        assert history.export_raw(tmp_path / "out.ndjson", 1) == 99
    times = open_drawings(tmp_path / "out.ndjson").drawings.times_of(0)
    assert [part.tolist() for part in times] == [pytest.approx([0, 11.4, 50.2]), pytest.approx([99.9])]
    with History(path) as history:
        check_migrated(history, 100)
        assert history._db.execute("PRAGMA busy_timeout").fetchone() == patience


def test_an_empty_history_of_version_1_gets_a_first_player(tmp_path: Path) -> None:
    with History(old_history(tmp_path / "h.db", 0)) as history:
        assert (history.count(), [one.name for one in history.players()]) == (0, ["Player 1"])


def test_a_migration_that_fails_anywhere_leaves_the_old_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = old_history(tmp_path / "h.db", 3)

    class Failing(sqlite3.Connection):
        left = 0

        def execute(self, *args: object) -> sqlite3.Cursor:
            Failing.left -= 1
            if Failing.left < 0:
                error = sqlite3.OperationalError("disk I/O error")
                error.sqlite_errorname = "SQLITE_IOERR"
                raise error
            return super().execute(*args)

    connect, failed = sqlite3.connect, 0
    with closing(connect(path)) as db:
        before = sorted(db.execute("SELECT * FROM rounds"))
    monkeypatch.setattr(sqlite3, "connect", partial(connect, factory=Failing))
    while True:
        Failing.left = failed
        try:
            History(path).close()
            break
        except HistoryError as error:
            assert "cannot be opened: disk I/O error" in str(error)
        failed += 1
        with closing(connect(path)) as db:
            if db.execute("PRAGMA user_version").fetchone() == (1,):
                assert sorted(db.execute("SELECT * FROM rounds")) == before
    monkeypatch.undo()
    assert failed > 20
    with History(path) as history:
        check_migrated(history, 3)


@pytest.mark.parametrize("statements", [12, 30])
def test_a_migration_that_is_killed_begins_anew(tmp_path: Path, statements: int) -> None:
    path = old_history(tmp_path / "h.db", 50)
    program = (
        "import functools, os, sqlite3, sys; sys.path.insert(0, os.getcwd())\n"
        "from pathlib import Path\nfrom qdesk.game.history import History\n"
        "class Dying(sqlite3.Connection):\n"
        "    left = int(sys.argv[2])\n"
        "    def execute(self, *args):\n"
        "        Dying.left -= 1\n"
        "        return super().execute(*args) if Dying.left else os._exit(9)  # as if the power went\n"
        "sqlite3.connect = functools.partial(sqlite3.connect, factory=Dying)\n"
        "History(Path(sys.argv[1]))\n"
    )
    run = [sys.executable, "-c", program, str(path), str(statements)]
    assert subprocess.run(run, cwd=Path(__file__).parents[2], check=False).returncode == 9
    with History(path) as history:
        check_migrated(history, 50)


@pytest.mark.parametrize("count", [None, 300])
def test_several_programs_open_one_history_at_once(tmp_path: Path, count: int | None) -> None:
    path = tmp_path / "h.db"
    if count:
        old_history(path, count)
    together = threading.Barrier(4)

    def program(number: int) -> None:
        together.wait()
        with History(path) as history:
            history.wait_longer(10)
            history.add(RoundRecord(str(number), "cat", "2026-04-01", RoundState.SKIPPED, (), (), 1.0))

    with ThreadPoolExecutor(4) as programs:
        list(programs.map(program, range(4)))
    with History(path) as history:
        assert [one.key_id for one in history.list(4)] == ["3", "2", "1", "0"]
        assert (history.count(), len(history.players())) == (4 + (count or 0), 1)


def test_a_program_waits_for_another_that_brings_the_history_up_to_date(tmp_path: Path) -> None:
    path = old_history(tmp_path / "h.db", 3)
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(3 * BUSY_S, other.close)
    done.start()
    with History(path) as history:
        check_migrated(history, 3)
    done.join()


def test_a_damaged_file_is_a_plain_sentence(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    with History(path) as history:
        two_players(history)
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"x" * (len(content) - 8192))
    with pytest.raises(HistoryError, match="cannot be opened: database disk image is malformed"):
        History(path)
    assert path.read_bytes()[:8192] == content[:8192]  # nothing can be read of it, so it stays as it is


def test_a_round_that_cannot_be_read_leaves_the_old_history(tmp_path: Path) -> None:
    path = old_history(tmp_path / "h.db", 2)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE rounds SET drawing = '[[1' WHERE key_id LIKE '%1'")
        before = sorted(db.execute("SELECT * FROM rounds"))
        with pytest.raises(HistoryError, match="cannot be opened"):
            History(path)
        assert sorted(db.execute("SELECT * FROM rounds")) == before


# Forgetting


def a_round(key_id: str, word: str = "flamingo") -> RoundRecord:
    xy = np.arange(600, dtype=np.float32).reshape(-1, 2)
    return RoundRecord(key_id, word, "2026-03-02 23:25:10.07453 UTC", RoundState.TIME_UP, (xy,), (xy[:, 0],), 20_000.0)


def traces(path: Path, *words: str) -> set[str]:
    """Those of the words that are anywhere in the files of the history."""
    files = [file.read_bytes().lower() for file in path.parent.glob(f"{path.name}*")]
    return {word for word in words if any(word.lower().encode() in file for file in files)}


HERS = ("Josephine", "Josie", "1780000000004711", "harpsichord")
HIS = ("Bartholomew", "1780000000000815", "trumpet")


def two_players(history: History) -> tuple[int, int]:
    she, he = history.add_player("Josephine").id, history.add_player("Bartholomew").id
    for k in range(20):
        history.add(a_round(f"{1780000000004711 + k}", "harpsichord"), she)
        history.add(a_round(f"{1780000000000815 + k}", "trumpet"), he)
    history.rename_player(she, "Josie")
    return she, he


def test_a_deleted_player_leaves_no_trace_in_the_files(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    with History(path) as window, History(path) as history:
        history._db.execute("PRAGMA secure_delete = OFF")  # some builds of SQLite wipe what is deleted, most do not
        she, he = two_players(history)
        assert window.count(she) == 20  # another window, which is open all the time
        assert traces(path, *HERS, *HIS) >= {*HERS[1:], *HIS}
        assert history.forget(she) == 20
        assert traces(path, *HERS, *HIS) == set(HIS)
        assert (history.count(she), window.count(she), history.count(he)) == (0, 0, 20)
        assert [one.name for one in window.players()] == ["Player 1", "Bartholomew"]
        assert history.add_player("Somebody").id not in (she, he, 1)
    assert traces(path, *HERS) == set()


def test_where_the_last_player_is_deleted_a_new_one_is_added(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history:
        history.rename_player(1, "Ann")
        history.add(a_round("1"))
        assert history.forget(1) == 1
        assert [(one.id, one.name) for one in history.players()] == [(1, "Player 1")]
        assert history.forget(99) == 0 == history.count()
        bob = history.add_player("Bob").id
        history.forget(1)
        history.forget(bob)
        assert history.add_player("Bob").id > bob  # another window may still play as the one who is gone
        history.forget(bob + 1)
        assert [(one.id, one.name) for one in history.players()] == [(1, "Player 1")]


def test_nothing_is_deleted_while_another_program_writes(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    with History(path) as history:
        she, _ = two_players(history)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(HistoryError, match="Nothing was deleted.*locked"):
            history.forget(she)
        assert (history.count(she), len(history.players())) == (20, 3)
        other.close()


def test_what_another_program_reads_is_wiped_by_the_next_deletion(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    with History(path) as history:
        she, _ = two_players(history)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM rounds").fetchone()
        with pytest.raises(HistoryError, match="not yet wiped"):
            history.forget(she)
        assert history.count(she) == 0
        other.execute("COMMIT")
        assert history.forget(she) == 0
        assert traces(path, *HERS, *HIS) == set(HIS)
        other.close()
