"""The combined order: how likely a drawing is junk, and of what sort, from everything that is known of it.

A multinomial logistic regression over the scores and a few plain facts about the strokes (`FEATURES` and their
squares), fitted by `python -m qdesk.curation.fit` on real drawings and planted junk. `junk` is the log-odds of junk.
What is not known of a drawing (the lift under an official decoder, strokes of a bitmap) counts as average.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from qdesk import paths
from qdesk.drawings import BOX, Drawings

SHIPPED = "junk.json"
FEATURES = (
    "loss_per_point", "lift_per_point", "lift", "log_p_word", "log_p_top", "log_strokes", "log_points", "log_ink",
    "log_segment", "turning", "aspect",
)  # fmt: skip
GOOD = "good"


@dataclass(frozen=True)
class JunkModel:
    """mean, scale: (features,), of the good drawings.  classes: GOOD and the kinds of junk, with the reason for each.
    weights: (classes, 2 * features), bias: (classes,).  unusual: loss per point that 1 in 50 good drawings exceed.
    """

    mean: list[float]
    scale: list[float]
    classes: list[str]
    reasons: list[str]
    weights: list[list[float]]
    bias: list[float]
    unusual: float
    about: dict = field(default_factory=dict)

    def judge(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(N, features) with NaN for the unknown, to `junk` float64 (N,), log-odds, and `reason` object (N,)."""
        logits = expand(features, np.array(self.mean), np.array(self.scale)) @ np.array(self.weights).T + self.bias
        good = self.classes.index(GOOD)
        bad = [k for k in range(len(self.classes)) if k != good]
        worst = logits[:, bad].max(axis=1)
        odds = worst + np.log(np.exp(logits[:, bad] - worst[:, None]).sum(axis=1)) - logits[:, good]
        names = np.array([self.reasons[k] for k in bad], object)
        # Reasons, not kinds, compete: two sorts of scribble together may be likelier than any one other thing.
        totals = {
            name: np.exp(logits[:, bad] - worst[:, None])[:, names == name].sum(axis=1) for name in dict.fromkeys(names)
        }
        likeliest = np.array(list(totals), object)[np.stack(list(totals.values())).argmax(axis=0)]
        unusual = features[:, FEATURES.index("loss_per_point")] > self.unusual
        return odds, np.where(odds > 0, likeliest, np.where(unusual, "unusual", "")).astype(object)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


BLANK = JunkModel(
    mean=[0.0] * len(FEATURES),
    scale=[1.0] * len(FEATURES),
    classes=[GOOD, "junk"],
    reasons=["", "junk"],
    weights=[[0.0] * 2 * len(FEATURES)] * 2,
    bias=[0.0, 0.0],
    unusual=float("inf"),
)
"""Says nothing of anything: stands in while a junk model is being fitted."""


def load(path: Path | None = None) -> JunkModel:
    """The shipped junk model, or the one at `path`."""
    return JunkModel(**json.loads((path or paths.model(SHIPPED)).read_text(encoding="utf-8")))


def expand(features: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """(N, features) standardised, unknown ones at the mean, outliers held at 6 deviations; and their squares beside."""
    standard = np.clip(np.nan_to_num((features - mean) / scale, nan=0.0), -6, 6)
    return np.concatenate([standard, standard * standard], axis=1)


def features_of(drawings: Drawings, scores: dict[str, np.ndarray]) -> np.ndarray:
    """float64 (N, features) of drawings in the 255 box with their scores; NaN where something is not known."""
    strokes, points = drawings.stroke_counts.astype(float), drawings.point_counts.astype(float)
    ink, turning, aspect = _shape(drawings)
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = {
            "loss_per_point": scores["loss_per_point"],
            "lift_per_point": scores["lift"] / points,
            "lift": scores["lift"],
            "log_p_word": np.log(np.maximum(scores["p_word"], 1e-6)),
            "log_p_top": np.log(np.maximum(scores["p_top"], 1e-6)),
            "log_strokes": np.log(strokes),
            "log_points": np.log(points),
            "log_ink": np.log1p(ink),
            "log_segment": np.log1p(ink / points * 10),
            "turning": turning,
            "aspect": aspect,
        }
    table = np.stack([np.asarray(columns[name], float) for name in FEATURES], axis=1)
    return np.where(np.isfinite(table), table, np.nan)


def _shape(drawings: Drawings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ink length in boxes, mean absolute turn in radians, shorter side over longer; NaN (N,) for bitmaps."""
    count = len(drawings)
    if not len(drawings.points):
        return (np.full(count, np.nan),) * 3
    points, edges, strokes = drawings.points.astype(float), drawings.point_offsets, drawings.stroke_offsets
    step = np.diff(points, axis=0, append=points[-1:])
    step[strokes[1:] - 1] = 0  # from one stroke to the next the pen is up
    length = np.hypot(step[:, 0], step[:, 1])
    direction = np.arctan2(step[:, 1], step[:, 0])
    turn = np.abs((np.diff(direction, prepend=direction[:1]) + np.pi) % (2 * np.pi) - np.pi)
    inside = (length > 0) & np.r_[False, length[:-1] > 0]
    inside[strokes[:-1]] = False
    turns = np.add.reduceat(np.where(inside, turn, 0.0), edges[:-1])
    bends = np.add.reduceat(inside.astype(float), edges[:-1])
    extent = np.maximum.reduceat(points, edges[:-1]) - np.minimum.reduceat(points, edges[:-1])
    ink = np.add.reduceat(length, edges[:-1]) / BOX
    return ink, turns / np.maximum(bends, 1), extent.min(axis=1) / np.maximum(extent.max(axis=1), 1)
