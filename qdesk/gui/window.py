"""The one window: a slim rail on the left, and beside it the page chosen there."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from qdesk import settings
from qdesk.gui import troubles
from qdesk.gui.kit.open_set import OpenSet
from qdesk.gui.theme import SPACE, font, icon, theme, theme_changes
from qdesk.gui.trouble_bar import NoPage, TroubleBar
from qdesk.gui.upkeep_bar import UpkeepBar
from qdesk.settings import Window

# The pages in the order of the rail: name, label, module and class. Modules are imported when first shown.
PAGES: tuple[tuple[str, str, str, str], ...] = (
    ("play", "Play", "qdesk.gui.play.page", "PlayPage"),
    ("curate", "Curate", "qdesk.gui.curate.page", "CuratePage"),
    ("lab", "Lab", "qdesk.gui.lab.page", "LabPage"),
    ("explore", "Explore", "qdesk.gui.explore.page", "ExplorePage"),
    ("draw", "Draw", "qdesk.gui.draw.page", "DrawPage"),
)
_FIRST_SIZE = QSize(1280, 800)
_SMALLEST = QSize(800, 480)
_FRAME = QSize(2 * SPACE, 5 * SPACE)
"""Room for what the desktop draws around a window. Its true size is known only once the window is shown."""
CLOSING_S = 2.0
"""How long a closed window waits for work in the background, s; the process ends in any case."""


class Rail(QFrame):
    """The rail: one button per page, one under the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(10 * SPACE)
        self.group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE, 2 * SPACE, SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        for number, (name, text, _module, _class) in enumerate(PAGES, 1):
            one = QToolButton()
            one.setText(text)
            one.setToolTip(f"{text} (Ctrl+{number})")
            one.setCheckable(True)
            one.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            one.setIconSize(QSize(24, 24))
            one.setFont(font("small"))
            one.setFixedSize(8 * SPACE, 7 * SPACE)
            one.setCursor(Qt.CursorShape.PointingHandCursor)
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.group.addButton(one)
            self.buttons[name] = one
            column.addWidget(one)
        column.addStretch(1)
        self.group.buttonToggled.connect(self._dress)
        theme_changes().changed.connect(self._dress)
        self._dress()

    def _dress(self, *_: object) -> None:
        look = theme()
        self.setStyleSheet(
            f"Rail {{ border: none; border-right: 1px solid {look.line.name()}; }}"
            f"QToolButton {{ background: transparent; border: none; padding: 4px; color: {look.muted.name()}; }}"
            f"QToolButton:hover {{ background: {look.hover.name()}; }}"
            f"QToolButton:checked {{ background: {look.hover.name()}; color: {look.accent.name()}; }}"
        )
        for name, one in self.buttons.items():
            one.setIcon(icon(name, "accent" if one.isChecked() else "muted"))


class Page(Protocol):
    """What the window asks of each page, which is a widget."""

    def shown(self) -> None:
        """The page is in sight now."""

    def hidden(self) -> None:
        """Another page is in sight now."""

    def shutdown(self) -> None:
        """Save the work and end what runs in the background: the window is closing."""


class MainWindow(QMainWindow):
    """The window with its rail and pages; a page is made when it is first shown.

    A page may define `shown()`, `hidden()`, `open_files(list[str])`, `shutdown()`, `use(open_set)`, and `saved()`, a
    sentence on what of the user's work is on disk; also `may_close(close)`, which says whether the window may close
    now, and else calls `close` later. A page that cannot be made leaves its place to a sentence that says so, and is
    tried again when it is shown again.
    """

    def __init__(self, start_page: str = "play", files: Sequence[str] = ()) -> None:
        super().__init__()
        self.setWindowTitle("qdesk")
        self.setWindowIcon(icon("qdesk"))
        self.setMinimumSize(_SMALLEST)
        self._pages: dict[str, Page] = {}
        self._current = ""
        self._closed = False
        self.open_set = OpenSet(self)
        self.open_set.open_asked.connect(self._open_asked)
        self.open_set.choice_asked.connect(lambda *_: self.show_page("curate"))
        self.rail = Rail()
        self._stack = QStackedWidget()
        self.trouble_bar = TroubleBar(self._saved)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        self.upkeep = UpkeepBar()
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.upkeep)
        column.addWidget(self._stack, 1)
        column.addWidget(self.trouble_bar)
        row.addLayout(column, 1)
        self.setCentralWidget(inside)

        for number, (name, *_rest) in enumerate(PAGES, 1):
            self.rail.buttons[name].clicked.connect(lambda _checked=False, name=name: self.show_page(name))
            self._on_key(f"Ctrl+{number}", lambda name=name: self.show_page(name))
        self._on_key(QKeySequence.StandardKey.Open, self._ask_for_files)
        self._on_key("Ctrl+Q", self.close)
        self._restore_geometry()
        if files:
            self.open_in_curate(files)
        else:
            self.show_page(start_page)

    def _on_key(self, keys: str | QKeySequence.StandardKey, do: Any) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(do)

    # Pages

    @property
    def current_page(self) -> str:
        """The name of the page in sight."""
        return self._current

    def page(self, name: str) -> Any:
        """Return the page `name`, made now if it is not there yet. Raises KeyError for an unknown name."""
        if name not in self._pages:
            module, class_name = {page[0]: page[2:] for page in PAGES}[name]
            made = getattr(importlib.import_module(module), class_name)()
            if hasattr(made, "use"):
                made.use(self.open_set)
            self._pages[name] = made
            self._stack.addWidget(made)
        return self._pages[name]

    def made(self, name: str) -> Any:
        """Return the page `name`, or None if it has not been shown yet."""
        return self._pages.get(name)

    def show_page(self, name: str) -> None:
        """Bring a page into sight, or a sentence in its place where it cannot be made."""
        try:
            page = self.page(name)
        except Exception as error:
            troubles.happened(error)
            page = NoPage(self.rail.buttons[name].text(), lambda: self.show_page(name))
            self._stack.addWidget(page)
        if page is self._stack.currentWidget() and name == self._current:
            return
        before, self._current = self._current, name
        left = self._stack.currentWidget()
        if before in self._pages:
            troubles.each(self._pages[before].hidden)
        self.rail.buttons[name].setChecked(True)
        self._stack.setCurrentWidget(page)
        if isinstance(left, NoPage):
            self._stack.removeWidget(left)
            left.deleteLater()
        if self.isVisible():
            self._show_current()

    def _show_current(self) -> None:
        if self._current in self._pages:
            troubles.each(self._pages[self._current].shown)

    def open_in_curate(self, files: Sequence[str]) -> None:
        """Show Curate with these files."""
        self.show_page("curate")
        if self.made("curate"):
            self.page("curate").open_files([str(file) for file in files])

    def _saved(self) -> str:
        """Return in sentences what of the user's work is on disk."""
        return " ".join(page.saved() for page in self._pages.values() if hasattr(page, "saved"))

    def _open_asked(self, files: list[str]) -> None:
        if files:
            self.open_in_curate(files)
        else:
            self._ask_for_files()

    def _ask_for_files(self) -> None:
        from qdesk.formats import file_dialog_filter

        files, _ = QFileDialog.getOpenFileNames(self, "Open drawings", "", file_dialog_filter())
        if files:
            self.open_in_curate(files)

    # Coming and going

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.upkeep.start()
        if not event.spontaneous():
            self._show_current()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window's place, let every page save its work, and wait a little for the background."""
        from qdesk.gui import jobs

        if not self._closed and not self._may_close():
            event.ignore()
            return
        if not self._closed:
            self._closed = True
            settings.remember(Window, geometry=bytes(self.saveGeometry().toBase64().data()).decode())
            self.hide()  # first, since the window should vanish at once, whatever still has to end
            troubles.at_last()
            troubles.each(self.upkeep.shutdown, *(page.shutdown for page in self._pages.values()))
            jobs.shutdown(CLOSING_S)
            troubles.each(self.upkeep.keep_copies)  # with all that was done today
        super().closeEvent(event)

    def _may_close(self) -> bool:
        may: list[bool] = []
        asked = [page.may_close for page in self._pages.values() if hasattr(page, "may_close")]
        troubles.each(*(partial(lambda one: may.append(one(self.close)), one) for one in asked))
        return all(may)

    def _restore_geometry(self) -> None:
        self.resize(_FIRST_SIZE.boundedTo(self._room()))
        kept = settings.load(Window).geometry
        if kept:
            self.restoreGeometry(QByteArray.fromBase64(kept.encode("ascii", "ignore")))
            self.resize(self.size().boundedTo(self._room()))  # the screen may be a smaller one by now

    def _room(self) -> QSize:
        """Return the largest size at which all of the window is on the screen."""
        return self.screen().availableGeometry().size() - _FRAME
