"""Public networks as teachers: the classifier learns their opinion of a picture beside the true word.

This is distillation (Hinton, Vinyals & Dean 2015, arXiv 1503.02531). A teacher was trained on far more drawings than
there are here. It sees the same augmented picture as the student and so passes on what it learned (Beyer et al. 2022,
arXiv 2106.05237: the same view for both, many views, and patience).
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from qdesk import memory
from qdesk.nets.classifier import channels_last

LAYERS: dict[str, tuple[int, type[nn.Module]]] = {"doodlenet": (2, nn.Tanh), "trekhleb": (1, nn.ReLU)}
"""The teachers that can be read, by file name: convolutions before each pooling, and what follows a dense layer.

doodlenet is from ml5-data-and-models, trekhleb from machine-learning-experiments, both under the MIT licence."""

WEIGHTS = {"doodlenet": 0.7, "trekhleb": 0.3}
"""The weight of each teacher's log-probabilities in the pool, chosen for the least cross entropy on part 0."""


class Teachers(nn.Module):
    """The teachers in `folder`, files NAME.npz of these `names` (by default all), pooled to one opinion on `words`.

    A file holds kernels (height, width, in, out) and biases as w00, w01, ... in the order of the layers, and `words`.
    Raises ValueError where there is no teacher, or where one lacks a word.
    """

    def __init__(self, folder: Path, words: Sequence[str], names: Sequence[str] = tuple(LAYERS)) -> None:
        super().__init__()
        files = [folder / f"{name}.npz" for name in names if (folder / f"{name}.npz").exists()]
        if not files:
            raise ValueError(f"there is no teacher in {folder}: {' or '.join(f'{name}.npz' for name in LAYERS)}")
        self.networks, self.weights, self.columns = nn.ModuleList(), [], []
        for file in files:
            _check_size(file)
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
        """Return the pooled log-probabilities, float32 (N, words). images: the official raster, uint8 (N, 28, 28)."""
        pixels = images[:, None].float().div_(255).contiguous(memory_format=torch.channels_last)
        total = sum(self.weights)
        opinions = [
            weight / total * torch.log_softmax(network(pixels)[:, columns], dim=1)
            for network, weight, columns in zip(self.networks, self.weights, self.columns, strict=True)
        ]
        return torch.log_softmax(torch.stack(opinions).sum(dim=0), dim=1)


def _check_size(file: Path) -> None:
    """Raise ValueError where a file is no .npz, or where its arrays would take more memory than reading may."""
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(about.file_size for about in archive.infolist())
    except zipfile.BadZipFile as error:
        raise ValueError(f"{file} is no teacher: {error}") from None
    if 4 * size > memory.allowed():
        raise ValueError(f"{file} would take more than {memory.words(memory.allowed())} of memory")


class _ChannelsLast(nn.Module):
    """Flattens (N, C, H, W) in the order (H, W, C), in which the teachers' dense layers were trained."""

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(0, 2, 3, 1).flatten(1)


def _network(name: str, arrays: list[np.ndarray]) -> nn.Sequential:
    """Build a teacher from its arrays: kernels (H, W, in, out) or (in, out), each followed by its bias."""
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
    """Return the target of a branch, float32 (N, words): the weighted mean of the true word and the teachers' opinion.

    labels: int64 (N,). weight: float32 (N,), how much the true word counts. taught: the teachers' log-probabilities
    (N, words), or None for the true word alone. smoothing: the share of the true word's probability that is spread
    evenly over all words.
    """
    true = F.one_hot(labels, words).float().mul_(1 - smoothing).add_(smoothing / words)
    return true if taught is None else weight[:, None] * true + (1 - weight[:, None]) * taught.exp()
