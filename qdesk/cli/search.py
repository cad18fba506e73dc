"""`qdesk search`: find the drawings most like a picture, a photo of a sketch, or other drawings."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.cli.arguments import Commands, WrongUsage, add_word, add_y_up, command, count, table
from qdesk.formats.registry import CAN_READ
from qdesk.streams import is_stream

if TYPE_CHECKING:
    from qdesk.explore.search import Seen
    from qdesk.scoring.classifier import DrawingClassifier

COLUMNS = "rank,key_id,word,source,row,likeness,likeness_not"


def add(commands: Commands) -> None:
    parser = command(
        commands, "search", run, "find the drawings most like a picture, the nearest first",
        f"Columns: {COLUMNS}. likeness goes from -1 to 1; likeness_not is that to the nearest of --not. A picture is a "
        "PNG, JPEG, WebP, GIF, BMP or SVG, such as a photo of a sketch, dark on light or light on dark, on ruled or "
        "squared paper; or drawings: a file of them, or - for stdin. Several are searched for by their mean. On stderr "
        "is said how the pictures were understood, what is seen in them, and whether anything is near.",
        "qdesk search photo.jpg --in flamingo.ndjson cat.ndjson --top 20",
    )  # fmt: skip
    parser.add_argument("pictures", metavar="PICTURE", nargs="+", type=Path, help="a picture, or a file of drawings")
    parser.add_argument(
        "--not", dest="disliked", metavar="PICTURE", nargs="+", type=Path, default=[],
        help="what is nearer to one of these than to what is searched for goes down",
    )  # fmt: skip
    parser.add_argument(
        "--in", dest="files", metavar="FILE", nargs="+", type=Path, required=True,
        help=f"the drawings to search: {CAN_READ}",
    )  # fmt: skip
    parser.add_argument("--top", metavar="N", type=count, default=50, help="how many; default %(default)s")
    parser.add_argument("--out", metavar="FILE", type=table, help="a .csv or .parquet; default CSV to stdout")
    parser.add_argument(
        "--no-cache", dest="cache", action="store_false", help="do not use what is known from earlier scoring"
    )
    add_word(parser, "take the drawings that are searched for drawings of this word")
    add_y_up(parser)


def run(args: argparse.Namespace) -> int:
    from functools import cache

    from qdesk.console import Progress, any_word, check_out, opened, write_table
    from qdesk.explore.search import embeddings_of, same, search, table_of
    from qdesk.scoring.classifier import DrawingClassifier, top_words
    from qdesk.scoring.score_cache import ScoreCache

    check_out(args.out, [*args.pictures, *args.disliked, *args.files])
    both = {path.resolve() for path in args.pictures} & {path.resolve() for path in args.disliked}
    if both:
        raise WrongUsage(f"{both.pop().name} is both searched for and not wanted: leave it out on one side.")
    guesser = cache(DrawingClassifier)
    liked, said = _seen(args.pictures, guesser(), args.y_up)
    disliked = _seen(args.disliked, guesser(), args.y_up)[0] if args.disliked else None
    if disliked is not None and same(liked.embeddings, disliked.embeddings):
        raise WrongUsage("What is searched for and what is not wanted look the same: leave it out on one side.")
    best = top_words(liked.probabilities.mean(axis=0), guesser().words, 3)
    said.append(f"seen: {', '.join(f'{word} {100 * p:.0f} %' for word, p in best)}")
    word = None if args.word is None else any_word(args.word)
    drawings = opened(args.files, args.y_up, word)
    if word is not None:
        drawings = drawings.with_columns(word=word)
    known = ScoreCache() if args.cache else None
    with Progress("looking at the drawings") as progress:
        embeddings = embeddings_of(drawings, guesser, known, progress)
    if known is not None and known.trouble:
        print(f"qdesk: {known.trouble}", file=sys.stderr)
    unwanted = liked.embeddings[:0] if disliked is None else disliked.embeddings
    found = search(embeddings, liked.embeddings, unwanted, args.top)
    write_table(table_of(drawings, found), args.out)
    print(f"qdesk: {'. '.join(['; '.join(said), found.said])}", file=sys.stderr)
    return 0


def _seen(paths: Sequence[Path], guesser: DrawingClassifier, y_up: bool) -> tuple[Seen, list[str]]:
    """Return what is seen in all pictures, and how each was understood, in words."""
    import numpy as np

    from qdesk.console import opened
    from qdesk.data.simplify import as_official
    from qdesk.explore.picture import understand_file
    from qdesk.explore.picture_file import is_picture
    from qdesk.explore.search import Seen, see

    parts, said = [], []
    for path in paths:
        if not is_stream(path) and not path.exists():
            raise FileNotFoundError(f"There is no picture {path}.")
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder: name a picture, or a file of drawings.")
        if not is_stream(path) and is_picture(path):
            understood = understand_file(path)
            said.append(f"{path.name}: {understood.said[0].lower()}{understood.said[1:-1]}")
            parts.append(see(guesser, understood.drawing, traced=True))
        else:
            drawings = opened([path], y_up)
            said.append(
                f"{'stdin' if is_stream(path) else path.name}: {len(drawings):,} drawing{'s' * (len(drawings) != 1)}"
            )
            parts.append(see(guesser, as_official(drawings)))
    return Seen(*(np.concatenate(each) for each in zip(*parts, strict=True))), said
