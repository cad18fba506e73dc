"""The network that draws, in a background thread: it begins drawings, and it draws rivals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from qdesk.gui import jobs


def shipped_sketcher() -> Any:
    """Return a `Sketcher` of the networks that come with the program; for the background thread."""
    from qdesk.game.opponent import Sketcher
    from qdesk.gui.play.guessing import compute_on_one_core

    compute_on_one_core()
    return Sketcher()


class OpponentWorker(QObject):
    """Asks the network that draws.

    Signals: `sketched` with the answer to the last query, which is strokes in the 255 box or a `Rival`; `failed` with a
    sentence.
    """

    sketched = Signal(object)
    failed = Signal(str)

    def __init__(self, factory: Callable[[], Any] = shipped_sketcher, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._factory = factory
        self._worker: jobs.LatestWorker | None = None
        self._asked: tuple[str, str, str] | None = None
        self._ready = False
        self._trouble = ""  # why there is no network that draws, and will be none; "" otherwise

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._asked is not None

    def ask(self, network: str, word: str, difficulty: str) -> str:
        """Have a drawing begun, or one drawn against the player, as `Mode.network` says.

        An older question is forgotten. Return why there will be no answer, "" if there will.
        """
        if self._worker is None:
            self._worker = jobs.LatestWorker(self._factory, _sketch, self, "qdesk-sketch")
            self._worker.ready.connect(self._woke)
            self._worker.answered.connect(self._answered)
            self._worker.failed.connect(self._failed)
        if not self._trouble:
            self._asked = network, word, difficulty
            self._worker.request(self._asked)
        return self._trouble

    def forget(self) -> None:
        """Drop the query; its answer is not delivered."""
        self._asked = None

    def close(self) -> None:
        """End the thread."""
        if self._worker is not None:
            self._worker.close()

    def _woke(self) -> None:
        self._ready = True

    def _answered(self, asked: tuple[str, str, str], what: Any) -> None:
        if asked is self._asked:
            self._asked = None
            self.sketched.emit(what)

    def _failed(self, reason: str) -> None:
        self._trouble = "" if self._ready else reason
        if self._asked is not None:
            self._asked = None
            self.failed.emit(reason)


def _sketch(sketcher: Any, asked: tuple[str, str, str]) -> Any:
    network, word, difficulty = asked
    match network:
        case "begins":
            return sketcher.begin(word)
        case "opposes":
            return sketcher.rival(word, difficulty)
    raise ValueError(f"nothing is drawn where the network {network}")
