"""How others drew it: the drawings most like the player's, from the file open in Curate or from the starter set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.scoring.similarity import likeness_to, top_k

if TYPE_CHECKING:
    from qdesk.scoring.classifier import DrawingClassifier

_SAMPLED = "9000"
"""Prefix of the key_id of those drawings of the starter set that are not planted junk (`training.starter_set`)."""


@dataclass(frozen=True)
class SimilarDrawings:
    """N drawings to compare the player's with.

    name: of the set, as a sentence needs it ("flamingo.ndjson", "the starter set"). embeddings: int8 (N, 64), as
    `DrawingClassifier.read` returns them. known: bool (N,), which of them are computed and may be shown. made: whether
    a network drew them, not people. losses: float32 (N,), nats per point, NaN where unknown; None where nothing was
    scored.
    """

    name: str
    drawings: Drawings
    embeddings: np.ndarray
    known: np.ndarray
    made: bool = False
    losses: np.ndarray | None = None

    def nearest(self, embedding: np.ndarray, word: str, count: int) -> tuple[np.ndarray, np.ndarray, bool]:
        """Return the drawings most like the one with this embedding (64,), the most similar first.

        Returns their indices int64 (k,), their similarities float32 (k,), and whether they are all of the same word.
        Drawings of other words are looked at only where fewer than `count` have the word.
        """
        same = self._same(word)
        enough = bool(np.count_nonzero(same) >= count)
        return *top_k(likeness_to(self.embeddings, embedding), same if enough else self.known, count), enough

    def share_below(self, loss: float, word: str) -> tuple[float, int]:
        """Return the share (0 to 1) of the drawings of the same word whose loss, nats per point, is lower.

        The second value is how many were compared. They are NaN and 0 where no loss is known.
        """
        if self.losses is None:
            return np.nan, 0
        losses = self.losses[self._same(word)]
        losses = losses[np.isfinite(losses)]
        return (float(np.mean(losses < loss)), len(losses)) if len(losses) else (np.nan, 0)

    def _same(self, word: str) -> np.ndarray:
        return self.known & (self.drawings.words == word)


class Scored(Protocol):
    """What this module needs of Curate's table: N drawings, scored so far or not.

    embeddings: int8 (N, 64), or None before the first is computed. scored: bool (N,). numbers: among others
    "loss_per_point", float32 (N,), nats per point.
    """

    @property
    def drawings(self) -> Drawings: ...
    @property
    def embeddings(self) -> np.ndarray | None: ...
    @property
    def scored(self) -> np.ndarray: ...
    @property
    def numbers(self) -> Mapping[str, np.ndarray]: ...


def of_table(table: Scored, name: str) -> SimilarDrawings | None:
    """Return the scored drawings of Curate's table, or None while none is scored. name: as in `SimilarDrawings`."""
    if table.embeddings is None or not table.scored.any():
        return None
    known, losses = table.scored.copy(), table.numbers["loss_per_point"].copy()  # copies: scoring may go on
    return SimilarDrawings(name, table.drawings, table.embeddings, known, losses=losses)


@lru_cache(maxsize=1)
def starter_others(guesser: DrawingClassifier) -> SimilarDrawings:
    """Return the starter set without its planted junk, embedded once (half a second).

    Raises FormatError where the file is missing.
    """
    from qdesk.formats import open_drawings

    drawings = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    drawings = drawings.take(np.array([str(key).startswith(_SAMPLED) for key in drawings.column("key_id")], bool))
    _, embeddings = guesser.read(drawings)
    return SimilarDrawings("the starter set", drawings, embeddings, np.ones(len(drawings), bool), made=True)
