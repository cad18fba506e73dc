"""How others drew it: the drawings most like one's own, of the data at hand or of the starter set."""

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
"""How the key_id of a drawing of the starter set begins that is no planted junk (`qdesk.training.starter_set`)."""


@dataclass(frozen=True)
class SimilarDrawings:
    """N drawings to compare one's own with.

    name: of the set, as a sentence needs it ("flamingo.ndjson", "the starter set"). embeddings: int8 (N, 64), as
    `DrawingClassifier.read` gives them; known: bool (N,), which of them are there, and fit to be shown. made: a network
    drew them, not people. losses: float32 (N,), nats a point, NaN unknown, where they were scored.
    """

    name: str
    drawings: Drawings
    embeddings: np.ndarray
    known: np.ndarray
    made: bool = False
    losses: np.ndarray | None = None

    def nearest(self, embedding: np.ndarray, word: str, count: int) -> tuple[np.ndarray, np.ndarray, bool]:
        """The drawings most like the one with this embedding (64,), the likest first: their indices int64 (k,), how
        alike they are float32 (k,), and whether only those of the same word were looked at: where there are `count`
        of them, else all were.
        """
        same = self._same(word)
        enough = bool(np.count_nonzero(same) >= count)
        return *top_k(likeness_to(self.embeddings, embedding), same if enough else self.known, count), enough

    def share_below(self, loss: float, word: str) -> tuple[float, int]:
        """The share (0 to 1) of the others' drawings of the same word whose loss, nats a point, is lower, and how many
        were compared; NaN and 0 where no loss is known.
        """
        if self.losses is None:
            return np.nan, 0
        losses = self.losses[self._same(word)]
        losses = losses[np.isfinite(losses)]
        return (float(np.mean(losses < loss)), len(losses)) if len(losses) else (np.nan, 0)

    def _same(self, word: str) -> np.ndarray:
        return self.known & (self.drawings.words == word)


class Scored(Protocol):
    """N drawings as they are scored one by one: Curate's table, of which nothing else is known here.

    embeddings: int8 (N, 64), or None before the first. scored: bool (N,). numbers: among others "loss_per_point",
    float32 (N,), nats a point.
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
    """What is open in Curate, as far as it is scored; None before any of it is. name: as in `SimilarDrawings`."""
    if table.embeddings is None or not table.scored.any():
        return None
    known, losses = table.scored.copy(), table.numbers["loss_per_point"].copy()  # more scores may come meanwhile
    return SimilarDrawings(name, table.drawings, table.embeddings, known, losses=losses)


@lru_cache(maxsize=1)
def starter_others(guesser: DrawingClassifier) -> SimilarDrawings:
    """The starter set without its planted junk, embedded once: half a second. Raises FormatError where it is not."""
    from qdesk.formats import open_drawings

    drawings = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    drawings = drawings.take(np.array([str(key).startswith(_SAMPLED) for key in drawings.column("key_id")], bool))
    _, embeddings = guesser.read(drawings)
    return SimilarDrawings("the starter set", drawings, embeddings, np.ones(len(drawings), bool), made=True)
