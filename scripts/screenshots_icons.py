"""Screenshots of the icons that the networks draw, for `screenshots.py`."""

from __future__ import annotations

from collections.abc import Callable

from screenshot_tools import settle, wait

LIGHT = {"large": "draw-icons-large", "hieroglyphs": "draw-hieroglyphs", "brute": "draw-brute"}
DARK = {"small": "draw-icons"}
"""The kinds of icons that are shown in each theme, and the names of their pictures."""


def draw_icons(page, shoot: Callable[[str], None], dark: bool) -> None:
    """Have icons drawn, or hieroglyphs, and a wall filled by brute force."""
    page.show_tab("icons")
    tab = page.tab("icons")
    drawn: list[object] = []
    tab.drawn.connect(lambda: drawn.append(tab.kinds.choice))
    for kind, name in (DARK if dark else LIGHT).items():
        tab.kinds.buttons[kind].click()
        if kind == "brute":
            tab.panel.go.click()
        wait(lambda kind=kind: kind in drawn and bool(tab.icons()), f"the {kind} icons", 600)
        settle(0.2)
        shoot(name)
