"""`qdesk draw`: have the Sketch-RNN draw a word."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.cli.arguments import Commands, WrongUsage, command, count, number, seed
from qdesk.data.categories import categories, find

if TYPE_CHECKING:
    from qdesk.generate.sketches import Beginning

_COLUMNS = 8
_ENDINGS = (".ndjson", ".ndjson.gz", ".svg", ".png", ".gif")


def add(commands: Commands) -> None:
    parser = command(
        commands, "draw", run, "have the network draw a word",
        "The Sketch-RNN draws, stroke by stroke, and the classifier says what it sees. An .ndjson can be opened, "
        "ranked and curated like any other; .svg and .png are sheets to look at; a .gif is drawn before your eyes. "
        "The same seed gives the same drawings.",
        "qdesk draw cat --count 20 --seed 7 --out cats.png",
    )  # fmt: skip
    parser.add_argument("word", metavar="WORD", help="one of the 345 words of Quick, Draw!")
    parser.add_argument("--count", metavar="N", type=count, default=1, help="drawings; default 1. With --grid, rows")
    parser.add_argument(
        "--temperature", metavar="T", type=_temperature,
        help="0 is careful, 1 as free as people, 2 wild; default 0.3",
    )  # fmt: skip
    parser.add_argument(
        "--begin", metavar="FILE", type=Path, help="a file with one drawing, or a picture of one, to go on from"
    )
    parser.add_argument("--seed", metavar="S", type=seed, default=0, help="a whole number; default 0")
    parser.add_argument(
        "--best", metavar="N", type=count, default=4,
        help="take each drawing from N tries, the one that the classifier is surest of; 1 takes what comes; default 4",
    )  # fmt: skip
    parser.add_argument("--mix", metavar="WORD", help="mix the word with another one")
    parser.add_argument(
        "--share", metavar="P", type=_share, help="of --mix: how much of the other word, 0 to 1; default 0.5"
    )
    parser.add_argument(
        "--grid", action="store_true",
        help=f"rows of {_COLUMNS} drawings: from temperature 0 to 2, or with --mix from one word to the other",
    )  # fmt: skip
    parser.add_argument("--out", metavar="FILE", type=_out, required=True, help="an .ndjson, .svg, .png or .gif")


def run(args: argparse.Namespace) -> int:
    from qdesk.console import Progress, check_out
    from qdesk.generate.sketches import MOST, TEMPERATURE, Sketches, Wish, write

    _check(args)
    check_out(args.out, [args.begin])
    many = args.count * args.best * (_COLUMNS if args.grid else 1)
    if many > MOST:
        raise ValueError(f"{many:,} drawings at once are too many, tries included: {MOST:,} is the most.")
    beginning = _beginning(args.begin) if args.begin else None
    sketches = Sketches()
    word, other = sketches.known(args.word), sketches.known(args.mix) if args.mix else ""
    heat = TEMPERATURE if args.temperature is None else args.temperature
    share = 0.5 if args.share is None else args.share
    wish = Wish(word, args.count, heat, args.seed, args.best, other, share, beginning)
    with Progress("drawing") as progress:

        def check() -> None:
            progress(None)

        if args.grid:
            grid = sketches.mixing if other else sketches.rising
            drawn = grid(wish, _COLUMNS, args.count, check)
        else:
            drawn = sketches.draw(wish, check)
    title = f"{word} and {other}" if other else f"{word}, temperature 0 to 2" if args.grid else word
    write(drawn, args.out, title, _COLUMNS if args.grid else 0)
    print(f"qdesk: {len(drawn):,} drawing{'s' * (len(drawn) != 1)} in {args.out}", file=sys.stderr)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Raise WrongUsage for an option that would have no effect."""
    if args.mix and find(args.mix, categories()) == find(args.word, categories()) is not None:
        raise WrongUsage(f"--mix takes another word than {args.word}.")
    if args.share is not None and not args.mix:
        raise WrongUsage("--share says how much of the word of --mix: name that word.")
    if args.share is not None and args.grid:
        raise WrongUsage("--grid goes through all shares of --mix: leave out --share.")
    if args.temperature is not None and args.grid and not args.mix:
        raise WrongUsage("--grid goes through all temperatures: leave out --temperature.")


def _beginning(path: Path) -> Beginning:
    from qdesk.console import opened
    from qdesk.explore.picture import understand_file
    from qdesk.explore.picture_file import is_picture
    from qdesk.generate.sketches import Beginning
    from qdesk.streams import is_stream

    picture = not is_stream(path) and path.is_file() and is_picture(path)
    drawings = understand_file(path).drawing if picture else opened([path])
    if drawings.bitmaps is not None:
        raise ValueError(f"{path} holds pixels, no strokes: there is no pen to go on with.")
    if len(drawings) > 1:
        raise ValueError(f"{path} has {len(drawings):,} drawings: --begin goes on from a file with one.")
    return Beginning(drawings.strokes_of(0))


def _temperature(text: str) -> float:
    return number(text, 0, 2)


def _share(text: str) -> float:
    return number(text, 0, 1)


def _out(text: str) -> Path:
    if not text.lower().endswith(_ENDINGS):
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .ndjson, .svg, .png or .gif")
    return Path(text)
