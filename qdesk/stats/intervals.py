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
        """From values (1 + resamples,): the number itself, then what it is in every resample."""
        return cls(float(values[0]), *np.percentile(values[1:], (2.5, 97.5)).tolist())

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True)
class EstimateTable:
    """Figures by row and column. note: what they are of, in a few sentences."""

    note: str
    rows: dict[str, dict[str, Estimate]]


def resampled(groups: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """float32 (1 + RESAMPLES, N) weights: in each resample every group (N,) is drawn again from itself."""
    weights = np.ones((1 + RESAMPLES, len(groups)), np.float32)
    for group in dict.fromkeys(groups):
        rows = np.flatnonzero(groups == group)
        weights[1:, rows] = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), RESAMPLES)
    return weights


def wilson(hits: np.ndarray | float, count: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of a share, by Wilson's score (1927); 0 to 1 where `count` is 0: nothing is known."""
    hits, count = np.asarray(hits, np.float64), np.asarray(count, np.float64)
    middle = (hits + _Z**2 / 2) / (count + _Z**2)
    half = _Z / (count + _Z**2) * np.sqrt(hits * (count - hits) / np.maximum(count, 1) + _Z**2 / 4)
    return np.maximum(middle - half, 0), np.minimum(middle + half, 1)


def markdown(tables: Mapping[str, EstimateTable]) -> str:
    """The tables as Markdown that also reads well on a console."""
    lines = ["In brackets: 95 % of the resamples, drawings drawn again (for a mean over words, words).", ""]
    for title, table in tables.items():
        columns = list(dict.fromkeys(name for row in table.rows.values() for name in row))
        grid = [
            ["", *columns],
            *([name, *(str(row.get(column, "")) for column in columns)] for name, row in table.rows.items()),
        ]
        lines += [f"**{title}**", "", *textwrap.wrap(table.note.replace(" %", "\u00a0%"), 120), ""]
        lines += [*grid_lines(grid), ""]
    return "\n".join(lines)


def grid_lines(grid: list[list[str]]) -> list[str]:
    """A Markdown table of cells, the first row its head, with columns that stand straight."""
    widths = [max(map(len, cells)) for cells in zip(*grid, strict=True)]
    lines = [grid[0], ["-" * width for width in widths], *grid[1:]]
    return [f"| {' | '.join(map(str.ljust, cells, widths))} |" for cells in lines]


def flat(tables: Mapping[str, EstimateTable]) -> dict[str, float]:
    """The tables as one flat object for JSON, rounded: "table: row: column", and the same with (low) and (high)."""
    numbers: dict[str, float] = {}
    for title, table in tables.items():
        for row, cells in table.rows.items():
            for column, figure in cells.items():
                name = f"{title}: {row}: {column}"
                numbers |= {name: figure.value, f"{name} (low)": figure.low, f"{name} (high)": figure.high}
    return {name: round(value, 4) for name, value in numbers.items()}


def rewrite(path: Path, text: str, place: str = "figures") -> None:
    """Put `text` between the lines `<!-- figures -->` and `<!-- end of figures -->` of a Markdown file.

    place: another name than "figures", for files with several: `<!-- NAME -->` and `<!-- end of NAME -->`.
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
    """What stands between the marks of a Markdown text, by the name of the place: what `rewrite` writes there."""
    return {found["name"]: found["text"] for found in _PLACE.finditer(text)}
