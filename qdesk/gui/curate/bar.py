"""The bars at the bottom: the keys, work under way with its progress, counts and the export."""

from __future__ import annotations

import math
from html import escape

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from qdesk.data.reasons import KEEP, REASONS, UNSURE
from qdesk.gui.curate.export_button import ExportButton
from qdesk.gui.curate.keys import ACTIONS, KeyMap, shown
from qdesk.gui.kit.widgets import Elided
from qdesk.gui.theme import SPACE, button, font, label, theme, theme_changes


class Keycap(QLabel):
    """A key, and what it does."""

    def __init__(self, key: str, does: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._does = does
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setFont(font("small"))
        theme_changes().changed.connect(self._dress)
        self.set_key(key)

    def set_key(self, key: str) -> None:
        """Show another key, which does it now."""
        self._key = key
        self.setAccessibleName(f"{key}: {self._does}")
        self._dress()

    def _dress(self) -> None:
        look = theme()
        self.setText(
            f'<span style="background: {look.hover.name()}; color: {look.ink.name()}; font-weight: 600;">'
            f'&nbsp;{escape(self._key)}&nbsp;</span> <span style="color: {look.muted.name()};">{self._does}</span>'
        )


class Keys(QWidget):
    """The keys that belong on a bar, as many as fit in one line, and a button that shows all keys.

    Where there is no room for all, those of `_FOLDED` go first. Whatever the width, the button stays.
    """

    _GAP = SPACE + SPACE // 2
    _FOLDED = ("replay", *(why.name for why in reversed(REASONS)), "undo", UNSURE, KEEP, "flag")

    def __init__(self, keymap: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self._caps = {action.name: Keycap("", action.text, self) for action in ACTIONS if action.on_bar}
        self.all = button("", parent=self)
        self.all.setProperty("flat", True)
        self.all.setFont(font("small"))
        self.all.setStyleSheet("padding: 0 4px;")
        self.all.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.all.setAccessibleDescription("Show and change the keys")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        keymap.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        for name, cap in self._caps.items():
            cap.set_key(shown(self._keymap.keys(name)[0]))
        self.all.setText(f"Keys ({shown(self._keymap.keys('keys')[0])})")
        self.updateGeometry()
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(0, self.all.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def _place(self) -> None:
        shown_now = self._fitting()
        x, height = 0, self.all.sizeHint().height()
        for name, cap in self._caps.items():
            cap.setVisible(name in shown_now)
            if name in shown_now:
                cap.setGeometry(x, 0, cap.sizeHint().width(), height)
                x += cap.width() + self._GAP
        self.all.setGeometry(x, 0, self.all.sizeHint().width(), height)

    def _fitting(self) -> set[str]:
        """Return the actions whose keys fit beside the button."""
        widths = {name: cap.sizeHint().width() + self._GAP for name, cap in self._caps.items()}
        for name in self._FOLDED:
            if sum(widths.values()) + self.all.sizeHint().width() <= self.width():
                break
            widths.pop(name, None)
        return set(widths)


class WorkLine(QWidget):
    """Work under way: how far it is, in words too, and a button to stop it. Hidden while there is none."""

    stop_asked = Signal()

    def __init__(self, stop: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = Elided()
        self._text.setFont(font("small"))
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedWidth(24 * SPACE)
        self.stop = button(stop)
        self.stop.setProperty("flat", True)
        self.stop.setStyleSheet("padding: 2px 8px;")
        self.stop.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.stop.clicked.connect(self.stop_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * SPACE)
        row.addWidget(self._progress)
        row.addWidget(self._text, 1)
        row.addWidget(self.stop)
        self.hide()

    @property
    def text(self) -> str:
        """What is said of the work; "" when there is none."""
        return "" if self.isHidden() else self._text.text()

    def show_work(self, text: str | None, fraction: float = 0.0) -> None:
        """Show what is being done and how far it is (0 to 1, NaN while that is not known), or nothing for None."""
        self.setVisible(text is not None)
        if text is not None:
            self._text.setText(text)
            unknown = math.isnan(fraction)
            self._progress.setRange(0, 0 if unknown else 1000)
            if not unknown:
                self._progress.setValue(round(fraction * 1000))


class BottomBar(QFrame):
    """Work under way with its progress, and below it keys, counts and the export."""

    export_asked = Signal(str)
    """What `ExportButton.asked` carries."""
    keys_asked = Signal()

    def __init__(self, keymap: KeyMap | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        keymap = keymap or KeyMap(self)
        self.setObjectName("bottom")
        self.download, self.task, self.work = WorkLine("Cancel"), WorkLine("Cancel"), WorkLine("Stop")
        self._junk = Elided()
        self._junk.setFont(font("small"))
        self._junk.hide()
        self._unsaved = Elided()
        self._unsaved.setFont(font("small"))
        self._unsaved.hide()
        self.keys = Keys(keymap)
        self.keys.all.clicked.connect(self.keys_asked)
        self._counts = label("", "body")
        self.export = ExportButton(keymap)
        self.export.asked.connect(self.export_asked)
        self.line = QWidget()
        line = QHBoxLayout(self.line)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * SPACE)
        line.addWidget(self.keys, 1, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._counts)
        line.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE, 2 * SPACE, SPACE)
        column.setSpacing(SPACE // 2)
        for part in (self.download, self.task, self.work, self._unsaved, self._junk, self.line):
            column.addWidget(part)
        theme_changes().changed.connect(self._dress)
        self._dress()
        self._show_if_needed()

    @property
    def counts(self) -> str:
        """The counts as shown."""
        return self._counts.text()

    def set_counts(self, flagged: int, kept: int, todo: int, unsure: int = 0) -> None:
        """Show how many drawings are flagged, kept, still to be judged, and, where there are any, unsure."""
        come_back = f"{unsure:,} unsure · " if unsure else ""
        self._counts.setText(f"{flagged:,} flagged · {kept:,} kept · {come_back}{todo:,} to go")

    @property
    def junk(self) -> str:
        """What is said of the junk; "" for nothing."""
        return "" if self._junk.isHidden() else self._junk.text()

    def set_junk(self, text: str) -> None:
        """Say how much junk is expected; "" for nothing."""
        self._junk.setText(text)
        self._junk.setVisible(bool(text))

    @property
    def unsaved(self) -> str:
        """What is said of verdicts that are not saved yet; "" for nothing."""
        return "" if self._unsaved.isHidden() else self._unsaved.text()

    def set_unsaved(self, text: str) -> None:
        """Say that there are verdicts that are not saved yet; "" for none."""
        self._unsaved.setText(text)
        self._unsaved.setVisible(bool(text))

    def set_work(self, text: str | None, fraction: float = 0.0) -> None:
        """Show what is being done and how far it is (0 to 1, NaN while that is not known), or nothing for None."""
        self.work.show_work(text, fraction)
        self._show_if_needed()

    def set_download(self, text: str | None, fraction: float = 0.0) -> None:
        """Show the same of a download that goes on beside the work."""
        self.download.show_work(text, fraction)
        self._show_if_needed()

    def set_task(self, text: str | None, fraction: float = 0.0) -> None:
        """Show the same of a file that is being written."""
        self.task.show_work(text, fraction)
        self._show_if_needed()

    def set_open(self, is_open: bool) -> None:
        """Set whether there are drawings to judge: without any, keys and export are not offered."""
        self.line.setVisible(is_open)
        self._show_if_needed()

    def _show_if_needed(self) -> None:
        self.setVisible(not all(part.isHidden() for part in (self.download, self.task, self.work, self.line)))

    def _dress(self) -> None:
        look = theme()
        self._junk.setStyleSheet(f"color: {look.muted.name()};")
        self._unsaved.setStyleSheet(f"color: {look.warn.name()}; font-weight: 600;")
        self.setStyleSheet(
            f"#bottom {{ background: {look.surface.name()}; border: none; border-top: 1px solid {look.line.name()}; }}"
        )
