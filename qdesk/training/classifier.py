"""Train the classifier: augmented strokes and bitmaps in, averaged and calibrated weights out."""

from __future__ import annotations

import argparse
from collections.abc import Generator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader

from qdesk.data.drawings import Drawings
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier, Points, Shape, Votes, channels_last, pixels_of, pool
from qdesk.stats.ranking_metrics import accuracy, calibration_error, cross_entropies, map_at_3
from qdesk.training.loop import Task, device, ignore_signals, train
from qdesk.training.preflight import corpus_for
from qdesk.training.run import Run
from qdesk.training.samples import Samples, views
from qdesk.training.teachers import Teachers, mixed
from qdesk.training.watcher import Watcher

SIZES = {"standard": Shape(), "small": Shape((16, 40, 80), embedding=160, stroke_widths=(48, 72, 112, 160))}


TRUE_WORD = {"picture": 0.0, "strokes": 0.75}
"""The weight of the true word for each branch, 0 to 1; the rest is the teachers'.

Branches that are taught the same become alike, and their pool gains little. So the picture branch is taught by the
teachers alone, who learned from other drawings, and the stroke branch mostly by the true word."""


def _on(points: Points, where: torch.device) -> Points:
    return Points(*(part.to(where, non_blocking=True) for part in points))


@torch.inference_mode()
def predict(network: Classifier, drawings: Drawings, batch: int = 512) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the logits of the picture branch and of the stroke branch, float32 (N, words) each.

    Drawings are in the 255 box. For bitmaps the second is None.
    """
    where = next(network.parameters()).device
    picture, strokes = [], []
    for first in range(0, len(drawings), batch):
        part = drawings.take(slice(first, first + batch))
        seen = views(part)
        picture.append(network.picture(pixels_of(seen.images.to(where))).float().cpu().numpy())
        if part.bitmaps is None:
            strokes.append(network.strokes(_on(seen.points, where)).float().cpu().numpy())
    none = np.zeros((0, len(network.words)), np.float32)
    return np.concatenate([none, *picture]), np.concatenate([none, *strokes]) if drawings.bitmaps is None else None


def fit_votes(picture: np.ndarray, strokes: np.ndarray | None, labels: np.ndarray) -> Votes:
    """Return the votes of the least cross entropy on drawings that nothing was trained on.

    picture, strokes: the branches' logits (N, words). labels: (N,).

    Weights on log-probabilities are a logistic regression, which is convex, so L-BFGS finds the one minimum. A prior
    that counts as much as one drawing favours equal weights: for a few drawings that are all guessed right, the best
    weights would be infinite without it.
    """
    given = [part for part in (picture, strokes) if part is not None]
    branches = [torch.log_softmax(torch.from_numpy(part).double(), 1) for part in given]
    target = torch.from_numpy(labels)

    def fitted(*parts: torch.Tensor) -> list[float]:
        equal = 1 / len(parts)
        weights = torch.full((len(parts),), equal, dtype=torch.double, requires_grad=True)
        search = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

        def step() -> torch.Tensor:
            search.zero_grad()
            loss = F.cross_entropy(sum(w * part for w, part in zip(weights, parts, strict=True)), target)
            loss = loss + (weights - equal).square().sum() / (2 * len(target))
            loss.backward()
            return loss

        search.step(step)
        return weights.detach().clamp(min=0.01).tolist()

    alone = fitted(branches[0])[0]
    if strokes is None:
        return Votes(picture_alone=alone)
    with_picture, with_strokes = fitted(*branches)
    return Votes(with_picture, with_strokes, alone)


def pooled_of(picture: np.ndarray, strokes: np.ndarray | None, votes: Votes) -> np.ndarray:
    """Return float32 (N, words): the log-probabilities pooled from the logits of both branches or the picture's."""
    return pool(torch.from_numpy(picture), None if strokes is None else torch.from_numpy(strokes), votes).numpy()


def evaluate(network: Classifier, drawings: Drawings, labels: np.ndarray) -> dict[str, float]:
    """Return the figures for the model card, on drawings used neither to train nor to choose."""
    picture, strokes = predict(network, drawings)
    pooled = pooled_of(picture, strokes, network.votes)
    scaled = np.exp(pooled)
    branches = {"top1_picture": picture, "top1_strokes": strokes} if strokes is not None else {}
    return {
        "drawings": len(labels),
        **{f"top{k}": accuracy(pooled, labels, k) for k in (1, 3, 5)},
        **{name: accuracy(logits, labels) for name, logits in branches.items()},
        "map_at_3": map_at_3(pooled, labels),
        "cross_entropy": float(cross_entropies(scaled, labels).mean()),
        "calibration_error": calibration_error(scaled, labels),
    }


def _start(network: Classifier, options: argparse.Namespace) -> None:
    """Load the weights that the options name, to start from."""
    if options.start:
        given = weights.load(options.start, "classifier")
        if given.words == network.words and _narrower(given.shape, network.shape):
            network.load_state_dict(widened(given, network.shape).state_dict())
        else:
            weights.start_from(network, options.start)
    if options.strokes:
        other = Classifier(network.words, network.shape)
        weights.start_from(other, options.strokes)
        network.strokes.load_state_dict(other.strokes.state_dict())


def _narrower(given: Shape, wanted: Shape) -> bool:
    """Whether the stroke branch of `given` is narrower, and all the rest the same."""
    pairs = zip(given.stroke_widths, wanted.stroke_widths, strict=True)
    return given == replace(wanted, stroke_widths=given.stroke_widths) != wanted and all(a <= b for a, b in pairs)


def widened(network: Classifier, shape: Shape) -> Classifier:
    """Return a network with more channels in its stroke branch that computes the same function.

    New channels begin with random weights, and what reads them with 0: they say nothing at first, and learn at once
    (after Net2Net, Chen, Goodfellow & Shlens 2016, arXiv 1511.05641). shape: as `network.shape`, with stroke widths at
    least as large.
    """
    wide = Classifier(network.words, shape, network.votes)
    old, new = network.state_dict(), wide.state_dict()
    with torch.no_grad():
        for name, value in new.items():
            given = old[name]
            if name == "strokes.logits.weight":  # it reads the mean of each channel, then the maximum of each
                for part, whole in zip(given.chunk(2, dim=1), value.chunk(2, dim=1), strict=True):
                    whole.zero_()[:, : part.shape[1]] = part
            elif value.ndim == 4:
                value[: len(given)].zero_()[:, : given.shape[1]] = given
            elif value.ndim:
                value[: len(given)] = given
            else:
                value.copy_(given)
    wide.load_state_dict(new)
    return wide


def run(options: argparse.Namespace, watcher: Watcher) -> None:
    """Train by the options of `qdesk train classifier`. See `loop.train` and `preflight.corpus_for`."""
    torch.manual_seed(options.seed)
    where = device()
    corpus = corpus_for("classifier", options, watcher.say)
    network = channels_last(Classifier(corpus.words, SIZES[options.size])).to(where)
    _start(network, options)
    reads_picture, reads_strokes = options.only != "strokes", options.only != "picture"
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(reads_strokes if name.startswith("strokes.") else reads_picture)
    taught = [parameter for parameter in network.parameters() if parameter.requires_grad]
    decayed, plain = [p for p in taught if p.ndim > 1], [p for p in taught if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.05}, {"params": plain, "weight_decay": 0.0}], lr=options.rate
    )
    trained_on = len(corpus.real) + len(corpus.extra) + len(corpus.bitmaps)
    validation, test = (corpus.labels(part) for part in (corpus.validation, corpus.test))
    teachers = Teachers(options.teachers, corpus.words) if options.teachers else None
    half = torch.autocast(where.type, torch.bfloat16, enabled=options.bf16 or where.type == "cuda")

    def losses(begun_at: int) -> Generator[dict[str, Tensor], None, None]:
        # The step is part of the seed, so that a resumed run sees new samples.
        samples = Samples(corpus, options.batch, [options.seed, begun_at], teachers=teachers)
        batches = DataLoader(samples, batch_size=None, num_workers=options.workers, pin_memory=where.type == "cuda",
                             prefetch_factor=4 if options.workers else None, worker_init_fn=ignore_signals)  # fmt: skip
        for seen, labels, trusted, taught in batches:
            labels, trusted, taught = (part.to(where, non_blocking=True) for part in (labels, trusted, taught))
            drawn = seen.has_strokes.to(where)
            parts = {}

            def loss(branch: str, logits: Tensor, rows: Tensor | slice = slice(None)) -> Tensor:
                opinion = taught[rows] if taught.shape[1] else None  # noqa: B023 (called at once)
                said = mixed(labels[rows], TRUE_WORD[branch] * trusted[rows], opinion, len(corpus.words))  # noqa: B023
                return F.cross_entropy(logits.float(), said)

            with half:
                if reads_picture:
                    pixels = pixels_of(seen.images.to(where)).contiguous(memory_format=torch.channels_last)
                    parts["picture"] = loss("picture", network.picture(pixels))
                if reads_strokes and drawn.any():  # bitmaps alone teach the stroke branch nothing
                    parts["strokes"] = loss("strokes", network.strokes(_on(seen.points, where)), drawn)
            if parts:
                yield {"loss": torch.stack(list(parts.values())).mean(), **parts}

    def validate(network: Classifier) -> dict[str, float]:
        picture, strokes = predict(network, corpus.validation)
        branches = {"picture": picture, "strokes": strokes}
        taught = torch.from_numpy(branches[options.only] if options.only else pooled_of(picture, strokes, Votes()))
        return {
            "loss": F.cross_entropy(taught, torch.from_numpy(validation)).item(),
            **{f"top{k}": accuracy(taught.numpy(), validation, k) for k in (1, 3)},
            **{f"top1_{name}": accuracy(part, validation) for name, part in branches.items() if part is not None},
        }

    def finish(network: Classifier) -> dict[str, float]:
        if len(validation):
            network.votes = fit_votes(*predict(network, corpus.validation), validation)
        return evaluate(network, corpus.test, test) if len(test) else {}

    task = Task(
        kind="classifier",
        corpus=corpus,
        network=network,
        optimizer=optimizer,
        losses=losses,
        validate=validate if len(validation) else None,
        chosen_by="loss",  # top-1 of a few drawings moves in leaps, and many steps share the best
        shown="top1",
        finish=finish,
        trained_on=trained_on,
        clip=5.0,
        facts={"seed": options.seed, "trained_on": trained_on},
    )
    train(task, Run[Classifier].planned(options, trained_on), options, watcher)
