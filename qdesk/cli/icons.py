"""`qdesk icons`: have a network draw icons or hieroglyphs, or find icons by brute force, as a sheet."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.cli.arguments import Commands, command, count, words

if TYPE_CHECKING:
    from qdesk.generate.sheet import Icon

SIDES = {"icons": (8, 32), "hieroglyphs": (32,), "brute": (4, 5)}
"""The sizes of the pictures of each kind, the default first."""

COUNTS = {8: 150, 32: 60, 4: 60, 5: 60}
WIDTH, HEIGHT = 1440, 1200
"""The most px that a sheet takes."""


def add(commands: Commands) -> None:
    parser = command(
        commands, "icons", run, "small pictures that a network draws pixel by pixel, as a sheet",
        "icons and hieroglyphs are drawn by a recurrent network, with closed areas filled with yellow. brute tries all "
        "65,536 pictures of 4x4 pixels in a border, or climbs among those of 5x5, and shows the most certain picture "
        "of each word. Each is labelled with what the classifier sees in it, however mediocre. The same seed draws the "
        "same.",
        "qdesk icons hieroglyphs --seed 3 --out hieroglyphs.svg",
    )  # fmt: skip
    parser.add_argument("kind", choices=tuple(SIDES))
    parser.add_argument(
        "--words", metavar="A,B", type=words, default=[],
        help="of many pictures those in which the classifier is surest to see these words; brute: these words alone",
    )  # fmt: skip
    parser.add_argument("--seed", metavar="S", type=_seed, default=0, help="a whole number from 0 on; default 0")
    parser.add_argument("--count", metavar="N", type=count, help="how many; default 150 of 8 pixels, else 60")
    parser.add_argument(
        "--size", metavar="N", type=count,
        help="pixels across: icons 8 (the default) or 32, hieroglyphs 32, brute 4 (the default) or 5",
    )  # fmt: skip
    parser.add_argument(
        "--temperature", metavar="T", type=_temperature, default=1.0,
        help="from 0, always what is most likely, over 1, as learned (the default), to 3, wild",
    )  # fmt: skip
    parser.add_argument("--no-border", dest="border", action="store_false", help="brute: no border around the pixels")
    parser.add_argument("--out", metavar="FILE", type=_out, required=True, help="a .svg or a .png")


def _out(text: str) -> Path:
    if not text.lower().endswith((".svg", ".png")):
        raise argparse.ArgumentTypeError(f"{text!r} ends neither in .svg nor in .png")
    return Path(text)


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**63:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def _temperature(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 3:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 3")
    return number


def run(args: argparse.Namespace) -> int:
    from qdesk.console import check_out
    from qdesk.generate.sheet import LIGHT, compose, write

    sides = SIDES[args.kind]
    if (side := args.size or sides[0]) not in sides:
        raise ValueError(f"{args.kind} are drawn at {' or '.join(map(str, sides))} pixels, not at {side}.")
    if args.count is not None and args.count > MOST:
        raise ValueError(f"A sheet holds up to {MOST:,} icons, not {args.count:,}.")
    check_out(args.out)
    icons = _icons(args, side)
    style = "grid" if side == 8 else "stacked" if side == 32 else "wall"
    sheet = compose(icons, WIDTH, HEIGHT, style, colours=style == "grid")
    write(sheet, LIGHT, args.out, yellow=args.kind != "brute")
    return 0


MOST = 1000
"""The most icons on one sheet."""


def _icons(args: argparse.Namespace, side: int) -> list[Icon]:
    """Return the icons, and report progress on stderr."""
    from qdesk.console import Progress
    from qdesk.data.categories import known
    from qdesk.generate import brute
    from qdesk.generate.icons import load, make
    from qdesk.scoring.classifier import DrawingClassifier

    guesser = DrawingClassifier()
    asked, wanted = known(args.words, guesser.words), args.count or COUNTS[side]
    if args.kind != "brute":
        with Progress("drawing") as progress:
            return make(load(args.kind), guesser, wanted, side, args.temperature, args.seed, asked, progress)
    with Progress("trying pictures") as progress:
        for wall in brute.search(guesser, side, args.seed, args.border):
            progress(wall.share)
    return wall.icons(asked, wanted)
