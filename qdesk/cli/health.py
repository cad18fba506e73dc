"""`qdesk health`: how healthy a data set is, in a few sentences, as JSON and as a page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from qdesk.cli.arguments import Commands, add_files, add_word, add_y_up, command
from qdesk.streams import is_stream

if TYPE_CHECKING:
    import numpy as np

    from qdesk.curation.health.measure import Health
    from qdesk.curation.health.reading import Collection
    from qdesk.scoring.scorer import Scorer


def add(commands: Commands) -> None:
    parser = command(
        commands, "health", run, "how healthy a data set is: junk expected, copies, what is missing",
        "Over all words of files and folders: drawings, the junk expected by kind with 95 % intervals, doubtful "
        "drawings, exact and near copies, unknown words, times and countries, drawings without metadata, bad lines, "
        "and the worst and the most typical drawings of each word. Your verdicts are taken into account. Without "
        "--out and --json a few sentences are printed.",
        "qdesk health drawings --out report.html --json",
    )  # fmt: skip
    add_files(parser)
    add_word(parser)
    parser.add_argument(
        "--out", metavar="FILE", type=_out, help="a .html, a page to open in a browser, or a .json; - as --json"
    )
    parser.add_argument("--json", action="store_true", help="print JSON to stdout")
    parser.add_argument(
        "--rude", action="store_true", help="also show rude drawings on the page; by default they are only counted"
    )
    parser.add_argument(
        "--no-cache", dest="cache", action="store_false", help="score everything anew, and keep nothing for next time"
    )
    add_y_up(parser)


def _out(text: str) -> Path:
    if not text.lower().endswith((".html", ".json")) and not is_stream(text):
        raise argparse.ArgumentTypeError(f"{text!r} ends neither in .html nor in .json")
    return Path(text)


def run(args: argparse.Namespace) -> int:
    from qdesk.console import Progress, check_out, say_read, say_words
    from qdesk.curation.exports.sheet import titled
    from qdesk.curation.health.json import json_text, write_json
    from qdesk.curation.health.measure import measure
    from qdesk.curation.health.page import write_health
    from qdesk.curation.health.reading import read
    from qdesk.scoring.score_cache import ScoreCache
    from qdesk.scoring.scorer import Scorer

    if is_stream(args.out):
        args.out, args.json = None, True
    check_out(args.out, args.files)
    scorer = Scorer(cache=ScoreCache() if args.cache else None)
    word = None if args.word is None else scorer.find_word(args.word)
    with Progress("reading") as progress:
        collection = read(args.files, progress, args.y_up, word)
    say_read(collection)
    columns, verdicts = _scored(collection, scorer), _verdicts(collection)
    with Progress("looking for copies") as progress:
        health = measure(collection, columns, verdicts, progress)
    say_words(collection.parts, health.unknown_words)
    if args.out and args.out.suffix.lower() == ".html":
        with Progress("writing the page") as progress:
            write_health(health, args.out, titled(args.files), args.rude, progress)
    elif args.out:
        write_json(health, args.out)
    if args.json:
        sys.stdout.write(json_text(health))
    elif not args.out:
        _say(health)
    return 0


def _scored(collection: Collection, scorer: Scorer) -> dict[str, np.ndarray]:
    """Return the scores of all drawings, (N,) each, and report progress and trouble on stderr."""
    import numpy as np

    from qdesk.console import Progress

    found: list[dict[str, np.ndarray]] = []
    done = 0
    with Progress("scoring") as progress:
        for part in collection.parts:

            def report(share: float, done: int = done, count: int = len(part)) -> None:
                progress((done + share * count) / len(collection))

            found.append(scorer.score(part, report))
            done += len(part)
    if scorer.trouble:
        print(f"qdesk: {scorer.trouble}", file=sys.stderr)
    return {name: np.concatenate([columns[name] for columns in found]) for name in found[0]}


def _verdicts(collection: Collection) -> np.ndarray:
    """Return the verdicts on all drawings, object (N,), "" for none."""
    import numpy as np

    from qdesk.curation.verdicts.identity import shared_sentence
    from qdesk.curation.verdicts.store import Verdicts, of_drawings

    with Verdicts() as verdicts:
        judged = [of_drawings(part, verdicts) for part in collection.parts]
    if shared := sum(part.shared for part in judged):
        print(f"qdesk: {shared_sentence(shared)}", file=sys.stderr)
    return np.concatenate([part.reasons for part in judged])


def _say(health: Health) -> None:
    """Print the health in a few sentences."""
    from qdesk.curation.health.page import summary

    for sentence in summary(health):
        print(sentence)
