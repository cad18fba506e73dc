"""Choosing drawings on the map: with a lasso, or one with a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, Signal

from qdesk.curation.view.scatter import inside_polygon
from qdesk.gui import jobs

if TYPE_CHECKING:  # which imports pyqtgraph
    from qdesk.gui.explore.map_surface import MapSurface


class MapChoosing(QObject):
    """Holds what is chosen: bool (N,), None for nothing."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.chosen: np.ndarray | None = None
        self._lasso = jobs.Slot("qdesk-map-lasso", self)

    @property
    def busy(self) -> bool:
        """Whether it is still being found out what a lasso holds."""
        return self._lasso.busy

    @property
    def count(self) -> int:
        """How many drawings are chosen."""
        return 0 if self.chosen is None else int(np.count_nonzero(self.chosen))

    def choose(self, rows: np.ndarray, count: int) -> None:
        """Choose these of `count` drawings, int64 (k,); none of them chooses nothing."""
        self._lasso.drop()
        chosen = np.zeros(count, bool)
        chosen[rows] = True
        self._chose(chosen if len(rows) else None)

    def listen(self, surface: MapSurface) -> None:
        """Choose what is lassoed or clicked on this map."""
        surface.lassoed.connect(lambda line, how: self._choose(surface, line, how))
        surface.pressed_at.connect(lambda place: self._choose_one(surface, place))
        surface.dropped.connect(self.drop)

    def drop(self) -> None:
        """Choose nothing."""
        self._lasso.drop()
        self._chose(None)

    def _choose(self, surface: MapSurface, line: np.ndarray, how: str) -> None:
        picture, view = surface.picture, surface.shown_exactly
        if picture is None or view is None:
            return
        size, before, ratio = surface.size_in_pixels, self.chosen, surface.devicePixelRatioF()

        def choose(_context: jobs.Context) -> np.ndarray | None:
            inside = picture.inside(inside_polygon(line * ratio, size), view, size)
            if before is not None and how != "new":
                inside = before | inside if how == "add" else before & ~inside
            elif how == "less":
                return None
            return inside if inside.any() else None

        self._lasso.start(choose, done=self._chose)

    def _choose_one(self, surface: MapSurface, place: tuple[float, float]) -> None:
        row = surface.drawing_at(surface.area.topLeft() + QPointF(*place))
        if row >= 0 and surface.picture is not None:
            chosen = np.zeros(len(surface.picture.scene.positions), bool)
            chosen[row] = True
            self._chose(chosen)

    def _chose(self, chosen: np.ndarray | None) -> None:
        self.chosen = chosen
        self.changed.emit()
