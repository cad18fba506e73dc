"""An embedding of a drawing in 64 bytes: drawings that look alike lie near each other.

It is a linear map of the layers before the classifier's logits, made by `qdesk.training.projection`. The direction of
its output is kept, the length is not.
"""

from __future__ import annotations

from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SIZE = 64


class Projection(nn.Module):
    """The map from `Classifier.read`'s layers to an embedding. A second map takes a picture alone into the same space.

    picture, strokes: the widths of the two branches' layers.
    """

    def __init__(self, picture: int, strokes: int) -> None:
        super().__init__()
        self.both, self.alone = nn.Linear(picture + strokes, SIZE), nn.Linear(picture, SIZE)

    def forward(self, layers: Tensor) -> Tensor:
        """Return int8 (N, SIZE), unit vectors times 127, of layers (N, picture + strokes), or (N, picture) alone."""
        linear = self.alone if layers.shape[1] == self.alone.in_features else self.both
        return F.normalize(linear(layers)).mul(127).round().to(torch.int8)

    def config(self) -> dict:
        picture = self.alone.in_features
        return {"picture": picture, "strokes": self.both.in_features - picture}

    @classmethod
    def from_config(cls, config: dict) -> Self:
        return cls(**config)
