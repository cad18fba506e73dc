"""Measure what a player feels, in the window itself: `python -m qdesk.bench.play_window` prints it as JSON.

It uses the shipped network, a window that is painted offscreen, and a pen that never rests. The pen makes 125 moves per
second, as a mouse does. A fast pen makes 500, and one draws in zen mode, where all bars move.

guesses_per_s_drawing:      guesses painted per second over all the time that the pen drew
guesses_per_s_worst:        the same in the second with the fewest
shown_ms_p50, _p95:         from the last point that a guess includes until that guess is painted
ink_ms_p50, _p95, _max:     from the moment a move was due to the end of the paint that shows it, waiting included
ink_paints:                 how often ink was painted
frames_dropped:             how many of these paints came over a frame (16.7 ms, 60 Hz) after a move they show first
fast_pen_..., zen_...:      the same for the other pens
memory_kb_per_round:        the slope of the memory held, by least squares, over rounds on all screens of the page
memory_kb_per_round_error:  the standard error of the slope
memory_growth_mb:           the slope times the rounds

Other programs on the machine affect all figures but those of the memory.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from qdesk.bench.machine import ROUNDS, peak_mb
from qdesk.game.history import History
from qdesk.game.modes import GAME, MODES
from qdesk.game.round import monotonic_ms
from qdesk.gui import jobs
from qdesk.gui.play.page import PlayPage
from qdesk.gui.theme import apply_theme
from qdesk.gui.window import MainWindow

PENS = {"": ("game", 125), "fast_pen_": ("game", 500), "zen_": ("zen", 125)}
"""The pens by the prefix of their figures' names: the mode, and the moves per second, a divisor of 1000."""

FRAME_MS = 1000 / 60
STROKE_S = 0.64
SETTLING = 6
"""The first 1 / `SETTLING` of the rounds are not counted, because what is loaded on first use is no growth."""


class Pen(QObject):
    """Draws loops that wander over the canvas, `hz` moves per second.

    A move is due at its time whether or not the window is free, as with a real pen. Moves that have waited come
    together.   ink_ms: how long each move waited for its paint.   paints, late: how often ink was painted, and how
    often more than a frame after a move.   guessed_at: when guesses were painted, s since the pen began.
    """

    def __init__(self, page: PlayPage, mode: str, hz: int) -> None:
        super().__init__()
        self.ink_ms: list[float] = []
        self.guessed_at: list[float] = []
        self.paints = self.late = 0
        self._page, self._mode, self._hz = page, mode, hz
        self._window = page.window()
        self._due: list[float] = []  # moves that are not painted yet
        self._began, self._moves, self._done, self._down = 0.0, 0, 0, False
        self._loop = QEventLoop()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1000 // hz)
        self._timer.timeout.connect(self._move)

    def draw(self, seconds: float) -> dict[str, float]:
        """Draw for so long, in one round after another, and return the figures that the module's docstring explains."""
        self._page.latencies_ms.clear()
        self._window.installEventFilter(self)
        self._page.guessing.guessed.connect(self._guessed)  # called after the page's own slot, which shows the guess
        self._page.play(self._mode)
        self._moves, self._began = round(seconds * self._hz), time.perf_counter()
        self._timer.start()
        self._loop.exec()
        self._page.guessing.guessed.disconnect(self._guessed)
        self._window.removeEventFilter(self)
        self._page.rounds.leave()
        whole = np.array(self.guessed_at, int)
        each = np.bincount(whole[whole < int(seconds)], minlength=int(seconds)) if seconds >= 1 else [len(whole)]
        figures = {"guesses_per_s_drawing": len(whole) / seconds, "guesses_per_s_worst": float(min(each))}
        for name, values in (("shown_ms", list(self._page.latencies_ms)), ("ink_ms", self.ink_ms)):
            figures |= {f"{name}_p{p}": float(np.percentile(values, p)) for p in (50, 95)}
        return figures | {"ink_ms_max": max(self.ink_ms), "ink_paints": self.paints, "frames_dropped": self.late}

    def _guessed(self) -> None:
        self.guessed_at.append(time.perf_counter() - self._began)

    def _move(self) -> None:
        now = time.perf_counter()
        while self._done < self._moves and (due := self._began + self._done / self._hz) <= now + 0.5e-3:
            if self._page.round is None or self._page.round.state.ended:
                self._down = False
                self._page.rounds.leave()
                self._page.play(self._mode)
            if self._down and self._done % round(STROKE_S * self._hz) == 0:
                point(self._page.canvas, QEvent.Type.MouseButtonRelease, self._done / self._hz, due)
                self._down = False
            kind = QEvent.Type.MouseMove if self._down else QEvent.Type.MouseButtonPress
            point(self._page.canvas, kind, self._done / self._hz, due)
            self._down = True
            self._due.append(min(due, now))
            self._done += 1
        if self._done == self._moves:
            self._timer.stop()
            QTimer.singleShot(100, self._loop.quit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Measure the window's paints. In an UpdateRequest all changes are painted and handed to the screen."""
        if event.type() != QEvent.Type.UpdateRequest or not self._due:
            return False
        shown, self._due = self._due, []
        self._window.event(event)
        now = time.perf_counter()
        self.ink_ms += [1000 * (now - due) for due in shown]
        self.paints += 1
        self.late += 1000 * (now - shown[0]) > FRAME_MS
        return True


def point(canvas: QWidget, kind: QEvent.Type, t: float, when: float | None = None) -> None:
    """Send a mouse event where a pen that never rests is after t seconds. when: the time of the event, s."""
    turn, reach = 7.35 * t, 0.1 + 0.15 * (int(t / STROKE_S) % 3)
    x, y = 0.5 + reach * math.cos(turn) + 0.1 * math.sin(1.4 * t), 0.5 + reach * math.sin(turn)
    place = QPointF(int(x * canvas.width()), int(y * canvas.height()))
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    held = none if kind == QEvent.Type.MouseButtonRelease else left
    event = QMouseEvent(kind, place, canvas.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier)
    event.setTimestamp(int(1000 * (time.perf_counter() if when is None else when)))
    QCoreApplication.sendEvent(canvas, event)


# Memory


class Clock:
    """A round's clock, in ms, that can be put ahead to let the time run out."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return monotonic_ms() + self.ahead


def play_rounds(page: PlayPage, clock: Clock, rounds: int) -> list[float]:
    """Play short rounds in all modes, and return the memory held, in MiB, after each of them.

    Each round has a drawing, a guess, and an end: skipped, done, or the time is up. All screens are shown after each
    game.
    """
    modes, held = list(MODES), []
    for number in range(rounds):
        if page.rounds.game is None:
            page.play(modes[number // GAME % len(modes)])
        wait(lambda: not page.sketching.busy)
        for step in range(36):
            kind = QEvent.Type.MouseMove if step % 12 else QEvent.Type.MouseButtonPress
            point(page.canvas, kind, number + step / 20)
            if step % 12 == 11:
                point(page.canvas, QEvent.Type.MouseButtonRelease, number + step / 20)
            live(0.002)
        wait(lambda: page.round is None or bool(page.round.guesses))
        before = page.round
        page.rounds.done()  # ends a round that was recognised, or that has no word
        if number % 3 == 2 and page.round is before and before is not None:
            clock.ahead += before.remaining_ms
            wait(lambda: page.round is not before)  # noqa: B023 (called at once)
        elif page.round is before:
            page.rounds.skip()
        if number % GAME == GAME - 1:
            page.rounds.leave()
            look_around(page)
        held.append(held_mb())
    return held


def look_around(page: PlayPage) -> None:
    """Show the screens at the end of a game: the story of its first drawing, the players, and home."""
    live(0.1)
    page.end_screen.opened.emit(0)
    live(0.5)  # the story is told
    page.home.people.emit()
    live(0.1)
    page.show_home()
    live(0.1)


def live(seconds: float) -> None:
    """Run the event loop for so long. It is a nested loop, in which Qt also deletes what is to be deleted later."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def wait(there: Callable[[], bool], seconds: float = 60.0) -> None:
    """Run the event loop until `there()`. Raises TimeoutError after `seconds`."""
    until = time.perf_counter() + seconds
    while not there():
        if time.perf_counter() > until:
            raise TimeoutError("the window did not come to it")
        live(0.002)


def held_mb() -> float:
    """Return the memory that this process holds now, in MiB; where /proc is missing, the most that it has held."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (OSError, ValueError, IndexError):
        return peak_mb()


def slope(values: Sequence[float]) -> tuple[float, float]:
    """Return how much values grow from one to the next, by least squares, and the standard error of it."""
    x = np.arange(len(values)) - (len(values) - 1) / 2
    y = np.asarray(values) - np.mean(values)
    each = (x @ y) / (x @ x)
    return float(each), math.sqrt(((y - each * x) ** 2).sum() / max(len(y) - 2, 1) / (x @ x))


# All of it


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=18.0, help="that each pen draws")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="for the memory; 0: none")
    args = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    app = QApplication(["qdesk"])
    apply_theme(app)
    with tempfile.TemporaryDirectory() as home:
        os.environ["QDESK_HOME"] = home  # leaves the user's own data alone
        figures = measure_pens(args.seconds)
        if args.rounds:
            figures |= measure_memory(Path(home, "rounds.db"), args.rounds)
        jobs.shutdown()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 0


def measure_pens(seconds: float) -> dict[str, float]:
    """Measure each pen in the window, each in a new game."""
    window = MainWindow("play")
    window.resize(1280, 800)
    window.show()
    page = window.page("play")
    wake(page)
    figures: dict[str, float] = {}
    for name, (mode, hz) in PENS.items():
        figures |= {name + figure: value for figure, value in Pen(page, mode, hz).draw(seconds).items()}
    window.close()
    return figures


def measure_memory(path: Path, rounds: int) -> dict[str, float]:
    """Measure how the memory grows, on a separate page whose clock can be put ahead, with a history on the disk."""
    clock = Clock()
    page = PlayPage(history=History(path), clock=clock, linger_ms=0)
    page.resize(1280, 800)
    page.show()
    page.shown()
    wake(page)
    each, error = slope(play_rounds(page, clock, rounds)[rounds // SETTLING :])
    page.shutdown()
    page.close()
    return {
        "memory_kb_per_round": 1024 * each,
        "memory_kb_per_round_error": 1024 * error,
        "memory_growth_mb": each * (rounds - rounds // SETTLING),
    }


def wake(page: PlayPage) -> None:
    """Wait for the network. Raises RuntimeError where there is none."""
    wait(lambda: page.guessing.awake or page.guessing.blind)
    if not page.guessing.awake:
        raise RuntimeError(page.guessing.trouble)


if __name__ == "__main__":
    sys.exit(main())
