"""Teach networks to draw small pictures: `python -m qdesk.training.icons icons|hieroglyphs --out FILE`.

They learn from what may be shipped: sketches that this project's Sketch-RNN draws, and glyphs of free fonts. Each
picture is rendered at each size, and downsampled until it is black and white. One in ten is held out by its name; the
network that is kept is the one that expected those best.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageFont
from scipy import ndimage

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.data.raster import MARGIN, SIDE, raster
from qdesk.nets import weights
from qdesk.nets.pixels import PixelNetwork, steps_of
from qdesk.nets.sampling import sample
from qdesk.scoring.classifier import DrawingClassifier

SMALL, LARGE = 8, 32

# Where the pictures come from


class Font(NamedTuple):
    """A font's file, Debian's package that has it, its licence, and the code points that are taken, first and last."""

    file: str
    package: str
    licence: str
    blocks: tuple[tuple[int, int], ...]


PICTOGRAMS = (
    (0x2190, 0x21FF), (0x2300, 0x23FF), (0x25A0, 0x25FF), (0x2600, 0x262F), (0x2638, 0x27BF), (0x2B00, 0x2BFF),
    (0x101D0, 0x101FD), (0x1F300, 0x1F6FF), (0x1F780, 0x1F8FF), (0x1FA00, 0x1FA6F),
)  # fmt: skip
"""Arrows, technical signs, geometric shapes, dingbats, the signs of the Phaistos disc, pictographs, chess pieces."""

OFL = "SIL Open Font License 1.1"
FONTS = {
    "icons": (
        Font("NotoSansSymbols2-Regular.ttf", "fonts-noto-core", OFL, PICTOGRAMS),
        Font("NotoSansSymbols-Regular.ttf", "fonts-noto-core", OFL, PICTOGRAMS),
        Font("DejaVuSans.ttf", "fonts-dejavu-core", "Bitstream Vera and public domain", PICTOGRAMS),
    ),
    "hieroglyphs": (
        Font("NotoSansEgyptianHieroglyphs-Regular.ttf", "fonts-noto-core", OFL, ((0x13000, 0x1342E),)),
    ),
}  # fmt: skip
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/Library/Fonts", "/Library/Fonts")

SKETCHES = 16
"""How many sketches of each word are drawn; those that the classifier is sure of are taken."""

SURE = 0.4

LEAST = 0.08
"""The share of ink that a picture has at least: what has less is nearly empty."""

MOST = {("icons", SMALL): 0.85, ("icons", LARGE): 0.4, ("hieroglyphs", LARGE): 0.85}
"""The most. Small icons are learned filled, too: at 8 pixels nothing else is left of many. At 32 pixels a network that
has seen filled ones draws a black blob every second time, since once in it there is no reason to stop. So large icons
are learned as lines, and the sheet fills what they close."""


class FontMissing(ValueError):
    """A font that is learned from is not on this machine. The message says which, and how to get it."""


def font_path(font: Font, folders: Sequence[str] = FOLDERS) -> Path:
    """Return where a font's file lies. Raises FontMissing."""
    for folder in folders:
        for found in sorted(Path(folder).expanduser().rglob(font.file)):
            return found
    raise FontMissing(f"There is no font {font.file} here. In Debian the package {font.package} has it.")


class Example(NamedTuple):
    """One thing to learn from: its name, and what it looks like, float32 (side, side), ink 1, finely drawn."""

    name: str
    look: np.ndarray


FINE = 4
"""How many pixels across a fine picture there are to each of a large one."""


THICKER = 0.5
"""By how many fine pixels the edge of a glyph is moved outwards, so that hair lines do not break."""


def glyphs(font: Font, folders: Sequence[str] = FOLDERS) -> Iterator[Example]:
    """Yield the glyphs of a font that it has, each as large as its picture and centred."""
    side = LARGE * FINE
    face = ImageFont.truetype(str(font_path(font, folders)), side, layout_engine=ImageFont.Layout.BASIC)
    nothing = bytes(face.getmask("\U000fffff"))
    for first, last in font.blocks:
        for code in range(first, last + 1):
            if unicodedata.category(chr(code))[0] in "CMZ":
                continue
            mask = face.getmask(chr(code), mode="L", stroke_width=THICKER)
            drawn = np.asarray(mask, np.uint8).reshape(mask.size[::-1])
            if drawn.any() and bytes(face.getmask(chr(code))) != nothing:
                yield Example(f"{code:05X}", _fitted(drawn, side))


def _fitted(drawn: np.ndarray, side: int) -> np.ndarray:
    """Return a picture's ink, uint8 (h, w), as large as fits into float32 (side, side), in its middle."""
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    image = Image.fromarray(drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = side / max(image.size)
    width, height = (max(round(length * scale), 1) for length in image.size)
    look = np.zeros((side, side), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    look[top : top + height, left : left + width] = np.asarray(image.resize((width, height))) / np.float32(255)
    return look


def sketches(each: int = SKETCHES, temperature: float = 0.25, seed: int = 0) -> Iterator[Example]:
    """Yield sketches of every word by this project's Sketch-RNN, of which the classifier is sure."""
    network, guesser = weights.load(paths.model(paths.SKETCHRNN), "sketchrnn"), DrawingClassifier()
    side = LARGE * FINE
    border = round(side * (SIDE + MARGIN) / SIDE) - side  # what the raster leaves empty around the largest drawing
    for turn in range(each):
        classes = np.arange(len(network.words))
        drawings = Drawings.from_strokes(sample(network, classes, temperature, seed + turn, guide=2)).fit_box()
        columns = [guesser.words.index(word) for word in network.words]
        chances = guesser.probabilities(drawings)[classes, columns]
        sure = np.flatnonzero(chances >= SURE)
        looks = raster(drawings.take(sure), side + border, PEN)
        for row, look in zip(sure, looks, strict=True):
            inner = look[border // 2 : border // 2 + side, border // 2 : border // 2 + side]
            yield Example(f"{network.words[row]} {turn}", inner.astype(np.float32) / 255)


PEN = 13.0
"""The width of the pen of sketches in the 255 box: a pixel and a half of a large picture."""


# Made small


def reduced(look: np.ndarray, side: int, room: int | None = None) -> np.ndarray:
    """Return a fine picture in black and white, bool (side, side): on is what holds much ink for this picture.

    room: how many of the pixels across it takes, in the middle; default all.
    """
    room = room or side
    share = np.asarray(Image.fromarray(look).resize((room, room), Image.Resampling.BOX))
    before = (side - room) // 2
    return np.pad(share > 0.42 * np.quantile(share, 0.98), (before, side - room - before))


def solid(look: np.ndarray) -> np.ndarray:
    """Return an outline filled, float32, with the lines inside it left white: an icon that is cut out."""
    ink = look > 0.5
    body = ndimage.binary_fill_holes(ink)
    inside = ndimage.distance_transform_edt(body) > 2.5 * FINE
    return (body & ~(ink & inside)).astype(np.float32)


class Pictures(NamedTuple):
    """Small pictures of one size to learn from, bool (N, side, side), and those held out."""

    learned: np.ndarray
    held_out: np.ndarray


def collect(kind: str, report: Callable[[str], object] = lambda text: None, seed: int = 0) -> dict[int, Pictures]:
    """Return what is learned from, by the side: for icons 8 and 32, for hieroglyphs 32."""
    found: dict[int, dict[bytes, tuple[bool, np.ndarray]]] = {side: {} for side in SIDES[kind]}

    def add(name: str, look: np.ndarray, rooms: Sequence[int | None] = (None,), sides: Sequence[int] = ()) -> None:
        for side in sides or found:
            for room in rooms:
                picture = reduced(look, side, room)
                if LEAST < picture.mean() < MOST[kind, side]:
                    found[side].setdefault(picture.tobytes(), (is_held_out(name), picture))

    for font in FONTS[kind]:
        report(f"rendering {font.file}")
        for name, look in glyphs(font):
            add(name, look, (None, 30, 28) if kind == "hieroglyphs" else (None,))
            if kind == "icons":
                add(name, solid(look), sides=[SMALL])
    if kind == "icons":
        report("drawing sketches")
        for name, look in sketches(seed=seed):
            add(name, look)
            add(name, solid(look), sides=[SMALL])
    return {side: Pictures(*_parted(list(seen.values()), side)) for side, seen in found.items()}


def _parted(pictures: list[tuple[bool, np.ndarray]], side: int) -> Iterator[np.ndarray]:
    """Yield those that are learned from, and those held out."""
    for held in (False, True):
        those = [picture for apart, picture in pictures if apart == held]
        yield np.stack(those) if those else np.zeros((0, side, side), bool)


def is_held_out(name: str) -> bool:
    """Whether the pictures of this name, one in ten, are kept from training."""
    return hashlib.blake2b(name.encode(), digest_size=2).digest()[0] % 10 == 0


def varied(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a picture, turned over from left to right or not, and moved by up to a pixel where there is room."""
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
    for axis in (0, 1):
        way = int(rng.integers(-1, 2))
        if way and not picture.take(0 if way < 0 else -1, axis).any():
            picture = np.roll(picture, way, axis)
    return picture


# Learning


@dataclass
class Run:
    """How a network is taught. minutes: of processor time.   batch: pictures per step at each size, in this order.

    patience: validations without a better figure after which it stops.
    """

    minutes: float = 10.0
    rate: float = 3e-3
    patience: int = 10
    batch: tuple[int, ...] = (32, 12)
    every: int = 200
    seed: int = 0


def teach(
    pictures: dict[int, Pictures],
    run: Run,
    report: Callable[[str], object] = lambda text: None,
    clock: Callable[[], float] = time.process_time,
    hidden: int = 160,
) -> tuple[PixelNetwork, dict[int, float]]:
    """Return a network and its nats per pixel on held-out pictures, by the side."""
    rng, sides = np.random.default_rng(run.seed), tuple(pictures)
    torch.manual_seed(run.seed)
    network = PixelNetwork(hidden, sides)
    optimizer = torch.optim.AdamW(network.parameters(), lr=run.rate, weight_decay=0.01)
    best, kept, worse, step = {side: np.inf for side in sides}, network.state_dict(), 0, 0
    began, order = clock(), {side: _endlessly(pictures[side].learned, rng) for side in sides}
    share = 0.0
    while share < 1 and worse < run.patience:
        for group in optimizer.param_groups:
            group["lr"] = run.rate * min((step + 1) / 50, 0.02 + 0.98 * (0.5 + 0.5 * np.cos(np.pi * share)))
        nats, count = torch.zeros(()), 0
        for side, size in zip(sides, run.batch[-len(sides) :], strict=True):
            steps = steps_of([varied(next(order[side]), rng) for _ in range(size)])
            nats, count = nats + network.losses(steps).sum(), count + int((steps.targets >= 0).sum())
        optimizer.zero_grad()
        (nats / count).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        step, share = step + 1, (clock() - began) / (60 * run.minutes)
        if step % run.every == 0 or share >= 1:
            now = {side: nats_per_pixel(network, pictures[side].held_out) for side in sides}
            worse += 1
            if sum(now.values()) < sum(best.values()):
                best, worse = now, 0
                kept = {name: tensor.clone() for name, tensor in network.state_dict().items()}
            report(f"step {step}, {100 * share:.0f} %: {said(now)} nats per pixel")
    network.load_state_dict(kept)
    return network.eval(), best


def _endlessly(pictures: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    while True:
        yield from pictures[rng.permutation(len(pictures))]


@torch.inference_mode()
def nats_per_pixel(network: PixelNetwork, pictures: np.ndarray) -> float:
    """Return minus the log of the probability per pixel, in nats, of pictures, bool (N, side, side); the mean."""
    network.eval()
    order = np.argsort(pictures.sum(axis=(1, 2)), kind="stable")  # pictures of like length read together
    parts = [network.losses(steps_of(list(pictures[order[at : at + 64]]))) for at in range(0, len(order), 64)]
    network.train()
    return float(torch.cat(parts).mean()) / pictures[0].size


def said(figures: dict[int, float]) -> str:
    return ", ".join(f"{figure:.4f} at {side} pixels" for side, figure in figures.items())


SIDES = {"icons": (SMALL, LARGE), "hieroglyphs": (LARGE,)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m qdesk.training.icons", description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=sorted(SIDES))
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="models/icons.safetensors")
    parser.add_argument("--minutes", type=float, default=Run.minutes, metavar="M", help="of processor time, at most")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    options = parser.parse_args()

    def report(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    pictures = collect(options.kind, report, options.seed)
    counts = {side: [len(part) for part in those] for side, those in pictures.items()}
    report(f"pictures to learn from and held out, by size: {counts}")
    network, figures = teach(pictures, Run(minutes=options.minutes, seed=options.seed), report)
    fonts = [font.file for font in FONTS[options.kind]]
    weights.save(network, options.out, half=True, nats_per_pixel=figures, pictures=counts, fonts=fonts)
    print(f"held out: {said(figures)} nats per pixel")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ValueError, OSError) as error:  # of files; FontMissing and WeightsError are among them
        sys.exit(f"qdesk: {error}")
