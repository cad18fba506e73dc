"""The grid without its page, on any number of drawings with known scores and reasons."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtGui import QImage

from qdesk.curation.view.table import Table
from qdesk.data.drawings import Drawings
from qdesk.gui.curate.grid.grid import Grid
from qdesk.gui.curate.model import DrawingsModel


def plain_table(count: int, timed: bool = False) -> Table:
    """Return a table in which drawing n has junk n, so that the last is the worst. Reasons repeat every three rows."""
    corner = np.array([[0, 0], [100, 0], [100, 60]], np.float32)
    strokes = [[corner, np.array([[0, 60], [50, 60 + n % 40]], np.float32)] for n in range(min(count, 50))]
    times = [[np.array([0, 10, 20]), np.array([30, 40])]] * len(strokes) if timed else None
    drawings = Drawings.from_strokes(strokes, times, word="cat").take(np.arange(count) % len(strokes))
    table = Table(drawings, [f"k{n}" for n in range(count)])
    junk = np.arange(count, dtype=np.float32)
    reasons = np.array(["scribble", "unusual", ""], object)[np.arange(count) % 3]
    columns = {"junk": junk, "loss_per_point": junk / count, "loss": junk, "reason": reasons}
    table.add_scores(np.arange(count), columns)
    table.arrange()
    return table


def shown_grid(
    qtbot,
    count: int,
    width: int = 800,
    height: int = 600,
    now: Callable[[], float] = time.perf_counter,
    **about: bool,
) -> Grid:
    """Show a grid as a window with a table of `count` drawings, and return it. now: its clock, in seconds."""
    model = DrawingsModel()
    grid = Grid(model, now=now)
    model.setParent(grid)
    qtbot.addWidget(grid)
    grid.resize(width, height)
    grid.show()
    model.set_table(plain_table(count, **about))
    grid.start_over()
    return grid


def seen(grid: Grid) -> list[int]:
    """Return the indices of the visible drawings."""
    rows = grid.rows_in(0, grid.viewport().height())
    return grid.model().table.order[rows.start : rows.stop].tolist()


def here(grid: Grid) -> int:
    """Return how many of the visible drawings have the right picture."""
    look = grid._cells.look(grid.cell, grid.devicePixelRatioF(), grid.model().table.point_range)
    return sum(grid.thumbs.picture(grid.thumbs.key(drawing, look)) is not None for drawing in seen(grid))


def colours(image: QImage) -> set[str]:
    """Return the opaque colours of a picture."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {pixel.name() for pixel in pixels if pixel.alpha() == 255}
