"""Measure what looking around on a map takes, in the tab itself: `python -m qdesk.bench.map_window COUNT` prints JSON.

map_frame_ms_p50/95:   the window's work per frame of moving and zooming: the event, and all that is painted
map_frame_cpu_ms_p95:  the same in CPU time of the window's thread, which other programs change less
map_picture_ms_p50:    from a new view until its picture is painted, in the background
map_open_s:            from scored drawings, whose map is known, until the map is painted
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from typing import Any

import numpy as np

FRAMES = 240
CLUSTERS = 345


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("--frames", type=int, default=FRAMES)
    args = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from PySide6.QtWidgets import QApplication

    from qdesk.gui import jobs
    from qdesk.gui.explore.map_tab import MapTab
    from qdesk.gui.kit.open_set import OpenSet
    from qdesk.gui.theme import apply_theme

    app = QApplication(["qdesk"])
    apply_theme(app)
    open_set, tab = OpenSet(), MapTab()
    tab.resize(1280, 700)
    tab.use(open_set)
    open_set.put(known_map(args.count))
    began = time.perf_counter()
    tab.show()
    tab.shown()
    _wait(app, lambda: tab.maker.finished and tab.surface is not None and _fresh(tab))
    figures = {"map_open_s": time.perf_counter() - began, **frames(app, tab, args.frames)}
    tab.shutdown()
    jobs.shutdown()
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 0


def known_map(count: int) -> Any:
    """Return a table of `count` scored drawings, whose map, of `CLUSTERS` clusters, is kept in the cache."""
    from qdesk.bench.machine import random_walks
    from qdesk.curation.view.table import Table
    from qdesk.explore.drawing_map import FITTED, DrawingMap
    from qdesk.explore.map_cache import MapCache, map_key
    from qdesk.explore.map_colours import recoded

    random = np.random.default_rng(0)
    base = random_walks(min(count, 5_000))
    drawings = base.take(np.resize(np.arange(len(base)), count))
    table = Table(drawings, drawings.table["key_id"])
    cluster = table.words.codes.astype(np.int64) % CLUSTERS
    middles = random.uniform(-1, 1, (CLUSTERS, 2))
    positions = (middles[cluster] + random.normal(0, 0.02, (count, 2))).clip(-1, 1).astype(np.float32)
    columns = {name: random.normal(0, 2, count) for name in ("junk", "p_word", "loss_per_point", "lift")}
    columns |= {"reason": random.choice(np.array(["", "", "", "", "scribble"], object), count)}
    columns |= {
        "top_guess": np.full(count, "cat", object),
        "embedding": random.integers(-127, 127, (count, 64), np.int8),
    }
    table.add_scores(np.arange(count), columns)
    assert table.embeddings is not None
    key = map_key(table.embeddings, table.scored, recoded(*table.words.read())[0])
    MapCache().keep(key, DrawingMap(positions, np.arange(min(count, FITTED))))
    return table


def frames(app: Any, tab: Any, count: int) -> dict[str, float]:
    """Zoom in and out and move about, one step per frame, and measure the window's work between two steps."""
    surface, spent, used, fresh = tab.surface, [], [], []
    for number in range(count):
        phase = number % 40
        next_frame, began, cpu = time.perf_counter() + 1 / 60, time.perf_counter(), time.thread_time()
        if phase == 0:
            surface.look_at(None)
        elif phase < 18:
            surface.zoom(1.25)
        else:
            surface.pan(0.03 if phase % 2 else -0.02, 0.02)
        app.processEvents()
        work = time.perf_counter() - began
        while (rest := next_frame - time.perf_counter()) > 0.001:  # new pictures come in between two frames
            began = time.perf_counter()
            app.processEvents()
            work += time.perf_counter() - began
            time.sleep(min(rest, 0.001))
        spent.append(1000 * work)
        used.append(1000 * (time.thread_time() - cpu))
        if phase in (10, 25, 39):
            began = time.perf_counter()
            surface.zoom(1.01)
            _wait(app, lambda: _fresh(tab))
            fresh.append(1000 * (time.perf_counter() - began))
    p50, p95 = np.percentile(spent, (50, 95))
    return {
        "map_frame_ms_p50": float(p50),
        "map_frame_ms_p95": float(p95),
        "map_frame_cpu_ms_p95": float(np.percentile(used, 95)),
        "map_picture_ms_p50": float(np.median(fresh)) if fresh else float("nan"),
    }


def _fresh(tab: Any) -> bool:
    """Whether the picture shown is of what is in view."""
    picture = tab.surface.picture
    return picture is not None and not tab._soon.isActive() and picture.scene.view == tab.surface.view


def _wait(app: Any, done: Any, seconds: float = 600) -> None:
    until = time.perf_counter() + seconds
    while not done():
        app.processEvents()
        time.sleep(0.0005)
        if time.perf_counter() > until:
            raise TimeoutError("the map took too long")


if __name__ == "__main__":
    sys.exit(main())
