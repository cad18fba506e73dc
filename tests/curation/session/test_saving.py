"""Verdicts that another program keeps from being saved: they wait, which is said, and nothing waits for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdesk.curation.verdicts.store import Verdicts, VerdictsError
from qdesk.data.reasons import KEEP
from tests.helpers.session import Watched, plain_table


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched()
    yield made
    made.session.close()


@pytest.fixture
def other(watched: Watched, home: Path) -> Iterator[sqlite3.Connection]:
    """Another program that is writing."""
    made = sqlite3.connect(home / "verdicts.db", isolation_level=None)
    made.execute("BEGIN IMMEDIATE")
    yield made
    made.close()


def on_disk(home: Path) -> dict[str, str]:
    with Verdicts(home / "verdicts.db") as store:
        return store.known()


def test_the_window_waits_for_nobody(watched: Watched) -> None:
    assert watched.session.ledger.store._db.execute("PRAGMA busy_timeout").fetchone() == (0,)


def test_verdicts_wait_are_shown_and_not_claimed_and_then_saved(watched: Watched, other, home: Path) -> None:
    session = watched.session
    for reason in ("scribble", KEEP, "wrong"):
        assert session.decisions.judge(reason)
    assert watched.verdicts == {19: "scribble", 18: KEEP, 17: "wrong"} and session.sight.current == 16
    assert session.saving.sentence == "3 verdicts are not saved yet: another program is writing."
    assert session.decisions.can_walk() == (True, False) and session.ledger.can_walk() == (False, False)
    assert on_disk(home) == {} and "unsaved" in watched.told() and watched.said == []
    watched.loop.turn(0.2)
    assert session.saving.count == 3 and watched.said == []
    other.execute("ROLLBACK")
    watched.loop.turn(0.2)
    assert session.saving.sentence == "" and watched.said == ["All verdicts are saved now."]
    assert on_disk(home) == {"k19": "scribble", "k18": KEEP, "k17": "wrong"}
    with Verdicts(home / "verdicts.db") as store:
        assert len(store.recent()) == 3 and store.get("k19").facts["junk"] == 19


def test_undo_takes_back_what_waits_first(watched: Watched, other, home: Path) -> None:
    session = watched.session
    other.execute("ROLLBACK")
    session.decisions.judge("wrong")
    other.execute("BEGIN IMMEDIATE")
    session.decisions.judge(KEEP)
    session.decisions.undo()
    assert watched.verdicts == {19: "wrong"} and session.saving.sentence == "" and session.sight.current == 18
    assert watched.said == ["Undone: keep taken back (cat)."]
    session.decisions.undo()  # that one is saved: it cannot be taken back now, which is said
    assert watched.verdicts == {19: "wrong"} and "in use by another program" in watched.said[-1]
    other.execute("ROLLBACK")
    session.decisions.undo()
    assert watched.verdicts == {} and on_disk(home) == {}


def test_what_waits_is_saved_in_its_order_and_before_what_comes_later(watched: Watched, other, home: Path) -> None:
    session = watched.session
    session.decisions.judge("wrong", "pig")
    session.decisions.write_note(19, "fat lines")
    assert session.saving.note_of(session.table, 19) == "fat lines"
    assert session.saving.new_word_of(session.table, 19) == "pig"
    session.go_to(19)
    other.execute("ROLLBACK")
    session.decisions.judge("other")  # the lock is gone, but others come first
    assert on_disk(home) == {} and session.saving.count == 3
    watched.loop.turn(0.2)
    with Verdicts(home / "verdicts.db") as store:
        verdict = store.get("k19")
        assert (verdict.reason, verdict.note, verdict.facts["new_word"]) == ("other", "fat lines", None)
        assert len(store.recent()) == 3


def test_flags_are_taken_back_while_another_writes(watched: Watched, other, home: Path) -> None:
    session = watched.session
    session.decisions.judge("wrong")
    session.go_to(19)
    session.decisions.flag_or_unflag()
    assert watched.verdicts == {}
    session.decisions.redo()
    assert watched.said == ["Nothing to redo."]
    other.execute("ROLLBACK")
    watched.loop.turn(0.2)
    assert on_disk(home) == {} and session.ledger.can_walk() == (True, False)


def test_other_drawings_may_be_opened_meanwhile(watched: Watched, other, home: Path) -> None:
    watched.session.decisions.judge("wrong")
    watched.session.open(["few.ndjson"], plain_table(3))
    other.execute("ROLLBACK")
    watched.loop.turn(0.2)
    assert on_disk(home) == {"k19": "wrong"} and watched.verdicts == {}


def test_what_cannot_be_written_for_another_reason_waits_and_says_so(watched: Watched, home: Path) -> None:
    session = watched.session
    session.ledger.store._db.execute("PRAGMA query_only = 1")
    session.decisions.judge("wrong")
    assert session.saving.sentence.startswith("1 verdict is not saved yet. Verdicts cannot be saved in ")
    session.ledger.store._db.execute("PRAGMA query_only = 0")
    watched.loop.turn(0.2)
    assert on_disk(home) == {"k19": "wrong"}


def test_what_no_time_mends_is_refused(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_: object) -> None:
        raise VerdictsError("The verdicts file is of another program.")

    monkeypatch.setattr(Verdicts, "flag_many", damaged)
    assert watched.session.decisions.judge(KEEP) == []
    assert watched.verdicts == {} and watched.said == ["The verdicts file is of another program."]


def test_scores_are_stored_with_verdicts_once_that_is_possible(watched: Watched, other, home: Path) -> None:
    session = watched.session
    other.execute("ROLLBACK")
    session.decisions.judge("wrong")
    session.table.numbers["junk"][19] = 77
    other.execute("BEGIN IMMEDIATE")
    session.ledger.refresh_facts(session.table)
    assert watched.said == []
    other.execute("ROLLBACK")
    watched.loop.turn(2)
    with Verdicts(home / "verdicts.db") as store:
        assert store.get("k19").facts["junk"] == 77


def test_closing_tries_a_last_time(other, watched: Watched, home: Path) -> None:
    watched.session.decisions.judge("wrong")
    other.execute("ROLLBACK")
    watched.session.close()
    assert on_disk(home) == {"k19": "wrong"}


def test_a_file_that_cannot_be_opened_yet_is_opened_later(home: Path) -> None:
    with Verdicts() as store:
        store.flag("k3", "rude")
    other = sqlite3.connect(home / "verdicts.db", isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    watched = Watched()
    session = watched.session
    assert watched.said == ["The verdicts cannot be read yet: another program is writing."]
    session.decisions.judge("wrong")
    assert watched.verdicts == {19: "wrong"} and session.saving.count == 1
    watched.loop.turn(0.2)
    assert len(watched.said) == 1  # said once
    other.close()
    watched.loop.turn(0.2)
    assert watched.verdicts == {19: "wrong", 3: "rude"} and session.saving.sentence == ""
    assert watched.said[1:] == ["The verdicts are open now.", "All verdicts are saved now."]
    assert on_disk(home) == {"k3": "rude", "k19": "wrong"}
    session.close()
