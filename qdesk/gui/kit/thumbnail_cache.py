"""Small pictures of drawings, painted in a background thread and kept.

The view says what it would like to see, most wanted first, and says it anew whenever it moves. The thread paints for
some milliseconds at a time and then looks at the newest request, so pictures out of sight are never waited for.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QImage, QPixmap

from qdesk.data.drawings import Drawings
from qdesk.gui import jobs
from qdesk.gui.kit.thumbnail_painter import ThumbnailStyle, inks, paint_drawing, paint_drawings

_AT_ONCE = 16  # pictures painted together
_SHARE_S = 0.008
_CACHED_BYTES = 96 * 2**20
_CACHED_LOSSES = 20_000  # drawings, about 4 MB for simplified ones


class Key(NamedTuple):
    drawing: int
    look: ThumbnailStyle
    known: bool  # whether its losses are known, where it is to be tinted by them


@dataclass(frozen=True)
class _Wish:
    drawings: Drawings
    inks: Sequence[QColor]
    wanted: Sequence[tuple[Key, np.ndarray | None]]


class ThumbnailCache(QObject):
    """Pictures by drawing and `ThumbnailStyle`. Call `open` first; `shutdown` ends the thread."""

    came = Signal(object)
    """Drawings (a list of indices) whose pictures are ready now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drawings: Drawings | None = None
        self._worker: jobs.LatestWorker | None = None
        self._busy = self._closed = False
        self._wanted: Sequence[Key] = ()
        self._pictures: OrderedDict[Key, QPixmap] = OrderedDict()
        self._newest: dict[int, Key] = {}
        self._bytes = 0
        self._losses: OrderedDict[int, np.ndarray] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pictures)

    @property
    def busy(self) -> bool:
        """Whether something wanted is still being painted."""
        return self._busy

    def open(self, drawings: Drawings | None) -> None:
        """Paint these drawings from now on; what is kept or wanted of others is dropped."""
        self._drawings = drawings
        self._wanted = ()
        self._pictures.clear()
        self._newest.clear()
        self._losses.clear()
        self._bytes = 0
        if self._worker is not None:
            self._busy = True
            self._worker.request(None)  # which also releases the other drawings

    def shutdown(self) -> None:
        """End the thread for good."""
        self.open(None)
        self._closed = True
        if self._worker is not None:
            self._worker.close()

    # Losses

    def knows(self, drawing: int) -> bool:
        """Whether the losses of this drawing's points are known."""
        return drawing in self._losses

    def set_losses(self, losses: Mapping[int, np.ndarray]) -> None:
        """Take losses of points, float32 (points,) in nats, by drawing."""
        self._losses.update(losses)
        for drawing in losses:
            self._losses.move_to_end(drawing)
        while len(self._losses) > _CACHED_LOSSES:
            self._losses.popitem(last=False)

    # Pictures

    def key(self, drawing: int, look: ThumbnailStyle) -> Key:
        """Return the key of the best picture of a drawing."""
        return Key(drawing, look, look.tint == "loss" and drawing in self._losses)

    def picture(self, key: Key) -> QPixmap | None:
        """Return the picture, if it is there."""
        picture = self._pictures.get(key)
        if picture is not None:
            self._pictures.move_to_end(key)
        return picture

    def stand_in(self, key: Key) -> QPixmap | None:
        """Return another picture of the same drawing, of another size or tint, to show until the right one is there."""
        newest = self._newest.get(key.drawing)
        return self._pictures[newest] if newest is not None and newest.look.theme == key.look.theme else None

    def paint_now(self, key: Key) -> QPixmap | None:
        """Return the picture, painted at once in this thread: for a few of them, where waiting would be seen."""
        if self._drawings is None:
            return None
        image = paint_drawing(self._drawings, key.drawing, key.look, inks(key.look), self._losses.get(key.drawing))
        return self._keep(key, image)

    def want(self, keys: Sequence[Key]) -> None:
        """Have these painted, the first ones first; what was wanted before is dropped."""
        self._wanted = keys
        if not self._busy:
            self._ask()

    def _ask(self) -> None:
        missing = [key for key in self._wanted if key not in self._pictures]
        self._wanted = missing
        if not missing or self._drawings is None or self._closed:
            return
        if self._worker is None:
            self._worker = jobs.LatestWorker(lambda: None, _paint_some, self, "qdesk-thumbs")
            self._worker.answered.connect(self._answered)
            self._worker.failed.connect(self._failed)
        self._busy = True
        look = missing[0].look
        wanted = [(key, self._losses.get(key.drawing) if key.known else None) for key in missing if key.look == look]
        self._worker.request(_Wish(self._drawings, inks(look), wanted))

    def _answered(self, wish: _Wish | None, images: Sequence[tuple[Key, QImage]]) -> None:
        if wish is not None and wish.drawings is not self._drawings:
            return  # these drawings are gone, and the answer to None is still to come
        self._busy = False
        if wish is not None:
            for key, image in images:
                self._keep(key, image)
            self.came.emit([key.drawing for key, _ in images])
        self._ask()

    def _failed(self, _sentence: str) -> None:
        self._busy = False  # the error is in the log, and the next request may succeed

    def _keep(self, key: Key, image: QImage) -> QPixmap:
        picture = QPixmap.fromImage(image)
        self._forget(key)
        self._pictures[key] = picture
        self._newest[key.drawing] = key
        self._bytes += image.sizeInBytes()
        while self._bytes > _CACHED_BYTES and len(self._pictures) > 1:
            self._forget(next(iter(self._pictures)))
        return picture

    def _forget(self, key: Key) -> None:
        picture = self._pictures.pop(key, None)
        if picture is not None:
            self._bytes -= 4 * picture.width() * picture.height()
            if self._newest.get(key.drawing) == key:
                del self._newest[key.drawing]


def _paint_some(_prepared: None, wish: _Wish | None) -> list[tuple[Key, QImage]]:
    """Return as many of the wanted pictures as a share of time allows, but some at least. Runs in the thread."""
    images: list[tuple[Key, QImage]] = []
    until = time.perf_counter() + _SHARE_S
    while wish is not None and len(images) < len(wish.wanted) and (not images or time.perf_counter() < until):
        some = wish.wanted[len(images) : len(images) + _AT_ONCE]
        keys, losses = zip(*some, strict=True)
        made = paint_drawings(wish.drawings, [key.drawing for key in keys], keys[0].look, wish.inks, losses)
        images += zip(keys, made, strict=True)
    return images
