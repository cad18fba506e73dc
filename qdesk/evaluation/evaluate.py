"""Judge a classifier by the drawings of files, as `qdesk evaluate` does.

Use it as::

    evaluation = evaluate_files([Path("drawings")], part="test", on_progress=print)
    html.page.write_html(evaluation, Path("report.html"))
    json.write_json(evaluation, Path("report.json"))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from qdesk import paths
from qdesk.data.categories import required
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.splits import labels_of
from qdesk.evaluation.result import Evaluation
from qdesk.evaluation.selection import Found, read, select
from qdesk.nets import weights
from qdesk.scoring.classifier import DrawingClassifier

BATCH = 2048

OnProgress = Callable[[float, str], object]


def evaluate_files(
    files: Sequence[Path],
    model: Path | None = None,
    words: Sequence[str] | None = None,
    part: str = "all",
    on_progress: OnProgress | None = None,
    y_up: bool = False,
    word: str | None = None,
) -> Evaluation:
    """Read files and folders, and judge the classifier `model` (default: the shipped one) by their drawings.

    y_up: as for `selection.read`, all else as for `evaluate`. Raises FormatError for files that cannot be read, and
    what `evaluate` raises.
    """
    report = on_progress or _silent
    found = read(files, lambda share: report(0.15 * share, "reading"), y_up)
    return evaluate(found, model, words, part, lambda share, text: report(0.15 + 0.85 * share, text), word)


def evaluate(
    found: Found | Drawings,
    model: Path | None = None,
    words: Sequence[str] | None = None,
    part: str = "all",
    on_progress: OnProgress | None = None,
    word: str | None = None,
) -> Evaluation:
    """Judge the classifier `model` by drawings, which are in the 255 box or bitmaps.

    words: only drawings of these words are guessed, and only these words can be the guess: their probabilities are
    divided by their sum. Default: all that the network knows.
    part: "all", or "validation" or "test", the twentieths that `qdesk train` never trains on
    (`qdesk.data.splits.split_of`).
    on_progress gets a share from 0 to 1 and what is being done. What it raises comes through.
    word: take all drawings for drawings of this word.

    Raises WeightsError for a model that cannot be loaded, and ValueError for a word that the network does not know or
    where no drawing is left.
    """
    report = on_progress or _silent
    found = Found(found) if isinstance(found, Drawings) else found
    guesser = DrawingClassifier(model)
    names = _guessable(words, guesser.words)
    if word is not None:
        word = required(word, guesser.words, "The network knows")
        found = replace(found, drawings=found.drawings.with_columns(word=word), guessed={})
    found = select(found, guesser.words, names, part)
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
    _ = evaluation.headline  # all the time that is left goes into this
    report(1.0, "measuring")
    return evaluation


def _silent(share: float, text: str) -> None:
    pass


def _guessable(words: Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...]:
    """Return `words` as the network writes them, in its order; all where none are given.

    Raises ValueError for a word that it does not know.
    """
    if not words:
        return tuple(known)
    asked = {required(word, known, "The network knows") for word in words}
    return tuple(word for word in known if word in asked)


def _facts(path: Path) -> dict:
    """Read what the weight file says of itself, with the number of its words instead of the words."""
    header = weights.about(path)
    config = header["config"]
    return {"file": path.name, **config, "words": len(config["words"]), "about": header["about"]}
