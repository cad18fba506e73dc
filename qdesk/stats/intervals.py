"""Figures with their intervals, tables of them, and documents whose tables a command rewrites."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qdesk.files import atomic_write

RESAMPLES = 300
_Z = 1.959964  # two-sided 95 % of the normal distribution
_PLACE = re.compile(r"^<!-- (?P<name>[^\n]+?) -->\n(?P<text>.*?)^<!-- end of (?P=name) -->$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Estimate:
    """One number with its bootstrap interval (percentiles 2.5 and 97.5 of the figure over resamples)."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: np.ndarray) -> Estimate:
        """Make one from values (1 + resamples,): the number itself, then its value in every resample."""
        return cls(float(values[0]), *np.percentile(values[1:], (2.5, 97.5)).tolist())

    def written(self, decimals: int = 3) -> str:
        """Return the number with its interval, as "0.981 (0.977 to 0.985)"."""
        value, low, high = (f"{number:.{decimals}f}" for number in (self.value, self.low, self.high))
        return f"{value} ({low} to {high})"


@dataclass(frozen=True)
class EstimateTable:
    """Figures by row and column. note: what they measure, in a few sentences.   decimals: how many are written."""

    note: str
    rows: dict[str, dict[str, Estimate]]
    decimals: int = 3


def resampled(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return float32 (1 + RESAMPLES, N) weights: all 1 first, then each group (N,) drawn again from itself."""
    weights = np.ones((1 + RESAMPLES, len(groups)), np.float32)
    for group in dict.fromkeys(groups):
        rows = np.flatnonzero(groups == group)
        weights[1:, rows] = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), RESAMPLES)
    return weights


def wilson(hits: np.ndarray | float, count: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % interval of a share, by Wilson's score (1927); 0 to 1 where `count` is 0."""
    hits, count = np.asarray(hits, np.float64), np.asarray(count, np.float64)
    middle = (hits + _Z**2 / 2) / (count + _Z**2)
    half = _Z / (count + _Z**2) * np.sqrt(hits * (count - hits) / np.maximum(count, 1) + _Z**2 / 4)
    return np.maximum(middle - half, 0), np.minimum(middle + half, 1)


def markdown(tables: Mapping[str, EstimateTable]) -> str:
    """Return the tables as Markdown that also reads well on a console."""
    lines = ["In brackets: 95 % of the resamples, drawings drawn again (for a mean over words, words).", ""]
    for title, table in tables.items():
        columns = list(dict.fromkeys(name for row in table.rows.values() for name in row))
        grid = [["", *columns]]
        for name, row in table.rows.items():
            cells = (row.get(column, "") for column in columns)
            grid.append([name, *(_cell(cell, table.decimals) for cell in cells)])
        lines += [f"**{title}**", "", *textwrap.wrap(table.note.replace(" %", "\u00a0%"), 120), ""]
        lines += [*grid_lines(grid), ""]
    return "\n".join(lines)


def _cell(cell: Estimate | object, decimals: int) -> str:
    return cell.written(decimals) if isinstance(cell, Estimate) else str(cell)


def grid_lines(grid: list[list[str]]) -> list[str]:
    """Return the lines of a Markdown table with aligned columns. The first row of `grid` is its head."""
    widths = [max(map(len, cells)) for cells in zip(*grid, strict=True)]
    lines = [grid[0], ["-" * width for width in widths], *grid[1:]]
    return [f"| {' | '.join(map(str.ljust, cells, widths))} |" for cells in lines]


def flat(tables: Mapping[str, EstimateTable]) -> dict[str, float]:
    """Return the tables flat for JSON, rounded to 4 decimals: "table: row: column", also with (low) and (high)."""
    numbers: dict[str, float] = {}
    for title, table in tables.items():
        for row, cells in table.rows.items():
            for column, figure in cells.items():
                name = f"{title}: {row}: {column}"
                numbers |= {name: figure.value, f"{name} (low)": figure.low, f"{name} (high)": figure.high}
    return {name: round(value, 4) for name, value in numbers.items()}


def rewrite(path: Path, text: str, place: str = "figures") -> None:
    """Put `text` between the lines `<!-- figures -->` and `<!-- end of figures -->` of a Markdown file.

    place: the name in the marks, for files with several: `<!-- NAME -->` and `<!-- end of NAME -->`.
    Raises ValueError where the file has no such lines, OSError where it cannot be read or written.
    """
    name = re.escape(place)
    pattern = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end of {name} -->)", re.DOTALL)
    whole, found = pattern.subn(lambda _: f"\n{text.strip()}\n\n", path.read_text(encoding="utf-8"))
    if not found:
        raise ValueError(f"{path} has no place for {place}")
    with atomic_write(path) as part:
        part.write_text(whole, encoding="utf-8")


def places(text: str) -> dict[str, str]:
    """Return the text between each pair of marks in a Markdown text, by the place's name. See `rewrite`."""
    return {found["name"]: found["text"] for found in _PLACE.finditer(text)}
