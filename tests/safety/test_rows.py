"""Rows with checksums: what is damaged is found, set aside and named, and the rest goes on."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.verdicts.csv import export_flags
from qdesk.curation.verdicts.merge import merge
from qdesk.curation.verdicts.store import Verdicts, history_of
from qdesk.game.history import History
from qdesk.game.record import Guess, RoundRecord, RoundState
from qdesk.safety.rows import checksum
from qdesk.safety.telling import listen


@pytest.fixture
def told() -> Iterator[list[str]]:
    said: list[str] = []
    silence = listen(said.append)
    yield said
    silence()


def verdicts(path: Path, count: int = 6) -> Verdicts:
    store = Verdicts(path)
    for number in range(count):
        store.flag(f"{1000 + number}", "scribble", f"note {number}", {"word": "cat", "rank": number})
    return store


def exported(store: Verdicts) -> list[str]:
    out = io.StringIO()
    export_flags(out, store)
    return [row["key_id"] for row in csv.DictReader(io.StringIO(out.getvalue()))]


def test_every_row_that_is_written_has_its_checksum(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("key_id,reason\n1000,wrong\n77,rude\n")
    with verdicts(tmp_path / "v.db") as store:
        store.flag("1001", "wrong", "another", {"word": "dog"})
        store.clear("1002")
        store.undo()
        store.redo()
        store.refresh({"1003": {"word": "cow", "rank": np.int64(7)}})
        merge(store, theirs)
        store.look_through()
        for table in ("verdicts", "history", "conflicts"):
            assert store._db.execute(f"SELECT count(*) FROM {table} WHERE checksum IS NULL").fetchone() == (0,)
        assert store.aside("verdicts") == [] and len(store.conflicts()) == 1


@pytest.mark.parametrize("column", ["reason", "note", "flagged_at", "facts"])
@pytest.mark.parametrize("value", ["substr({}, 1, length({}) - 1) || 'x'", "X'FFFE'", "''", "17", "{} || X'00'"])
def test_a_damaged_verdict_stops_nothing_and_comes_back_from_the_history(
    column: str, value: str, tmp_path: Path, told: list[str]
) -> None:
    with verdicts(tmp_path / "v.db") as store:
        before = {one.identity: one.reason for one in store.all()}
        store._db.execute(f"UPDATE verdicts SET {column} = {value.format(column, column)} WHERE identity = '1003'")
        assert set(exported(store)) >= before.keys() - {"1003"}
        assert told == ["v.db: 1 verdict (1003) is damaged and set aside. 1 verdict is brought back from the history."]
        assert store.known() == before and store.get("1003").note == "note 3"
        assert store.aside("verdicts") == ["1003"]
        assert store.flag("1003", "wrong").old == "scribble"
        assert [change.new for change in store.undo()] == ["scribble"]
    assert len(told) == 1


def test_a_verdict_on_a_damaged_one_is_taken(tmp_path: Path, told: list[str]) -> None:
    with verdicts(tmp_path / "v.db") as store:
        store._db.execute("UPDATE verdicts SET facts = substr(facts, 1, 9) WHERE identity = '1002'")
        assert store.flag("1002", "wrong").old == "scribble" and "(1002)" in told[0]
        assert store.undo()[0].new == "scribble" and store.undo()[0].identity == "1005"


def test_damaged_lines_of_the_history_and_conflicts_are_left_out(tmp_path: Path, told: list[str]) -> None:
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("key_id,reason\n1000,wrong\n1001,wrong\n")
    with verdicts(tmp_path / "v.db") as store:
        merge(store, theirs)
        store._db.execute("UPDATE history SET note = 'x' WHERE identity = '1004'")
        store._db.execute("UPDATE conflicts SET facts = '{' WHERE identity = '1001'")
        assert list(store.conflicts()) == ["1000"] and history_of("1004", store) == []
        assert [one.identity for one in store.recent()] == ["1000", "1005", "1003", "1002", "1001", "1000"]
        assert any("line of the history" in text for text in told) and any("of others" in text for text in told)
        assert len(store.all()) == 6 and store.undo()


def record(key: str, x: float = 1.0) -> RoundRecord:
    xy = np.array([[x, 2.0], [3.0, 4.0]], np.float32)
    return RoundRecord(
        key, "cat", "2026-03-02 23:25:10.07453 UTC", RoundState.RECOGNISED, (xy,), (xy[:, 0],), 900, 850.5,
        (Guess(3.5, (("cat", 0.5),)),), game="g",
    )  # fmt: skip


@pytest.mark.parametrize("column", ["drawing", "guesses", "state", "word", "ended_ms", "first_ms"])
@pytest.mark.parametrize("value", ["'[[1'", "X'FF'", "''"])
def test_a_damaged_round_takes_no_other_with_it(column: str, value: str, tmp_path: Path, told: list[str]) -> None:
    with History(tmp_path / "h.db") as history:
        for key in ("1", "2", "3"):
            history.add(record(key))
        history._db.execute(f"UPDATE rounds SET {column} = {value} WHERE key_id = '2'")
        assert [one.key_id for one in history.list()] == ["3", "1"]
        assert told == ["h.db: 1 round (2) is damaged and set aside."]
        assert history.count() == 2 and len(history.game("g")) == 2 and history.record("2") is None
        assert len(history.plays().key_ids) == 2 and len(history.drawings()) == 2
        assert history.export_raw(tmp_path / "out.ndjson") == 2


def test_statistics_alone_find_a_round_that_is_no_number(tmp_path: Path, told: list[str]) -> None:
    with History(tmp_path / "h.db") as history:
        for key in ("1", "2"):
            history.add(record(key))
        history._db.execute("UPDATE rounds SET recognised_ms = 'soon' WHERE key_id = '2'")
        assert history.plays().key_ids.tolist() == ["1"] and "1 round (2)" in told[0]


def test_rounds_of_a_player_who_is_damaged_have_one_still(tmp_path: Path, told: list[str]) -> None:
    with History(tmp_path / "h.db") as history:
        ann = history.add_player("Ann").id
        history.add(record("1"), ann)
        history._db.execute("UPDATE players SET name = 'Xnn' WHERE id = ?", (ann,))
        assert len(history.players()) == 1
        assert [one.name for one in history.players()] == ["Player 1", f"Player {ann}"]
        assert history.count(ann) == 1 and "Rounds of a lost player" in told[0]


def test_what_was_damaged_before_there_were_checksums_is_set_aside(tmp_path: Path, told: list[str]) -> None:
    path = tmp_path / "v.db"
    verdicts(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:  # as the qdesk before it left it
        db.execute("UPDATE verdicts SET facts = '{\"word' WHERE identity = '1001'")
        db.execute("UPDATE verdicts SET note = CAST(X'FF' AS TEXT) WHERE identity = '1002'")
        for table in ("verdicts", "history", "conflicts"):
            db.execute(f"ALTER TABLE {table} DROP COLUMN checksum")
        db.execute("DROP TABLE aside")
        db.execute(f"PRAGMA user_version = {len(Verdicts.migrations) - 1}")
    with Verdicts(path) as store:
        assert len(exported(store)) == 4 and len(exported(store)) == 6
        assert sorted(store.aside("verdicts")) == ["1001", "1002"]


def test_checksums_are_the_same_everywhere() -> None:
    """They are in users' files: another sum would set all rows aside."""
    assert checksum(b"cat", b"scribble") == 776273098
    assert checksum(b"cat", 2400.5, None, 3.0) == checksum(b"cat", 2400.5, None, float(3))
    assert checksum(b"cat", None) != checksum(b"cat", 0.0)
