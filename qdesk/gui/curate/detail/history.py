"""What was decided about a drawing, and when: lines that are shown on demand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from qdesk.curation.session.wording import said
from qdesk.curation.verdicts.store import Event
from qdesk.gui.kit.text import NBSP
from qdesk.gui.kit.widgets import Toggle
from qdesk.gui.theme import SPACE, label

MOST = 12
"""The most lines that are shown; of more, the oldest are counted."""


class History(QWidget):
    """The lines, the newest first. `button`, which belongs beside the verdict, shows and hides them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = Toggle("clock")
        self.button.setText("")
        self.button.setAccessibleName("History")
        self.button.setFixedSize(3 * SPACE, 3 * SPACE)
        self.button.setStyleSheet("padding: 0;")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._sought = False
        self.button.toggled.connect(self._toggled)
        self._lines = label("", "small", muted=True)
        self._lines.setWordWrap(True)
        self._lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lines.setAccessibleDescription("What was decided about the drawing, and when")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._lines)
        self.hide()

    @property
    def text(self) -> str:
        """The lines as shown; "" while there are none."""
        return "" if self.isHidden() else self._lines.text()

    def set_text(self, text: str) -> None:
        """Show these lines, where the user wants to see them; "" while they are not known."""
        self._lines.setText(text)
        self._show()

    def _toggled(self, on: bool) -> None:
        self._sought = on
        self._show()

    def _show(self) -> None:
        self.setVisible(self.button.isChecked() and bool(self._lines.text()))
        if self._sought and not self.isHidden():
            self._sought = False
            QTimer.singleShot(0, self, self._scroll_here)  # once it is laid out

    def _scroll_here(self) -> None:
        """Scroll to the lines that the user asked for: on a small screen they lie below the edge."""
        above = self.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(self)
            above = above.parentWidget()


def history_text(events: Sequence[Event], zone: tzinfo | None = None) -> str:
    """Return events, the oldest first, as lines, the newest first. zone: that of the times; by default the user's."""
    lines, note = [], ""
    for event in events:
        if event.reason != event.before or event.note != note:  # else a merge has noted that somebody differs
            lines.append(f"{_when(event.time, zone)}: {_what(event, note)}")
        note = event.note
    if not lines:
        return "Nothing was decided about it yet."
    more = [f"and {len(lines) - MOST:,} before"] if len(lines) > MOST else []
    return "\n".join([*reversed(lines[-MOST:]), *more])


def _what(event: Event, note_before: str) -> str:
    done = said(event.reason) if event.reason or event.kind == "do" else "no verdict"
    note = f" “{event.note}”" if event.note and event.note != note_before else ""
    return {"do": "", "undo": "undone, ", "redo": "redone, "}[event.kind] + done + note


def _when(time: str, zone: tzinfo | None) -> str:
    then = datetime.fromisoformat(time).astimezone(zone)
    return f"{then.day}{NBSP}{then:%b}{NBSP}{then:%Y}{NBSP}{then:%H:%M}"
