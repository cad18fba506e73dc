"""The set of drawings under curation, without any window: drawings, scores, verdicts, the order and the filters.

All data are arrays over all N drawings, beside `order`, the drawings shown, in order. So a million drawings cost a few
arrays. A new order comes in two steps. `result_of` computes it, and may run in another thread while drawings are looked
at and judged. `take` puts the result in place, which costs nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qdesk.curation.view.filters import FACETS, RANGES, Bins, FacetCounts, FilterMask, Filters
from qdesk.curation.view.scatter import ScatterScores
from qdesk.curation.view.sorting import LASTING, sorted_rows, text_ranks
from qdesk.curation.view.text_columns import CategoricalColumn, IdentityColumn
from qdesk.data.categories import plain, spellings
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import COPY, FLAGS, KEEP, KINDS, SUGGESTED, UNSURE
from qdesk.data.timestamps import seconds_of
from qdesk.scoring.columns import BY_NAME, COLUMNS, FACTS
from qdesk.scoring.similarity import Suspicion

NUMBERS = tuple(column.name for column in COLUMNS if column.is_score and column.is_number)
"""The numbers that scoring gives."""

ADDED = ("learned", "likeness", "copies")
"""The numbers that are added later, where they are asked for. `copies` is that of a group of copies."""

TEXTS = tuple(column.name for column in COLUMNS if column.is_score and not column.is_number)

VERDICTS = ("", *FLAGS, UNSURE, KEEP)
LOOKS_LIKE = (*SUGGESTED, "")
"""The reasons that scoring may suggest; "" for a drawing that is not suspicious."""

COMPARED = tuple(column.name for column in COLUMNS if column.compared)
"""The numbers for which the window says where a drawing stands among the others."""

_KEPT_ORDERS = 6  # 4 MB each for a million drawings


@dataclass(frozen=True)
class Query:
    """What is to be shown, and in which order. edges: axes of histograms that have to stay, by name, float64 (33,)."""

    filters: Filters = field(default_factory=Filters)
    sort: str = "junk"
    reverse: bool = False
    edges: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class QueryResult:
    """An order of the drawings, as `Table.result_of` computes it.

    order: int32 (shown,), the drawings shown.   row_of: int32 (N,), where each is shown, -1 where it is not.
    passing: bool (N,), whether each passes all filters but `among`.   losses: the usual low and high loss per point.
    rising: the known values of each column of `COMPARED`, float32, sorted.
    """

    order: np.ndarray
    row_of: np.ndarray
    facets: FacetCounts
    passing: np.ndarray
    losses: tuple[float, float]
    rising: Mapping[str, np.ndarray]


class Table:
    """N drawings under curation. names: their identities.   verdicts: their reasons, "" for none, the default."""

    def __init__(self, drawings: Drawings, names: Any, verdicts: Sequence[str] | np.ndarray | None = None) -> None:
        count = len(drawings)
        about = drawings.table
        self.drawings = drawings
        self.names = names if isinstance(names, IdentityColumn) else IdentityColumn(names)
        self.verdicts = CategoricalColumn.filled(count, "", VERDICTS[1:])
        if verdicts is not None and count:
            self.verdicts.put(np.arange(count), verdicts)
        self.words = _words_of(about["word"])
        self.countries = CategoricalColumn.of(about["countrycode"])
        recognized = pc.if_else(about["recognized"], 1, 2).fill_null(0).to_numpy()
        self.recognized = CategoricalColumn(recognized.astype(np.uint8), ["", "yes", "no"])
        self.numbers = {name: np.full(count, np.nan, np.float32) for name in (*NUMBERS, *ADDED)}
        self.texts = {name: CategoricalColumn.filled(count) for name in TEXTS}
        self.evidence = np.full(count, "", object)
        self.texts["reason"] = CategoricalColumn.filled(count, "", SUGGESTED)
        if drawings.bitmaps is None:
            self.numbers["strokes"] = drawings.stroke_counts.astype(np.float32)
            self.numbers["points"] = drawings.point_counts.astype(np.float32)
        else:  # a bitmap's strokes are unknown, which is not 0
            self.numbers["strokes"] = self.numbers["points"] = np.full(count, np.nan, np.float32)
        self.numbers["date"] = seconds_of(about["timestamp"])
        self.scored = np.zeros(count, bool)
        self.embeddings: np.ndarray | None = None  # int8 (N, dimensions), once some are scored
        self.sort, self.reverse, self.filters = "junk", False, Filters()
        self.edges: Mapping[str, np.ndarray] = {}
        self._versions: dict[str, int] = {}
        self._orders: dict[tuple[str, bool], tuple[int, np.ndarray]] = {}
        self._bins: dict[str, tuple[int, Bins]] = {}
        self._rising = {name: (-1, np.empty(0, np.float32)) for name in COMPARED}
        self._counted_facets: tuple[tuple, FacetCounts] | None = None  # the last counts, behind what they depend on
        self._tally: np.ndarray | None = None  # how many drawings have each verdict
        self._losses: tuple[int, tuple[float, float]] = (-1, (0.0, 1.0))
        everything = np.arange(count, dtype=np.int32)
        self.result = QueryResult(
            everything,
            everything.copy(),
            FacetCounts(count, count, {}, {}),
            np.ones(count, bool),
            (0.0, 1.0),
            self._sorted_all(),
        )

    def __len__(self) -> int:
        return len(self.drawings)

    # Scores

    def add_scores(self, indices: np.ndarray, columns: Mapping[str, Any]) -> None:
        """Put in the scores of the drawings `indices` (n,). The order does not change by it."""
        for name in self.numbers.keys() & columns.keys():
            self.numbers[name][indices] = columns[name]
            self._changed(name)
        for name in self.texts.keys() & columns.keys():
            self.texts[name].put(indices, columns[name])
            self._changed(name)
        if "evidence" in columns:
            self.evidence[indices] = columns["evidence"]
        if "embedding" in columns:
            if self.embeddings is None:
                self.embeddings = np.zeros((len(self), columns["embedding"].shape[1]), np.int8)
            self.embeddings[indices] = columns["embedding"]
        self.scored[indices] = True

    def set_numbers(self, name: str, values: np.ndarray) -> None:
        """Put in a whole column (N,), one of `ADDED`, NaN where it is not known."""
        self.numbers[name] = values.astype(np.float32)
        self._changed(name)

    def _changed(self, name: str) -> None:
        self._versions[name] = self._versions.get(name, 0) + 1

    def loss_place(self, index: int) -> float:
        """Return where a drawing's loss per point lies between this set's usual low (0) and high (1); NaN unscored."""
        low, high = self.result.losses
        return (float(self.numbers["loss_per_point"][index]) - low) / max(high - low, 1e-6)

    @property
    def point_range(self) -> tuple[float, float]:
        """The losses of a single point that count as low and as high, nats."""
        # Single points vary more than means over a drawing. Nine in ten lie from 2 nats below the usual to 3 above.
        low, high = self.result.losses
        return low - 2, high + 3

    def ranks(self, indices: Sequence[int] | np.ndarray) -> list[int | None]:
        """Return the places of drawings by junk, 1 for the worst, as of the last order; None where not scored."""
        known, junk = self.result.rising["junk"], self.numbers["junk"][indices]
        places = len(known) - np.searchsorted(known, junk, "right") + 1
        return [None if unknown else place for place, unknown in zip(places.tolist(), np.isnan(junk), strict=True)]

    def share_above(self, name: str, index: int) -> float:
        """Return the share (0 to 1) of the others whose number `name` (of `COMPARED`) is lower; NaN where unknown.

        It is as of the last order.
        """
        known, value = self.result.rising[name], self.numbers[name][index]
        if len(known) < 2 or math.isnan(value):
            return math.nan
        return min(float(np.searchsorted(known, value)) / (len(known) - 1), 1.0)

    def facts(self, indices: Sequence[int] | np.ndarray) -> list[dict[str, Any]]:
        """Return what verdicts remember of these drawings, one dictionary of `scoring.columns.FACTS` per drawing."""
        about = self.drawings.table.take(pa.array(indices, pa.int64()))
        columns = {name: about.column(name).to_pylist() for name in FACTS if name in about.column_names}
        columns |= {name: self.numbers[name][indices].tolist() for name in FACTS if name in NUMBERS}
        columns |= {"rank": self.ranks(indices), "suggested": _suggested(self, np.asarray(indices, np.int64))}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    # Order

    @property
    def order(self) -> np.ndarray:
        """int32 (shown,): the drawings shown, in order."""
        return self.result.order

    @property
    def row_of(self) -> np.ndarray:
        """int32 (N,): where each drawing is shown, -1 where it is not."""
        return self.result.row_of

    @property
    def facets(self) -> FacetCounts:
        """How many drawings pass the filters, as counted with the order."""
        return self.result.facets

    @property
    def query(self) -> Query:
        """The query for what is to be shown now."""
        return Query(self.filters, self.sort, self.reverse, self.edges)

    def arrange(self) -> None:
        """Filter and sort again, here and now."""
        self.take(self.result_of(self.query))

    def take(self, result: QueryResult) -> None:
        """Show this order from now on."""
        self.result = result

    def result_of(self, query: Query) -> QueryResult:
        """Compute the order for a query. Unknown numbers come last, in the file's order. One call at a time."""
        mask = self._mask(query.filters)
        passing = mask.passing()
        rows = self._rows(query.sort, query.reverse)
        order = rows[passing[rows]] if query.filters.active else rows
        row_of = np.full(len(self), -1, np.int32)
        row_of[order] = np.arange(len(order), dtype=np.int32)
        facets = self.facets_of(query, mask)
        passing = mask.passing("among")
        return QueryResult(order, row_of, facets, passing, self._usual_losses(), self._sorted_all())

    def facets_of(self, query: Query, mask: FilterMask | None = None) -> FacetCounts:
        """Compute the counts and histograms for a query alone, as when verdicts have changed and the order stays."""
        about = (dict(self._versions), query.filters, {name: edges.tobytes() for name, edges in query.edges.items()})
        if self._counted_facets is None or self._counted_facets[0] != about:  # they do not depend on the sort
            self._counted_facets = about, self._count_facets(query, mask or self._mask(query.filters))
        return self._counted_facets[1]

    def _count_facets(self, query: Query, mask: FilterMask) -> FacetCounts:
        return FacetCounts(
            int(np.count_nonzero(mask.passing())),
            len(self),
            {facet: self._counted(facet, mask.passing(facet)) for facet in FACETS},
            {
                name: bins.counts(mask.passing(name))
                for name in RANGES
                if (bins := self._binned(name, query.edges.get(name))).any
            },
        )

    def _counted(self, facet: str, passing: np.ndarray) -> Mapping[str, int]:
        if facet == "reason":  # a drawing that is not scored must not count as unsuspicious
            passing = passing & self.scored
        return self.facet(facet).counts(passing)

    def facet(self, name: str) -> CategoricalColumn:
        """Return a column that can be filtered by text."""
        match name:
            case "verdict":
                return self.verdicts
            case "word":
                return self.words
            case "countrycode":
                return self.countries
            case "recognized":
                return self.recognized
        return self.texts[name]

    def drop_rows(self, rows: np.ndarray) -> None:
        """Take these rows out of the order."""
        order, row_of = self.order, self.row_of
        row_of[order[rows]] = -1
        order = np.delete(order, rows)
        first = int(rows.min())
        row_of[order[first:]] = np.arange(first, len(order), dtype=np.int32)
        self.result = replace(self.result, order=order)

    def pass_verdict(self, indices: np.ndarray) -> np.ndarray:
        """Return whether the filters let the verdicts of these drawings pass, bool (n,)."""
        wanted = self.filters.chosen.get("verdict")
        if wanted is None:
            return np.ones(len(indices), bool)
        return np.array([text in wanted for text in self.verdicts.texts])[self.verdicts.codes[indices]]

    def _mask(self, wanted: Filters) -> FilterMask:
        mask = FilterMask(len(self))
        for facet, texts in wanted.chosen.items():
            passing = self.facet(facet).among(texts)
            mask.add(facet, passing & self.scored if facet == "reason" else passing)
        for name, (low, high) in wanted.ranges.items():
            mask.add(name, (self.numbers[name] >= low) & (self.numbers[name] <= high))
        if wanted.text:
            mask.add("text", self._containing(wanted.text.lower()))
        if wanted.among is not None:
            mask.add("among", wanted.among)
        return mask

    def _containing(self, text: str) -> np.ndarray:
        found = self.names.containing(text) | self.words.among(_spelled_like(text, self.words.texts))
        for column in (self.words, self.countries, self.texts["reason"], self.texts["top_guess"], self.verdicts):
            found |= column.among({one for one in column.texts if text in one.lower()})
        return found

    def _rows(self, sort: str, reverse: bool) -> np.ndarray:
        """Return all rows in this order, int32 (N,). The orders made last are kept."""
        version = self._versions.get("learned" if sort == "unsure" else sort, 0)
        made, rows = self._orders.get((sort, reverse), (-1, None))
        if made != version or rows is None:
            rows = self._sorted(sort, reverse)
            self._orders.pop((sort, reverse), None)
            self._orders[sort, reverse] = version, rows
            for old in list(self._orders)[:-_KEPT_ORDERS]:
                del self._orders[old]
        return rows

    def _sorted(self, sort: str, reverse: bool) -> np.ndarray:
        if sort in LASTING:
            rows = LASTING[sort](self.names)
            return rows[::-1].copy() if reverse else rows
        if sort == "unsure":
            values = np.abs(self.numbers["learned"] - 0.5)
        elif sort in self.numbers:
            values = self.numbers[sort]
        else:
            values = text_ranks(self.facet(sort), {"verdict": VERDICTS, "reason": LOOKS_LIKE}.get(sort, ()))
        return sorted_rows(values, (BY_NAME[sort].first == "high") != reverse)

    def _binned(self, name: str, edges: np.ndarray | None) -> Bins:
        version = self._versions.get(name, 0)
        made, bins = self._bins.get(name, (-1, None))
        other = bins is not None and edges is not None and bins.any and not np.array_equal(edges, bins.edges)
        if bins is None or made != version or other:
            bins = Bins(name, self.numbers[name], edges)
            self._bins[name] = version, bins
        return bins

    def _usual_losses(self) -> tuple[float, float]:
        version = self._versions.get("loss_per_point", 0)
        if self._losses[0] != version:
            losses = self.numbers["loss_per_point"]
            known = losses[np.isfinite(losses)]
            known = known[:: max(len(known) // 100_000, 1)]  # a sample is exact enough
            edges = np.quantile(known, (0.02, 0.98)) if len(known) else (0.0, 1.0)
            self._losses = version, (float(edges[0]), float(edges[1]))
        return self._losses[1]

    def _sorted_all(self) -> dict[str, np.ndarray]:
        for name, (made, _) in self._rising.items():
            version = self._versions.get(name, 0)
            if made != version:
                values = self.numbers[name]
                self._rising[name] = version, np.sort(values[~np.isnan(values)])
        return {name: values for name, (_, values) in self._rising.items()}

    # Verdicts

    def set_verdicts(self, changed: Mapping[str, str], indices: np.ndarray | None = None) -> np.ndarray:
        """Note verdicts by identity ("" for none), and return the drawings with these identities, int64 (n,).

        indices: the drawings, in the order of `changed`, where they are known; used where identities are unique.
        """
        if indices is None or not self.names.unique:
            indices, whose = self.names.find(list(changed))
        else:
            whose = np.arange(len(indices))
        self.put_verdicts(indices, np.array(list(changed.values()), object)[whose])
        return indices

    def put_verdicts(self, indices: np.ndarray, reasons: Sequence[str] | np.ndarray) -> None:
        """Note the verdicts of the drawings `indices` (n,). A single reason is for all of them."""
        before = self.verdicts.codes[indices]
        self.verdicts.put(indices, reasons)
        self._changed("verdict")
        if self._tally is not None:  # counting a million drawings again would take longer than the rest of a verdict
            size = len(self._tally)
            after = self.verdicts.codes[indices]
            self._tally += np.bincount(after, minlength=size) - np.bincount(before, minlength=size)

    def counts(self) -> tuple[int, int, int, int]:
        """Return how many drawings are flagged, kept, without a verdict, and unsure."""
        if self._tally is None:
            self._tally = np.bincount(self.verdicts.codes, minlength=len(self.verdicts.texts))
        kept, without, unsure = (int(self._tally[self.verdicts.texts.index(text)]) for text in (KEEP, "", UNSURE))
        return len(self) - kept - without - unsure, kept, without, unsure


def _words_of(column: pa.ChunkedArray) -> CategoricalColumn:
    """Return the words of drawings, with one name for all spellings of each; "" for none."""
    words = CategoricalColumn.of(column)
    names = spellings(words.texts)
    texts = [names[text] or "" for text in words.texts]
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    code_of = np.array([places[text] for text in texts], words.codes.dtype)
    return CategoricalColumn(code_of[words.codes], list(places))


def _spelled_like(text: str, words: Sequence[str]) -> set[str]:
    """Return the words that hold this text in any spelling."""
    letters = plain(text)
    return {word for word in words if letters and letters in plain(word)}


def give_word(table: Table, rows: np.ndarray, word: str) -> None:
    """Take the drawings `rows` (n,) for drawings of this word. Scores for another word are forgotten."""
    words = table.drawings.words
    words[rows] = word
    table.drawings = table.drawings.with_columns(word=words.tolist())
    table.words = _words_of(table.drawings.table["word"])
    nothing: dict[str, Any] = dict.fromkeys(NUMBERS, math.nan) | dict.fromkeys((*TEXTS, "evidence"), "")
    table.add_scores(rows, {name: np.full(len(rows), value, object) for name, value in nothing.items()})
    table.scored[rows] = False
    table._changed("word")


def scatter_scores(table: Table) -> ScatterScores:
    """Return what the plane shows, and which drawings scoring takes for some kind of junk."""
    suspected = table.texts["reason"].among({kind.reason for kind in KINDS})
    loss, lift, p_word = (table.numbers[name] for name in ("loss_per_point", "lift", "p_word"))
    return ScatterScores(loss, lift, p_word, suspected)


def suspicion(table: Table) -> Suspicion:
    """Return what scoring suspects of each drawing, as `scoring.similarity` compares it."""
    return Suspicion(table.numbers["junk"], table.texts["reason"].read()[0])


class JudgedRows(NamedTuple):
    """The drawings flagged or kept, int64 (n,) each. copies: those flagged as such; junk: all others flagged."""

    junk: np.ndarray
    kept: np.ndarray
    copies: np.ndarray

    @property
    def flagged(self) -> np.ndarray:
        """Those flagged for any reason, int64 (n,), rising."""
        return np.sort(np.concatenate([self.junk, self.copies]))


def judged(table: Table) -> JudgedRows:
    """Return the drawings that are judged as of now: other threads may go on judging."""
    codes, texts = table.verdicts.read()
    kept, copies = (codes == texts.index(verdict) for verdict in (KEEP, COPY))
    junk = ~kept & ~copies & (codes != texts.index("")) & (codes != texts.index(UNSURE))
    return JudgedRows(*map(np.flatnonzero, (junk, kept, copies)))


def rename(table: Table, names: pa.Array, rows: np.ndarray | slice = slice(None)) -> None:
    """Note other identities of the drawings, or of `rows`, int64 (n,), which rise."""
    before = table.names.arrow
    if names is before or before.take(pa.array(np.arange(len(table))[rows])).equals(names):
        return
    chosen = np.zeros(len(table), bool)
    chosen[rows] = True
    take_names(table, pc.replace_with_mask(before, pa.array(chosen), names))


def take_names(table: Table, names: pa.Array) -> None:
    """Note other identities of all drawings."""
    table.names = IdentityColumn(names)
    table._changed("key")


def _suggested(table: Table, indices: np.ndarray) -> list[str | None]:
    """Return the reasons that scoring suggests, "" for none, None where it has not scored."""
    known = zip(table.texts["reason"][indices], table.scored[indices], strict=True)
    return [reason if scored else None for reason, scored in known]
