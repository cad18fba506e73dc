"""Checking the options and data of a run before it begins, so that it does not fail after an hour."""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from qdesk.data.categories import categories, hint
from qdesk.data.drawings import Drawings
from qdesk.data.splits import labels_of, split_of
from qdesk.files import check_writable
from qdesk.formats import FormatError
from qdesk.nets import weights
from qdesk.training.data import Corpus, Report, load
from qdesk.training.run import check_checkpoint


def corpus_for(kind: str, options: argparse.Namespace, report: Report) -> Corpus:
    """Return the drawings that the options of `qdesk train` name, checked for a "classifier" or a "sketchrnn".

    Raises ValueError or OSError, each with one sentence, where nothing could be learned from them or nothing written.
    Lesser problems, such as a word without a drawing to test on, are reported.
    """
    for path in (*options.data, *options.extra):
        if not path.exists():
            raise FileNotFoundError(f"there is no file or folder {path}")
    check_checkpoint(options.out, options.resume)
    for given in (options.start, getattr(options, "strokes", None)):
        if given:
            weights.about(given)
    try:
        corpus = load(options.data, options.extra, options.words, report=report)
    except FormatError as error:
        unknown = [word for word in options.words or () if word not in categories()]
        raise FormatError(
            f"{error}{'.' * bool(unknown)}{''.join(hint(word, categories()) for word in unknown)}"
        ) from None
    only = getattr(options, "only", None)
    if only == "strokes" and not len(corpus.real) + len(corpus.extra):
        raise ValueError("--only strokes needs drawings with strokes, and here is none to train on")
    if kind == "classifier" and only != "strokes" and not len(corpus.validation) + len(corpus.test):
        corpus = _bitmaps_apart(corpus, report) if len(corpus.bitmaps) else corpus
    _check_words(kind, corpus, report)
    if options.patience and not len(corpus.validation):
        raise ValueError("--patience needs drawings to validate on, and there are none: too few, or all used up")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    check_writable(options.out)
    return corpus


def _bitmaps_apart(corpus: Corpus, report: Report) -> Corpus:
    """Split a corpus of bitmaps alone into parts by content, without copies, and report the counts."""
    names = np.array(corpus.words, object)[corpus.bitmap_labels]
    batch = Drawings.from_bitmaps(corpus.bitmaps, word=list(names))
    ids = batch.content_ids()
    part = np.full(len(batch), -1)
    first = np.unique(ids, return_index=True)[1]
    part[first] = split_of(ids[first])
    train = part >= 2
    corpus = replace(
        corpus,
        bitmaps=corpus.bitmaps[train],
        bitmap_labels=corpus.bitmap_labels[train],
        validation=batch.take(part == 0),
        test=batch.take(part == 1),
    )
    report(
        f"bitmaps alone: {len(corpus.bitmaps)} to train on, {len(corpus.validation)} to validate, "
        f"{len(corpus.test)} to test"
    )
    return corpus


def _check_words(kind: str, corpus: Corpus, report: Report) -> None:
    count = len(corpus.words)
    if kind == "classifier" and count == 1:
        raise ValueError(f"there is one word, {corpus.words[0]}: a classifier needs two or more to tell apart")
    if kind == "sketchrnn" and not len(corpus.real):
        raise ValueError("a Sketch-RNN learns from strokes, and here is none: bitmaps have no order in time")
    labels = np.concatenate([labels_of(batch, corpus.words) for batch in (corpus.real, corpus.extra)])
    if kind == "classifier":
        labels = np.concatenate([labels, corpus.bitmap_labels])
    if missing := _without(labels, corpus.words):
        raise ValueError(
            f"there is no drawing to train on of {_listed(missing)}: more of them are needed, or other --words"
        )
    for batch, purpose in ((corpus.validation, "validate"), (corpus.test, "test")):
        missing = _without(labels_of(batch, corpus.words), corpus.words)
        if len(missing) == count:
            report(f"no drawing is left to {purpose} on (one in 20 is kept for it): those figures will be missing")
        elif missing:
            report(f"no drawing is left to {purpose} on of {_listed(missing)}: the figures say nothing of them")


def _without(labels: np.ndarray, words: tuple[str, ...]) -> list[str]:
    counts = np.bincount(labels, minlength=len(words))
    return [word for word, count in zip(words, counts, strict=True) if not count]


def _listed(words: list[str], most: int = 5) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return f"{', '.join(words[:most])}{more}"
