"""A Play page with a clock and networks that do as they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from qdesk.game.prompts import Prompts
from qdesk.gui.play.page import PlayPage
from tests.helpers.clock import Clock
from tests.helpers.networks import Drawer, Seer


@pytest.fixture
def seer() -> Seer:
    return Seer()


@pytest.fixture
def make(qtbot, clock: Clock) -> Iterator[Callable[..., PlayPage]]:
    made: list[PlayPage] = []

    def make_page(factory: Callable[[], object], **settings: object) -> PlayPage:
        chosen = {"prompts": Prompts(["flamingo"]), "sketcher_factory": Drawer, "clock": clock, "linger_ms": 0}
        chosen["scorer_factory"] = lambda: None  # no losses: the shipped networks take their time
        one = PlayPage(guesser_factory=factory, **{**chosen, **settings})
        qtbot.addWidget(one)
        one.resize(1000, 700)
        one.show()
        one.shown()
        made.append(one)
        return one

    yield make_page
    for one in made:
        one.shutdown()


@pytest.fixture
def page(qtbot, make: Callable[..., PlayPage], seer: Seer) -> PlayPage:
    one = make(lambda: seer)
    qtbot.waitUntil(lambda: one.guessing.awake)
    return one
