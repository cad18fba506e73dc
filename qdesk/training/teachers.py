"""Public networks as teachers: what they make of a picture is what the classifier is taught beside the true word.

Distillation (Hinton, Vinyals & Dean 2015, arXiv 1503.02531). A teacher was trained on far more drawings than there are
here; asked about the very picture that the student sees, however it was changed, it passes on what it learned from them
(Beyer et al. 2022, arXiv 2106.05237: the same view for both, many views, and patience).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from qdesk.nets.classifier import channels_last

LAYERS: dict[str, tuple[int, type[nn.Module]]] = {"doodlenet": (2, nn.Tanh), "trekhleb": (1, nn.ReLU)}
"""For each teacher that can be read, by its file's name: convolutions before each pooling, and what follows its dense
layer. doodlenet is from ml5-data-and-models, trekhleb from machine-learning-experiments, both under the MIT licence."""

WEIGHTS = {"doodlenet": 0.7, "trekhleb": 0.3}
"""What each teacher's log-probabilities are multiplied with in the pool: the least cross entropy on part 0."""


class Teachers(nn.Module):
    """The teachers in `folder`, files NAME.npz of these `names` (default: all there are), as one opinion about `words`.

    A file holds kernels (height, width, in, out) and biases as w00, w01, ... in the order of the layers, and `words`.
    Raises ValueError where there is none, or one that knows other words.
    """

    def __init__(self, folder: Path, words: Sequence[str], names: Sequence[str] = tuple(LAYERS)) -> None:
        super().__init__()
        files = [folder / f"{name}.npz" for name in names if (folder / f"{name}.npz").exists()]
        if not files:
            raise ValueError(f"there is no teacher in {folder}: {' or '.join(f'{name}.npz' for name in LAYERS)}")
        self.networks, self.weights, self.columns = nn.ModuleList(), [], []
        for file in files:
            with np.load(file, allow_pickle=False) as arrays:
                known = {str(word): column for column, word in enumerate(arrays["words"])}
                if missing := [word for word in words if word not in known]:
                    raise ValueError(f"{file} does not know {', '.join(missing[:5])}")
                self.networks.append(_network(file.stem, [arrays[key] for key in sorted(arrays) if key != "words"]))
            self.columns.append(torch.tensor([known[word] for word in words]))
            self.weights.append(WEIGHTS[file.stem])
        self.eval().requires_grad_(False)

    @torch.no_grad()
    def log_probabilities(self, images: Tensor) -> Tensor:
        """float32 (N, words), pooled, of uint8 (N, 28, 28), ink 255: the official raster."""
        pixels = images[:, None].float().div_(255).contiguous(memory_format=torch.channels_last)
        total = sum(self.weights)
        opinions = [
            weight / total * torch.log_softmax(network(pixels)[:, columns], dim=1)
            for network, weight, columns in zip(self.networks, self.weights, self.columns, strict=True)
        ]
        return torch.log_softmax(torch.stack(opinions).sum(dim=0), dim=1)


class _ChannelsLast(nn.Module):
    """(N, C, H, W) flattened as (H, W, C), the order in which the teachers' dense layers were trained."""

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 2, 3, 1).flatten(1)


def _network(name: str, arrays: list[np.ndarray]) -> nn.Sequential:
    """The layers of a teacher, from its arrays: kernels (H, W, in, out) or (in, out), each followed by its bias."""
    each, after_dense = LAYERS[name]
    layers: list[nn.Module] = []
    pairs = list(zip(arrays[::2], arrays[1::2], strict=True))
    convolutions = [pair for pair in pairs if pair[0].ndim == 4]
    for number, (kernel, bias) in enumerate(convolutions, 1):
        conv = nn.Conv2d(kernel.shape[2], kernel.shape[3], kernel.shape[0], padding=kernel.shape[0] // 2)
        conv.weight.data = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())
        conv.bias = nn.Parameter(torch.from_numpy(bias))
        layers += [conv, nn.ReLU(inplace=True)]
        if number % each == 0:
            layers.append(nn.MaxPool2d(2))
    layers.append(_ChannelsLast())
    for kernel, bias in pairs[len(convolutions) :]:
        dense = nn.Linear(*kernel.shape)
        dense.weight.data, dense.bias.data = torch.from_numpy(kernel.T.copy()), torch.from_numpy(bias)
        layers += [dense, after_dense()]
    return channels_last(nn.Sequential(*layers[:-1]))


def mixed(labels: Tensor, weight: Tensor, taught: Tensor | None, words: int, smoothing: float = 0.1) -> Tensor:
    """What a branch is to say, float32 (N, words): the true word and the teachers' opinion, each by its weight.

    labels: int64 (N,).   weight: float32 (N,), how much the true word counts.   taught: log-probabilities (N, words),
    or None: the true word alone. Of the true word's 1, `smoothing` is shared among all words, as a teacher would do.
    """
    true = F.one_hot(labels, words).float().mul_(1 - smoothing).add_(smoothing / words)
    return true if taught is None else weight[:, None] * true + (1 - weight[:, None]) * taught.exp()
