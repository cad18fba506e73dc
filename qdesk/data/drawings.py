"""What a drawing is: a columnar batch of strokes, the view of one drawing, and stroke-3.

A batch keeps every point of every drawing in one flat array, with two levels of offsets over it. A million drawings
take gigabytes and minutes as Python lists, and megabytes and one pass as three arrays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

BOX = 255.0
"""The larger side of a simplified drawing, in its own units (quickdraw-dataset README)."""

_NAME = pa.dictionary(pa.int32(), pa.string())
METADATA = pa.schema(
    [
        ("word", _NAME),
        ("key_id", pa.string()),
        ("countrycode", _NAME),
        ("timestamp", pa.string()),
        ("recognized", pa.bool_()),
        ("source", _NAME),
        ("row", pa.int64()),
    ]
)
"""Columns of a batch's metadata, one row per drawing. `source` is the file that the drawing came from and `row` its
0-based record there. What is unknown is null."""


def metadata_table(count: int, **columns: Any) -> pa.Table:
    """Return an Arrow table of `METADATA` with `count` rows. A column not given is null; a single string is repeated.

    Raises ValueError for a column that is not in `METADATA`.
    """
    unknown = set(columns) - set(METADATA.names)
    if unknown:
        raise ValueError(f"no such metadata column: {', '.join(sorted(unknown))}")
    arrays = []
    for column in METADATA:
        values = columns.get(column.name)
        if values is None:
            arrays.append(pa.nulls(count, column.type))
            continue
        if isinstance(values, str):
            values = [values] * count
        plain = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        array = pa.array(values, plain)
        arrays.append(array.dictionary_encode() if plain is not column.type else array)
    return pa.table(arrays, schema=METADATA)


@dataclass(frozen=True)
class Drawing:
    """One drawing.

    strokes: one float32 array (points, 2) per stroke, x to the right and y down. Empty for a bitmap-only drawing.
    times:   one float32 array (points,) per stroke, ms since the drawing began, or None where the file has none.
    bitmap:  uint8 (28, 28), ink 255, for a drawing that exists as pixels only, else None.
    """

    strokes: tuple[np.ndarray, ...]
    times: tuple[np.ndarray, ...] | None = None
    bitmap: np.ndarray | None = None
    word: str | None = None
    key_id: str | None = None
    countrycode: str | None = None
    timestamp: str | None = None
    recognized: bool | None = None
    source: str | None = None
    row: int | None = None

    @property
    def points(self) -> int:
        return sum(len(stroke) for stroke in self.strokes)

    def metadata(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in METADATA.names}


@dataclass(frozen=True)
class Drawings:
    """A batch of N drawings, S strokes and P points; immutable, and cheap to slice by `take`.

    points:          float32 (P, 2), x and y.
    stroke_offsets:  int64 (S + 1,); stroke s is points[stroke_offsets[s] : stroke_offsets[s + 1]].
    drawing_offsets: int64 (N + 1,); drawing i is strokes drawing_offsets[i] to drawing_offsets[i + 1].
    table:           Arrow table of N rows with the columns of `METADATA`. Its `key_id` is the name that the file gives
                     a drawing, null where it gives none. `content_ids` says which other names there are.
    times:           float32 (P,), ms since the drawing began, NaN for drawings without times; None where none has any.
    bitmaps:         uint8 (N, 28, 28), ink 255, or None. A batch with bitmaps has no strokes.
    """

    points: np.ndarray
    stroke_offsets: np.ndarray
    drawing_offsets: np.ndarray
    table: pa.Table
    times: np.ndarray | None = None
    bitmaps: np.ndarray | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        count = len(self.drawing_offsets) - 1
        if self.table.num_rows != count:
            raise ValueError(f"{count} drawings, but {self.table.num_rows} rows of metadata")
        if self.points.shape != (int(self.stroke_offsets[-1]), 2):
            raise ValueError(f"points have shape {self.points.shape}, offsets end at {self.stroke_offsets[-1]}")
        if int(self.drawing_offsets[-1]) != len(self.stroke_offsets) - 1:
            raise ValueError("the drawing offsets do not end at the number of strokes")
        if self.times is not None and len(self.times) != len(self.points):
            raise ValueError(f"{len(self.points)} points, but {len(self.times)} times")
        if self.bitmaps is not None and len(self.bitmaps) != count:
            raise ValueError(f"{count} drawings, but {len(self.bitmaps)} bitmaps")

    # Making one

    @classmethod
    def from_strokes(
        cls,
        drawings: Iterable[Sequence[Any]],
        times: Iterable[Sequence[Any]] | None = None,
        **columns: Any,
    ) -> Drawings:
        """Make a batch from nested strokes: each drawing a list of (points, 2) arrays or of `[xs, ys]` pairs of lists.

        An (n, 2) array is n points. Anything else must be the file formats' `[xs, ys]`. `columns` are as in
        `metadata_table`. Raises ValueError for a drawing without a point.
        """
        strokes: list[np.ndarray] = []
        strokes_each: list[int] = []
        for drawing in drawings:
            before = len(strokes)
            for stroke in drawing:
                is_points = isinstance(stroke, np.ndarray) and stroke.ndim == 2 and stroke.shape[1] == 2
                xy = np.asarray(stroke, np.float32) if is_points else np.asarray(stroke[:2], np.float32).T
                if len(xy):
                    strokes.append(xy)
            if len(strokes) == before:
                raise ValueError(f"drawing {len(strokes_each)} has no points")
            strokes_each.append(len(strokes) - before)
        lengths = np.fromiter((len(s) for s in strokes), np.int64, len(strokes))
        flat_times = None
        if times is not None:
            parts = [np.asarray(t, np.float32) for drawing in times for t in drawing if len(t)]
            flat_times = np.concatenate(parts) if parts else np.zeros(0, np.float32)
        return cls(
            points=np.concatenate(strokes) if strokes else np.zeros((0, 2), np.float32),
            stroke_offsets=offsets_of(lengths),
            drawing_offsets=offsets_of(np.array(strokes_each, np.int64)),
            table=metadata_table(len(strokes_each), **columns),
            times=flat_times,
        )

    @classmethod
    def from_bitmaps(cls, bitmaps: np.ndarray, **columns: Any) -> Drawings:
        """Make a batch of pixels alone: `bitmaps` is uint8 (N, 28, 28) or (N, 784), ink 255."""
        bitmaps = np.ascontiguousarray(bitmaps, np.uint8).reshape(-1, 28, 28)
        count = len(bitmaps)
        empty = np.zeros((0, 2), np.float32)
        offsets = np.zeros(count + 1, np.int64)
        return cls(empty, np.zeros(1, np.int64), offsets, metadata_table(count, **columns), bitmaps=bitmaps)

    @classmethod
    def empty(cls) -> Drawings:
        return cls.from_strokes([])

    @classmethod
    def concat(cls, batches: Sequence[Drawings]) -> Drawings:
        """Return all batches as one. Raises ValueError where bitmaps and strokes are mixed."""
        batches = [batch for batch in batches if len(batch)] or list(batches[:1])
        if not batches:
            return cls.empty()
        if len(batches) == 1:
            return batches[0]
        with_pixels = sum(batch.bitmaps is not None for batch in batches)
        if with_pixels not in (0, len(batches)):
            raise ValueError("bitmaps and strokes cannot be one batch: open them separately")
        return cls(
            points=np.concatenate([batch.points for batch in batches]),
            stroke_offsets=offsets_of(np.concatenate([batch.stroke_lengths for batch in batches])),
            drawing_offsets=offsets_of(np.concatenate([batch.stroke_counts for batch in batches])),
            table=pa.concat_tables([batch.table for batch in batches]).unify_dictionaries().combine_chunks(),
            times=_together([batch.times for batch in batches], [len(batch.points) for batch in batches]),
            bitmaps=np.concatenate([b.bitmaps for b in batches]) if with_pixels else None,
        )

    # Looking at it

    def __len__(self) -> int:
        return len(self.drawing_offsets) - 1

    @property
    def stroke_lengths(self) -> np.ndarray:
        """int64 (S,): points in each stroke."""
        return np.diff(self.stroke_offsets)

    @property
    def stroke_counts(self) -> np.ndarray:
        """int64 (N,): strokes in each drawing."""
        return np.diff(self.drawing_offsets)

    @property
    def point_offsets(self) -> np.ndarray:
        """int64 (N + 1,): drawing i is points[point_offsets[i] : point_offsets[i + 1]]."""
        return self.stroke_offsets[self.drawing_offsets]

    @property
    def point_counts(self) -> np.ndarray:
        """int64 (N,): points in each drawing."""
        return np.diff(self.point_offsets)

    def column(self, name: str) -> np.ndarray:
        """Return a metadata column as an object array (N,) of Python values, None where unknown; int64 for `row`."""
        column = self.table.column(name).combine_chunks()
        if pa.types.is_dictionary(column.type):
            names = np.array([*column.dictionary.to_pylist(), None], object)
            return names[np.asarray(column.indices.fill_null(-1))]
        if name == "row" and column.null_count == 0:
            return np.asarray(column)
        return np.array(column.to_pylist(), object)

    @property
    def words(self) -> np.ndarray:
        """object (N,): the word each drawing was made for, None where unknown."""
        return self.column("word")

    def strokes_of(self, index: int) -> tuple[np.ndarray, ...]:
        """Return the strokes of drawing `index` without its metadata, which is all that painting needs."""
        first, last = self.drawing_offsets[index], self.drawing_offsets[index + 1]
        edges = self.stroke_offsets[first : last + 1]
        return tuple(self.points[a:b] for a, b in zip(edges[:-1], edges[1:], strict=True))

    @property
    def timed(self) -> np.ndarray:
        """bool (N,): whether each drawing has times. Those that do are raw ones."""
        if self.times is None or not len(self):
            return np.zeros(len(self), bool)
        return ~np.isnan(self.times[self.point_offsets[:-1]])

    def times_of(self, index: int) -> tuple[np.ndarray, ...] | None:
        """Return the times of drawing `index` in ms, one array per stroke, or None where it has none."""
        if self.times is None or np.isnan(self.times[self.stroke_offsets[self.drawing_offsets[index]]]):
            return None
        first, last = self.drawing_offsets[index], self.drawing_offsets[index + 1]
        edges = self.stroke_offsets[first : last + 1]
        return tuple(self.times[a:b] for a, b in zip(edges[:-1], edges[1:], strict=True))

    def __getitem__(self, index: int) -> Drawing:
        if not -len(self) <= index < len(self):
            raise IndexError(f"drawing {index} of {len(self)}")
        index = int(index) % len(self)
        about: Mapping[str, Any] = self.table.slice(index, 1).select(METADATA.names).to_pylist()[0]
        return Drawing(
            strokes=self.strokes_of(index),
            times=self.times_of(index),
            bitmap=None if self.bitmaps is None else self.bitmaps[index],
            **about,
        )

    # Making another

    def take(self, indices: np.ndarray | Sequence[int] | slice) -> Drawings:
        """Return the drawings at `indices` (integers, a boolean mask (N,), or a slice), in that order."""
        chosen = np.arange(len(self))[indices]
        strokes, counts = _members(self.drawing_offsets, chosen)
        points, lengths = _members(self.stroke_offsets, strokes)
        return Drawings(
            points=self.points[points],
            stroke_offsets=offsets_of(lengths),
            drawing_offsets=offsets_of(counts),
            table=self.table.take(pa.array(chosen)),
            times=None if self.times is None else self.times[points],
            bitmaps=None if self.bitmaps is None else self.bitmaps[chosen],
        )

    def replaced(self, where: np.ndarray, others: Drawings) -> Drawings:
        """Return the batch with the drawings at the mask `where` (N,) replaced by `others`, one for one."""
        if where.all() or not where.any():
            return others if where.all() else self
        together = Drawings.concat([others, self.take(~where)])
        return together.take(np.argsort(np.r_[np.flatnonzero(where), np.flatnonzero(~where)]))

    def with_columns(self, **columns: Any) -> Drawings:
        """Return the same drawings with these metadata columns replaced (see `metadata_table`)."""
        fresh = metadata_table(len(self), **columns)
        table = self.table
        for name in columns:
            table = table.set_column(table.schema.get_field_index(name), METADATA.field(name), fresh.column(name))
        return replace(self, table=table)

    @property
    def extents(self) -> np.ndarray:
        """float32 (N,): the larger side of each drawing, in its own units; 0 for bitmaps."""
        if not len(self.points):
            return np.zeros(len(self), np.float32)
        starts = self.point_offsets[:-1]
        with np.errstate(invalid="ignore"):  # infinite coordinates: callers that need an extent refuse them
            span = np.maximum.reduceat(self.points, starts) - np.minimum.reduceat(self.points, starts)
        return span.max(axis=1)

    def fit_box(self, side: float = BOX, round_points: bool = True) -> Drawings:
        """Return each drawing moved to 0 and scaled so that its larger side is `side`, as simplified files have it.

        A drawing of a single place comes out at 0. 27 % of the official simplified drawings come out a unit or so
        larger or elsewhere; `qdesk.data.simplify.as_official` leaves those as they are.
        """
        if not len(self.points):
            return self
        starts, counts = self.point_offsets[:-1], self.point_counts
        low, extent = np.minimum.reduceat(self.points, starts), self.extents
        scale = np.where(extent > 0, side / np.maximum(extent, 1e-9), 1.0).astype(np.float32)
        points = (self.points - np.repeat(low, counts, axis=0)) * np.repeat(scale, counts)[:, None]
        return replace(self, points=np.rint(points) if round_points else points)

    def content_ids(self) -> np.ndarray:
        """Return object (N,): a 16-hex-digit name of each drawing's content, the same in every file that holds it.

        The name is a hash of the strokes fitted to the box, or of the pixels. So a drawing keeps it when the file is
        renamed, re-encoded or loses its key_id. Three other names serve other ends: `key_id` is what the file says,
        `verdicts.identity.identities` what a verdict belongs to, `fingerprint.drawing_keys` what a score belongs to.
        """
        if self.bitmaps is not None:
            return np.array([_digest(bitmap.tobytes()) for bitmap in self.bitmaps], object)
        points = np.ascontiguousarray(self.fit_box().points.astype("<i2"))
        point_edges, lengths = self.point_offsets, self.stroke_lengths.astype("<i4")
        stroke_edges = self.drawing_offsets
        return np.array(
            [
                _digest(
                    lengths[stroke_edges[i] : stroke_edges[i + 1]].tobytes(),
                    points[point_edges[i] : point_edges[i + 1]].tobytes(),
                )
                for i in range(len(self))
            ],
            object,
        )

    # Stroke-3

    @classmethod
    def from_stroke3(cls, sequences: Iterable[np.ndarray], **columns: Any) -> Drawings:
        """Make a batch from stroke-3 arrays (n, 3): offset x, offset y, and 1 where the pen lifts after the point.

        The first row is an offset from a first point at (0, 0), as in the published Sketch-RNN files. So a sequence of
        n rows is a drawing of n + 1 points.
        """
        drawings = []
        for sequence in sequences:
            sequence = np.asarray(sequence)
            points = np.concatenate([np.zeros((1, 2)), np.cumsum(sequence[:, :2], axis=0, dtype=np.float64)])
            lifts = np.flatnonzero(sequence[:, 2]) + 2
            drawings.append([part for part in np.split(points, lifts) if len(part)])
        return cls.from_strokes(drawings, **columns)

    def to_stroke3(self, index: int) -> np.ndarray:
        """Return drawing `index` of n points as float32 (n - 1, 3): offset x, offset y, 1 where the pen then lifts."""
        first, last = self.drawing_offsets[index], self.drawing_offsets[index + 1]
        start, stop = self.stroke_offsets[first], self.stroke_offsets[last]
        rows = np.zeros((stop - start, 3), np.float32)
        rows[1:, :2] = np.diff(self.points[start:stop], axis=0)
        rows[self.stroke_offsets[first + 1 : last + 1] - start - 1, 2] = 1
        return rows[1:]


def _together(times: Sequence[np.ndarray | None], lengths: Sequence[int]) -> np.ndarray | None:
    """Return the times of several batches as one array, NaN for those without any; None where no batch has times."""
    if all(part is None for part in times):
        return None
    filled = [np.full(n, np.nan, np.float32) if part is None else part for part, n in zip(times, lengths, strict=True)]
    return np.concatenate(filled)


def offsets_of(lengths: np.ndarray) -> np.ndarray:
    """Return int64 (n + 1,): where each of n runs of these lengths starts, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])


def _members(offsets: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the members of the chosen groups, one group after the other, and how many each has, int64 both."""
    counts = offsets[chosen + 1] - offsets[chosen]
    return expand_ranges(offsets[chosen], counts), counts


def expand_ranges(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the indices start, start + 1, ... of every range, one range after the other, without a Python loop."""
    total = int(lengths.sum())
    first = np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
    return first + np.arange(total)


def _digest(*parts: bytes) -> str:
    hasher = hashlib.blake2b(digest_size=8)
    for part in parts:
        hasher.update(part)
    return hasher.hexdigest()
