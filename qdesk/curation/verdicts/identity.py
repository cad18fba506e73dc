"""Which drawing a verdict is about: its key_id, as far as the word and what was drawn agree.

A drawing's identity is the key_id that its file gives it. But files are numbered by many programs, so one key_id may
stand for several drawings, in one file or in two. Then each gets an identity of its own, the key_id with a hash behind
it. What was drawn is compared by its trace, which a raw drawing and its simplified twin share but for a pixel or two.
Traces are computed only where a key_id meets another.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qdesk.data.drawings import BOX, Drawings, expand_ranges, offsets_of
from qdesk.data.simplify import as_official

CONTENT = "content:"

SAMPLES = 16
"""How many places along the ink a trace has."""

_NEAR = 4
"""How far, px in the 255 box, two traces of one drawing may lie apart at a place."""

_ENOUGH = 14
"""At how many of the places. Near the end of a stroke a place may be on the next one.

Of 7,746 raw drawings and their official simplified twins, the 15th nearest place is at most 2.1 px apart."""

_FEW = 32
"""How many drawings with one key_id and word are compared by trace. Where there are more, only equal ones are one."""

_PAIRS = 1 << 20  # traces compared at once: 100 MB

_SUFFIX = "#[0-9a-f]{16}$"


class Traces(NamedTuple):
    """What was drawn, coarsely. Scale and place do not matter.

    strokes: int64 (N,), 0 for bitmaps.   places: int16 (N, 16, 2), x and y in the 255 box, equally far apart along the
    ink; of bitmaps a hash.
    """

    strokes: np.ndarray
    places: np.ndarray

    def take(self, rows: np.ndarray) -> Traces:
        return Traces(self.strokes[rows], self.places[rows])

    def texts(self) -> list[str]:
        """Return each as text: the number of strokes, and 64 hex digits."""
        codes = self.places.astype(np.uint8).reshape(-1, 2 * SAMPLES)
        return [f"{count}-{code.tobytes().hex()}" for count, code in zip(self.strokes.tolist(), codes, strict=True)]

    @classmethod
    def of_texts(cls, texts: Sequence[str]) -> Traces:
        """Read what `texts` wrote. Raises ValueError for anything else."""
        parts = [text.split("-", 1) for text in texts]
        places = _places_of(b"".join(bytes.fromhex(code) for _, code in parts), len(texts))
        return cls(np.array([int(count) for count, _ in parts], np.int64), places)


def is_trace(text: str) -> bool:
    """Whether this is a trace as text."""
    return re.fullmatch(rf"\d{{1,9}}-[0-9a-f]{{{4 * SAMPLES}}}", text) is not None


def traces(drawings: Drawings) -> Traces:
    """Return the traces of drawings, simplified where they are not."""
    return _as_they_are(as_official(drawings))


def _as_they_are(drawings: Drawings) -> Traces:
    count = len(drawings)
    if drawings.bitmaps is not None:
        codes = b"".join(
            hashlib.blake2b(bitmap.tobytes(), digest_size=2 * SAMPLES).digest() for bitmap in drawings.bitmaps
        )
        return Traces(np.zeros(count, np.int64), _places_of(codes, count))
    if not count:
        return Traces(np.zeros(0, np.int64), np.zeros((0, SAMPLES, 2), np.int16))
    points, edges = drawings.points.astype(np.float64), drawings.point_offsets
    first, last = edges[:-1], edges[1:] - 1
    step = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    step[drawings.stroke_offsets[:-1]] = 0  # the pen is up between strokes
    along = np.cumsum(step)
    share = (np.arange(SAMPLES) + 0.5) / SAMPLES
    where = along[first, None] + (along[last] - along[first])[:, None] * share
    after = np.searchsorted(along, where.ravel()).reshape(where.shape)
    after = np.clip(after, first[:, None], last[:, None])
    before = np.maximum(after - 1, first[:, None])
    part = np.divide(where - along[before], step[after], out=np.ones(where.shape), where=step[after] > 0)
    places = points[before] + np.clip(part, 0, 1)[..., None] * (points[after] - points[before])
    low, extent = np.minimum.reduceat(points, first), drawings.extents.astype(np.float64)
    scale = np.divide(BOX, extent, out=np.ones(count), where=extent > 0)
    places = (places - low[:, None]) * scale[:, None, None]
    return Traces(drawings.stroke_counts, np.rint(places).clip(0, BOX).astype(np.int16))


def _places_of(codes: bytes, count: int) -> np.ndarray:
    return np.frombuffer(codes, np.uint8).reshape(count, SAMPLES, 2).astype(np.int16)


def _alike(one: Traces, other: Traces) -> np.ndarray:
    """Return whether traces are of the same drawing, pair by pair, bool (n,)."""
    near = np.abs(one.places - other.places).max(axis=2) <= _NEAR
    return (one.strokes == other.strokes) & (np.count_nonzero(near, axis=1) >= _ENOUGH)


def _distances(one: Traces, other: Traces) -> np.ndarray:
    """Return how far traces lie apart, pair by pair, int64 (n,), px in all."""
    return np.abs(one.places - other.places).sum(axis=(1, 2), dtype=np.int64)


def key_of(identity: str) -> str | None:
    """Return the key_id of an identity, None where it has none."""
    if "#" in identity:
        return re.sub(_SUFFIX, "", identity)
    return None if identity.startswith(CONTENT) else identity


def apart(key: str, *about: object) -> str:
    """Return the identity of one of several drawings with this key_id. about: what tells it from the others."""
    return f"{key}#{hashlib.blake2b(repr(about).encode(), digest_size=8).hexdigest()}"


@lru_cache(4096)
def folded(word: str | None) -> str:
    """Return a word for comparison: letters and digits alone, in lower case; "" for none."""
    return "".join(letter for letter in (word or "").casefold() if letter.isalnum())


# Within one batch


def identities(drawings: Drawings) -> pa.StringArray:
    """Return what verdicts belong to, strings (N,): the key_id, or "content:" with the content id where there is none.

    Where drawings with one key_id differ in their word or in what was drawn, each of them has a hash behind its key_id.
    A raw drawing and its simplified twin have one identity. A score belongs to something narrower, the exact points and
    the word: `scoring.fingerprint.drawing_keys`.
    """
    names = drawings.table["key_id"].combine_chunks()
    nameless = pc.equal(pc.fill_null(pc.binary_length(names), 0), 0)
    if pc.any(nameless).as_py():  # null, not False, where there are no drawings at all
        content = drawings.take(nameless.to_numpy(zero_copy_only=False)).content_ids()
        named = pa.array([CONTENT + name for name in content], pa.string())
        names = pc.replace_with_mask(names, nameless, named)
    encoded = names.dictionary_encode()
    if len(encoded.dictionary) == len(names):
        return names
    codes = encoded.indices.to_numpy()
    rows = np.flatnonzero((np.bincount(codes)[codes] > 1) & ~nameless.to_numpy(zero_copy_only=False))
    if not len(rows):
        return names
    some, codes = drawings.take(rows), codes[rows]
    words = _coded([folded(word) for word in some.words])
    first = _first_alike(some, codes, words)
    # A key_id stands for several drawings where not all of its drawings are like the first.
    leader = np.full(codes.max() + 1, -1)
    leader[codes[::-1]] = first[::-1]
    several = np.zeros(len(leader), bool)
    several[codes[first != leader[codes]]] = True
    split = np.flatnonzero(several[codes])
    if not len(split):
        return names
    return _put(names, rows[split], _told_apart(some.take(first[split])))


def shared(drawings: Drawings, names: pa.Array) -> int:
    """Return how many drawings share a key_id with another drawing. names: the drawings' `identities`."""
    keys = drawings.table["key_id"].combine_chunks()
    differs = pc.and_(pc.not_equal(keys, names), pc.greater(pc.binary_length(keys), 0))
    return pc.sum(differs).as_py() or 0


def shared_sentence(count: int) -> str:
    """Say that `count` drawings share their key_id with others."""
    return f"{count:,} drawings share a key_id with a different drawing: each has a verdict of its own"


def _told_apart(drawings: Drawings) -> list[str]:
    words = map(folded, drawings.words)
    return [
        apart(key, word, content)
        for key, word, content in zip(drawings.column("key_id"), words, drawings.content_ids(), strict=True)
    ]


def _put(names: pa.Array, rows: np.ndarray, texts: Sequence[str]) -> pa.Array:
    """Return the names with those of `rows`, which rise, replaced."""
    mask = np.zeros(len(names), bool)
    mask[rows] = True
    return pc.replace_with_mask(names, pa.array(mask), pa.array(texts, pa.string()))


def _coded(texts: Sequence[str]) -> np.ndarray:
    """Return a number per text, int64 (n,), -1 for ""."""
    codes: dict[str, int] = {}
    return np.array([codes.setdefault(text, len(codes)) if text else -1 for text in texts], np.int64)


def _first_alike(drawings: Drawings, keys: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Return the first of the same drawings as each, int64 (n,). keys, words: codes, int64 (n,), -1 for no word.

    In one file the same drawings are equal. In two files the one may be raw and the other its simplified twin.
    """
    wordless = np.zeros(keys.max() + 1, bool)
    wordless[keys[words < 0]] = True
    groups = np.unique([keys, np.where(wordless[keys], -1, words)], axis=1, return_inverse=True)[1].reshape(-1)
    contents = _coded(drawings.content_ids().tolist())
    sources = _coded([source or "" for source in drawings.column("source")])
    first = np.full(len(keys), -1)
    few = np.bincount(groups)[groups] <= _FEW
    left = np.flatnonzero(few)
    while len(left):
        _, begins, whose = np.unique(groups[left], return_index=True, return_inverse=True)
        leader = left[begins][whose]
        agree = _agree(words[leader], words[left])
        same = agree & (contents[leader] == contents[left])
        unsure = np.flatnonzero(agree & ~same & ((sources[leader] != sources[left]) | (sources[left] < 0)))
        same[unsure] = _same_rows(drawings, leader[unsure], left[unsure])
        first[left[same]] = leader[same]
        left = left[~same]
    left = np.flatnonzero(~few)
    seen: dict[tuple[int, int, int], int] = {}
    about = zip(groups[left].tolist(), words[left].tolist(), contents[left].tolist(), strict=True)
    first[left] = [seen.setdefault(one, row) for one, row in zip(about, left.tolist(), strict=True)]
    return first


def _agree(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one == other) | (one < 0) | (other < 0)


def _same_rows(drawings: Drawings, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return whether the drawings `one` and `other` (n,) have like traces, bool (n,)."""
    counts = drawings.stroke_counts
    same = counts[one] == counts[other]
    one, other = one[same], other[same]
    same[same] = _alike(traces(drawings.take(one)), traces(drawings.take(other)))
    return same


# Against what is known


@dataclass(frozen=True)
class Known:
    """What a verdict remembers of its drawing.

    trace: "" for a verdict that an earlier qdesk gave.   facts: by the names in `scoring.columns.FACTS`.
    """

    identity: str
    trace: str
    facts: Mapping[str, Any]


def resolve(names: pa.Array, drawings: Drawings, known: Sequence[Known]) -> pa.Array:
    """Return the identities by which the verdicts on these drawings are known, strings (N,).

    names: `identities` of the drawings.   known: what verdicts remember of theirs, of all those with such a key_id.
    A drawing takes the identity of the verdict that has its key_id, agrees with its word and has its trace. Where the
    verdict has no trace, word, country and time have to do, and of several drawings that would fit only the one in the
    row where the verdict was given. A drawing whose key_id is another one's identity gets an identity of its own.
    """
    keys = [key_of(one.identity) or "" for one in known]
    place_of = {key: place for place, key in enumerate(dict.fromkeys(filter(None, keys)))}
    if not place_of or not len(names):
        return names
    places = pc.index_in(drawings.table["key_id"].combine_chunks(), value_set=pa.array(list(place_of), pa.string()))
    rows = pc.indices_nonzero(pc.is_valid(places)).to_numpy().astype(np.int64)
    places = places.to_numpy(zero_copy_only=False)[rows].astype(np.int64)
    now = np.array(names.take(pa.array(rows)).to_pylist(), object)
    here = set(places.tolist())
    known = [one for one, key in zip(known, keys, strict=True) if place_of.get(key) in here]
    taken = {one.identity for one in known}
    equal = {name for name in now if "#" in name} & taken  # told apart by word and content already
    left = np.array([name not in equal for name in now], bool)
    rows, places, now = rows[left], places[left], now[left]
    known = [one for one in known if one.identity not in equal]
    if not len(rows):
        return names
    some = drawings.take(rows)
    whose = np.array([place_of[key_of(one.identity) or ""] for one in known], np.int64)
    found = _fitting(some, now, places, known, whose)
    after = np.where(found >= 0, np.array([*(one.identity for one in known), ""], object)[found], now)
    lost = np.flatnonzero((found < 0) & np.array([name in taken for name in now], bool))
    after[lost] = _told_apart(some.take(lost))
    changed = after != now
    return _put(names, rows[changed], after[changed].tolist()) if changed.any() else names


def _fitting(
    drawings: Drawings, names: np.ndarray, places: np.ndarray, known: Sequence[Known], whose: np.ndarray
) -> np.ndarray:
    """Return which verdict is about each drawing, int64 (n,), -1 for none.

    names: object (n,).   places, whose: which key_id each drawing and each verdict has, int64 (n,) and (k,).
    """
    found = np.full(len(drawings), -1)
    traced = np.array([bool(one.trace) for one in known], bool)
    told = {}
    for name, text in _TOLD.items():
        if name == "word" or not traced.all():
            texts = [*map(text, drawings.column(name)), *(text(one.facts.get(name)) for one in known)]
            told[name] = np.split(_coded(texts), [len(drawings)])
    at = np.cumsum(traced) - 1
    stored, rough = Traces.of_texts([one.trace for one in known if one.trace]), _as_they_are(drawings)
    sure, loose = [np.zeros((3, 0), np.int64)], [np.zeros((2, 0), np.int64)]
    for row, verdict in _pairs(places, whose):
        fits = np.ones(len(row), bool)
        for name, (mine, its) in told.items():
            fits &= _agree(mine[row], its[verdict]) | (traced[verdict] & (name != "word"))
        row, verdict = row[fits], verdict[fits]
        loose.append(np.stack([row, verdict])[:, ~traced[verdict]])
        row, verdict = row[traced[verdict]], verdict[traced[verdict]]
        same, far = _same_as(drawings, rough, row, stored.take(at[verdict]))
        sure.append(np.stack([row, verdict, far])[:, same])
    row, verdict = _nearest(np.concatenate(sure, axis=1), _coded(names.tolist()))
    found[row] = verdict
    row, verdict = np.concatenate(loose, axis=1)
    row, verdict = row[found[row] < 0], verdict[found[row] < 0]
    alone = np.bincount(verdict, minlength=len(known))[verdict] == 1
    found[row[alone]] = verdict[alone]
    for one in np.unique(verdict[~alone]).tolist():
        fitting = _given_in(drawings, names, row[verdict == one], known[one].facts)
        found[fitting] = one
    return found


def _nearest(pairs: np.ndarray, names: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs that are left where each verdict is about the nearest drawing only, and each drawing has one.

    pairs: drawings, verdicts and how far their traces lie apart, int64 (3, n).   names: the identities, coded.
    """
    row, verdict, far = pairs
    order = np.lexsort([far, verdict])
    begins = np.unique(verdict[order], return_index=True)[1]
    best = np.full(verdict.max(initial=-1) + 1, -1)
    best[verdict[order[begins]]] = names[row[order[begins]]]
    kept = best[verdict] == names[row]
    row, verdict, far = row[kept], verdict[kept], far[kept]
    order = np.lexsort([far, row])
    first = order[np.unique(row[order], return_index=True)[1]]
    return row[first], verdict[first]


def _given_in(drawings: Drawings, names: np.ndarray, rows: np.ndarray, facts: Mapping[str, Any]) -> np.ndarray:
    """Return those of `rows` that a verdict with these facts is about: one drawing, or none where none can be told."""
    numbers = drawings.column("row")
    sources = np.array([os.path.basename(source or "") for source in drawings.column("source")], object)
    if len(set(names[rows])) > 1:
        rows = rows[numbers[rows] == facts.get("row")]
    if len(set(names[rows])) > 1:
        rows = rows[sources[rows] == os.path.basename(facts.get("source") or "")]
    return rows if len(set(names[rows])) == 1 else rows[:0]


def _second(timestamp: str | None) -> str:
    found = re.match(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)", timestamp or "")
    return " ".join(found.groups()) if found else ""


_TOLD: Mapping[str, Callable[[str | None], str]] = {
    "word": folded,
    "countrycode": lambda country: country or "",
    "timestamp": _second,
}
"""What may tell two drawings with one key_id apart, and as what it is compared."""


def _pairs(places: np.ndarray, whose: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield all pairs of a drawing and a verdict with one key_id, int64 (n,) both, some at a time."""
    counts = np.bincount(whose, minlength=int(places.max()) + 1)
    order, begins = np.argsort(whose, kind="stable"), offsets_of(counts)
    edges = offsets_of(counts[places])
    first = 0
    while first < len(places):
        last = max(int(np.searchsorted(edges, edges[first] + _PAIRS, "right")) - 1, first + 1)
        its = places[first:last]
        yield np.repeat(np.arange(first, last), counts[its]), order[expand_ranges(begins[its], counts[its])]
        first = last


def _same_as(drawings: Drawings, rough: Traces, rows: np.ndarray, stored: Traces) -> tuple[np.ndarray, np.ndarray]:
    """Return whether the drawings `rows` have these traces, bool (n,), and how far they are from them, int64 (n,).

    rough: the drawings' traces as they are. Most are simplified, or near enough to need no simplifying here.
    """
    here = rough.take(rows)
    same, far = _alike(here, stored), _distances(here, stored)
    unsure = np.flatnonzero(~same & (here.strokes == stored.strokes))
    simplified, which = np.unique(rows[unsure], return_inverse=True)
    here, stored = traces(drawings.take(simplified)).take(which), stored.take(unsure)
    same[unsure], far[unsure] = _alike(here, stored), _distances(here, stored)
    return same, far


def identities_here(theirs: Sequence[Known], known: Sequence[Known]) -> list[str]:
    """Return the identity that each verdict of somebody else has here.

    It is that of the verdict in `known`, or of an earlier one of `theirs`, that is about the same drawing, and else its
    own or, where a different drawing has that here, a new one.
    """
    by_key: dict[str, list[Known]] = {}
    for one in known:
        by_key.setdefault(key_of(one.identity) or "", []).append(one)
    taken, names = {one.identity for one in known}, []
    for one in theirs:
        key = key_of(one.identity)
        if key is None:
            names.append(one.identity)
            continue
        name = _known_as(one, by_key.setdefault(key, []))
        if name is None:
            place = one.trace or (one.facts.get("source"), one.facts.get("row"))
            name = apart(key, folded(one.facts.get("word")), place) if one.identity in taken else one.identity
            by_key[key].append(replace(one, identity=name))
            taken.add(name)
        names.append(name)
    return names


def _known_as(one: Known, others: Sequence[Known]) -> str | None:
    """Return the identity of the one of `others`, which have its key_id, that is about the same drawing, or None."""
    loose = []
    for other in others:
        told = [_agree_texts(text(one.facts.get(name)), text(other.facts.get(name))) for name, text in _TOLD.items()]
        if not one.trace or not other.trace:
            loose += [other] * all(told)
        elif told[0] and (
            one.trace == other.trace or _alike(Traces.of_texts([one.trace]), Traces.of_texts([other.trace]))
        ):
            return other.identity
    if len(loose) > 1:
        loose = [other for other in loose if other.identity == one.identity] or [
            other for other in loose if all(other.facts.get(name) == one.facts.get(name) for name in ("source", "row"))
        ]
    return loose[0].identity if len(loose) == 1 else None


def _alike_texts(one: str, other: str) -> bool:
    return one == other or bool(_alike(Traces.of_texts([one]), Traces.of_texts([other]))[0])


def _agree_texts(one: str, other: str) -> bool:
    return one == other or not one or not other
