"""The line above the grid: what is open, at what pace it is looked through, how it is sorted and shown."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QMenu,
    QSizePolicy,
    QWidget,
)

from qdesk.curation.session.session import LATER
from qdesk.curation.view.sorting import SORTS
from qdesk.gui.curate.keys import KeyMap, shown
from qdesk.gui.kit.thumbnail_painter import Tint
from qdesk.gui.kit.widgets import Choice, Elided, Segments, Toggle
from qdesk.gui.theme import SPACE, Button, button, icon, theme_changes

PACES = {
    "grid": ("grid", "Grid", "All drawings side by side"),
    "one": ("one", "One by one", "One drawing after another, large"),
    "page": ("page", "By the page", "What looks like junk is flagged and the rest kept, unless you say otherwise"),
}
"""Pace -> its icon, its name, and what it is."""
TINTS: dict[Tint, str] = {"none": "No colours", "time": "Time", "loss": "Loss"}
"""What the strokes can be coloured by."""
_TITLE = 18 * SPACE  # what the title should have before anything else gives way


class Header(QWidget):
    """What is open; pace, plane and tint; order and size; and the filters' switch.

    Signals tell of the user's wishes; the `set_` methods show what is so, and say nothing.
    """

    open_asked = Signal()
    close_asked = Signal()
    sort_changed = Signal(str, bool)
    """A name of `SORTS`, and whether it is turned around."""
    pace_changed = Signal(str)
    """"grid", "one" or "page"."""
    plane_toggled = Signal(bool)
    tint_changed = Signal(str)
    """"none", "time" or "loss"."""
    zoom_asked = Signal(int)
    filters_toggled = Signal(bool)

    def __init__(self, keymap: KeyMap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keymap = keymap or KeyMap(self)
        self.filters = _square("filter", "Filters", checkable=True)
        self.filters.setChecked(True)
        self.filters.toggled.connect(self.filters_toggled)
        self.title = Elided()
        self.title.setStyleSheet("font-weight: 600;")
        self.paces = _paces()
        self.paces.chosen.connect(self.pace_changed)
        self.plane = _square("plane", "Plane", checkable=True)
        self.plane.toggled.connect(self.plane_toggled)
        self.copies = _square("copies", "Copies", checkable=True)
        self.tints = QMenu("Colours", self)
        group = QActionGroup(self)
        for name, text in TINTS.items():
            one = QAction(text, group, checkable=True, checked=name == "none")
            one.setData(name)
            self.tints.addAction(one)
        group.triggered.connect(self._tint_chosen)
        self.tint_button = _square("tint", "Colours")
        self.tint_button.setMenu(self.tints)
        theme_changes().changed.connect(self._show_tint)

        self.sort_box = Choice()
        self.sort_box.setAccessibleName("Sort by")
        self.sort_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.sort_box.setMaxVisibleItems(len(SORTS))
        self.set_sorts(set(SORTS).difference(LATER))
        self.sort_box.currentIndexChanged.connect(self._emit_sort)
        self.reverse_box = _square("sort", "Turn the order around", checkable=True)
        self.reverse_box.toggled.connect(self._emit_sort)
        self.smaller, self.larger = _square("", "Smaller drawings"), _square("", "Larger drawings")
        self.smaller.setText("−")
        self.larger.setText("+")
        self.smaller.clicked.connect(lambda: self.zoom_asked.emit(-1))
        self.larger.clicked.connect(lambda: self.zoom_asked.emit(1))
        self.open = _square("open", "Open other drawings (Ctrl+O)")
        self.open.clicked.connect(self.open_asked)
        self.close_files = _square("close", "Close these drawings and choose others")
        self.close_files.clicked.connect(self.close_asked)
        self.more = _square("more", "More")
        self.more.setMenu(self._more_menu())

        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # it fits itself: see `resizeEvent`
        parts = (self.filters, self.title, self.paces, self.plane, self.copies, self.tint_button, self.sort_box)
        for part in (*parts, self.reverse_box, self.smaller, self.larger, self.open, self.close_files, self.more):
            row.addWidget(part, 1 if part is self.title else 0)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._keymap.changed.connect(self._show_keys)
        self._show_keys()
        self._fold(0)

    def _more_menu(self) -> QMenu:
        """What is not in sight in a narrow window."""
        menu = QMenu(self)
        menu.addMenu(self.tints)
        menu.addSeparator()
        self._actions = {
            "copies": menu.addAction("Find copies", self.copies.click),
            "bigger": menu.addAction("Larger drawings", self.larger.click),
            "smaller": menu.addAction("Smaller drawings", self.smaller.click),
        }
        menu.addSeparator()
        menu.addAction("Open other drawings…\tCtrl+O", self.open.click)
        self._actions["close"] = menu.addAction("Close these drawings", self.close_files.click)
        return menu

    def _show_keys(self) -> None:
        keymap = self._keymap
        for part, text, name in (
            (self.filters, "Show or hide the filters", "filters"),
            (self.plane, "Show or hide the plane: like drawings lie side by side", "plane"),
            (self.copies, "Find copies, exact and near, and show them side by side", "copies"),
            (self.smaller, "Smaller drawings", "smaller"),
            (self.larger, "Larger drawings", "bigger"),
            (self.close_files, "Close these drawings and choose others", "close"),
            (self.tint_button, "Colour the strokes", "tint"),
        ):
            part.setToolTip(keymap.hint(text, name))
        for name, part in self.paces.buttons.items():
            about = f"{PACES[name][1]}: {PACES[name][2][0].lower()}{PACES[name][2][1:]}"
            part.setToolTip(about if name == "grid" else keymap.hint(about, name))
        for name, action in self._actions.items():
            action.setText(f"{action.text().split(chr(9))[0]}\t{shown(keymap.keys(name)[0])}")

    # What is so

    @property
    def sort(self) -> str:
        """What to sort by: a name of `SORTS`."""
        return self.sort_box.currentData()

    @property
    def reverse(self) -> bool:
        """Whether the order is turned around."""
        return self.reverse_box.isChecked()

    def set_sort(self, name: str, reverse: bool = False) -> None:
        """Show that it is sorted so. Raises ValueError for what cannot be sorted by now."""
        place = self.sort_box.findData(name)
        if place < 0:
            raise ValueError(f"Nothing is known to sort by {name}.")
        with QSignalBlocker(self.sort_box), QSignalBlocker(self.reverse_box):
            self.sort_box.setCurrentIndex(place)
            self.reverse_box.setChecked(reverse)

    def set_sorts(self, available: Collection[str]) -> None:
        """Offer these orders alone. If the one chosen is not among them, the first is, and the signal says so."""
        before = self.sort_box.currentData()
        with QSignalBlocker(self.sort_box):
            self.sort_box.clear()
            for name, text in SORTS.items():
                if name in available:
                    self.sort_box.addItem(text, name)
            self.sort_box.setCurrentIndex(max(self.sort_box.findData(before), 0))
        if before not in (None, self.sort):
            self._emit_sort()

    def set_pace(self, pace: str) -> None:
        """Show that it is looked through at this pace: "grid", "one" or "page"."""
        self.paces.choose(pace)

    def set_plane(self, on: bool) -> None:
        """Show whether the plane is in sight."""
        with QSignalBlocker(self.plane):
            self.plane.setChecked(on)

    def set_copies(self, on: bool) -> None:
        """Show whether copies are in sight, or being looked for."""
        self.copies.setChecked(on)

    @property
    def tint(self) -> Tint:
        """What the strokes are coloured by: "none", "time" or "loss"."""
        return next(one.data() for one in self.tints.actions() if one.isChecked())

    def set_tint(self, tint: str) -> None:
        """Show what the strokes are coloured by."""
        for one in self.tints.actions():
            one.setChecked(one.data() == tint)
        self._show_tint()

    def show_files(self, files: Sequence[str], count: int, title: str = "") -> None:
        """Say what is open, by `title` or by the files' names."""
        name = os.path.basename(files[0])
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        self.title.setText(title or f"{name}{more}")
        self.title.setToolTip("\n".join([*files, f"{count:,} drawings"]))

    def _emit_sort(self) -> None:
        self.sort_changed.emit(self.sort, self.reverse)

    def _tint_chosen(self, action: QAction) -> None:
        self._show_tint()
        self.tint_changed.emit(action.data())

    # Its room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for step in range(5):
            self._fold(step)
            if self._row.minimumSize().width() + _TITLE <= self.width():
                break

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _fold(self, step: int) -> None:
        """Take less room, step by step: icons for words, then a menu for what is rarely used, then a narrower order."""
        self._folded = step
        self._show_tint()
        _show_text(self.open, "Open…" if step == 0 else "")
        for name, (_sign, text, _about) in PACES.items():
            self.paces.buttons[name].setText(f" {text}" if step < 2 else "")
        self.paces.row.invalidate()
        self.paces.updateGeometry()  # else this would still reckon with the width before
        for part in (self.copies, self.tint_button, self.smaller, self.larger, self.open, self.close_files):
            part.setVisible(step < 3)
        self.more.setVisible(step >= 3)
        self.sort_box.setFixedWidth((31, 31, 31, 28, 20)[step] * SPACE)
        self._row.invalidate()

    def _show_tint(self) -> None:
        on = self.tint != "none"
        _show_text(self.tint_button, TINTS[self.tint] if on and self._folded == 0 else "")
        self.tint_button.setIcon(icon("tint", "accent" if on else "ink"))
        self.tint_button.setAccessibleName(f"Colours: {TINTS[self.tint].lower()}")


def _paces() -> Segments:
    buttons: dict[str, Button] = {}
    for name, (sign, text, _about) in PACES.items():
        made = buttons[name] = Toggle(sign)
        made.setAccessibleName(text)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    paces = Segments("Pace", buttons)
    paces.choose("grid")
    paces.setFixedHeight(4 * SPACE)
    return paces


def _square(icon_name: str, name: str, checkable: bool = False) -> Button:
    made = Toggle(icon_name) if checkable else button("", icon_name)
    made.setToolTip(name)
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    _show_text(made, "")
    return made


def _show_text(one: Button, text: str) -> None:
    """Text beside the button's icon; "" leaves the icon alone, in the middle of a square."""
    one.setText(f" {text}" if text else "")
    padding = "5px 10px" if text else "0"
    one.setStyleSheet(
        f"QPushButton {{ padding: {padding}; }} QPushButton::menu-indicator {{ image: none; width: 0; }}"
        "QPushButton:checked { border-color: palette(mid); } QPushButton:focus { border-color: palette(highlight); }"
    )
    one.setFixedSize(one.sizeHint().width() if text else 4 * SPACE, 4 * SPACE)
