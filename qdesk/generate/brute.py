"""Icons by brute force: all pictures of 4x4 pixels, or a climb among those of 5x5, and the most certain per word.

After Douwe Osinga, "Learning to Draw: Generating Icons and Hieroglyphs" (2017). A permanent border stands around the
pixels that are tried, unless that is not wanted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qdesk.generate.seen import chances
from qdesk.generate.sheet import Icon
from qdesk.scoring.classifier import DrawingClassifier

SIDES = (4, 5)
"""The pixels across that are tried, without the border."""

SAMPLES, ROUNDS = 16_384, 10
"""Pictures of 5x5 that are drawn at random, and the most rounds of the climb that begins at the best of them."""


@dataclass
class Wall:
    """The most certain picture of each word so far.

    words: those of the classifier.   chances: float32 (words,), 0 where none was tried.   pictures: bool (words, side
    + 2, side + 2), with the border.   tried: how many pictures were.   share: how much of the work is done, 0 to 1.
    """

    words: tuple[str, ...]
    chances: np.ndarray
    pictures: np.ndarray
    tried: int = 0
    share: float = 0.0

    def icons(self, words: Sequence[str] = (), count: int | None = None) -> list[Icon]:
        """Return the best `count` of these words, or of all, the most certain first."""
        rows = np.arange(len(self.words)) if not words else np.array([self.words.index(word) for word in words])
        rows = rows[np.argsort(-self.chances[rows], kind="stable")]
        return [
            Icon(self.pictures[row].copy(), self.words[row], float(self.chances[row]))
            for row in rows[:count]
            if self.chances[row] > 0
        ]


def every(side: int) -> np.ndarray:
    """Return each picture of some pixels across once, bool (2 ** (side * side), side, side)."""
    numbers = np.arange(2 ** (side * side))[:, None]
    return (numbers >> np.arange(side * side) & 1).astype(bool).reshape(-1, side, side)


def bordered(pictures: np.ndarray, ink: bool = True) -> np.ndarray:
    """Return pictures, bool (N, side, side), with a border of ink, or of none: bool (N, side + 2, side + 2)."""
    return np.pad(pictures, ((0, 0), (1, 1), (1, 1)), constant_values=ink)


def search(guesser: DrawingClassifier, side: int = 4, seed: int = 0, border: bool = True) -> Iterator[Wall]:
    """Try pictures, and yield one and the same wall after each batch of them, as it fills.

    Of 4x4 all are tried. Of 5x5 `SAMPLES` are drawn at random, and from the best of each word a climb goes on: each of
    its pixels is flipped, and the best of these pictures is the next, until none is better. border: whether the border
    is of ink.
    """
    words, across = guesser.words, side + 2
    wall = Wall(words, np.zeros(len(words), np.float32), np.zeros((len(words), across, across), bool))
    if side <= 4:
        yield from _try(guesser, wall, bordered(every(side), border), 1.0)
        return
    rng = np.random.default_rng(seed)
    dark = rng.uniform(0.2, 0.8, (SAMPLES, 1, 1))  # as many pictures of little ink as of much
    yield from _try(guesser, wall, bordered(rng.random((SAMPLES, side, side)) < dark, border), 1 / 3)
    fresh = np.ones(len(words), bool)
    for number in range(ROUNDS):
        before = wall.chances.copy()
        yield from _try(guesser, wall, _neighbours(wall.pictures[fresh]), 1 / 3 + 2 / 3 * (number + 1) / ROUNDS)
        fresh = wall.chances > before
        if not fresh.any():
            break
    wall.share = 1.0
    yield wall


def _try(guesser: DrawingClassifier, wall: Wall, pictures: np.ndarray, until: float) -> Iterator[Wall]:
    """Put on the wall what is better than what is there, and yield it after each batch. until: its share at the end."""
    began, at = wall.share, 0
    for seen in chances(guesser, pictures):
        best, word = seen.argmax(axis=0), np.arange(len(wall.words))
        better = seen[best, word] > wall.chances
        wall.chances[better] = seen[best, word][better]
        wall.pictures[better] = pictures[at + best[better]]
        at += len(seen)
        wall.tried += len(seen)
        wall.share = began + (until - began) * at / len(pictures)
        yield wall


def _neighbours(pictures: np.ndarray) -> np.ndarray:
    """Return the pictures that differ from these in one pixel inside the border, none of them twice."""
    inside = range(1, pictures.shape[1] - 1)
    flipped = [pictures.copy() for _ in range(len(inside) ** 2)]
    for number, (row, column) in enumerate((row, column) for row in inside for column in inside):
        flipped[number][:, row, column] ^= True
    return np.unique(np.concatenate(flipped), axis=0)
