"""A run as the person at the shell sees it: one line with a small curve, and a line for every best so far."""

from __future__ import annotations

import json
import math
import shutil
import sys
from collections.abc import Sequence
from typing import TextIO

from qdesk.training.wording import duration, figure, listed

BARS = "▁▂▃▄▅▆▇█"


class Console:
    """Shows a run's lines on stderr: as they are on a file or a pipe, as one line rewritten on a terminal.

    It is a `qdesk.training.watcher.Watcher`.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._tty = self._stream.isatty()
        self._kind, self._headline, self._words = "", "", 0
        self._latest: dict = {}
        self._curve: list[float] = []

    def begin(self, kind: str, headline: str, words: int) -> None:
        """Before the first line. headline: the validation figure that is shown, with its curve."""
        self._kind, self._headline, self._words = kind, headline, words

    def show(self, line: dict, best: bool = False) -> None:
        """One line of the log. best: no validation before it was as good, which a terminal keeps in sight."""
        if not self._tty:
            print(json.dumps(line), file=self._stream, flush=True)
            return
        if best:
            figures = dict([pair for pair in line.items() if pair[0].startswith("validation_")][:3])
            self._keep(f"validated at step {line['step']:,}: {listed(figures, self._words)}: the best so far")
        self._latest |= line
        if line.get(self._headline) is not None:
            self._curve.append(line[self._headline])
        self._stream.write(f"\r\x1b[K{self._line(shutil.get_terminal_size().columns - 1)}")
        self._stream.flush()

    def say(self, text: str) -> None:
        """A sentence for people, which stays."""
        self._keep(f"qdesk: {text}")

    def _keep(self, text: str) -> None:
        """A line that stays."""
        self._stream.write(f"\r\x1b[K{text}\n" if self._tty else f"{text}\n")
        self._stream.flush()

    def _line(self, width: int) -> str:
        now = self._latest
        parts = [self._kind, f"step {now['step']:,} of {_about(now['step'] / max(now['done'], 1e-6))}"]
        parts += [f"{100 * now['done']:.0f} %", f"{duration(60 * now['minutes_left'])} left"]
        parts += [figure(name, now[name]) for name in ("loss", self._headline) if now.get(name) is not None]
        text = "  ".join(parts)
        room = width - len(text) - 1
        return f"{text} {sparkline(self._curve, room)}" if room >= 3 else text[:width]


def sparkline(values: Sequence[float], width: int) -> str:
    """A curve in one line of text: `width` bars at most, each the mean of the values that fall on it."""
    count = min(len(values), width)
    edges = [len(values) * k // max(count, 1) for k in range(count + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in zip(edges, edges[1:], strict=False)]
    low, high = min(means, default=0.0), max(means, default=0.0)
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(BARS[round((mean - low) * scale)] for mean in means)


def _about(count: float) -> str:
    """4,963.2 -> "~5,000": two digits that count."""
    return f"~{round(count, 1 - math.floor(math.log10(max(count, 1)))):,.0f}"
