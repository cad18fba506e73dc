"""The history as a game needs it: a file that is broken, locked or full must not stop the game, nor lose a drawing."""

from __future__ import annotations

from contextlib import suppress

from qdesk.game.history import History, HistoryError, NoSuchPlayer
from qdesk.game.record import RoundRecord

MY_DRAWINGS = "my drawings.ndjson"
"""In the user's own folder: the copy that Curate opens."""

_LAST_WAIT_S = 1.5  # for another program that keeps the history locked, when nothing waits for it any more


class RoundSaver:
    """Keeps rounds in `history` (the user's own by default), None where it cannot be opened. trouble: why something is
    not written, a sentence for people; "" if all is.
    """

    def __init__(self, history: History | None = None) -> None:
        self.history: History | None = None
        self.trouble = ""
        self._unsaved: list[tuple[RoundRecord, int]] = []
        try:
            self.history = history or History()
        except OSError as error:
            self.trouble = f"Your drawings cannot be saved: {error}"

    @property
    def unsaved(self) -> int:
        """How many rounds are not written yet."""
        return len(self._unsaved)

    def add(self, record: RoundRecord, player: int) -> None:
        """Save a round at once. One without a point is not worth a place in the history."""
        if self.history is not None and record.points:
            self._unsaved.append((record, player))
            self.save()

    def save(self) -> None:
        """Write what is not written yet. What fails, as while another program writes, is tried with the next round."""
        try:
            while self._unsaved and self.history is not None:
                with suppress(NoSuchPlayer):  # who was forgotten meanwhile leaves no drawings
                    self.history.add(*self._unsaved[0])
                del self._unsaved[0]
                self.trouble = ""
        except HistoryError as error:
            self.trouble = f"{error} It is tried again after the next round."

    def drop(self, player: int) -> None:
        """Somebody is to be forgotten: what is not written yet of theirs never will be."""
        self._unsaved = [(record, of) for record, of in self._unsaved if of != player]

    def close(self) -> None:
        """Write what is left, and close the file."""
        if self.history is not None:
            if self._unsaved:
                self.history.wait_longer(_LAST_WAIT_S)
                self.save()
            self.history.close()
            self.history = None
