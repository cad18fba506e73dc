"""Train the class-conditional Sketch-RNN: nats per point, with the word and without it."""

from __future__ import annotations

import argparse
import sys

import numpy as np
import torch
from torch import Tensor

from qdesk.drawings import BOX, Drawings
from qdesk.nets import weights
from qdesk.nets.sketchrnn import END, PEN_UP, Shape, SketchRNN, batch_from, batch_of
from qdesk.training.data import load
from qdesk.training.loop import Average, Run, device

LONGEST = 200
"""Training cuts longer drawings here (1 in 200); scoring does not."""


def vary(points: Tensor, pens: Tensor, lengths: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Other drawings of the same things: stretched, sometimes mirrored, some points inside strokes left out.

    points float32 (N, T, 2), pens int64 (N, T), lengths int64 (N,), in and out. They come back in the 255 box and on
    whole units, as every drawing that will be scored.
    """
    count, longest = pens.shape
    where = points.device

    def chance(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator, device=where)

    # Leave out points, as Sketch-RNN's own augmentation does: never a stroke's first or last one.
    steps = torch.arange(longest, device=where)
    inside = (pens == 0) & (steps > 0) & (steps < lengths[:, None] - 1)
    inside[:, 1:] &= pens[:, :-1] == 0
    leave_out = inside & (chance(count, longest) < 0.15 * chance(count, 1))
    alive = (steps < lengths[:, None]) & ~leave_out
    order = torch.argsort((~alive).to(torch.uint8), dim=1, stable=True)
    lengths = alive.sum(dim=1)
    points = torch.gather(points, 1, order[..., None].expand(-1, -1, 2))
    pens = torch.gather(pens, 1, order)

    stretch = torch.exp(torch.randn(count, 1, 2, generator=generator, device=where) * 0.12)
    stretch[..., 0] *= torch.where(chance(count, 1) < 0.3, -1.0, 1.0)
    points = points * stretch
    past = (steps >= lengths[:, None])[..., None]
    low = points.masked_fill(past, float("inf")).amin(dim=1, keepdim=True)
    high = points.masked_fill(past, float("-inf")).amax(dim=1, keepdim=True)
    extent = (high - low).amax(dim=2, keepdim=True).clamp(min=1.0)
    points = torch.round((points - low) * (BOX / extent))
    last = torch.gather(points, 1, (lengths - 1)[:, None, None].expand(-1, 1, 2))
    return torch.where(past, last, points), pens, lengths


class Store:
    """All drawings flat on the training device, cut into batches of like length there."""

    def __init__(self, drawings: Drawings, labels: np.ndarray, where: torch.device) -> None:
        counts = np.minimum(drawings.point_counts, LONGEST)
        self.counts = counts
        pens = np.zeros(len(drawings.points), np.int64)
        pens[drawings.stroke_offsets[1:] - 1] = PEN_UP
        self.points = torch.from_numpy(drawings.points.astype(np.float32)).to(where)
        self.pens = torch.from_numpy(pens).to(where)
        self.starts = torch.from_numpy(drawings.point_offsets[:-1]).to(where)
        self.lengths = torch.from_numpy(counts).to(where)
        self.labels = torch.from_numpy(labels).to(where)
        self.where = where

    def get(self, rows: np.ndarray) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """points (N, T, 2), pens (N, T), lengths (N,) and labels (N,) of these drawings, as `nets.sketchrnn.padded`."""
        index = torch.from_numpy(rows).to(self.where)
        lengths = self.lengths[index]
        steps = torch.arange(int(self.counts[rows].max()), device=self.where)
        at = torch.minimum(steps, lengths[:, None] - 1) + self.starts[index][:, None]
        ends = steps >= lengths[:, None] - 1
        return self.points[at], torch.where(ends, END, self.pens[at]), lengths, self.labels[index]


def epoch_batches(
    counts: np.ndarray, chosen: np.ndarray, batch: int, rng: np.random.Generator, pool: int = 40
) -> list[np.ndarray]:
    """The rows of one pass: shuffled, sorted by length within pools of `pool` batches, the batches shuffled again."""
    chosen = rng.permutation(chosen)
    batches = []
    for start in range(0, len(chosen), batch * pool):
        part = chosen[start : start + batch * pool]
        part = part[np.argsort(counts[part], kind="stable")]
        batches += [part[k : k + batch] for k in range(0, len(part), batch)]
    return [batches[k] for k in rng.permutation(len(batches))]


@torch.inference_mode()
def nats(network: SketchRNN, drawings: Drawings, classes: np.ndarray, batch: int = 512) -> np.ndarray:
    """float64 (N,): each drawing's loss in nats under its class (`network.no_word` for none), in the 255 box."""
    where = next(network.parameters()).device
    result = np.zeros(len(drawings))
    order = np.argsort(drawings.point_counts, kind="stable")
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        losses = network.losses(
            batch_of(drawings, rows, network.shape.scale).to(where), torch.from_numpy(classes[rows]).to(where)
        )
        result[rows] = losses.double().sum(dim=1).cpu().numpy()
    return result


def judge(network: SketchRNN, drawings: Drawings, labels: np.ndarray) -> dict[str, float]:
    """Nats a point with the word, without it, and with a wrong one; and how well lift tells right words from wrong."""
    from sklearn.metrics import roc_auc_score

    points = drawings.point_counts
    with_word = nats(network, drawings, labels)
    without = nats(network, drawings, np.full_like(labels, network.no_word))
    wrong_labels = (
        labels + 1 + np.random.default_rng(0).integers(0, max(1, len(network.words) - 1), len(labels))
    ) % len(network.words)
    wrong = nats(network, drawings, wrong_labels)
    truth = np.r_[np.zeros(len(labels)), np.ones(len(labels))]
    return {
        "drawings": len(labels),
        "nats_per_point": with_word.sum() / points.sum(),
        "nats_per_point_no_word": without.sum() / points.sum(),
        "nats_per_point_wrong_word": wrong.sum() / points.sum(),
        "wrong_word_auc_loss_per_point": roc_auc_score(truth, np.r_[with_word / points, wrong / points]),
        "wrong_word_auc_lift": roc_auc_score(truth, np.r_[with_word - without, wrong - without]),
    }


def run(options: argparse.Namespace) -> int:
    torch.manual_seed(options.seed)
    torch.set_float32_matmul_precision("high")
    where = device()
    words = [word.strip() for word in options.words.split(",")] if options.words else None
    corpus = load(options.data, options.extra, words, report=lambda text: print(text, file=sys.stderr, flush=True))
    drawings = Drawings.concat([corpus.real, corpus.extra]) if len(corpus.extra) else corpus.real
    store = Store(drawings, corpus.labels(drawings), where)
    network = SketchRNN(corpus.words, Shape(hidden=options.hidden)).to(where)
    if options.start:
        weights.start_from(network, options.start)
    average = Average(network)
    optimizer = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=0.01, betas=(0.9, 0.99))
    real, extra = np.arange(len(corpus.real)), np.arange(len(corpus.real), len(drawings))
    extra_each = min(len(extra), len(real) // 2)  # a pass shows all real drawings, and half as many auxiliary ones
    state = Run(
        options.out, options.epochs, -(-(len(real) + extra_each) // options.batch), options.minutes, options.rate
    )
    if options.resume:
        state.resume(network, average, optimizer)
    rng = np.random.default_rng([options.seed, state.step])
    generator = torch.Generator(where).manual_seed(options.seed + state.step)
    facts = {"seed": options.seed, "trained_on": len(drawings), "hidden": options.hidden}
    validation = corpus.labels(corpus.validation)
    saved = 0.0
    while state.done < 1:
        chosen = np.concatenate([real, rng.choice(extra, extra_each, replace=False)]) if extra_each else real
        total = torch.zeros(2, device=where)
        for rows in epoch_batches(store.counts, chosen, options.batch, rng):
            points, pens, lengths, labels = store.get(rows)
            points, pens, lengths = vary(points, pens, lengths, generator)
            dropped = torch.rand(len(labels), generator=generator, device=where) < options.drop_words
            labels = torch.where(dropped, network.no_word, labels)
            network.train()
            losses = network.losses(batch_from(points, pens, lengths, network.shape.scale), labels, drop=0.1)
            loss = losses.sum() / lengths.sum()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            state.advance(optimizer)
            optimizer.step()
            average.update(network)
            total += torch.stack([losses.detach().sum(), lengths.sum().float()])
            state.log(20, nats_per_point=loss.item(), rate=state.learning_rate()) if state.step % 20 == 0 else None
            if state.done >= 1:
                break
        if state.done >= 1 or state.seconds - saved > 60:
            saved = state.seconds
            held = nats(average.network, corpus.validation, validation).sum() / max(
                1, corpus.validation.point_counts.sum()
            )
            state.log(train_nats_per_point=float(total[0] / total[1]), validation_nats_per_point=float(held))
            state.save(network, average, optimizer)
            weights.save(average.network, options.out, half=True, **facts, minutes=state.seconds / 60)
    figures = judge(average.network, corpus.test, corpus.labels(corpus.test))
    state.log(**figures)
    weights.save(average.network, options.out, half=True, **facts, test=figures, minutes=round(state.seconds / 60, 2))
    state.finish()
    return 0
