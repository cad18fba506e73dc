"""Deep Ink: a blob of ink whose border is flipped, pixel by pixel, so that a network sees more and more in it.

The idea is Douwe Osinga's (douweosinga.com, January 2017): deep dreaming, with the restraint that a pixel is ink or
paper, and that only pixels at the border between the two may change. So the ink seems to be drawn out from the middle.

The ink is finer than what the network reads: each of the picture branch's 28x28 pixels is the mean of 4x4 pixels of
ink. On 28x28 ink a flip is a whole pixel, which is seldom an improvement: the ink stops at once, and there is little to
look at. The blob is large, so that strokes can be cut out of it as well as drawn out of it. From a small one nothing
grows but a splash.

At each step the gradient picks the most promising border pixels, each of them is tried, and of those that help, the
best few are flipped together: as many as bring most. Where none helps, all pixels of the border are tried, then several
together. What does not raise what is wanted is left, so it never falls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qdesk.data.categories import find, hint

if TYPE_CHECKING:
    from torch import Tensor

    from qdesk.scoring.classifier import DrawingClassifier

SIDE = 112
"""Pixels along a side of the ink: four for each that the network reads."""

STEPS, DISTANCE = 150, 1.0

_READ = 28
_TRIED = 40  # border pixels that are tried at each step
_RADIUS = 0.2  # of the blob, as a share of the side
_SMOOTH = 0.5  # how much a pixel that stands out from its neighbours counts for more, in mean gains
_ONE, _FEW = 0.0, 2.5  # how far the pixels reach that are flipped at once; a few are tried where one does not help
_LEAST = 1e-7  # a smaller gain is rounding
_AT_ONCE = 64


@dataclass(frozen=True)
class Aim:
    """What the network is to see more of: a word, or where that is "", a channel of a layer, both counted from 0.

    distance: between the values that stand for ink and paper, 0 to 1, around their middle. Ink is 1 and paper 0 for the
    network, which is 1 apart. Closer together, it sees grey on grey: fine detail counts for less, and for a word the
    shapes get simpler.   seed: the blob's outline, and what is taken where pixels are equally good.
    """

    word: str = ""
    layer: int = 0
    channel: int = 0
    distance: float = DISTANCE
    seed: int = 0


@dataclass(frozen=True)
class Frame:
    """The ink after a step.

    ink: bool (SIDE, SIDE), True where it is black.   value: what was to grow, the logarithm of the word's probability
    or the channel's mean.   chance: the probability of the word, or of the best word where a channel was to grow.
    seen: what the classifier takes the ink for in black and white, and with which probability.
    """

    step: int
    ink: np.ndarray
    value: float
    chance: float
    seen: tuple[str, float]


class Reader:
    """The picture branch of a classifier, by default the shipped one, as what the ink is shown to."""

    def __init__(self, guesser: DrawingClassifier | None = None) -> None:
        if guesser is not None:
            self.guesser = guesser

    @cached_property
    def guesser(self) -> DrawingClassifier:
        from qdesk.scoring.classifier import DrawingClassifier

        return DrawingClassifier()

    @property
    def words(self) -> tuple[str, ...]:
        return self.guesser.words

    @cached_property
    def channels(self) -> tuple[int, ...]:
        """How many channels each layer has: the convolutions in pairs at 14, 7 and 4 pixels, then the embedding."""
        import torch

        counts, parts = [], self.guesser.network.features
        with torch.no_grad():
            x = torch.zeros(1, 1, _READ, _READ)
            for part in parts:
                x = part(x)
                if not isinstance(part, torch.nn.Flatten):
                    counts.append(x.shape[1])
        return tuple(counts)

    def known(self, word: str) -> str:
        """Return the word as the classifier knows it. Raises ValueError, with words like it, for one it does not."""
        found = find(word, self.words)
        if found is None:
            raise ValueError(f"The classifier does not know the word {word}.{hint(word, self.words)}")
        return found

    def check(self, aim: Aim) -> None:
        """Raise ValueError where there is no such word, layer or channel, or the distance is not in 0 to 1."""
        if not 0 < aim.distance <= 1:
            raise ValueError(f"The distance between ink and paper lies above 0 and up to 1, not at {aim.distance:g}.")
        if aim.word:
            self.known(aim.word)
        elif not 0 <= aim.layer < len(self.channels):
            raise ValueError(f"The picture branch has layers 0 to {len(self.channels) - 1}, not {aim.layer}.")
        elif not 0 <= aim.channel < (count := self.channels[aim.layer]):
            raise ValueError(f"Layer {aim.layer} has channels 0 to {count - 1}, not {aim.channel}.")

    def values(self, pictures: Tensor, aim: Aim) -> Tensor:
        """Return what is to grow, (N,), for pictures of ink, float32 (N, 1, SIDE, SIDE), 1 where there is ink."""
        x = self._read(pictures, aim.distance)
        if aim.word:
            return self._logs(x)[:, self.words.index(aim.word)]
        return self._channel(x, aim.layer)[:, aim.channel].reshape(len(x), -1).mean(dim=1)

    def guess(self, ink: np.ndarray) -> np.ndarray:
        """Return the probabilities of the words, float32 (words,), for ink in black and white."""
        import torch

        with torch.no_grad():
            return self._logs(self._read(_pictures(ink[None]), 1.0))[0].exp().numpy()

    def _logs(self, pixels: Tensor) -> Tensor:
        from qdesk.nets.classifier import pool

        network = self.guesser.network
        return pool(network.picture(pixels), None, network.votes)

    def _channel(self, x: Tensor, layer: int) -> Tensor:
        """Return a layer's output, (N, channels, ...), before its ReLU: behind it, what is off has no gradient."""
        from torch import nn

        parts = [part for part in self.guesser.network.features if not isinstance(part, nn.Flatten)]
        for number, part in enumerate(parts):
            x = x.flatten(1) if number == len(parts) - 1 else x
            if number == layer:
                return part[:-1](x) if isinstance(part, nn.Sequential) else part(x)
            x = part(x)
        raise ValueError(f"there is no layer {layer}")

    @staticmethod
    def _read(pictures: Tensor, distance: float) -> Tensor:
        """Return what the network reads, float32 (N, 1, 28, 28): means of pixels, their values `distance` apart."""
        from torch.nn import functional as F

        return 0.5 + (F.avg_pool2d(pictures, SIDE // _READ) - 0.5) * distance


class Ink:
    """Ink that grows. Make one, and call `grow` as long as it returns frames."""

    def __init__(self, reader: Reader, aim: Aim) -> None:
        """Put a blob in the middle. Raises ValueError as `Reader.check` does."""
        reader.check(aim)
        self.reader, self.aim = reader, aim
        self._rng = np.random.default_rng(aim.seed)
        ink = blob(self._rng)
        self.frame = self._frame(0, ink, float(self._values(ink[None])[0]))
        self.finished = False

    def grow(self) -> Frame | None:
        """Flip some pixels of the border and return the new frame; None where no flip helps any more."""
        everywhere = np.flatnonzero(border(self.frame.ink))
        for picked, reach in ((self._promising(everywhere), _ONE), (everywhere, _ONE), (everywhere, _FEW)):
            if self._flip(picked, reach):
                return self.frame
        self.finished = True
        return None

    def _promising(self, at: np.ndarray) -> np.ndarray:
        """Return of border pixels `at`, int64 (n,), those whose flips the gradient and their neighbours speak for."""
        import torch

        if not len(at):
            return at
        ink = self.frame.ink
        picture = _pictures(ink[None]).requires_grad_()
        (slope,) = torch.autograd.grad(self.reader.values(picture, self.aim)[0], picture)
        slopes = slope.numpy().reshape(-1)[at]
        gains = np.where(ink.reshape(-1)[at], -slopes, slopes)
        mean = np.abs(gains).mean()
        gains = gains + _SMOOTH * mean * _alone(ink).reshape(-1)[at] + self._rng.gumbel(0, 1e-3 * mean + 1e-12, len(at))
        return at[np.argsort(-gains, kind="stable")[:_TRIED]]

    def _flip(self, picked: np.ndarray, reach: float) -> bool:
        """Try the border pixels `picked`, int64 (n,), and flip those together that bring most; False if none helps.

        reach: with each pixel those of its colour at the border go that are not farther from it than this.
        """
        if not len(picked):  # all is ink, or all is paper
            return False
        ink, before, alone = self.frame.ink, self.frame.value, _alone(self.frame.ink)
        flips = _flips(ink, picked, reach)
        gains = self._values(ink ^ flips) - before
        worth = gains + _SMOOTH * np.abs(gains).mean() * (flips * alone).sum(axis=(1, 2)) / flips.sum(axis=(1, 2))
        worth = np.where(gains > _LEAST, worth, -1.0)
        order = np.argsort(-worth, kind="stable")[: min(int((worth > 0).sum()), _TRIED)]
        if not len(order):
            return False
        counts = sorted({min(2**power, len(order)) for power in range(_TRIED.bit_length() + 1)})
        together = np.stack([ink ^ flips[order[:count]].any(axis=0) for count in counts])
        values = self._values(together)
        best = int(values.argmax())
        if values[best] <= before:
            return False
        self.frame = self._frame(self.frame.step + 1, together[best], float(values[best]))
        return True

    def _values(self, inks: np.ndarray) -> np.ndarray:
        import torch

        parts = np.array_split(inks, -(-len(inks) // _AT_ONCE))
        with torch.no_grad():
            return np.concatenate([self.reader.values(_pictures(part), self.aim).numpy() for part in parts])

    def _frame(self, step: int, ink: np.ndarray, value: float) -> Frame:
        p = self.reader.guess(ink)
        best = int(p.argmax())
        chance = float(p[self.reader.words.index(self.aim.word)] if self.aim.word else p[best])
        return Frame(step, ink, value, chance, (self.reader.words[best], float(p[best])))


def blob(rng: np.random.Generator) -> np.ndarray:
    """Return bool (SIDE, SIDE): a blob of ink in the middle, nearly round."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    angle, radius = np.arctan2(y, x), np.ones((SIDE, SIDE))
    for wave in range(2, 6):
        radius += rng.normal(0, 0.12 / wave) * np.cos(wave * angle + rng.uniform(0, 2 * np.pi))
    return np.hypot(x, y) < _RADIUS * SIDE * radius


def border(ink: np.ndarray) -> np.ndarray:
    """Return bool (h, w): the pixels that have one of the other colour above, below or beside them."""
    found = np.zeros_like(ink)
    beside, below = ink[:, 1:] != ink[:, :-1], ink[1:] != ink[:-1]
    found[:, 1:] |= beside
    found[:, :-1] |= beside
    found[1:] |= below
    found[:-1] |= below
    return found


def _alone(ink: np.ndarray) -> np.ndarray:
    """Return float64 (h, w): how alone each pixel is in its colour, -1 among eight of the same, 1 among others."""
    wide = np.pad(ink, 1).astype(np.int64)
    height, width = ink.shape
    black = sum(wide[y : y + height, x : x + width] for y in range(3) for x in range(3)) - ink
    return 1 - np.where(ink, black, 8 - black) / 4


def _flips(ink: np.ndarray, picked: np.ndarray, reach: float) -> np.ndarray:
    """Return bool (n, h, w): for each border pixel `picked`, int64 (n,), what flips with it; see `Ink._flip`."""
    y, x = np.unravel_index(picked, ink.shape)
    height, width = ink.shape
    near_y = (np.arange(height) - y[:, None]) ** 2
    near_x = (np.arange(width) - x[:, None]) ** 2
    near = near_y[:, :, None] + near_x[:, None] <= reach**2
    return near & border(ink) & (ink == ink[y, x][:, None, None])


def _pictures(ink: np.ndarray) -> Tensor:
    import torch

    return torch.from_numpy(ink.astype(np.float32))[:, None]


# Files

_GIF_SCALE, _PNG_SCALE = 4, 6  # px per pixel of ink
_FRAME_MS = 60


def write(frames: Sequence[Frame], path: Path) -> None:
    """Write how the ink grew as .gif, or what has become of it as .png or .svg, by the path's ending.

    Raises `qdesk.formats.FormatError` for another ending, and where the file cannot be written.
    """
    from qdesk.formats import FormatError, gif
    from qdesk.formats.base import open_output

    ending = path.suffix.lower()
    ink = frames[-1].ink
    if ending == ".gif":
        gif.write_gif(path, _shown(frames))
    elif ending in (".png", ".svg"):
        with open_output(path) as out:
            out.write(png(ink) if ending == ".png" else svg(ink).encode())
    else:
        raise FormatError(f"{path}: ink is written as .gif, .png or .svg.")


def svg(ink: np.ndarray) -> str:
    """Return ink, bool (h, w), as an SVG picture: one path, of a rectangle for each run of black pixels in a row."""
    height, width = ink.shape
    edges = np.diff(np.pad(ink, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    runs = "".join(f"M{x} {y}h{end - x}v1h{x - end}z" for (y, x), (_, end) in zip(starts, ends, strict=True))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * _PNG_SCALE}" height="{height * _PNG_SCALE}" '
        f'viewBox="0 0 {width} {height}"><rect width="100%" height="100%" fill="#ffffff"/>'
        f'<path fill="#1c1b19" shape-rendering="crispEdges" d="{runs}"/></svg>\n'
    )


def png(ink: np.ndarray) -> bytes:
    """Return ink, bool (h, w), as a PNG picture, each pixel a square."""
    import cairocffi

    large = np.kron(np.where(ink, 0xFF1C1B19, 0xFFFFFFFF).astype(np.uint32), np.ones((_PNG_SCALE,) * 2, np.uint32))
    height, width = large.shape
    image = cairocffi.ImageSurface(cairocffi.FORMAT_RGB24, width, height, bytearray(large.tobytes()), 4 * width)
    return image.write_to_png()


def _shown(frames: Sequence[Frame]) -> Iterator[tuple[np.ndarray, int]]:
    from qdesk.formats.gif import REST_MS

    square = np.ones((_GIF_SCALE, _GIF_SCALE), np.uint8)
    for frame in frames:
        yield np.kron(frame.ink.astype(np.uint8) * 255, square), REST_MS if frame is frames[-1] else _FRAME_MS
