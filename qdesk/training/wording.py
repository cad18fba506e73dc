"""Writing the figures and times of a run as text."""

from __future__ import annotations

import re


def listed(figures: dict[str, float], words: int, count: int = 0) -> str:
    """Return figures as `figure` writes them, with commas, without those that cannot fail (the top 3 of two words)."""
    tops = {name: re.search(r"top(\d+)", name) for name in figures}
    return ", ".join(figure(name, figures[name], count) for name, top in tops.items() if not top or int(top[1]) < words)


def figure(name: str, value: float, count: int = 0) -> str:
    """Return a figure as text: `validation_top1`, 0.713 -> "top-1 71.3 %", and with a count "... (713 of 1,000)"."""
    name = name.removeprefix("validation_").replace("_", " ")
    if top := re.fullmatch(r"top(\d+)(.*)", name):
        of = f" ({round(value * count):,} of {count:,})" if count else ""
        return f"top-{top[1]}{top[2]} {100 * value:.1f} %{of}"
    return f"{name} {value:.4g}"


def duration(seconds: float) -> str:
    """Return a duration as text: 62 -> "1 min 2 s"; from an hour on in hours and minutes."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"
