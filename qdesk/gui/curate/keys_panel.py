"""The keys on a sheet over the page: what each does, and a way to choose others."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from qdesk.gui.curate.keys import ACTIONS, GROUPS, Action, KeyMap, pressed, shown
from qdesk.gui.kit.widgets import Elided
from qdesk.gui.theme import SPACE, button, font, label
from qdesk.gui.troubles import painting

_WIDEST = 104 * SPACE
_COLUMNS = (GROUPS[:1] + GROUPS[3:], GROUPS[1:3])
_LISTENING = "Press the new key"


class _Key(QPushButton):
    """A keycap: once it is pressed, the next key is the new one. `taken` carries that key, "" for the default one."""

    taken = Signal(str)
    listens = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.listening = False
        self.setCheckable(True)
        self.setFont(font("small"))
        self.setMinimumWidth(4 * SPACE)
        self.setStyleSheet("padding: 2px 8px; font-weight: 600; border-radius: 6px; outline: 0;")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda: self.listen(not self.listening))

    def listen(self, on: bool) -> None:
        """Wait for a key, or wait no longer."""
        self.setChecked(on)
        if on != self.listening:
            self.listening = on
            self.listens.emit(on)

    def event(self, event: QEvent) -> bool:
        if self.listening and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # while listening, the press chooses a key and does not do what the key does
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.listening:
            if key == Qt.Key.Key_Escape:
                self.listen(False)
            elif keys := pressed(event):
                self.taken.emit(keys)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.listen(True)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.taken.emit("")
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.listen(False)
        super().focusOutEvent(event)


class _Row(QWidget):
    """An action and its keys. While a key is chosen, messages about it take the action's place."""

    def __init__(self, action: Action, keymap: KeyMap, parent: QWidget) -> None:
        super().__init__(parent)
        self._action, self._keymap = action, keymap
        self.text = Elided(action.about)
        self.keys: list[_Key] = []
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(SPACE // 2)
        self._line.addWidget(self.text, 1)
        self.setFixedHeight(4 * SPACE)
        self.follow()

    def follow(self) -> None:
        """Show the keys as they are now."""
        keys = self._keymap.keys(self._action.name)
        while len(self.keys) > len(keys):
            self.keys.pop().deleteLater()
        while len(self.keys) < len(keys):
            one = _Key(self)
            place = len(self.keys)
            one.taken.connect(lambda text, place=place: self._take(place, text))
            one.listens.connect(lambda on, place=place: self._listens(place, on))
            self.keys.append(one)
            self._line.addWidget(one)
        for one, text in zip(self.keys, keys, strict=True):
            one.setText(shown(text))
            one.setAccessibleName(f"{self._action.about}: {shown(text)}")
            one.setAccessibleDescription("Enter changes this key, Delete puts the first one back")

    def _listens(self, place: int, on: bool) -> None:
        self.keys[place].setText("…" if on else shown(self._keymap.keys(self._action.name)[place]))
        self._say(_LISTENING if on else "", False)

    def _take(self, place: int, text: str) -> None:
        keys = list(self._keymap.keys(self._action.name))
        try:
            if not text:
                self._keymap.reset(self._action.name)
            elif text != keys[place]:
                keys[place] = text
                self._keymap.set(self._action.name, keys)
        except ValueError as error:
            self._say(str(error), True)
            return
        self.keys[min(place, len(self.keys) - 1)].listen(False)
        self._say("", False)

    def _say(self, text: str, bad: bool) -> None:
        self.text.setText(text or self._action.about)
        self.text.setProperty("bad", bad)
        self.text.setProperty("muted", bool(text) and not bad)
        self.text.style().polish(self.text)
        if text:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))


class KeysPanel(QWidget):
    """A sheet over the widget it is made in, until Escape, the key that opened it, or a press beside the sheet."""

    closed = Signal()

    def __init__(self, keymap: KeyMap, parent: QWidget) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self._focus_before: QWidget | None = None
        self.setAccessibleName("Keys")
        self.sheet = QFrame(self)
        self.sheet.setProperty("card", True)
        self.rows = {action.name: _Row(action, keymap, self.sheet) for action in ACTIONS}
        self.reset = button("Reset all")
        self.reset.clicked.connect(lambda: keymap.reset())
        self.done = button("Close", primary=True)
        self.done.clicked.connect(self.close_sheet)
        head = label("Keys", "large")
        head.setStyleSheet("font-weight: 600;")
        foot = QHBoxLayout()
        foot.setSpacing(SPACE)
        hint = label("Enter or a click changes a key, Delete puts the first one back.", "small", muted=True)
        hint.setWordWrap(True)
        foot.addWidget(hint, 1)
        foot.addWidget(self.reset)
        foot.addWidget(self.done)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = self._list()
        self._scroll.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)  # the sheet's own ground shows through
        column = QVBoxLayout(self.sheet)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        column.setSpacing(SPACE)
        column.addWidget(head)
        column.addWidget(self._scroll, 1)
        column.addLayout(foot)
        keymap.changed.connect(self._follow)
        self._follow()
        parent.installEventFilter(self)
        self.hide()

    def _list(self) -> QWidget:
        inside = QWidget()
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, SPACE, 0)
        columns.setSpacing(4 * SPACE)
        for groups in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(0)
            for group in groups:
                title = label(group, "small", muted=True)
                title.setFixedHeight(3 * SPACE)
                column.addWidget(title)
                for action in ACTIONS:
                    if action.group == group:
                        column.addWidget(self.rows[action.name])
                column.addSpacing(SPACE)
            column.addStretch(1)
            columns.addLayout(column, 1)
        return inside

    def _follow(self) -> None:
        for row in self.rows.values():
            row.follow()
        differs = any(self._keymap.keys(action.name) != action.keys for action in ACTIONS)
        self.reset.setEnabled(differs)

    # Coming and going

    def toggle(self) -> None:
        """Open the sheet, or close it."""
        self.close_sheet() if self.isVisible() else self.open_sheet()

    def open_sheet(self) -> None:
        """Show the keys, with the focus on the first one."""
        self._focus_before = self.window().focusWidget()
        self._place()
        self.show()
        self.raise_()
        self._stops()[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def close_sheet(self) -> None:
        """Close the sheet and give the focus back to where it was."""
        if self.isVisible():
            before, self._focus_before = self._focus_before, None
            self.hide()
            if before is not None:
                before.setFocus(Qt.FocusReason.PopupFocusReason)
            self.closed.emit()

    def _place(self) -> None:
        around = self.parentWidget()
        assert around is not None  # the layout of the page
        self.setGeometry(around.rect())
        room = self.rect().adjusted(2 * SPACE, 2 * SPACE, -2 * SPACE, -2 * SPACE)
        inside = self._inside.sizeHint().height() - self._scroll.sizeHint().height()
        wanted = self.sheet.sizeHint().height() + max(inside, 0) + SPACE
        self.sheet.resize(min(room.width(), _WIDEST), min(room.height(), wanted))
        self.sheet.move(room.center() - self.sheet.rect().center())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    # The keyboard stays on the sheet

    def _stops(self) -> list[QWidget]:
        keys = [key for groups in _COLUMNS for group in groups for key in self._keys_of(group)]
        return [*keys, *(one for one in (self.reset, self.done) if one.isEnabled())]

    def _keys_of(self, group: str) -> list[QWidget]:
        return [key for action in ACTIONS if action.group == group for key in self.rows[action.name].keys]

    def focusNextPrevChild(self, forward: bool) -> bool:
        stops, now = self._stops(), self.window().focusWidget()
        place = stops.index(now) + (1 if forward else -1) if now in stops else 0
        following = stops[place % len(stops)]
        following.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
        self._scroll.ensureWidgetVisible(following)
        return True

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self._keymap.action(pressed(event)):
            event.accept()  # verdicts are not given through the sheet
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape or self._keymap.action(pressed(event)) in ("keys", "back"):
            self.close_sheet()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.sheet.geometry().contains(event.position().toPoint()):
            self.close_sheet()

    @painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 96))
        painter.end()
