"""`qdesk draw`: have the Sketch-RNN draw a word."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.cli.arguments import Commands, WrongUsage, command, count, number, seed
from qdesk.data.categories import categories, find

if TYPE_CHECKING:
    from qdesk.data.drawings import Drawings
    from qdesk.generate.sketches import Drawn, Sketches, Wish

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
    parser.add_argument(
        "--count", metavar="N", type=count, help="drawings; default 1. With --grid, rows. With --to, steps; default 5"
    )
    parser.add_argument(
        "--temperature", metavar="T", type=_temperature,
        help="0 is careful, 1 as free as people, 2 wild; default 0.3",
    )  # fmt: skip
    parser.add_argument(
        "--begin", metavar="FILE", type=Path, help="a file with one drawing, or a picture of one, to go on from"
    )
    parser.add_argument("--seed", metavar="S", type=seed, default=0, help="a whole number; default 0")
    parser.add_argument(
        "--best", metavar="N", type=count,
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
    parser.add_argument(
        "--to", metavar="WORD|FILE",
        help="from the word, or the drawing of --begin, to another word, or to the drawing of a file or a picture",
    )  # fmt: skip
    parser.add_argument("--out", metavar="FILE", type=_out, required=True, help="an .ndjson, .svg, .png or .gif")


def run(args: argparse.Namespace) -> int:
    from qdesk.console import Progress, check_out
    from qdesk.generate.sketches import BETWEEN_TRIES, MOST, TEMPERATURE, TRIES, Beginning, Sketches, Wish, write

    _check(args)
    check_out(args.out, [args.begin, Path(args.to) if _is_file(args.to) else None])
    count, best = args.count or (5 if args.to else 1), args.best or TRIES
    many = count * (BETWEEN_TRIES if args.to else best) * (_COLUMNS if args.grid else 1)
    if many > MOST:
        raise ValueError(f"{many:,} drawings at once are too many, tries included: {MOST:,} is the most.")
    begun = _drawing(args.begin, "--begin goes on from").strokes_of(0) if args.begin else None
    sketches = Sketches()
    word, other = sketches.known(args.word), sketches.known(args.mix) if args.mix else ""
    heat = TEMPERATURE if args.temperature is None else args.temperature
    share = 0.5 if args.share is None else args.share
    wish = Wish(word, count, heat, args.seed, best, other, share, Beginning(begun) if begun else None)
    with Progress("drawing") as progress:

        def check() -> None:
            progress(None)

        title = word
        if args.to:
            drawn, goal = _way(sketches, wish, args.to, check)
            title += f" to {goal}"
        elif args.grid:
            grid = sketches.mixing if other else sketches.rising
            drawn = grid(wish, _COLUMNS, count, check)
            title += "" if other else ", temperature 0 to 2"
        else:
            drawn = sketches.draw(wish, check)
    title += f" and {other}" if other else ""
    write(drawn, args.out, title, _COLUMNS if args.grid else 0)
    print(f"qdesk: {len(drawn):,} drawing{'s' * (len(drawn) != 1)} in {args.out}", file=sys.stderr)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Raise WrongUsage for an option that would have no effect."""
    if args.mix and find(args.mix, categories()) == find(args.word, categories()) is not None:
        raise WrongUsage(f"--mix takes another word than {args.word}.")
    if args.to and (other := "--mix" if args.mix else "--grid" if args.grid else "--best" if args.best else ""):
        raise WrongUsage(f"--to draws what lies between two drawings: leave out {other}.")
    if args.temperature is not None and args.begin and _is_file(args.to):
        raise WrongUsage("Both drawings are given: leave out --temperature.")
    if args.share is not None and not args.mix:
        raise WrongUsage("--share says how much of the word of --mix: name that word.")
    if args.share is not None and args.grid:
        raise WrongUsage("--grid goes through all shares of --mix: leave out --share.")
    if args.temperature is not None and args.grid and not args.mix:
        raise WrongUsage("--grid goes through all temperatures: leave out --temperature.")


def _drawing(path: Path, does: str) -> Drawings:
    """Return the one drawing of a file, or of a picture. does: what is done with it, for messages."""
    from qdesk.console import opened
    from qdesk.explore.picture import understand_file
    from qdesk.explore.picture_file import is_picture
    from qdesk.streams import is_stream

    picture = not is_stream(path) and path.is_file() and is_picture(path)
    drawings = understand_file(path).drawing if picture else opened([path])
    if drawings.bitmaps is not None:
        raise ValueError(f"{path} holds pixels, no strokes: there is no pen to go on with.")
    if len(drawings) > 1:
        raise ValueError(f"{path} has {len(drawings):,} drawings: {does} a file with one.")
    return drawings


def _way(sketches: Sketches, wish: Wish, to: str, check: Callable[[], None]) -> tuple[Drawn, str]:
    """Return what is drawn from the wish's word, or its beginning, to what `--to` names, and what that is called."""
    from qdesk.generate.sketches import End, joined

    first = End(wish.beginning.strokes, wish.word) if wish.beginning else None
    last, word = None, ""
    if _is_file(to):
        drawings = _drawing(Path(to), "--to goes to")
        word = find(drawings.words[0], categories()) or ""
        last = End(drawings.strokes_of(0), word)
    elif Path(to).suffix or "/" in to:
        raise FileNotFoundError(f"There is no file {to}.")
    else:
        word = sketches.known(to)
    way = sketches.way(replace(wish, other=word, beginning=None), (first, last), wish.count, check)
    return joined([part for part in way if part is not None]), word or Path(to).name


def _is_file(text: str | None) -> bool:
    return bool(text) and Path(text or "").is_file()


def _temperature(text: str) -> float:
    return number(text, 0, 2)


def _share(text: str) -> float:
    return number(text, 0, 1)


def _out(text: str) -> Path:
    if not text.lower().endswith(_ENDINGS):
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .ndjson, .svg, .png or .gif")
    return Path(text)
