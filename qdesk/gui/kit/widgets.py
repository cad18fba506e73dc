"""Small widgets that the pages share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from qdesk.gui.kit.strokes import round_pen
from qdesk.gui.theme import RADIUS, SPACE, Button, Tint, button, font, icon, label, theme, theme_changes
from qdesk.gui.troubles import painting

Kind = Literal["info", "good", "warn", "bad"]
_SIGNS: dict[Kind, tuple[str, Tint]] = {
    "info": ("flag", "ink"),
    "good": ("check", "good"),
    "warn": ("warning", "warn"),
    "bad": ("warning", "bad"),
}


def throw_away(layout: QLayout) -> None:
    """Take all widgets out of a layout that holds only widgets, and delete them."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


def heading(text: str) -> QLabel:
    """Return the title of a part of a screen."""
    made = label(text)
    made.setStyleSheet("font-weight: 600;")
    return made


class Elided(QLabel):
    """A label that cuts the end of its text rather than take its neighbours' room."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(text)

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()


class TextLine(QLineEdit):
    """A line of text that only Escape leaves. The key goes no further, since the page has another use for it."""

    left = Signal()
    """The user is done with the line."""

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # the page has another use for the key
            return True
        return super().event(event)


class ClearableLine(TextLine):
    """A line of text with a button at its end that empties it, while there is something in it."""

    def __init__(self, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self._drop = self.addAction(icon("close", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        self._drop.setToolTip("Clear")
        self._drop.setVisible(False)
        self._drop.triggered.connect(self.clear)
        self.textChanged.connect(lambda text: self._drop.setVisible(bool(text)))
        theme_changes().changed.connect(self._tint)

    def _tint(self) -> None:
        self._drop.setIcon(icon("close", "muted"))


class Field(ClearableLine):
    """A line to search with. Escape and Enter leave it, and emit `left`."""

    entered = Signal()

    def __init__(self, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, hint, parent)
        self.setStyleSheet("QLineEdit { padding: 4px; }")
        self._sign = self.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)

    def _tint(self) -> None:
        super()._tint()
        self._sign.setIcon(icon("search", "muted"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class Choice(QComboBox):
    """A combo box with a chevron in the theme's ink, and an ellipsis where its text does not fit."""

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        style = QStyleOptionComboBox()
        self.initStyleOption(style)
        room = self.width() - 5 * SPACE
        style.currentText = self.fontMetrics().elidedText(style.currentText, Qt.TextElideMode.ElideRight, room)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, style)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, style)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(round_pen(theme().muted, 1.75))
        x, y = self.width() - 20.0, self.height() / 2 - 2
        painter.drawPolyline([QPointF(x, y), QPointF(x + 4, y + 4), QPointF(x + 8, y)])
        painter.end()


class Toggle(Button):
    """A button that is on or off, and whose icon is coloured while it is on."""

    def __init__(self, icon_name: str) -> None:
        super().__init__("", icon_name, primary=False, parent=None)
        self.setCheckable(True)

    def checkStateSet(self) -> None:  # called whatever changes the state, with signals blocked too
        super().checkStateSet()
        self._tint()

    def _tint(self) -> None:
        self.setIcon(icon(self._icon, "accent" if self.isChecked() else "ink"))


class Segments(QFrame):
    """A few choices side by side, one of them chosen; name -> its button. Roomy: wide, and muted where not chosen."""

    chosen = Signal(str)

    def __init__(self, name: str, buttons: Mapping[str, Button], roomy: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.buttons = buttons
        self._roomy = roomy
        group = QButtonGroup(self)
        row = self.row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for one, made in buttons.items():
            made.setCheckable(True)
            made.clicked.connect(lambda _on=False, one=one: self.chosen.emit(one))
            group.addButton(made)
            row.addWidget(made)
        theme_changes().changed.connect(self._dress)
        self._dress()

    @property
    def choice(self) -> str:
        """The name of the chosen one."""
        return next(name for name, one in self.buttons.items() if one.isChecked())

    def choose(self, name: str) -> None:
        """Show that this one is chosen, without a signal."""
        self.buttons[name].setChecked(True)

    def _dress(self) -> None:
        look = theme()
        room = f"background: transparent; color: {look.muted.name()}; padding: 6px 16px;"
        hover = f"QPushButton:hover {{ color: {look.ink.name()}; }}"
        self.setStyleSheet(
            f"Segments {{ background: {look.surface.name()}; border: 1px solid {look.line.name()};"
            f" border-radius: {RADIUS}px; }}"
            f"QPushButton {{ border: 1px solid transparent; border-radius: {RADIUS - 1}px;"
            f" {room if self._roomy else 'padding: 2px 8px;'} }}"
            f"{hover if self._roomy else ''}"
            f"QPushButton:focus {{ border-color: {look.accent.name()}; }}"
            f"QPushButton:checked {{ background: {look.hover.name()}; color: {look.accent.name()}; }}"
        )


def quiet_when_full(bar: QScrollBar) -> None:
    """Keep a scroll bar always there, so that nothing moves aside for it, and empty while all is in sight."""
    bar.rangeChanged.connect(lambda low, high: bar.setEnabled(high > low))
    bar.setEnabled(bar.maximum() > bar.minimum())


def square(sign: str, tip: str = "", side: int = 4 * SPACE, flat: bool = True) -> Button:
    """Return a square button of `side` pixels with an icon alone in its middle. It takes the focus from Tab alone."""
    made = button("", sign)
    made.setText("")
    made.setProperty("flat", flat)
    made.setFixedSize(side, side)
    made.setStyleSheet("padding: 0;")
    made.setToolTip(tip)
    made.setAccessibleName(tip)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def vertical_line() -> QWidget:
    """Return a line between two columns."""
    line = _line()
    line.setFixedWidth(1)
    return line


def horizontal_line() -> QWidget:
    """Return a line between two rows."""
    line = _line()
    line.setFixedHeight(1)
    return line


def _line() -> QWidget:
    line = QWidget()
    line.setAutoFillBackground(True)
    line.setBackgroundRole(QPalette.ColorRole.Mid)
    return line


class Notice(QFrame):
    """One sentence about what happened. It stays until it is closed or replaced; good news leaves by itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind: Kind = "info"
        self.setObjectName("notice")
        self._sign = QLabel()
        self._text = Elided()
        self.more, self.act = button("Show all"), button("")
        self._action: Callable[[], object] | None = None
        self.close_button = square("close", "Close", 3 * SPACE)
        self.close_button.setAccessibleName("Close this notice")
        self.close_button.clicked.connect(self.hide)
        self._details = QPlainTextEdit()
        self._details.setReadOnly(True)
        self._details.setFont(font("small"))
        self.more.clicked.connect(lambda: self._unfold(self._details.isHidden()))
        self.act.clicked.connect(self._do)
        for control in (self.more, self.act):
            control.setProperty("flat", True)
            control.setStyleSheet("padding: 3px 8px;")
            control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        line = QHBoxLayout()
        line.setSpacing(SPACE)
        line.addWidget(self._sign)
        line.addWidget(self._text, 1)
        line.addWidget(self.more)
        line.addWidget(self.act)
        line.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, SPACE // 2, SPACE, SPACE // 2)
        column.setSpacing(SPACE // 2)
        column.addLayout(line)
        column.addWidget(self._details)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        theme_changes().changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, "" while hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(
        self,
        text: str,
        kind: Kind = "info",
        details: Sequence[str] = (),
        lasting: bool = True,
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Show a sentence, and if there are any, lines to unfold and something to do about it.

        Not lasting: it leaves after some seconds.
        """
        self.kind = kind
        name, self._action = action or ("", None)
        self.act.setText(name)
        self.act.setVisible(action is not None)
        self._text.setText(text)
        self.more.setVisible(bool(details))
        self._details.setPlainText("\n".join(details))
        lines = min(len(details), 8)
        self._details.setFixedHeight(lines * QFontMetrics(font("small")).lineSpacing() + 3 * SPACE)
        self._unfold(False)
        self._dress()
        self.show()
        self._timer.stop()
        if not lasting:
            self._timer.start(6000)

    def _do(self) -> None:
        self.hide()
        if self._action is not None:
            self._action()

    def _unfold(self, on: bool) -> None:
        self._details.setVisible(on)
        self.more.setText("Show less" if on else "Show all")

    def _dress(self) -> None:
        look = theme()
        name, tint = _SIGNS[self.kind]
        self._sign.setPixmap(icon(name, tint).pixmap(18, 18))
        edge = {"info": look.line, "good": look.good, "warn": look.warn, "bad": look.bad}[self.kind].name()
        self.setStyleSheet(
            f"#notice {{ background: {look.surface.name()}; border: none; border-left: 4px solid {edge};"
            f" border-top: 1px solid {look.line.name()}; }}"
        )
