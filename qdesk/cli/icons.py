"""`qdesk icons`: have a network draw icons or hieroglyphs, or find icons by brute force, as a sheet."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.cli.arguments import Commands, WrongUsage, command, count, number, seed, words

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
    parser.add_argument(
        "--seed", metavar="S", type=seed, help="a whole number; default 0. Of all pictures of 4x4 none is at random"
    )
    parser.add_argument("--count", metavar="N", type=count, help="how many; default 150 of 8 pixels, else 60")
    parser.add_argument(
        "--size", metavar="N", type=count,
        help="pixels across: icons 8 (the default) or 32, hieroglyphs 32, brute 4 (the default) or 5",
    )  # fmt: skip
    parser.add_argument(
        "--temperature", metavar="T", type=_temperature,
        help="of the networks: from 0, always what is most likely, over 1, as learned (the default), to 3, wild",
    )  # fmt: skip
    parser.add_argument("--no-border", dest="border", action="store_false", help="brute: no border around the pixels")
    parser.add_argument("--out", metavar="FILE", type=_out, required=True, help="a .svg or a .png")


def _out(text: str) -> Path:
    if not text.lower().endswith((".svg", ".png")):
        raise argparse.ArgumentTypeError(f"{text!r} ends neither in .svg nor in .png")
    return Path(text)


def _temperature(text: str) -> float:
    return number(text, 0, 3)


def run(args: argparse.Namespace) -> int:
    from qdesk.console import check_out
    from qdesk.generate.sheet import LIGHT, compose, write

    sides = SIDES[args.kind]
    if (side := args.size or sides[0]) not in sides:
        name = "Pictures of brute" if args.kind == "brute" else args.kind.capitalize()
        raise ValueError(f"{name} are drawn at {' or '.join(map(str, sides))} pixels, not at {side}.")
    _check(args, side)
    if args.count is not None and args.count > MOST:
        raise ValueError(f"A sheet holds up to {MOST:,} icons, not {args.count:,}.")
    check_out(args.out)
    icons = _icons(args, side)
    style = "grid" if side == 8 else "stacked" if side == 32 else "wall"
    sheet = compose(icons, WIDTH, HEIGHT, style, colours=style == "grid")
    write(sheet, LIGHT, args.out, yellow=args.kind != "brute")
    print(f"qdesk: {_said(args, icons)} in {args.out}", file=sys.stderr)
    return 0


def _check(args: argparse.Namespace, side: int) -> None:
    """Raise WrongUsage for an option that would have no effect."""
    brute = args.kind == "brute"
    if brute and args.temperature is not None:
        raise WrongUsage("brute tries pictures and draws none: leave out --temperature.")
    if brute and side == 4 and args.seed is not None:
        raise WrongUsage("All pictures of 4x4 are tried, none at random: leave out --seed, or take --size 5.")
    if not brute and not args.border:
        raise WrongUsage("Only pictures of brute have a border: leave out --no-border.")


def _said(args: argparse.Namespace, icons: list[Icon]) -> str:
    """Say what is on the sheet, and what is not that was asked for."""
    count, what = len(icons), "hieroglyph" if args.kind == "hieroglyphs" else "icon"
    said = f"{count:,} {what}{'s' * (count != 1)}"
    if args.kind == "brute":
        said += ", the most certain of each word"
    missing = [word for word in args.words if word not in {icon.word for icon in icons}]
    if missing:
        said += f", without {', '.join(missing)}"
    elif args.count is not None and count < args.count:
        said += f", not {args.count:,}"
    return said


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
    args.words = asked
    heat, start = 1.0 if args.temperature is None else args.temperature, args.seed or 0
    if args.kind != "brute":
        with Progress("drawing") as progress:
            return make(load(args.kind), guesser, wanted, side, heat, start, asked, progress)
    with Progress("trying pictures") as progress:
        for wall in brute.search(guesser, side, start, args.border):
            progress(wall.share)
    return wall.icons(asked, wanted)
