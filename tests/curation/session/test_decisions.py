"""Verdicts without a window: given, taken back, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.session import order as order_module
from qdesk.curation.verdicts import bulk
from qdesk.curation.verdicts.store import Verdicts
from qdesk.curation.view.filters import Filters
from qdesk.data.reasons import KEEP
from tests.helpers.session import Watched, plain_table

TODO = Filters({"verdict": frozenset([""])})


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched()
    yield made
    made.session.close()


def on_disk(home: Path) -> dict[str, str]:
    with Verdicts(home / "verdicts.db") as store:
        return store.known()


def test_a_verdict_is_on_disk_and_the_next_drawing_is_current(watched: Watched, home: Path) -> None:
    changes = watched.session.decisions.judge("scribble")
    assert [(one.old, one.new) for one in changes] == [("", "scribble")]
    assert on_disk(home) == {"k19": "scribble"} and watched.session.sight.current == 18
    assert {"verdicts", "steps"} <= set(watched.told())


def test_a_flag_is_for_what_scoring_suggests_and_taken_back_by_the_next(watched: Watched) -> None:
    decide, sight = watched.session.decisions, watched.session.sight
    decide.flag_or_unflag()  # suggested: "unusual", which is no reason to flag
    decide.flag_or_unflag()  # "scribble"
    assert watched.verdicts == {19: "other", 18: "scribble"}
    sight.go(1)
    decide.flag_or_unflag()
    assert watched.verdicts == {19: "other"}
    sight.take(17, ((0, 3),))
    decide.flag_or_unflag()  # of several, those that have a verdict keep it
    assert watched.verdicts == {19: "other", 18: "scribble", 17: "other"}


def test_several_are_one_step_and_the_last_of_them_is_followed_by_the_next(watched: Watched) -> None:
    decide, sight = watched.session.decisions, watched.session.sight
    sight.take(17, ((0, 3),))
    assert len(decide.judge(KEEP)) == 3 and sight.current == 16
    decide.undo()
    assert watched.verdicts == {} and watched.said == ["Undone: 3 keep taken back."]
    decide.redo()
    assert watched.verdicts == {19: KEEP, 18: KEEP, 17: KEEP} and sight.current == 19


def test_nothing_to_undo_is_said(watched: Watched) -> None:
    watched.session.decisions.undo()
    watched.session.decisions.redo()
    assert watched.said == ["Nothing to undo.", "Nothing to redo."]


def test_a_filter_of_verdicts_drops_the_row_and_an_undo_brings_it_back(watched: Watched) -> None:
    session = watched.session
    session.filter(TODO)
    session.decisions.judge("wrong")
    assert session.order.count == 19 and session.sight.current == 18
    session.decisions.undo()
    assert session.order.count == 20 and session.sight.current == 19 and not session.sight.is_deaf


def test_an_undo_goes_to_its_drawing_once_it_is_shown_again(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    session = watched.session
    monkeypatch.setattr(order_module, "AT_ONCE", 10)
    session.filter(TODO)
    watched.loop.finish()
    session.decisions.judge(KEEP)
    session.decisions.undo()
    assert session.order.busy
    assert session.decisions.judge("wrong") == []  # too early: what it is meant for is not there yet
    watched.loop.finish()
    assert session.sight.current == 19 and session.decisions.judge("wrong")


def test_an_undo_of_what_is_not_open_names_it(watched: Watched) -> None:
    watched.session.decisions.judge("wrong")
    watched.session.open(["none.ndjson"], plain_table(3))
    watched.session.decisions.undo()
    assert watched.said == ["Undone: wrong taken back (cat, in a file that is not open)."]


def test_a_new_verdict_keeps_the_note_and_a_note_the_word(watched: Watched) -> None:
    session = watched.session
    session.decisions.judge("wrong", "pig")
    session.decisions.write_note(19, "fat lines")
    assert session.saving.new_word_of(session.table, 19) == "pig"
    session.go_to(19)
    session.decisions.judge("other")
    assert session.saving.note_of(session.table, 19) == "fat lines"


def test_none_is_taken_while_many_are_written(watched: Watched) -> None:
    watched.session.decisions.held = True
    assert watched.session.decisions.judge(KEEP) == [] and watched.session.decisions.waits
    watched.session.decisions.held = False
    assert watched.session.decisions.judge(KEEP)


def test_what_was_decided_beside_the_window_is_taken_in(watched: Watched, home: Path) -> None:
    session = watched.session
    rows = np.arange(5)
    done = bulk.decide(session.table, rows, ["wrong"] * 5, home / "verdicts.db", lambda share: None, look_up=False)
    session.decisions.take(done)
    assert watched.verdicts == dict.fromkeys(range(5), "wrong") and "steps" in watched.told()


def test_what_was_decided_about_drawings_no_longer_open_is_looked_up(watched: Watched, home: Path) -> None:
    with Verdicts(home / "verdicts.db") as store:
        store.flag("k2", "rude")
    watched.session.decisions.look_up()
    assert watched.verdicts == {2: "rude"}


def test_a_damaged_file_is_said_each_time_and_looking_still_works(home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "verdicts.db").write_bytes(b"rubbish" * 1000)
    watched = Watched()
    for decide in (watched.session.decisions.undo, lambda: watched.session.decisions.judge(KEEP)):
        watched.events.clear()
        decide()
        assert "damaged" in watched.said[-1] and watched.verdicts == {}
