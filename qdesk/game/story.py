"""The story of a finished round: what the network saw from moment to moment, and how unusual each stroke is.

It is computed anew from the points and their times, so that old rounds have a story, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from qdesk.data.categories import with_article
from qdesk.data.drawings import BOX, Drawing, Drawings
from qdesk.data.simplify import as_official
from qdesk.game.prompts import words_said
from qdesk.game.record import RoundRecord
from qdesk.game.replay import guess_many

if TYPE_CHECKING:
    from qdesk.game.similar_drawings import SimilarDrawings
    from qdesk.scoring.classifier import DrawingClassifier

MOMENTS, WORDS = 96, 6
MOST_POINTS = 1500
"""Most points of a drawing that are read. Where it has more, they are chosen evenly.

A mouse that reports a thousand times per second adds nothing to what can be seen.
"""

_FEW, _MOST_INK = 12, 1_000_000.0
"""Fewest moments of a story, and the most ink of all its moments together, in units of the 255 box.

A very long scribble is looked at in fewer moments, so that no story takes longer than a second.
"""

_HELD_MS = 250.0
"""Least time on top, in ms, for a word to be told. What is on top for less is a flicker."""

_TAIL_MS = 2000.0
"""Time after the last point that the story still tells, in ms."""

_FEWEST_POINTS = 4
_FEWEST = 20
"""Fewest drawings for which `loss_sentence` gives a share."""


class ScoresPoints(Protocol):
    """What a story needs of `qdesk.scoring.scorer.Scorer`."""

    def point_losses(self, drawing: Drawing) -> np.ndarray:
        """Return float32 (points,): the loss of each point, nats."""
        ...


class TopSpan(NamedTuple):
    """The word that a drawing was taken for from `from_ms` to `to_ms` of its round."""

    word: str
    from_ms: float
    to_ms: float


@dataclass(frozen=True)
class Story:
    """What the network sees in a drawing at T moments of its round.

    at_ms: float64 (T,), increasing, from the first ink to the end. words: K of them, the round's word first, then those
    that were ever on top, then the most probable others. probabilities: float32 (T, K). taken_for: which words were on
    top and when, in order, without flickers.
    """

    at_ms: np.ndarray
    words: tuple[str, ...]
    probabilities: np.ndarray
    taken_for: tuple[TopSpan, ...]
    recognised_ms: float | None


@dataclass(frozen=True)
class StoryWithLosses:
    """A story, and what else the networks say of the drawing.

    losses: float32 (points,), the loss of every point of the record in nats; empty where unknown. loss: their mean as a
    ranking has it, nats per point, NaN where unknown. strangest: the index of the stroke with the highest mean loss,
    None where there is nothing to compare. embedding: int8 (64,), for `SimilarDrawings.nearest`; None without ink.
    """

    story: Story
    losses: np.ndarray
    loss: float
    strangest: int | None
    embedding: np.ndarray | None


def tell_with_losses(record: RoundRecord, guesser: DrawingClassifier, scorer: ScoresPoints | None) -> StoryWithLosses:
    """Return the story of a record, with losses if there is a scorer. It takes a tenth of a second of CPU time."""
    story = tell(record, guesser)
    if not len(story.at_ms):
        return StoryWithLosses(story, np.zeros(0, np.float32), math.nan, None, None)
    _, embeddings = guesser.read(as_official(_thin(record)))
    losses, loss = read_losses(record, scorer) if scorer else (np.zeros(0, np.float32), math.nan)
    return StoryWithLosses(story, losses, loss, strangest(record, losses), embeddings[0])


def tell(record: RoundRecord, guesser: DrawingClassifier, moments: int = MOMENTS, words: int = WORDS) -> Story:
    """Return what the network sees at evenly spaced moments and at the recognition, in the points drawn up to then.

    A record without ink has a story without moments. Strokes that were wiped away are not part of it.
    """
    drawing = _thin(record)
    if not len(drawing):
        return Story(np.zeros(0), (), np.zeros((0, 0), np.float32), (), record.recognised_ms)
    strokes, times = drawing.strokes_of(0), point_ms(record)[_kept(record)]
    moments = int(np.clip(_MOST_INK / max(_ink(strokes), 1.0), min(_FEW, moments), moments))
    end = end_ms(record)
    extra = [] if record.recognised_ms is None else [min(max(record.recognised_ms, times[0]), end)]
    at = np.unique(np.r_[np.linspace(times[0], end, moments), extra])
    counts, moment_of = np.unique(np.searchsorted(times, at, "right"), return_inverse=True)
    seen = guess_many(guesser, [_first(strokes, count) for count in counts])[moment_of]
    names = list(guesser.words)
    taken = _taken_for(at, seen, names)
    first = [record.word] + [one.word for one in taken]
    # The round's word comes first even where it was never likely, then the words that were ever on top.
    kept = sorted(range(len(names)), key=lambda k: (names[k] != record.word, names[k] not in first, -seen[:, k].max()))
    kept = kept[:words]
    return Story(
        at_ms=at,
        words=tuple(names[k] for k in kept),
        probabilities=seen[:, kept].astype(np.float32),
        taken_for=taken,
        recognised_ms=record.recognised_ms,
    )


def _taken_for(at: np.ndarray, seen: np.ndarray, names: list[str]) -> tuple[TopSpan, ...]:
    tops = ["".join(words_said([(names[k], float(row[k]))])) for row, k in zip(seen, seen.argmax(axis=1), strict=True)]
    edges = [*at, at[-1]]
    held, first = [], 0
    for word, run in groupby(tops):
        last = first + len(list(run))
        if edges[last] - edges[first] >= _HELD_MS or last == len(at):
            held.append(TopSpan(word, edges[first], edges[last]))
        first = last
    # Join spans of one word that only a flicker separated.
    runs = [list(run) for _, run in groupby(held, key=lambda one: one.word)]
    return tuple(TopSpan(run[0].word, float(run[0].from_ms), float(run[-1].to_ms)) for run in runs if run[0].word)


def point_ms(record: RoundRecord) -> np.ndarray:
    """Return float64 (points,), never decreasing: when each point was drawn, 0 for what the network drew."""
    times = [np.zeros(len(stroke)) for stroke in record.strokes[: record.given]]
    times += [np.asarray(stroke, np.float64) for stroke in record.times[record.given :]]
    return np.maximum.accumulate(np.concatenate([*times, np.zeros(0)]))


def by_stroke(record: RoundRecord, values: np.ndarray) -> list[np.ndarray]:
    """Split the values (points,) of a record's points into one array per stroke."""
    return np.split(values, np.cumsum([len(stroke) for stroke in record.strokes]))[: len(record.strokes)]


def end_ms(record: RoundRecord) -> float:
    """Return the last moment of a record's story, at most `_TAIL_MS` after its last point."""
    last = float(point_ms(record).max(initial=0.0))
    return max(last, min(max(record.ended_ms, record.recognised_ms or 0.0), last + _TAIL_MS))


# Its losses


def read_losses(record: RoundRecord, scorer: ScoresPoints) -> tuple[np.ndarray, float]:
    """Return the loss of every point, float32 (points,), nats, and of the drawing, nats per point, as a ranking has it.

    The latter is NaN for a drawing of fewer than `_FEWEST_POINTS` points.
    """
    drawing = _thin(record, word=record.word or None)
    losses = scorer.point_losses(drawing[0])
    kept = _kept(record)
    every = np.arange(sum(map(len, record.strokes)))
    nearest = np.clip(np.searchsorted((kept[1:] + kept[:-1]) / 2, every), 0, len(kept) - 1)
    official = as_official(drawing)[0]
    loss = float(scorer.point_losses(official).mean()) if official.points >= _FEWEST_POINTS else math.nan
    return losses[nearest], loss


def strangest(record: RoundRecord, losses: np.ndarray) -> int | None:
    """Return the index, among all strokes, of the player's stroke with the highest mean loss.

    losses: (points,), or empty. Returns None where there are no losses, or fewer than two strokes to compare.
    """
    if not len(losses):
        return None
    known = losses.astype(float)
    known[0] = math.nan  # the first point is not predicted, so it has no loss
    parts = enumerate(by_stroke(record, known))
    means = {k: np.nanmean(part) for k, part in parts if k >= record.given and np.isfinite(part).any()}
    return max(means, key=means.__getitem__) if len(means) > 1 else None


class Usual(NamedTuple):
    """The losses of good drawings by people, nats per point.

    Nine in ten lie between `low` and `high`, one in fifty above `unusual`.
    """

    low: float
    high: float
    unusual: float


def usual_losses() -> Usual:
    """Return the usual losses of the shipped Sketch-RNN, from `models/junk.safetensors`."""
    from qdesk.scoring import junk_model

    model = junk_model.load()
    low, high = model.usual["loss_per_point"]
    return Usual(low, high, model.unusual)


def loss_sentence(loss: float, word: str, usual: Usual, others: SimilarDrawings | None = None) -> str:
    """Return a sentence that compares a loss, nats per point, with the losses of drawings by people.

    These are the scored drawings of the word in `others`, if there are enough of them, else the usual losses.
    """
    if others is not None and not others.made:
        share, count = others.share_below(loss, word)
        if count >= _FEWEST:
            how = f"Stranger than {_floor(share)}" if share >= 0.5 else f"Less strange than {_floor(1 - share)}"
            return f"{how} of the {count:,} drawings of {with_article(word)} in {others.name}."
    if loss > usual.unusual:
        return f"Stranger than 49 in 50 good drawings by people, which stay under {usual.unusual:.1f}."
    if loss > usual.high:
        return f"Stranger than 19 in 20 good drawings by people, which stay under {usual.high:.1f}."
    if loss < usual.low:
        return f"Less strange than 19 in 20 good drawings by people, which have more than {usual.low:.1f}."
    return f"As usual: 9 in 10 good drawings by people have {usual.low:.1f} to {usual.high:.1f}."


def _floor(share: float) -> str:
    return "all" if share == 1 else f"{math.floor(share * 100 + 1e-6)} %"


# Its points


def _kept(record: RoundRecord) -> np.ndarray:
    """Return int64 (k,), increasing: the points that are read, if possible with the ends of every stroke."""
    lengths = np.array([len(stroke) for stroke in record.strokes], np.int64)
    total = int(lengths.sum())
    if total <= MOST_POINTS:
        return np.arange(total)
    even = np.rint(np.linspace(0, total - 1, MOST_POINTS)).astype(np.int64)
    lengths = lengths[lengths > 0]
    ends = np.cumsum(lengths) if len(lengths) < MOST_POINTS // 4 else np.zeros(0, np.int64)
    return np.unique(np.r_[even, ends - 1, ends - lengths[: len(ends)]])


def _thin(record: RoundRecord, **columns: object) -> Drawings:
    """Return the record as a batch of one raw drawing of the points that are read. Without ink the batch is empty."""
    if not sum(map(len, record.strokes)):
        return Drawings.empty()
    kept = _kept(record)
    parts = np.searchsorted(kept, np.cumsum([len(stroke) for stroke in record.strokes])[:-1])
    strokes = np.split(np.concatenate(record.strokes)[kept], parts)
    times = np.split(point_ms(record)[kept], parts)
    return Drawings.from_strokes([strokes], [times], **{name: [value] for name, value in columns.items()})


def _ink(strokes: tuple[np.ndarray, ...]) -> float:
    """Return the length of all strokes, in units of the 255 box."""
    points = np.concatenate(strokes)
    extent = float(np.ptp(points, axis=0).max())
    length = sum(float(np.hypot(*np.diff(stroke, axis=0).T).sum()) for stroke in strokes)
    return length / extent * BOX if extent > 0 else 0.0


def _first(strokes: tuple[np.ndarray, ...], count: int) -> list[np.ndarray]:
    """Return the first `count` points, in their strokes."""
    shown = []
    for stroke in strokes:
        if count <= 0:
            break
        shown.append(stroke[:count])
        count -= len(stroke)
    return shown
