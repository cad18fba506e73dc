"""Show a training run in a terminal: one line with a small curve, and one line for each best validation so far."""

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
    """Shows a run's lines on stderr: as they are in a file or a pipe, as one rewritten line in a terminal.

    It is a `qdesk.training.watcher.Watcher`.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._tty = self._stream.isatty()
        self._kind, self._headline, self._words = "", "", 0
        self._latest: dict = {}
        self._curve: list[float] = []

    def begin(self, kind: str, headline: str, words: int) -> None:
        """Prepare for a run, before its first line. headline: the validation figure that is shown with its curve."""
        self._kind, self._headline, self._words = kind, headline, words

    def show(self, line: dict, best: bool = False) -> None:
        """Show one line of the log. best: whether it is the best validation so far, which a terminal keeps in sight."""
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
        """Print a sentence for people, which stays in sight."""
        self._keep(f"qdesk: {text}")

    def _keep(self, text: str) -> None:
        """Print a line that stays in sight."""
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
    """Draw a curve in one line of text: at most `width` bars, each the mean of the values that fall on it."""
    count = min(len(values), width)
    edges = [len(values) * k // max(count, 1) for k in range(count + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in zip(edges, edges[1:], strict=False)]
    low, high = min(means, default=0.0), max(means, default=0.0)
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(BARS[round((mean - low) * scale)] for mean in means)


def _about(count: float) -> str:
    """Round to two significant digits: 4,963.2 gives "~5,000"."""
    return f"~{round(count, 1 - math.floor(math.log10(max(count, 1)))):,.0f}"
