from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from qdesk.curation.verdicts.store import (
    Verdicts,
    VerdictsError,
    history_of,
    last_line,
    news,
    reasons_of,
    step_size,
)
from qdesk.curation.verdicts.whose import HERE
from qdesk.data.reasons import KEEP


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
    assert list(reasons_of(["1", "2", "3", "4"], store)) == ["scribble"] * 3 + [""]
    store.undo()
    assert list(reasons_of(["1", "2", "3", "4"], store)) == ["", "keep", "", ""]
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


def test_facts_belong_to_the_drawing(store: Verdicts) -> None:
    """A decision adds what it knows to them, and its undo takes none of that away."""
    store.flag("1", "wrong", info={"word": "cat", "rank": 3})
    store.flag("1", "other", info={"rank": 4})
    assert (store.get("1").facts["word"], store.get("1").facts["rank"]) == ("cat", 4)
    store.refresh({"1": {"rank": 7}})
    store.undo()
    assert (store.get("1").reason, store.get("1").facts["rank"]) == ("wrong", 7)
    store.redo()
    store.clear("1")
    store.undo()
    assert (store.get("1").reason, store.get("1").facts["word"], store.get("1").facts["rank"]) == ("other", "cat", 7)


def test_undone_and_redone_any_number_of_times(store: Verdicts) -> None:
    store.flag("1", "wrong", note="n", info={"word": "cat"})
    store.flag_many([("1", "other", "m", {}), ("2", "keep", "", {})])
    before = store.all()
    for _ in range(3):
        assert [(c.identity, c.old, c.new) for c in store.undo()] == [("1", "other", "wrong"), ("2", "keep", "")]
        assert [v.identity for v in store.all()] == ["1"]
        assert [(c.identity, c.old, c.new) for c in store.redo()] == [("1", "wrong", "other"), ("2", "", "keep")]
        assert store.all() == before


def test_of_a_drawing_that_comes_twice_the_last_counts(store: Verdicts) -> None:
    changes = store.flag_many([("1", "wrong", "", {}), ("2", "wrong", "", {}), ("1", "other", "", {})])
    assert {change.identity: change.new for change in changes} == {"1": "other", "2": "wrong"}
    assert len(store.undo()) == 2 and store.all() == []


def test_only_what_changes_is_in_the_step(store: Verdicts) -> None:
    store.flag("1", "wrong")
    changes = store.flag_many([(name, "wrong", "", {}) for name in "12"])
    assert [(change.old, change.new) for change in changes] == [("wrong", "wrong"), ("", "wrong")]
    assert [change.identity for change in store.undo()] == ["2"]
    store.clear("7", "8")
    assert store.redo() != []  # it was no step, and forgot nothing


def test_odd_names_and_notes_come_back_as_they_were(store: Verdicts) -> None:
    note, name = '"quoted", {braces}, \\ and\nlines, ünïcode 🦩', "a'b\"c, ü"
    store.flag(name, "wrong", note=note, info={"word": note, "loss": 1 / 3, "p_word": float("inf")})
    store.clear(name)
    store.undo()
    verdict = store.get(name)
    assert (verdict.identity, verdict.note, verdict.facts["word"], verdict.facts["loss"]) == (name, note, note, 1 / 3)
    assert verdict.facts["p_word"] is None


def test_a_million_lookups(store: Verdicts) -> None:
    names = pa.array(np.arange(1_000_000).astype("U7"), pa.string())
    assert not (reasons_of(names, store) != "").any()
    store.flag_many([(str(i), "wrong", "", {}) for i in range(0, 1000, 10)])
    assert np.flatnonzero(reasons_of(names, store) == "wrong").tolist() == list(range(0, 1000, 10))


def test_reasons_of_any_sequence(store: Verdicts) -> None:
    store.flag("2", "wrong")
    for names in (["1", "2"], np.array(["1", "2"], object), pa.chunked_array([["1"], ["2"]]), pa.array(["1", "2"])):
        assert reasons_of(names, store).tolist() == ["", "wrong"]
    assert reasons_of([], store).shape == (0,)


def test_the_last_decisions_newest_first(store: Verdicts) -> None:
    assert store.recent() == []
    store.flag("1", "wrong", note="a boat")
    store.flag_many([(str(number), KEEP, "", {}) for number in range(2, 12)])
    store.clear("4", "5")
    store.flag("9", "other")
    store.undo()
    store.undo()
    store.redo()
    last = store.recent()
    assert [(d.identity, d.reason, d.count, d.note) for d in last] == [
        ("4", "", 2, ""),
        ("2", KEEP, 10, ""),
        ("1", "wrong", 1, "a boat"),
    ]
    assert [d.step for d in last] == [3, 2, 1] and all(d.time.endswith("Z") for d in last)
    assert store.recent(1) == last[:1]


def test_no_statement_reads_a_table_from_end_to_end(store: Verdicts) -> None:
    """What a single verdict, its undo and the last decisions need is found by an index, however long the history."""
    seen: list[str] = []
    store.flag("1", "wrong")
    store._db.set_trace_callback(seen.append)
    store.flag("1", "other")
    store.clear("1")
    store.undo()
    store.redo()
    store.recent()
    store.get("1")
    store._db.set_trace_callback(None)
    plans = [row[3] for text in set(seen) if text.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")
             for row in store._db.execute(f"EXPLAIN QUERY PLAN {text}")]  # fmt: skip
    scans = {plan for plan in plans if plan.startswith("SCAN") and "moves" not in plan and plan.split()[1] != "m"}
    assert len(plans) > 20 and scans <= {"SCAN chosen"}  # what was asked for


def test_two_windows_may_share_the_file(tmp_path: Path) -> None:
    with Verdicts(tmp_path / "v.db") as one, Verdicts(tmp_path / "v.db") as two:
        one.flag("1", "wrong")
        two.flag("2", "other")
        assert {v.identity for v in one.all()} == {"1", "2"}


def test_a_new_word_is_part_of_the_decision(store: Verdicts) -> None:
    def word() -> object:
        verdict = store.get("1")
        return verdict and verdict.facts["new_word"]

    store.flag("1", "wrong", info={"new_word": "dog", "junk": 1.0})
    store.refresh({"1": {"junk": 2.0}})  # scores that come later are no decision
    assert word() == "dog"
    store.flag("1", "wrong", info={"new_word": "pig"})
    assert word() == "pig"
    store.flag("1", "wrong")
    assert word() is None
    store.undo()
    assert word() == "pig"
    store.undo()
    assert word() == "dog" and store.get("1").facts["junk"] == 2.0
    store.undo()
    assert store.get("1") is None
    store.redo()
    assert word() == "dog"
    store.redo()
    assert word() == "pig"


def test_the_history_of_one_drawing(store: Verdicts) -> None:
    store.flag_many([(name, "wrong", "n", {}) for name in "12"])
    store.flag("1", "unsure")
    store.undo()
    told = [(one.kind, one.reason, one.note, one.before) for one in history_of("1", store)]
    assert told == [("do", "wrong", "n", ""), ("do", "unsure", "", "wrong"), ("undo", "wrong", "n", "unsure")]
    assert len(history_of("2", store)) == 1 and history_of("3", store) == []


def test_what_could_not_be_written_is_not_written_by_the_next_undo(store: Verdicts) -> None:
    store.flag("1", "wrong")
    store.wait_longer(0)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(VerdictsError, match="in use by another program"):
        store.flag("2", KEEP)
    other.close()
    store.undo()
    assert store.known() == {}


def test_the_steps_of_a_program_that_runs_are_undone_by_it_alone(tmp_path: Path) -> None:
    path, running = tmp_path / "verdicts.db", f"{platform.node()}:{os.getppid()}:other"
    with Verdicts(path, HERE) as mine, Verdicts(path, running) as theirs, Verdicts(path) as command:
        mine.flag("1", "wrong")
        theirs.flag("2", KEEP)
        command.flag("3", "rude")  # anybody may undo this
        assert last_line(mine) == 3 and news(mine, 0) == ["2", "3"] and news(theirs, 1) == ["3"]
        assert [one.identity for one in theirs.undo()] == ["3"] and [one.identity for one in theirs.undo()] == ["2"]
        assert theirs.undo() == [] and theirs.can_walk() == (False, True) and step_size(mine, True) == 1
        assert [one.identity for one in mine.undo()] == ["1"] and mine.known() == {}
