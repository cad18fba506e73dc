"""The scores of drawings: Sketch-RNN loss, lift, what the classifier sees, and the order that combines them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from qdesk.curation import junk
from qdesk.curation.columns import ASCENDING, COLUMNS
from qdesk.curation.readers import load_reader
from qdesk.drawings import Drawing, Drawings
from qdesk.guess import Guesser
from qdesk.nets.sketchrnn import N_MAX
from qdesk.simplify import as_official

LOSSES = ("loss", "loss_per_point", "lift")
MEASURED = (*LOSSES, "p_word", "top_guess", "p_top")
"""What the networks say of a drawing; `junk` and `reason` are made of it."""

_BLOCK = 4096  # drawings sorted by length together: enough to waste little on padding, few enough to stay streaming
_STEPS = 16_384  # points (padded) in one batch of the network: 256 drawings of 64 points


@dataclass(frozen=True)
class ScoredChunk:
    """Some drawings' scores. indices: int64 (n,), positions in the batch that was given; columns: name -> (n,).

    loss, loss_per_point, lift, p_word, p_top and junk are float, NaN where they cannot be known (no strokes, no word,
    a word that the network never saw); top_guess and reason are object arrays of strings.
    """

    indices: np.ndarray
    columns: dict[str, np.ndarray]


class Scorer:
    """The three networks' judgement: Sketch-RNN, classifier, and the combination of both.

    model: a weight file of qdesk's own, or an official `*.gen.json`; the shipped Sketch-RNN where none is given.
    word: judge every drawing as this word, whatever its file says.
    combined: what makes `junk` and `reason` of the rest; the shipped model where none is given.
    Loads the weights: takes a second or two, and raises `nets.weights.WeightsError` where it can't.
    """

    def __init__(
        self, model: Path | None = None, word: str | None = None, combined: junk.JunkModel | None = None
    ) -> None:
        self.reader = load_reader(model)
        self.guesser = Guesser()
        self.combined = combined
        self.word = word
        self._columns = {name: index for index, name in enumerate(self.guesser.words)}

    def stream(self, drawings: Drawings, stop: Callable[[], bool] = lambda: False) -> Iterator[ScoredChunk]:
        """Score everything, a few hundred drawings at a time, every drawing exactly once; ends early when `stop()`."""
        combined = self.combined or junk.load()
        for indices, part, sequences in self._parts(drawings):
            if stop():
                return
            measured = self._measure(part, sequences)
            odds, reason = combined.judge(junk.features_of(part, measured))
            columns = {name: measured[name] for name in MEASURED}
            yield ScoredChunk(indices, {**columns, "junk": odds, "reason": reason})

    def features(self, drawings: Drawings) -> np.ndarray:
        """float64 (N, features): what the junk model is fitted on (`junk.FEATURES`)."""
        table = np.empty((len(drawings), len(junk.FEATURES)))
        for indices, part, sequences in self._parts(drawings):
            table[indices] = junk.features_of(part, self._measure(part, sequences))
        return table

    def score(
        self, drawings: Drawings, on_progress: Callable[[float], None] = lambda share: None
    ) -> dict[str, np.ndarray]:
        """Every column of `ScoredChunk` for all drawings at once, (N,) in their order. on_progress is told 0 to 1."""
        columns: dict[str, np.ndarray] = {}
        done = 0
        for chunk in self.stream(drawings):
            for name, values in chunk.columns.items():
                if name not in columns:
                    columns[name] = np.empty(len(drawings), values.dtype)
                columns[name][chunk.indices] = values
            done += len(chunk.indices)
            on_progress(done / len(drawings))
        return columns

    def point_losses(self, drawing: Drawing) -> np.ndarray:
        """float32 (points,) in nats: each point's share of the loss, for the points of the drawing as it is stored.

        A raw drawing's points share the loss of the simplified point that stands for them. Empty for a bitmap.
        """
        if not drawing.strokes:
            return np.zeros(0, np.float32)
        given = Drawings.from_strokes(
            [list(drawing.strokes)], times=None if drawing.times is None else [drawing.times], word=[drawing.word]
        )
        ready = as_official(given)
        losses = self.reader.losses(self.reader.sequences(given, ready), self._words(given))[0]
        if len(ready.points) == len(given.points):
            return losses
        return _spread(given, ready, losses)

    # One batch

    def _parts(self, drawings: Drawings) -> Iterator[tuple[np.ndarray, Drawings, Drawings]]:
        """Batches of like length: their positions, the drawings in the 255 box, and what the Sketch-RNN reads."""
        for start in range(0, len(drawings), _BLOCK):
            indices = np.arange(start, min(start + _BLOCK, len(drawings)))
            given = drawings.take(indices)
            block = as_official(given)
            sequences = self.reader.sequences(given, block)
            for rows in batches(sequences.point_counts):
                yield indices[rows], block.take(rows), sequences.take(rows)

    def _measure(self, drawings: Drawings, sequences: Drawings) -> dict[str, np.ndarray]:
        """`MEASURED`, and what else `junk.features_of` wants, (N,) each, of one batch."""
        columns: dict[str, np.ndarray] = {name: np.full(len(drawings), np.nan) for name in LOSSES}
        if drawings.bitmaps is None:
            points = sequences.point_counts
            reading = self.reader.read(sequences, self._words(drawings))
            nats = reading.losses.sum(axis=1, dtype=np.float64)
            columns = {"loss": nats / N_MAX, "loss_per_point": nats / points, "lift": reading.lift}
            columns |= junk.loss_shape(reading.losses, points)
            columns |= {f"kind_{kind}": odds for kind, odds in zip(self.reader.kinds, reading.kinds.T, strict=True)}
        return columns | self._guess(drawings)

    def _words(self, drawings: Drawings) -> np.ndarray:
        return np.full(len(drawings), self.word, object) if self.word else drawings.words

    def _guess(self, drawings: Drawings) -> dict[str, np.ndarray]:
        seen = self.guesser.probabilities(drawings)
        column = np.array([self._columns.get(word, -1) for word in self._words(drawings)], np.int64)
        rows, best = np.arange(len(drawings)), seen.argmax(axis=1)
        return {
            "p_word": np.where(column >= 0, seen[rows, column], np.nan).astype(float),
            "top_guess": np.array(self.guesser.words, object)[best],
            "p_top": seen[rows, best].astype(float),
        }


def batches(counts: np.ndarray) -> Iterator[np.ndarray]:
    """Positions in batches of like length: each at most `_STEPS` points when padded, and at least one drawing."""
    order = np.argsort(counts, kind="stable")
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and stop - start < 512 and (stop + 1 - start) * counts[order[stop]] <= _STEPS:
            stop += 1
        yield order[start:stop]
        start = stop


def rank_table(drawings: Drawings, columns: Mapping[str, np.ndarray], by: str = "junk") -> pa.Table:
    """`COLUMNS` of all drawings, worst first by the column `by`; what has no value there goes last, in file order."""
    counts = {"strokes": drawings.stroke_counts, "points": drawings.point_counts}
    values = np.asarray(columns[by] if by in columns else counts[by], float)
    order = np.argsort(values if by in ASCENDING else -values, kind="stable")  # NaN sorts last either way
    table = drawings.table.take(pa.array(order))
    data: dict[str, pa.Array | pa.ChunkedArray] = {"rank": pa.array(np.arange(1, len(order) + 1))}
    for name, count in counts.items():  # a bitmap's strokes are not none, they are not known
        data[name] = pa.array(count[order]) if drawings.bitmaps is None else pa.nulls(len(order), pa.int64())
    for name in ("key_id", "word", "source", "row"):
        data[name] = table.column(name)
    for name, scores in columns.items():
        data[name] = pa.array(scores[order], from_pandas=True)
    return pa.table({name: data[name] for name in COLUMNS})


def _spread(given: Drawings, ready: Drawings, losses: np.ndarray) -> np.ndarray:
    """The losses of a simplified drawing's points, for the raw points that each of them stands for."""
    fitted = given.fit_box(round_points=False)
    result = np.zeros(len(given.points), np.float32)
    for raw, simple, share in zip(
        np.split(np.arange(len(given.points)), given.stroke_offsets[1:-1]),
        ready.strokes_of(0),
        np.split(losses, ready.stroke_offsets[1:-1]),
        strict=True,
    ):
        distance = ((fitted.points[raw][:, None] - simple[None]) ** 2).sum(axis=2)
        result[raw] = share[distance.argmin(axis=1)]
    return result
