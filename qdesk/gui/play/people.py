"""The people who play: who they are, how they do, what they drew, and how to delete them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from qdesk.game.prompts import GAME
from qdesk.game.stats import Plays, Summary, best_times, by_word, over_time, summary
from qdesk.gui.kit.text import chance
from qdesk.gui.kit.widgets import Field, Notice, heading, horizontal_line, vertical_line
from qdesk.gui.play.gallery import Gallery, Load
from qdesk.gui.play.people_bars import NothingYet, PlayerActions, WhoBar, drawings_text
from qdesk.gui.play.people_lines import Lines, best_and_hardest, time_lines, word_line
from qdesk.gui.play.people_plots import OverTime, StatTile
from qdesk.gui.theme import SPACE, label

if TYPE_CHECKING:
    from qdesk.game.history import Player

_WORDS, _TIMES = 4, 8
_NARROWEST, _WIDEST = 38 * SPACE, 52 * SPACE  # width of the plots


class PeopleScreen(QWidget):
    """One player's numbers, plots and drawings, and the other players to change to.

    It only asks and shows. The album adds, renames and deletes; it answers with `set_players` and `show_history`, or
    with `set_note`.
    """

    back = Signal()
    play = Signal()
    player_chosen = Signal(int)
    player_added = Signal(str)
    player_renamed = Signal(int, str)
    export = Signal()
    curate = Signal()
    forget = Signal(int)
    opened = Signal(str)
    """The key_id of a drawing whose story the user wants."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plays: Plays | None = None
        self._load: Load | None = None
        self._player = 0  # whose drawings are shown
        self.who = WhoBar()
        self.note = Notice()
        self.figures = Figures()
        self.progress = PlayerPlots()
        self.gallery = Gallery()
        self.filter = Field("Filter my drawings by word", "Filter by word")
        self.filter.setMinimumWidth(16 * SPACE)
        self.filter.setMaximumWidth(24 * SPACE)
        self.count = label("", "small", muted=True)
        self.bottom = PlayerActions()
        self.empty = NothingYet()

        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 2 * SPACE, 0)
        head.setSpacing(SPACE)
        head.addWidget(heading("My drawings"))
        head.addWidget(self.count, 1)
        head.addWidget(self.filter, 2)
        right = QVBoxLayout()
        right.setContentsMargins(3 * SPACE, 2 * SPACE, SPACE, 0)
        right.setSpacing(SPACE)
        right.addLayout(head)
        right.addWidget(self.gallery, 1)
        panes = QHBoxLayout()
        panes.setContentsMargins(0, 0, 0, 0)
        panes.setSpacing(0)
        panes.addWidget(self.progress, 3)
        panes.addWidget(vertical_line())
        panes.addLayout(right, 5)
        played = QWidget()
        column = QVBoxLayout(played)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.figures)
        column.addWidget(horizontal_line())
        column.addLayout(panes, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(played)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.who)
        column.addWidget(self.note)
        column.addWidget(self._stack, 1)
        column.addWidget(horizontal_line())
        column.addWidget(self.bottom)

        self.who.back.connect(self.back)
        self.who.chosen.connect(self.player_chosen)
        self.who.added.connect(self.player_added)
        self.who.renamed.connect(self.player_renamed)
        self.empty.play.connect(self.play)
        self.filter.textChanged.connect(self._filter)
        self.filter.left.connect(self._leave_filter)
        self.filter.entered.connect(self.gallery.setFocus)
        self.gallery.opened.connect(self.opened)
        self.gallery.failed.connect(lambda text: self.set_note(text, bad=True))
        self.progress.times.clicked.connect(self._open_time)
        for words in (self.progress.best, self.progress.hardest):
            words.clicked.connect(self.filter.setText)
        self.bottom.export.connect(self.export)
        self.bottom.curate.connect(self.curate)
        self.bottom.forget.connect(lambda: self.forget.emit(self.who.current))
        self._tell_bottom()

    # What the album calls

    def set_players(self, players: Sequence[Player], current: int) -> None:
        """Show all players, and the id of the one whose drawings are shown. Notes and open questions are cleared."""
        if current != self._player:
            self._player = current
            self.filter.clear()
            self.gallery.forget()
        self.who.set_players(players, current)
        self.note.hide()
        self._tell_bottom()

    def show_history(self, plays: Plays, load: Load) -> None:
        """Show what the current player did. `load` gets the round of a key_id when its drawing comes into sight."""
        self._plays, self._load = plays, load
        self._stack.setCurrentIndex(int(len(plays) > 0))
        self.figures.show_summary(summary(plays))
        self.progress.show_plays(plays)
        self._filter()
        if not len(plays):
            self.gallery.forget()
        self._tell_bottom()

    def key_ids(self) -> list[str]:
        """Return the key_ids of the drawings in the gallery, newest first."""
        return self.gallery.key_ids

    def look_at(self, place: int) -> None:
        """Go to the drawing at this place of `key_ids`."""
        self.gallery.look_at(place)

    def set_note(self, text: str, bad: bool = False) -> None:
        """Show one sentence on the outcome of the last action; a name that was not taken can be typed again."""
        if text:
            self.note.say(text, "bad" if bad else "good", lasting=bad)
        else:
            self.note.hide()
        self.who.again()

    def shutdown(self) -> None:
        """Load nothing more."""
        self._load = None
        self.gallery.stop()

    # What is shown

    def _filter(self) -> None:
        if self._plays is None or self._load is None:
            return
        asked = self.filter.text().strip().casefold()
        plays = self._plays
        rows = np.flatnonzero(np.ones(len(plays), bool) if plays.drawn is None else plays.drawn)[::-1]
        drawn = len(rows)
        if asked:
            fits = {word for word in set(plays.words) if asked in word.casefold()}
            rows = rows[np.array([word in fits for word in plays.words[rows]], bool)]
        self.count.setText(f"{len(rows):,} of {drawn:,}" if asked else f"{drawn:,}")
        nothing = f"You have not drawn “{self.filter.text().strip()}” yet." if asked else "No drawings yet."
        self.gallery.show_rounds(plays, rows, self._load, nothing)

    def _leave_filter(self) -> None:
        """Clear the filter, or leave it if it is empty."""
        if self.filter.text():
            self.filter.clear()
        else:
            self.gallery.setFocus()

    def _open_time(self, key_id: str) -> None:
        """Open a drawing. A filter that hides it is cleared, so that its neighbours can be reached."""
        if key_id not in self.key_ids():
            self.filter.clear()
        self.opened.emit(key_id)

    def _tell_bottom(self) -> None:
        anything = len(self.who.players) > 1 or (self._plays is not None and len(self._plays) > 0)
        self.bottom.show_player(self.who.name, self.figures.drawings, anything)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back by Escape, and keep unused keys here, where the page would begin a game."""
        if event.key() == Qt.Key.Key_Escape and not event.isAutoRepeat():
            if self.bottom.asking:
                self.bottom.keep()
            elif self.who.editing:
                self.who.leave()
            else:
                self.back.emit()
        elif event.key() not in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)


class Figures(QWidget):
    """The most important numbers, in a line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawings = 0
        self.rounds, self.share = StatTile("played"), StatTile("recognised")
        self.game, self.sprint = StatTile("best game"), StatTile("best sprint")
        self.duels, self.streak = StatTile("duels won"), StatTile("day streak")
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE, SPACE, 3 * SPACE, 2 * SPACE)
        row.setSpacing(4 * SPACE)
        for one in (self.rounds, self.share, self.game, self.sprint, self.duels, self.streak):
            row.addWidget(one)
        row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # so that no number widens the window

    def show_summary(self, one: Summary) -> None:
        """Show these numbers; what was never played has none."""
        self.drawings = one.drawings
        days = f"{one.days:,} {'day' if one.days == 1 else 'days'}"
        self.rounds.set_value(f"{one.rounds:,}", f"{drawings_text(one.drawings)} on {days}")
        half = f", half of them within {one.median_ms / 1000:.1f} s" if one.median_ms == one.median_ms else ""
        likely = f"with 95 % certainty your share lies between {chance(one.low)} and {chance(one.high)}"
        self.share.set_value(
            chance(one.share) if one.rounds else "",
            f"{one.recognised:,} of {one.rounds:,} recognised{half}; {likely}",
        )
        self.game.set_value(
            f"{one.best_game} of {GAME}" if one.best_game else "", "The most words recognised in one game"
        )
        words = f"{one.best_sprint} {'word' if one.best_sprint == 1 else 'words'}"
        self.sprint.set_value(words if one.best_sprint else "", "The most words recognised in 60 seconds")
        self.duels.set_value(f"{one.duels_won} of {one.duels}" if one.duels else "", "Rounds won against the network")
        self.streak.set_value(
            f"{one.streak_days:,}", f"Played without a day's break until now; longest: {one.longest_streak_days:,}"
        )


class PlayerPlots(QScrollArea):
    """The plots, one below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.over_time = OverTime()
        self.best = Lines("Best words", _WORDS, ("0 %", "100 %"))
        self.hardest = Lines("Hardest words", _WORDS, ("0 %", "100 %"))
        self.why = label("Dots: your share. Long lines: too few rounds to be sure.", "small", muted=True)
        self.why.setWordWrap(True)
        self.why.setContentsMargins(SPACE, 0, SPACE, SPACE)
        self.times = Lines("Best times", _TIMES)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, SPACE, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        for one in (self.over_time, self.best, self.hardest, self.why, self.times):
            column.addWidget(one)
        column.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(_NARROWEST)
        self.setMaximumWidth(_WIDEST)

    def show_plays(self, plays: Plays) -> None:
        self.over_time.set_points(*over_time(plays))
        best, hardest = best_and_hardest(by_word(plays), _WORDS)
        self.best.show_lines([word_line(one) for one in best])
        self.hardest.show_lines([word_line(one) for one in hardest])
        self.why.setVisible(bool(best or hardest))
        self.times.show_lines(time_lines(best_times(plays, _TIMES)))
