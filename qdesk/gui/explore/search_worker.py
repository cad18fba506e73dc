"""What the search by picture asks its thread, and what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qdesk.curation.view.table import Table

if TYPE_CHECKING:
    from qdesk.explore.picture import Understood
    from qdesk.explore.search import Found, Seen
    from qdesk.scoring.classifier import DrawingClassifier

COUNT = 60
"""How many drawings are shown."""

SEEN = 4
"""How many words are named that a picture may show."""


@dataclass(frozen=True, eq=False)
class Source:
    """What is searched for: a picture file, pixels, uint8 (H, W, 3 or 4), or strokes, (n, 2) each. name: for people."""

    name: str
    path: Path | None = None
    pixels: np.ndarray | None = None
    strokes: Sequence[np.ndarray] = ()


@dataclass(frozen=True, eq=False)
class Request:
    """A search among the drawings of a table, None for none: for a source, and the rows that are liked and not."""

    source: Source | None
    table: Table | None
    liked: tuple[int, ...] = ()
    disliked: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Answer:
    """What was made of a request.

    understood: of a picture.   guesses: the words that the source may show, with their probabilities.   found: None
    where there is nothing to search for or among.   trouble: why the source is not understood, a sentence.
    """

    understood: Understood | None = None
    guesses: Sequence[tuple[str, float]] = ()
    found: Found | None = None
    trouble: str = ""


class Searcher:
    """Answers requests, in a thread. What was made of the last source is kept."""

    def __init__(self) -> None:
        from qdesk.scoring.classifier import DrawingClassifier

        self.guesser: DrawingClassifier = DrawingClassifier()
        self._source: Source | None = None
        self._read: tuple[Understood | None, Seen | None, str] = (None, None, "")

    def answer(self, request: Request) -> Answer:
        from qdesk.scoring.classifier import top_words

        if request.source is not self._source:
            self._source, self._read = request.source, self._reading(request.source)
        understood, seen, trouble = self._read
        guesses = top_words(seen.probabilities[0], self.guesser.words, SEEN) if seen is not None else ()
        return Answer(understood, guesses, self._found(request, seen), trouble)

    def _reading(self, source: Source | None) -> tuple[Understood | None, Seen | None, str]:
        from qdesk.data.drawings import Drawings
        from qdesk.data.simplify import simplify_strokes
        from qdesk.explore.picture import understand, understand_file
        from qdesk.explore.search import see

        if source is None:
            return None, None, ""
        if source.strokes:
            drawing = Drawings.from_strokes([simplify_strokes(source.strokes)])
            return None, see(self.guesser, drawing), ""
        try:
            if source.path is not None:
                understood = understand_file(source.path)
            else:
                assert source.pixels is not None
                understood = understand(source.pixels)
        except (ValueError, OSError) as error:
            text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            return None, None, text
        return understood, see(self.guesser, understood.drawing, traced=True), ""

    def _found(self, request: Request, seen: Seen | None) -> Found | None:
        from qdesk.explore.search import search

        table = request.table
        if table is None or table.embeddings is None:
            return None
        rows = [row for row in request.liked if table.scored[row]]
        liked = _unit(table.embeddings[rows])
        if seen is not None:
            liked = np.concatenate([seen.embeddings, liked])
        if not len(liked):
            return None
        disliked = _unit(table.embeddings[[row for row in request.disliked if table.scored[row]]])
        known = table.scored.copy()  # scoring may go on meanwhile
        but = [*request.liked, *request.disliked]
        return search(table.embeddings, liked, disliked, COUNT, known, but)


def _unit(embeddings: np.ndarray) -> np.ndarray:
    return embeddings.astype(np.float32) / 127
