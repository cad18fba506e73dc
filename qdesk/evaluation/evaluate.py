"""`qdesk evaluate`: how well a classifier guesses the drawings of files, as JSON and as one HTML page.

Use it as::

    evaluation = evaluate_files([Path("drawings")], part="test", on_progress=print)
    write_html(evaluation, Path("report.html"))
    write_json(evaluation, Path("report.json"))

The names of the JSON stay as they are; docs/evaluate.md says what each means. Unknown or undefined is null.

    accuracy, top_1, top_3, top_5, map_at_3, balanced_accuracy, cross_entropy (nats), each with _low and _high (95 %)
    specificity, matthews_correlation, jaccard, auc, calibration_error
    drawings, drawn_words               what was measured: drawings, and how many words they are of
    part, files, left_out, unknown_words, closed, qdesk, model
    words                               the guessable words, in the order of the matrix
    per_class                           for each drawn word: word, drawings, recall, precision, specificity, jaccard,
                                        auc, most_confused_with, most_confused_drawings, roc
    calibration                         low, high, drawings, confidence, accuracy
    roc                                 the mean curve: false_positive_rate, true_positive_rate (and _10, _90)
    confused_pairs                      word, taken_for, drawings, share
    mistakes                            key_id, source, row, word, p_word, guesses: the surest three of each word
    confusion_matrix                    drawings, rows by word, columns by first guess
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from qdesk import __version__, paths
from qdesk.data import categories
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.splits import labels_of
from qdesk.evaluation import confusion, metrics
from qdesk.evaluation.selection import Found, chosen, read
from qdesk.files import written_whole
from qdesk.nets import weights
from qdesk.scoring.classifier import Guesser
from qdesk.stats.ranking_metrics import calibration_bins

BATCH = 2048
MISTAKES = 3
"""Mistakes kept of each word."""
GUESSES = 5
"""Guesses kept of each mistake."""

Report = Callable[[float, str], object]


@dataclass(frozen=True)
class Evaluation:
    """What a classifier made of N drawings; everything else is derived from these, and kept once asked for.

    words: the W words that could be guessed.   drawings: in the 255 box, or bitmaps.   labels: int64 (N,) into `words`.
    probabilities: float32 (N, W), rows sum to 1.   mean_images: float32 (W, 28, 28), ink 1, zero without a drawing.
    model: the weight file's facts.   found: where the drawings came from, and which were left out.
    """

    words: tuple[str, ...]
    drawings: Drawings
    labels: np.ndarray
    probabilities: np.ndarray
    mean_images: np.ndarray
    model: dict
    found: Found

    @cached_property
    def guesses(self) -> np.ndarray:
        """int64 (N,): the likeliest word of each drawing."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def drawn(self) -> np.ndarray:
        """int64: the words that have drawings."""
        return np.unique(self.labels)

    @cached_property
    def headline(self) -> dict[str, float]:
        """The numbers of the whole, by their names in the JSON."""
        areas = [curve.area for curve in self.curves.values()]
        area = float(np.nanmean(areas)) if np.isfinite(areas).any() else float("nan")
        return metrics.headline(self.probabilities, self.labels) | {"auc": area}

    @cached_property
    def curves(self) -> dict[int, metrics.Curve]:
        """Each drawn word's ROC."""
        return {int(word): metrics.roc(self.probabilities, self.labels, word) for word in self.drawn}

    @cached_property
    def mean_curve(self) -> dict[str, np.ndarray]:
        return metrics.mean_roc(list(self.curves.values()))

    @cached_property
    def calibration(self) -> list[dict[str, float]]:
        return calibration_bins(self.probabilities, self.labels)

    @cached_property
    def matrix(self) -> np.ndarray:
        """int64 (W, W): drawings of the row's word guessed as the column's."""
        return confusion.matrix(self.labels, self.guesses, len(self.words))

    @cached_property
    def pairs(self) -> list[dict]:
        return confusion.worst_pairs(self.matrix, self.words)

    @cached_property
    def per_class(self) -> list[dict]:
        """One row a drawn word, in the order of `words`."""
        numbers = metrics.per_word(self.labels, self.guesses, self.drawn)
        wrong = self.matrix - np.diag(np.diag(self.matrix))
        rows = []
        for place, word in enumerate(self.drawn.tolist()):
            other = int(wrong[word].argmax())
            rows.append(
                {
                    "word": self.words[word],
                    **{name: values[place].item() for name, values in numbers.items()},
                    "auc": self.curves[word].area,
                    "most_confused_with": self.words[other] if wrong[word, other] else None,
                    "most_confused_drawings": int(wrong[word, other]),
                }
            )
        return rows

    @cached_property
    def mistakes(self) -> np.ndarray:
        """int64: the drawings that were guessed wrong with most confidence, at most `MISTAKES` of each word."""
        sure = self.probabilities.max(axis=1)
        wrong = np.flatnonzero(self.guesses != self.labels)
        wrong = wrong[np.argsort(-sure[wrong], kind="stable")]
        so_far: dict[int, int] = {}
        kept = []
        for index in wrong.tolist():
            word = int(self.labels[index])
            so_far[word] = so_far.get(word, 0) + 1
            if so_far[word] <= MISTAKES:
                kept.append(index)
        return np.array(kept, np.int64)

    def mistake(self, index: int) -> dict:
        """What is to be said of drawing `index`, as in the JSON."""
        row, drawing = self.probabilities[index], self.drawings[index]
        best = np.argsort(-row, kind="stable")[:GUESSES]
        return {
            "key_id": drawing.key_id, "source": drawing.source, "row": drawing.row, "word": drawing.word,
            "p_word": float(row[self.labels[index]]),
            "guesses": [{"word": self.words[k], "probability": float(row[k])} for k in best],
        }  # fmt: skip


def evaluate_files(
    files: Sequence[Path],
    model: Path | None = None,
    words: Sequence[str] | None = None,
    part: str = "all",
    on_progress: Report | None = None,
    y_up: bool = False,
) -> Evaluation:
    """Read files and folders, and judge the classifier `model` (default: the shipped one) by their drawings.

    As `evaluate`, and raises FormatError for files that cannot be read. y_up: as of `sources.read`.
    """
    report = on_progress or _silent
    found = read(files, lambda share: report(0.15 * share, "reading"), y_up)
    return evaluate(found, model, words, part, lambda share, text: report(0.15 + 0.85 * share, text))


def evaluate(
    found: Found | Drawings,
    model: Path | None = None,
    words: Sequence[str] | None = None,
    part: str = "all",
    on_progress: Report | None = None,
) -> Evaluation:
    """Judge the classifier `model` by drawings, which are in the 255 box or bitmaps.

    words: only drawings of these words are guessed, and only these words can be the guess: their probabilities are
    divided by their sum. Default: all that the network knows. part: "all", "validation" or "test", the twentieths that
    `qdesk train` never trains on (`qdesk.data.splits.split_of`). on_progress gets a share from 0 to 1 and what is
    being done; what it raises comes through.

    Raises WeightsError for the model, and ValueError for a word that the network does not know or where no drawing is
    left.
    """
    report = on_progress or _silent
    found = Found(found) if isinstance(found, Drawings) else found
    guesser = Guesser(model)
    names = _asked(words, guesser.words)
    found = chosen(found, guesser.words, names, part)
    drawings, labels = found.drawings, labels_of(found.drawings, names)
    columns = [guesser.words.index(word) for word in names]

    probabilities = np.empty((len(drawings), len(names)), np.float32)
    sums = np.zeros((len(names), 28, 28), np.float64)
    for start in range(0, len(drawings), BATCH):
        report(0.8 * start / len(drawings), "guessing")
        batch = slice(start, start + BATCH)
        some = drawings.take(batch)
        probabilities[batch] = guesser.probabilities(some)[:, columns]
        np.add.at(sums, labels[batch], raster(some) / 255)
    if len(names) < len(guesser.words):
        probabilities /= np.maximum(probabilities.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny)
    counts = np.bincount(labels, minlength=len(names))
    evaluation = Evaluation(
        words=names,
        drawings=drawings,
        labels=labels,
        probabilities=probabilities,
        mean_images=(sums / np.maximum(counts, 1)[:, None, None]).astype(np.float32),
        model=_facts(model or paths.model(paths.CLASSIFIER)),
        found=found,
    )
    report(0.8, "measuring")
    _ = evaluation.headline  # which takes all the time that is left
    report(1.0, "measuring")
    return evaluation


def to_json(evaluation: Evaluation) -> dict:
    """The evaluation by the names of this module's docstring, numbers at six significant digits."""
    found, curves = evaluation.found, evaluation.curves
    per_class = [
        {**row, "roc": {"false_positive_rate": curves[word].false, "true_positive_rate": curves[word].true}}
        for row, word in zip(evaluation.per_class, evaluation.drawn.tolist(), strict=True)
    ]
    return _plain({
        **evaluation.headline,
        "part": found.part,
        "files": found.files,
        "left_out": found.left_out,
        "unknown_words": found.unknown_words,
        "closed": len(evaluation.words) < evaluation.model["words"],
        "qdesk": __version__,
        "model": evaluation.model,
        "words": evaluation.words,
        "per_class": per_class,
        "calibration": evaluation.calibration,
        "roc": evaluation.mean_curve,
        "confused_pairs": evaluation.pairs,
        "mistakes": [evaluation.mistake(index) for index in evaluation.mistakes.tolist()],
        "confusion_matrix": evaluation.matrix,
    })  # fmt: skip


def json_text(evaluation: Evaluation) -> str:
    """`to_json` as text: a name a line, and an entry a line in the long lists, so that it can be looked through."""
    lines = []
    for name, value in to_json(evaluation).items():
        if value and isinstance(value, list) and isinstance(value[0], dict | list):
            text = "[\n" + ",\n".join(f"  {json.dumps(entry, ensure_ascii=False)}" for entry in value) + "\n ]"
        else:
            text = json.dumps(value, ensure_ascii=False)
        lines.append(f" {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def write_json(evaluation: Evaluation, path: Path) -> None:
    """`json_text` as a file, whole or not at all."""
    with written_whole(path) as part:
        part.write_text(json_text(evaluation), encoding="utf-8")


def write_html(evaluation: Evaluation, path: Path) -> None:
    """The report as one page that needs nothing else, whole or not at all."""
    from qdesk.evaluation.html.page import page

    with written_whole(path) as part:
        part.write_text(page(evaluation), encoding="utf-8")


def _silent(share: float, text: str) -> None:
    pass


def _asked(words: Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    """The words asked for as the network writes them and in its order. Raises ValueError for one it does not know."""
    if not words:
        return tuple(known)
    asked = set()
    for word in words:
        name = categories.find(word, known)
        if name is None:
            raise ValueError(f"The network knows no word {word!r}.{categories.hint(word, known)}")
        asked.add(name)
    return tuple(word for word in known if word in asked)


def _facts(path: Path) -> dict:
    """What the weight file says of itself, with the number of its words instead of the words."""
    header = weights.about(path)
    config = header["config"]
    return {"file": path.name, **config, "words": len(config["words"]), "about": header["about"]}


def _plain(value: object) -> Any:
    """Made of what JSON has: arrays as lists, NaN as null, floats at six significant digits."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value
