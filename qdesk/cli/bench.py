"""`qdesk bench`: measure how fast this machine is, or how good the ranking and the game are."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from qdesk.cli.arguments import Commands, command

WHAT = ("machine", "ranking", "curating", "live", "million", "map", "photo", "day", "cluster")
NEEDS = {
    "ranking": "the folders that the networks were trained on",
    "live": "raw drawings, and simplified ones",
    "curating": "the folders that the networks were trained on",
    "photo": "simplified drawings of many words",
}
"""The folders that `--data` has to name, for the benchmarks that need it."""


def add(commands: Commands) -> None:
    parser = command(
        commands, "bench", run, "what this machine does, or what the ranking and the game are worth",
        "machine (the default): matrix peak, scoring, raster, guess latency, loading, ranking, the window's start; "
        "takes about a minute. ranking: what the ranking finds, with intervals, of the junk that people labelled "
        "(--labels), of planted junk and of wrong words, among drawings that the networks never saw, and what "
        "cleanlab, scikit-learn and public networks (--teachers) find of the same; takes about three minutes and needs "
        "--data. live: raw drawings that the classifier never saw, played as rounds at their own times: the share "
        "recognised by each second; takes a few minutes and needs --data. million: Curate with a million drawings: "
        "opening, sorting, filtering, scrolling, judging, memory; takes a few minutes. curating: what 'more like "
        "these' finds, and what the learned order brings, of the junk that people labelled (--labels) and of planted "
        "junk; takes two minutes and needs --data. map: a map of 100,000 drawings, a million placed on it, and looking "
        "around among them; takes about two minutes, on real drawings with --data. photo: drawings that the networks "
        "never saw, photographed by code and searched for by these photos; takes a few minutes and needs --data. "
        "day: a working day in the window: does the memory stay flat, and the window quick; takes a few minutes. "
        "cluster: files ranked into a folder of scores by processes and by Ray, what each takes, and on paper for more "
        "cores; takes a few minutes.",
        "qdesk bench --json",
    )  # fmt: skip
    parser.add_argument("what", nargs="?", choices=WHAT, default="machine")
    parser.add_argument("--json", action="store_true", help="one flat JSON object of numbers instead of a table")
    parser.add_argument(
        "--data",
        metavar="DIR",
        nargs="+",
        type=Path,
        help="ranking, live, curating, photo: the folders that were trained on",
    )
    parser.add_argument(
        "--count", metavar="N", type=int, default=1_000_000, help="million: how many drawings (default: %(default)s)"
    )
    parser.add_argument("--docs", metavar="FILE", type=Path, help="the same: a Markdown file to put them in")
    parser.add_argument(
        "--labels", metavar="DIR", nargs="+", type=Path,
        help="ranking, curating: label files (.jsonl), or folders of them, of drawings in --data (docs/ranking.md)",
    )  # fmt: skip
    parser.add_argument(
        "--part", choices=("test", "validation", "all"), default="test",
        help="ranking, curating: of the labelled drawings those of part 1 (test, the default), those of part 0 "
        "(validation), or all; nothing may have been trained, fitted or chosen on what is reported",
    )  # fmt: skip
    parser.add_argument(
        "--teachers", metavar="DIR", type=Path, help="ranking: the public networks' .npz files, to compare with"
    )
    parser.add_argument("--flamingos", metavar="DIR", type=Path, help="ranking: bad_flamingos, a folder sorted by hand")
    parser.add_argument(
        "--model", metavar="M", type=Path,
        help="ranking: another Sketch-RNN than the shipped one; of an official .gen.json the flamingos alone are asked",
    )  # fmt: skip
    parser.add_argument(
        "--junk", metavar="J", type=Path, help="ranking: the combined order that qdesk.training.junk_model fitted for M"
    )


def run(args: argparse.Namespace) -> int:
    if args.what in NEEDS and not args.data:
        print(f"qdesk: bench {args.what} needs --data: {NEEDS[args.what]}", file=sys.stderr)
        return 2
    if args.what == "million":
        from qdesk.bench import million

        return million.run(args)
    if args.what == "day":
        from qdesk.bench import day

        return day.run(args)
    if args.what == "cluster":
        from qdesk.bench import cluster

        return cluster.run(args)
    if args.what == "map":
        from qdesk.bench import mapping

        return mapping.run(args)
    from qdesk.bench import machine

    runs = {
        "machine": machine.run,
        "ranking": machine.run_ranking,
        "curating": machine.run_curating,
        "live": machine.run_live,
        "photo": machine.run_photo,
    }
    return runs[args.what](args)
