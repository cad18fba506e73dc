"""`qdesk map`: put all drawings on a map of what they look like, as a table or as a page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.cli.arguments import Commands, add_files, add_word, add_y_up, command, seed
from qdesk.explore.map_table import MAP_COLUMNS
from qdesk.streams import is_stream

if TYPE_CHECKING:
    from qdesk.explore.drawing_map import DrawingMap

ENDINGS = (".parquet", ".csv", ".html")


def add(commands: Commands) -> None:
    parser = command(
        commands, "map", run, "a map on which drawings that look alike lie together, as a table or a page",
        f"Columns: {', '.join(MAP_COLUMNS)}; x and y lie from about -1 to 1. As .html: the map itself, as a page to "
        "look at, in one file. Drawings are scored first, and scores and maps are kept for the next time. The same "
        "drawings give the same map.",
        "qdesk map cat.ndjson dog.ndjson --out map.html",
    )  # fmt: skip
    add_files(parser)
    parser.add_argument(
        "--out", metavar="FILE", type=_out, required=True, help="a .parquet, .csv or .html; - for CSV to stdout"
    )
    add_word(parser)
    parser.add_argument("--seed", metavar="S", type=seed, default=0, help="another map of the same drawings; default 0")
    parser.add_argument(
        "--no-cache", dest="cache", action="store_false", help="score and map everything anew, and keep nothing"
    )
    add_y_up(parser)


def _out(text: str) -> Path:
    if not text.lower().endswith(ENDINGS) and not is_stream(text):
        raise argparse.ArgumentTypeError(f"{text!r} ends in none of .parquet, .csv and .html")
    return Path(text)


def run(args: argparse.Namespace) -> int:
    import numpy as np

    from qdesk.console import Progress, check_out, opened, say_words, write_table
    from qdesk.data.categories import one_name_each, unknown_words
    from qdesk.explore.map_cache import MapCache, kept_map
    from qdesk.explore.map_colours import coded
    from qdesk.explore.map_table import map_table
    from qdesk.scoring.score_cache import ScoreCache
    from qdesk.scoring.scorer import Scorer

    check_out(args.out, args.files)
    scorer = Scorer(cache=ScoreCache() if args.cache else None)
    word = None if args.word is None else scorer.find_word(args.word)
    drawings = opened(args.files, args.y_up, word)
    if word is not None:
        drawings = drawings.with_columns(word=word)
    say_words([drawings], unknown_words(drawings.words))
    if not len(drawings):
        raise ValueError("There is no drawing to put on a map.")
    with Progress("scoring") as progress:
        columns = scorer.score(drawings, on_progress=progress)
    if scorer.trouble:
        print(f"qdesk: {scorer.trouble}", file=sys.stderr)
    embeddings = columns["embedding"]
    known = np.ones(len(drawings), bool)
    cache = MapCache() if args.cache else None
    with Progress("laying out the map") as progress:
        made = kept_map(embeddings, known, coded(one_name_each(drawings.words))[0], cache, progress, seed=args.seed)
    if args.out.suffix.lower() == ".html":
        from qdesk.explore.map_page import write_map_page

        names = [path.name for path in args.files]
        title = ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")
        write_map_page(args.out, drawings, columns, made, title)
    else:
        write_table(map_table(drawings, columns, made), args.out)
    print(f"qdesk: {_said(len(drawings), made)}{'' if is_stream(args.out) else f' in {args.out}'}", file=sys.stderr)
    return 0


def _said(count: int, made: DrawingMap) -> str:
    """Say how many drawings have a place on the map, and how many it was laid out with."""
    placed, fitted = int(made.placed.sum()), len(made.sample)
    said = f"{placed:,} drawing{'s' * (placed != 1)}"
    if placed < count:
        said += f" of {count:,}, the others without a place,"
    if fitted < placed:
        said += f", {fitted:,} laid out and the others placed among them,"
    return said
