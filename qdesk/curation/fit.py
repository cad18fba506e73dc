"""Fit the junk model: `python -m qdesk.curation.fit --data DIR --out models/junk.json`.

Good drawings are the validation split of DIR (drawings that no network was trained on), junk is planted into them.
The figures are taken on the test split with other junk. Real files hold junk of their own, so some of what counts as
good here is not: that makes the model shyer, not wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from qdesk.curation import junk
from qdesk.curation.planted import KINDS, REASON_OF, plant
from qdesk.curation.score import Scorer
from qdesk.drawings import Drawings

SHARE = 0.05
"""The share of junk that the log-odds assume in a file."""


def planted(drawings: Drawings, kind: str, count: int, rng: np.random.Generator) -> Drawings:
    """`count` pieces of junk of one kind among the words of `drawings`, made from drawings of the batch."""
    rows = rng.choice(len(drawings), count, replace=len(drawings) < count)
    words = drawings.words[rows]
    if kind == "wrong":
        every = drawings.words
        rows = np.array([rng.choice(np.flatnonzero(every != word)) for word in words])
    strokes = [plant(kind, drawings.strokes_of(int(row)), rng) for row in rows]
    return Drawings.from_strokes(strokes, word=list(words)).fit_box()


def features(scorer: Scorer, drawings: Drawings) -> np.ndarray:
    return junk.features_of(drawings, scorer.score(drawings))


def fit(scorer: Scorer, drawings: Drawings, seed: int = 0, each: int = 1000) -> junk.JunkModel:
    """A junk model from good drawings, unknown to the networks, and `each` planted ones of every kind."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(seed)
    tables, labels = [features(scorer, drawings)], [np.full(len(drawings), junk.GOOD, object)]
    for kind in KINDS:
        tables.append(features(scorer, planted(drawings, kind, each, rng)))
        labels.append(np.full(each, kind, object))
    good, label = tables[0], np.concatenate(labels)
    mean, scale = np.nanmean(good, axis=0), np.maximum(np.nanstd(good, axis=0), 1e-6)
    expanded = junk.expand(np.concatenate(tables), mean, scale)
    importance = np.where(label == junk.GOOD, (1 - SHARE) / len(good), SHARE / (each * len(KINDS)))
    model = LogisticRegression(C=3.0, max_iter=3000)
    model.fit(expanded, label, sample_weight=importance * len(label))
    classes = [str(name) for name in model.classes_]
    return junk.JunkModel(
        mean=mean.tolist(),
        scale=scale.tolist(),
        classes=classes,
        reasons=["" if name == junk.GOOD else REASON_OF[name] for name in classes],
        weights=model.coef_.tolist(),
        bias=model.intercept_.tolist(),
        unusual=float(np.nanquantile(good[:, junk.FEATURES.index("loss_per_point")], 0.98)),
    )


def figures(scorer: Scorer, model: junk.JunkModel, drawings: Drawings, seed: int = 1) -> dict[str, float]:
    """What each order finds of junk planted at 1 % a kind: average precision, and recall in the worst 6 %."""
    from sklearn.metrics import average_precision_score

    rng = np.random.default_rng(seed)
    each = max(1, len(drawings) // 100)
    kinds = [np.full(len(drawings), junk.GOOD, object)]
    tables, reasons = [], []
    for kind in (junk.GOOD, *KINDS):
        batch = drawings if kind == junk.GOOD else planted(drawings, kind, each, rng)
        table = features(scorer, batch)
        tables.append(table)
        odds, reason = model.judge(table)
        reasons.append((odds, reason))
        if kind != junk.GOOD:
            kinds.append(np.full(each, kind, object))
    table, kind = np.concatenate(tables), np.concatenate(kinds)
    truth = kind != junk.GOOD
    orders = {
        "junk": np.concatenate([odds for odds, _ in reasons]),
        "loss_per_point": table[:, 0],
        "lift": -table[:, junk.FEATURES.index("lift")],
        "p_word": -table[:, junk.FEATURES.index("log_p_word")],
    }
    result: dict[str, float] = {"drawings": len(drawings), "planted": int(truth.sum())}
    worst = round(len(truth) * (truth.mean() + 0.01))
    for name, order in orders.items():
        found = truth[np.argsort(-order, kind="stable")[:worst]].sum() / truth.sum()
        result[f"average_precision_{name}"] = round(float(average_precision_score(truth, order)), 4)
        result[f"found_{name}"] = round(float(found), 4)
    named = np.concatenate([reason for _, reason in reasons])
    for name in KINDS:
        result[f"found_by_junk_{name}"] = round(
            float((np.argsort(np.argsort(-orders["junk"]))[kind == name] < worst).mean()), 4
        )
        result[f"reason_right_{name}"] = round(float((named[kind == name] == REASON_OF[name]).mean()), 4)
    return result


def main() -> int:
    from qdesk.training.data import load

    parser = argparse.ArgumentParser(prog="python -m qdesk.curation.fit", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="DIR", help="the folders trained on")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="models/junk.json")
    parser.add_argument("--model", type=Path, metavar="FILE", help="another Sketch-RNN than the shipped one")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    options = parser.parse_args()
    corpus = load(options.data, report=lambda text: print(text, file=sys.stderr))
    scorer = Scorer(options.model, combined=junk.BLANK)
    model = fit(scorer, corpus.validation, options.seed)
    about = {"seed": options.seed, "fitted_on": len(corpus.validation)}
    about |= {"test": figures(scorer, model, corpus.test, options.seed + 1)}
    junk.JunkModel(**{**vars(model), "about": about}).save(options.out)
    print(json.dumps(about, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
