"""Decide about many drawings at once, in any thread, each time with a connection to the verdicts of its own.

What is changed here is one step to undo, as one verdict is. It is on disk whole, or not at all: `say`, which is called
often with the share done, 0 to 1, may raise, and then nothing was changed.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qdesk.curation.verdicts.csv import export_flags
from qdesk.curation.verdicts.identity import key_of, resolve
from qdesk.curation.verdicts.merge import let_go, read_verdicts, take_over
from qdesk.curation.verdicts.naming import facts_by_name, known_apart, traced_facts
from qdesk.curation.verdicts.store import Change, Merged, Verdicts, notes_of
from qdesk.curation.verdicts.whose import HERE
from qdesk.curation.view.table import Table
from qdesk.data.reasons import NO_FLAG

Say = Callable[[float], object]

CHUNK = 2_000
"""The drawings that are looked up at a time. Between two chunks other threads have their turn."""

_AT_A_TIME = 20_000
"""The verdicts whose drawings are looked for at a time."""


@dataclass(frozen=True)
class Bulk:
    """What became of many drawings.

    kinds:    how many had one reason and have another now, by both, "" for no verdict; those unchanged included.
    rows:     the drawings of the table that have a reason now, int64 (n,) each, by the reason.
    names:    the identities of all drawings of the table, where some are others now.
    merged:   what `merge` tells.
    """

    kinds: Mapping[tuple[str, str], int]
    rows: Mapping[str, np.ndarray]
    names: pa.Array | None = None
    merged: Merged | None = None


def decide(
    table: Table, rows: np.ndarray, reasons: Sequence[str], path: Path, say: Say, look_up: bool,
    copy_of: Sequence[str] = (),
) -> Bulk:  # fmt: skip
    """Give each of the drawings `rows`, int64 (n,), its reason.

    path: the verdicts file.   look_up: whether another program may have written there since the drawings were named.
    copy_of: of copies, what stays instead of each. The note says so where there is none yet.
    """
    with _opened(path) as store:
        names = before = table.names.arrow
        if look_up:
            apart = np.zeros(len(names), bool)
            apart[rows] = True
            names = pc.replace_with_mask(names, pa.array(apart), known_apart(table, rows, store))
        known = notes_of(store)

        def decisions() -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
            for start in range(0, len(rows), CHUNK):
                say(0.7 * start / len(rows))
                some = rows[start : start + CHUNK]
                named = names.take(pa.array(some)).to_pylist()
                instead = copy_of[start : start + CHUNK]
                new = [f"copy of {one}" for one in instead] or [""] * len(some)
                facts_of = traced_facts(table, some, copy_of=instead)
                for name, reason, note, facts in zip(named, reasons[start : start + CHUNK], new, facts_of, strict=True):
                    yield name, reason, known.get(name, note), facts

        with store.interrupted_by(lambda: say(0.8)):
            changes = store.flag_many(decisions())
        return _summed(changes, names, before, rows if table.names.unique else None)


def clear(table: Table, rows: np.ndarray, path: Path, say: Say) -> Bulk:
    """Take the verdicts of the drawings `rows`, int64 (n,), back."""
    names = table.names.arrow
    with _opened(path) as store, store.interrupted_by(lambda: say(0.5)):
        changes = store.clear(*dict.fromkeys(names.take(pa.array(rows)).to_pylist()))
        return _summed(changes, names, names, rows if table.names.unique else None)


def walk(table: Table | None, forward: bool, path: Path, say: Say) -> Bulk:
    """Undo the last step, or redo the one that was undone last."""
    with _opened(path) as store, store.interrupted_by(lambda: say(0.5)):
        changes = store.redo() if forward else store.undo()
        return _settled(table, changes, store, all_alike=len(changes) > _AT_A_TIME)


def merge(table: Table | None, theirs: Path, path: Path, say: Say) -> Bulk:
    """Take over another curator's verdicts. Raises as `qdesk.curation.verdicts.merge.merge` does."""
    with _opened(path) as store:
        read = read_verdicts(theirs)
        say(0.5)
        with store.interrupted_by(lambda: say(0.8)):
            merged = take_over(store, *read)
            let_go(read[0])
            return replace(_settled(table, merged.changes, store, all_alike=False), merged=merged)


def catch_up(table: Table | None, names: Sequence[str], path: Path, say: Say) -> Bulk:
    """Look up what others have decided about the drawings with these identities."""
    with _opened(path) as store, store.interrupted_by(lambda: say(0.5)):
        known = store.get_many(names)
        changes = [Change(name, "", known[name].reason if name in known else "") for name in names]
        return _settled(table, changes, store, all_alike=False)


def refresh(table: Table, path: Path, say: Say) -> None:
    """Store the current scores and ranks with the verdicts on the drawings of the table."""
    judged = np.flatnonzero((table.verdicts.codes != 0) & table.scored)
    with Verdicts(path) as store:
        for start in range(0, len(judged), CHUNK):
            say(start / len(judged))
            store.refresh(facts_by_name(table, judged[start : start + CHUNK], set()))


@contextmanager
def _opened(path: Path) -> Iterator[Verdicts]:
    """Open the verdicts, without garbage collection: among millions of objects it would stop all threads for long."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        with Verdicts(path, HERE) as store:
            yield store
    finally:
        if was_on:
            gc.enable()


def _settled(table: Table | None, changes: list[Change], store: Verdicts, all_alike: bool) -> Bulk:
    """Sum up changes, some of which may be about other drawings than those of the table that have the same key_id.

    all_alike: whether none is, where all have an identity of the table, since they were given to these drawings before.
    """
    if table is None:
        return Bulk(Counter((change.old, change.new) for change in changes), {})
    names = before = table.names.arrow
    if not (all_alike and len(_rows_of(changes, before)[0]) == len(changes)):
        known = store.remembered(key for one in changes if (key := key_of(one.identity)))
        for start in range(0, len(known), _AT_A_TIME):
            names = resolve(names, table.drawings, known[start : start + _AT_A_TIME])
        let_go(known)
    return _summed(changes, names, before)


def _rows_of(changes: Sequence[Change], names: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Find changes among the identities `names`: rows, int64 (n,), and the positions of their changes."""
    parts = range(0, len(changes), CHUNK)  # one by one, so that other threads have their turn
    asked = pa.chunked_array([[one.identity for one in changes[at : at + CHUNK]] for at in parts], pa.string())
    found = pc.index_in(names, value_set=asked)
    rows = pc.indices_nonzero(pc.is_valid(found)).to_numpy().astype(np.int64)
    return rows, found.to_numpy(zero_copy_only=False)[rows].astype(np.int64)


def _summed(changes: list[Change], names: pa.Array, before: pa.Array, rows: np.ndarray | None = None) -> Bulk:
    """Sum up changes, and find them among the identities `names`, which may differ from those before.

    rows: where they are, if each of these has a change of its own: not where some are twins.
    """
    kinds = Counter((change.old, change.new) for change in changes)
    places = {new: place for place, new in enumerate({new for _, new in kinds})}
    now = np.fromiter((places[change.new] for change in changes), np.uint8, len(changes))
    if rows is None or len(rows) != len(changes):
        rows, which = _rows_of(changes, names)
        now = now[which]
    let_go(changes)
    by_reason = {new: rows[now == place] for new, place in places.items()}
    return Bulk(kinds, by_reason, None if names is before or names.equals(before) else names)


def export(table: Table, out: Path, everything: bool, path: Path, say: Say) -> tuple[int, int]:
    """Write the verdicts on the drawings of the table as CSV. Return how many, and how many others there are.

    everything: write those kept and unsure, too, and what merging needs. Raises OSError where `out` cannot be written.
    """
    refresh(table, path, lambda share: say(share / 2))
    rows, only = np.flatnonzero(table.verdicts.codes), set[str]()
    for start in range(0, len(rows), CHUNK):
        only.update(table.names[rows[start : start + CHUNK]])
    with _opened(path) as store, store.interrupted_by(lambda: say(0.5)):
        count = export_flags(out, store, only, everything, lambda done: say(0.5 + 0.5 * done / len(rows)))
        return count, sum(everything or reason not in NO_FLAG for reason in store.known().values()) - count
