"""Work for a day in the window itself, in minutes: `python -m qdesk.bench.day_window FILE...` prints JSON.

Each hour opens a file, sorts and filters it, gives and undoes verdicts, exports them, plays a game, and follows an
experiment whose log grows as a training writes it. No time passes between two steps.

memory_mb_hour_01, ...:  the memory that the process holds after each hour, MiB
memory_growth_percent:   the slope of the memory, by least squares, over the hours after the first few, times their
                         number, of what was held at first
..._ms_early, ..._late:  the CPU time of a step (both threads and window), the median of the early and of the late hours
..._ratio:               late over early
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest

from qdesk.bench.curate_window import Meter, open_window
from qdesk.bench.day import HOURS
from qdesk.bench.play_window import held_mb, live, point, slope, wait, wake
from qdesk.gui import jobs
from qdesk.gui.lab import runs
from qdesk.gui.window import MainWindow
from qdesk.training import log

SETTLING = 4
"""The first 1 / `SETTLING` of the hours are not counted, because what is loaded on first use is no growth."""

VERDICTS, UNDONE = 250, 40
SORTS = ("loss", "lift", "p_word", "points", "word", "junk")
ROUNDS = 6
STEPS_LOGGED = 40


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="+")
    parser.add_argument("--hours", type=int, default=HOURS)
    args = parser.parse_args(arguments)
    app, window = open_window()
    day = Day(app, window, args.files)
    for hour in range(args.hours):
        day.hour(hour)
    figures = day.figures()
    wait(lambda: window.page("curate").idle)
    window.close()
    jobs.shutdown()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 0


class Day:
    """Uses all pages of the window, and notes what each step costs and what is held after each hour."""

    def __init__(self, app: Any, window: MainWindow, files: list[str]) -> None:
        self.app, self.window, self.files = app, window, files
        self.page = window.page("curate")
        self.meter = Meter(app, self.page, quick=True)
        self.held: list[float] = []
        self.spent: dict[str, list[float]] = {}

    def hour(self, number: int) -> None:
        """Do each step once."""
        self._step("open", lambda: self._open(number))
        self._step("sort", self._sort)
        self._step("filter", self._filter)
        self._step("verdicts", self._judge)
        self._step("undo", self._undo)
        self._step("export", self._export)
        self._step("game", self._play)
        self._step("experiment", lambda: self._experiment(number))
        gc.collect()
        self.held.append(held_mb())

    def _step(self, name: str, do: Callable[[], object]) -> None:
        began = time.process_time()
        do()
        self.spent.setdefault(name, []).append(1000 * (time.process_time() - began))

    def _open(self, number: int) -> None:
        self.window.open_in_curate([self.files[number % len(self.files)]])
        self.meter.wait(self.meter.painted)
        self.meter.wait(lambda: self.page.idle)

    def _sort(self) -> None:
        for name in SORTS:
            self.page.session.order.rearrange(sort=name)
            self.meter.wait(self.meter.painted)

    def _filter(self) -> None:
        from qdesk.curation.view.filters import Filters
        from qdesk.data.reasons import FLAGS

        table = self.page.table
        for filters in (Filters({"verdict": frozenset(FLAGS)}), Filters(text=table.words[0][:3]), Filters()):
            self.page.session.order.rearrange(filters=filters)
            self.meter.wait(self.meter.painted)

    def _judge(self) -> None:
        grid = self.page.grid
        self.page.session.sight.go(0)
        for number in range(VERDICTS):
            QTest.keyClick(grid, (Qt.Key.Key_1, Qt.Key.Key_K, Qt.Key.Key_3)[number % 3])
            self.meter.turn()
        self.meter.wait(self.meter.painted)

    def _undo(self) -> None:
        for _ in range(UNDONE):
            self.page.commands.undo()
            self.meter.turn()

    def _export(self) -> None:
        self.page.exporting.write("all", Path(self.files[0]).with_name("verdicts.csv"))
        self.meter.wait(lambda: not self.page.exporting.running)

    def _play(self) -> None:
        self.window.show_page("play")
        page = self.window.page("play")
        wake(page)
        page.play("game")
        for number in range(ROUNDS):
            wait(lambda: not page.sketching.busy)
            for step in range(24):
                kind = QEvent.Type.MouseMove if step % 12 else QEvent.Type.MouseButtonPress
                point(page.canvas, kind, number + step / 20)
                if step % 12 == 11:
                    point(page.canvas, QEvent.Type.MouseButtonRelease, number + step / 20)
            wait(lambda: page.round is None or bool(page.round.guesses))
            before = page.round
            page.rounds.skip()
            wait(lambda: page.round is not before)  # noqa: B023 (called at once)
        page.rounds.leave()
        live(0.05)
        page.show_home()
        self.window.show_page("curate")

    def _experiment(self, number: int) -> None:
        """Follow an experiment from its first line to its last. The ten before it are kept."""
        out = runs.folder() / f"day{number % 10}{runs.ENDING}"
        self.window.show_page("lab")
        page = self.window.page("lab")
        wait(lambda: page._read)
        writer = log.Writer(log.path_of(out))
        about = {"words": ["cat", "dog"], "train": 540, "validation": 30, "test": 31, "parameters": 1000}
        options = {"seed": 0, "batch": 32, "rate": 0.002, "epochs": None, "minutes": 10.0, "data": ["/drawings"]}
        began = f"2026-01-01T{number % 24:02}:00:00+00:00"
        writer.write(
            {"run": "classifier", "out": str(out), "began": began, "pid": os.getpid(), "resumed": False, "step": 0}
            | {**about, "options": options}
        )
        for step in range(1, STEPS_LOGGED + 1):
            share = step / STEPS_LOGGED
            figures = {"loss": 3 - share, "rate": 0.002, "validation_loss": 2.5 - share, "validation_top1": share}
            about_time = {"seconds": float(step), "done": share, "minutes_left": 0.0, "epoch": share}
            writer.write({"step": step, **about_time, **figures})
            page.look()
            page.choose(page.runs[out])
            self.meter.turn()
        writer.close()
        self.window.show_page("curate")

    def figures(self) -> dict[str, float]:
        """Return the figures that the module's docstring explains."""
        named = {f"memory_mb_hour_{hour:02}": mb for hour, mb in enumerate(self.held, 1)}
        counted = self.held[len(self.held) // SETTLING :]
        each, _ = slope(counted) if len(counted) > 2 else (0.0, 0.0)
        named["memory_growth_percent"] = 100 * each * (len(counted) - 1) / counted[0]
        for name, spent in self.spent.items():
            after = spent[len(spent) // SETTLING :]
            half = max(len(after) // 2, 1)
            early, late = float(np.median(after[:half])), float(np.median(after[-half:]))
            named |= {f"{name}_ms_early": early, f"{name}_ms_late": late, f"{name}_ratio": late / max(early, 0.001)}
        return named


if __name__ == "__main__":
    sys.exit(main())
