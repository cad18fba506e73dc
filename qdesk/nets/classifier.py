"""The CNN that guesses: 28x28 pixels in, one logit for each category out.

A small residual network (He et al. 2015, arXiv 1512.03385) at 14, 7 and 4 pixels. A guess must cost well under a
millisecond, since a million drawings and every pen move are guessed; on a CPU plain 3x3 convolutions run at twice the
speed per operation of depthwise ones, and layers at the full 28 pixels cost more than they bring.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


@dataclass(frozen=True)
class Shape:
    """How large a classifier is.

    widths: channels at 14, 7 and 4 pixels.   depths: residual blocks there.
    embedding: width of the layer before the logits, which also serves as the drawing's embedding.
    """

    widths: tuple[int, int, int] = (32, 80, 160)
    depths: tuple[int, int, int] = (1, 1, 1)
    embedding: int = 320
    dropout: float = 0.1


class Classifier(nn.Module):
    """Pixels float32 (N, 1, 28, 28), ink 1, to logits (N, words).

    words: the names of the outputs, in order.
    temperature: the logits' divisor that makes softmax a calibrated probability (Guo et al. 2017, arXiv 1706.04599);
        fitted after training, and used by `probabilities` alone.
    """

    def __init__(self, words: tuple[str, ...], shape: Shape = Shape(), temperature: float = 1.0) -> None:  # noqa: B008 (frozen)
        super().__init__()
        self.words, self.shape, self.temperature = tuple(words), shape, temperature
        half, quarter, eighth = shape.widths
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

    def forward(self, pixels: Tensor) -> Tensor:
        return self.logits(self.dropout(self.features(pixels)))

    def probabilities(self, pixels: Tensor) -> Tensor:
        """(N, words), calibrated; the network must be in eval mode."""
        return torch.softmax(self.forward(pixels).float() / self.temperature, dim=1)

    def config(self) -> dict:
        return {"shape": asdict(self.shape), "words": list(self.words), "temperature": self.temperature}

    @classmethod
    def from_config(cls, config: dict) -> Classifier:
        shape = {key: tuple(value) if isinstance(value, list) else value for key, value in config["shape"].items()}
        return cls(tuple(config["words"]), Shape(**shape), config["temperature"])


def pixels_of(images: Tensor) -> Tensor:
    """uint8 (N, 28, 28), ink 255, to the network's float32 (N, 1, 28, 28), ink 1."""
    return images[:, None].float().div_(255)


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, act: bool = True) -> nn.Sequential:
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if act else nn.Sequential(*layers)


class _Residual(nn.Module):
    def __init__(self, body: nn.Sequential) -> None:
        super().__init__()
        self.body = body
        nn.init.zeros_(body[-1][1].weight)  # starts as the identity: the last batch norm's scale is 0

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def _block(width: int) -> _Residual:
    return _Residual(nn.Sequential(_conv(width, width, 3), _conv(width, width, 3, act=False)))


def fuse(network: Classifier) -> Classifier:
    """The same network for inference alone: every batch norm folded into its convolution."""
    network.eval()
    for part in network.modules():
        if isinstance(part, nn.Sequential) and len(part) >= 2 and isinstance(part[1], nn.BatchNorm2d):
            part[0] = fuse_conv_bn_eval(part[0], part[1])
            part[1] = nn.Identity()
    return network
