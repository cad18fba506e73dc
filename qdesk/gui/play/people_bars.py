"""Around a player's numbers: the current player, actions on all drawings, and a hint before the first drawing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from qdesk.gui.kit.copies_menu import CopiesMenu
from qdesk.gui.kit.strokes import StrokesView
from qdesk.gui.kit.widgets import Choice, TextLine
from qdesk.gui.play.doodle import flamingo
from qdesk.gui.theme import SPACE, button, label, theme, theme_changes

if TYPE_CHECKING:
    from qdesk.game.history import Player

LONGEST_NAME = 24


def drawings_text(count: int) -> str:
    """Return "1 drawing", "12 drawings"."""
    return f"{count:,} {'drawing' if count == 1 else 'drawings'}"


class WhoBar(QWidget):
    """The current player, and in the same line: choose another, rename one, add one."""

    back = Signal()
    chosen = Signal(int)
    added = Signal(str)
    renamed = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.players: list[Player] = []
        self._adding = False
        self.back_button = button("Back", "previous")
        self.choice = Choice()
        self.choice.setAccessibleName("Player")
        self.choice.setFixedWidth(28 * SPACE)
        self.rename_button, self.add_button = button("Rename"), button("Add a player", "plus")
        self.field = TextLine()
        self.field.setMaxLength(LONGEST_NAME)
        self.field.setFixedWidth(28 * SPACE)
        self.save_button, self.leave_button = button("Save", primary=True), button("Cancel")
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(self.back_button)
        row.addSpacing(SPACE)
        self._choosing = [self.choice, self.rename_button, self.add_button]
        self._writing = [self.field, self.save_button, self.leave_button]
        for one in (*self._choosing, *self._writing):
            row.addWidget(one)
        row.addStretch(1)
        self.back_button.clicked.connect(self.back)
        self.choice.activated.connect(self._choose)
        self.rename_button.clicked.connect(lambda: self._write(adding=False))
        self.add_button.clicked.connect(lambda: self._write(adding=True))
        self.field.returnPressed.connect(self._ask)
        self.field.textChanged.connect(lambda text: self.save_button.setEnabled(bool(text.strip())))
        self.save_button.clicked.connect(self._ask)
        self.leave_button.clicked.connect(self.leave)
        self._show(writing=False)

    @property
    def current(self) -> int:
        """The id of the player shown; 0 before there is one."""
        place = self.choice.currentIndex()
        return self.players[place].id if 0 <= place < len(self.players) else 0

    @property
    def name(self) -> str:
        return self.choice.currentText()

    @property
    def editing(self) -> bool:
        """Whether a name is being typed."""
        return not self.field.isHidden()

    def set_players(self, players: Sequence[Player], current: int) -> None:
        self.players = list(players)
        self.choice.clear()
        self.choice.addItems([one.name for one in self.players])
        self.choice.setCurrentIndex(next((i for i, one in enumerate(self.players) if one.id == current), 0))
        self._show(writing=False)

    def again(self) -> None:
        """Let the name be typed again, since it was not taken."""
        if self.editing:
            self.field.setFocus()
            self.field.selectAll()

    def leave(self) -> None:
        """Stop typing a name."""
        self._show(writing=False)

    def _choose(self, place: int) -> None:
        self.chosen.emit(self.players[place].id)

    def _write(self, adding: bool) -> None:
        self._adding = adding
        self.field.setText("" if adding else self.name)
        self.field.setPlaceholderText("Name of the new player" if adding else "Another name")
        self.field.setAccessibleName(self.field.placeholderText())
        self.save_button.setText("Add" if adding else "Save")
        self.save_button.setEnabled(not adding)
        self._show(writing=True)
        self.again()

    def _ask(self) -> None:
        name = self.field.text().strip()
        if not name or (name == self.name and not self._adding):
            self.leave()
        elif self._adding:
            self.added.emit(name)
        else:
            self.renamed.emit(self.current, name)

    def _show(self, writing: bool) -> None:
        begun = self.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        for hidden in self._choosing if writing else self._writing:  # first, since both at once would widen the window
            hidden.hide()
        for shown in self._writing if writing else self._choosing:
            shown.show()
        if begun and not writing:
            self.choice.setFocus()


class PlayerActions(QWidget):
    """What can be done with all drawings, and the question whether to delete them."""

    export = Signal()
    curate = Signal()
    forget = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._count = "", 0
        self.save_button = button("Save my drawings…", "save")
        self.curate_button = button("Open in Curate", "curate")
        self.copies_button = button("", "undo")
        self.copies_button.setFixedWidth(4 * SPACE)
        self.copies_button.setAccessibleName("Earlier copies")
        self.copies_button.setProperty("flat", True)
        self.copies_button.setToolTip("Bring back the players and drawings of another day")
        self.copies = CopiesMenu(("history",), self)
        self.ask_button = button("Delete everything about me…", "trash")
        self.ask_button.setProperty("flat", True)
        self.question = QLabel()
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.question.setWordWrap(True)
        self.question.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.delete_button, self.keep_button = button("Delete"), button("Keep")
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, SPACE)
        row.setSpacing(SPACE)
        row.addWidget(self.save_button)
        row.addWidget(self.curate_button)
        self._gap = QWidget()
        row.addWidget(self._gap, 1)
        row.addWidget(self.copies_button)
        row.addWidget(self.ask_button)
        row.addWidget(self.question, 1)
        row.addWidget(self.delete_button)
        row.addWidget(self.keep_button)
        self.setFixedHeight(7 * SPACE)
        self.save_button.clicked.connect(self.export)
        self.curate_button.clicked.connect(self.curate)
        self.copies_button.clicked.connect(self._show_copies)
        self.ask_button.clicked.connect(self._ask)
        self.delete_button.clicked.connect(self._delete)
        self.keep_button.clicked.connect(self.keep)
        theme_changes().changed.connect(self._dress)
        self._dress()
        self._show(asking=False)

    @property
    def asking(self) -> bool:
        """Whether it waits for a yes or no."""
        return not self.question.isHidden()

    def show_player(self, name: str, drawings: int, anything: bool) -> None:
        """Set whose drawings it is about, how many they are, and whether there is anything to delete."""
        self._name, self._count = name, drawings
        for one in (self.save_button, self.curate_button):
            one.setEnabled(drawings > 0)
        self.ask_button.setEnabled(anything)
        self._show(asking=False)

    def keep(self) -> None:
        """Delete nothing."""
        self._show(asking=False)
        self.ask_button.setFocus()

    def _show_copies(self) -> None:
        place = QPoint(0, -self.copies.sizeHint().height())
        self.copies.popup(self.copies_button.mapToGlobal(place))

    def _ask(self) -> None:
        what = f"{drawings_text(self._count)}, all times and the name" if self._count else "the name"
        self.question.setText(f"Delete {what} {self._name}? This cannot be undone.")
        self.keep_button.setAccessibleDescription(self.question.text())
        self._show(asking=True)
        self.keep_button.setFocus()

    def _delete(self) -> None:
        self._show(asking=False)
        self.forget.emit()

    def _show(self, asking: bool) -> None:
        usual = self.save_button, self.curate_button, self._gap, self.copies_button, self.ask_button
        asked = self.question, self.delete_button, self.keep_button
        for hidden in usual if asking else asked:  # first, since both at once would widen the window
            hidden.hide()
        for shown in asked if asking else usual:
            shown.show()

    def _dress(self) -> None:
        tone = theme().bad.name()
        self.delete_button.setStyleSheet(f"QPushButton {{ color: {tone}; border-color: {tone}; font-weight: 600; }}")


class NothingYet(QWidget):
    """What a player sees before the first drawing."""

    play = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        picture = StrokesView(pen_width=3, smooth=True)
        picture.setFixedSize(24 * SPACE, 24 * SPACE)
        picture.set_drawing(flamingo())
        title = label("Nothing drawn yet", "large")
        title.setStyleSheet("font-weight: 600;")
        line = label("Your drawings, your times and your best words will be here.", muted=True)
        self.button = button("Play", "play", primary=True, big=True)
        self.button.clicked.connect(self.play)
        column = QVBoxLayout(self)
        column.setSpacing(0)
        column.addStretch(2)
        for widget, gap in ((picture, 2), (title, 1), (line, 4), (self.button, 0)):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
            column.addSpacing(gap * SPACE)
        column.addStretch(3)
