"""The export button: the flags at one press, everything else in a menu."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from qdesk.curation.exports.registry import ALSO_RUDE, BY_NAME, EXPORTS
from qdesk.gui.curate.keys import KeyMap, shown
from qdesk.gui.kit.strokes import round_pen
from qdesk.gui.theme import SPACE, Button, button, theme
from qdesk.gui.troubles import painting

MERGE = ("merge", "Merge somebody’s verdicts…")
"""The last entry of the menu, by its name and in words: it brings verdicts in, where all others write a file."""


class ExportButton(QWidget):
    """Exports the flags at one press, and beside it opens a menu of all exports.

    `asked` carries a name of `curation.exports.registry.EXPORTS`, or that of `MERGE`.
    rude: the tick in the menu that has contact sheets and galleries show rude drawings, too. It is off at every start.
    """

    asked = Signal(str)

    def __init__(self, keymap: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self.flags, self.more = button("Export CSV", "export"), _Upwards()
        self.menu = QMenu(self)
        self.menu.setStyleSheet("QMenu::separator { height: 1px; background: palette(mid); margin: 4px 8px; }")
        self.actions_by_kind: dict[str, QAction] = {}
        self.rude = QAction(ALSO_RUDE, self, checkable=True)
        for group, together in groupby(sorted(EXPORTS, key=attrgetter("group")), attrgetter("group")):
            if self.actions_by_kind:
                self.menu.addSeparator()
            for export in together:
                self._add(export.name, export.menu)
            if group == BY_NAME["sheet"].group:
                self.menu.addAction(self.rude)
        self._add(*MERGE)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for control in (self.flags, self.more):
            control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(control)
        self.flags.setStyleSheet("border-top-right-radius: 0; border-bottom-right-radius: 0; border-right: none;")
        self.flags.clicked.connect(lambda: self.asked.emit("flags"))
        self.more.clicked.connect(self._open)
        keymap.changed.connect(self._follow)
        self._follow()

    def _add(self, kind: str, text: str) -> None:
        action = self.actions_by_kind[kind] = self.menu.addAction(text)
        action.triggered.connect(lambda: self.asked.emit(kind))

    def _open(self) -> None:
        """Open the menu above the button, so that their right edges meet."""
        size = self.menu.sizeHint()
        self.menu.popup(self.mapToGlobal(QPoint(self.width() - size.width(), -size.height() - SPACE // 2)))

    def _follow(self) -> None:
        self.flags.setToolTip(self._keymap.hint("Write the flagged drawings to a CSV file", "export"))
        # Text after a tab is only shown in a menu. A shortcut set on the action would take the key from the page.
        keys = shown(self._keymap.keys("export")[0])
        self.actions_by_kind["flags"].setText(f"{BY_NAME['flags'].menu}\t{keys}")


class _Upwards(Button):
    """A narrow button whose chevron says that a menu opens above it."""

    def __init__(self) -> None:
        super().__init__("", "", False, None)
        self.setFixedWidth(4 * SPACE)
        self.setStyleSheet(
            "padding-left: 0; padding-right: 0; border-top-left-radius: 0; border-bottom-left-radius: 0;"
        )
        self.setToolTip("More to take along")
        self.setAccessibleName("More to take along")

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(round_pen(theme().ink, 1.75))
        x, y = self.width() / 2, self.height() / 2
        painter.drawPolyline([QPointF(x - 4, y + 2), QPointF(x, y - 2), QPointF(x + 4, y + 2)])
        painter.end()
