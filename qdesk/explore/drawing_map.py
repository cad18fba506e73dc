"""A map of drawings: each is a point, near those in which the classifier sees something alike.

Some thousand drawings are laid out by t-SNE (openTSNE; docs/map.md compares it with UMAP and PaCMAP). Each of the
others is placed where most of its nearest neighbours among those lie. That takes some 10 microseconds a drawing, and
drawings that are scored later take their places without the map changing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qdesk.explore.cells import Cells

MAP_VERSION = 2
"""Raise it with each change that moves drawings on the map. Maps kept from before are then made anew."""

FITTED = 20_000
"""The most drawings that are laid out by t-SNE: 16 s of one core."""

NEIGHBOURS, PERPLEXITY = 90, 30.0
EARLY, LATE = 250, 500
"""Steps with the attraction exaggerated, and without."""

_EXAGGERATION = 12
_GRAIN = 2  # the side of a cell of the grid on which repulsion is computed; 1 takes longer and looks the same
_EVERY = 10  # steps between two reports
_SHOWN_EVERY = 50  # steps between two unfinished layouts shown
_PLACED_BY = 5  # neighbours
_SHARPNESS = 8  # the power of the cosine by which neighbours weigh
_SPREAD = np.float32(0.5)  # how far a drawing may lie from the middle of its neighbours, of their own spread
_NEAR = 1 / 30  # how far apart neighbours lie that agree; the map is about 2 wide
_WIDEST = 0.06  # the widest empty band across the map, as a share of its extent
_BLOCK = 1 << 16
_DEAR = 80  # how many drawings are placed in the time that one takes to be laid out

Report = Callable[[float], None]
"""Is told the share of the work that is done, 0 to 1. What it raises ends the work."""


@dataclass(frozen=True, eq=False)
class DrawingMap:
    """Where N drawings lie.

    positions: float32 (N, 2), from about -1 to 1, y upward; NaN where a drawing has no embedding.   sample: int64
    (S,), rising: the drawings that were laid out. The others were placed among them.
    """

    positions: np.ndarray
    sample: np.ndarray

    @cached_property
    def placed(self) -> np.ndarray:
        """bool (N,), which drawings have a place."""
        return np.isfinite(self.positions[:, 0])


def fit_map(
    embeddings: np.ndarray,
    known: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    seed: int = 0,
    on_progress: Report = lambda share: None,
    on_layout: Callable[[DrawingMap], None] | None = None,
    fitted: int = FITTED,
) -> DrawingMap:
    """Make a map of all drawings that have an embedding. The same input and seed give the same bytes.

    embeddings: int8 (N, dimensions), zeros where there is none.   known: bool (N,), those to be used; default all.
    groups: integers (N,), for example the words: each has its fair share of the drawings that are laid out.
    on_layout: is shown the map while it takes shape.   fitted: the most drawings to lay out.

    Raises ValueError where no drawing has an embedding.
    """
    rows = np.flatnonzero(_usable(embeddings, known))
    if not len(rows):
        raise ValueError("There is no scored drawing to put on a map.")
    sample = rows[_balanced(len(rows), None if groups is None else groups[rows], fitted, seed)]
    work = len(sample) + (len(rows) - len(sample)) / _DEAR
    share = len(sample) / work

    def shown(positions: np.ndarray) -> None:
        if on_layout is not None:
            on_layout(_unfinished(len(embeddings), sample, positions))

    laid_out = _layout(unit(embeddings[sample]), seed, lambda done: on_progress(done * share), shown)
    started = _unfinished(len(embeddings), sample, laid_out)
    return place_more(started, embeddings, known, lambda done: on_progress(share + done * (1 - share)), seed)


def place_more(
    old: DrawingMap,
    embeddings: np.ndarray,
    known: np.ndarray | None = None,
    on_progress: Report = lambda share: None,
    seed: int = 0,
) -> DrawingMap:
    """Give a place to each drawing that has an embedding and no place yet; all others stay where they are.

    Of embeddings and known see `fit_map`.
    """
    new = np.flatnonzero(_usable(embeddings, known) & ~old.placed)
    if not len(new):
        return old
    fixed, positions = old.positions[old.sample], old.positions.copy()
    cells, random = Cells(unit(embeddings[old.sample]), seed), np.random.default_rng(seed)
    for start in range(0, len(new), _BLOCK):
        on_progress(start / len(new))
        rows = new[start : start + _BLOCK]
        near, cosines = cells.nearest(unit(embeddings[rows]), min(_PLACED_BY, len(old.sample)))
        places, spread = _agreed(fixed[near], cosines.clip(1e-3) ** _SHARPNESS)
        positions[rows] = places + random.standard_normal((len(rows), 2), np.float32) * (_SPREAD * spread[:, None])
    return DrawingMap(positions, old.sample)


def place_among(places: np.ndarray, likeness: np.ndarray) -> tuple[float, float]:
    """Return where a drawing would lie whose nearest neighbours lie at `places`, float32 (k, 2).

    likeness: float32 (k,), to each of them, the highest first.
    """
    near = slice(0, _PLACED_BY)
    weights = likeness[None, near].clip(1e-3) ** _SHARPNESS
    middles, _ = _agreed(places[None, near].astype(np.float32), weights.astype(np.float32))
    return float(middles[0, 0]), float(middles[0, 1])


def unit(embeddings: np.ndarray) -> np.ndarray:
    """Return embeddings as float32 of length 1; zeros stay zeros."""
    vectors = embeddings.astype(np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _usable(embeddings: np.ndarray, known: np.ndarray | None) -> np.ndarray:
    usable: np.ndarray = np.any(embeddings, axis=1)
    return usable if known is None else usable & known


def _unfinished(count: int, sample: np.ndarray, positions: np.ndarray) -> DrawingMap:
    everywhere = np.full((count, 2), np.nan, np.float32)
    everywhere[sample] = positions
    return DrawingMap(everywhere, sample)


def _balanced(count: int, groups: np.ndarray | None, most: int, seed: int) -> np.ndarray:
    """Choose `most` of `count` drawings at random, int64, rising: of each group as many, as far as it has them."""
    order = np.random.default_rng(seed).permutation(count)
    if groups is not None and count > most:
        by_group = np.argsort(groups[order], kind="stable")
        sizes = np.unique(groups, return_counts=True)[1]
        turn = np.empty(count, np.int64)
        turn[by_group] = np.concatenate([np.arange(size) for size in sizes])
        order = order[np.argsort(turn, kind="stable")]
    return np.sort(order[:most])


def _agreed(places: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the middle of those of each drawing's neighbours that lie together, (n, 2), and their spread, (n,).

    places: float32 (n, k, 2), the neighbours'.   weights: float32 (n, k). A mean of all neighbours would often lie in
    the empty ground between two clusters. Without the spread, drawings would pile up in the middles.
    """
    apart = np.linalg.norm(places[:, :, None] - places[:, None], axis=-1)
    close = np.exp(-((apart / np.float32(_NEAR)) ** 2)) * weights[:, None]
    most = close.sum(axis=2).argmax(axis=1)
    shares = np.take_along_axis(close, most[:, None, None], axis=1)[:, 0]
    shares /= shares.sum(axis=1, keepdims=True)
    middles = (places * shares[..., None]).sum(axis=1)
    away = ((places - middles[:, None]) ** 2).sum(axis=2)
    return middles, np.sqrt((away * shares).sum(axis=1) / 2)


def _layout(vectors: np.ndarray, seed: int, on_progress: Report, on_layout: Callable[[np.ndarray], None]) -> np.ndarray:
    """Lay out drawings by t-SNE, float32 (S, 2). vectors: float32 (S, dimensions), of length 1."""
    start = _principal(vectors)
    neighbours = min(NEIGHBOURS, len(vectors) - 1)
    if neighbours < 3:  # too few to speak of neighbours
        return _framed(start)
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    near, cosines = Cells(vectors, seed).nearest(vectors, neighbours, own=True)
    on_progress(0.03)
    distances = np.sqrt(np.maximum(2 - 2 * cosines, 1e-6)).astype(np.float64)
    affinities = PerplexityBasedNN(
        knn_index=PrecomputedNeighbors(near, distances), perplexity=min(PERPLEXITY, neighbours / 3), n_jobs=1
    )
    on_progress(0.06)
    # One job: two give the same bytes, but wait for each other where the cores are busy.
    layout = TSNEEmbedding(
        start * (1e-4 / max(float(start[:, 0].std()), 1e-9)), affinities, n_jobs=1, random_state=seed,
        negative_gradient_method="fft" if len(vectors) > 1500 else "bh", ints_in_interval=_GRAIN,
    )  # fmt: skip
    done = 0

    def step(iteration: int, error: float, positions: np.ndarray) -> None:
        steps = done + iteration
        on_progress(0.06 + 0.94 * min(steps / (EARLY + LATE), 1))
        if steps % _SHOWN_EVERY == 0:
            on_layout(_framed(np.asarray(positions)))

    report = {"callbacks": [step], "callbacks_every_iters": _EVERY, "inplace": True}
    layout.optimize(EARLY, exaggeration=_EXAGGERATION, momentum=0.5, **report)
    done = EARLY
    layout.optimize(LATE, momentum=0.8, **report)
    return _framed(np.asarray(layout))


def _principal(vectors: np.ndarray) -> np.ndarray:
    """Return the first two principal components, float64 (S, 2), their signs settled."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :2]  # the longest first
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    return centred @ axes


def _framed(positions: np.ndarray) -> np.ndarray:
    """Return positions turned to lie across rather than upright, and moved and scaled to lie from -1 to 1; float32.

    Bands right across the map in which nothing lies are made narrow: a few groups push each other so far apart that the
    map is mostly empty, and how far says nothing.
    """
    positions = _principal(positions)
    for axis in (0, 1):
        positions[:, axis] = _closed_up(positions[:, axis])
    low, high = positions.min(axis=0), positions.max(axis=0)
    return ((positions - (low + high) / 2) * (2 / max(float((high - low).max()), 1e-9))).astype(np.float32)


def _closed_up(along: np.ndarray) -> np.ndarray:
    """Return places along an axis, (S,), without gaps wider than `_WIDEST` of what they then extend over."""
    order = np.argsort(along, kind="stable")
    gaps = np.diff(along[order])
    for _ in range(4):  # each time the extent shrinks, and with it the widest that a gap may be
        gaps = np.minimum(gaps, max(_WIDEST, 2 / max(len(gaps), 1)) * gaps.sum())
    placed = np.empty_like(along)
    placed[order] = np.concatenate([[0.0], np.cumsum(gaps)])
    return placed
