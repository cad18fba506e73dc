"""The screenshots of Explore: the map of the starter set, near and searched in; and of a word's page."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from screenshot_tools import LEFT, PLAIN, settle, wait

from qdesk import paths


def explore_and_look(window: Any, shoot: Callable[[str], None], dark: bool) -> None:
    """Open the starter set, unless it is open, and take screenshots of the map and of a word's page."""
    if window.open_set.table is None:
        window.open_in_curate([str(paths.asset("starter.ndjson.gz"))])
    window.show_page("explore")
    page = window.page("explore")
    page.show_tab("map")
    tab = page.tab("map")
    wait(lambda: tab.maker.finished and tab.surface is not None and tab.surface.picture is not None, "the map", 600)
    settle(1.5)
    shoot("explore-map")
    if not dark:
        look_near(tab, shoot)
    page.show_tab("words")
    words = page.tab("words")
    words.words.choose("flower" if dark else "snowman")
    wait(lambda: words.idle and words.view.page is not None, "the page of a word", 600)
    settle(8)  # until the film is over
    if dark:
        words.view.verticalScrollBar().setValue(words.view.verticalScrollBar().maximum() // 2)
    shoot("explore-words")


def look_near(tab: Any, shoot: Callable[[str], None]) -> None:
    """Zoom in, and draw a mushroom to find."""
    names = {name.text: box for name, box in tab.surface.names_in_view(tab.surface.area)}
    tab.surface.zoom(4.5, (names.get("flower") or next(iter(names.values()))).center())
    settle(1.5)
    shoot("explore-map-near")
    tab.surface.look_at(None)
    tab.head.find_button.click()
    settle(0.3)
    for stroke in mushroom():
        QTest.mousePress(tab.finder.canvas, LEFT, PLAIN, stroke[0])
        for place in stroke[1:]:
            QTest.mouseMove(tab.finder.canvas, place)
        QTest.mouseRelease(tab.finder.canvas, LEFT, PLAIN, stroke[-1])
    wait(lambda: tab.choosing.count > 0, "what is like a mushroom")
    settle(1.5)
    shoot("explore-map-find")
    tab.finder.leave()


def mushroom() -> list[list[QPoint]]:
    """Return the strokes of a mushroom: a cap, a stem, three dots."""

    def arc(first: float, last: float, down: float, high: float) -> list[QPoint]:
        turns = [first + (last - first) * step / 20 for step in range(21)]
        return [QPoint(round(128 + 78 * math.cos(turn)), round(down - high * math.sin(turn))) for turn in turns]

    cap = [*arc(math.pi, 0, 86, 58), *arc(0, -math.pi, 88, 10)]
    stem = [QPoint(*at) for at in ((108, 98), (110, 130), (102, 166), (120, 172), (146, 172), (158, 164), (150, 98))]
    around = ((0, 0), (9, -3), (12, 6), (3, 9), (0, 0))
    dots = [[QPoint(x + right, y + down) for right, down in around] for x, y in ((98, 62), (132, 48), (164, 64))]
    return [cap, stem, *dots]
