"""Orders that take time: what is shown, counted and judged while one is under way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qdesk.curation.session import order as module
from qdesk.curation.view.filters import Filters
from qdesk.curation.view.table import Table
from qdesk.data.reasons import KEEP
from tests.helpers.session import Watched, plain_table

TODO = Filters({"verdict": frozenset([""])})


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Twenty drawings, whose orders are made beside the window."""
    made = Watched()
    monkeypatch.setattr(module, "AT_ONCE", 10)
    yield made
    made.session.close()


def test_the_old_order_stays_until_the_new_one_is_there(watched: Watched) -> None:
    order = watched.session.order
    watched.told()
    order.rearrange(reverse=True)
    assert order.busy and order.drawing_at(0) == 19 and watched.told() == ["query"]
    watched.loop.finish()
    assert not order.busy and order.drawing_at(0) == 0 and watched.told()[:2] == ["order", "facets"]


def test_a_verdict_given_while_an_order_with_a_filter_of_verdicts_is_under_way_leaves_nothing_busy(
    watched: Watched,
) -> None:
    order = watched.session.order
    order.rearrange(filters=TODO)
    work, done, failed = watched.loop.work
    answer = work()  # it holds all twenty
    watched.loop.work = None
    order.set_verdicts({"k3": "scribble"})
    done(answer)
    assert order.busy and order.count == 19
    watched.loop.finish()
    assert not order.busy and order.row_of(3) == -1 and order.count == 19


def test_a_verdict_that_an_order_did_not_know_of_is_counted(watched: Watched) -> None:
    order = watched.session.order
    order.rearrange(sort="word")
    work, done, _ = watched.loop.work
    answer = work()  # it has counted
    order.set_verdicts({"k3": KEEP})
    done(answer)
    watched.loop.turn(1)
    watched.loop.finish()
    assert not order.busy and order.table.facets.counts["verdict"].get(KEEP) == 1


def test_a_count_does_not_replace_an_order(watched: Watched) -> None:
    order = watched.session.order
    order.count_soon()
    watched.loop.turn(1)
    order.rearrange(sort="file")
    order.count_soon()
    watched.loop.turn(1)
    watched.loop.finish()
    assert order.drawing_at(0) == 0


def test_answers_for_drawings_that_are_closed_are_dropped(watched: Watched) -> None:
    order = watched.session.order
    order.rearrange(reverse=True)
    work, done, _ = watched.loop.work
    answer = work()
    watched.session.open(["others.ndjson"], plain_table(5))
    done(answer)
    assert order.count == 5 and not order.busy


def test_an_order_that_fails_is_said_and_the_next_one_comes(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    order = watched.session.order

    def broken(*_: object) -> None:
        raise ValueError("no such column")

    with monkeypatch.context() as patched:
        patched.setattr(Table, "result_of", broken)
        order.rearrange(sort="word")
        watched.loop.finish()
    assert watched.said == ["Not put in order: no such column"] and not order.busy
    order.rearrange(sort="file")
    watched.loop.finish()
    assert order.drawing_at(0) == 0


def test_a_verdict_against_the_filter_drops_its_row_alone(watched: Watched) -> None:
    order = watched.session.order
    order.rearrange(filters=TODO)
    watched.loop.finish()
    watched.told()
    order.set_verdicts({"k19": KEEP})
    assert [event.rows for event in watched.events if event.what == "row"] == [(0, 0), (0, 0)]
    assert watched.told() == ["row", "sight", "verdicts"] and order.count == 19 and order.drawing_at(0) == 18
    order.set_verdicts({"k19": ""})  # it comes back, wherever that is
    assert order.busy
    watched.loop.finish()
    assert order.drawing_at(0) == 19
