"""The classifier that guesses: a picture branch and a stroke branch, whose opinions are pooled.

The picture branch is a small residual CNN (He et al. 2015, arXiv 1512.03385) at 14, 7 and 4 pixels on the official
28x28 picture. The stroke branch is a residual CNN along the points. The branches make different mistakes, so each is
trained to guess alone, and the two opinions are pooled. Both are small: a guess must cost well under a millisecond,
because a million drawings and every pen move are guessed. On a CPU, plain convolutions run at twice the speed per
operation of depthwise ones, and layers at the full 28 pixels cost more than they bring.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from qdesk.data.point_sequences import FEATURES


@dataclass(frozen=True)
class Shape:
    """How large a classifier is.

    widths: the picture branch's channels at 14, 7 and 4 pixels.   depths: its residual blocks at each.
    embedding: width of the layer before its logits, which also serves as the drawing's embedding.
    stroke_widths: the stroke branch's channels along all points, along every second and every fourth, and before
                   pooling.
    """

    widths: tuple[int, int, int] = (32, 96, 160)
    depths: tuple[int, int, int] = (1, 1, 1)
    embedding: int = 320
    stroke_widths: tuple[int, int, int, int] = (112, 192, 304, 416)
    dropout: float = 0.1


@dataclass(frozen=True)
class Votes:
    """Factors of the branches' log-probabilities in their sum: a logarithmic opinion pool (Heskes 1998).

    They are fitted after training. A bitmap has no strokes, so its picture alone counts, with `picture_alone`. That
    factor is below 1 where the branch was too sure (temperature, Guo et al. 2017, arXiv 1706.04599).
    """

    picture: float = 0.5
    strokes: float = 0.5
    picture_alone: float = 1.0


class Points(NamedTuple):
    """`data.point_sequences.Sequences` as tensors: values float32 (FEATURES, L), starts and lengths int64 (N,)."""

    values: Tensor
    starts: Tensor
    lengths: Tensor


class Opinion(NamedTuple):
    """What the classifier says of N drawings.

    pooled: calibrated log-probabilities (N, words).   picture, strokes: the branches' logits (N, words), strokes None
    for bitmaps.   layers: those before the branches' logits side by side, (N, embedding + stroke embedding), or
    (N, embedding) for bitmaps.
    """

    pooled: Tensor
    picture: Tensor
    strokes: Tensor | None
    layers: Tensor


class Classifier(nn.Module):
    """The network from N drawings to their log-probabilities (N, words). words: the names of the outputs, in order."""

    def __init__(self, words: tuple[str, ...], shape: Shape = Shape(), votes: Votes = Votes()) -> None:  # noqa: B008 (frozen)
        super().__init__()
        self.words, self.shape, self.votes = tuple(words), shape, votes
        half, quarter, eighth = shape.widths
        self.features = nn.Sequential(
            _conv(1, half, 5, stride=2),  # 14 pixels
            *(_block(half) for _ in range(shape.depths[0])),
            _conv(half, quarter, 3, stride=2),  # 7
            *(_block(quarter) for _ in range(shape.depths[1])),
            _conv(quarter, eighth, 3, stride=2),  # 4
            *(_block(eighth) for _ in range(shape.depths[2])),
            nn.Flatten(),
            # A full layer instead of a mean over the places, because where something lies counts, too.
            nn.Sequential(
                nn.Linear(16 * eighth, shape.embedding, bias=False), nn.BatchNorm1d(shape.embedding), nn.ReLU()
            ),
        )
        self.dropout = nn.Dropout(shape.dropout)
        self.logits = nn.Linear(shape.embedding, len(self.words))
        self.strokes = StrokeBranch(shape.stroke_widths, len(self.words), shape.dropout)

    def embedding(self, pixels: Tensor) -> Tensor:
        """Return the embeddings (N, embedding) of pictures, float32 (N, 1, 28, 28), ink 1."""
        return self.features(pixels)

    def picture(self, pixels: Tensor) -> Tensor:
        """Return the picture branch's logits (N, words)."""
        return self.logits(self.dropout(self.features(pixels)))

    def log_probabilities(self, pixels: Tensor, points: Points | None = None) -> Tensor:
        """Return calibrated log-probabilities (N, words). The network must be in eval mode.

        points: those of the same drawings, None for bitmaps.
        """
        return self.read(pixels, points).pooled

    def read(self, pixels: Tensor, points: Points | None = None) -> Opinion:
        """Return `log_probabilities` together with what they come from, in one pass."""
        picture = self.embedding(pixels)
        seen = self.logits(picture)
        if points is None:
            return Opinion(pool(seen, None, self.votes), seen, None, picture)
        strokes = self.strokes.embedding(points)
        drawn = self.strokes.logits(strokes)
        return Opinion(pool(seen, drawn, self.votes), seen, drawn, torch.cat([picture, strokes], dim=1))

    def config(self) -> dict:
        return {"shape": asdict(self.shape), "words": list(self.words), "votes": asdict(self.votes)}

    @classmethod
    def from_config(cls, config: dict) -> Self:
        shape: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in config["shape"].items()
        }
        return cls(tuple(config["words"]), Shape(**shape), Votes(**config.get("votes", {})))


class StrokeBranch(nn.Module):
    """The network from the points of N drawings to logits (N, words), pooled over the points of each drawing."""

    def __init__(self, widths: tuple[int, int, int, int], words: int, dropout: float) -> None:
        super().__init__()
        whole, half, quarter, last = widths
        self.stages = nn.ModuleList(
            [
                nn.ModuleList([_conv(FEATURES, whole, 5, along=True), _block(whole, along=True)]),
                nn.ModuleList([_conv(whole, half, 3, stride=2, along=True), _block(half, along=True)]),
                nn.ModuleList([_conv(half, quarter, 3, stride=2, along=True), _block(quarter, along=True)]),
            ]
        )
        self.last = _conv(quarter, last, 1, along=True)
        self.dropout = nn.Dropout(dropout)
        self.logits = nn.Linear(2 * last, words)

    def forward(self, points: Points) -> Tensor:
        return self.logits(self.dropout(self.embedding(points)))

    def embedding(self, points: Points) -> Tensor:
        """Return (N, 2 * last width): mean and maximum over each drawing's points, the layer before the logits."""
        # One picture of one row, (1, FEATURES, 1, L), because 2D convolutions along it are quicker than 1D ones.
        x = points.values[None, :, None].contiguous(memory_format=torch.channels_last)
        there = x[:, -1:]  # (1, 1, 1, L): 1 where a point is. The places between two drawings stay 0.
        for number, stage in enumerate(self.stages):
            assert isinstance(stage, nn.ModuleList)
            step, block = stage
            if number:
                there = there[..., ::2]
            x = step(x)
            there = there.to(x.dtype)  # a float32 mask would turn half precision into full
            x = block(x * there, there)
        x = self.last(x) * there  # (1, last, 1, L / 4)
        counts = (points.lengths + 3) // 4
        # The places of each drawing, (N, the most of any). Past its end, the empty place behind it is repeated.
        place = torch.arange(int(counts.max()), device=counts.device)
        place = (points.starts // 4)[:, None] + torch.minimum(place, counts[:, None])
        each = x[0, :, 0].t().index_select(0, place.flatten()).view(*place.shape, -1)  # (N, places, last)
        return torch.cat([each.sum(dim=1) / counts[:, None], each.amax(dim=1)], dim=1)


def pool(picture: Tensor, strokes: Tensor | None, votes: Votes) -> Tensor:
    """Pool the branches' logits, (N, words) each, into log-probabilities (N, words). strokes: None for bitmaps."""
    if strokes is None:
        return torch.log_softmax(picture.float() * votes.picture_alone, dim=1)
    both = votes.picture * torch.log_softmax(picture.float(), 1) + votes.strokes * torch.log_softmax(strokes.float(), 1)
    return torch.log_softmax(both, dim=1)


def pixels_of(images: Tensor) -> Tensor:
    """Turn uint8 (N, 28, 28), ink 255, into the network's float32 (N, 1, 28, 28), ink 1."""
    return images[:, None].float().div_(255)


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, act: bool = True, along: bool = False) -> nn.Module:
    half = kernel // 2
    if along:
        conv = nn.Conv2d(inputs, outputs, (1, kernel), (1, stride), (0, half), bias=False)
    else:
        conv = nn.Conv2d(inputs, outputs, kernel, stride, half, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), *([nn.ReLU(inplace=True)] if act else []))


class _Residual(nn.Module):
    def __init__(self, body: nn.Sequential) -> None:
        super().__init__()
        self.body = body
        *_, norm = body.modules()
        assert isinstance(norm, nn.BatchNorm2d)
        nn.init.zeros_(norm.weight)  # starts as the identity: the last batch norm's scale is 0

    def forward(self, x: Tensor, there: Tensor | None = None) -> Tensor:
        """Return x plus the residual. there: 1 where a point is, 0 where the output has to stay 0."""
        if there is None:
            return x + self.body(x)
        first, second = self.body
        return x + second(first(x) * there) * there


def _block(width: int, along: bool = False) -> _Residual:
    return _Residual(nn.Sequential(_conv(width, width, 3, along=along), _conv(width, width, 3, act=False, along=along)))


_Network = TypeVar("_Network", bound=nn.Module)


def channels_last(network: _Network) -> _Network:
    """Lay the weights of `network` out so that convolutions are quick on a CPU, and return it."""
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # documented, not in its types


def fuse(network: Classifier) -> Classifier:
    """Fold every batch norm of `network` into the layer before it, for inference alone, and return it."""
    network.eval()
    for part in list(network.modules()):
        if isinstance(part, nn.Sequential) and len(part) >= 2 and isinstance(part[1], nn.BatchNorm2d | nn.BatchNorm1d):
            layer, norm = part[0], part[1]
            if isinstance(layer, nn.Linear):
                part[0] = fuse_linear_bn_eval(layer, norm)
            elif isinstance(layer, nn.Conv2d):
                part[0] = fuse_conv_bn_eval(layer, norm)
            del part[1]
    return network
