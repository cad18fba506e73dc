"""Train the classifier: augmented strokes and bitmaps in, averaged and calibrated weights out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import nullcontext

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset

from qdesk.drawings import Drawings, offsets_of
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier, pixels_of
from qdesk.raster import raster, raster_strokes
from qdesk.training.augment import Augmentation, augment, strokes_at
from qdesk.training.data import Corpus, load
from qdesk.training.loop import Average, Run, device

SHARES = {"real": 4.0, "extra": 0.5, "bitmaps": 0.8}
"""A word's samples come from each source by this times the square root of how many it has there: the drawings that
are played and curated come first. With nearly equal shares, words that had thousands of bitmaps from elsewhere were
guessed worse than words that had none (tiger: never), since the network learned to expect those."""


class Samples(IterableDataset):
    """Endless batches (images uint8 (B, 28, 28), labels int64 (B,), is_bitmap bool (B,)), every word equally often."""

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

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([*self.seed, worker.id if worker else 0])
        while True:
            labels = rng.integers(0, len(self.corpus.words), self.batch)
            source = (rng.random(self.batch)[:, None] > self.edges[labels]).sum(axis=1)
            images = np.empty((self.batch, 28, 28), np.uint8)
            for number, name in enumerate(self.rows):
                slots = np.flatnonzero(source == number)
                if len(slots):
                    first = offsets_of(self.counts[name])[labels[slots]]
                    place = first + (rng.random(len(slots)) * self.counts[name][labels[slots]]).astype(np.int64)
                    images[slots] = self._images(name, self.rows[name][place], rng)
            yield torch.from_numpy(images), torch.from_numpy(labels), torch.from_numpy(source == 2)

    def _images(self, name: str, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        if name == "bitmaps":
            return self.corpus.bitmaps[rows]
        drawings = self.corpus.real if name == "real" else self.corpus.extra
        return raster_strokes(*augment(strokes_at(drawings, rows), rng, self.how))


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


@torch.inference_mode()
def predict(network: Classifier, drawings: Drawings, batch: int = 1024) -> np.ndarray:
    """float32 (N, words): the logits of drawings in the 255 box."""
    where = next(network.parameters()).device
    images = torch.from_numpy(raster(drawings))
    parts = [network(pixels_of(part.to(where))).float().cpu() for part in images.split(batch)]
    return torch.cat(parts).numpy() if parts else np.zeros((0, len(network.words)), np.float32)


def accuracy(logits: np.ndarray, labels: np.ndarray, top: int = 1) -> float:
    """Share of rows whose label is among the `top` highest logits."""
    own = np.take_along_axis(logits, labels[:, None], axis=1)
    return float(((logits > own).sum(axis=1) < top).mean()) if len(labels) else float("nan")


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The softmax temperature of the least cross entropy (Guo et al. 2017), by golden-section on its logarithm."""
    x, y = torch.from_numpy(logits), torch.from_numpy(labels)
    candidates = torch.exp(torch.linspace(-1.2, 1.2, 97))
    losses = torch.stack([F.cross_entropy(x / t, y) for t in candidates])
    return float(candidates[losses.argmin()])


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error of the top guess over equal-width bins (Guo et al. 2017)."""
    best, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    which = np.minimum((best * bins).astype(int), bins - 1)
    gaps = [abs(best[which == b].mean() - right[which == b].mean()) * (which == b).mean() for b in set(which)]
    return float(sum(gaps))


def judge(network: Classifier, drawings: Drawings, labels: np.ndarray) -> dict[str, float]:
    """Figures for the model card, on drawings that were neither trained nor chosen on."""
    logits = predict(network, drawings)
    scaled = torch.softmax(torch.from_numpy(logits) / network.temperature, dim=1).numpy()
    return {
        "drawings": len(labels),
        **{f"top{k}": accuracy(logits, labels, k) for k in (1, 3, 5)},
        "cross_entropy": float(-np.log(np.maximum(scaled[np.arange(len(labels)), labels], 1e-12)).mean()),
        "calibration_error": calibration_error(scaled, labels),
    }


def run(options: argparse.Namespace) -> int:
    torch.manual_seed(options.seed)
    where = device()
    words = [word.strip() for word in options.words.split(",")] if options.words else None
    corpus = load(options.data, options.extra, words, report=lambda text: print(text, file=sys.stderr, flush=True))
    network = Classifier(corpus.words).to(where, memory_format=torch.channels_last)
    if options.start:
        weights.start_from(network, options.start)

    decayed = [p for p in network.parameters() if p.ndim > 1]
    plain = [p for p in network.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0.0}], lr=options.rate
    )
    average = Average(network)
    trained_on = len(corpus.real) + len(corpus.extra) + len(corpus.bitmaps)
    state = Run(options.out, options.epochs, max(1, trained_on // options.batch), options.minutes, options.rate)
    if options.resume:
        state.resume(network, average, optimizer)
    samples = Samples(corpus, options.batch, [options.seed, state.step])  # a resumed run goes on, not over again
    facts = {"seed": options.seed, "trained_on": trained_on}
    validation = corpus.labels(corpus.validation)

    half = torch.autocast("cuda", torch.bfloat16) if where.type == "cuda" else nullcontext()
    batches = iter(DataLoader(samples, batch_size=None, num_workers=options.workers, pin_memory=where.type == "cuda",
                              prefetch_factor=4 if options.workers else None))  # fmt: skip
    recent, checked = [], 0.0
    while state.done < 1:
        images, labels, is_bitmap = (part.to(where, non_blocking=True) for part in next(batches))
        pixels = warp(pixels_of(images), is_bitmap).contiguous(memory_format=torch.channels_last)
        network.train()
        with half:
            logits = network(pixels)
        loss = F.cross_entropy(logits.float(), labels, label_smoothing=0.1)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        state.advance(optimizer)
        optimizer.step()
        average.update(network)
        recent = [*recent[-49:], loss.detach()]
        if state.step % 20 == 0 and state.log(15, loss=torch.stack(recent).mean().item(), rate=state.learning_rate()):
            if state.seconds - checked > 60:
                logits, checked = predict(average.network, corpus.validation), state.seconds
                state.log(validation_top1=accuracy(logits, validation), validation_top3=accuracy(logits, validation, 3))
                state.save(network, average, optimizer)
                weights.save(average.network, options.out, half=True, **facts, minutes=state.seconds / 60)

    best = average.network
    if len(validation):
        best.temperature = fit_temperature(predict(best, corpus.validation), validation)
        figures = judge(best, corpus.test, corpus.labels(corpus.test))
        state.log(**figures)
        facts |= {"test": figures}
    weights.save(best, options.out, half=True, **facts, minutes=round(state.seconds / 60, 2))
    state.finish()
    return 0
