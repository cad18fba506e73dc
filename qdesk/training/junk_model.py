"""Fit the junk model: `python -m qdesk.training.junk_model --data DIR --out models/junk.json`.

The good drawings are the validation split of DIR, which no network was trained on. The junk is planted into them.
`qdesk bench ranking` measures on the test split with other junk. Real files hold junk, too, so a second fit leaves out
the good drawings that the first one finds more likely junk than good.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import KINDS, REASON_OF, add_junk
from qdesk.scoring import junk_model
from qdesk.scoring.scorer import Scorer

SHARE = 0.05
"""The share of junk in a file that the log-odds assume."""


def fit(
    scorer: Scorer, drawings: Drawings, seed: int = 0, each: int = 3000, without: str | None = None
) -> junk_model.JunkModel:
    """Fit a junk model to good drawings that the networks were not trained on, and `each` planted ones of every kind.

    without: a kind to leave out, together with what the Sketch-RNN says about it. It shows how much the model finds of
    a kind of junk that was not foreseen.
    """
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(seed)
    tables, labels = [scorer.features(drawings)], [np.full(len(drawings), junk_model.GOOD, object)]
    kinds = [kind for kind in KINDS if kind != without]
    for kind in kinds:
        tables.append(scorer.features(add_junk(drawings, kind, each, rng)))
        labels.append(np.full(each, kind, object))
    good, label = tables[0], np.concatenate(labels)
    mean, scale = np.nanmean(good, axis=0), np.maximum(np.nanstd(good, axis=0), 1e-6)
    if f"kind_{without}" in junk_model.FEATURES:
        scale[junk_model.FEATURES.index(f"kind_{without}")] = 1e30  # so large that every value counts as average
    expanded = junk_model.expand(np.concatenate(tables), mean, scale)
    importance = np.where(label == junk_model.GOOD, (1 - SHARE) / len(good), SHARE / (each * len(kinds)))
    model = LogisticRegression(C=3.0, max_iter=3000)
    model.fit(expanded, label, sample_weight=importance * len(label))
    clean = (label != junk_model.GOOD) | (
        model.predict_proba(expanded)[:, list(model.classes_).index(junk_model.GOOD)] > 0.5
    )
    model.fit(expanded[clean], label[clean], sample_weight=importance[clean] * len(label))
    classes = [str(name) for name in model.classes_]
    return junk_model.JunkModel(
        mean=mean.tolist(),
        scale=scale.tolist(),
        classes=classes,
        reasons=["" if name == junk_model.GOOD else REASON_OF[name] for name in classes],
        weights=model.coef_.tolist(),
        bias=model.intercept_.tolist(),
        usual={
            name: np.nanquantile(good[:, place], (0.05, 0.95)).tolist()
            for place, name in enumerate(junk_model.FEATURES)
        },
        unusual=float(np.nanquantile(good[:, junk_model.FEATURES.index("loss_per_point")], 0.98)),
    )


def main() -> int:
    from qdesk.training.data import load

    parser = argparse.ArgumentParser(prog="python -m qdesk.training.junk_model", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="DIR", help="the folders trained on")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="models/junk.json")
    parser.add_argument("--model", type=Path, metavar="FILE", help="another Sketch-RNN than the shipped one")
    parser.add_argument("--without", choices=KINDS, metavar="KIND", help="leave one kind of junk out, to see")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    options = parser.parse_args()
    corpus = load(options.data, report=lambda text: print(text, file=sys.stderr))
    scorer = Scorer(options.model)
    model = fit(scorer, corpus.validation, options.seed, without=options.without)
    about = {"seed": options.seed, "fitted_on": len(corpus.validation)}
    replace(model, about=about).save(options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
