"""Measure how soon each page and tab is there: `python -m qdesk.bench.pages_window` prints JSON.

first_paint_PAGE_ms, first_paint_PAGE_TAB_ms: from the click until it is painted for the first time, in a window in
                                              which the starter set is open and scored
first_paint_ms_max:                           the slowest of them
first_paint_cpu_ms_max:                       the same in CPU time of the window's thread, which other programs change
                                              less
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from qdesk import paths
from qdesk.bench.curate_window import open_window


def main() -> int:
    from qdesk.gui import jobs
    from qdesk.gui.kit.tabs import TabbedPage
    from qdesk.gui.window import PAGES

    app, window = open_window()
    curate = window.page("curate")
    curate.open_files([str(paths.asset("starter.ndjson.gz"))])
    _wait(app, lambda: curate.table is not None and bool(curate.table.scored.all()) and curate.idle)
    wall: dict[str, float] = {}
    cpu: dict[str, float] = {}

    def measure(name: str, show: Callable[[], object], widget: Callable[[], Any]) -> None:
        began, used = time.perf_counter(), time.thread_time()
        show()
        app.processEvents()
        widget().repaint()
        app.processEvents()
        wall[f"first_paint_{name}_ms"] = 1000 * (time.perf_counter() - began)
        cpu[name] = 1000 * (time.thread_time() - used)

    for name, *_ in PAGES:
        if name == "curate":
            continue
        measure(name, partial(window.show_page, name), partial(window.page, name))
        page = window.page(name)
        if isinstance(page, TabbedPage):
            for tab in list(page.choices.buttons)[1:]:  # the first one came with its page
                measure(f"{name}_{tab}", partial(page.show_tab, tab), partial(page.tab, tab))
    window.close()
    jobs.shutdown()
    figures = {**wall, "first_paint_ms_max": max(wall.values()), "first_paint_cpu_ms_max": max(cpu.values())}
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 0


def _wait(app: Any, done: Callable[[], bool], seconds: float = 600) -> None:
    until = time.perf_counter() + seconds
    while not done():
        app.processEvents()
        time.sleep(0.0005)
        if time.perf_counter() > until:
            raise TimeoutError("the window took too long")


if __name__ == "__main__":
    sys.exit(main())
