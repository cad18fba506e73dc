"""`qdesk ink`: ink that grows until the network sees a word in it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qdesk.cli.arguments import Commands, WrongUsage, command, count, number, seed

_ENDINGS = (".gif", ".png", ".svg")


def add(commands: Commands) -> None:
    parser = command(
        commands, "ink", run, "ink that grows until the network sees a word in it",
        "From a blob of ink in the middle, only pixels at its border flip between black and white, so that the "
        "probability of a word grows, or a channel of a layer of the classifier's picture branch. A .gif shows it "
        "grow; .png and .svg hold the end.",
        "qdesk ink octopus --seed 3 --out octopus.gif",
    )  # fmt: skip
    parser.add_argument("word", metavar="WORD", nargs="?", default="", help="one of the 345 words of Quick, Draw!")
    parser.add_argument("--steps", metavar="N", type=count, default=150, help="steps at most; default %(default)s")
    parser.add_argument(
        "--layer", metavar="L", type=_index,
        help="with --channel and instead of a word: a layer, from 0 (edges) to 6 (the embedding)",
    )  # fmt: skip
    parser.add_argument("--channel", metavar="C", type=_index, help="a channel of that layer, from 0 on")
    parser.add_argument(
        "--distance", metavar="D", type=_distance, default=1.0,
        help="how far apart the values of ink and paper are for the network, up to 1 (the default); less is smoother",
    )  # fmt: skip
    parser.add_argument("--seed", metavar="S", type=seed, default=0, help="a whole number; default 0")
    parser.add_argument("--out", metavar="FILE", type=_out, required=True, help="a .gif, .png or .svg")


def run(args: argparse.Namespace) -> int:
    from qdesk.console import Progress, check_out
    from qdesk.generate.ink import Aim, Ink, Reader, write

    by_channel = args.layer is not None or args.channel is not None
    if args.word and by_channel:
        raise WrongUsage("A word grows, or a channel of a layer, not both.")
    if not args.word and (args.layer is None or args.channel is None):
        raise WrongUsage("ink needs a word, or --layer and --channel.")
    check_out(args.out)
    reader = Reader()
    word = reader.known(args.word) if args.word else ""
    ink = Ink(reader, Aim(word, args.layer or 0, args.channel or 0, args.distance, args.seed))
    frames = [ink.frame]
    with Progress("drawing") as progress:
        while len(frames) <= args.steps and (frame := ink.grow()):
            frames.append(frame)
            progress(frame.step / args.steps)
    write(frames, args.out)
    last = frames[-1]
    seen, chance = last.seen
    early = ", where no flip helps any more" if ink.finished else ""
    print(
        f"qdesk: {last.step} steps{early}; the classifier sees {seen} ({100 * chance:.0f} %) in {args.out}",
        file=sys.stderr,
    )
    return 0


def _index(text: str) -> int:
    return int(number(text, 0, 10_000, whole=True))


def _distance(text: str) -> float:
    return number(text, 0.05, 1)


def _out(text: str) -> Path:
    if not text.lower().endswith(_ENDINGS):
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .gif, .png or .svg")
    return Path(text)
