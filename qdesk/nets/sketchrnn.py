"""A class-conditional Sketch-RNN decoder (Ha & Eck 2017, arXiv 1704.03477): p(drawing | word), and p(drawing).

An LSTM reads a drawing point by point, without knowing its word. Before each point its state is read out with a word,
which predicts where the point will be (a mixture of 20 bivariate normals over the offset) and what the pen does there
(the stroke goes on, the stroke ends, the drawing ends). The word scales and shifts the read-out's hidden layer (FiLM,
Perez et al. 2018, arXiv 1709.07871). Index `len(words)` means "no word" and is learned by reading drawings out without
their word, so that one network gives p(x | word) and p(x). One reading serves every word, so it is cheap to ask about
many.

Three things differ from the paper, two of them because the drawings are integers in a 255 box:
- The mixture is integrated over the data's cell of one unit (see `mixture_log_prob`), so that components cannot win by
  collapsing onto the grid.
- Beside the last offset the LSTM sees where the pen is: relative to the first point, to the stroke's first point and
  to the bounding box so far. All are functions of the points before, so the result is still a likelihood.
- The word comes in at the read-out, not at every step.

Two more small heads judge a whole drawing from the LSTM's states, at a cost far below that of the reading: which word
it shows (`word_logits`), and whether it is good or one of the kinds of junk seen in training (`kind_logits`). By Bayes'
rule the first gives the lift: log p(x | word) - log p(x) = log p(word | x) - log p(word). In theory the ratio of the
two likelihoods is the same number. But the likelihood learns last what sets words apart, and a head that is taught just
that does not harm the likelihood.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from qdesk.data.drawings import Drawings, expand_ranges

PEN_DOWN, PEN_UP, END = 0, 1, 2
"""What the pen does after a point: the stroke goes on, the stroke ends here, the drawing ends here."""

FEATURES = 13
"""Inputs per step: offset (2), pen one-hot (3), pen from first point (2), from stroke's first point (2), box (4)."""

N_MAX = 250
"""The paper's N_max for Quick, Draw! data: formula (9) divides a drawing's loss by it."""


@dataclass(frozen=True)
class Shape:
    """hidden: LSTM units.   embedding: width of a word's vector.   readout: width of the read-out's hidden layer.

    mixtures: bivariate normals.   whole: width of the hidden layers that judge whole drawings.
    """

    hidden: int = 256
    embedding: int = 64
    readout: int = 256
    mixtures: int = 20
    whole: int = 192
    scale: float = 40.0  # the data's units in one unit of the network: the offsets' standard deviation, rounded


class SketchRNN(nn.Module):
    """The network from drawings and their words to the loss of each point, and to logits for whole drawings.

    words: the names of the classes; class index `len(words)` is "no word".
    kinds: what a drawing can be as a whole, the first of them good; empty for a network that was not taught any.
    Class indices are int64 (N,), one per drawing, or (1,), one for all.
    """

    log_prior: Tensor

    def __init__(
        self,
        words: tuple[str, ...],
        shape: Shape = Shape(),  # noqa: B008 (frozen)
        kinds: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self.words, self.shape, self.kinds = tuple(words), shape, tuple(kinds)
        self.lstm = nn.LSTM(FEATURES, shape.hidden, batch_first=True)
        self.word = _vectors(len(self.words) + 1, shape.embedding)
        self.known = nn.Linear(shape.hidden, shape.readout)
        self.film = nn.Linear(shape.embedding, 2 * shape.readout)
        self.output = nn.Linear(shape.readout, 3 + 6 * shape.mixtures)
        self.named = nn.Sequential(
            nn.Linear(2 * shape.hidden, shape.whole), nn.GELU(), nn.Linear(shape.whole, len(self.words))
        )
        self.register_buffer("log_prior", torch.full((len(self.words),), -math.log(max(len(self.words), 1))))
        if kinds:
            self.kind = nn.Sequential(
                nn.Linear(2 * shape.hidden + shape.embedding, shape.whole),
                nn.GELU(),
                nn.Linear(shape.whole, len(kinds)),
            )
        _, weight_hh, _, bias_hh = self.lstm.all_weights[0]
        if weight_hh.is_meta:  # only the shapes are asked for, and nothing is there to begin with
            return
        bias_hh.data[shape.hidden : 2 * shape.hidden] = 1.0  # remember by default: forget gate bias 1
        for part in weight_hh.data.chunk(4):
            nn.init.orthogonal_(part)

    @property
    def no_word(self) -> int:
        return len(self.words)

    def read(self, inputs: Tensor) -> Tensor:
        """Read features (N, T, 13) and return the LSTM's output before each point, (N, T, hidden)."""
        return self.lstm(inputs)[0]

    def outputs(self, seen: Tensor, classes: Tensor) -> Tensor:
        """Return raw outputs (N, T, 3 + 6 * mixtures) from what was read, (N, T, hidden), and class indices."""
        return self.read_out(seen, self.word(classes))

    def read_out(self, seen: Tensor, vectors: Tensor) -> Tensor:
        """Return what `outputs` does for words given as vectors, (N or 1, embedding), such as a mean of two words'."""
        scale, shift = self.film(vectors)[:, None].chunk(2, dim=2)  # (N or 1, 1, readout) each
        return self.output(F.relu(torch.addcmul(shift, self.known(seen), 1 + scale)))

    def forward(self, inputs: Tensor, classes: Tensor) -> Tensor:
        """Return raw outputs (N, T, 3 + 6 * mixtures) from features (N, T, 13) and class indices."""
        return self.outputs(self.read(inputs), classes)

    def losses(self, batch: Batch, classes: Tensor, seen: Tensor | None = None) -> Tensor:
        """Return the loss of every point in nats, float32 (N, T): -log p(offset) - log p(pen); 0 past a drawing's end.

        seen: the result of `read` for the batch, where the caller has it already.
        """
        seen = self.read(batch.inputs) if seen is None else seen
        return point_losses(self.outputs(seen, classes), batch, self.shape.scale)

    def whole(self, seen: Tensor, lengths: Tensor) -> Tensor:
        """Return (N, 2 * hidden) from what was read, (N, T, hidden): its value at each drawing's end, and its mean."""
        inside = (torch.arange(seen.shape[1], device=seen.device) < lengths[:, None])[..., None]
        mean = (seen * inside).sum(dim=1) / lengths[:, None]
        return torch.cat([seen[torch.arange(len(seen), device=seen.device), lengths - 1], mean], dim=1)

    def word_logits(self, whole: Tensor) -> Tensor:
        """Return the logits of each drawing's word, (N, words), from `whole`, with words as frequent as in training."""
        return self.named(whole)

    def lift(self, whole: Tensor, classes: Tensor) -> Tensor:
        """Return log p(x | word) - log p(x) in nats, (N,), with all words equally likely beforehand; 0 for "no word".

        Words were not equally frequent in training. The log of their shares (`log_prior`) is subtracted, or the lift of
        frequent words would be too high, and that of rare ones too low.
        """
        evenly = self.word_logits(whole).float() - self.log_prior
        gain = torch.log_softmax(evenly, dim=1) + math.log(len(self.words))
        known = torch.cat([gain, torch.zeros_like(gain[:, :1])], dim=1)
        return known.gather(1, classes.expand(len(whole))[:, None])[:, 0]

    def kind_logits(self, whole: Tensor, classes: Tensor) -> Tensor:
        """Return the logits of what each drawing is as a whole, given its class, (N, kinds); (N, 0) without kinds."""
        if not self.kinds:
            return whole.new_zeros(len(whole), 0)
        return self.kind(torch.cat([whole, self.word(classes).expand(len(whole), -1)], dim=1))

    def config(self) -> dict:
        return {"shape": asdict(self.shape), "words": list(self.words), "kinds": list(self.kinds)}

    @classmethod
    def from_config(cls, config: dict) -> Self:
        return cls(tuple(config["words"]), Shape(**config["shape"]), tuple(config.get("kinds", ())))


def _vectors(count: int, width: int) -> nn.Embedding:
    """Return vectors, at random, but on the meta device, where torch would first import for a second to do so."""
    empty = torch.empty(count, width)
    return nn.Embedding.from_pretrained(empty, freeze=False) if empty.is_meta else nn.Embedding(count, width)


# Drawings as sequences


@dataclass(frozen=True)
class Batch:
    """Drawings of at most T points as the network reads them, one row per drawing.

    inputs: float32 (N, T, 13), what is known before each point.  offsets: float32 (N, T, 2), the point itself, in the
    data's units.  pens: int64 (N, T).  lengths: int64 (N,).
    """

    inputs: Tensor
    offsets: Tensor
    pens: Tensor
    lengths: Tensor

    def take(self, rows: Tensor) -> Batch:
        return Batch(*(part[rows] for part in vars(self).values()))

    def to(self, device: torch.device | str) -> Batch:
        return Batch(*(part.to(device, non_blocking=True) for part in vars(self).values()))


def batch_of(drawings: Drawings, indices: np.ndarray, scale: float) -> Batch:
    """Return the drawings at `indices`, in the 255 box, as a `Batch` padded to the longest of them.

    Sort by length before cutting into batches, so that little is padded.
    """
    points, pens, lengths = padded(drawings, indices)
    return batch_from(torch.from_numpy(points), torch.from_numpy(pens), torch.from_numpy(lengths), scale)


def padded(drawings: Drawings, indices: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return points, float32 (N, T, 2), pens, int64 (N, T), and lengths, int64 (N,), of the drawings at `indices`.

    Past a drawing's end its last point is repeated.
    """
    starts, lengths = drawings.point_offsets[:-1][indices], drawings.point_counts[indices]
    count, longest = len(indices), int(lengths.max(initial=1))
    flat = expand_ranges(starts, lengths)
    cells = expand_ranges(np.arange(count) * longest, lengths)
    last = np.zeros(len(drawings.points), np.int64)
    points = np.repeat(drawings.points[starts + lengths - 1][:, None], longest, axis=1)
    points.reshape(-1, 2)[cells] = drawings.points[flat]
    strokes = expand_ranges(drawings.drawing_offsets[:-1][indices], drawings.stroke_counts[indices])
    last[drawings.stroke_offsets[1:][strokes] - 1] = PEN_UP
    pens = np.full((count, longest), END, np.int64)
    pens.reshape(-1)[cells] = last[flat]
    pens[np.arange(count), lengths - 1] = END
    return np.ascontiguousarray(points, np.float32), pens, lengths


def batch_from(points: Tensor, pens: Tensor, lengths: Tensor, scale: float) -> Batch:
    """Make a `Batch` from padded points (N, T, 2), pens (N, T) and lengths (N,)."""
    count, longest = pens.shape
    start = points[:, :1]
    offsets = torch.diff(points, dim=1, prepend=start)
    before = torch.cat([start, points[:, :-1]], dim=1)  # where the pen was before each point
    pen = F.one_hot(pens, 3).to(points.dtype)
    pen = torch.cat([torch.zeros_like(pen[:, :1]), pen[:, :-1]], dim=1)
    moved = torch.cat([torch.zeros_like(start), offsets[:, :-1]], dim=1)

    # The first point of the pen's stroke is the last point that followed a lift, carried forward.
    opens = torch.cat([torch.ones_like(pens[:, :1]), (pens[:, :-1] != PEN_DOWN).long()], dim=1)
    first = torch.cummax(opens * torch.arange(longest, device=pens.device), dim=1).values
    stroke_start = torch.gather(points, 1, first[..., None].expand(-1, -1, 2))
    stroke_start = torch.cat([start, stroke_start[:, :-1]], dim=1)

    low, high = torch.cummin(before, dim=1).values, torch.cummax(before, dim=1).values
    inputs = torch.cat(
        [moved / scale, pen, *((before - mark) / (2 * scale) for mark in (start, stroke_start, low, high))], dim=2
    )
    return Batch(inputs, offsets, pens, lengths)


# The loss


def point_losses(outputs: Tensor, batch: Batch, scale: float) -> Tensor:
    """Return the loss of every point in nats, float32 (N, T), from raw outputs: formulas (3) to (5), (9) of the paper.

    The place of a drawing's first point is given, so only its pen is scored. Past a drawing's end the loss is 0.
    """
    pen = F.cross_entropy(outputs[..., :3].flatten(0, 1), batch.pens.flatten(), reduction="none").view(batch.pens.shape)
    move = -mixture_log_prob(outputs[..., 3:], batch.offsets, scale)
    steps = torch.arange(pen.shape[1], device=pen.device)
    move = torch.where(steps > 0, move, 0.0)
    return torch.where(steps < batch.lengths[:, None], pen + move, 0.0)


def mixture_log_prob(raw: Tensor, offsets: Tensor, scale: float, cell: float = 1.0) -> Tensor:
    """Return the log of the mixture's probability (...,) for the cell of side `cell` around each offset (..., 2).

    raw: (..., 6 * M), in units of `scale`: M each of pi's logits, mean x, mean y, log sigma x, log sigma y, atanh rho.
    A normal integrated over a cell of side D is close to D^2 times a wider normal's density at the cell's middle. It is
    wider by the variance of the cell, D^2 / 12: sigma'^2 = sigma^2 + D^2 / 12, rho' = rho sx sy / (sx' sy'). Everything
    is computed in logs, so no floor is needed.
    """
    logits, mean_x, mean_y, log_sx, log_sy, raw_rho = raw.float().chunk(6, dim=-1)
    offsets = offsets.float() / scale
    side = cell / scale
    widen = side * side / 12
    variance_x, variance_y = torch.exp(2 * log_sx) + widen, torch.exp(2 * log_sy) + widen
    covariance = torch.tanh(raw_rho) * torch.exp(log_sx + log_sy)
    dx, dy = offsets[..., :1] - mean_x, offsets[..., 1:] - mean_y
    determinant = variance_x * variance_y - covariance * covariance
    distance = (variance_y * dx * dx - 2 * covariance * dx * dy + variance_x * dy * dy) / determinant
    log_normal = -0.5 * (distance + torch.log(determinant))
    constant = 2 * math.log(side) - math.log(2 * math.pi)
    return torch.logsumexp(logits + log_normal, dim=-1) - torch.logsumexp(logits, dim=-1) + constant
