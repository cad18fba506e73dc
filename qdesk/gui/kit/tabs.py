"""A page of several tabs, of which each is made when it is first shown."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from qdesk.gui import troubles
from qdesk.gui.kit.open_set import OpenSet
from qdesk.gui.kit.widgets import Segments
from qdesk.gui.theme import SPACE, button


class Tab(NamedTuple):
    """A tab: its name and label, and the module and the class of its widget.

    The widget may define what a page may: `use(open_set)`, `shown()`, `hidden()` and `shutdown()`.
    """

    name: str
    label: str
    module: str
    class_name: str


class TabbedPage(QWidget):
    """A line of tabs, and below it the one that is chosen."""

    def __init__(self, title: str, tabs: Sequence[Tab], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs = {tab.name: tab for tab in tabs}
        self._made: dict[str, Any] = {}
        self._open_set: OpenSet | None = None
        self._in_sight = False
        self.current = tabs[0].name
        self.choices = Segments(title, {tab.name: button(tab.label) for tab in tabs}, roomy=True)
        self.choices.choose(self.current)
        self.choices.chosen.connect(self.show_tab)
        self._stack = QStackedWidget()
        head = QHBoxLayout()
        head.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        head.addWidget(self.choices)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

    def use(self, open_set: OpenSet) -> None:
        """Let the tabs look at what is open."""
        self._open_set = open_set
        for made in self._made.values():
            _tell(made, "use", open_set)

    def tab(self, name: str) -> Any:
        """Return the widget of a tab, made now if it is not there yet."""
        if name not in self._made:
            tab = self._tabs[name]
            made = getattr(importlib.import_module(tab.module), tab.class_name)()
            self._made[name] = made
            self._stack.addWidget(made)
            if self._open_set is not None:
                _tell(made, "use", self._open_set)
        return self._made[name]

    def show_tab(self, name: str) -> None:
        """Bring a tab into sight."""
        before, self.current = self.current, name
        if self._in_sight and before != name:
            _tell(self._made.get(before), "hidden")
        self.choices.choose(name)
        self._stack.setCurrentWidget(self.tab(name))
        if self._in_sight:
            _tell(self.tab(name), "shown")

    def shown(self) -> None:
        """The window shows this page now."""
        self._in_sight = True
        self.show_tab(self.current)

    def hidden(self) -> None:
        """The window shows another page now."""
        self._in_sight = False
        _tell(self._made.get(self.current), "hidden")

    def shutdown(self) -> None:
        """End what runs in the background: the window is closing."""
        troubles.each(*(partial(_tell, made, "shutdown") for made in self._made.values()))


def _tell(widget: Any, what: str, *values: object) -> None:
    """Call a method of a tab if it has it."""
    method = getattr(widget, what, None)
    if method is not None:
        method(*values)
