from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from qdesk.formats import open_drawings
from qdesk.game.history import SCHEMA_VERSION, History, HistoryError
from qdesk.game.record import Guess, RoundRecord, State


def record(key_id: str = "1780000000000001", word: str = "flamingo", **changes: object) -> RoundRecord:
    facts: dict = {
        "timestamp": "2026-03-02 23:25:10.07453 UTC",
        "state": State.RECOGNISED,
        "strokes": (np.array([[10, 20], [30.25, 41.5]], np.float32), np.array([[700, 300]], np.float32)),
        "times": (np.array([850, 861.5], np.float32), np.array([1900], np.float32)),
        "ended_ms": 2400.5,
        "recognised_ms": 2400.5,
        "guesses": (Guess(900.0, (("bird", 0.5), ("owl", 0.1))), Guess(2400.5, (("flamingo", 0.75),))),
    }
    return RoundRecord(key_id=key_id, word=word, **(facts | changes))


def same(a: RoundRecord, b: RoundRecord) -> bool:
    plain = ("key_id", "word", "timestamp", "state", "ended_ms", "recognised_ms", "guesses")
    return all(getattr(a, name) == getattr(b, name) for name in plain) and all(
        len(x) == len(y) and all(np.array_equal(p, q) for p, q in zip(x, y, strict=True))
        for x, y in ((a.strokes, b.strokes), (a.times, b.times))
    )


def test_a_round_is_the_same_after_a_restart(home: Path) -> None:
    with History() as history:
        history.add(record())
    assert (home / "history.db").exists()
    with History() as history:
        (back,) = history.list()
    assert same(back, record())


def test_a_round_is_on_the_disk_when_add_returns(tmp_path: Path) -> None:
    program = (
        "import os, sys; sys.path.insert(0, os.getcwd())\n"
        "from pathlib import Path\nfrom qdesk.game.history import History\n"
        "from qdesk.game.record import RoundRecord, State\n"
        "History(Path(sys.argv[1])).add(RoundRecord('1', 'cat', 'now', State.SKIPPED, (), (), 1.0))\n"
        "os._exit(1)  # as if the power went\n"
    )
    path = tmp_path / "rounds.db"
    subprocess.run([sys.executable, "-c", program, str(path)], cwd=Path(__file__).parents[2], check=False)
    with History(path) as history:
        assert [one.word for one in history.list()] == ["cat"]


def test_newest_first_and_limited(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history:
        for key, when in (("1", "2026-01-01"), ("2", "2026-01-03"), ("3", "2026-01-02")):
            history.add(record(key, timestamp=when))
        assert [one.key_id for one in history.list()] == ["2", "3", "1"]
        assert [one.key_id for one in history.list(limit=1)] == ["2"]
        history.add(record("2", word="cat", timestamp="2026-01-03"))
        assert history.count() == 3


def test_delete_all_leaves_nothing_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    with History(path) as history:
        history.add(record(word="a word to be forgotten"))
        assert history.delete_all() == 1
        assert history.count() == 0 and history.list() == []
    assert b"to be forgotten" not in path.read_bytes()


def test_export_loads_back_with_times_since_the_first_point(tmp_path: Path) -> None:
    out = tmp_path / "mine.ndjson"
    lost = record("1780000000000002", "cat", state=State.TIME_UP, recognised_ms=None, timestamp="2026-03-03")
    with History(tmp_path / "h.db") as history:
        history.add(record())
        history.add(lost)
        history.add(record("3", strokes=(), times=()))  # nothing drawn: nothing to export
        assert history.export_raw(out) == 2
    opened = open_drawings(out)
    assert opened.problem_count == 0
    drawings = opened.drawings
    assert drawings.words.tolist() == ["flamingo", "cat"]
    assert drawings.column("key_id").tolist() == [record().key_id, "1780000000000002"]
    assert drawings.column("recognized").tolist() == [True, False]
    assert drawings.column("timestamp")[0] == "2026-03-02 23:25:10.07453 UTC"
    assert drawings.column("countrycode").tolist() == [None, None]
    for mine, theirs in zip(drawings.strokes_of(0), record().strokes, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=0.5)
    assert [t.tolist() for t in drawings.times_of(0)] == [pytest.approx([0, 11.5], abs=0.5), [1050]]


def test_an_empty_history_has_nothing_to_export(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history, pytest.raises(ValueError, match="no drawing"):
        history.export_raw(tmp_path / "out.ndjson")
    assert not (tmp_path / "out.ndjson").exists()


def test_a_file_that_is_no_history_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    path.write_bytes(b"my shopping list, which is long enough to be taken for something else " * 20)
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="cannot be opened"):
        History(path)
    assert path.read_bytes() == before


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else is writing."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


def test_a_locked_history_opens_and_says_that_it_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    History(path).close()
    with locked(path), History(path) as history:
        with pytest.raises(HistoryError, match="locked"):
            history.add(record())
        assert history.count() == 0
    with History(path) as history:
        history.add(record())


def test_the_game_does_not_stand_still_for_a_locked_history(tmp_path: Path) -> None:
    with History(tmp_path / "h.db") as history:
        (patience_ms,) = history._db.execute("PRAGMA busy_timeout").fetchone()
        assert patience_ms <= 300
        history.wait_longer(1.5)
        assert history._db.execute("PRAGMA busy_timeout").fetchone() == (1500,)


def test_a_newer_history_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "h.db"
    History(path).close()
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    db.close()
    with pytest.raises(HistoryError, match="newer qdesk"):
        History(path)
