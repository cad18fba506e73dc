"""The networks of the published texts, and a plain loop that trains them. Input: pixels (N, 1, 28, 28), ink 1."""

from __future__ import annotations

import copy
import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BATCH, RATE = 32, 1e-3
PASSES, UPDATES = 10, 1000
"""The number of passes that a network is trained for, and the least number of updates. Ten passes over the thousands of
drawings of the texts are about as many updates; over a few hundred drawings they would be far too few."""

PATIENCE, SPARED = 5, 0.15
"""Early stopping: passes without a better loss, and the share of the training drawings that the loss is taken on."""


def kradolfer_cnn(words: int) -> nn.Sequential:
    """Build the nine layers of Kradolfer's text."""
    return nn.Sequential(
        nn.Conv2d(1, 30, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(30, 15, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Dropout(0.2), nn.Flatten(),
        nn.Linear(15 * 5 * 5, 128), nn.ReLU(),
        nn.Linear(128, 50), nn.ReLU(),
        nn.Linear(50, words),
    )  # fmt: skip


def deis_fully_connected(words: int) -> nn.Sequential:
    """Build Deis's 784-128-100-words network: each hidden layer with ReLU, batch normalization and dropout 0.3."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 128), nn.ReLU(), nn.BatchNorm1d(128), nn.Dropout(0.3),
        nn.Linear(128, 100), nn.ReLU(), nn.BatchNorm1d(100), nn.Dropout(0.3),
        nn.Linear(100, words),
    )  # fmt: skip


def deis_cnn(words: int) -> nn.Sequential:
    """Build the convolutional network of Deis's repository, which her text only names as a next step."""
    return nn.Sequential(
        nn.Conv2d(1, 18, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(18 * 14 * 14, 64), nn.ReLU(),
        nn.Linear(64, words),
    )  # fmt: skip


def bergman_cnn(words: int) -> nn.Sequential:
    """Build Bergman's network: two convolutions, a pooling, and two dense layers with batch norm and dropout.

    Her text gives the layers but not their sizes. The sizes and the strength of the L2 (`BERGMAN_L2`) are this
    project's choice.
    """
    return nn.Sequential(
        nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(32 * 12 * 12, 128), nn.ReLU(), nn.BatchNorm1d(128), nn.Dropout(0.5),
        nn.Linear(128, 64), nn.ReLU(), nn.BatchNorm1d(64), nn.Dropout(0.5),
        nn.Linear(64, words),
    )  # fmt: skip


BERGMAN_L2 = 1e-3


def learn(
    network: nn.Sequential, pixels: Tensor, labels: Tensor, copies: bool = False, l2: float = 0.0, stop: bool = False
) -> nn.Sequential:
    """Train `network` with Adam on cross entropy, and return it in eval mode. Random numbers come from torch's state.

    copies: show each drawing also mirrored and also turned a little.   stop: hold out some drawings, stop when the loss
    on them has not become better for `PATIENCE` passes, and keep the weights with the best.
    """
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE, weight_decay=l2)
    order = torch.randperm(len(pixels))
    spared = order[: int(SPARED * len(order))] if stop else order[:0]
    order = order[len(spared) :]
    best, best_loss, since = network.state_dict(), math.inf, 0
    batches = math.ceil(len(order) * (3 if copies else 1) / BATCH)
    for _ in range(max(PASSES, math.ceil(UPDATES / batches))):
        network.train()
        shown, wanted = pixels[order], labels[order]
        if copies:
            shown, wanted = torch.cat([shown, shown.flip(3), turned(shown)]), wanted.repeat(3)
        for rows in torch.randperm(len(shown)).tensor_split(batches):  # equal parts, so that none is a single drawing
            optimizer.zero_grad(set_to_none=True)
            F.cross_entropy(network(shown[rows]), wanted[rows]).backward()
            optimizer.step()
        if not stop:
            continue
        network.eval()
        with torch.inference_mode():
            loss = float(F.cross_entropy(network(pixels[spared]), labels[spared]))
        since += 1
        if loss < best_loss:
            best, best_loss, since = copy.deepcopy(network.state_dict()), loss, 0
        elif since == PATIENCE:
            break
    if stop:
        network.load_state_dict(best)
    return network.eval()


def turned(pixels: Tensor) -> Tensor:
    """Turn each picture by 5 to 10 degrees, to either side at random."""
    count = len(pixels)
    angle = torch.deg2rad(5 + 5 * torch.rand(count)) * (torch.randint(0, 2, (count,)) * 2 - 1)
    cos, sin, none = torch.cos(angle), torch.sin(angle), torch.zeros(count)
    frame = torch.stack([cos, -sin, none, sin, cos, none], dim=1).view(count, 2, 3)
    return F.grid_sample(pixels, F.affine_grid(frame, list(pixels.shape), align_corners=False), align_corners=False)
