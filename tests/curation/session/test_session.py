"""A session as a whole, without a window: opened, sorted, filtered, walked through and closed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from qdesk.curation.session.session import LATER
from qdesk.curation.view.filters import Filters
from tests.helpers.session import Watched, plain_table

TODO = Filters({"verdict": frozenset([""])})


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched()
    yield made
    made.session.close()


def test_what_is_opened_is_shown_from_the_top_with_its_verdicts(watched: Watched) -> None:
    session = watched.session
    session.decisions.judge("scribble")
    assert session.sight.current == 18
    watched.told()
    session.open(["again.ndjson"], plain_table(20))
    assert watched.told()[:3] == ["table", "facets", "verdicts"]
    assert session.files == ["again.ndjson"] and watched.verdicts == {19: "scribble"} and session.sight.current == 19


def test_a_key_pressed_while_other_drawings_come_is_not_heard(watched: Watched) -> None:
    watched.session.open(["again.ndjson"], plain_table(20))
    assert watched.session.decisions.judge("wrong") == [] and watched.verdicts == {}
    watched.loop.turn(1)
    assert watched.session.decisions.judge("wrong") and watched.verdicts == {19: "wrong"}


def test_closing_leaves_nothing_open_and_the_sort_as_it_is(watched: Watched) -> None:
    session = watched.session
    session.sort("loss")
    session.filter(TODO)
    session.set_pace("one")
    session.close_files()
    assert (session.table, session.files, session.pace, session.sight.current) == (None, [], "grid", -1)
    assert session.order.query.sort == "loss" and not session.order.query.filters.active
    session.set_pace("page")
    assert session.pace == "grid" and session.decisions.judge("wrong") == []
    session.open(["again.ndjson"], plain_table(3))
    assert session.table.sort == "loss"


def test_escape_leads_back_step_by_step(watched: Watched) -> None:
    session = watched.session
    session.filter(Filters({"reason": frozenset(["scribble"])}, among=np.arange(20) > 5))
    session.set_pace("one")
    assert not session.go_to(19 - 18) and session.sight.shown == 1 and "keep this drawing back" in watched.said[-1]
    session.back()
    assert session.sight.aside == -1 and session.pace == "one"
    session.back()
    assert session.pace == "grid" and session.order.query.filters.among is not None
    session.back()
    assert session.order.query.filters.among is None and session.order.query.filters.active
    session.back()
    assert session.order.count == 20
    watched.told()
    session.back()
    assert watched.told() == []


def test_a_drawing_that_passes_becomes_current(watched: Watched) -> None:
    assert watched.session.go_to(3) and watched.session.sight.current == 3
    assert not watched.session.sight.follows_top


def test_by_the_page_scores_wait_for_the_next_page(watched: Watched) -> None:
    session = watched.session
    session.set_pace("page")
    session.table.add_scores(np.array([0]), {"junk": np.array([99.0])})
    session.scores_came()
    assert session.order.drawing_at(0) == 19
    session.next_page()
    assert session.order.drawing_at(0) == 0
    watched.told()
    session.next_page()
    assert watched.told() == []


def test_orders_are_offered_once_their_numbers_are_known(watched: Watched) -> None:
    session = watched.session
    assert not session.sorts.intersection(LATER)
    session.table.set_numbers("learned", np.linspace(1, 0, 20))
    session.learned("Learned from 20 verdicts.")
    assert {"learned", "unsure"} <= session.sorts and watched.said == ["Learned from 20 verdicts."]
    session.sort("learned")
    assert session.order.drawing_at(0) == 0
    session.table.set_numbers("learned", np.full(20, np.nan))
    session.learned("")
    assert session.order.query.sort == "junk" and session.order.drawing_at(0) == 19


def test_what_is_like_some_is_shown_and_leads_back(watched: Watched) -> None:
    session = watched.session
    session.sort("file")
    session.table.set_numbers("likeness", np.arange(20) % 7)
    session.liked(3)
    assert session.order.query.sort == "likeness" and watched.said == ["Most like these 3 first."]
    watched.events[-1].said.action[1]()
    assert session.order.query.sort == "file"


def test_worse_ones_that_came_above_are_told(watched: Watched) -> None:
    session = watched.session
    session.order.rearrange()
    session.sight.touch()
    session.table.add_scores(np.array([0, 1]), {"junk": np.array([98.0, 99.0])})
    session.scores_came()
    session.scoring_ended()
    assert watched.said == ["2 worse drawings have come above this one."] and session.sight.current == 19
    watched.events[-1].said.action[1]()
    assert session.sight.current == 1
    session.scoring_ended()
    assert len(watched.said) == 1
