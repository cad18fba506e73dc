"""What keys act on, also while rows move."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qdesk.curation.view.filters import Filters
from tests.helpers.session import Watched


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched()
    made.session.order.rearrange()
    made.told()
    yield made
    made.session.close()


def test_keys_act_on_the_selection_else_on_the_current_drawing(watched: Watched) -> None:
    sight = watched.session.sight
    assert sight.chosen() == [19]
    sight.take(16, ((1, 4), (6, 7)))
    assert sight.chosen() == [18, 17, 16, 13] and sight.count == 4 and watched.told() == ["selected", "sight"]
    sight.take(16, ())
    assert sight.chosen() == [16]


def test_what_is_looked_at_aside_comes_first(watched: Watched) -> None:
    sight = watched.session.sight
    sight.take(16, ((1, 4),))
    sight.look_aside(3)
    assert sight.shown == 3 and sight.chosen() == [3] and sight.current == 16
    sight.look_aside(-1)
    assert len(sight.chosen()) == 3


def test_a_row_outside_is_moved_to_the_nearest_end(watched: Watched) -> None:
    watched.session.sight.go(99)
    assert watched.session.sight.current == 0 and watched.told() == ["go", "selected", "sight"]


def test_the_current_drawing_stays_while_others_move_and_goes_when_filters_hide_it(watched: Watched) -> None:
    session = watched.session
    session.sight.go(4)
    session.order.rearrange(reverse=True)
    assert session.sight.current == 15 and session.sight.spans == ((15, 16),)
    session.filter(Filters({"reason": frozenset(["graffiti"])}))
    assert session.sight.current == -1 and session.sight.chosen() == []


def test_keys_are_not_heard_after_an_order_that_nobody_asked_for(watched: Watched) -> None:
    session = watched.session
    session.table.verdicts.put([19], ["keep"])
    session.filter(Filters({"verdict": frozenset(["keep"])}))
    assert not session.sight.is_deaf  # asked for
    session.table.verdicts.put([19, 18], ["", "keep"])
    session.order.rearrange()
    assert session.sight.current == 18 and session.sight.is_deaf and session.sight.acted_on() == []
    watched.loop.turn(1)
    assert session.sight.acted_on() == [18]


def test_what_is_expected_is_no_reason_to_pause(watched: Watched) -> None:
    sight = watched.session.sight
    with sight.expected():
        sight.pause()
        assert sight.is_deaf
    assert not sight.is_deaf
