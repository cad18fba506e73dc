"""Search drawings by what they look like: those nearest to a query, or none where nothing is near.

The query is one drawing or picture, or several: their mean, away from those that are not wanted (Rocchio 1971). The
search is brute force: a million embeddings are 64 MB and are compared in a few hundredths of a second. An index library
would bring nothing before some tens of millions, more than the window or a command opens at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official
from qdesk.scoring.similarity import likeness_to, top_k

if TYPE_CHECKING:
    from qdesk.scoring.classifier import DrawingClassifier
    from qdesk.scoring.score_cache import ScoreCache

COLUMNS = ("rank", "key_id", "word", "source", "row", "likeness")
"""The columns of the result (a contract: new ones go to the end)."""

NEAR = 0.72
"""The likeness from which on something is near: there the nearest drawing shows the same word as the query as often as
not. Of 2,000 held-out drawings (part 0), searched for among 1,000 to 92,605 others, the nearest one had the same word
in 25 % at a likeness of 0.55 to 0.6, 38 % at 0.65 to 0.7, 55 % at 0.75 to 0.8, 74 % at 0.85 to 0.9 and 88 % above 0.95,
whatever their number."""

_CHANCE = ((0.40, 0.08), (0.52, 0.18), (0.62, 0.32), (0.72, 0.47), (0.77, 0.58), (0.82, 0.67), (0.87, 0.76),
           (0.92, 0.84), (0.97, 0.89), (1.0, 0.9))  # fmt: skip

AWAY = 0.5
"""The weight of what is not wanted, where what is wanted weighs 1."""

_BATCH = 1024


class Seen(NamedTuple):
    """What the classifier sees in q drawings: embeddings, float32 (q, 64), and probabilities, float32 (q, words)."""

    embeddings: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True)
class Found:
    """The drawings most like a query, the nearest first: rows int64 (k,), likeness float32 (k,), -1 to 1.

    searched: among how many.
    """

    rows: np.ndarray
    likeness: np.ndarray
    searched: int

    @property
    def near(self) -> bool:
        """Whether the nearest is near at all."""
        return bool(len(self.rows)) and float(self.likeness[0]) >= NEAR

    @property
    def said(self) -> str:
        """Whether anything is near, as a sentence."""
        if not len(self.rows):
            return "There is nothing to search."
        best = float(self.likeness[0])
        if self.near:
            return f"The nearest of {self.searched:,} is {best:.2f} alike."
        return (
            f"Nothing is near: the nearest of {self.searched:,} is {best:.2f} alike, and only from {NEAR:g} on it "
            "shows the same thing as often as not."
        )


def chance_same(likeness: float) -> float:
    """Return how often the nearest drawing shows the same word at this likeness, 0 to 1. See `NEAR`."""
    places, chances = zip(*_CHANCE, strict=True)
    return float(np.interp(likeness, places, chances))


def see(guesser: DrawingClassifier, drawings: Drawings, traced: bool = False) -> Seen:
    """Have the classifier look at drawings in the 255 box, or bitmaps.

    traced: their strokes were made of a picture. In what order and direction a pen drew them is then a guess, so that
    the picture alone is asked, too, and counts as much.
    """
    probabilities, embeddings = guesser.read(drawings)
    seen = embeddings.astype(np.float32)
    if traced and drawings.bitmaps is None:
        from qdesk.data.raster import raster

        others, alone = guesser.read(Drawings.from_bitmaps(raster(drawings)))
        seen += alone
        probabilities = np.sqrt(probabilities * others)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
    seen /= np.maximum(np.linalg.norm(seen, axis=1, keepdims=True), 1e-9)
    return Seen(seen, probabilities)


def query_vector(liked: np.ndarray, disliked: np.ndarray | None = None) -> np.ndarray:
    """Return the embedding to search for, float32 (64,), of unit vectors (q, 64) that are wanted and that are not."""
    vector = liked.mean(axis=0)
    vector = vector / max(float(np.linalg.norm(vector)), 1e-9)
    if disliked is not None and len(disliked):
        away = disliked.mean(axis=0)
        vector = vector - AWAY * away / max(float(np.linalg.norm(away)), 1e-9)
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def search(
    embeddings: np.ndarray, vector: np.ndarray, count: int, known: np.ndarray | None = None,
    but: Sequence[int] | np.ndarray = (),
) -> Found:  # fmt: skip
    """Return the `count` drawings most like a vector (64,).

    embeddings: int8 (N, 64).   known: bool (N,), those that have one; default all.   but: rows that are left out.
    """
    mask = np.ones(len(embeddings), bool) if known is None else known.copy()
    mask[np.asarray(but, np.int64)] = False
    rows, likeness = top_k(likeness_to(embeddings, vector), mask, count)
    return Found(rows, likeness, int(np.count_nonzero(mask)))


def embeddings_of(
    drawings: Drawings,
    guesser: Callable[[], DrawingClassifier],
    cache: ScoreCache | None = None,
    on_progress: Callable[[float], None] = lambda share: None,
) -> np.ndarray:
    """Return the embeddings of drawings, int8 (N, 64): those that the score cache has, and the others computed.

    guesser: called where something has to be computed.   on_progress: called with the share done.
    """
    from qdesk.nets.projection import SIZE
    from qdesk.scoring.fingerprint import drawing_keys, scorer_id

    result = np.zeros((len(drawings), SIZE), np.int8)
    unknown = np.ones(len(drawings), bool)
    if cache is not None:
        for rows, columns in cache.known(scorer_id(), drawing_keys(drawings)):
            result[rows] = columns["embedding"]
            unknown[rows] = False
    left = np.flatnonzero(unknown)
    for first in range(0, len(left), _BATCH):
        rows = left[first : first + _BATCH]
        result[rows] = guesser().read(as_official(drawings.take(rows)))[1]
        on_progress(1 - (len(left) - first - len(rows)) / len(drawings))
    return result


def table_of(drawings: Drawings, found: Found) -> pa.Table:
    """Return what was found with the columns `COLUMNS`, the nearest first."""
    about = drawings.table.take(pa.array(found.rows))
    columns = {name: about.column(name) for name in ("key_id", "word", "source", "row")}
    rank = pa.array(np.arange(1, len(found.rows) + 1))
    return pa.table({"rank": rank, **columns, "likeness": pa.array(found.likeness.astype(float))}).select(COLUMNS)
