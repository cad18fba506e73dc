"""Repeat an experiment: methods guess drawings after they learned from other drawings, and the guesses are counted.

It is a five-fold cross-validation, done twice. A method learns from four fifths and guesses the last, until each
drawing was guessed once. Then all is done again with other fifths. Figures are means over the two. For their intervals
the drawings of each word are resampled. The shipped classifier learned from such folders itself. It is tested on the
test split alone, on which nothing was ever trained or chosen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from sklearn.model_selection import StratifiedKFold

from qdesk.replications.methods import METHODS
from qdesk.replications.pictures import Pictures, gather
from qdesk.replications.protocols import Experiment
from qdesk.scoring.classifier import DrawingClassifier
from qdesk.stats.intervals import Estimate, EstimateTable, resampled
from qdesk.training.data import load

FOLDS, ROUNDS = 5, 2
SHIPPED = "qdesk's own classifier"


# Each of these functions computes a figure (R,) from R confusion matrices (R, words, words) of guesses. Their rows are
# the words, and each matrix sums to 1.


def _accuracy(share: np.ndarray) -> np.ndarray:
    return _right(share).sum(axis=1)


def _balanced_accuracy(share: np.ndarray) -> np.ndarray:
    """Compute the share of a word's drawings that are guessed right, mean over the words."""
    return (_right(share) / share.sum(axis=2)).mean(axis=1)


def _specificity(share: np.ndarray) -> np.ndarray:
    """Compute the share of other words' drawings that are not taken for a word, mean over the words."""
    word, taken = share.sum(axis=2), share.sum(axis=1)
    return ((1 - word - taken + _right(share)) / (1 - word)).mean(axis=1)


def _matthews(share: np.ndarray) -> np.ndarray:
    """Compute Matthews' correlation of several classes (Gorodkin 2004); 0 where all guesses are the same."""
    word, taken = share.sum(axis=2), share.sum(axis=1)
    spread = (1 - (taken**2).sum(axis=1)) * (1 - (word**2).sum(axis=1))
    return (_accuracy(share) - (word * taken).sum(axis=1)) / np.sqrt(np.maximum(spread, 1e-12))


def _jaccard(share: np.ndarray) -> np.ndarray:
    """Compute the share of drawings both of a word and taken for it in those that are either, mean over the words."""
    return (_right(share) / (share.sum(axis=2) + share.sum(axis=1) - _right(share))).mean(axis=1)


def _right(share: np.ndarray) -> np.ndarray:
    return np.diagonal(share, axis1=1, axis2=2)


FIGURES = {
    "accuracy": _accuracy,
    "balanced accuracy": _balanced_accuracy,
    "specificity": _specificity,
    "Matthews correlation": _matthews,
    "Jaccard": _jaccard,
}
"""The figures by name. There is also "AUC", of the second word's probability where there are two words. They are
scikit-learn's metrics, computed for all resamples at once, and tested against scikit-learn's."""


def figures(labels: np.ndarray, said: np.ndarray, names: Sequence[str]) -> dict[str, Estimate]:
    """Compute figures by name, means over the rounds. labels: int64 (N,).   said: probabilities (rounds, N, words).

    All words weigh the same, however many drawings they have.
    """
    words = said.shape[2]
    weights = resampled(labels, np.random.default_rng(0)) / np.bincount(labels)[labels]

    def of(name: str, each: np.ndarray) -> np.ndarray:
        if name == "AUC":
            second, first = each[labels == 1, 1], each[labels == 0, 1]
            wins = (second[:, None] > first) + (second[:, None] == first) / 2
            return ((weights[:, labels == 1] @ wins) * weights[:, labels == 0]).sum(axis=1)
        cells = np.eye(words * words)[labels * words + each.argmax(axis=1)]
        return FIGURES[name]((weights @ cells).reshape(-1, words, words) / words)

    return {name: Estimate.of(np.mean([of(name, each) for each in said], axis=0)) for name in names}


def folds(pictures: Pictures, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield rows to learn from and rows to guess, `FOLDS` times. All folds have equally many of each word and kind."""
    groups = pictures.labels * (pictures.kinds.max() + 1) + pictures.kinds
    return StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(pictures.images, groups)


def cross_validated(name: str, pictures: Pictures, seed: int, step: Callable[[], None]) -> tuple[np.ndarray, float]:
    """Return a method's probabilities, float (ROUNDS, N, words), and the CPU seconds of one training and its guesses.

    step: called after each training.
    """
    said = np.zeros((ROUNDS, len(pictures.labels), int(pictures.labels.max()) + 1))
    began = time.process_time()
    for number, row in enumerate(said):
        for fold, (known, asked) in enumerate(folds(pictures, seed + number)):
            learned = METHODS[name](pictures.images[known], pictures.labels[known], seed + number * FOLDS + fold)
            row[asked] = learned(pictures.images[asked])
            step()
    return said, (time.process_time() - began) / (ROUNDS * FOLDS)


def shipped(folders: Sequence[Path], words: Sequence[str]) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Test the shipped classifier on the test split of the folders, where only `words` can be guessed.

    Returns labels (N,), probabilities (1, N, words) and CPU seconds; None where a word has no drawing in the split.
    """
    corpus = load(folders, words=words, report=lambda text: None)
    labels = corpus.labels(corpus.test)
    if len(set(labels.tolist())) < len(words):
        return None
    guesser = DrawingClassifier()
    began = time.process_time()
    said = guesser.probabilities(corpus.test)[:, [guesser.words.index(word) for word in words]]
    seconds = time.process_time() - began
    return labels, (said / said.sum(axis=1, keepdims=True))[None], seconds


def experiment(
    chosen: Experiment, folders: Sequence[Path], most: int | None = None, seed: int = 0,
    report: Callable[[float, str], None] = lambda done, text: None, say: Callable[[str], None] = lambda text: None,
) -> tuple[Pictures, dict[str, dict]]:  # fmt: skip
    """Run an experiment. Returns the pictures, and by method "tested" (how many), "CPU s", and `Estimate`s.

    report: called with the share done, 0 to 1, and the method.   say: called with one sentence per skipped file.
    Raises ValueError as `gather` does.
    """
    skipped: list[str] = []
    pictures = gather(folders, chosen.words, most or chosen.most, FOLDS, seed, skipped.append)
    for text in skipped:
        say(text)
    rows, done, trainings = {}, 0, len(chosen.methods) * ROUNDS * FOLDS

    def step() -> None:
        nonlocal done
        done += 1
        report(done / trainings, name)

    with _one_thread():
        for name in chosen.methods:
            said, seconds = cross_validated(name, pictures, seed, step)
            row = figures(pictures.labels, said, chosen.figures)
            rows[name] = {**row, "tested": len(pictures.labels), "CPU s": seconds}
        if (own := shipped(folders, chosen.words)) is not None:
            labels, said, seconds = own
            rows[SHIPPED] = {**figures(labels, said, chosen.figures), "tested": len(labels), "CPU s": seconds}
        else:
            say(f"the test split lacks a word: no row for {SHIPPED}")
    return pictures, rows


def table(chosen: Experiment, pictures: Pictures, rows: dict[str, dict], seed: int) -> EstimateTable:
    """Return what `experiment` found as a table, beside what was published."""
    grid: dict[str, dict] = {}
    for name, row in rows.items():
        published = chosen.methods.get(name, {})
        grid[name] = {"tested": row["tested"]}
        for figure in chosen.figures:
            grid[name][figure] = row[figure]
            if any(figure in each for each in chosen.methods.values()):
                grid[name][f"published {figure}"] = published.get(figure, "")
        grid[name]["CPU s"] = f"{row['CPU s']:.3f}"
    each = sum(pictures.counts.values())
    sources = " and ".join(f"{count:,} {name}" for name, count in pictures.counts.items())
    note = (
        f"{', '.join(chosen.words)}: {each:,} drawings of each word ({sources}), each guessed by methods that learned "
        f"from four fifths of the others, {ROUNDS} times over; seed {seed}. CPU s: one training and its guesses. "
        f"{SHIPPED}: its guess among these words, on drawings of the test split; every word weighs the same."
    )
    if few := [row["tested"] for row in rows.values() if row["accuracy"].low == 1]:
        note += (
            " Where no guess is wrong no resample has an error, and the interval no width: by Wilson's score, "
            f"{few[0]} of {few[0]} right is 1.000 ({few[0] / (few[0] + 3.84):.3f} to 1.000)."
        )
    return EstimateTable(note, grid)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Use one torch thread: the same sums in the same order on each machine, and no CPU seconds spent waiting."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
