"""Search drawings by what they look like: those nearest to a query, or none where nothing is near.

The query is one drawing or picture, or several: their mean, and away from those that are not wanted (Rocchio 1971). The
search is brute force: a million embeddings are 64 MB and are compared in a few hundredths of a second. An index library
would bring nothing before some tens of millions, more than the window or a command opens at once.
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

COLUMNS = ("rank", "key_id", "word", "source", "row", "likeness")
"""The columns of the result (a contract: new ones go to the end)."""

NEAR = 0.72
"""The likeness from which on something is near: there the nearest drawing shows the same word as the query as often as
not. Of 2,000 held-out drawings (part 0), searched for among 1,000 to 92,605 others, the nearest one had the same word
in 25 % at a likeness of 0.55 to 0.6, 38 % at 0.65 to 0.7, 55 % at 0.75 to 0.8, 74 % at 0.85 to 0.9 and 88 % above 0.95,
whatever their number."""

AWAY = 0.5
"""The weight of the likeness to what is not wanted, where that to what is wanted weighs 1."""

_BATCH = 1024


class Seen(NamedTuple):
    """What the classifier sees in q drawings: embeddings, float32 (q, 64), and probabilities, float32 (q, words)."""

    embeddings: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True)
class Found:
    """The drawings most like a query, the best first: rows int64 (k,), likeness float32 (k,), -1 to 1.

    likeness: to what is wanted. Where some are not wanted, the order goes by them, too.   searched: among how many.
    """

    rows: np.ndarray
    likeness: np.ndarray
    searched: int

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
    """Return the `count` drawings most like the mean of the liked ones, and less like the disliked ones.

    embeddings: int8 (N, 64).   liked, disliked: unit vectors, float32 (q, 64); disliked may be empty.   known: bool
    (N,), those that have an embedding; default all.   but: rows that are left out.
    """
    mask = np.ones(len(embeddings), bool) if known is None else known.copy()
    mask[np.asarray(but, np.int64)] = False
    likeness = likeness_to(embeddings, liked.mean(axis=0))
    order = likeness
    if len(disliked):
        order = likeness - np.float32(AWAY) * likeness_to(embeddings, disliked.mean(axis=0))
    rows, _ = top_k(order, mask, count)
    return Found(rows, likeness[rows], int(np.count_nonzero(mask)))


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
            rows.writerow([*(row[name] for name in COLUMNS[:-1]), f"{row['likeness']:.6g}"])
