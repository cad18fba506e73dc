"""A scorer whose answers are known."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qdesk.data.drawings import Drawing, Drawings
from qdesk.scoring.columns import COLUMNS
from qdesk.scoring.fingerprint import drawing_keys, scorer_id
from qdesk.scoring.score_cache import ScoreCache
from qdesk.scoring.scorer import ClassifierOpinion
from tests.helpers.drawings import CATS


def remember_scores(drawings: Drawings, reasons: Sequence[str]) -> None:
    """Put scores into the cache as if the drawings had been scored: suggested reasons, and junk that falls."""
    falling = np.linspace(3, -3, len(drawings))
    columns: dict[str, np.ndarray] = {
        column.name: falling for column in COLUMNS if column.is_score and column.is_number
    }
    columns |= {name: np.full(len(drawings), "cat", object) for name in ("top_guess", "evidence")}
    columns |= {"reason": np.array(reasons, object), "embedding": np.zeros((len(drawings), 64), np.int8)}
    with ScoreCache().keeping(scorer_id()) as keep:
        keep(drawing_keys(drawings), columns)


@dataclass
class Chunk:
    indices: np.ndarray
    columns: dict[str, np.ndarray]
    known: bool = False


class PlainScorer:
    """Scores drawings by their row in the file: row 7 has junk 7, so that the last is the worst.

    known: how many drawings, from the start of the file, count as scored before.   worst: the reason suggested for the
    four worst of `CATS`.
    """

    def __init__(
        self, wait: threading.Event | None = None, known: int = 0, trouble: str = "", worst: str = "scribble"
    ) -> None:
        self.wait, self.known, self.trouble, self.worst = wait, known, trouble, worst

    def stream(self, drawings: Drawings, stop: Callable[[], bool] = lambda: False) -> Iterator[Chunk]:
        for start in range(0, len(drawings), 16):
            indices = np.arange(start, min(start + 16, len(drawings)))
            row = drawings.column("row")[indices].astype(np.float32)
            reasons = np.array([self.worst if r >= 36 else "unusual" if r >= 30 else "" for r in row], object)
            words = np.full(len(indices), "cat", object)
            evidence = np.array([f"Its loss is {r:g} nats a point." if r >= 30 else "" for r in row], object)
            yield Chunk(
                indices,
                {
                    "loss": row * 10,
                    "loss_per_point": row / 10,
                    "lift": 20 - row,
                    "p_word": 1 - row / CATS,
                    "top_guess": words,
                    "p_top": np.full(len(indices), 0.5, np.float32),
                    "junk": row,
                    "p_junk": 1 / (1 + np.exp(-row)),
                    "reason": reasons,
                    "evidence": evidence,
                },
                known=indices[-1] < self.known,
            )
            while self.wait is not None and not self.wait.wait(0.01):
                if stop():
                    return

    def seen(self, one: Drawings) -> ClassifierOpinion:
        return ClassifierOpinion(np.zeros((28, 28), np.uint8), [("cat", 0.5), ("dog", 0.25)], (0.25, 2))

    def letter_strokes(self, drawing: Drawing) -> np.ndarray:
        return np.arange(len(drawing.strokes)) == 1

    def point_losses(self, drawing: Drawing) -> np.ndarray:
        return np.arange(drawing.points, dtype=np.float32)
