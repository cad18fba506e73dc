"""The samples that train the classifier: every word equally often, from newly augmented strokes and from bitmaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import IterableDataset

from qdesk.data.drawings import Drawings, offsets_of
from qdesk.data.point_sequences import sequences
from qdesk.data.raster import raster, raster_strokes
from qdesk.nets.classifier import Points
from qdesk.training.augment import Augmentation, FlatStrokes, augment, mixed, strokes_at
from qdesk.training.data import Corpus
from qdesk.training.teachers import Teachers

SHARES = {"real": 4.0, "extra": 0.8, "bitmaps": 0.8}
"""The weight of each source. A word's samples come from a source in proportion to this weight times the square root
of how many drawings of the word are there.

`real` weighs most, as those are like the drawings that are played and curated. With nearly equal weights, words with
thousands of bitmaps from elsewhere were guessed worse than words without any (tiger: never), since the network learned
to expect such bitmaps."""

TRUSTED = {"real": 1.0, "extra": 0.5, "bitmaps": 1.0}
"""How much the word of a drawing counts beside the teachers' opinion. Without teachers only the word counts."""

MIXED = 0.08
"""The share of drawings with a part of another one added, where there are teachers. Only their opinion counts then."""


class Views(NamedTuple):
    """The inputs of a classifier for B drawings, as tensors.

    images: uint8 (B, 28, 28). points: of the drawings that have strokes, in their order. has_strokes: bool (B,).
    """

    images: Tensor
    points: Points
    has_strokes: Tensor


class Sample(NamedTuple):
    """A batch to learn from.

    labels: int64 (B,). trusted: float32 (B,), how much the labels count. taught: float32 (B, words), the teachers'
    log-probabilities, with no columns where there is no teacher.
    """

    views: Views
    labels: Tensor
    trusted: Tensor
    taught: Tensor


def points_of(flat: FlatStrokes) -> Points:
    return Points(*map(torch.from_numpy, sequences(*flat)))


def views(drawings: Drawings) -> Views:
    """Return all drawings of a batch, strokes in the 255 box or bitmaps, as tensors."""
    flat = drawings.points, drawings.stroke_offsets, drawings.drawing_offsets
    if drawings.bitmaps is not None:
        flat = (flat[0], flat[1], np.zeros(1, np.int64))
    has_strokes = torch.full((len(drawings),), drawings.bitmaps is None)
    return Views(torch.from_numpy(raster(drawings)), points_of(flat), has_strokes)


class Samples(IterableDataset):
    """Endless batches (`Sample`) with every word equally often. `teachers` see the same images as the student."""

    def __init__(
        self,
        corpus: Corpus,
        batch: int,
        seed: list[int],
        how: Augmentation = Augmentation(),  # noqa: B008 (frozen)
        teachers: Teachers | None = None,
    ) -> None:
        self.corpus, self.batch, self.seed, self.teachers = corpus, batch, seed, teachers
        self.how = replace(how, mix=MIXED) if teachers else how
        count = len(corpus.words)
        labels = {
            "real": corpus.labels(corpus.real),
            "extra": corpus.labels(corpus.extra),
            "bitmaps": corpus.bitmap_labels,
        }
        # Sort the rows of each source by word, so that a random row of a word is a random place in the word's range.
        self.rows = {name: np.argsort(value, kind="stable") for name, value in labels.items()}
        self.counts = {name: np.bincount(value, minlength=count) for name, value in labels.items()}
        mass = np.stack([SHARES[name] * np.sqrt(each) for name, each in self.counts.items()], axis=1)
        if (mass.sum(axis=1) == 0).any():
            empty = [word for word, total in zip(corpus.words, mass.sum(axis=1), strict=True) if total == 0]
            raise ValueError(f"nothing to train on for {', '.join(empty)}")
        self.edges = np.cumsum(mass, axis=1) / mass.sum(axis=1, keepdims=True)

    def __iter__(self) -> Iterator[Sample]:
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([*self.seed, worker.id if worker else 0])
        while True:
            yield self._sample(rng)

    def _sample(self, rng: np.random.Generator) -> Sample:
        # Sort by source, so that drawings with strokes come first, in the order of their points.
        labels = rng.integers(0, len(self.corpus.words), self.batch)
        source = (rng.random(self.batch)[:, None] > self.edges[labels]).sum(axis=1)
        order = np.argsort(source, kind="stable")
        labels, source = labels[order], source[order]
        drawn, trusted, images = [], [], []
        for number, name in enumerate(self.rows):
            wanted = labels[source == number]
            if not len(wanted):
                continue
            place = (rng.random(len(wanted)) * self.counts[name][wanted]).astype(np.int64)
            rows = self.rows[name][offsets_of(self.counts[name])[wanted] + place]
            trusted.append(np.full(len(wanted), TRUSTED[name], np.float32))
            if name == "bitmaps":
                images.append(self.corpus.bitmaps[rows])
            else:
                drawn.append(strokes_at(getattr(self.corpus, name), rows))
        trust = np.concatenate(trusted)
        if drawn:
            flat, strangers = mixed(_joined(drawn), rng, self.how.mix)
            trust[: len(strangers)][strangers] = 0
            flat = augment(flat, rng, self.how)
            images.insert(0, raster_strokes(*flat))
        else:
            flat = np.zeros((0, 2), np.float32), np.zeros(1, np.int64), np.zeros(1, np.int64)
        seen = torch.from_numpy(np.concatenate(images))
        has_strokes = torch.from_numpy(source != 2)
        seen = warp(seen, ~has_strokes)
        taught = self.teachers.log_probabilities(seen) if self.teachers else torch.zeros(self.batch, 0)
        views = Views(seen, points_of(flat), has_strokes)
        return Sample(views, torch.from_numpy(labels), torch.from_numpy(trust), taught)


def _joined(parts: list[FlatStrokes]) -> FlatStrokes:
    """Join several flat batches."""
    points, strokes, drawings = zip(*parts, strict=True)
    return (
        np.concatenate(points),
        offsets_of(np.concatenate([np.diff(each) for each in strokes])),
        offsets_of(np.concatenate([np.diff(each) for each in drawings])),
    )


def warp(images: Tensor, which: Tensor) -> Tensor:
    """Turn, stretch and mirror the images, uint8 (B, 28, 28), at `which`, bool (B,), and return all of them.

    It is for bitmaps, which have no strokes to move.
    """
    pixels = images[which][:, None].float()
    count = len(pixels)
    if not count:
        return images
    angle = torch.randn(count) * 0.12
    scale = torch.exp(torch.randn(count, 2) * 0.1)
    flip = (torch.rand(count) < 0.5).float() * -2 + 1
    cos, sin = torch.cos(angle), torch.sin(angle)
    shift = torch.randn(count, 2) * 0.03
    frame = torch.stack(
        [
            torch.stack([cos * scale[:, 0] * flip, -sin * scale[:, 1], shift[:, 0]], dim=1),
            torch.stack([sin * scale[:, 0] * flip, cos * scale[:, 1], shift[:, 1]], dim=1),
        ],
        dim=1,
    )
    grid = F.affine_grid(frame, list(pixels.shape), align_corners=False)
    moved = images.clone()
    moved[which] = F.grid_sample(pixels, grid, align_corners=False)[:, 0].round().clamp(0, 255).byte()
    return moved
