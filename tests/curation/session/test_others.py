"""Two windows on the same verdicts: each shows what the other decides, and takes back its own steps alone."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdesk.curation.session import others as module
from qdesk.curation.verdicts import bulk
from qdesk.curation.verdicts.store import Verdicts
from qdesk.curation.view.filters import Filters
from qdesk.data.reasons import KEEP
from tests.helpers.session import Watched

RUNNING = f"{platform.node()}:{os.getppid()}:other"
ENDED = f"{platform.node()}:{2**22 + 1}:other"  # no Linux process has this number


@pytest.fixture
def one(home: Path) -> Iterator[Watched]:
    made = Watched()
    yield made
    made.session.close()


@pytest.fixture
def two(one: Watched) -> Iterator[Watched]:
    made = Watched(program=RUNNING)
    yield made
    made.session.close()


def test_the_others_flags_are_shown_within_a_second(one: Watched, two: Watched) -> None:
    two.session.decisions.judge("wrong")
    assert one.verdicts == {}
    one.told()
    one.loop.turn(1)
    assert one.verdicts == {19: "wrong"} and {"verdicts", "steps"} <= set(one.told())
    two.session.decisions.undo()
    two.session.decisions.judge(KEEP)  # that step can be redone no more
    one.loop.turn(1)
    assert one.verdicts == {19: KEEP}
    one.told()
    one.loop.turn(1)
    assert one.told() == []


def test_a_key_for_a_drawing_that_the_other_has_just_taken_away_is_not_heard(one: Watched, two: Watched) -> None:
    one.session.filter(Filters({"verdict": frozenset([""])}))
    two.session.decisions.judge("wrong")
    one.loop.turn(0.5)
    assert one.session.order.count == 19
    assert one.session.sight.shown == 18 and one.session.decisions.judge(KEEP) == []


def test_each_takes_back_its_own_steps_alone(one: Watched, two: Watched) -> None:
    one.session.decisions.judge("scribble")
    two.session.sight.go(5)
    two.session.decisions.judge("wrong")
    one.loop.turn(1)
    one.session.decisions.undo()
    assert one.verdicts == {14: "wrong"} and one.said == ["Undone: scribble taken back (cat)."]
    one.session.decisions.undo()
    assert one.said[
        -1
    ] == "Nothing to undo. What was decided last is of another window." and one.session.ledger.can_walk() == (
        False,
        True,
    )
    two.session.decisions.undo()
    assert two.session.ledger.can_walk() == (False, True)
    one.session.decisions.redo()  # though the other has undone something since
    assert one.verdicts == {14: "wrong", 19: "scribble"}
    two.session.decisions.judge("rude")
    one.session.decisions.undo()
    assert one.session.ledger.can_walk() == (False, True)  # a new step of the other forgets none of mine


def test_what_the_other_has_decided_since_is_not_taken_back(one: Watched, two: Watched, home: Path) -> None:
    one.session.sight.take(18, ((0, 2),))
    one.session.decisions.judge("scribble")
    two.loop.turn(1)
    two.session.sight.go(0)
    two.session.decisions.judge("wrong")
    one.session.decisions.undo()
    with Verdicts(home / "verdicts.db") as store:
        assert store.known() == {"k19": "wrong"}


def test_steps_of_a_window_that_is_closed_can_be_undone(home: Path, one: Watched) -> None:
    before = Watched(program=ENDED)
    before.session.decisions.judge("wrong")
    before.session.close()
    one.session.decisions.undo()
    assert one.said[-1].startswith("Undone: wrong taken back") and one.session.decisions.next_step(True) == 1


def test_many_are_looked_up_beside_the_window(one: Watched, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    monkeypatch.setattr(module, "_LINES", 3)
    with Verdicts() as store:
        store.flag_many([(f"k{row}", KEEP, "", {}) for row in range(5)])
    one.loop.turn(1)
    one.loop.finish()
    assert one.told()[-2:] == ["news", "steps"]
    names = one.session.others.names
    assert sorted(names) == [f"k{row}" for row in range(5)] and one.verdicts == {}
    done = bulk.catch_up(one.session.table, names, home / "verdicts.db", lambda share: None)
    one.session.decisions.take(done)
    assert one.verdicts == dict.fromkeys(range(5), KEEP)


def test_a_verdict_that_waits_comes_after_what_the_other_decides(one: Watched, two: Watched, home: Path) -> None:
    lock = sqlite3.connect(home / "verdicts.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    one.session.decisions.judge("scribble")
    one.session.decisions.judge("scribble")
    lock.close()
    two.session.decisions.judge("wrong")
    two.session.decisions.judge("wrong")
    one.session.others.look()
    assert one.verdicts == {19: "scribble", 18: "scribble"}
    one.session.decisions.undo()
    assert one.verdicts == {19: "scribble", 18: "wrong"}
    one.loop.turn(0.2)
    with Verdicts(home / "verdicts.db") as store:
        assert store.known() == {"k19": "scribble", "k18": "wrong"}
