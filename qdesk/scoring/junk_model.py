"""The combined order: how likely a drawing is junk, and of which kind, from all that is known of it.

A small network (`nets.junk`) reads plain facts about the strokes, the scores (`FEATURES`), and the layers before the
outputs of the classifier and of the Sketch-RNN. `python -m qdesk.training.junk_model` fits it to what people said of
real drawings, and to junk that this project draws. `junk` is the calibrated log-odds of junk. What is not known of a
drawing (strokes of a bitmap, what the Sketch-RNN says under an official decoder) is NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qdesk import paths
from qdesk.checked import check
from qdesk.data.drawings import BOX, Drawings
from qdesk.data.reasons import RUDE

if TYPE_CHECKING:  # importing torch takes two seconds, and the names of the features need none
    from qdesk.nets.junk import JunkNetwork

READ = ("loss_per_point", "lift_per_point", "lift", "end_loss", "late_loss", "peak_loss", "kind_scribble", "kind_over",
        "kind_lettering", "kind_walk", "kind_unfinished", "kind_wrong", "kind_beside", "kind_bare",
        "kind_marks", "kind_rude", "letters_most", "letters_count")  # fmt: skip
"""The features that the Sketch-RNN gives. The kind_* are its odds of each kind of junk (`likelihood.Reading`), the
letters_* come from its states (`scoring.letters`)."""

SHAPE = ("log_strokes", "log_points", "log_ink", "log_segment", "turning", "aspect")
"""The features that the strokes alone give."""

SEEN = ("log_p_word", "log_p_top", "entropy", "rank", *(
    f"{branch}_{fact}" for branch in ("picture", "strokes") for fact in ("log_p_word", "log_p_top", "entropy", "rank")
))  # fmt: skip
"""The features that the classifier gives, as a whole and by branch (`opinion`)."""

FEATURES = (*READ, *SHAPE, *SEEN)
"""The inputs of the model that have a name."""

_ABOUT = {"suspect": float, "unusual": float, "usual": {str: [float]}, "sketchrnn": str}

HONEST = "honest"
"""The kind of a drawing that is no junk. All other kinds are reasons (`data.reasons`)."""


SURELY_RUDE, ACCUSED = 0.9, 0.0
"""The probability of rude among all kinds, and the log-odds of junk, from which on a drawing is called rude. A wrong
accusation is worse than a miss: below that, the likeliest of the other reasons is given."""


@dataclass(frozen=True)
class JunkModel:
    """The fitted network, and what its evidence is compared with."""

    network: JunkNetwork

    @property
    def suspect(self) -> float:
        """The log-odds of junk from which on a reason is suggested."""
        return self.network.about["suspect"]

    @property
    def unusual(self) -> float:
        """The loss per point that 1 in 50 honest drawings exceed."""
        return self.network.about["unusual"]

    @property
    def usual(self) -> dict[str, list[float]]:
        """The 5 % and the 95 % quantile of honest drawings, by feature."""
        return self.network.about["usual"]

    @property
    def sketchrnn(self) -> str:
        """The digest of the Sketch-RNN's file whose layers the network learned to read."""
        return self.network.about["sketchrnn"]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of junk, in the order of `odds`. Each is a reason."""
        return self.network.shape.kinds[1:]

    def odds(self, features: np.ndarray, layers: np.ndarray) -> np.ndarray:
        """Return the log-odds of each kind against honest, float64 (N, kinds), not calibrated. NaN means unknown."""
        return self._judged(features, layers)[1]

    def judge(self, features: np.ndarray, layers: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return `junk`, float64 (N,), log-odds, `reason`, object (N,), and its probability, float64 (N,).

        The probability is of the likeliest kind of junk, by the small networks, also where no reason or "unusual" is
        given.
        features: (N, `FEATURES`).   layers: (N, the classifier's and the Sketch-RNN's), as `scorer.Scorer` measures
        them. NaN means unknown.
        """
        junk, odds, which = self._judged(features, layers)
        # Likelier than honest ones by their odds, together with honest ones of odds 1.
        chance = np.exp(odds - np.logaddexp(0, np.logaddexp.reduce(odds, axis=1))[:, None])
        if RUDE in self.kinds:
            rude = self.kinds.index(RUDE)
            accused = (chance[:, rude] > SURELY_RUDE) & (junk > ACCUSED)
            which[:, rude] = np.where(accused, np.inf, -np.inf)
        best = which.argmax(axis=1)
        likeliest, sure = np.array(self.kinds, object)[best], chance[np.arange(len(best)), best]
        unusual = features[:, FEATURES.index("loss_per_point")] > self.unusual
        reason = np.where(junk > self.suspect, likeliest, np.where(unusual, "unusual", "")).astype(object)
        return junk, reason, sure

    def _judged(self, features: np.ndarray, layers: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the log-odds of junk, (N,), of each kind against honest, and the logits of the kinds among junk."""
        import torch

        with torch.inference_mode():
            known, deep = (torch.from_numpy(np.asarray(part, np.float32)) for part in (features, layers))
            logits = self.network.kind_logits(known, deep)
            junk, which = self.network.junk(known, logits), self.network.reason_logits(known, logits)
        return junk.double().numpy(), (logits[:, 1:] - logits[:, :1]).double().numpy(), which.double().numpy()


def load(path: Path | None = None) -> JunkModel:
    """Load the shipped junk model, or the one at `path`. Raises `nets.weights.WeightsError` where it cannot be."""
    from qdesk.nets import weights

    path = path or paths.model(paths.JUNK_MODEL)
    network = weights.load(path, "junk")
    try:
        check(network.about, _ABOUT)
        if any(len(span) != 2 for span in network.about["usual"].values()):
            raise ValueError("a usual range has two ends")
        if network.shape.features != len(FEATURES) or network.shape.kinds[:1] != (HONEST,):
            raise ValueError("it reads other features, or knows other kinds")
    except ValueError as error:
        raise weights.WeightsError(f"{path} is not a junk model of this qdesk: {error}") from None
    return JunkModel(network)


def opinion(logs: np.ndarray, columns: np.ndarray, prefix: str = "") -> dict[str, np.ndarray]:
    """Return what a classifier says of drawings and their words, float64 (N,) each, NaN where the word is unknown.

    logs: log-probabilities, float32 (N, words).   columns: int64 (N,), each drawing's word, -1 unknown.
    log_p_word and log_p_top are of the word and of the first guess, at least 1e-6; entropy is of all words, in nats;
    rank is the logarithm of 1 and how many words are likelier.
    """
    known, least = columns >= 0, np.log(1e-6)
    own = np.where(known, logs[np.arange(len(logs)), columns], np.nan)
    rank = np.log1p((logs > own[:, None]).sum(axis=1))
    return {
        f"{prefix}log_p_word": np.maximum(own, least),
        f"{prefix}log_p_top": np.maximum(logs.max(axis=1), least),
        f"{prefix}entropy": -(np.exp(logs) * logs).sum(axis=1),
        f"{prefix}rank": np.where(known, rank, np.nan),
    }


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


def features_of(drawings: Drawings, measured: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return `FEATURES`, float64 (N, features), of drawings in the 255 box; NaN where something is not known.

    measured: what `scorer.Scorer` measures, (N,) each, whatever of it is known.
    """
    unknown = np.full(len(drawings), np.nan)
    strokes, points = drawings.stroke_counts.astype(float), drawings.point_counts.astype(float)
    ink, turning, aspect = _shape(drawings)
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = {name: measured.get(name, unknown) for name in FEATURES} | {
            "lift_per_point": measured["lift"] / points if "end_loss" in measured else unknown,
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
