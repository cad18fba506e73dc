"""The classifier that guesses: two readers of a drawing, and one vote.

The picture reader is a small residual CNN (He et al. 2015, arXiv 1512.03385) at 14, 7 and 4 pixels, on the official
28x28 picture and maps of how the pen went; the stroke reader is a residual CNN along the points. They make different
mistakes, so each is trained to guess alone, and the two opinions are pooled. Both are small: a guess must cost about a
millisecond, since a million drawings and every pen move are guessed. On a CPU plain convolutions run at twice the speed
per operation of depthwise ones, and layers at the full 28 pixels cost more than they bring.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from qdesk.trace import FEATURES, MAPS


@dataclass(frozen=True)
class Shape:
    """How large a classifier is.

    widths: the picture reader's channels at 14, 7 and 4 pixels.   depths: residual blocks there.
    embedding: width of the layer before its logits, which also serves as the drawing's embedding.
    stroke_widths: the stroke reader's channels at 64, 32 and 16 places along the points, and before pooling.
    """

    widths: tuple[int, int, int] = (32, 80, 160)
    depths: tuple[int, int, int] = (1, 1, 1)
    embedding: int = 320
    stroke_widths: tuple[int, int, int, int] = (96, 144, 224, 320)
    dropout: float = 0.1


@dataclass(frozen=True)
class Votes:
    """What the readers' log-probabilities are multiplied with before they are added: a logarithmic opinion pool
    (Heskes 1998), fitted after training. Of a bitmap, which has no strokes, the picture alone is asked.

    One that is below 1 says that its reader was too sure (temperature, Guo et al. 2017, arXiv 1706.04599).
    """

    picture: float = 0.5
    strokes: float = 0.5
    picture_alone: float = 1.0


class Classifier(nn.Module):
    """A drawing to logits (N, words). words: the names of the outputs, in order."""

    def __init__(self, words: tuple[str, ...], shape: Shape = Shape(), votes: Votes = Votes()) -> None:  # noqa: B008 (frozen)
        super().__init__()
        self.words, self.shape, self.votes = tuple(words), shape, votes
        half, quarter, eighth = shape.widths
        self.maps = nn.Conv2d(MAPS, half, 5, stride=2, padding=2, bias=False)  # added to what the first layer sees
        nn.init.normal_(self.maps.weight, std=0.01)
        self.features = nn.Sequential(
            _conv(1, half, 5, stride=2),
            *(_block(half) for _ in range(shape.depths[0])),
            _conv(half, quarter, 3, stride=2),
            *(_block(quarter) for _ in range(shape.depths[1])),
            _conv(quarter, eighth, 3, stride=2),
            *(_block(eighth) for _ in range(shape.depths[2])),
            _conv(eighth, shape.embedding, 1),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.dropout = nn.Dropout(shape.dropout)
        self.logits = nn.Linear(shape.embedding, len(self.words))
        self.strokes = StrokeReader(shape.stroke_widths, len(self.words), shape.dropout)

    def embedding(self, pixels: Tensor, maps: Tensor | None = None) -> Tensor:
        """(N, embedding) of pictures float32 (N, 1, 28, 28), ink 1, and maps float32 (N, MAPS, 28, 28), -1 to 1, as
        `qdesk.trace.maps` paints them; without maps, and with maps of zeros, by the picture alone."""
        first, *rest = self.features
        x = first[0](pixels) if maps is None else first[0](pixels) + self.maps(maps)
        for layer in (*first[1:], *rest):
            x = layer(x)
        return x

    def picture(self, pixels: Tensor, maps: Tensor | None = None) -> Tensor:
        """The picture reader's logits (N, words)."""
        return self.logits(self.dropout(self.embedding(pixels, maps)))

    def log_probabilities(self, pixels: Tensor, maps: Tensor | None = None, points: Tensor | None = None) -> Tensor:
        """(N, words), calibrated; the network must be in eval mode. points: as `qdesk.trace.sequences` gives them."""
        return self.read(pixels, maps, points)[0]

    def read(self, pixels: Tensor, maps: Tensor | None = None, points: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """`log_probabilities`, and the layers before the readers' logits side by side, which the same pass gives:
        (N, embedding + stroke embedding), or of a picture alone (N, embedding)."""
        picture = self.embedding(pixels, maps)
        seen = self.logits(self.dropout(picture))
        if points is None:
            return pool(seen, None, self.votes), picture
        strokes = self.strokes.embedding(points)
        told = self.strokes.logits(self.strokes.dropout(strokes))
        return pool(seen, told, self.votes), torch.cat([picture, strokes], dim=1)

    def config(self) -> dict:
        return {"shape": asdict(self.shape), "words": list(self.words), "votes": asdict(self.votes)}

    @classmethod
    def from_config(cls, config: dict) -> Classifier:
        shape = {key: tuple(value) if isinstance(value, list) else value for key, value in config["shape"].items()}
        return cls(tuple(config["words"]), Shape(**shape), Votes(**config.get("votes", {})))


class StrokeReader(nn.Module):
    """Points float32 (N, FEATURES, LONGEST) to logits (N, words), pooled over a drawing's own points."""

    def __init__(self, widths: tuple[int, int, int, int], words: int, dropout: float) -> None:
        super().__init__()
        whole, half, quarter, last = widths
        self.stages = nn.ModuleList(
            [
                nn.Sequential(_conv(FEATURES, whole, 5, along=True), _block(whole, along=True)),
                nn.Sequential(_conv(whole, half, 3, stride=2, along=True), _block(half, along=True)),
                nn.Sequential(_conv(half, quarter, 3, stride=2, along=True), _block(quarter, along=True)),
            ]
        )
        self.last = _conv(quarter, last, 1, along=True)
        self.dropout = nn.Dropout(dropout)
        self.logits = nn.Linear(2 * last, words)

    def forward(self, points: Tensor) -> Tensor:
        return self.logits(self.dropout(self.embedding(points)))

    def embedding(self, points: Tensor) -> Tensor:
        """(N, 2 * last width): what is pooled over the points, the layer before the logits."""
        there = points[:, -1:]
        x = points
        for number, stage in enumerate(self.stages):
            if number:
                there = F.max_pool1d(there, 3, 2, 1)
            x = stage(x) * there
        x = self.last(x) * there
        mean = x.sum(dim=2) / there.sum(dim=2).clamp(min=1)
        return torch.cat([mean, x.amax(dim=2)], dim=1)


def pool(picture: Tensor, strokes: Tensor | None, votes: Votes) -> Tensor:
    """Log-probabilities (N, words) of two opinions, logits (N, words) each, or of the picture's alone."""
    if strokes is None:
        return torch.log_softmax(picture.float() * votes.picture_alone, dim=1)
    both = votes.picture * torch.log_softmax(picture.float(), 1) + votes.strokes * torch.log_softmax(strokes.float(), 1)
    return torch.log_softmax(both, dim=1)


def pixels_of(images: Tensor) -> Tensor:
    """uint8 (N, 28, 28), ink 255, to the network's float32 (N, 1, 28, 28), ink 1."""
    return images[:, None].float().div_(255)


def maps_of(maps: Tensor) -> Tensor:
    """int8 (N, MAPS, 28, 28) to the network's float32, -1 to 1."""
    return maps.float().div_(127)


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, act: bool = True, along: bool = False) -> nn.Module:
    conv, norm = (nn.Conv1d, nn.BatchNorm1d) if along else (nn.Conv2d, nn.BatchNorm2d)
    layers = [conv(inputs, outputs, kernel, stride, kernel // 2, bias=False), norm(outputs)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if act else nn.Sequential(*layers)


class _Residual(nn.Module):
    def __init__(self, body: nn.Sequential) -> None:
        super().__init__()
        self.body = body
        nn.init.zeros_(body[-1][1].weight)  # starts as the identity: the last batch norm's scale is 0

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def _block(width: int, along: bool = False) -> _Residual:
    return _Residual(nn.Sequential(_conv(width, width, 3, along=along), _conv(width, width, 3, act=False, along=along)))


def fuse(network: Classifier) -> Classifier:
    """The same network for inference alone: every batch norm folded into its convolution."""
    network.eval()
    norm = network.features[0][1]
    with torch.no_grad():  # the maps go through the first layer's norm, too
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        network.maps.weight.mul_(scale[:, None, None, None])
    for part in network.modules():
        if isinstance(part, nn.Sequential) and len(part) >= 2 and isinstance(part[1], nn.BatchNorm2d | nn.BatchNorm1d):
            part[0] = fuse_conv_bn_eval(part[0], part[1])
            part[1] = nn.Identity()
    return network
