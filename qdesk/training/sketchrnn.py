"""Train the class-conditional Sketch-RNN with three losses, for which the LSTM reads each batch once.

1. Nats per point, with the drawing's word and without one: the likelihood (Ha & Eck 2017, arXiv 1704.03477).
2. The word, from the whole drawing: the lift, by Bayes' rule (`qdesk.nets.sketchrnn`).
3. The kind of the whole drawing: good, junk of a kind that `data.synthetic_junk` draws, or a drawing of another word.
"""

from __future__ import annotations

import argparse
from collections.abc import Generator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from qdesk.data import reasons
from qdesk.data.drawings import BOX, Drawings
from qdesk.data.synthetic_junk import KINDS, draw_junk
from qdesk.nets import weights
from qdesk.nets.sketchrnn import END, PEN_UP, Batch, Shape, SketchRNN, batch_from, batch_of
from qdesk.training.data import Corpus
from qdesk.training.loop import Task, device, train
from qdesk.training.preflight import corpus_for
from qdesk.training.run import Run
from qdesk.training.watcher import Watcher

LONGEST = 200
"""Most points of a drawing in training. Longer ones (1 in 200) are cut, but not in scoring."""


GOOD, WRONG = 0, 1 + KINDS.index("wrong")
WITHOUT, LIFT, KIND = 0.2, 0.04, 0.04
"""Weights of the losses: WITHOUT, the share of the nats per point without the word; LIFT and KIND, of losses 2 and 3.

LIFT and KIND are small, because all losses change what the LSTM reads."""

JUNK = {kind.name: kind.share for kind in reasons.KINDS if kind.share}
"""Number of junk drawings per real drawing, for each kind that can be drawn."""


def junk_bank(real: Drawings, rng: np.random.Generator) -> tuple[Drawings, np.ndarray]:
    """Return junk made from real drawings, with their words, in the 255 box; and its kinds, int64 (N,)."""
    batches, kinds = [], []
    for kind, share in JUNK.items():
        rows = rng.choice(len(real), max(1, int(len(real) * share)), replace=False)
        words = real.words[rows]
        strokes = [draw_junk(kind, real.strokes_of(int(row)), rng, word) for row, word in zip(rows, words, strict=True)]
        batches.append(Drawings.from_strokes(strokes, word=list(words)).fit_box())
        kinds += [1 + KINDS.index(kind)] * len(rows)
    return Drawings.concat(batches), np.array(kinds, np.int64)


def vary(points: Tensor, pens: Tensor, lengths: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """Stretch the drawings, mirror some, and leave out some points inside strokes.

    points float32 (N, T, 2), pens int64 (N, T), lengths int64 (N,), in and out. The points come back in the 255 box and
    in whole units, like every drawing that is scored.
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


class TrainingStore:
    """All drawings as flat tensors on the training device, from which batches are cut."""

    def __init__(self, drawings: Drawings, labels: np.ndarray, kinds: np.ndarray, where: torch.device) -> None:
        counts = np.minimum(drawings.point_counts, LONGEST)
        self.counts = counts
        pens = np.zeros(len(drawings.points), np.int64)
        pens[drawings.stroke_offsets[1:] - 1] = PEN_UP
        self.points = torch.from_numpy(drawings.points.astype(np.float32)).to(where)
        self.pens = torch.from_numpy(pens).to(where)
        self.starts = torch.from_numpy(drawings.point_offsets[:-1]).to(where)
        self.lengths = torch.from_numpy(counts).to(where)
        self.labels = torch.from_numpy(labels).to(where)
        self.kinds = torch.from_numpy(kinds).to(where)
        self.where = where

    def get(self, rows: np.ndarray) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Return points (N, T, 2), pens (N, T), lengths, labels and kinds (N,) of rows, as `nets.sketchrnn.padded`."""
        index = torch.from_numpy(rows).to(self.where)
        lengths = self.lengths[index]
        steps = torch.arange(int(self.counts[rows].max()), device=self.where)
        at = torch.minimum(steps, lengths[:, None] - 1) + self.starts[index][:, None]
        ends = steps >= lengths[:, None] - 1
        return self.points[at], torch.where(ends, END, self.pens[at]), lengths, self.labels[index], self.kinds[index]


def epoch_batches(
    counts: np.ndarray, chosen: np.ndarray, batch: int, rng: np.random.Generator, pool: int = 40
) -> list[np.ndarray]:
    """Return the batches of rows of one pass, each of similar length.

    The rows are shuffled and sorted by length within pools of `pool` batches. Then the batches are shuffled.
    """
    chosen = rng.permutation(chosen)
    batches = []
    for start in range(0, len(chosen), batch * pool):
        part = chosen[start : start + batch * pool]
        part = part[np.argsort(counts[part], kind="stable")]
        batches += [part[k : k + batch] for k in range(0, len(part), batch)]
    return [batches[k] for k in rng.permutation(len(batches))]


@torch.inference_mode()
def nats(network: SketchRNN, drawings: Drawings, classes: np.ndarray, batch: int = 512) -> np.ndarray:
    """Return float64 (N,): the loss of each drawing in nats, given its class (`network.no_word` for none).

    drawings: in the 255 box. classes: int64 (N,).
    """
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


@torch.inference_mode()
def lifts(network: SketchRNN, drawings: Drawings, classes: np.ndarray, batch: int = 512) -> np.ndarray:
    """Return float64 (N, C): the lift of each drawing, in the 255 box, for its words `classes`, int64 (N, C)."""
    where = next(network.parameters()).device
    result = np.zeros(classes.shape)
    order = np.argsort(drawings.point_counts, kind="stable")
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        some = batch_of(drawings, rows, network.shape.scale).to(where)
        whole = network.whole(network.read(some.inputs), some.lengths)
        for column, each in enumerate(classes[rows].T):
            result[rows, column] = network.lift(whole, torch.from_numpy(each).to(where)).double().cpu().numpy()
    return result


def evaluate(network: SketchRNN, drawings: Drawings, labels: np.ndarray) -> dict[str, float]:
    """Return nats per point with the word, without it, and with a wrong one; and how well each order finds wrong words.

    wrong_word_auc_ratio: the AUC by the ratio of the likelihoods, which in theory is the lift.
    """
    from sklearn.metrics import roc_auc_score

    points = drawings.point_counts
    with_word = nats(network, drawings, labels)
    without = nats(network, drawings, np.full_like(labels, network.no_word))
    wrong_labels = (
        labels + 1 + np.random.default_rng(0).integers(0, max(1, len(network.words) - 1), len(labels))
    ) % len(network.words)
    wrong = nats(network, drawings, wrong_labels)
    lift = lifts(network, drawings, np.stack([labels, wrong_labels], axis=1))
    truth = np.r_[np.zeros(len(labels)), np.ones(len(labels))]
    return {
        "drawings": len(labels),
        "nats_per_point": with_word.sum() / points.sum(),
        "nats_per_point_no_word": without.sum() / points.sum(),
        "nats_per_point_wrong_word": wrong.sum() / points.sum(),
        "wrong_word_auc_loss_per_point": roc_auc_score(truth, np.r_[with_word / points, wrong / points]),
        "wrong_word_auc_lift": roc_auc_score(truth, -lift.T.ravel()),
        "wrong_word_auc_ratio": roc_auc_score(truth, np.r_[with_word - without, wrong - without]),
    }


def training_loss(
    network: SketchRNN,
    batch: Batch,
    labels: Tensor,
    kinds: Tensor,
    generator: torch.Generator,
    drop: float = 0.1,
    reading: AbstractContextManager = nullcontext(),  # noqa: B008 (does nothing)
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the weighted sum of the three losses, and each loss by name.

    labels, kinds: int64 (N,). drop: the share of the LSTM's outputs that is set to 0. reading: a context for the LSTM
    alone, for example of half precision.

    Junk teaches only its kind. One good drawing in four is also used without a word. Where there is only one word, no
    word can be wrong, so the lift is not trained.
    """
    words, where = len(network.words), labels.device
    with reading:
        seen = network.read(batch.inputs)
    seen = F.dropout(seen.float(), drop, network.training)
    good = torch.nonzero(kinds == GOOD)[:, 0]
    some = good[torch.rand(len(good), generator=generator, device=where) < 0.25]
    rows = torch.cat([good, some])
    classes = torch.cat([labels[good], torch.full_like(some, network.no_word)])
    losses = network.losses(batch.take(rows), classes, seen[rows]).sum(dim=1)
    right, without = losses.split([len(good), len(some)])
    nats = right.sum() / batch.lengths[good].sum().clamp(min=1)
    nats_without = without.sum() / batch.lengths[some].sum().clamp(min=1)

    whole = network.whole(seen, batch.lengths)
    lift = 0 * nats
    if words > 1 and len(good):
        lift = F.cross_entropy(network.word_logits(whole[good]), labels[good])
    shown_wrong = good if words > 1 else good[:0]
    other = torch.randint(1, max(words, 2), (len(shown_wrong),), generator=generator, device=where)
    judged = network.kind_logits(
        torch.cat([whole, whole[shown_wrong]]), torch.cat([labels, (labels[shown_wrong] + other) % words])
    )
    kind = F.cross_entropy(judged, torch.cat([kinds, torch.full_like(shown_wrong, WRONG)]))
    total = (1 - WITHOUT) * nats + WITHOUT * nats_without + LIFT * lift + KIND * kind
    parts = {"nats_per_point": nats, "nats_per_point_no_word": nats_without, "lift": lift, "kind": kind}
    return total, {name: part.detach() for name, part in parts.items()}


def widened(network: SketchRNN, hidden: int, generator: torch.Generator) -> SketchRNN:
    """Return a network with more LSTM units that computes the same function.

    Each new unit copies an old one, and the two share its outgoing weights. The shares are random, so that the copies
    grow apart in training (Net2WiderNet, Chen, Goodfellow & Shlens 2016, arXiv 1511.05641). hidden: the new number of
    units, at most twice the old one.
    """
    old = network.shape.hidden
    wide = SketchRNN(network.words, replace(network.shape, hidden=hidden), network.kinds)
    copied = torch.cat([torch.arange(old), torch.arange(hidden - old)])

    def units(weight: Tensor, parts: int) -> Tensor:
        """Copy the rows that belong to LSTM units, of which each unit has `parts`."""
        return torch.cat([part[copied] for part in weight.chunk(parts)])

    def split(weight: Tensor) -> Tensor:
        """Share the columns that read LSTM units between an old unit and its copy."""
        share = torch.ones(len(weight), hidden)
        mine = torch.empty(len(weight), hidden - old).uniform_(0.3, 0.7, generator=generator)
        share[:, : hidden - old], share[:, old:] = mine, 1 - mine
        return weight[:, copied] * share

    state = {name: value.clone() for name, value in network.state_dict().items()}
    for name in ("lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0"):
        state[name] = units(state[name], 4)
    for name in ("lstm.weight_hh_l0", "known.weight"):
        state[name] = split(state[name])
    for name in ("named.0.weight", "kind.0.weight")[: 1 + bool(network.kinds)]:
        last, mean, rest = state[name].tensor_split([old, 2 * old], dim=1)
        state[name] = torch.cat([split(last), split(mean), rest], dim=1)
    wide.load_state_dict(state)
    return wide


def log_prior(corpus: Corpus, extra_each: int) -> Tensor:
    """Return float32 (words,): the log of each word's share of the good drawings in a pass.

    A pass shows all real drawings and `extra_each` of the auxiliary ones.
    """
    words = len(corpus.words)
    real, extra = (np.bincount(corpus.labels(part), minlength=words) for part in (corpus.real, corpus.extra))
    shown = real + extra_each * extra / max(extra.sum(), 1)
    return torch.from_numpy(np.log(np.maximum(shown, 0.5) / shown.sum())).float()


def run(options: argparse.Namespace, watcher: Watcher) -> None:
    """Train by the options of `qdesk train sketchrnn`. See `loop.train` and `preflight.corpus_for`."""
    torch.manual_seed(options.seed)
    torch.set_float32_matmul_precision("high")
    where = device()
    corpus = corpus_for("sketchrnn", options, watcher.say)
    bank, bank_kinds = junk_bank(corpus.real, np.random.default_rng([options.seed, 0]))
    drawings = Drawings.concat([batch for batch in (corpus.real, bank, corpus.extra) if len(batch)])
    kinds = np.zeros(len(drawings), np.int64)
    kinds[len(corpus.real) : len(corpus.real) + len(bank)] = bank_kinds
    store = TrainingStore(drawings, corpus.labels(drawings), kinds, where)
    network = SketchRNN(corpus.words, Shape(hidden=options.hidden), ("good", *KINDS))
    if options.start:
        hidden = weights.load(options.start, "sketchrnn").shape.hidden
        network = SketchRNN(corpus.words, Shape(hidden=min(hidden, options.hidden)), network.kinds)
        weights.start_from(network, options.start)
        network = widened(network, options.hidden, torch.Generator().manual_seed(options.seed))
    own = len(corpus.real) + len(bank)
    real, extra = np.arange(own), np.arange(own, len(drawings))
    extra_each = min(len(extra), len(corpus.real) // 4)  # a pass shows all real drawings, and few auxiliary ones
    network.log_prior.copy_(log_prior(corpus, extra_each))
    network = network.to(where)
    validation, test = (corpus.labels(part) for part in (corpus.validation, corpus.test))

    # Only the LSTM uses half precision: positions in bfloat16 would be half a unit off.
    half = torch.autocast(where.type, torch.bfloat16, enabled=options.bf16)

    def losses(begun_at: int) -> Generator[dict[str, Tensor], None, None]:
        rng = np.random.default_rng([options.seed, begun_at])  # so that a resumed run sees new batches
        generator = torch.Generator(where).manual_seed(options.seed + begun_at)
        while True:
            chosen = np.concatenate([real, rng.choice(extra, extra_each, replace=False)]) if extra_each else real
            for rows in epoch_batches(store.counts, chosen, options.batch, rng):
                points, pens, lengths, labels, shown = store.get(rows)
                batch = batch_from(*vary(points, pens, lengths, generator), network.shape.scale)
                loss, parts = training_loss(network, batch, labels, shown, generator, reading=half)
                yield {"loss": loss, **parts}

    def validate(network: SketchRNN) -> dict[str, float]:
        figures = evaluate(network, corpus.validation, validation)
        return {name: value for name, value in figures.items() if name != "drawings"}

    def finish(network: SketchRNN) -> dict[str, float]:
        return evaluate(network, corpus.test, test) if len(test) else {}

    task = Task(
        kind="sketchrnn",
        corpus=corpus,
        network=network,
        optimizer=torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=0.01, betas=(0.9, 0.99)),
        losses=losses,
        validate=validate if len(validation) else None,
        chosen_by="nats_per_point",  # the likelihood: what the network is, and what overfits first
        shown="nats_per_point",
        finish=finish,
        trained_on=len(drawings),
        clip=1.0,
        facts={"seed": options.seed, "trained_on": len(drawings), "hidden": options.hidden},
    )
    train(task, Run[SketchRNN].planned(options, own + extra_each), options, watcher)
