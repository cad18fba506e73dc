from __future__ import annotations

import sys
import types

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from qdesk.curation.view.table import Table
from qdesk.gui.kit.open_set import OpenSet
from qdesk.gui.kit.tabs import Tab, TabbedPage
from tests.helpers.drawings import shapes

MODULE = "two_tabs"


class First(QWidget):
    """A tab that remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []

    def use(self, open_set: OpenSet) -> None:
        self.told.append(open_set)

    def shown(self) -> None:
        self.told.append("shown")

    def hidden(self) -> None:
        self.told.append("hidden")

    def shutdown(self) -> None:
        self.told.append("shutdown")


class Second(QWidget):
    """A tab that wants to know nothing."""


@pytest.fixture
def page(qtbot, monkeypatch: pytest.MonkeyPatch) -> TabbedPage:
    module = types.ModuleType(MODULE)
    module.__dict__.update(First=First, Second=Second)
    monkeypatch.setitem(sys.modules, MODULE, module)
    made = TabbedPage("Two", (Tab("one", "One", MODULE, "First"), Tab("two", "Two", MODULE, "Second")))
    qtbot.addWidget(made)
    return made


def test_tabs_are_made_when_first_shown_and_told_what_goes_on(page: TabbedPage) -> None:
    assert page._made == {}
    open_set = OpenSet()
    page.use(open_set)
    page.shown()
    first = page.tab("one")
    assert first.told == [open_set, "shown"]
    page.choices.buttons["two"].click()
    assert first.told[-1] == "hidden" and page._stack.currentWidget() is page.tab("two")
    page.hidden()
    page.shutdown()
    assert first.told == [open_set, "shown", "hidden", "shutdown"]


def test_a_tab_that_was_made_before_the_set_is_known_is_told(page: TabbedPage) -> None:
    open_set, first = OpenSet(), page.tab("one")
    page.use(open_set)
    assert first.told == [open_set]


def test_an_open_set_says_when_others_are_open_and_asks_by_mask() -> None:
    open_set, said, asked = OpenSet(), [], []
    open_set.changed.connect(lambda: said.append(open_set.table))
    open_set.choice_asked.connect(lambda mask, text: asked.append((mask.tolist(), text)))
    open_set.choose(np.array([1]), "on the map")
    assert asked == []  # nothing is open
    table = Table(shapes("circle", 3), ["a", "b", "c"])
    open_set.put(table)
    open_set.put(table)
    open_set.choose(np.array([2, 0]), "on the map")
    assert said == [table] and asked == [([True, False, True], "on the map")]
