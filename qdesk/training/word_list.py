"""The list of fair words: `python -m qdesk.training.word_list --data RAW STROKES --out assets/words.json`.

Every drawing that the classifier was not trained on (parts 0 and 1: the list is no reported figure) is played through
a round, at its own times where it has any, else all of it at once and then a wait. What comes of that, word by word, is
few drawings each; so every share is an empirical Bayes estimate: its prior is the beta distribution under which the
shares of all words are likeliest (beta-binomial maximum likelihood), and a word with few drawings stays near the mean.

assets/words.json is one object:

made: of what: `weights` (BLAKE2 of the classifier's file), `drawings`, `replays` (those with times), `command`.
words: by name, one object a line:
    word         the category
    difficulty   easy, medium, hard; or unfair, which the game does not ask for
    won          the share of its rounds that are won: posterior mean; from it comes the difficulty
    won_low      the share that it is above with a probability of 90 %
    top_1, top_3 the share of its finished drawings of which it is the first guess, or among the first three
    seconds      to recognition, the median of the replays that are won, drawn to that of all words
    drawings, replays   how many there were, and how many of them with times
    taken_for    the words that its drawings are taken for, by mean probability, the first three above 3 %
    confusable   words that it is told from too rarely to ask both in one game, and how much of the probability one's
                 drawings give the other; symmetric
    hint         which meaning is meant, where it has several;  meanings: how many drawings had which
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
"""An easy word is won in four rounds of five, a medium one in three of five."""

FAIR, SURE = 0.25, 0.9
"""A word is fair where at least one round in four is won, and that is nine to one: of six rounds with words as hard as
that one or two are still won. Asking a word that cannot be won spoils a round; leaving one out of 345 costs little."""

CONFUSABLE = 0.1
"""Two words are confusable where a drawing of one gives the other a tenth of the probability, the two ways' mean."""

TAKEN_FOR = 0.03
COMMAND = "python -m qdesk.training.word_list --data RAW STROKES --out assets/words.json"


def make(found: HeldOut, guesser: DrawingClassifier, report: Callable[[float], object] = lambda share: None) -> dict:
    """The list as the file holds it, of the words that the network knows, without `weights`.

    report: told the share that is done.
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
    """Each word's share from hits (W,) of count (W,): posterior mean, and what it exceeds with probability `SURE`."""
    from scipy.stats import beta

    a, b = prior(hits, count)
    return (hits + a) / (count + a + b), beta.ppf(1 - SURE, hits + a, count - hits + b)


def prior(hits: np.ndarray, count: np.ndarray) -> tuple[float, float]:
    """The beta distribution of shares under which hits (W,) of count (W,) are likeliest; within 0.05 to 500."""
    from scipy.optimize import minimize
    from scipy.special import betaln

    def unlikely(logs: np.ndarray) -> float:
        a, b = np.exp(logs)
        return -float((betaln(hits + a, count - hits + b) - betaln(a, b)).sum())

    bounds = [tuple(np.log([0.05, 500]))] * 2
    a, b = np.exp(minimize(unlikely, [0.7, 0.7], bounds=bounds).x)
    return float(a), float(b)


def _seconds(label: np.ndarray, rounds: Sequence[Replayed], words: int) -> tuple[np.ndarray, np.ndarray]:
    """Each word's replays, and its seconds to recognition: a normal distribution of log seconds in a word, another one
    of the words' means (moments), posterior mean. NaN where nothing was ever recognised.
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
    """float64 (W, W): what a word's drawings give to every word, the mean of given (N, W) by label (N,).

    A confusion matrix, but one drawing counts for all words it might be: twenty drawings a word say more so.
    """
    taken = np.zeros((given.shape[1], given.shape[1]))
    np.add.at(taken, label, given)
    return taken / np.maximum(np.bincount(label, minlength=len(taken)), 1)[:, None]


def pairs(mixed: np.ndarray) -> np.ndarray:
    """bool (W, W): the words that are `CONFUSABLE`, from what two give each other, the mean of both ways (W, W)."""
    twins = mixed >= CONFUSABLE
    np.fill_diagonal(twins, False)
    return twins


def difficulty(won: float, low: float) -> str:
    """What a word is whose rounds are won at this rate, and at `low` at least with probability `SURE`."""
    if low < FAIR:
        return "unfair"
    return "easy" if won >= EASY else "medium" if won >= MEDIUM else "hard"


def write(made: dict, out: Path) -> None:
    """The list as JSON, a word a line."""
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in made["words"])
    text = f'{{"made": {json.dumps(made["made"])},\n"words": [\n{lines}\n]}}\n'
    with atomic_write(out) as part:
        part.write_text(text, encoding="utf-8")


def summary(made: dict) -> str:
    """What there is to say of the list, in Markdown: how many words of which difficulty, pairs, unfair words, hints."""
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
