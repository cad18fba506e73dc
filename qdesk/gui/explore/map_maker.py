"""Makes the map of what is open, beside the window, and gives later scored drawings their places on it."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from qdesk.curation.view.table import Table
from qdesk.explore.drawing_map import DrawingMap, place_more
from qdesk.explore.map_cache import MapCache, kept_map
from qdesk.explore.map_colours import recoded
from qdesk.explore.map_names import Name, names_of
from qdesk.gui import jobs


class MapMaker(QObject):
    """Holds the map of one table and its names.

    map: None while there is none, not even an unfinished one.   finished: whether the layout is done.
    """

    changed = Signal()
    """The map, its names, or whether one is being made have changed."""
    progress = Signal(float)
    failed = Signal(str)

    def __init__(self, parent: QObject, cache: MapCache | None = None) -> None:
        super().__init__(parent)
        self.table: Table | None = None
        self.map: DrawingMap | None = None
        self.names: list[Name] = []
        self.finished = False
        self._cache = cache
        self._tried = 0  # how many scored drawings the map was made of
        self._slot = jobs.Slot("qdesk-map", self)

    @property
    def busy(self) -> bool:
        """Whether a map is being made, or drawings are being placed."""
        return self._slot.busy

    @property
    def missing(self) -> int:
        """How many drawings are scored and have no place yet."""
        if self.table is None or self.table.embeddings is None:
            return 0
        scored = int(np.count_nonzero(self.table.scored))
        return scored if self.map is None else max(scored - self._tried, 0)

    def take(self, table: Table | None) -> None:
        """Forget the map, because another table is open, or None."""
        self._slot.drop()
        self.table, self.map, self.names, self.finished, self._tried = table, None, [], False, 0
        self.changed.emit()

    def make(self) -> None:
        """Make a map of all that is scored now."""
        table = self.table
        if table is None or table.embeddings is None:
            return
        known, embeddings, words = table.scored.copy(), table.embeddings.copy(), table.words.read()
        self.map, self.names, self.finished = None, [], False
        cache = self._cache or MapCache()

        def work(context: jobs.Context) -> tuple[DrawingMap, list[Name], int]:
            groups = recoded(*words)[0]
            made = kept_map(embeddings, known, groups, cache, context.progress, context.partial)
            return made, map_names(table, made), int(np.count_nonzero(known))

        self._run(work)

    def place(self) -> None:
        """Give drawings that were scored since their places on the map."""
        table, old = self.table, self.map
        if table is None or table.embeddings is None or old is None or self.busy:
            return
        known, embeddings = table.scored.copy(), table.embeddings.copy()

        def work(context: jobs.Context) -> tuple[DrawingMap, list[Name], int]:
            made = place_more(old, embeddings, known, context.progress)
            return made, map_names(table, made), int(np.count_nonzero(known))

        self._run(work)

    def cancel(self) -> None:
        """Stop. A map that is not finished is dropped."""
        self._slot.drop()
        if not self.finished:
            self.map, self.names = None, []
        self.changed.emit()

    def _run(self, work: Any) -> None:
        self._slot.start(
            work,
            done=self._done,
            failed=self._failed,
            partial=self._took_shape,
            progress=lambda share, _text: self.progress.emit(share),
        )
        self.progress.emit(0.0)
        self.changed.emit()

    def _took_shape(self, unfinished: DrawingMap) -> None:
        self.map = unfinished
        self.changed.emit()

    def _done(self, made: tuple[DrawingMap, list[Name], int]) -> None:
        self.map, self.names, self._tried = made
        self.finished = True
        self.changed.emit()

    def _failed(self, sentence: str) -> None:
        self.cancel()
        self.failed.emit(sentence)


def map_names(table: Table, drawing_map: DrawingMap) -> list[Name]:
    """Return the names on the map of a table: its words, or of one word alone what the network sees; and reasons."""
    words = recoded(*table.words.read())
    if len([text for text in words[1] if text]) < 2:
        words = recoded(*table.texts["top_guess"].read())
    return names_of(drawing_map.positions, words, recoded(*table.texts["reason"].read()))
