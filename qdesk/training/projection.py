"""Fit the 64-byte embedding: `python -m qdesk.training.projection --data DIR --out models/projection.safetensors`.

The projection is a linear discriminant analysis (Fisher 1936) of the classifier's last layers. It keeps what tells
words apart, and what tells junk apart, since each kind of junk counts as a word. Differences between drawings of one
word count less. For a picture without strokes, a least-squares fit estimates the embedding of the whole drawing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.nets import weights
from qdesk.nets.projection import SIZE, Projection
from qdesk.scoring.classifier import DrawingClassifier
from qdesk.scoring.fingerprint import file_digest
from qdesk.training.data import load
from qdesk.training.sketchrnn import junk_bank

SHRUNK = 0.25
"""How far the covariance within words is shrunk to a sphere, 0 to 1. It is the best of 0.25, 0.5, 0.75 on part 0."""

DRAWINGS = 30_000
"""How many drawings to fit on. It takes a minute of one core."""


def layers(guesser: DrawingClassifier, drawings: Drawings) -> np.ndarray:
    """Return float32 (N, width): the classifier's layers before its logits (`Classifier.read`)."""
    with torch.inference_mode():
        return np.concatenate([guesser.network.read(*inputs).layers.numpy() for inputs in guesser.inputs(drawings)])


def fit(guesser: DrawingClassifier, drawings: Drawings, seed: int = 0) -> Projection:
    """Fit a projection to drawings in the 255 box, of at least 60 words, and to junk made from them."""
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.linear_model import Ridge

    junk, kinds = junk_bank(drawings, np.random.default_rng(seed))
    seen = layers(guesser, Drawings.concat([drawings, junk]))
    picture = layers(guesser, Drawings.from_bitmaps(raster(drawings)))
    width = picture.shape[1]
    spread = np.r_[np.full(width, _spread(seen[:, :width])), np.full(seen.shape[1] - width, _spread(seen[:, width:]))]
    labels = np.r_[drawings.words.astype(str), [f"junk {kind}" for kind in kinds]]
    found = LinearDiscriminantAnalysis(solver="eigen", shrinkage=SHRUNK, n_components=SIZE).fit(seen / spread, labels)
    directions = found.scalings_[:, :SIZE] / spread[:, None]
    centre = (found.priors_ @ found.means_ * spread) @ directions
    whole = seen[: len(drawings)] @ directions - centre
    guess = Ridge(alpha=_spread(picture) ** 2).fit(picture, whole / np.linalg.norm(whole, axis=1, keepdims=True))

    projection = Projection(width, seen.shape[1] - width)
    with torch.no_grad():
        for linear, weight, bias in (
            (projection.both, directions.T, -centre),
            (projection.alone, guess.coef_, guess.intercept_),
        ):
            linear.weight.copy_(torch.from_numpy(weight))
            linear.bias.copy_(torch.from_numpy(bias))
    return projection


def _spread(values: np.ndarray) -> float:
    """Return the mean distance of the rows from their mean."""
    return float(np.linalg.norm(values - values.mean(axis=0), axis=1).mean())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m qdesk.training.projection", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="DIR", help="the folders trained on")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="models/projection.safetensors")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    options = parser.parse_args()
    real = load(options.data, report=lambda text: print(text, file=sys.stderr)).real
    chosen = np.random.default_rng(options.seed).permutation(len(real))[:DRAWINGS]
    projection = fit(DrawingClassifier(), real.take(np.sort(chosen)), options.seed)
    classifier = file_digest(paths.model(paths.CLASSIFIER)).hex()
    weights.save(projection, options.out, half=True, seed=options.seed, drawings=len(chosen), classifier=classifier)
    return 0


if __name__ == "__main__":
    sys.exit(main())
