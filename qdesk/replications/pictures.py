"""Gather the pictures of an experiment from folders: each drawing once, and equally many of each kind per word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qdesk.data.bitmap_frame import fit_bitmaps, thin_raster
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.splits import labels_of
from qdesk.training.data import near, read

FITTED_RMS = 44.0
"""The root mean square difference, of 255, below which two bitmaps of a word show one drawing. A fitted thin bitmap and
its official twin lie within 42 of each other. Some different drawings, as single lines, are as near; one of them is
lost, which costs little."""


@dataclass(frozen=True)
class Pictures:
    """N drawings in the official frame.

    images: uint8 (N, 28, 28), ink 255.   labels: int64 (N,), places in the list of words.
    kinds: int64 (N,), places in the list of all kinds, strokes and bitmaps of each folder.
    counts: how many drawings per word there are of each kind, by "strokes in NAME" or "bitmaps in NAME".
    """

    images: np.ndarray
    labels: np.ndarray
    kinds: np.ndarray
    counts: dict[str, int]


def gather(
    folders: Sequence[Path], words: Sequence[str], most: int, least: int, seed: int, report: Callable[[str], None]
) -> Pictures:
    """Choose at most `most` drawings per word at random, from strokes and the first folders before others.

    A drawing that is there twice, as strokes or as pixels, is taken once, so that no method is tested on what it
    learned. A kind (the strokes of a folder, or its bitmaps) is taken equally often for each word, because bitmaps of
    one word alone would be recognised by their frame and pen. Raises ValueError where a word has fewer than `least`.
    """
    random = np.random.default_rng(seed)
    found = [(folder.resolve().name, *read([folder], words, report)) for folder in folders]
    there = {word for _, *both in found for each in both if each is not None for word in each.words}
    if missing := [word for word in words if word not in there]:
        raise ValueError(f"there are no drawings of {', '.join(missing)} under {', '.join(map(str, folders))}")
    some = [
        (name, _some(drawn, words, most, least, random), _some(pixels, words, most, least, random))
        for name, drawn, pixels in found
    ]
    images, labels, kinds, names = _once(some, words)
    lot = random.permutation(len(labels))
    chosen: list[np.ndarray] = []
    counts: dict[str, int] = {}
    for kind, name in enumerate(names):
        rows = [lot[(labels[lot] == label) & (kinds[lot] == kind)] for label in range(len(words))]
        count = min(most - sum(counts.values()), *map(len, rows))
        if count >= least:
            counts[name] = counts.get(name, 0) + count
            chosen += [each[:count] for each in rows]
    if not counts:
        raise ValueError(f"each of {', '.join(words)} needs {least} drawings of one kind, strokes or bitmaps, at least")
    kept = np.sort(np.concatenate(chosen))
    return Pictures(images[kept], labels[kept], kinds[kept], counts)


def _some(
    drawings: Drawings | None, words: Sequence[str], most: int, least: int, random: np.random.Generator
) -> Drawings:
    """Choose at most `most` drawings per word, or none where a word has fewer than `least`.

    The limit saves time, because later all drawings of a word are compared with each other.
    """
    drawings = drawings if drawings is not None else Drawings.empty()
    labels, lot = labels_of(drawings, words), random.permutation(len(drawings))
    rows = [lot[labels[lot] == label][:most] for label in range(len(words))]
    return drawings.take(np.sort(np.concatenate(rows)) if min(map(len, rows)) >= least else slice(0))


def _once(
    folders: Sequence[tuple[str, Drawings, Drawings]], words: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Return images, labels, kinds and the kinds' names from (name, strokes, bitmaps), each drawing once.

    Where a drawing is there as strokes and as pixels, the pixels stay. Folders of bitmaps have few drawings, and for
    some words all of them are among the strokes.
    """
    names = [f"strokes in {name}" for name, _, _ in folders] + [f"bitmaps in {name}" for name, _, _ in folders]
    strokes = Drawings.concat([drawn for _, drawn, _ in folders])
    stroke_kinds = np.repeat(np.arange(len(folders)), [len(drawn) for _, drawn, _ in folders])
    once = _first(strokes)
    strokes, stroke_kinds = strokes.take(once), stroke_kinds[once]
    stroke_labels, exact, thin = labels_of(strokes, words), raster(strokes), thin_raster(strokes)

    alone = np.ones(len(strokes), bool)
    images, labels, kinds = [exact], [stroke_labels], [stroke_kinds]
    for kind, (_, _, pixels) in enumerate(folders, len(folders)):
        of, sources = labels_of(pixels, words), pixels.column("source")
        for label, source in sorted(set(zip(of.tolist(), sources, strict=True))):
            assert pixels.bitmaps is not None  # only an empty batch has none
            published = pixels.bitmaps[(of == label) & (sources == source)]
            fitted, was_thin = fit_bitmaps(published)
            mine = np.flatnonzero(stroke_labels == label)
            alone[mine] &= ~near((thin if was_thin else exact)[mine], published if was_thin else fitted)
            earlier = [each[of_each == label] for each, of_each in zip(images[1:], labels[1:], strict=True)]
            new = ~near(fitted, np.concatenate([fitted[:0], *earlier]), FITTED_RMS)
            new &= np.isin(np.arange(len(fitted)), np.unique(fitted, axis=0, return_index=True)[1])
            images.append(fitted[new])
            labels.append(np.full(new.sum(), label))
            kinds.append(np.full(new.sum(), kind))
    images[0], labels[0], kinds[0] = exact[alone], stroke_labels[alone], stroke_kinds[alone]
    return np.concatenate(images), np.concatenate(labels), np.concatenate(kinds), names


def _first(strokes: Drawings) -> np.ndarray:
    """Return whether each drawing is the first with its content and its key_id, bool (N,).

    The key_id matters because a raw drawing and its simplified twin share it.
    """
    contents, keys, first = set(), set(), []
    for content, key in zip(strokes.content_ids(), strokes.column("key_id"), strict=True):
        first.append(content not in contents and (key is None or key not in keys))
        contents.add(content)
        keys.add(key)
    return np.array(first, bool)
