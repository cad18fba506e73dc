"""By which identities the verdicts store knows the drawings that are open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from qdesk.curation.verdicts.identity import key_of, resolve, traces
from qdesk.curation.verdicts.store import TRACE, Change, Verdicts
from qdesk.curation.view.table import Table, rename

LATE = 1_000
"""How many verdicts of an earlier qdesk learn at once what was drawn. Of raw drawings it takes about a second."""


def settle(table: Table, store: Verdicts, changes: Sequence[Change] | None = None) -> set[str]:
    """Find out by which identities the drawings are known; return those whose verdicts lack a trace.

    changes: after these alone. They may be about other drawings that have a key_id of the table.
    """
    keys = None if changes is None else [key for one in changes if (key := key_of(one.identity))]
    known = store.remembered(keys)
    rename(table, resolve(table.names.arrow, table.drawings, known))
    return {one.identity for one in known if not one.trace}


def stand_apart(table: Table, chosen: Sequence[int], store: Verdicts) -> None:
    """Look up the identities of these drawings again: another program may have given theirs to different drawings."""
    rename(table, known_apart(table, chosen, store), np.unique(chosen))


def known_apart(table: Table, chosen: Sequence[int] | np.ndarray, store: Verdicts) -> pa.Array:
    """Return the identities that `stand_apart` gives these drawings, in the order in which they are in the table."""
    rows = np.unique(chosen)
    some, names = table.drawings.take(rows), table.names.arrow.take(pa.array(rows))
    known = [one for one in store.remembered(filter(None, some.column("key_id"))) if one.trace]
    return resolve(names, some, known)


def traced_facts(
    table: Table, chosen: Sequence[int] | np.ndarray, new_word: str = "", copy_of: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return `Table.facts` of the drawings `chosen` with what was drawn, which verdicts remember, too.

    new_word: what they show instead of their word, "" where nobody said so.   copy_of: what stays instead of each.
    """
    drawn = traces(table.drawings.take(np.asarray(chosen, np.int64))).texts()
    said = {"new_word": new_word} if new_word else {}
    found = [{**facts, **said, TRACE: trace} for facts, trace in zip(table.facts(chosen), drawn, strict=True)]
    for facts, instead in zip(found, copy_of, strict=False):
        facts["copy_of"] = instead
    return found


def facts_by_name(table: Table, rows: np.ndarray, untraced: set[str]) -> dict[str, dict[str, Any]]:
    """Return `Table.facts` of these drawings by identity; the first `LATE` of `untraced` get a trace, and leave it."""
    names = table.names[rows].tolist()
    late = [(name, row) for name, row in zip(names, rows.tolist(), strict=True) if name in untraced][:LATE]
    facts = dict(zip(names, table.facts(rows), strict=True))
    for (name, _), traced in zip(late, traced_facts(table, [row for _, row in late]), strict=True):
        facts[name] = traced
        untraced.discard(name)
    return facts
