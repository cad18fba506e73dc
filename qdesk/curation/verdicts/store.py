"""Verdicts: what a person decided about a drawing, kept in SQLite so that no decision is ever lost.

Each decision is one transaction, on disk before the call returns, and one line of an append-only history. Undo and redo
walk that history and survive a restart. A verdict belongs to the drawing, not to the file: its identity is the
drawing's `key_id`, or a hash of its content where it has none, so that renaming or converting a file changes nothing
(`identity` says what becomes of a key_id that several drawings have). What other people decided can be merged in. Where
they differ, that is a conflict until the drawing is decided again.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qdesk import paths
from qdesk.curation.verdicts import queries as sql
from qdesk.curation.verdicts.identity import Known, identities, identities_here, key_of, resolve, shared
from qdesk.curation.verdicts.schema import APPLICATION_ID, CHECKED, HISTORY, MIGRATIONS, VERDICTS
from qdesk.curation.verdicts.whose import Program
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import FLAGS, KEEP, NO_FLAG, UNSURE
from qdesk.scoring.columns import FACTS
from qdesk.store import Store, kind_of

REASONS = (*FLAGS, KEEP, UNSURE)
"""The reasons that a verdict may have."""


class VerdictsError(Exception):
    """Raised where verdicts cannot be read or written. The message is a plain sentence for the user."""


TRACE = "trace"
"""By what name the trace of a drawing lies among the facts."""

_REMEMBERED = (*FACTS, TRACE)

Move = tuple[str, str | None, str | None, str | None, str | None]  # identity, reason, note, flagged_at, facts


@dataclass(frozen=True)
class Verdict:
    """One decision.

    reason: one of `REASONS`.   flagged_at: ISO 8601 in UTC, to the second.
    facts: by the names in `FACTS`, None where unknown.   trace: what was drawn, coarsely (`identity.Traces`), "" for
    unknown.
    """

    identity: str
    reason: str
    note: str = ""
    flagged_at: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    trace: str = ""

    @property
    def key_id(self) -> str | None:
        return key_of(self.identity)

    @property
    def flagged(self) -> bool:
        return self.reason not in NO_FLAG


@dataclass(frozen=True)
class Theirs(Verdict):
    """A verdict of another person. name: that of the file it came in."""

    name: str = ""


class Change(NamedTuple):
    """The effect of a decision, an undo or a redo on one drawing: its reason before and after, "" for no verdict."""

    identity: str
    old: str
    new: str


class Judged(NamedTuple):
    """The verdicts on N drawings.

    reasons: object (N,), "" where there is no verdict.   names: their identities, strings (N,).   shared: how many
    drawings share a key_id with a different drawing.
    """

    reasons: np.ndarray
    names: pa.StringArray
    shared: int


@dataclass(frozen=True)
class Decision:
    """A step that can be undone.

    time: ISO 8601 in UTC.   count: how many drawings it is about.   identity, reason, note: those of the first of them;
    reason is "" where its verdict was taken back.
    """

    step: int
    time: str
    identity: str
    reason: str
    count: int
    note: str


class Event(NamedTuple):
    """What happened to the verdict on one drawing.

    time: ISO 8601 in UTC.   kind: "do", "undo" or "redo".   reason, note: those since then, "" for none.
    before: the reason before.
    """

    time: str
    kind: str
    reason: str
    note: str
    before: str


@dataclass(frozen=True)
class Merged:
    """The result of a merge, as numbers of rows. "Mine" are the verdicts of the file that was merged into.

    taken: verdicts taken over.   same: those that agree with mine.   conflicts: those that differ and are open, new or
    not.   settled: those that differ, but that I have decided about since.
    unidentified: rows that do not say which drawing they are about.   changes: one per verdict taken over.
    pairs: of how many drawings that both had judged I think one thing and they another, by both reasons.
    """

    taken: int
    same: int
    conflicts: int
    settled: int
    unidentified: int
    changes: list[Change]
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)


def forget(names: Sequence[str]) -> None:
    """Delete all records of these drawings from the user's own file, where there is one. Raises VerdictsError."""
    if names and (paths.user_data() / "verdicts.db").exists():
        with Verdicts() as verdicts:
            verdicts.forget(names)


class Verdicts(Store):
    """The verdicts of one file, by default `verdicts.db` in the user's folder. A context manager for one thread.

    A method that writes has the change on disk when it returns. All methods raise VerdictsError where the file cannot
    be read or written. program: who takes steps here, `whose.HERE` for a window: others do not undo them while it runs.
    """

    application_id = APPLICATION_ID
    migrations = MIGRATIONS
    tables = ("verdicts", "history", "steps", "conflicts")
    checked = CHECKED
    title = "verdicts"
    work = (VERDICTS, HISTORY)
    what = "verdicts file"
    error = VerdictsError

    def __init__(self, path: Path | None = None, program: str = "") -> None:
        self._program = Program(program)
        try:
            path = Path(path) if path is not None else paths.user_data() / "verdicts.db"
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise VerdictsError(f"Verdicts cannot be kept: {error.strerror}: {error.filename}.") from error
        super().__init__(path)

    def _prepare(self) -> None:
        super()._prepare()
        self._db.execute("PRAGMA temp_store = MEMORY")
        self._db.execute("PRAGMA cache_size = -65536")
        self._db.execute(sql.MOVES)
        self._db.execute(sql.CHOSEN)

    def _sentence(self, error: sqlite3.Error, trouble: str) -> str:
        return _in_plain_words(self.path, error)

    # Deciding

    def flag(self, identity: str, reason: str, note: str = "", info: Mapping[str, Any] | None = None) -> Change:
        """Give a drawing a verdict, one of `REASONS`. info: any of `FACTS`, and `trace`; others are ignored.

        The same verdict again changes nothing and is no step to undo, unless it settles a conflict. Raises ValueError
        for any other reason.
        """
        return self.flag_many([(identity, reason, note, info or {})])[0]

    def keep(self, identity: str, info: Mapping[str, Any] | None = None) -> Change:
        """Note that a drawing was looked at and is fine."""
        return self.flag(identity, KEEP, info=info)

    def flag_many(self, decisions: Iterable[tuple[str, str, str, Mapping[str, Any]]]) -> list[Change]:
        """Note several (identity, reason, note, info) as one step. Where a drawing comes twice, the last one counts."""
        return self._decide(_moves(decisions))

    def clear(self, *names: str) -> list[Change]:
        """Take the verdicts of these drawings back, as one step that can itself be undone."""
        return self._decide([(identity, None, None, None, None) for identity in names])

    def undo(self) -> list[Change]:
        """Take the last step back, and return its changes; [] where there is nothing to undo."""
        return self._walk("undo")

    def redo(self) -> list[Change]:
        """Do the last undone step again, and return its changes; [] where there is none or a decision came since."""
        return self._walk("redo")

    def refresh(self, facts: Mapping[str, Mapping[str, Any]]) -> None:
        """Replace the facts of those of these identities that have a verdict, as when scores come in after a decision.

        A fact that is None keeps its old value. Facts are not decisions, so this is no step to undo.
        """
        with self._transaction():
            self._db.executemany(sql.REFRESH, ((_text(info), identity) for identity, info in facts.items()))

    def forget(self, names: Iterable[str]) -> int:
        """Delete all records of these drawings for good, the history included, and return how many verdicts they had.

        What is deleted cannot be undone. A key_id stands for all drawings that are known by it.
        """
        names = list(names)
        with self._transaction():
            gone = _forget_rows(self, names)
        with self._in_words():
            if not self._wipe():
                raise VerdictsError(f"What was deleted is still in {self.path}-wal: another program is reading it.")
        self._forget_in_copies(lambda copy: copy.forget(names))
        return gone

    def take_over(self, theirs: Iterable[Theirs]) -> Merged:
        """Take over the verdicts of others where there are none of mine, as one step, conflicts included.

        Theirs are about the drawing of mine that has their key_id, their word and, where both know it, their trace.
        Verdicts with the same reason agree, whatever their notes. Where the reasons differ, mine stays, and theirs is a
        conflict until I decide about the drawing again. A conflict that is known already is not noted again, so merging
        a file twice changes nothing.
        """
        taken, differing = [], []
        same = settled = conflicts = 0
        with self._transaction():
            theirs = _as_known_here(list(theirs), self)
            _choose(self, (verdict.identity for verdict in theirs))
            self._check("verdicts", sql.AMONG)
            mine = dict(self._db.execute(f"SELECT identity, reason FROM verdicts WHERE {sql.AMONG}"))
            pairs = Counter((mine[one.identity], one.reason) for one in theirs if one.identity in mine)
            told = {tuple(about): settled <= 0 for *about, settled in self._db.execute(sql.TOLD)}
            for verdict in theirs:
                about = (verdict.identity, verdict.reason, verdict.note, verdict.flagged_at)
                if verdict.identity not in mine:
                    mine[verdict.identity] = verdict.reason
                    taken.append(verdict)
                elif mine[verdict.identity] == verdict.reason:
                    same += 1
                elif about not in told:
                    told[about] = True
                    conflicts += 1
                    differing.append(verdict)
                elif told[about]:
                    conflicts += 1
                else:
                    settled += 1
            if taken or differing:
                step = self._new_step()
                self._db.execute("DELETE FROM moves")
                self._db.executemany(sql.MOVE, map(_row, taken))
                # A conflict is also a line of the history that changes nothing, so that it can be undone.
                _choose(self, (verdict.identity for verdict in differing))
                self._db.execute(f"INSERT OR IGNORE INTO moves {sql.SELECT} AND {sql.AMONG}")
                self._write(step, "do")
                self._db.executemany(sql.CONFLICT, ((step, verdict.name, *_row(verdict)) for verdict in differing))
        changes = [Change(verdict.identity, "", verdict.reason) for verdict in taken]
        return Merged(len(taken), same, conflicts, settled, 0, changes, pairs)

    # Looking

    def get(self, identity: str) -> Verdict | None:
        """Return the verdict of one drawing, or None."""
        return self.get_many([identity]).get(identity)

    def get_many(self, names: Iterable[str]) -> dict[str, Verdict]:
        """Return the verdicts of those of these drawings that have one, by identity."""
        with self._in_words():
            _choose(self, names)
            rows = self._db.execute(f"{sql.SELECT} AND {sql.AMONG}")
            return {row[0]: _verdict(*row) for row in rows}

    def all(self) -> list[Verdict]:
        """Return all verdicts, the oldest first."""
        with self._in_words():
            return [_verdict(*row) for row in self._db.execute(f"{sql.SELECT} ORDER BY flagged_at, identity")]

    def ranked(self) -> Iterator[Verdict]:
        """Yield all verdicts, the worst rank first, those without one by their files and rows."""
        with self._in_words():
            yield from (_verdict(*row) for row in self._db.execute(sql.RANKED))

    def remembered(self, keys: Iterable[str] | None = None) -> list[Known]:
        """Return what verdicts remember of their drawings, of those with these key_ids alone where they are given."""
        with self._in_words():
            if keys is None:
                rows = self._db.execute(sql.REMEMBERED).fetchall()
            else:
                _choose(self, keys)
                rows = self._db.execute(sql.WITH_KEYS).fetchall()
        told = ((identity, json.loads(facts)) for identity, facts in rows)
        return [Known(identity, facts.pop(TRACE, ""), facts) for identity, facts in told]

    def known(self) -> dict[str, str]:
        """Return the reason of each drawing with a verdict, by identity."""
        with self._in_words():
            return dict(self._db.execute(sql.KNOWN))

    def recent(self, count: int = 24) -> list[Decision]:
        """Return the last `count` decisions that are not undone, the newest first."""
        with self._in_words():
            return [Decision(*row) for row in self._db.execute(sql.RECENT, (count,))]

    def can_walk(self) -> tuple[bool, bool]:
        """Return whether there is a step to undo, and whether there is one to redo."""
        with self._in_words():
            return self._next("undo") is not None, self._next("redo") is not None

    def conflicts(self) -> dict[str, list[Theirs]]:
        """Return the open conflicts, by identity, in the order in which they came: what others decided differently.

        Any decision about the drawing settles them, also the same verdict again. Its undo opens them again. The undo of
        a merge takes back those that it brought.
        """
        found: dict[str, list[Theirs]] = {}
        with self._in_words():
            for *verdict, name in self._db.execute(sql.CONFLICTS):
                theirs = Theirs(**vars(_verdict(*verdict)), name=name)
                found.setdefault(theirs.identity, []).append(theirs)
        return found

    # Inside

    def _mend(self, moved: dict[str, list[str]]) -> str:
        return _bring_back(self, moved)

    def _decide(self, moves: Iterable[Move]) -> list[Change]:
        with self._transaction("", "BEGIN"):  # of a temporary table alone: others may write while many are looked up
            self._db.execute("DELETE FROM moves")
            self._db.executemany(sql.MOVE, moves)
        with self._transaction():
            self._check("verdicts", sql.IN_MOVES)
            changes = self._changes()
            self._db.execute(sql.FORGET_SAME)
            if self._db.execute("SELECT 1 FROM moves").fetchone():
                step = self._new_step()
                self._db.execute(sql.SETTLE, (step,))
                self._write(step, "do")
        return changes

    def _walk(self, kind: str) -> list[Change]:
        undo = kind == "undo"
        changes: list[Change] = []
        with self._transaction():
            while not changes and (step := self._next(kind)) is not None:
                # Back to before the step's first line about a drawing, or to before the last time that it was undone.
                self._db.execute("DELETE FROM moves")
                self._check("history", sql.OF_STEP, step, "do" if undo else "undo")
                self._check("verdicts", sql.IN_STEP, step, "do" if undo else "undo")
                self._db.execute(sql.UNDO if undo else sql.REDO, (step, step))
                changes = self._changes()
                self._write(step, kind)
                self._db.execute("UPDATE steps SET undone = ? WHERE step = ?", (undo, step))
                self._db.execute(sql.TURN, (step if undo else -step,))
        return changes

    def _next(self, kind: str) -> int | None:
        """Return the step that would be undone or redone next: none of another program that runs now."""
        undone, way = (0, "DESC") if kind == "undo" else (1, "ASC")
        steps = self._db.execute(f"SELECT step, program FROM steps WHERE undone = ? ORDER BY step {way}", (undone,))
        return next((step for step, program in steps if self._program.may_undo(program)), None)

    def _new_step(self) -> int:
        for (program,) in self._db.execute("SELECT DISTINCT program FROM steps WHERE undone = 1").fetchall():
            if self._program.may_undo(program):
                self._db.execute("DELETE FROM steps WHERE undone = 1 AND program = ?", (program,))
        step = self._db.execute("INSERT INTO steps (program) VALUES (?)", (self._program.name,)).lastrowid
        assert step is not None  # after an INSERT that succeeds
        return step

    def _changes(self) -> list[Change]:
        return list(map(Change._make, self._db.execute(sql.CHANGES)))

    def _write(self, step: int, kind: str) -> None:
        self._db.execute(sql.REMEMBER, (step, kind, _now("milliseconds")))
        self._db.execute("DELETE FROM verdicts WHERE identity IN (SELECT identity FROM moves WHERE reason IS NULL)")
        self._db.execute(sql.PUT)
        self._db.execute("DELETE FROM moves")


def _choose(verdicts: Verdicts, names: Iterable[str]) -> None:
    """Say which drawings the next statement is about."""
    with verdicts._in_words():
        verdicts._db.execute("DELETE FROM chosen")
        verdicts._db.executemany(sql.CHOOSE, ((str(name),) for name in names))


def _forget_rows(verdicts: Verdicts, names: list[str]) -> int:
    """Delete all rows about these drawings, within a transaction, and return how many verdicts they had."""
    _choose(verdicts, names)
    gone = verdicts._db.execute(f"DELETE FROM verdicts WHERE {sql.KEY_AMONG}").rowcount
    for table in ("history", "conflicts"):
        verdicts._db.execute(f"DELETE FROM {table} WHERE {sql.KEY_AMONG}")
    verdicts._db.execute("DELETE FROM aside")  # nobody can tell whose damaged rows those are
    verdicts._db.execute(sql.DROP_EMPTY_STEPS)
    return gone


def _bring_back(verdicts: Verdicts, moved: dict[str, list[str]]) -> str:
    """Bring back verdicts that the history knows: those set aside, or with {} all that are gone. Return a sentence."""
    if moved:
        _choose(verdicts, moved.get("verdicts", []))
    else:
        _choose(verdicts, [str(step) for (step,) in verdicts._db.execute("SELECT step FROM steps")])
        verdicts._db.execute(sql.STEPS_BACK)  # all of them, so that no number is given twice
        verdicts._db.execute(sql.DROP_UNDONE)
    back = verdicts._db.execute(sql.BRING_BACK.format(sql.AMONG if moved else "true")).rowcount
    said = "verdict is" if back == 1 else "verdicts are"
    return f"{back:,} {said} brought back from the history." if back > 0 else ""


def _moves(decisions: Iterable[tuple[str, str, str, Mapping[str, Any]]]) -> Iterator[Move]:
    now = _now("seconds")
    for identity, reason, note, info in decisions:
        if reason not in REASONS:
            raise ValueError(f'no such reason: "{reason}"; use one of {", ".join(REASONS)}')
        yield str(identity), reason, note, now, _text(info)  # SQLite takes Arrow's strings for bytes


def notes_of(verdicts: Verdicts) -> dict[str, str]:
    """Return the note to each verdict that has one, by identity."""
    with verdicts._in_words():
        return dict(verdicts._db.execute(sql.NOTES))


def count_of(verdicts: Verdicts) -> int:
    """Return how many verdicts there are."""
    with verdicts._in_words():
        return verdicts._db.execute("SELECT count(*) FROM verdicts").fetchone()[0]


def step_size(verdicts: Verdicts, forward: bool) -> int:
    """Return how many drawings the next undo changes, or the next redo; 0 where there is none."""
    with verdicts._in_words():
        step = verdicts._next("redo" if forward else "undo")
        return verdicts._db.execute(sql.STEP_SIZE, (step,)).fetchone()[0]


def last_line(verdicts: Verdicts) -> int:
    """Return the number of the last line of the history, 0 where there is none."""
    with verdicts._in_words():
        return verdicts._db.execute("SELECT coalesce(max(id), 0) FROM history").fetchone()[0]


def news(verdicts: Verdicts, since: int, most: int = -1) -> list[str]:
    """Return the drawings about which other programs have decided after the line `since`, at most so many."""
    with verdicts._in_words():
        return [name for (name,) in verdicts._db.execute(sql.NEWS, (since, verdicts._program.name, most))]


def history_of(identity: str, verdicts: Verdicts) -> list[Event]:
    """Return all that happened to the verdict on a drawing, the oldest first. It reads the whole history."""
    with verdicts._in_words():
        return [Event(*row) for row in verdicts._db.execute(sql.HISTORY_OF, (identity,))]


def facts_of(identity: str, verdicts: Verdicts) -> dict[str, Any]:
    """Return what was noted with the verdict on a drawing, by the names in `FACTS`, also after it was taken back."""
    with verdicts._in_words():
        (found,) = verdicts._db.execute(sql.FACTS_OF, (identity, identity)).fetchone()
    return json.loads(found or "{}")


def reasons_of(names: pa.Array | pa.ChunkedArray | Sequence[str] | np.ndarray, verdicts: Verdicts) -> np.ndarray:
    """Return the reason of each identity, object (N,), "" where there is no verdict. Fit for a million at once."""
    known = verdicts.known()
    if not isinstance(names, pa.Array | pa.ChunkedArray):
        names = pa.array(names, pa.string())
    places = pc.index_in(names, value_set=pa.array(list(known), pa.string()))
    return np.array([*known.values(), ""], object)[np.asarray(pc.fill_null(places, -1))]


def of_drawings(drawings: Drawings, verdicts: Verdicts) -> Judged:
    """Look up the verdicts on these drawings."""
    own = identities(drawings)
    names = resolve(own, drawings, verdicts.remembered())
    return Judged(reasons_of(names, verdicts), names, shared(drawings, own))


def _as_known_here(theirs: list[Theirs], verdicts: Verdicts) -> list[Theirs]:
    known = verdicts.remembered(filter(None, (verdict.key_id for verdict in theirs)))
    told = [Known(verdict.identity, verdict.trace, verdict.facts) for verdict in theirs]
    return [replace(one, identity=name) for one, name in zip(theirs, identities_here(told, known), strict=True)]


def _in_plain_words(path: Path, error: sqlite3.Error) -> str:
    kind = kind_of(error)
    if kind.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        what = f"The verdicts file {path} is damaged ({error})."
        return f"{what} Move it away to start a new one; it was not changed."
    if kind.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return f"Verdicts cannot be saved in {path}: it is read-only or cannot be opened."
    if kind.startswith("SQLITE_FULL"):
        return f"Verdicts cannot be saved in {path}: the disk is full."
    if kind.startswith("SQLITE_BUSY"):
        return f"{path} is in use by another program. Try again."
    return f"The verdicts file {path} cannot be used: {error}."


def _now(to: str) -> str:
    return datetime.now(UTC).isoformat(timespec=to).replace("+00:00", "Z")


def _verdict(identity: str, reason: str, note: str, flagged_at: str, facts: str) -> Verdict:
    known = json.loads(facts)
    told = {name: known.get(name) for name in FACTS}
    return Verdict(identity, reason, note, flagged_at, told, known.get(TRACE, ""))


def _row(verdict: Verdict) -> Move:
    facts = _text({**verdict.facts, TRACE: verdict.trace or None})
    return verdict.identity, verdict.reason, verdict.note, verdict.flagged_at, facts


_encode = json.JSONEncoder(check_circular=False, allow_nan=False, default=lambda value: value.item()).encode


def _text(info: Mapping[str, Any]) -> str:
    """Return the known facts as JSON. Numbers may be NumPy's; those that are not finite count as unknown."""
    known = {name: value for name in _REMEMBERED if (value := info.get(name)) is not None and value == value}
    try:
        return _encode(known)
    except ValueError:
        return _encode({n: v for n, v in known.items() if isinstance(v, str) or math.isfinite(v)})
