"""A recurrent network that draws small pictures pixel by pixel, from top to bottom and from left to right.

A picture is a sequence, as in Douwe Osinga's "Learning to Draw: Generating Icons and Hieroglyphs" (2017): for each line
the columns of the pixels that are on, then a new line; and an end. Lines below the last ink are left out. A network
that reads nothing but such a sequence has to remember what lies above its pen. This one is shown that, both where it
is in the picture and as it lies around the pen, so that what is learned in one place holds in all. One network draws at
several sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDEST = 32
"""The largest side of a picture, in pixels."""

NEW_LINE, END = WIDEST, WIDEST + 1
TOKENS = WIDEST + 2
"""What follows next: the pixel in this column of the line is on; a new line; the end of the picture."""

_ABOVE = 3  # how many lines above the pen's the network sees near the pen
_LEFT, _RIGHT = 8, 16  # how far it sees them
_NEAR = _ABOVE * (_LEFT + _RIGHT) + _LEFT
INPUTS = _NEAR + 2 * WIDEST + (WIDEST + 1) + WIDEST + 1
"""Numbers per step: what is near the pen, the line above it and its own, its column (or the start of a line), its line,
and the side."""


# The encoding


def encode(picture: np.ndarray) -> np.ndarray:
    """Return the tokens of a picture, bool (side, side), as int64 (length,); the last of them is END."""
    lines = np.flatnonzero(picture.any(axis=1))
    tokens: list[int] = []
    for line in picture[: lines[-1] + 1 if len(lines) else 0]:
        tokens += [*np.flatnonzero(line).tolist(), NEW_LINE]
    return np.array([*tokens, END], np.int64)


def decode(tokens: Sequence[int] | np.ndarray, side: int) -> np.ndarray:
    """Return the picture, bool (side, side), of tokens. Raises ValueError where they lead out of it or have no end."""
    picture, line = np.zeros((side, side), bool), 0
    for token in tokens:
        if token == END:
            return picture
        if token == NEW_LINE:
            line += 1
        elif line < side and 0 <= token < side:
            picture[line, token] = True
        else:
            raise ValueError(f"the tokens lead out of a picture of {side} pixels")
    raise ValueError("the tokens have no end")


class Steps(NamedTuple):
    """What N pictures are to a network, of L steps each: what it sees, what may follow, and what does.

    inputs: float32 (N, L, INPUTS).   legal: bool (N, L, TOKENS).   targets: int64 (N, L), -1 behind the end.
    """

    inputs: Tensor
    legal: Tensor
    targets: Tensor


def steps_of(pictures: Sequence[np.ndarray]) -> Steps:
    """Return the steps of N pictures of one side, bool (side, side) each."""
    tokens = [torch.from_numpy(encode(picture)) for picture in pictures]
    targets = nn.utils.rnn.pad_sequence(tokens, batch_first=True, padding_value=-1)
    before = F.pad(targets[:, :-1], (1, 0), value=NEW_LINE)  # a picture begins as a line does
    line = torch.cumsum(before == NEW_LINE, dim=1) - 1
    column = torch.where((before >= 0) & (before < NEW_LINE), before, -1)
    canvas = torch.from_numpy(np.stack(pictures))
    side = canvas.shape[1]
    return Steps(_inputs(canvas, line.clamp(max=side), column), _legal(line, column, side), targets)


def _inputs(canvas: Tensor, line: Tensor, column: Tensor) -> Tensor:
    """Return float32 (N, L, INPUTS) for pens of which each is on a line and has just passed a column, (N, L).

    canvas: bool (N, side, side); what lies behind a pen is not looked at.   column: -1 at the start of a line.
    line: the side where the last line is done.
    """
    side = canvas.shape[1]
    lines = F.pad(canvas, (_LEFT, WIDEST - side + _RIGHT, _ABOVE, 1))  # (N, side + 4, _LEFT + WIDEST + _RIGHT)
    pictures = torch.arange(len(canvas))[:, None]
    behind = torch.arange(WIDEST) <= column[..., None]
    own = lines[pictures, line + _ABOVE, _LEFT : _LEFT + WIDEST] & behind
    above = lines[pictures, line + _ABOVE - 1, _LEFT : _LEFT + WIDEST]
    pen = (column + 1)[..., None] + _LEFT  # the next pixel
    there, across = pictures[..., None], torch.arange(-_LEFT, _RIGHT)
    near = [lines[there, (line + up)[..., None], pen + across] for up in range(_ABOVE)]
    near.append(lines[there, (line + _ABOVE)[..., None], pen + across[:_LEFT]])
    places = [F.one_hot(column + 1, WIDEST + 1), F.one_hot(line.clamp(max=WIDEST - 1), WIDEST)]
    size = torch.full((*line.shape, 1), side / WIDEST)
    return torch.cat([part.float() for part in (*near, above, own, *places, size)], dim=-1)


def _legal(line: Tensor, column: Tensor, side: int) -> Tensor:
    """Return which tokens may follow, bool (N, L, TOKENS): columns to the right, a new line, the end of a picture."""
    token = torch.arange(TOKENS)
    inside = line[..., None] < side
    right = (token > column[..., None]) & (token < side)
    # A picture ends where a line begins.
    return torch.where(token == END, column[..., None] < 0, inside & (right | (token == NEW_LINE)))


# The network

State = tuple[Tensor, Tensor]


class PixelNetwork(nn.Module):
    """An LSTM that says what follows in a picture. sides: the sizes that it was taught, in pixels."""

    def __init__(self, hidden: int = 160, sides: tuple[int, ...] = (8, 32), dropout: float = 0.1) -> None:
        super().__init__()
        self.sides = tuple(sides)
        self.lstm = nn.LSTM(INPUTS, hidden, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.mixed = nn.Linear(INPUTS + hidden, hidden)
        self.output = nn.Linear(hidden, TOKENS + WIDEST)

    def forward(self, inputs: Tensor, legal: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Return logits (N, L, TOKENS), minus infinity for what may not follow, and the state, (1, N, hidden) twice."""
        seen, state = self.lstm(inputs, state)
        mixed = F.gelu(self.mixed(self.dropout(torch.cat([inputs, seen], dim=-1))))
        absolute, relative = self.output(self.dropout(mixed)).split([TOKENS, WIDEST], dim=-1)
        # A pixel is as likely as its column and its distance from the pen make it.
        column = inputs[..., _NEAR + 2 * WIDEST : _NEAR + 3 * WIDEST + 1].argmax(dim=-1, keepdim=True)
        distance = (torch.arange(WIDEST) - column).clamp(min=0)
        logits = absolute + F.pad(relative.gather(-1, distance), (0, TOKENS - WIDEST))
        return logits.masked_fill(~legal, -torch.inf), state

    def losses(self, steps: Steps) -> Tensor:
        """Return minus the log of the probability of each picture, (N,), in nats."""
        logits, _ = self(steps.inputs, steps.legal)
        return F.cross_entropy(logits.transpose(1, 2), steps.targets, ignore_index=-1, reduction="none").sum(dim=1)

    def config(self) -> dict:
        return {"hidden": self.lstm.hidden_size, "sides": list(self.sides), "dropout": self.dropout.p}

    @classmethod
    def from_config(cls, config: dict) -> Self:
        return cls(config["hidden"], tuple(config["sides"]), config["dropout"])


@torch.inference_mode()
def draw(
    network: PixelNetwork,
    count: int,
    side: int,
    temperature: float = 1.0,
    seed: int = 0,
    step: Callable[[float], object] = lambda share: None,
) -> np.ndarray:
    """Draw `count` pictures, bool (count, side, side). The same seed draws the same.

    temperature: 1 draws from the distribution as learned, 0 always what is most likely. step: called after each step
    with the share of the lines that are drawn; an exception that it raises is passed on.
    """
    generator = torch.Generator().manual_seed(seed)
    canvas = torch.zeros(count, side, side, dtype=torch.bool)
    line, column = torch.zeros(count, 1, dtype=torch.long), torch.full((count, 1), -1)
    rows = torch.arange(count)
    memory, cell = torch.zeros(2, 1, count, network.lstm.hidden_size)
    while len(rows):  # the pictures that have not ended
        legal = _legal(line, column, side)
        logits, (memory, cell) = network(_inputs(canvas[rows], line, column), legal, (memory, cell))
        chances = torch.softmax(logits[:, 0] / max(temperature, 1e-3), dim=1)
        token = torch.multinomial(chances, 1, generator=generator)
        inked, new_line = (token < NEW_LINE)[:, 0], token == NEW_LINE
        canvas[rows[inked], line[inked, 0], token[inked, 0]] = True
        line, column = line + new_line, torch.where(token < NEW_LINE, token, -1)
        alive = token[:, 0] != END
        if not alive.all():
            rows, line, column = rows[alive], line[alive], column[alive]
            memory, cell = memory[:, alive], cell[:, alive]
        step(float((line.sum() + (count - len(rows)) * side) / max(count * side, 1)))
    return canvas.numpy()
