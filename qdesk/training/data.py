"""Reading folders of drawings for the training loops, with validation and test splits that never change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qdesk.data.bitmap_frame import fit_bitmaps, thin_raster
from qdesk.data.categories import categories, find, one_name_each, spellings
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.simplify import as_official
from qdesk.data.splits import labels_of, split_of
from qdesk.formats import FormatError, files_under, open_drawings

Report = Callable[[str], None]


@dataclass(frozen=True)
class Corpus:
    """Everything there is to train on, and what is held out.

    words: the classes, in the order of the labels.
    real, extra: stroke drawings in the 255 box to train on. `extra` are auxiliary, for example generated.
    validation, test: stroke drawings that nothing is trained on. The first choose weights, the second are reported.
    bitmaps: uint8 (B, 28, 28) to train on, fitted to the official frame. bitmap_labels: int64 (B,).
    """

    words: tuple[str, ...]
    real: Drawings
    extra: Drawings
    validation: Drawings
    test: Drawings
    bitmaps: np.ndarray
    bitmap_labels: np.ndarray

    def labels(self, drawings: Drawings) -> np.ndarray:
        """Return int64 (N,): the label of each drawing's word."""
        return labels_of(drawings, self.words)


def _twins(drawings: Drawings, others: Drawings) -> np.ndarray:
    """Return bool (N,): whether each is one of `others`, by content or by key_id.

    The content alone is not enough: a raw drawing is simplified to nearly, not exactly, the points of its twin.
    """
    contents, keys = set(others.content_ids()), set(others.column("key_id")) - {None}
    pairs = zip(drawings.content_ids(), drawings.column("key_id"), strict=True)
    return np.array([content in contents or key in keys for content, key in pairs], bool)


def load(
    folders: Sequence[Path], extra: Sequence[Path] = (), words: Sequence[str] | None = None, report: Report = print
) -> Corpus:
    """Read every supported file under `folders` and `extra`, drop what is not in `words`, split and deduplicate.

    Bitmaps that show a drawing of the validation or test split are dropped, too, because the same drawings are
    published as strokes and as pixels. Raises FormatError where nothing usable is found.
    """
    strokes, pixels = read(folders, words, report)
    extra_strokes, _ = read(extra, words, report)
    if strokes is None and pixels is None:
        which = "no drawings of these words" if words else "no drawings"
        raise FormatError(f"{which} under {', '.join(map(str, folders))}")
    strokes = strokes if strokes is not None else Drawings.empty()
    extra_strokes = extra_strokes if extra_strokes is not None else Drawings.empty()
    found = present(strokes, extra_strokes, pixels)
    if words and (missing := [word for word in words if find(word, found) is None]):
        raise FormatError(f"there are no drawings of {', '.join(missing)} to train on")
    names = words or found

    ids = strokes.content_ids()
    first = np.zeros(len(strokes), bool)
    first[np.unique(ids, return_index=True)[1]] = True
    part = split_of(ids)
    kept_apart = strokes.take(first & (part < 2))
    train = first & (part >= 2) & ~_twins(strokes, kept_apart)
    fresh = ~_twins(extra_strokes, kept_apart)

    bitmaps, bitmap_labels = np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64)
    if pixels is not None:
        bitmaps, bitmap_labels = _fit_all(pixels, kept_apart, tuple(names), report)
    corpus = Corpus(
        words=tuple(names),
        real=strokes.take(train),
        extra=extra_strokes.take(fresh),
        validation=strokes.take(first & (part == 0)),
        test=strokes.take(first & (part == 1)),
        bitmaps=bitmaps,
        bitmap_labels=bitmap_labels,
    )
    report(
        f"words: {len(corpus.words)}; to train on: {len(corpus.real)} drawings, {len(corpus.extra)} extra, "
        f"{len(bitmaps)} bitmaps; to validate: {len(corpus.validation)}; to test: {len(corpus.test)}"
    )
    return corpus


def present(*batches: Drawings | None) -> tuple[str, ...]:
    """Return the words that occur: the official categories in their order, then the others by the alphabet.

    A word that is spelled in several ways occurs once.
    """
    tables = [batch.table for batch in batches if batch is not None]
    names = spellings(word for table in tables for word in table.column("word").unique().to_pylist())
    found = {name for name in names.values() if name is not None}
    known = [word for word in categories() if word in found]
    return (*known, *sorted(found - set(known)))


def read(
    folders: Sequence[Path], words: Sequence[str] | None, report: Report
) -> tuple[Drawings | None, Drawings | None]:
    """Read every supported file under `folders`, and keep the drawings of `words` (None: of any word).

    Returns the stroke drawings, officially simplified, and the bitmaps as they are; None where there are none.
    """
    strokes: list[Drawings] = []
    pixels: list[Drawings] = []
    for file in files_under(folders):
        try:
            opened = open_drawings(file)
        except FormatError as error:
            report(f"skipped: {error}")
            continue
        if opened.problem_count:
            report(f"{file.name}: {opened.problem_count} bad lines skipped")
        drawings = opened.drawings
        drawings = as_official(drawings)
        known = labels_of(drawings, words) >= 0 if words else one_name_each(drawings.words) != None  # noqa: E711
        drawings = drawings if known.all() else drawings.take(known)
        if len(drawings):
            (strokes if drawings.bitmaps is None else pixels).append(drawings)
    return (Drawings.concat(strokes) if strokes else None, Drawings.concat(pixels) if pixels else None)


def _fit_all(
    pixels: Drawings, kept_apart: Drawings, words: tuple[str, ...], report: Report
) -> tuple[np.ndarray, np.ndarray]:
    """Fit all bitmaps to the official frame, file by file, and drop those that show a held-out drawing.

    Returns the bitmaps, uint8 (B, 28, 28), and their labels, int64 (B,).
    """
    labels, sources = labels_of(pixels, words), pixels.column("source")
    apart_labels = labels_of(kept_apart, words)
    exact, thin = raster(kept_apart), thin_raster(kept_apart)
    assert pixels.bitmaps is not None  # `read` returns bitmaps here
    images, keep = np.empty_like(pixels.bitmaps), np.ones(len(pixels), bool)
    for source in np.unique(sources.astype(str)):
        rows = np.flatnonzero(sources == source)
        fitted, was_thin = fit_bitmaps(pixels.bitmaps[rows])
        images[rows] = fitted
        twins = np.isin(apart_labels, np.unique(labels[rows]))
        reference = (thin if was_thin else exact)[twins]
        keep[rows] = ~near(pixels.bitmaps[rows], reference)
    report(f"{int((~keep).sum())} bitmaps show drawings kept apart: dropped")
    return images[keep], labels[keep]


def near(images: np.ndarray, others: np.ndarray, rms: float = 30.0) -> np.ndarray:
    """Return bool (N,): whether one of `others` is the same picture, up to a root mean square difference of `rms`.

    Two pictures of one drawing differ by less than 20 of 255, those of different drawings by more than 45.
    """
    if not len(images) or not len(others):
        return np.zeros(len(images), bool)
    a, b = images.reshape(len(images), -1).astype(np.float32), others.reshape(len(others), -1).astype(np.float32)
    squared = (a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T
    return squared.min(axis=1) < rms * rms * a.shape[1]
