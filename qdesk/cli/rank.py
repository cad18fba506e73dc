"""`qdesk rank`: score all drawings, and write them as a table or as a page, the worst first."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.cli.arguments import FILES, Commands, add_word, add_y_up, command, count, table
from qdesk.curation.exports.registry import BY_NAME as EXPORTS
from qdesk.files import is_address
from qdesk.scoring.columns import RANK_BY, RANK_COLUMNS

if TYPE_CHECKING:
    import numpy as np

    from qdesk.data.drawings import Drawings
    from qdesk.scoring.scorer import Scorer

PAGES = EXPORTS["gallery"].endings


def add(commands: Commands) -> None:
    parser = command(
        commands, "rank", run, "rank drawings, the worst first, as a table",
        f"Columns: {', '.join(RANK_COLUMNS)}. loss is in nats, "
        "lift = log p(drawing | word) - log p(drawing); what is not known is left empty. As .html: the worst drawings "
        "themselves, as a page to look at, in one file.",
        "qdesk rank flamingo.ndjson --top 100 --out scores.csv",
    )  # fmt: skip
    parser.add_argument(
        "files", metavar="FILE", nargs="+", type=_given,
        help=f"{FILES}; patterns of names; with --out FOLDER/ also addresses: s3://, gs://, hdfs://",
    )  # fmt: skip
    add_word(parser, "score all drawings as drawings of this word")
    parser.add_argument("--model", metavar="M", type=Path, help="Sketch-RNN weights: qdesk's own file or a *.gen.json")
    parser.add_argument("--by", metavar="COLUMN", choices=RANK_BY, default="junk", help=f"one of {', '.join(RANK_BY)}")
    parser.add_argument(
        "--top", metavar="N", type=count, help="only the first N lines; default all, of a page the first 200"
    )
    parser.add_argument(
        "--out", metavar="FILE", type=_out,
        help="a .csv, .parquet or .html; - or default CSV to stdout; or a FOLDER/ or address for Parquet by word, "
        "gone on with where it stopped (docs/cluster.md)",
    )  # fmt: skip
    parser.add_argument(
        "--no-cache", dest="cache", action="store_false", help="score everything anew, and keep nothing for next time"
    )
    parser.add_argument(
        "--shard", metavar="I/N", type=_shard, help="of --out FOLDER/: only the I-th of N shares of the work, from 0 on"
    )
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="of --out FOLDER/: work on Ray, at this address, or local for this machine"
    )
    parser.add_argument(
        "--workers", metavar="N", type=count, help="of --out FOLDER/: how many workers; default one per core"
    )
    parser.add_argument("--rude", action="store_true", help="of .html: show rude drawings, too")
    add_y_up(parser)


def _given(text: str) -> Path | str:
    """Parse what is read: an address stays a text."""
    return text if is_address(text) else Path(text)


def _shard(text: str) -> tuple[int, int]:
    """Parse "0/8"."""
    first, _, second = text.partition("/")
    if not (first.isascii() and first.isdecimal() and second.isascii() and second.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not such as 0/8")
    if int(first) >= int(second):
        raise argparse.ArgumentTypeError(f"{text!r}: the shards of {int(second)} are called 0 to {int(second) - 1}")
    return int(first), int(second)


def _out(text: str) -> Path | str:
    """Parse what is written to: the path of a file, or the text of a folder's path or address."""
    if is_address(text) or text.endswith(("/", os.sep)):
        return text
    if text.lower().endswith(PAGES):
        return Path(text)
    if os.path.isdir(text) and not text.lower().endswith((".csv", ".parquet")):
        return text
    try:
        return table(text)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"{text!r} ends in none of .csv, .parquet and .html") from None


def run(args: argparse.Namespace) -> int:
    if isinstance(args.out, str):
        from qdesk.cli import rank_folder

        return rank_folder.run(args)
    for option in ("shard", "cluster", "workers"):
        if getattr(args, option) is not None:
            print(f"qdesk: --{option} is of a folder of scores alone: --out scores/", file=sys.stderr)
            return 2
    if address := next((given for given in args.files if isinstance(given, str)), None):
        print(f"qdesk: {address} can be ranked into a folder of scores alone: --out scores/", file=sys.stderr)
        return 2
    return _table(args)


def _table(args: argparse.Namespace) -> int:
    """Rank into one table or page."""
    from qdesk.console import check_out, opened, say_words, write_table
    from qdesk.places import has_wildcards, matching
    from qdesk.scoring.score_cache import ScoreCache
    from qdesk.scoring.scorer import Scorer, rank_table

    args.files = [
        path
        for given in args.files
        for path in ([Path(place.path) for place in matching(given)] if has_wildcards(given) else [given])
    ]
    is_page = args.out is not None and args.out.suffix.lower() in PAGES
    if args.rude and not is_page:
        print("qdesk: --rude is of a page alone: --out worst.html", file=sys.stderr)
        return 2
    check_out(args.out, [*args.files, args.model])
    scorer = Scorer(args.model, cache=ScoreCache() if args.cache else None)
    if args.word is not None:
        scorer.word = scorer.find_word(args.word)
    drawings = opened(args.files, args.y_up, scorer.word)
    columns = _scored(drawings, scorer, args)
    say_words([drawings], _unknown(drawings, scorer))
    if is_page:
        columns["verdict"] = _verdicts(drawings)
        _write_page(drawings, columns, args)
    else:
        write_table(rank_table(drawings, columns, args.by).slice(0, args.top), args.out)
    if args.model is None:  # of other networks' junk it is not known how often it is right
        verdicts = columns["verdict"] if is_page else _verdicts(drawings)
        _say_how_many(drawings, columns, verdicts, args)
    return 0


def _scored(drawings: Drawings, scorer: Scorer, args: argparse.Namespace) -> dict[str, np.ndarray]:
    """Return all columns of all drawings, and report progress and trouble on stderr."""
    from qdesk.console import Progress
    from qdesk.scoring.fingerprint import is_official, likelihood_files

    try:
        with Progress("scoring") as progress:
            columns = scorer.score(drawings, on_progress=progress)
    except KeyboardInterrupt:
        if scorer.cache is not None and not scorer.cache.trouble:
            print("qdesk: what is scored is kept: the same command goes on from there", file=sys.stderr)
        raise
    if scorer.trouble:
        print(f"qdesk: {scorer.trouble}", file=sys.stderr)
    if args.model is not None and is_official(args.model) and likelihood_files(args.model) == [args.model]:
        print(f"qdesk: no other official decoder lies beside {args.model.name}, so there is no lift", file=sys.stderr)
    return columns


def _unknown(drawings: Drawings, scorer: Scorer) -> dict[str, int]:
    """Return the words that neither network knows, with the numbers of drawings that are judged as these."""
    from qdesk.data.categories import unknown_words

    unknown = {} if scorer.word else unknown_words(drawings.words)
    return unknown_words(drawings.words, scorer.words) if unknown and scorer.model else unknown


def _verdicts(drawings: Drawings) -> np.ndarray:
    """Return the verdicts on the drawings, object (N,), "" for none; report on stderr where a key_id names several."""
    import numpy as np

    from qdesk.curation.verdicts.identity import shared_sentence
    from qdesk.curation.verdicts.store import Verdicts, VerdictsError, of_drawings

    try:
        with Verdicts() as verdicts:
            judged = of_drawings(drawings, verdicts)
    except VerdictsError as error:  # the ranking itself needs none
        print(f"qdesk: your verdicts are left out: {error}", file=sys.stderr)
        return np.full(len(drawings), "", object)
    if judged.shared:
        print(f"qdesk: {shared_sentence(judged.shared)}", file=sys.stderr)
    return judged.reasons


def _say_how_many(
    drawings: Drawings, columns: dict[str, np.ndarray], verdicts: np.ndarray, args: argparse.Namespace
) -> None:
    """Say on stderr how many drawings are junk, after the verdicts on them."""
    from qdesk.curation.expectation import JunkExpectation, whole_sentence
    from qdesk.data.categories import one_name_each
    from qdesk.scoring.scorer import worst_first

    expected = JunkExpectation(columns["junk"], one_name_each(drawings.words) if args.word is None else None)
    if expected.scored.any():
        expected = expected.after_verdicts(verdicts)
        print(f"qdesk: {whole_sentence(expected, worst_first(drawings, columns, args.by))}", file=sys.stderr)


def _write_page(drawings: Drawings, columns: dict[str, np.ndarray], args: argparse.Namespace) -> None:
    """Write the worst drawings as a page."""
    from qdesk.console import Progress
    from qdesk.curation.exports.gallery import TOP, first_of, write_gallery
    from qdesk.curation.exports.sheet import titled
    from qdesk.curation.exports.suggested import are_rude, left_out
    from qdesk.scoring.scorer import worst_first

    order = worst_first(drawings, columns, args.by)
    rude = are_rude(columns["verdict"], columns["reason"])[order] & (not args.rude)
    worst, hidden = first_of(order, rude, args.top or TOP)
    if hidden and not len(worst):
        raise ValueError(f"All drawings are rude: {left_out(hidden, '--rude')}.")
    shown = {name: values[worst] for name, values in columns.items()}
    with Progress("writing the page") as progress:
        write_gallery(
            args.out, drawings.take(worst), shown, titled(args.files), len(drawings), ranked_by=args.by, hidden=hidden,
            on_progress=progress,
        )  # fmt: skip
    if hidden:
        print(f"qdesk: {left_out(hidden, '--rude')}", file=sys.stderr)
