"""Search drawings by what they look like: those nearest to a query, or none where nothing is near.

The query is one drawing or picture, or several: their mean. What is nearer to something unwanted than to it comes
later. The search is brute force: a million embeddings are 64 MB and are compared in a few hundredths of a second. An
index library would bring nothing before some tens of millions, more than the window or a command opens at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official
from qdesk.files import atomic_write
from qdesk.scoring.similarity import likeness_to, top_k
from qdesk.spreadsheet import Writer

if TYPE_CHECKING:
    from qdesk.scoring.classifier import DrawingClassifier
    from qdesk.scoring.score_cache import ScoreCache

COLUMNS = ("rank", "key_id", "word", "source", "row", "likeness", "likeness_not")
"""The columns of the result (a contract: new ones go to the end)."""

NEAR = 0.72
"""The likeness from which on something is near: there the nearest drawing shows the same word as the query as often as
not. Of 2,000 held-out drawings (part 0), searched for among 1,000 to 92,605 others, the nearest one had the same word
in 25 % at a likeness of 0.55 to 0.6, 38 % at 0.65 to 0.7, 55 % at 0.75 to 0.8, 74 % at 0.85 to 0.9 and 88 % above 0.95,
whatever their number."""

AWAY = 2.0
"""How far a drawing goes down that is nearer to something unwanted than to the query: likeness is lowered by so many
times the difference. All others keep their places.

As Giacinto and Roli (2004) do, the nearest of the unwanted counts, which need have nothing in common. Taking a share of
the likeness to the unwanted away, as Rocchio (1971), or as Widdows (2003) the whole direction, takes what they share
with the query, too. The weight was chosen with drawings of part 0. Of 309 of part 1 among 24,000, where the first of
another word is not wanted, the share of their own word and of the unwanted one among the 20 then first: with nothing
unwanted 0.65 and 0.12; so 0.66 and 0.06; Rocchio with a weight of a half 0.59 and 0.05; Widdows 0.20 and 0.00."""

_SAME = 0.9995
"""The likeness from which on two queries are one and the same."""

_BATCH = 1024
_BLOCK = 8192
_LOOKED_AT = 32  # times as many drawings as are wanted


class Seen(NamedTuple):
    """What the classifier sees in q drawings: embeddings, float32 (q, 64), and probabilities, float32 (q, words)."""

    embeddings: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True)
class Found:
    """The drawings most like a query, the best first: rows int64 (k,), likeness float32 (k,), -1 to 1.

    likeness: to what is wanted. Where some are not wanted, the order goes by them, too.   searched: among how many.
    unlike: float32 (k,), the likeness to the nearest of what is not wanted; None where nothing is.
    """

    rows: np.ndarray
    likeness: np.ndarray
    searched: int
    unlike: np.ndarray | None = None

    @property
    def near(self) -> bool:
        """Whether any is near at all."""
        return float(self.likeness.max(initial=-1)) >= NEAR

    @property
    def said(self) -> str:
        """Whether anything is near, as a sentence."""
        if not len(self.rows):
            return "There is nothing to search."
        best = float(self.likeness.max())
        if self.near:
            return f"The nearest of {self.searched:,} is {best:.2f} alike."
        return f"Nothing is near: the nearest of {self.searched:,} is only {best:.2f} alike."


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


def search(
    embeddings: np.ndarray,
    liked: np.ndarray,
    disliked: np.ndarray,
    count: int,
    known: np.ndarray | None = None,
    but: Sequence[int] | np.ndarray = (),
) -> Found:
    """Return the `count` drawings most like the mean of the liked ones. Disliked ones count as `AWAY` says.

    embeddings: int8 (N, 64).   liked, disliked: unit vectors, float32 (q, 64); disliked may be empty.   known: bool
    (N,), those that have an embedding; default all.   but: rows that are left out.
    """
    mask = np.ones(len(embeddings), bool) if known is None else known.copy()
    mask[np.asarray(but, np.int64)] = False
    likeness, searched = likeness_to(embeddings, liked.mean(axis=0)), int(np.count_nonzero(mask))
    if not len(disliked):
        rows, _ = top_k(likeness, mask, count)
        return Found(rows, likeness[rows], searched)
    most = _LOOKED_AT * count
    while True:  # as nothing goes up, what is less like the query than the last one found need not be looked at
        near, nearness = top_k(likeness, mask, most)
        near = np.sort(near)
        unlike = _to_nearest(embeddings[near], disliked)
        order = likeness[near] - np.float32(AWAY) * np.maximum(unlike - likeness[near], 0)
        found, scores = top_k(order, np.ones(len(near), bool), count)
        if len(near) < most or scores[-1] > nearness[-1]:
            return Found(near[found], likeness[near[found]], searched, unlike[found])
        most *= 8


def same(liked: np.ndarray, disliked: np.ndarray) -> bool:
    """Whether what is searched for is also among what is not wanted: unit vectors, float32 (q, 64)."""
    mean = liked.mean(axis=0)
    return bool(len(disliked) and (disliked @ mean).max() >= _SAME * np.linalg.norm(mean))


def _to_nearest(embeddings: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Return the likeness of each embedding, int8 (N, 64), to the nearest of some vectors (q, 64), float32 (N,)."""
    unit = (vectors / (127 * np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9))).astype(np.float32)
    nearest = np.empty(len(embeddings), np.float32)
    for start in range(0, len(embeddings), _BLOCK):
        rows = slice(start, start + _BLOCK)
        nearest[rows] = (embeddings[rows].astype(np.float32) @ unit.T).max(axis=1)
    return nearest


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
    unlike = None if found.unlike is None else found.unlike.astype(float)
    return pa.table({
        "rank": rank, **columns, "likeness": pa.array(found.likeness.astype(float)),
        "likeness_not": pa.nulls(len(found.rows), pa.float64()) if unlike is None else pa.array(unlike),
    }).select(COLUMNS)  # fmt: skip


def write_result(path: Path, drawings: Drawings, found: Found, title: str = "") -> None:
    """Write what was found: .csv as a table with `COLUMNS`, .png, .svg or .pdf as a sheet of the drawings.

    Raises FormatError for another name, and OSError.
    """
    if path.suffix.lower() != ".csv":
        from qdesk.formats.sheet import Caption, write_sheet

        chosen = drawings.take(found.rows)
        pairs = zip(chosen.words, found.likeness.tolist(), strict=True)
        write_sheet(path, chosen, [Caption(word or "", f"{likeness:.2f} alike") for word, likeness in pairs], title)
        return
    with atomic_write(path) as part, open(part, "w", encoding="utf-8", newline="") as file:
        rows = Writer(file)
        rows.writerow(COLUMNS)
        for row in table_of(drawings, found).to_pylist():
            rows.writerow([f"{value:.6g}" if isinstance(value, float) else value for value in row.values()])
