"""The network that ink grows for, in a background thread: a few steps at a time, so that it can be paused."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from qdesk.generate.ink import Aim, Frame, Ink, Reader
from qdesk.gui import jobs

_SPELL_S = 0.1
"""How long the ink grows before it is shown, s: longer than a step takes, and no longer than an eye waits."""


@dataclass(frozen=True)
class Grown:
    """What has grown: the frames since the last time, and whether no flip helps any more."""

    frames: tuple[Frame, ...]
    finished: bool


@dataclass(frozen=True)
class _Spell:
    aim: Aim
    steps: int
    turn: int


class _Grower:
    """The ink that grows at present, for the background thread."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._turn, self._ink = -1, None

    def grow(self, spell: _Spell) -> Grown:
        """Grow for a while, or begin where the spell is of another turn."""
        if self._ink is None or spell.turn != self._turn:
            self._turn, self._ink = spell.turn, Ink(self.reader, spell.aim)
            return Grown((self._ink.frame,), False)
        until = time.monotonic() + _SPELL_S
        frames: list[Frame] = []
        while self._ink.frame.step < spell.steps and (frame := self._ink.grow()):
            frames.append(frame)
            if time.monotonic() > until:
                break
        return Grown(tuple(frames), self._ink.finished or self._ink.frame.step >= spell.steps)

    _ink: Ink | None


def shipped_reader() -> Reader:
    """Return the network that comes with the program, loaded; for the background thread."""
    import torch

    torch.set_num_threads(1)  # of this thread: two would wait for each other where the other core is busy
    reader = Reader()
    reader.channels  # noqa: B018 (loads the network)
    return reader


class InkWorker(QObject):
    """Lets ink grow. Signals: `ready` with the numbers of channels per layer; `grown` with a `Grown`; `failed`."""

    ready = Signal(object)
    grown = Signal(object)
    failed = Signal(str)

    def __init__(self, factory: Callable[[], Reader] = shipped_reader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._factory = factory
        self._worker: jobs.LatestWorker[_Grower] | None = None
        self._channels: list[tuple[int, ...]] = []
        self._turn = 0
        self._aim = Aim()

    def begin(self, aim: Aim) -> None:
        """Put another blob down. What has grown before is over."""
        self._turn, self._aim = self._turn + 1, aim
        self.go_on(0)

    def go_on(self, steps: int) -> None:
        """Grow for a while, up to the step `steps`."""
        if self._worker is None:
            factory, channels = self._factory, self._channels  # not self: the thread must not hold a child of a widget

            def prepare() -> _Grower:
                reader = factory()
                channels.append(reader.channels)
                return _Grower(reader)

            self._worker = jobs.LatestWorker(prepare, _Grower.grow, self, "qdesk-ink")
            self._worker.ready.connect(lambda: self.ready.emit(self._channels[0]))
            self._worker.answered.connect(self._answered)
            self._worker.failed.connect(self.failed)
        self._worker.request(_Spell(self._aim, steps, self._turn))

    def close(self) -> None:
        """End the thread."""
        if self._worker is not None:
            self._worker.close()

    def _answered(self, spell: _Spell, grown: Grown) -> None:
        if spell.turn == self._turn:
            self.grown.emit(grown)
