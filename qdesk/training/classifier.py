"""Train the classifier: augmented strokes and bitmaps in, averaged and calibrated weights out."""

from __future__ import annotations

import argparse
import sys
from contextlib import nullcontext

import numpy as np
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader

from qdesk.drawings import Drawings
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier, pixels_of
from qdesk.raster import raster
from qdesk.training.data import load
from qdesk.training.loop import Average, Run, device
from qdesk.training.samples import Samples, warp


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
