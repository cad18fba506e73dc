"""The scores of drawings: Sketch-RNN loss, lift, what the classifier sees, and `junk`, which combines them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa

from qdesk.data.categories import as_listed, categories, find, lookup, required
from qdesk.data.drawings import Drawing, Drawings
from qdesk.data.reasons import GRAFFITI, UNFINISHED
from qdesk.data.simplify import LONGEST, as_official, shortened
from qdesk.scoring import explanation, junk_model
from qdesk.scoring.columns import BY_NAME, COLUMNS, RANK_COLUMNS
from qdesk.scoring.fingerprint import drawing_keys, scorer_id
from qdesk.scoring.score_cache import ScoreCache

if TYPE_CHECKING:  # importing torch takes two seconds, and cached scores need no torch
    from qdesk.scoring.classifier import DrawingClassifier
    from qdesk.scoring.likelihood import LikelihoodModel
    from qdesk.scoring.networks import Networks

Item = TypeVar("Item")

MEASURED = tuple(column.name for column in COLUMNS if column.origin == "networks")
"""The columns that the networks give. `junk`, `p_junk` and `reason` are computed from them."""

KEPT = (*MEASURED, "evidence", "junk", "p_junk", "reason", "embedding")
"""The columns of a chunk."""

_CUT = f"Only its first {LONGEST:,} points were looked at."
_AT_ONCE = 1 << 21
"""Distances between points that are computed at once."""

_FIRST, _BLOCK = 64, 8192
"""Numbers of drawings that are sorted by length together: the first, so few that some are shown at once, and the most.
The number doubles in between. With 8,192 padding is 2 % of all points, with 4,096 3 %."""

_STEPS = 4096
"""Padded points per batch: 96 drawings of 43 points. What the LSTM multiplies then stays in the processor's cache. It
takes 0.86 ms of CPU time per drawing; batches of 2,048 take 0.87, of 8,192 0.90 and of 16,384 1.02."""

SURE_JUNK = 6.0
"""The log-odds of junk of a picture without any ink. No labelled drawing was one, so nobody could learn it."""

LETTER = 1.0
"""The log-odds that one stroke has to reach before any is said to be a letter; the others are then at even odds."""

_THREADS = 8
"""The most batches scored at a time, each on one core with one torch thread. On 2 cores that scores 1,340 drawings per
second. One batch after the other with torch's own 2 threads it is 890, with more CPU time. A twelfth of the work is
Python's, which one thread does at a time."""


@dataclass(frozen=True)
class ScoredChunk:
    """The scores of some drawings.

    indices: int64 (n,), positions in the batch that was given.   columns: name -> (n,).   known: from a cache.
    loss, loss_per_point, lift, p_word, p_top, junk and p_junk are float, NaN where they cannot be known (no strokes, no
    word, a word that the network never saw). top_guess, reason and evidence (of the reason) are object arrays of
    strings. embedding is int8 (n, 64): what the classifier saw, for `scoring.similarity`.
    """

    indices: np.ndarray
    columns: dict[str, np.ndarray]
    known: bool = False


@dataclass(frozen=True)
class ClassifierOpinion:
    """What the CNN sees in a drawing.

    picture: uint8 (28, 28), ink 255.   guesses: the five best words with their probabilities.   own: the probability
    and the place (from 1) of the drawing's own word; None where the network does not know it.
    """

    picture: np.ndarray
    guesses: list[tuple[str, float]]
    own: tuple[float, int] | None


class Scorer:
    """The scores of the Sketch-RNN, the classifier, and the junk model that combines them.

    model: a weight file of qdesk's own, or an official `*.gen.json`; default the shipped Sketch-RNN.
    word: judge each drawing as this word, whatever its file says.
    combined: the model that computes `junk` and `reason`; default the shipped one.
    cache: scores are looked up and kept there, but not where `combined` is given.
    The networks are loaded when something has to be scored. That takes a second or two, and raises
    `nets.weights.WeightsError` where they cannot be loaded.
    """

    def __init__(
        self,
        model: Path | None = None,
        word: str | None = None,
        combined: junk_model.JunkModel | None = None,
        cache: ScoreCache | None = None,
    ) -> None:
        self.model, self.word, self.combined = model, word, combined
        self.cache = None if combined else cache
        self._id: str | None = None
        self._networks: Networks | None = None
        self._order: junk_model.JunkModel | None = None
        self._loading = threading.Lock()

    @property
    def likelihood(self) -> LikelihoodModel:
        return self._load().likelihood

    @property
    def guesser(self) -> DrawingClassifier:
        return self._load().guesser

    @property
    def trouble(self) -> str:
        """What went wrong in the last stream, with networks or the cache, in words for people; "" if nothing did."""
        found = (self._networks.likelihood.trouble if self._networks else "", self.cache.trouble if self.cache else "")
        return "; ".join(filter(None, found))

    def find_word(self, text: str) -> str:
        """Return the word that `text` names in any spelling. Raises ValueError where neither network knows it."""
        return find(text, categories()) or required(text, self.words)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that either network knows. The shipped ones know the categories and are not loaded for this."""
        return tuple(dict.fromkeys((*categories(), *(self.likelihood.words if self.model else ()))))

    def _load(self) -> Networks:
        with self._loading:  # one thread may score while another asks for the losses of a drawing's points
            if self._networks is None:
                from qdesk.scoring.networks import Networks

                self._id = scorer_id(self.model)
                _cores()
                self._networks = Networks(self.model)
            return self._networks

    def stream(
        self, drawings: Drawings, stop: Callable[[], bool] = lambda: False, keys: np.ndarray | None = None
    ) -> Generator[ScoredChunk, None, None]:
        """Score all drawings, each exactly once, and yield some at a time. Ends early when `stop()`.

        keys: `fingerprint.drawing_keys` of the drawings, where they are known. What the cache knows comes first, some
        thousands at once. What is scored is kept, however the stream ends.
        """
        rows = np.arange(len(drawings))
        if self.cache is None:
            yield from self._scored(drawings, rows, stop)
            return
        self.cache.trouble = ""
        if keys is None or self.word:
            keys = drawing_keys(drawings, self.word)
        unknown = np.ones(len(drawings), bool)
        for indices, columns in self.cache.known(self._id or scorer_id(self.model), keys):
            if stop():
                return
            if not _are_scores(columns):
                continue
            unknown[indices] = False
            yield ScoredChunk(indices, columns, known=True)
        if not unknown.any():
            return
        self._load()
        assert self._id is not None  # by `_load`
        with self.cache.keeping(self._id) as keep, closing(self._scored(drawings, rows[unknown], stop)) as chunks:
            for chunk in chunks:
                keep(keys[chunk.indices], chunk.columns)
                yield chunk

    def _scored(
        self, drawings: Drawings, rows: np.ndarray, stop: Callable[[], bool]
    ) -> Generator[ScoredChunk, None, None]:
        with closing(self._each_batch(drawings, rows, self._every_column, stop)) as results:
            yield from _chunks(results, drawings.point_counts > LONGEST)

    def features(self, drawings: Drawings) -> tuple[np.ndarray, np.ndarray]:
        """Return what a junk model is fitted on: `junk_model.FEATURES`, float32 (N, features), and float32 (N, layers).

        The layers are the classifier's and, after them, the Sketch-RNN's.
        """

        def features(part: Drawings, sequences: Drawings) -> tuple[np.ndarray, np.ndarray]:
            measured = self.measure(part, sequences)
            return self._load().features(part, measured), np.concatenate(
                [measured["layers"], measured["whole"]], axis=1
            )

        parts, places = [], []
        for indices, each in self._each_batch(drawings, np.arange(len(drawings)), features):
            places.append(indices)
            parts.append(each)
        order = np.argsort(np.concatenate(places))
        first, second = (np.concatenate(each)[order].astype(np.float32) for each in zip(*parts, strict=True))
        return first, second

    @property
    def order(self) -> junk_model.JunkModel:
        """The model that computes `junk` and `reason`."""
        with self._loading:
            if self._order is None:
                self._order = self.combined or junk_model.load()
            return self._order

    def score(
        self, drawings: Drawings, on_progress: Callable[[float], None] = lambda share: None
    ) -> dict[str, np.ndarray]:
        """Return all columns of `ScoredChunk` for all drawings, in order. on_progress: called with the share done."""
        columns: dict[str, np.ndarray] = {}
        done = 0
        with closing(self.stream(drawings)) as chunks:  # so that an interrupt keeps what was scored
            for chunk in chunks:
                for name, values in chunk.columns.items():
                    if name not in columns:
                        columns[name] = np.empty((len(drawings), *values.shape[1:]), values.dtype)
                    columns[name][chunk.indices] = values
                done += len(chunk.indices)
                on_progress(done / len(drawings))
        return columns

    def point_losses(self, drawing: Drawing) -> np.ndarray:
        """Return the loss of each point of the drawing as it is stored, float32 (points,), nats; empty for a bitmap.

        A raw drawing's point has the loss of the simplified one that stands for it, one that is not looked at has 0.
        """
        if not drawing.strokes:
            return np.zeros(0, np.float32)
        whole = Drawings.from_strokes(
            [list(drawing.strokes)], times=None if drawing.times is None else [drawing.times], word=[drawing.word]
        )
        given = shortened(whole)
        ready = as_official(given)
        losses = self.likelihood.losses(self.likelihood.sequences(given, ready), self._words(given))[0]
        if len(ready.points) != len(given.points):
            losses = _spread(given, ready, losses)
        return _padded(losses, len(whole.points))

    def letter_strokes(self, drawing: Drawing) -> np.ndarray:
        """Return which strokes of the drawing are letters or other signs, bool (strokes,); none where it is unknown."""
        given = Drawings.from_strokes([list(drawing.strokes)]) if drawing.strokes else Drawings.empty()
        if not len(given):
            return np.zeros(0, bool)
        ready = as_official(given)
        measured = self.measure(ready, self.likelihood.sequences(shortened(given), ready))
        return _padded(_are_letters(measured.get("letter_odds", np.zeros(0))), len(drawing.strokes))

    def seen(self, one: Drawings) -> ClassifierOpinion:
        """Return what the CNN sees in a batch of one drawing."""
        from qdesk.data.raster import raster
        from qdesk.scoring.classifier import top_words

        ready, words = as_official(one), list(self.guesser.words)
        probabilities = self.guesser.probabilities(ready)[0]
        own, (place,) = None, lookup(words).places(self._words(one))
        if place >= 0:
            p = float(probabilities[place])
            own = p, int(np.count_nonzero(probabilities > p)) + 1
        return ClassifierOpinion(raster(ready)[0], top_words(probabilities, words), own)

    # Batches

    def _each_batch(
        self,
        drawings: Drawings,
        rows: np.ndarray,
        work: Callable[[Drawings, Drawings], Any],
        stop: Callable[[], bool] = lambda: False,
    ) -> Generator[tuple[np.ndarray, Any], None, None]:
        """Apply `work` to batches of drawings of like length, and yield their positions (n,) with its result.

        work: is given the drawings in the 255 box, and as the Sketch-RNN reads them. As many batches run at a time as
        there are cores.
        """
        import torch

        self._load()
        count = min(_cores(), _THREADS)
        pool = ThreadPoolExecutor(count, "qdesk-score", torch.set_num_threads, (1,))

        def begun() -> Iterator[tuple[np.ndarray, Future]]:
            for block in _ahead(1, (pool.submit(self._ready, drawings, block) for block in _blocks(rows))):
                indices, ready, sequences = block.result()
                for part in batches(sequences.point_counts):
                    yield indices[part], pool.submit(work, ready.take(part), sequences.take(part))

        try:
            for indices, result in _ahead(count, begun()):
                if stop():
                    return
                yield indices, result.result()
        finally:
            pool.shutdown(cancel_futures=True)
            torch.set_num_threads(_cores())  # else new threads would begin with the pool's 1

    def _ready(self, drawings: Drawings, rows: np.ndarray) -> tuple[np.ndarray, Drawings, Drawings]:
        """Return `rows`, their drawings in the 255 box, and the drawings as the Sketch-RNN reads them."""
        given = shortened(drawings.take(rows))
        ready = as_official(given)
        return rows, ready, self.likelihood.sequences(given, ready)

    def _every_column(self, part: Drawings, sequences: Drawings) -> dict[str, np.ndarray]:
        """Return all columns of one batch."""
        return self.judge(part, self.measure(part, sequences))

    def judge(self, part: Drawings, measured: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return all columns of one batch, from what was measured."""
        order, layers, whole = self.order, measured["layers"], measured["whole"]
        networks = self._load()
        if order.sketchrnn != networks.read_by:  # the layers of another Sketch-RNN mean something else
            whole = np.full((len(part), order.network.shape.layers - layers.shape[1]), np.nan, np.float32)
        features = networks.features(part, measured)
        odds, reason, sure = order.judge(features, np.concatenate([layers, whole], axis=1))
        if part.bitmaps is not None:
            blank = ~part.bitmaps.any(axis=(1, 2))
            odds[blank], reason[blank] = SURE_JUNK, UNFINISHED
        columns = {name: measured[name] for name in MEASURED}
        columns["evidence"] = explanation.evidence_sentences(
            part, self._words(part), measured, features, reason, order.usual, networks.is_own, sure,
            _letters(part, measured, np.flatnonzero(reason == GRAFFITI)),
        )  # fmt: skip
        p_junk = np.exp(-np.logaddexp(0, -odds))  # 1 / (1 + exp(-junk)), without an overflow
        return {**columns, "junk": odds, "p_junk": p_junk, "reason": reason, "embedding": measured["embedding"]}

    def measure(self, drawings: Drawings, sequences: Drawings) -> dict[str, np.ndarray]:
        """Return what the networks say of one batch. See `Networks.measure`."""
        return self._load().measure(drawings, sequences, self._words(drawings))

    def _words(self, drawings: Drawings) -> np.ndarray:
        """Return the word that each drawing is judged as, object (N,), a category as the list spells it."""
        return np.full(len(drawings), self.word, object) if self.word else as_listed(drawings.words)


def _chunks(results: Iterator[tuple[np.ndarray, Any]], long: np.ndarray) -> Iterator[ScoredChunk]:
    """Yield results as chunks. The evidence of what is too long, bool (N,), says that only a part was looked at."""
    for indices, columns in results:
        for place in np.flatnonzero(long[indices]):
            columns["evidence"][place] = f"{_CUT} {columns['evidence'][place]}".strip()
        yield ScoredChunk(indices, columns)


def _are_scores(columns: Mapping[str, np.ndarray]) -> bool:
    """Tell whether columns that were kept are those of a chunk, each of its type: a file may be from anywhere."""
    kinds = {name: "f" if name in BY_NAME and BY_NAME[name].is_number else "O" for name in KEPT} | {"embedding": "i"}
    return {name: values.dtype.kind for name, values in columns.items()} == kinds


def _letters(part: Drawings, measured: Mapping[str, np.ndarray], rows: np.ndarray) -> dict[int, np.ndarray]:
    """Return which strokes are letters, bool (strokes,), of the drawings `rows` where that is known."""
    if "letter_odds" not in measured:
        return {}
    each = np.split(measured["letter_odds"], part.drawing_offsets[1:-1])
    return {row: _are_letters(each[row]) for row in rows.tolist()}


def _padded(values: np.ndarray, length: int) -> np.ndarray:
    return np.pad(values, (0, length - len(values)))


def _are_letters(odds: np.ndarray) -> np.ndarray:
    """Return which strokes of one drawing are said to be letters, bool (strokes,), by their log-odds (strokes,)."""
    return (odds > 0) & (odds.max(initial=-np.inf) > LETTER)


@once
def _cores() -> int:
    """Return torch's number of threads before any pool was started. While a pool runs, new threads see its 1."""
    import torch

    return torch.get_num_threads()


def _blocks(rows: np.ndarray) -> Iterator[np.ndarray]:
    """Yield `rows` in parts, each at most twice as long as the one before."""
    start, length = 0, _FIRST
    while start < len(rows):
        yield rows[start : start + length]
        start, length = start + length, min(2 * length, _BLOCK)


def _ahead(count: int, items: Iterator[Item]) -> Iterator[Item]:
    """Yield the items with a bounded look-ahead: `count` more have been taken from the iterator already."""
    taken: deque[Item] = deque()
    for item in items:
        taken.append(item)
        if len(taken) > count:
            yield taken.popleft()
    yield from taken


def batches(counts: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the positions of batches of like length: at most `_STEPS` padded points, but at least one drawing."""
    order = np.argsort(counts, kind="stable")
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and stop - start < 512 and (stop + 1 - start) * counts[order[stop]] <= _STEPS:
            stop += 1
        yield order[start:stop]
        start = stop


def rank_table(drawings: Drawings, columns: Mapping[str, np.ndarray], by: str = "junk") -> pa.Table:
    """Return `RANK_COLUMNS` of all drawings, the worst by a column first. Unknown values go last, in file order."""
    counts = {"strokes": drawings.stroke_counts, "points": drawings.point_counts}
    order = worst_first(drawings, columns, by)
    table = drawings.table.take(pa.array(order))
    data: dict[str, pa.Array | pa.ChunkedArray] = {"rank": pa.array(np.arange(1, len(order) + 1))}
    for name, count in counts.items():  # a bitmap's strokes are unknown, which is not 0
        data[name] = pa.array(count[order]) if drawings.bitmaps is None else pa.nulls(len(order), pa.int64())
    for name in ("key_id", "word", "source", "row"):
        data[name] = table.column(name)
    for name in columns.keys() & set(RANK_COLUMNS):
        data[name] = pa.array(columns[name][order], from_pandas=True)
    return pa.table({name: data[name] for name in RANK_COLUMNS})


def worst_first(drawings: Drawings, columns: Mapping[str, np.ndarray], by: str = "junk") -> np.ndarray:
    """Return the drawings' order, int64 (N,), the worst by a column first. Unknown values go last, in file order."""
    counts = {"strokes": drawings.stroke_counts, "points": drawings.point_counts}
    values = np.asarray(columns[by] if by in columns else counts[by], float)
    return np.argsort(values if BY_NAME[by].first == "low" else -values, kind="stable")  # NaN sorts last either way


def _spread(given: Drawings, ready: Drawings, losses: np.ndarray) -> np.ndarray:
    """Give each raw point, float32 (points,), the loss of the simplified point that stands for it."""
    fitted = given.fit_box(round_points=False)
    result = np.zeros(len(given.points), np.float32)
    for raw, simple, share in zip(
        np.split(np.arange(len(given.points)), given.stroke_offsets[1:-1]),
        ready.strokes_of(0),
        np.split(losses, ready.stroke_offsets[1:-1]),
        strict=True,
    ):
        step = max(_AT_ONCE // len(simple), 1)
        for some in (raw[first : first + step] for first in range(0, len(raw), step)):
            distance = ((fitted.points[some][:, None] - simple[None]) ** 2).sum(axis=2)
            result[some] = share[distance.argmin(axis=1)]
    return result
