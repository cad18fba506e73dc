"""The screenshots of Explore: the map of the starter set, from afar and from near."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from screenshot_tools import settle, wait

from qdesk import paths


def explore_and_look(window: Any, shoot: Callable[[str], None], dark: bool) -> None:
    """Open the starter set, unless it is open, and take screenshots of the map; in the dark only from afar."""
    if window.open_set.table is None:
        window.open_in_curate([str(paths.asset("starter.ndjson.gz"))])
    window.show_page("explore")
    page = window.page("explore")
    page.show_tab("map")
    tab = page.tab("map")
    wait(lambda: tab.maker.finished and tab.surface is not None and tab.surface.picture is not None, "the map", 600)
    settle(1.5)
    shoot("explore-map")
    if dark:
        return
    names = {name.text: box for name, box in tab.surface.names_in_view(tab.surface.area)}
    tab.surface.zoom(4.5, (names.get("flower") or next(iter(names.values()))).center())
    settle(1.5)
    shoot("explore-map-near")
