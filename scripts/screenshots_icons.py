"""Screenshots of the icons that the networks draw, for `screenshots.py`."""

from __future__ import annotations

from collections.abc import Callable

from screenshot_tools import settle, wait


def draw_icons(page, shoot: Callable[[str], None]) -> None:
    """Have icons and hieroglyphs drawn, and a wall filled by brute force."""
    page.show_tab("icons")
    tab = page.tab("icons")
    drawn: list[bool] = []
    tab.drawn.connect(lambda: drawn.append(True))
    for kind, name in (("small", "icons"), ("large", "icons-32"), ("hieroglyphs", "hieroglyphs"), ("brute", "brute")):
        drawn.clear()
        tab.kinds.buttons[kind].click()
        if kind == "brute":
            tab.go.click()
        wait(lambda: bool(drawn), f"the {kind} icons")
        settle(0.2)
        shoot(f"draw-{name}")
