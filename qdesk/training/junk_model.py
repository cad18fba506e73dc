"""Fit the junk model: `python -m qdesk.training.junk_model --data DIR --labels DIR --out models/junk.safetensors`.

It learns from what people said of real drawings, from junk that this project draws, and from drawings that nobody
labelled, which count as honest. Labels of the training parts teach, those of part 0 calibrate. Part 1 is never looked
at: `qdesk bench ranking --labels DIR` reports on it.

The other networks were trained on most of these drawings, too. Therefore each of the small networks that tell kinds is
kept from a fifth of the labelled drawings, and the trees learn from what the one says that did not see a drawing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.reasons import SUGGESTED
from qdesk.data.synthetic_junk import KINDS, REASON_OF, add_junk
from qdesk.formats.labels import DOUBTFUL, Labelled, labelled
from qdesk.nets import weights
from qdesk.nets.junk import JunkNetwork, Shape, Trees, tree_inputs
from qdesk.scoring import junk_model
from qdesk.scoring.fingerprint import short_digest
from qdesk.scoring.scorer import Scorer
from qdesk.training.data import load
from qdesk.training.rude_samples import rude_samples

KIND_NAMES = (junk_model.HONEST, *(reason for reason in SUGGESTED if reason in REASON_OF.values()))

MEMBERS, HIDDEN = 5, 96
STEPS, BATCH, RATE = 1500, 512, 2e-3

SHARES = {"drawn": 0.25, "wrong": 0.02, "told": 0.25, "fresh": 0.5}
"""What the batches of the small networks are made of: junk that this project draws, real drawings of other words,
labelled drawings, and those that nobody labelled."""

PARTLY = 0.15
"""The share of a batch of which the Sketch-RNN says nothing, as under an official decoder."""

LESS_KNOWN = 0.2
"""The weight of a drawing as a bitmap, or without what the Sketch-RNN says, where the drawing itself weighs 1."""

UNSURE = 0.3
"""The part of a doubtful drawing that counts as unfinished for the small networks. For the trees it is no junk, and has
half the weight."""

BLAMED = 0.0124
"""The share of honest drawings that are above the limit. Of part 0 that gives 1 in 100 a reason that blames them."""

HELD_BACK = 0.03
"""The variance that is expected of the weights that tell the kinds of junk apart: the smaller, the nearer to 0."""

TREES: dict[str, Any] = {
    "max_iter": 300, "learning_rate": 0.03, "max_leaf_nodes": 8, "min_samples_leaf": 40, "l2_regularization": 10.0,
    "max_features": 0.3, "max_depth": 6,
}  # fmt: skip

Report = Callable[[str], None]


@dataclass(frozen=True)
class Examples:
    """N drawings to learn from.

    features: float32 (N, features).   layers: float16 (N, layers).   kind: int64 (N,), of `KIND_NAMES`, -1 doubtful.
    """

    features: np.ndarray
    layers: np.ndarray
    kind: np.ndarray

    @classmethod
    def of(cls, scorer: Scorer, drawings: Drawings, kinds: Sequence[str] | np.ndarray) -> Examples:
        """Read drawings. kinds: each one's, "" for doubtful."""
        features, layers = scorer.features(drawings)
        place = {name: number for number, name in enumerate(KIND_NAMES)}
        return cls(features, layers.astype(np.float16), np.array([place.get(kind, -1) for kind in kinds], np.int64))

    def __len__(self) -> int:
        return len(self.kind)

    @property
    def is_junk(self) -> np.ndarray:
        """bool (N,): whether each is clear junk."""
        return self.kind > 0

    def take(self, rows: np.ndarray) -> Examples:
        return Examples(self.features[rows], self.layers[rows], self.kind[rows])

    def unread(self) -> Examples:
        """Return the same without what the Sketch-RNN says."""
        features = self.features.copy()
        features[:, : len(junk_model.READ)] = np.nan
        layers = self.layers.copy()
        layers[:, -_read_width(self) :] = np.nan
        return Examples(features, layers, self.kind)

    def targets(self) -> np.ndarray:
        """Return what the small networks are to say of each, float32 (N, kinds)."""
        target = np.eye(len(KIND_NAMES), dtype=np.float32)[np.maximum(self.kind, 0)]
        target[self.kind < 0, 0] = 1 - UNSURE
        target[self.kind < 0, KIND_NAMES.index("unfinished")] = UNSURE
        return target


def fit(
    scorer: Scorer, told: Labelled, real: Drawings, given: Sequence[Sequence[np.ndarray]] = (), each: int = 3000,
    fresh: int = 24_000, seed: int = 0, steps: int = STEPS, report: Report = lambda text: None,
) -> junk_model.JunkModel:  # fmt: skip
    """Fit a junk model.

    told: labelled drawings; those of part 1 are not looked at.   real: drawings that the networks were trained on, of
    which `fresh` are taken that nobody labelled.   given: rude drawings (`rude_samples`).   each: pieces of every kind
    of junk that are drawn.
    """
    rng = np.random.default_rng(seed)
    told = told.take(told.part != 1)
    kinds = np.where(told.label == DOUBTFUL, "", np.where(told.reason == "", junk_model.HONEST, told.reason))
    others = real.take(~np.isin(real.content_ids(), told.drawings.content_ids()))
    report("reading the labelled drawings")
    known = Examples.of(scorer, told.drawings, kinds)
    flat = Examples.of(scorer, as_bitmaps(told.drawings), kinds)
    report("reading drawings that nobody labelled")
    nobody = others.take(rng.permutation(len(others))[:fresh])
    honest = Examples.of(scorer, nobody, [junk_model.HONEST] * len(nobody))
    report("drawing junk and reading it")
    drawn = {kind: add_junk(others, kind, each, rng, given) for kind in KINDS}
    parts = {
        "drawn": _joined([Examples.of(scorer, batch, [REASON_OF[kind]] * each)
                          for kind, batch in drawn.items() if kind != "wrong"]),
        "wrong": Examples.of(scorer, drawn["wrong"], ["wrong"] * each),
        "fresh": honest,
    }  # fmt: skip
    report("fitting")
    calibrates = told.part == 0
    fold = np.where(calibrates, -1, rng.integers(0, MEMBERS, len(told.part)))
    widths = known.features.shape[1], known.layers.shape[1]
    shape = Shape(*widths, KIND_NAMES, MEMBERS, HIDDEN, 0, 0, 0)
    torch.manual_seed(seed)
    network = JunkNetwork(shape)
    network.mean, network.scale = _spread(honest)
    _fit_members(network, parts, known, flat, fold, steps, seed)
    junk = _fit_trees(network, (known, flat, known.unread()), fold, calibrates, rng)
    fit_reasons(network, known, fold)
    network.about = _about(junk, known.take(calibrates), scorer)
    return junk_model.JunkModel(network.eval())


def as_bitmaps(drawings: Drawings) -> Drawings:
    """Return the official pictures of drawings, with their words."""
    return Drawings.from_bitmaps(raster(drawings), word=list(drawings.words))


def _read_width(examples: Examples) -> int:
    """Return how many of the layers are the Sketch-RNN's: they come last."""
    classifier = weights.load(paths.model(paths.CLASSIFIER), "classifier")
    return examples.layers.shape[1] - classifier.logits.in_features - classifier.strokes.logits.in_features


def _spread(honest: Examples) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean and the scale of the inputs, float32 (features + layers,). Layers weigh half: there are many."""
    features, layers = honest.features.astype(np.float64), honest.layers.astype(np.float32)
    mean = np.r_[np.nanmean(features, axis=0), layers.mean(axis=0, dtype=np.float64)]
    scale = np.r_[np.nanstd(features, axis=0) + 1e-6, 2 * (layers.std(axis=0, dtype=np.float64) + 1e-3)]
    return torch.from_numpy(mean).float(), torch.from_numpy(scale).float()


def _joined(parts: Sequence[Examples]) -> Examples:
    columns = ("features", "layers", "kind")
    return Examples(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))


def _fit_members(
    network: JunkNetwork, parts: dict[str, Examples], known: Examples, flat: Examples, fold: np.ndarray, steps: int,
    seed: int,
) -> None:  # fmt: skip
    """Teach each small network on everything but the labelled drawings of its fold and those that calibrate."""
    read = len(junk_model.READ)
    unread = torch.zeros(network.mean.shape[0], dtype=torch.bool)
    unread[:read] = unread[-_read_width(known) :] = True
    everything = _joined([*parts.values(), known, flat])
    target = torch.from_numpy(everything.targets())
    share = np.concatenate([np.full(len(part), SHARES[name] / len(part)) for name, part in parts.items()])
    for number, member in enumerate(network.members):
        learns = (fold >= 0) & (fold != number)
        weight = np.where(known.is_junk, 2.0, 1.0) * learns * SHARES["told"] / max(learns.sum(), 1)
        chance = np.concatenate([share, weight, LESS_KNOWN * weight])
        _teach(network, member, everything, target, chance, unread, steps, seed + number)


def _teach(
    network: JunkNetwork, member: torch.nn.Module, examples: Examples, target: torch.Tensor, chance: np.ndarray,
    unread: torch.Tensor, steps: int, seed: int,
) -> None:  # fmt: skip
    """Teach one small network.

    chance: how often each example is drawn, float64 (N,).   unread: the inputs that the Sketch-RNN gives, bool
    (inputs,).
    """
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    optimizer = torch.optim.AdamW(member.parameters(), lr=RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, max(steps, 2), pct_start=0.1)
    member.train()
    for _ in range(steps):
        rows = rng.choice(len(examples), BATCH, p=chance / chance.sum())
        with torch.no_grad():
            inputs = network.standardised(*_tensors(examples.take(rows)))
            inputs[(torch.rand(BATCH, 1) < PARTLY) & unread] = 0
        loss = F.cross_entropy(member(inputs), target[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    member.eval()


def _tensors(examples: Examples) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(examples.features), torch.from_numpy(examples.layers.astype(np.float32))


@torch.no_grad()
def _unseen_logits(network: JunkNetwork, examples: Examples, fold: np.ndarray) -> torch.Tensor:
    """Return the kinds' logits, (N, kinds), by those members that did not learn from a drawing."""
    inputs = network.standardised(*_tensors(examples))
    each = torch.stack([member(inputs) for member in network.members])
    rows = torch.arange(len(fold))
    own = each[torch.from_numpy(np.maximum(fold, 0)), rows]
    return torch.where(torch.from_numpy(fold >= 0)[:, None], own, each.mean(dim=0))


def _fit_trees(
    network: JunkNetwork, ways: Sequence[Examples], fold: np.ndarray, calibrates: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Fit the trees, and calibrate them on drawings that neither they nor the small networks learned from.

    ways: the labelled drawings as they are, and as less is known of them.   calibrates: bool (N,).
    Returns the log-odds of junk of those that calibrate, float64 (n,), by trees that did not learn from them.
    """
    from sklearn.linear_model import LogisticRegression

    tables = [tree_inputs(_tensors(way)[0], _unseen_logits(network, way, fold)).numpy() for way in ways]
    known = ways[0]
    weight = np.where(known.kind < 0, 0.5, 1.0)
    weights_of = [weight, *(LESS_KNOWN * weight for _ in ways[1:])]

    def trees(learns: np.ndarray) -> Trees:
        table = np.concatenate([table[learns] for table in tables])
        junk = np.tile(known.is_junk[learns], len(ways))
        return boosted(table, junk, np.concatenate([each[learns] for each in weights_of]))

    margin, turn = np.full(len(fold), np.nan), np.where(calibrates, rng.integers(0, 4, len(fold)), -1)
    for number in range(4):
        held = turn == number
        if held.any():
            margin[held] = trees(~held)(torch.from_numpy(tables[0][held])).numpy()
    network.trees = trees(np.ones(len(fold), bool))
    sizes = len(network.trees.roots), len(network.trees.value)
    network.shape = replace(network.shape, trees=sizes[0], nodes=sizes[1], depth=network.trees.depth)
    line = LogisticRegression(C=1e6).fit(margin[calibrates, None], known.is_junk[calibrates])
    network.odds = torch.tensor([line.coef_[0, 0], line.intercept_[0]], dtype=torch.float32)
    return line.decision_function(margin[calibrates, None])


def fit_reasons(network: JunkNetwork, known: Examples, fold: np.ndarray) -> None:
    """Fit what tells the kinds of junk apart, from labelled junk.

    Each piece is judged by the small networks that did not learn from it.
    """
    junk = known.take(known.is_junk)
    logits = _unseen_logits(network, junk, fold[known.is_junk])
    inputs, truth = network.reason_inputs(_tensors(junk)[0], logits), torch.from_numpy(junk.kind - 1)
    layer = network.which
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.LBFGS(layer.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        total = F.cross_entropy(layer(inputs), truth, reduction="sum") + layer.weight.square().sum() / (2 * HELD_BACK)
        total.backward()
        return total

    optimizer.step(loss)


def boosted(table: np.ndarray, is_junk: np.ndarray, weight: np.ndarray) -> Trees:
    """Fit boosted trees with scikit-learn, and return them as plain arrays. NaN is what is not known."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(random_state=0, **TREES).fit(table, is_junk, sample_weight=weight)
    nodes = [predictor.nodes for (predictor,) in model._predictors]  # there is no public way to read them
    starts = np.cumsum([0, *map(len, nodes)])
    trees = Trees(len(nodes), int(starts[-1]), TREES["max_depth"])
    flat = np.concatenate(nodes)
    first, own = np.repeat(starts[:-1], [len(each) for each in nodes]), np.arange(starts[-1])
    leaf = flat["is_leaf"].astype(bool)
    trees.roots = torch.from_numpy(starts[:-1].astype(np.int64))
    for name, child in (("left", "left"), ("right", "right")):
        setattr(trees, name, torch.from_numpy(np.where(leaf, own, first + flat[child].astype(np.int64))))
    trees.feature = torch.from_numpy(np.where(leaf, 0, flat["feature_idx"]).astype(np.int64))
    trees.threshold = torch.from_numpy(np.where(leaf, 0, flat["num_threshold"]).astype(np.float32))
    trees.unknown_left = torch.from_numpy(flat["missing_go_to_left"].astype(bool))
    value = np.where(leaf, flat["value"], 0) + np.where(leaf, model._baseline_prediction.item() / len(nodes), 0)
    trees.value = torch.from_numpy(value.astype(np.float32))
    return trees


def _about(junk: np.ndarray, calibrated: Examples, scorer: Scorer) -> dict[str, Any]:
    """Return what is kept beside the network: the limits of what is usual, and which Sketch-RNN it reads.

    junk: the log-odds of the drawings that calibrated it.
    """
    honest = calibrated.kind == 0
    features = calibrated.features[honest].astype(np.float64)
    usual = {
        name: np.nanquantile(features[:, place], (0.05, 0.95)).tolist()
        for place, name in enumerate(junk_model.FEATURES)
    }
    return {
        "suspect": float(np.quantile(junk[honest], 1 - BLAMED)),
        "unusual": float(np.nanquantile(features[:, junk_model.FEATURES.index("loss_per_point")], 0.98)),
        "usual": usual,
        "sketchrnn": short_digest(scorer.model or paths.model(paths.SKETCHRNN)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m qdesk.training.junk_model", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="DIR", help="the folders trained on")
    parser.add_argument("--labels", type=Path, nargs="+", required=True, metavar="FILE", help="label files, or folders")
    parser.add_argument("--rude", type=Path, nargs="*", default=[], metavar="DIR", help="decoders of rude drawings")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="models/junk.safetensors")
    parser.add_argument("--model", type=Path, metavar="FILE", help="another Sketch-RNN than the shipped one")
    parser.add_argument("--each", type=int, default=3000, metavar="N", help="pieces of each kind that are drawn")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    options = parser.parse_args()

    def report(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    corpus = load(options.data, report=report)
    told = labelled(options.labels, options.data)
    model = fit(
        Scorer(options.model), told, corpus.real, rude_samples(options.rude, 600, options.seed), options.each,
        seed=options.seed, report=report,
    )  # fmt: skip
    weights.save(model.network, options.out, half=True, seed=options.seed, labelled=len(told.label))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ValueError, OSError) as error:  # of files; FormatError and WeightsError are among them
        sys.exit(f"qdesk: {error}")
