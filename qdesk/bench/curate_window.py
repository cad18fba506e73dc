"""Measure what a curator waits for, in the window itself: `python -m qdesk.bench.curate_window FILE` prints JSON.

open_s:          from the call that opens a file, in a window just opened, until its first ranked page is painted
sort_ms_max:     from a new sort until it is shown, the slowest of all columns
filter_ms_max:   from a new filter until it is shown, the slowest of a dozen
blocked_ms_max:  the longest time meanwhile in which the window did not answer
frame_ms_p50/95: the window's work per frame of scrolling: the wheel event, and all that is painted
verdict_ms_p50/95: from the key of a verdict until it is on disk and the next drawing is selected
verdict_shown_ms_p50/95: the same until all of it is painted
many_verdict_s, many_undo_s, many_export_s, many_merge_s: all drawings flagged with one key, that undone, redone and
                 exported with all there is, undone and merged from there
many_blocked_ms_max: the longest time meanwhile in which the window did not answer
peak_mb:         the most memory that the process has held
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

WARM_S = 5.0
LOOK_S = 0.4
SCREENS = 400  # wheel steps
VERDICTS = 200


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--open", action="store_true", help="only open it")
    parser.add_argument(
        "--quick", action="store_true", help="do everything a few times only: figures that mean nothing"
    )
    args = parser.parse_args(arguments)
    from qdesk.bench.machine import peak_mb
    from qdesk.gui import jobs

    app, window = open_window()
    meter = Meter(app, window.page("curate"), args.quick)
    figures = {"open_s": meter.open(args.file)}
    if not args.open:
        for step in (meter.sorts, meter.filters, meter.frames, meter.verdicts):
            figures |= step()
        figures["blocked_ms_max"] = meter.blocked_ms
        figures |= meter.many()
    figures["peak_mb"] = peak_mb()
    meter.wait(lambda: meter.page.idle)
    window.close()
    jobs.shutdown()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 0


def open_window() -> tuple[Any, Any]:
    """Return the program and its window, which shows Curate in 1,280 by 800 pixels. Call it once per process."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from PySide6.QtWidgets import QApplication

    from qdesk.gui.theme import apply_theme
    from qdesk.gui.window import MainWindow

    app = QApplication(["qdesk"])
    apply_theme(app)
    window = MainWindow("curate")
    window.resize(1280, 800)
    window.show()
    return app, window


class Meter:
    """Uses the Curate page as a curator does, and measures the time it takes."""

    def __init__(self, app: Any, page: Any, quick: bool) -> None:
        self.app, self.page = app, page
        self.share = 0.03 if quick else 1.0
        self.blocked_ms = 0.0

    def turn(self) -> None:
        """Run one turn of the event loop, and keep the time of the longest, in which the window does not answer."""
        began = time.perf_counter()
        self.app.processEvents()
        self.blocked_ms = max(self.blocked_ms, 1000 * (time.perf_counter() - began))

    def wait(self, done: Callable[[], bool], seconds: float = 600) -> float:
        """Run the event loop until `done()`, and return the seconds it took. Raises TimeoutError after `seconds`."""
        began = time.perf_counter()
        while not done():
            self.turn()
            time.sleep(0.0005)
            if time.perf_counter() - began > seconds:
                raise TimeoutError("the window took too long")
        return time.perf_counter() - began

    def painted(self) -> bool:
        """Whether the page is ranked, and all it should show is painted."""
        page = self.page
        return page.table is not None and not (page.scoring.running or page.model.busy or page.grid.thumbs.busy)

    def open(self, file: str) -> float:
        until = time.perf_counter() + LOOK_S * 2
        self.wait(lambda: time.perf_counter() > until)  # the time in which a person looks for the file
        began = time.perf_counter()
        self.page.open_files([file])
        self.wait(self.painted)
        seconds = time.perf_counter() - began
        until = time.perf_counter() + WARM_S * self.share
        # Meanwhile the copy for the next opening is written, and the networks are loaded.
        self.wait(lambda: self.page.idle and time.perf_counter() > until)
        self.blocked_ms = 0.0
        return seconds

    def rest(self) -> None:
        """Wait as long as a person looks at what is shown. Drawings that came into sight are painted meanwhile."""
        until = time.perf_counter() + LOOK_S * self.share
        self.wait(lambda: time.perf_counter() > until)

    def sorts(self) -> dict[str, float]:
        from qdesk.curation.view.sorting import SORTS

        slowest = {}
        for name in [*SORTS, "junk"]:
            if name not in ("learned", "unsure", "likeness"):
                self.rest()
                self.page.session.order.rearrange(sort=name)
                slowest[name] = 1000 * self.wait(lambda: not self.page.model.busy)
        return {"sort_ms_max": max(slowest.values())}

    def filters(self) -> dict[str, float]:
        from qdesk.curation.view.filters import Filters
        from qdesk.data.reasons import FLAGS

        table = self.page.table
        word = table.words[0]
        everything = [
            Filters({"verdict": frozenset({""})}),
            Filters({"verdict": frozenset(FLAGS)}),
            Filters({"reason": frozenset({"scribble", "wrong"})}),
            Filters({"word": frozenset({word})}),
            Filters({"recognized": frozenset({"no"})}),
            Filters({"countrycode": frozenset({"US"})}),
            Filters(ranges={"junk": (0.0, np.inf)}),
            Filters(ranges={"loss_per_point": (1.0, 2.0), "lift": (-np.inf, 0.0)}),
            Filters(ranges={"points": (10, 30), "strokes": (1, 3)}),
            Filters(text=word[:3]),
            Filters({"word": frozenset({word}), "recognized": frozenset({"yes"})}, {"p_word": (0.0, 0.5)}, "1"),
            Filters(),
        ]
        slowest = 0.0
        for filters in everything:
            self.rest()
            self.page.session.order.rearrange(filters=filters)
            slowest = max(slowest, 1000 * self.wait(lambda: not self.page.model.busy))
        return {"filter_ms_max": slowest}

    def frames(self) -> dict[str, float]:
        """Turn the wheel once per frame, and measure the window's work between two turns."""
        from PySide6.QtCore import QPoint, QPointF, Qt
        from PySide6.QtGui import QWheelEvent

        grid, spent = self.page.grid, []
        self.wait(self.painted)
        viewport = grid.viewport()
        middle = QPointF(viewport.rect().center())
        for _ in range(round(SCREENS * self.share)):
            event = QWheelEvent(
                middle, viewport.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
            )  # fmt: skip
            next_frame = time.perf_counter() + 1 / 60
            began = time.perf_counter()
            self.app.sendEvent(viewport, event)
            self.turn()
            work = time.perf_counter() - began
            while (rest := next_frame - time.perf_counter()) > 0.001:  # thumbnails come in between two frames
                began = time.perf_counter()
                self.turn()
                work += time.perf_counter() - began
                time.sleep(min(rest, 0.001))
            spent.append(1000 * work)
        p50, p95 = np.percentile(spent, (50, 95))
        return {"frame_ms_p50": float(p50), "frame_ms_p95": float(p95)}

    def verdicts(self) -> dict[str, float]:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        page, done, shown = self.page, [], []
        page.session.sight.go(0)
        self.wait(self.painted)
        for number in range(round(VERDICTS * self.share)):
            key = (Qt.Key.Key_1, Qt.Key.Key_K, Qt.Key.Key_3)[number % 3]
            began = time.perf_counter()
            QTest.keyClick(page.grid, key)
            done.append(1000 * (time.perf_counter() - began))
            self.turn()
            shown.append(1000 * (time.perf_counter() - began))
            self.rest()
        figures: dict[str, float] = {}
        for name, spent in (("verdict_ms", done), ("verdict_shown_ms", shown)):
            figures |= {f"{name}_p{p}": float(np.percentile(spent, p)) for p in (50, 95)}
        return figures

    def many(self) -> dict[str, float]:
        """Judge all drawings at once, as a person who has seen enough does."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        page = self.page
        out = Path(page.session.files[0]).with_name("verdicts.csv")
        self.rest()
        self.blocked_ms = 0.0

        def spent(do: Callable[[], object]) -> float:
            began = time.perf_counter()
            do()
            self.blocked_ms = max(self.blocked_ms, 1000 * (time.perf_counter() - began))
            self.wait(lambda: not page.commands.many.busy)
            seconds = time.perf_counter() - began
            self.wait(self.painted)
            self.rest()
            return seconds

        def flag_all() -> None:
            QTest.keyClick(page.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClick(page.grid, Qt.Key.Key_3)

        figures = {"many_verdict_s": spent(flag_all), "many_undo_s": spent(page.commands.undo)}
        spent(page.commands.redo)
        figures["many_export_s"] = spent(lambda: page.exporting.write("all", out))
        spent(page.commands.undo)
        figures["many_merge_s"] = spent(lambda: page.exporting.merge(out))
        return {**figures, "many_blocked_ms_max": self.blocked_ms}


if __name__ == "__main__":
    sys.exit(main())
