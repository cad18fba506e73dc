"""The grid without its page, on any number of drawings with known scores and reasons."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtGui import QImage

from qdesk.curation.session.session import Session
from qdesk.gui.curate.grid.grid import Grid
from qdesk.gui.curate.loop import QtLoop
from qdesk.gui.curate.model import DrawingsModel
from tests.helpers.session import plain_table


def shown_grid(
    qtbot,
    count: int,
    width: int = 800,
    height: int = 600,
    now: Callable[[], float] = time.perf_counter,
    **about: bool,
) -> Grid:
    """Show a grid as a window with a table of `count` drawings, and return it. now: its clock, in seconds."""
    loop = QtLoop()
    session = Session(loop)
    model = DrawingsModel(session)
    grid = Grid(model, now=now)
    model.setParent(grid)
    loop.setParent(grid)
    qtbot.addWidget(grid)
    grid.resize(width, height)
    grid.show()
    session.order.set_table(plain_table(count, **about))
    session.sight.start_over()
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
