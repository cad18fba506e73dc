"""`qdesk rank --out FOLDER/`: score more drawings than one table holds, on all cores, in shards or on a cluster."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qdesk.cluster.run import State


def run(args: argparse.Namespace) -> int:
    from qdesk.cluster.run import Options, Way, rank_into
    from qdesk.console import Progress
    from qdesk.scoring.scorer import Scorer
    from qdesk.streams import is_stream

    for option in ("top", "rude"):
        if getattr(args, option):
            print(f"qdesk: --{option} is not of a folder of scores, which holds all drawings", file=sys.stderr)
            return 2
    if any(map(is_stream, args.files)):
        print("qdesk: stdin can be ranked into a table alone: --out scores.csv", file=sys.stderr)
        return 2
    word = Scorer(args.model).find_word(args.word) if args.word is not None else None
    model = None if args.model is None else os.path.abspath(args.model)
    options = Options(args.by, word, model, args.y_up)
    with Progress("scoring") as progress:
        try:
            state = rank_into(
                args.files, args.out, options, Way(args.shard, args.cluster, args.workers),
                lambda share, state: progress(share, _how_far(state)),
            )  # fmt: skip
        except KeyboardInterrupt:
            print("qdesk: what is scored is kept: the same command goes on from there", file=sys.stderr)
            raise
    _say(state, args)
    return 1 if state.failed or state.left == 0 and not state.drawings else 0


def _how_far(state: State) -> str:
    """Return how much is done and what it takes."""
    done = f"scoring: {state.drawings:,} drawings, {len(state.units):,} of {state.total:,} pieces"
    return done if state.cpu_s_per_million is None else f"{done}, {state.cpu_s_per_million:,.0f} CPU-seconds a million"


def _say(state: State, args: argparse.Namespace) -> None:
    """Say on stderr what was done, what was skipped, and what is left."""
    from qdesk.console import say_guessed, say_several, say_skipped, say_words
    from qdesk.data.categories import unknown_words
    from qdesk.formats import Problem
    from qdesk.scoring.scorer import Scorer

    say_several([f"{damage}: scored anew" for damage in state.damaged], "parts were damaged in all")
    say_several([f"{sentence} (skipped)" for sentence in state.bad_files], "files were skipped in all")
    problems = [Problem(*problem) for problem in state.said("problems")]
    say_skipped(problems, state.bad_lines)
    say_several(state.said("notes"), "such notes on files in all")
    say_guessed({file: word for one in state.units.values() for file, word in one["guessed"].items()})
    for trouble in dict.fromkeys(one["trouble"] for one in state.units.values() if one["trouble"]):
        print(f"qdesk: {trouble}", file=sys.stderr)
    if args.word is None:
        known = Scorer(args.model).words if args.model else None
        say_words([], unknown_words(state.words, known))
    say_several(
        [f"{sentence} (the same command tries again)" for sentence in state.failed], "pieces were not read in all"
    )
    cost = state.cpu_s_per_million
    took = "" if cost is None else f"; {state.cpu_s:,.1f} CPU-seconds, {cost:,.0f} a million drawings"
    before = f", {state.kept:,} of them from before" if state.kept else ""
    done = f"{state.drawings:,} drawings in {len(state.units):,} of {state.total:,} pieces{before}{took}"
    print(f"qdesk: {args.out}: {done}", file=sys.stderr)
    if state.left:
        how = "the other shards, or this command without --shard, bring them and the ranks" if args.shard else ""
        missing = "1 piece is missing" if state.left == 1 else f"{state.left:,} pieces are missing"
        print(f"qdesk: {missing}{': ' * bool(how)}{how}", file=sys.stderr)
    elif args.model is None and (sums := state.sums) and (text := sums.sentence(100 if args.by == "junk" else 0)):
        print(f"qdesk: {text}", file=sys.stderr)
