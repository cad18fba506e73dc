"""What was drawn before: the players, the stories of their drawings, and saving or opening all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from qdesk import paths
from qdesk.game.guess_scheduler import GuessesStrokes
from qdesk.game.history import History, HistoryError
from qdesk.game.record import RoundRecord
from qdesk.game.round_saver import MY_DRAWINGS, RoundSaver
from qdesk.game.stats import best_of
from qdesk.gui import jobs, troubles

if TYPE_CHECKING:
    from qdesk.game.similar_drawings import SimilarDrawings
    from qdesk.gui.play.end import EndScreen
    from qdesk.gui.play.people import PeopleScreen
    from qdesk.gui.play.story import StoryScreen


class Album(QObject):
    """Shows people and stories; both screens are made when first wanted.

    Signals: `wanted` with the screen to show; `player_chosen` with the number of the player whose drawings are kept
    from now on; `play` where a player without a drawing wants to.
    """

    wanted = Signal(object)
    play = Signal()
    player_chosen = Signal(int)

    def __init__(
        self,
        keeper: RoundSaver,
        guesser_factory: Callable[[], GuessesStrokes],
        scorer_factory: Callable[[], Any],
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self.keeper = keeper
        self.player = 1
        self.records: list[RoundRecord] = []  # those of the game played last
        self.story: StoryScreen | None = None
        self.people: PeopleScreen | None = None
        self._page = page
        self._factories = guesser_factory, scorer_factory
        self._told: list[str | RoundRecord] = []  # the drawings whose stories can be told, or their key_ids
        self._at = 0
        self._from: EndScreen | PeopleScreen | None = None  # the screen to go back to
        self._people_from: QWidget | None = None

    @property
    def name(self) -> str:
        """The name of the current player."""
        return next((one.name for one in self._players() if one.id == self.player), "")

    def count(self) -> int:
        """Return how many drawings of the current player are kept."""
        return self._ask(lambda history: history.count(self.player), 0)

    def best(self, mode: str) -> int:
        """Return the most words of the current player that were recognised in one game of this mode, 0 for none."""
        self.keeper.save()
        plays = self._ask(lambda history: history.plays(self.player), None)
        return 0 if plays is None else best_of(plays, mode)

    def shutdown(self) -> None:
        """End the work in the background."""
        troubles.each(*(one.shutdown for one in (self.story, self.people) if one is not None))

    # People

    def _players(self) -> list[Any]:
        return self._ask(lambda history: history.players(), [])

    def _ask(self, question: Callable[[History], Any], otherwise: Any) -> Any:
        """Return what the history answers, or `otherwise` where there is no history or it cannot be read."""
        try:
            return question(self.keeper.history) if self.keeper.history is not None else otherwise
        except HistoryError as error:
            self.keeper.trouble = str(error)
            return otherwise

    def choose(self, player: int) -> None:
        """Make this player the current one, or the first one where there is no such player."""
        known = [one.id for one in self._players()]
        self.player = player if player in known or not known else known[0]
        self.player_chosen.emit(self.player)

    def show_people(self, back_to: QWidget) -> None:
        """Show the current player, the others, and what the current one drew."""
        if self.people is None:
            from qdesk.gui.play.people import PeopleScreen

            self.people = PeopleScreen()
            self.people.back.connect(lambda: self.wanted.emit(self._people_from))
            self.people.play.connect(self.play)
            self.people.player_chosen.connect(self._change_player)
            self.people.player_added.connect(self._add_player)
            self.people.player_renamed.connect(self._rename_player)
            self.people.forget.connect(self._forget)
            self.people.export.connect(lambda: self.ask_where_to_save(self.people))
            self.people.curate.connect(lambda: self.open_in_curate(self.people))
            self.people.opened.connect(self._open_from_people)
            self.people.bottom.copies.restored.connect(lambda done: self._forgotten(done, bad=False))
            self.people.bottom.copies.failed.connect(lambda trouble: self._people.set_note(trouble, bad=True))
        self._people_from = back_to
        self._dress_people()
        self.wanted.emit(self.people)

    @property
    def _people(self) -> PeopleScreen:
        assert self.people is not None  # only the screen that exists by now can ask
        return self.people

    def _change_player(self, player: int) -> None:
        self.choose(player)
        self._dress_people()

    def _dress_people(self) -> None:
        self.keeper.save()
        plays = self._ask(lambda history: history.plays(self.player), None)
        if plays is None or self.keeper.history is None:
            self._people.set_note(self.keeper.trouble, bad=True)
            return
        self._people.set_players(self._players(), self.player)
        self._people.show_history(plays, self.keeper.history.record)

    def _add_player(self, name: str) -> None:
        self._try(lambda history: self.choose(history.add_player(name).id))

    def _rename_player(self, player: int, name: str) -> None:
        self._try(lambda history: history.rename_player(player, name))

    def _forget(self, player: int) -> None:
        """Delete everything about a player in the background, since a large file takes seconds."""
        from qdesk.upkeep.forgetting import forget_player

        if self.keeper.history is None:
            return
        name = next((one.name for one in self._players() if one.id == player), "")
        self.keeper.drop(player)
        path = self.keeper.history.path
        job = jobs.start(lambda _job: forget_player(player, path), self, "qdesk-forget")
        self._people.set_note(f"Everything about {name} is being deleted…")
        job.done.connect(lambda _rounds: self._forgotten(f"Everything about {name} is deleted.", bad=False))
        job.failed.connect(lambda trouble: self._forgotten(trouble, bad=True))

    def _forgotten(self, text: str, bad: bool) -> None:
        self.records = []
        self.choose(self.player)
        self._dress_people()
        self._people.set_note(text, bad)

    def _try(self, do: Callable[[Any], object]) -> None:
        """Change the history, then show it as it is by then, or what went wrong."""
        try:
            if self.keeper.history is not None:
                do(self.keeper.history)
        except (OSError, ValueError) as error:
            self._people.set_note(str(error), bad=True)
        else:
            self._dress_people()

    # Stories

    def show_story(self, back_to: EndScreen, index: int) -> None:
        """Show the story of a drawing of the game played last."""
        self._tell(self.records, index, back_to)

    def _open_from_people(self, key_id: str) -> None:
        keys = self._people.key_ids()
        self._tell(keys, keys.index(key_id), self._people)

    def _tell(self, told: Sequence[str | RoundRecord], index: int, back_to: EndScreen | PeopleScreen) -> None:
        if self.story is None:
            from qdesk.gui.play.story import StoryScreen

            self.story = StoryScreen(*self._factories, self._others)
            self.story.back.connect(self._leave_story)
            self.story.previous.connect(lambda: self._turn(-1))
            self.story.next.connect(lambda: self._turn(1))
            self.story.curate.connect(lambda: self.open_in_curate(self.story))
        self._told, self._at, self._from = list(told), index, back_to
        self._turn(0)
        self.wanted.emit(self.story)

    def _leave_story(self) -> None:
        """Go back, to the drawing that was looked at last."""
        self.wanted.emit(self._from)
        if self._from is not None:
            self._from.look_at(self._at)

    def _turn(self, by: int) -> None:
        """Go to the drawing `by` places further on; nothing happens past either end."""
        at = self._at + by
        if not 0 <= at < len(self._told):
            return
        self._at, one = at, self._told[at]
        record = self._ask(lambda history: history.record(one), None) if isinstance(one, str) else one
        if isinstance(record, RoundRecord) and self.story is not None:
            self.story.set_record(record, place=at, count=len(self._told))

    def _others(self) -> SimilarDrawings | None:
        """Return the drawings that are open in Curate, if they are scored."""
        from qdesk.game.similar_drawings import of_table

        window: Any = self._page.window()
        curate = window.made("curate") if hasattr(window, "made") else None
        table = curate.table if curate is not None else None
        names = [Path(file).name for file in curate.session.files] if curate is not None and table is not None else []
        if table is None or MY_DRAWINGS in names:  # the player's own drawings are no comparison
            return None
        return of_table(table, names[0] if len(names) == 1 else f"{len(names)} files")

    # Where the drawings go

    def ask_where_to_save(self, screen: Any) -> None:
        """Save all drawings of the current player where the user chooses; `screen` shows the outcome."""
        place = str(Path.home() / "my drawings.ndjson")
        chosen, _ = QFileDialog.getSaveFileName(
            self._page, "Save my drawings", place, "Quick, Draw! raw drawings (*.ndjson)"
        )
        if chosen:
            self.save_drawings(Path(chosen), screen)

    def save_drawings(self, path: Path, screen: Any) -> bool:
        """Write every drawing of the current player to `path` as raw ndjson and say so; return whether it worked."""
        keeper = self.keeper
        if keeper.history is None:
            return False
        keeper.save()
        try:
            count = keeper.history.export_raw(path, self.player)
        except (OSError, ValueError) as error:
            screen.set_note(f"Not saved: {error}", bad=True)
            return False
        text = f"{count:,} {'drawing' if count == 1 else 'drawings'} saved in {path}"
        missing = f", but not the last {keeper.unsaved:,}: {keeper.trouble}" if keeper.unsaved else ""
        screen.set_note(text + missing, bad=bool(missing))
        return True

    def open_in_curate(self, screen: Any) -> None:
        """Open all drawings of the current player in Curate."""
        path = paths.user_data() / MY_DRAWINGS
        window: Any = self._page.window()
        if self.save_drawings(path, screen) and hasattr(window, "open_in_curate"):
            screen.set_note("")  # the user need not know where this copy is kept
            window.open_in_curate([str(path)])
