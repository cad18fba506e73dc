"""Saving rounds without stopping the game: where the file is broken, locked or full, rounds wait to be written."""

from __future__ import annotations

from contextlib import suppress

from qdesk.game.history import History, HistoryError, NoSuchPlayer
from qdesk.game.record import RoundRecord

MY_DRAWINGS = "my drawings.ndjson"
"""Name of the copy of the player's drawings that Curate opens, in the user's own folder."""

_LAST_WAIT_S = 1.5  # for another program's lock when the game closes: longer, since no round is being played then


class RoundSaver:
    """Keeps rounds in `history` (by default the user's own).

    history: None where it cannot be opened. trouble: why something is not written, a sentence for people; "" if all is.
    """

    def __init__(self, history: History | None = None) -> None:
        self.history = history
        self.trouble = ""
        self._closed = False
        self._unsaved: list[tuple[RoundRecord, int]] = []
        self._open()

    def _open(self) -> bool:
        """Open the history where it is not open, and return whether it is."""
        try:
            self.history = self.history or History()
        except OSError as error:
            self.trouble = f"Your drawings cannot be saved: {error}"
        return self.history is not None

    @property
    def unsaved(self) -> int:
        """How many rounds are not written yet."""
        return len(self._unsaved)

    def add(self, record: RoundRecord, player: int) -> None:
        """Save a round at once. A round without a point is not kept.

        Where the history could not be opened, that is tried again.
        """
        if record.points and not self._closed:
            self._unsaved.append((record, player))
            self.save()

    def save(self) -> None:
        """Write what is not written yet. What fails, because of a lock for example, is tried with the next round."""
        if not self._closed and (not self._unsaved or self._open()):
            self._write()

    def _write(self) -> None:
        try:
            while self._unsaved and self.history is not None:
                with suppress(NoSuchPlayer):  # deleted meanwhile, so there is nothing to keep
                    self.history.add(*self._unsaved[0])
                del self._unsaved[0]
                self.trouble = ""
        except HistoryError as error:
            self.trouble = f"{error} It is tried again after the next round."

    def drop(self, player: int) -> None:
        """Discard what is not written yet of a player who is about to be deleted."""
        self._unsaved = [(record, of) for record, of in self._unsaved if of != player]

    def close(self) -> None:
        """Write what is left, and close the file."""
        if self._unsaved and self.history is None:
            self._open()
        self._closed = True
        if self.history is not None:
            if self._unsaved:
                self.history.wait_longer(_LAST_WAIT_S)
                self._write()
            self.history.close()
            self.history = None
