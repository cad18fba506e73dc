"""The list of fair words: `python -m qdesk.training.word_list --data RAW STROKES --out assets/words.json`.

Every drawing that the classifier was not trained on is replayed as a round, at its own times if it has any, else with
all points at the start. Both parts 0 and 1 are used, because no figure of the list is reported. There are few drawings
per word, so every share is an empirical Bayes estimate. Its prior is the beta distribution under which the shares of
all words are most likely (beta-binomial maximum likelihood). A word with few drawings stays near the mean.

assets/words.json is one object:

made: from what: `weights` (BLAKE2 of the classifier's file), `drawings`, `replays` (those with times), `command`.
words: one object per line, by name:
    word         the category
    difficulty   easy, medium, hard; or unfair, which the game does not ask for
    won          the share of its rounds that are won, a posterior mean, which decides the difficulty
    won_low      the share that `won` exceeds with a probability of 90 %
    top_1, top_3 the share of its finished drawings for which it is the first guess, or among the first three
    seconds      median time to recognition of the replays that are won, shrunk towards that of all words
    drawings, replays   how many there were, and how many of them have times
    taken_for    the words that its drawings are taken for, by mean probability, the first three above 3 %
    confusable   the words that are too similar to ask for both in one game, each with the mean probability that the
                 drawings of one give the other; symmetric
    hint         which meaning is meant, where it has several;  meanings: how many drawings have which
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qdesk import paths
from qdesk.data.splits import labels_of
from qdesk.files import atomic_write, check_writable
from qdesk.game import word_senses
from qdesk.game.replay import Replayed, replay_all
from qdesk.stats.intervals import grid_lines, rewrite
from qdesk.training.held_out import HeldOut, held_out

if TYPE_CHECKING:
    from qdesk.scoring.classifier import DrawingClassifier

EASY, MEDIUM = 0.8, 0.6
"""Least share of rounds won with an easy word (four of five), and with a medium one (three of five)."""

FAIR, SURE = 0.25, 0.9
"""A word is fair where at least one round in four is won with a probability of 90 %.

Of six rounds with words as hard as that, one or two are still won. Asking for a word that cannot be won spoils a round,
while leaving out one of 345 costs little."""

CONFUSABLE = 0.1
"""Probability, averaged over both directions, that drawings of one word give another where the two are confusable."""

TAKEN_FOR = 0.03
COMMAND = "python -m qdesk.training.word_list --data RAW STROKES --out assets/words.json"


def make(found: HeldOut, guesser: DrawingClassifier, report: Callable[[float], object] = lambda share: None) -> dict:
    """Return the list as the file holds it, for the words that the network knows, without `weights`.

    report: called with the share that is done, 0 to 1.
    """
    words = guesser.words
    drawings, finished = (each.take(labels_of(each, words) >= 0) for each in (found.once, found.simplified))
    rounds = replay_all(drawings, guesser, report=report)
    given = guesser.probabilities(finished)
    label, own = labels_of(drawings, words), labels_of(finished, words)
    above = (given > given[np.arange(len(own)), own][:, None]).sum(axis=1)

    count = np.bincount(label, minlength=len(words))
    won, low = share(np.bincount(label, [one.recognised for one in rounds], len(words)), count)
    ends = np.bincount(own, minlength=len(words))
    top = {k: share(np.bincount(own, above < k, len(words)), ends)[0] for k in (1, 3)}
    replayed, seconds = _seconds(label[drawings.timed], [rounds[k] for k in np.flatnonzero(drawings.timed)], len(words))
    taken = mean_probabilities(given, own)
    mixed = (taken + taken.T) / 2
    twins = pairs(mixed)
    entries = []
    for row, word in enumerate(words):
        others = [k for k in np.argsort(-taken[row], kind="stable")[:4] if k != row and taken[row, k] >= TAKEN_FOR]
        entry = {
            "word": word,
            "difficulty": difficulty(won[row], low[row]),
            "won": round(float(won[row]), 3),
            "won_low": round(float(low[row]), 3),
            "top_1": round(float(top[1][row]), 3),
            "top_3": round(float(top[3][row]), 3),
            "seconds": None if np.isnan(seconds[row]) else round(float(seconds[row]), 1),
            "drawings": int(count[row]),
            "replays": int(replayed[row]),
            "taken_for": [words[k] for k in others[:3]],
            "confusable": {words[k]: round(float(mixed[row, k]), 3) for k in np.flatnonzero(twins[row])},
        }
        if word in word_senses.MEANINGS and (own == row).any():
            counts = word_senses.counted(word, given[own == row], words)
            entry |= {"hint": next(iter(counts)), "meanings": counts}
        entries.append(entry)
    made = {"command": COMMAND, "drawings": len(drawings), "replays": int(drawings.timed.sum())}
    return {"made": made, "words": entries}


def share(hits: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each word's share from hits (W,) of count (W,): its posterior mean, and its lower bound at `SURE`."""
    from scipy.stats import beta

    a, b = prior(hits, count)
    return (hits + a) / (count + a + b), beta.ppf(1 - SURE, hits + a, count - hits + b)


def prior(hits: np.ndarray, count: np.ndarray) -> tuple[float, float]:
    """Return a and b of the beta distribution under which hits (W,) of count (W,) are most likely, from 0.05 to 500."""
    from scipy.optimize import minimize
    from scipy.special import betaln

    def unlikely(logs: np.ndarray) -> float:
        a, b = np.exp(logs)
        return -float((betaln(hits + a, count - hits + b) - betaln(a, b)).sum())

    bounds = [tuple(np.log([0.05, 500]))] * 2
    a, b = np.exp(minimize(unlikely, [0.7, 0.7], bounds=bounds).x)
    return float(a), float(b)


def _seconds(label: np.ndarray, rounds: Sequence[Replayed], words: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each word's number of replays, and its seconds to recognition, NaN where nothing was recognised at all.

    The logs of a word's seconds have a normal distribution, and so have the means of the words. Both are fitted by
    moments, and a word's value is the posterior mean.
    """
    won = np.array([one.recognised for one in rounds], bool)
    times = [one.recognised_ms for one in rounds if one.recognised_ms is not None]
    logs = np.log(np.array([max(ms, 1.0) / 1000 for ms in times]))
    mine, count = label[won], np.bincount(label[won], minlength=words)
    replayed = np.bincount(label, minlength=words)
    if not len(logs):
        return replayed, np.full(words, np.nan)
    mean = np.bincount(mine, logs, words) / np.maximum(count, 1)
    within = ((logs - mean[mine]) ** 2).sum() / max(len(logs) - (count > 0).sum(), 1)
    between = max(logs.var() - within, 0.0)
    trust = count * between / np.maximum(count * between + within, 1e-9)
    return replayed, np.exp(trust * mean + (1 - trust) * logs.mean())


def mean_probabilities(given: np.ndarray, label: np.ndarray) -> np.ndarray:
    """Return float64 (W, W): the mean probability that the drawings of each word give to every word.

    given: (N, W). label: (N,). It is a confusion matrix in which a drawing counts for all words that it might show, so
    that twenty drawings per word say more.
    """
    taken = np.zeros((given.shape[1], given.shape[1]))
    np.add.at(taken, label, given)
    return taken / np.maximum(np.bincount(label, minlength=len(taken)), 1)[:, None]


def pairs(mixed: np.ndarray) -> np.ndarray:
    """Return bool (W, W): which pairs are `CONFUSABLE`. mixed: (W, W), the mean probability of both directions."""
    twins = mixed >= CONFUSABLE
    np.fill_diagonal(twins, False)
    return twins


def difficulty(won: float, low: float) -> str:
    """Return the difficulty of a word with this share of rounds won, whose lower bound at `SURE` is `low`."""
    if low < FAIR:
        return "unfair"
    return "easy" if won >= EASY else "medium" if won >= MEDIUM else "hard"


def write(made: dict, out: Path) -> None:
    """Write the list as JSON, one word per line."""
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in made["words"])
    text = f'{{"made": {json.dumps(made["made"])},\n"words": [\n{lines}\n]}}\n'
    with atomic_write(out) as part:
        part.write_text(text, encoding="utf-8")


def summary(made: dict) -> str:
    """Return a summary of the list in Markdown: words by difficulty, confusable pairs, and hints."""
    entries = made["words"]
    grid = [["", "words", "won, mean", "seconds, mean", "some of them"]]
    for name in ("easy", "medium", "hard", "unfair"):
        some = sorted((entry for entry in entries if entry["difficulty"] == name), key=lambda entry: -entry["won"])
        if some:
            known = [entry["seconds"] for entry in some if entry["seconds"] is not None]
            seconds = f"{np.mean(known):.1f}" if known else ""
            shown = some if name == "unfair" else some[:: max(1, len(some) // 8)][:8]
            won = f"{np.mean([entry['won'] for entry in some]):.2f}"
            grid.append([name, str(len(some)), won, seconds, ", ".join(entry["word"] for entry in shown)])
    twins = [
        (-mixed, f"{entry['word']} / {other}")
        for entry in entries
        for other, mixed in entry["confusable"].items()
        if entry["word"] < other
    ]
    said = f"{len(twins)} confusable pairs, the worst first: {', '.join(pair for _, pair in sorted(twins))}."
    hints = [["", "hint", "drawings by meaning"]]
    for entry in entries:
        if "hint" in entry:
            counts = "; ".join(f"{meaning}: {count}" for meaning, count in entry["meanings"].items())
            hints.append([entry["word"], entry["hint"], counts])
    about = made["made"]
    return "\n".join(
        [
            f"From {about['drawings']:,} drawings, {about['replays']:,} of them with times.",
            "",
            *grid_lines(grid),
            "",
            *textwrap.wrap(said, 120),
            "",
            *grid_lines(hints),
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    from qdesk.console import Progress
    from qdesk.scoring.classifier import DrawingClassifier

    parser = argparse.ArgumentParser(prog="python -m qdesk.training.word_list", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--data", metavar="DIR", nargs="+", type=Path, required=True, help="raw and simplified drawings"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="the list, as assets/words.json")
    parser.add_argument("--docs", metavar="FILE", type=Path, help="a Markdown file whose figures are written anew")
    args = parser.parse_args(arguments)
    check_writable(args.out)
    weights = hashlib.blake2b(paths.model(paths.CLASSIFIER).read_bytes(), digest_size=16).hexdigest()
    with Progress("playing the drawings") as progress:
        made = make(held_out(args.data), DrawingClassifier(), report=progress)
    made["made"]["weights"] = weights
    write(made, args.out)
    if args.docs:
        rewrite(args.docs, summary(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
