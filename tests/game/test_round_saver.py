from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qdesk.game.history import History
from qdesk.game.record import RoundRecord, RoundState, new_key_id
from qdesk.game.round_saver import RoundSaver


def record(points: int = 3) -> RoundRecord:
    strokes = (np.arange(2 * points, dtype=np.float32).reshape(-1, 2),) if points else ()
    times = (np.arange(points, dtype=np.float32),) if points else ()
    return RoundRecord(new_key_id(), "bird", "2026-01-01 00:00:00.00000 UTC", RoundState.SKIPPED, strokes, times, 900.0)


@pytest.fixture
def keeper() -> Iterator[RoundSaver]:
    one = RoundSaver()
    yield one
    one.close()


def test_a_round_is_on_the_disk_at_once_and_one_without_ink_is_not_kept(keeper: RoundSaver) -> None:
    keeper.add(record(), 1)
    keeper.add(record(points=0), 1)
    with History() as other:
        assert other.count() == 1
    assert (keeper.trouble, keeper.unsaved) == ("", 0)


def test_rounds_wait_while_the_history_is_locked_and_none_is_lost(keeper: RoundSaver, home: Path) -> None:
    other = sqlite3.connect(home / "history.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    keeper.add(record(), 1)
    keeper.add(record(), 1)
    assert "locked" in keeper.trouble and "tried again" in keeper.trouble and keeper.unsaved == 2
    other.execute("ROLLBACK")
    keeper.add(record(), 1)
    assert keeper.history.count() == 3 and (keeper.trouble, keeper.unsaved) == ("", 0)
    other.execute("BEGIN IMMEDIATE")
    keeper.add(record(), 1)
    other.close()
    keeper.close()
    with History() as history:
        assert history.count() == 4


def test_unsaved_rounds_of_a_deleted_player_are_dropped(keeper: RoundSaver, home: Path) -> None:
    ann = keeper.history.add_player("Ann").id
    other = sqlite3.connect(home / "history.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    keeper.add(record(), ann)
    keeper.add(record(), 1)
    other.close()
    keeper.drop(ann)
    assert keeper.unsaved == 1
    with History() as another:
        another.forget(ann)
    keeper.add(record(), ann)  # of a round that was under way
    assert (keeper.unsaved, keeper.history.count(), keeper.trouble) == (0, 1, "")


def test_a_broken_history_is_reported_and_stops_nothing(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "history.db").write_bytes(b"not a database, certainly not " * 50)
    keeper = RoundSaver()
    assert keeper.history is None and keeper.trouble.startswith("Your drawings cannot be saved")
    keeper.add(record(), 1)
    keeper.close()
