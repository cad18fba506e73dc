"""What a page shows while it has nothing to show: what can be done here, and ways to begin."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from qdesk.gui.theme import SPACE, icon, label, theme_changes

_THREE_CARDS = 115 * SPACE  # a page as wide as this, in pixels, holds the cards side by side


class EmptyPage(QScrollArea):
    """A title, a sentence, and cards: side by side, or one under the other where the page is too narrow.

    What `below` holds stands under the cards.
    """

    def __init__(self, title: str, lead: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget()
        self.setWidget(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(6 * SPACE, 6 * SPACE, 6 * SPACE, 6 * SPACE)
        column.setSpacing(0)
        column.addStretch(2)
        head = label(title, "large")
        head.setStyleSheet("font-weight: 600;")
        column.addWidget(head)
        column.addSpacing(SPACE)
        self._lead = label(lead, muted=True)
        self._lead.setWordWrap(True)
        column.addWidget(self._lead)
        column.addSpacing(4 * SPACE)
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(2 * SPACE)
        column.addLayout(self._cards)
        self.below = QVBoxLayout()
        self.below.setSpacing(0)
        column.addLayout(self.below)
        column.addStretch(3)

    def set_lead(self, text: str) -> None:
        """Say something else under the title."""
        self._lead.setText(text)

    def add_cards(self, *cards: QFrame) -> None:
        """Add these ways to begin."""
        for one in cards:
            self._cards.addWidget(one, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        beside = event.size().width() >= _THREE_CARDS * self._cards.count() / 3
        self._cards.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        super().resizeEvent(event)


class _Sign(QLabel):
    """A large icon in the accent colour."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        theme_changes().changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(icon(self._name, "accent").pixmap(32, 32))


def card(sign: str, title: str, text: str, controls: Sequence[QWidget]) -> QFrame:
    """Return a card for one way to begin: a sign, what it is, and the controls that do it."""
    made = QFrame()
    made.setProperty("card", True)
    picture = _Sign(sign)
    head = label(title)
    head.setStyleSheet("font-weight: 600;")
    body = label(text, muted=True)
    body.setWordWrap(True)
    column = QVBoxLayout(made)
    column.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
    column.setSpacing(SPACE)
    column.addWidget(picture)
    column.addWidget(head)
    column.addWidget(body)
    column.addStretch(1)
    column.addSpacing(SPACE)
    for control in controls:
        column.addWidget(control)
    return made
