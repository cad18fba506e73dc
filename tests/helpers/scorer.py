"""A scorer whose answers are known."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from qdesk.data.drawings import Drawing, Drawings
from qdesk.scoring.scorer import ClassifierOpinion
from tests.helpers.drawings import CATS


@dataclass
class Chunk:
    indices: np.ndarray
    columns: dict[str, np.ndarray]
    known: bool = False


class PlainScorer:
    """Scores drawings by their row in the file: row 7 has junk 7, so that the last is the worst.

    known: how many drawings, from the start of the file, count as scored before.
    """

    def __init__(self, wait: threading.Event | None = None, known: int = 0, trouble: str = "") -> None:
        self.wait, self.known, self.trouble = wait, known, trouble

    def stream(self, drawings: Drawings, stop: Callable[[], bool] = lambda: False) -> Iterator[Chunk]:
        for start in range(0, len(drawings), 16):
            indices = np.arange(start, min(start + 16, len(drawings)))
            row = drawings.column("row")[indices].astype(np.float32)
            reasons = np.array(["scribble" if r >= 36 else "unusual" if r >= 30 else "" for r in row], object)
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

    def point_losses(self, drawing: Drawing) -> np.ndarray:
        return np.arange(drawing.points, dtype=np.float32)
