"""What lies on the canvas before the clock runs: the card with the word, and the countdown from three."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from qdesk.gui.play.widgets import WordLabel
from qdesk.gui.theme import SPACE, button, font, label, theme
from qdesk.gui.troubles import painting

_KEYS = "or press Space, or just begin to draw"
_WAIT = "One moment…"
_COUNT_SHARE = 0.4  # height of the digit, as a share of the canvas's


class WordCard(QObject):
    """The word, what to do with it, and the button Start, all placed on the canvas itself.

    All but the button let presses through. A widget between them and the canvas would keep the pointer that pressed it,
    and the first stroke would be a dot.
    """

    accept = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.lead, self.word, self.hint = label("", "large", True), WordLabel(), label("", "body", True)
        self.below = label("", "large", True)
        self.button = button("Start", primary=True, big=True)
        self.button.clicked.connect(self.accept)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys belong to the round
        self._keys = label(_KEYS, "small", True)
        self.digit = Count()
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addStretch(1)
        self._parts: list[QWidget] = []
        for widget, gap in (
            (self.lead, 1),
            (self.word, 1),
            (self.hint, 1),
            (self.below, 3),
            (self.button, 2),
            (self._keys, 0),
        ):
            if isinstance(widget, QLabel):
                widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
                widget.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
            centred = Qt.AlignmentFlag.AlignHCenter if widget is self.button else Qt.AlignmentFlag(0)
            column.addWidget(widget, 0, centred)
            column.addSpacing(gap * SPACE)
            self._parts.append(widget)
        column.addStretch(1)
        self._grid = QGridLayout(canvas)
        self._grid.addLayout(column, 0, 0)
        self._grid.addWidget(self.digit, 0, 0)
        self.lies = True  # whether there is something on the canvas
        self.hide()

    def show_word(self, text: str, lead: str, hint: str, below: str) -> None:
        """Show the card. hint: which meaning of the word is meant, where it has several."""
        self.lies = True
        for part, shown in ((self.word, text), (self.lead, lead), (self.hint, hint), (self.below, below)):
            part.setText(shown)
        self.digit.hide()
        for one in self._parts:
            one.setVisible(not isinstance(one, QLabel) or bool(one.text()))

    def hold(self, on: bool) -> None:
        """Set whether the start has to wait for something."""
        self.button.setEnabled(not on)
        self._keys.setText(_WAIT if on else _KEYS)

    def show_count(self, number: int) -> None:
        """Show a digit in place of the word."""
        if self.digit.isHidden():
            self.hide()
            self.lies = True
            self.digit.show()
        self.digit.set_count(number, self.word.text())

    def show_only(self, text: str) -> None:
        """Show the word alone, and nothing to press."""
        self.show_word(text, "", "", "")
        self.button.hide()
        self._keys.hide()

    def hide(self) -> None:
        """Clear the canvas of all parts."""
        self.lies = False
        for part in (*self._parts, self.digit):
            part.hide()

    def fit(self, width: int, height: int) -> None:
        """Lay the parts out for a canvas of about this size, pixels."""
        aside = max(width // 16, 2 * SPACE)
        self._grid.setContentsMargins(aside, SPACE, aside, SPACE)
        self.word.set_room(max(min(height // 3, 20 * SPACE), 7 * SPACE))


class Count(QWidget):
    """One huge digit, and the word below it."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._number, self._text = 3, ""

    @property
    def number(self) -> int:
        return self._number

    def set_count(self, number: int, text: str) -> None:
        """Show the digit, and what is to be drawn."""
        self._number, self._text = number, text
        self.setAccessibleName(str(number))
        self.update()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        digit = font("huge")
        digit.setPixelSize(max(round(self.height() * _COUNT_SHARE), 1))
        painter.setFont(digit)
        painter.setPen(theme().accent)
        area = QRectF(self.rect())
        above = area.adjusted(0, 0, 0, -area.height() / 6)
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.setFont(font("large"))
        painter.setPen(theme().muted)
        low = area.adjusted(0, area.height() * 0.68, 0, 0)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(low, int(flags), self._text)
        painter.end()
