"""The combined order: how likely a drawing is junk, and of which kind, from all that is known of it.

It is a multinomial logistic regression over the scores and a few plain facts about the strokes (`FEATURES` and their
squares). `python -m qdesk.training.junk_model` fits it on real drawings and planted junk. `junk` is the log-odds of
junk. What is not known of a drawing (the lift under an official decoder, strokes of a bitmap) counts as average.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from qdesk import paths
from qdesk.data.drawings import BOX, Drawings
from qdesk.files import atomic_write

FEATURES = (
    "loss_per_point", "lift_per_point", "lift", "end_loss", "late_loss", "peak_loss", "log_p_word", "log_p_top",
    "log_strokes", "log_points", "log_ink", "log_segment", "turning", "aspect",
    "kind_scribble", "kind_over", "kind_lettering", "kind_walk", "kind_unfinished", "kind_wrong",
)  # fmt: skip
"""The inputs of the model. The kind_* are what the Sketch-RNN says of the whole drawing (`likelihood.Reading`)."""

GOOD = "good"
SUSPECT = -3.0
"""The log-odds from which on a reason is suggested: one chance in twenty. A suggestion costs a glance, and at even odds
half of the unfinished drawings would get none."""


@dataclass(frozen=True)
class JunkModel:
    """The fitted regression.

    mean, scale: (features,), of the good drawings.   classes: GOOD and the kinds of junk.   reasons: one per class.
    weights: (classes, 2 * features).   bias: (classes,).   unusual: the loss per point that 1 in 50 good drawings
    exceed.   usual: the 5 % and the 95 % quantile of good drawings, by feature, for the evidence.
    """

    mean: list[float]
    scale: list[float]
    classes: list[str]
    reasons: list[str]
    weights: list[list[float]]
    bias: list[float]
    unusual: float
    usual: dict[str, list[float]]
    about: dict = field(default_factory=dict)

    @property
    def kinds(self) -> list[str]:
        """The kinds of junk, in the order of `odds`."""
        return [name for name in self.classes if name != GOOD]

    def odds(self, features: np.ndarray) -> np.ndarray:
        """Return the log-odds of each kind against good, float64 (N, kinds); NaN in (N, features) means unknown."""
        logits = expand(features, np.array(self.mean), np.array(self.scale)) @ np.array(self.weights).T + self.bias
        return np.delete(logits, self.classes.index(GOOD), axis=1) - logits[:, [self.classes.index(GOOD)]]

    def judge(self, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return `junk`, float64 (N,), log-odds, and `reason`, object (N,); NaN in (N, features) means unknown."""
        odds = self.odds(features)
        worst = odds.max(axis=1)
        weight = np.exp(odds - worst[:, None])
        junk = worst + np.log(weight.sum(axis=1))
        # Reasons compete, not kinds: two kinds of scribble together may be likelier than any other single kind.
        names = np.array([reason for name, reason in zip(self.classes, self.reasons, strict=True) if name != GOOD])
        reasons = np.array(list(dict.fromkeys(names)), object)
        likeliest = reasons[np.stack([weight[:, names == name].sum(axis=1) for name in reasons]).argmax(axis=0)]
        unusual = features[:, FEATURES.index("loss_per_point")] > self.unusual
        return junk, np.where(junk > SUSPECT, likeliest, np.where(unusual, "unusual", "")).astype(object)

    def save(self, path: Path) -> None:
        with atomic_write(path) as part:
            part.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


def load(path: Path | None = None) -> JunkModel:
    """Load the shipped junk model, or the one at `path`."""
    return JunkModel(**json.loads((path or paths.model(paths.JUNK_MODEL)).read_text(encoding="utf-8")))


def expand(features: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Standardise (N, features) and add squares: float64 (N, 2 * features); NaN is 0, outliers are held at 6."""
    standard = np.clip(np.nan_to_num((features - mean) / scale, nan=0.0), -6, 6)
    return np.concatenate([standard, standard * standard], axis=1)


def loss_shape(losses: np.ndarray, lengths: np.ndarray) -> dict[str, np.ndarray]:
    """Return where in a drawing its loss is, float64 (N,) each, nats, from losses (N, T) of `lengths` (N,) points.

    end_loss: the loss of the last point and of ending there. It is high where a drawing stops unfinished.
    late_loss: the mean of the last third minus the mean of all. It is high where a good beginning was scribbled over.
    peak_loss: the highest loss of all points.
    """
    losses = losses.astype(float)
    rows, steps = np.arange(len(losses)), np.arange(losses.shape[1])
    late = (steps >= (2 * lengths // 3)[:, None]) & (steps < lengths[:, None])
    mean = losses.sum(axis=1) / lengths
    return {
        "end_loss": losses[rows, lengths - 1],
        "late_loss": (losses * late).sum(axis=1) / late.sum(axis=1) - mean,
        "peak_loss": losses.max(axis=1),
    }


def features_of(drawings: Drawings, scores: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return `FEATURES`, float64 (N, features), of drawings in the 255 box; NaN where something is not known.

    scores: the columns of a ranking, and those of `loss_shape` where there are losses.
    """
    unknown = np.full(len(drawings), np.nan)
    strokes, points = drawings.stroke_counts.astype(float), drawings.point_counts.astype(float)
    ink, turning, aspect = _shape(drawings)
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = {
            "loss_per_point": scores["loss_per_point"],
            "lift_per_point": scores["lift"] / points,
            "lift": scores["lift"],
            **{name: scores.get(name, unknown) for name in ("end_loss", "late_loss", "peak_loss")},
            **{name: scores.get(name, unknown) for name in FEATURES if name.startswith("kind_")},
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
    """Return ink length in boxes, mean absolute turn in radians, shorter side over longer: (N,) each, NaN: bitmaps."""
    count = len(drawings)
    if not len(drawings.points):
        return (np.full(count, np.nan),) * 3
    points, edges, strokes = drawings.points.astype(float), drawings.point_offsets, drawings.stroke_offsets
    step = np.diff(points, axis=0, append=points[-1:])
    step[strokes[1:] - 1] = 0  # the pen is up from one stroke to the next
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
