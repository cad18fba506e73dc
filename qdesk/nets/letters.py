"""The network that tells which strokes of a drawing are letters or other signs, from what the Sketch-RNN knew there."""

from __future__ import annotations

from typing import Self

from torch import Tensor, nn
from torch.nn import functional as F


class LetterNetwork(nn.Module):
    """The network from what is known of strokes, (S, inputs), to the log-odds that they are letters, (S,).

    sketchrnn: the digest of the file whose states it learned to read (`scoring.fingerprint.short_digest`).
    """

    def __init__(self, inputs: int, hidden: int, sketchrnn: str = "") -> None:
        super().__init__()
        self.sketchrnn = sketchrnn
        self.first, self.second = nn.Linear(inputs, hidden), nn.Linear(hidden, 1)

    def forward(self, strokes: Tensor) -> Tensor:
        hidden = F.gelu(self.first(F.dropout(strokes, 0.2, self.training)))
        return self.second(F.dropout(hidden, 0.3, self.training))[:, 0]

    def config(self) -> dict:
        return {
            "inputs": self.first.in_features, "hidden": self.first.out_features, "sketchrnn": self.sketchrnn,
        }  # fmt: skip

    @classmethod
    def from_config(cls, config: dict) -> Self:
        return cls(**config)
