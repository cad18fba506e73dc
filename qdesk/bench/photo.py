"""Measure search by picture: whether the photo of a drawing finds a drawing of the same word first.

The drawings are held-out ones of part 1, on which nothing was trained or chosen. Each is photographed by code
(`qdesk.bench.photograph`), understood, and searched for among others of all words. The same drawings as strokes and as
clean official rasters say what the network alone would allow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from qdesk.bench.photograph import any_setting, photograph
from qdesk.data.drawings import Drawings
from qdesk.data.raster import raster
from qdesk.data.simplify import as_official
from qdesk.data.splits import labels_of, split_of
from qdesk.explore.picture import PictureError, understand
from qdesk.explore.picture_file import picture_of
from qdesk.explore.search import NEAR, Seen, embeddings_of, search, see
from qdesk.scoring.classifier import DrawingClassifier
from qdesk.stats.intervals import Estimate, EstimateTable, wilson

PHOTOS, INDEXED = 500, 25_000
"""How many drawings are photographed, and among how many each is searched for."""

FIRST, TOP1, TOP3, IS_NEAR = "finds its word first", "top-1", "top-3", "something near"


def measure(
    folders: Sequence[Path],
    report: Callable[[str], object] = lambda text: None,
    photos: int = PHOTOS,
    indexed: int = INDEXED,
    seed: int = 0,
) -> dict[str, EstimateTable]:
    """Return the table by its title. folders: simplified drawings of many words. report: called with what is done.

    Raises FormatError or ValueError where there is nothing to measure.
    """
    guesser = DrawingClassifier()
    report("reading the drawings")
    drawings, part = _read(folders, guesser.words)
    random = np.random.default_rng(seed)
    asked = random.permutation(np.flatnonzero(part == 1))[:photos]
    others = np.sort(random.permutation(np.flatnonzero(part != 1))[:indexed])
    if not len(asked) or not len(others):
        raise ValueError("There is nothing to measure: these folders have no drawings of part 1, or of the others.")
    report("looking at the drawings that are searched")
    index = drawings.take(others)
    embeddings = embeddings_of(index, lambda: guesser)
    queries = drawings.take(asked)
    report("photographing")
    traced, rows = _photographed(queries, seed)
    ways: dict[str, tuple[np.ndarray, Seen]] = {
        "as strokes": (np.arange(len(asked)), see(guesser, queries)),
        "as clean rasters": (np.arange(len(asked)), see(guesser, Drawings.from_bitmaps(raster(queries)))),
    }
    if len(rows):
        ways["photographed"] = rows, see(guesser, traced, traced=True)
    words, names = queries.words, np.array(guesser.words, object)
    table = {way: _figures(*of, words, names, embeddings, index.words) for way, of in ways.items()}
    note = (
        f"{len(asked):,} held-out drawings of part 1, each searched for among {len(index):,} of the other parts and of "
        f"{len(set(index.words)):,} words. Photographed: on plain, ruled and squared paper, turned, at an angle, with "
        "shadow, blur, noise and as JPEG. A photo in which nothing is found counts as a miss; there were "
        f"{len(asked) - len(rows)}. something near: a likeness of {NEAR:g} or more. Wilson's intervals."
    )
    return {"search by picture": EstimateTable(note, table)}


def _read(folders: Sequence[Path], words: Sequence[str]) -> tuple[Drawings, np.ndarray]:
    """Return all drawings of the classifier's words, each once and simplified, and the part of each, int64 (N,)."""
    from qdesk.formats import files_under, open_drawings

    drawings = as_official(open_drawings(*files_under(folders)).drawings)
    ids = drawings.content_ids()
    once = np.zeros(len(drawings), bool)
    once[np.unique(ids, return_index=True)[1]] = True
    once &= labels_of(drawings, words) >= 0
    return drawings.take(once), split_of(ids[once])


def _photographed(queries: Drawings, seed: int) -> tuple[Drawings, np.ndarray]:
    """Return the drawings that were made of photos of `queries`, and which of them, int64 (n,)."""
    found, rows = [], []
    for row in range(len(queries)):
        random = np.random.default_rng([seed, row])
        photo = photograph(queries, row, any_setting(random), random)
        try:
            found.append(understand(picture_of(photo, "the photo")).drawing)
        except PictureError:
            continue
        rows.append(row)
    return Drawings.concat(found), np.array(rows, np.int64)


def _figures(
    rows: np.ndarray, seen: Seen, words: np.ndarray, names: np.ndarray, embeddings: np.ndarray, of: np.ndarray
) -> dict[str, Estimate]:
    """Return the figures of one way to show the queries `rows` (n,). of: the words of what is searched."""
    found = [search(embeddings, one[None], one[None][:0], 1) for one in seen.embeddings]
    best = np.argsort(-seen.probabilities, axis=1, kind="stable")
    hits = {
        FIRST: np.array([of[each.rows[0]] for each in found], object) == words[rows],
        TOP1: names[best[:, 0]] == words[rows],
        TOP3: (names[best[:, :3]] == words[rows][:, None]).any(axis=1),
        IS_NEAR: np.array([each.near for each in found]),
    }
    return {name: _share(int(those.sum()), len(words)) for name, those in hits.items()}


def _share(hits: int, count: int) -> Estimate:
    low, high = wilson(hits, count)
    return Estimate(hits / count, float(low), float(high))
