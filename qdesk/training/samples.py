"""What the classifier is shown: every word equally often, from strokes changed anew each time and from bitmaps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import IterableDataset

from qdesk.drawings import Drawings, offsets_of
from qdesk.raster import raster, raster_strokes
from qdesk.trace import FEATURES, LONGEST, MAPS, maps, sequences
from qdesk.training.augment import Augmentation, augment, strokes_at
from qdesk.training.data import Corpus

SHARES = {"real": 4.0, "extra": 0.5, "bitmaps": 0.8}
"""A word's samples come from each source by this times the square root of how many it has there: the drawings that
are played and curated come first. With nearly equal shares, words that had thousands of bitmaps from elsewhere were
guessed worse than words that had none (tiger: never), since the network learned to expect those."""


BLIND = 0.08
"""The share of drawings that the picture reader sees without maps, as it sees every bitmap."""


class Views(NamedTuple):
    """What a classifier is given of B drawings, as tensors or arrays.

    images: uint8 (B, 28, 28).   maps: int8 (B, MAPS, 28, 28).   points: float32 (B, FEATURES, LONGEST).
    has_strokes: bool (B,); bitmaps have none, and zeros in maps and points.
    """

    images: Tensor
    maps: Tensor
    points: Tensor
    has_strokes: Tensor


def views(drawings: Drawings) -> Views:
    """All of a batch in the 255 box, or of bitmaps, as tensors."""
    count = len(drawings)
    if drawings.bitmaps is not None:
        seen = np.zeros((count, MAPS, 28, 28), np.int8), np.zeros((count, FEATURES, LONGEST), np.float32)
    else:
        flat = drawings.points, drawings.stroke_offsets, drawings.drawing_offsets
        seen = maps(*flat), sequences(*flat)
    has_strokes = np.full(count, drawings.bitmaps is None)
    return Views(*(torch.from_numpy(part) for part in (raster(drawings), *seen, has_strokes)))


class Samples(IterableDataset):
    """Endless batches (Views, labels int64 (B,)), every word equally often."""

    def __init__(self, corpus: Corpus, batch: int, seed: list[int], how: Augmentation = Augmentation()) -> None:  # noqa: B008
        self.corpus, self.batch, self.seed, self.how = corpus, batch, seed, how
        count = len(corpus.words)
        labels = {
            "real": corpus.labels(corpus.real),
            "extra": corpus.labels(corpus.extra),
            "bitmaps": corpus.bitmap_labels,
        }
        # Each source's rows sorted by word, so that a random row of a word is a random place in its run.
        self.rows = {name: np.argsort(value, kind="stable") for name, value in labels.items()}
        self.counts = {name: np.bincount(value, minlength=count) for name, value in labels.items()}
        mass = np.stack([SHARES[name] * np.sqrt(each) for name, each in self.counts.items()], axis=1)
        if (mass.sum(axis=1) == 0).any():
            empty = [word for word, total in zip(corpus.words, mass.sum(axis=1), strict=True) if total == 0]
            raise ValueError(f"nothing to train on for {', '.join(empty)}")
        self.edges = np.cumsum(mass, axis=1) / mass.sum(axis=1, keepdims=True)

    def __iter__(self) -> Iterator[tuple[Views, Tensor]]:
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([*self.seed, worker.id if worker else 0])
        while True:
            labels = rng.integers(0, len(self.corpus.words), self.batch)
            source = (rng.random(self.batch)[:, None] > self.edges[labels]).sum(axis=1)
            images = np.empty((self.batch, 28, 28), np.uint8)
            seen = np.zeros((self.batch, MAPS, 28, 28), np.int8)
            points = np.zeros((self.batch, FEATURES, LONGEST), np.float32)
            for number, name in enumerate(self.rows):
                slots = np.flatnonzero(source == number)
                if not len(slots):
                    continue
                first = offsets_of(self.counts[name])[labels[slots]]
                place = first + (rng.random(len(slots)) * self.counts[name][labels[slots]]).astype(np.int64)
                rows = self.rows[name][place]
                if name == "bitmaps":
                    images[slots] = self.corpus.bitmaps[rows]
                    continue
                flat = augment(strokes_at(getattr(self.corpus, name), rows), rng, self.how)
                images[slots], points[slots] = raster_strokes(*flat), sequences(*flat)
                seen[slots] = maps(*flat) * (rng.random(len(slots)) >= BLIND)[:, None, None, None]
            parts = (images, seen, points, source != 2)
            yield Views(*(torch.from_numpy(part) for part in parts)), torch.from_numpy(labels)


def warp(pixels: Tensor, which: Tensor) -> Tensor:
    """Bitmaps have no strokes to move: those at `which` (bool (B,)) are turned, stretched and mirrored as pictures."""
    count = len(pixels)
    angle = torch.randn(count, device=pixels.device) * 0.12
    scale = torch.exp(torch.randn(count, 2, device=pixels.device) * 0.1)
    flip = (torch.rand(count, device=pixels.device) < 0.5).float() * -2 + 1
    cos, sin = torch.cos(angle), torch.sin(angle)
    shift = torch.randn(count, 2, device=pixels.device) * 0.03
    frame = torch.stack(
        [
            torch.stack([cos * scale[:, 0] * flip, -sin * scale[:, 1], shift[:, 0]], dim=1),
            torch.stack([sin * scale[:, 0] * flip, cos * scale[:, 1], shift[:, 1]], dim=1),
        ],
        dim=1,
    )
    grid = F.affine_grid(frame, list(pixels.shape), align_corners=False)
    return torch.where(which[:, None, None, None], F.grid_sample(pixels, grid, align_corners=False), pixels)
