"""Verdicts: what a person decided about a drawing, kept in SQLite so that not one decision is ever lost.

Every decision is its own transaction, on disk before the call returns, and one line of an append-only history. Undo and
redo walk that history and survive a restart. A verdict belongs to the drawing, not to the file: its identity is the
drawing's `key_id`, or a hash of its content where it has none, so that renaming or converting a file changes nothing.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from qdesk import paths
from qdesk.drawings import Drawings

FLAGS = ("scribble", "graffiti", "wrong", "other")
"""The reasons to flag a drawing."""

KEEP = "keep"
"""The verdict of a drawing that was looked at and is fine."""

FACTS = (
    "word",
    "rank",
    "junk",
    "loss",
    "loss_per_point",
    "lift",
    "p_word",
    "countrycode",
    "timestamp",
    "recognized",
    "source",
    "row",
)
"""What is remembered of a drawing with its verdict, so that the verdict can be exported without the drawing's file."""

CONTENT = "content:"

# Step n takes a file of version n to version n + 1. Steps are never edited once released, only added.
MIGRATIONS = (
    """
    CREATE TABLE verdicts (
        identity   TEXT PRIMARY KEY,
        reason     TEXT NOT NULL,
        note       TEXT NOT NULL,
        flagged_at TEXT NOT NULL,
        facts      TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE history (
        id         INTEGER PRIMARY KEY AUTOINCREMENT,
        step       INTEGER NOT NULL,
        kind       TEXT NOT NULL CHECK (kind IN ('do', 'undo', 'redo')),
        time       TEXT NOT NULL,
        identity   TEXT NOT NULL,
        old_reason TEXT NOT NULL,
        new_reason TEXT NOT NULL,
        note       TEXT NOT NULL,
        old        TEXT,
        new        TEXT
    );
    CREATE INDEX history_step ON history (step);
    CREATE TABLE steps (
        step   INTEGER PRIMARY KEY AUTOINCREMENT,
        undone INTEGER NOT NULL DEFAULT 0
    );
    """,
)
APPLICATION_ID = 0x71647376  # "qdsv": tells a verdicts file from any other SQLite file


class VerdictsError(Exception):
    """The verdicts cannot be read or written; the message is a plain sentence for the user."""


@dataclass(frozen=True)
class Verdict:
    """One decision. `reason` is one of `FLAGS` or `KEEP`; `facts` has the keys of `FACTS`, None where unknown.

    flagged_at: ISO 8601 in UTC, to the second.
    """

    identity: str
    reason: str
    note: str = ""
    flagged_at: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key_id(self) -> str | None:
        return None if self.identity.startswith(CONTENT) else self.identity

    @property
    def flagged(self) -> bool:
        return self.reason != KEEP


@dataclass(frozen=True)
class Change:
    """What a decision, an undo or a redo did to one drawing: its reason before and after, "" for no verdict."""

    identity: str
    old: str
    new: str


def identities(drawings: Drawings) -> np.ndarray:
    """object (N,): what each drawing is known by: its key_id, or "content:" and a hash where it has none."""
    names = drawings.column("key_id").copy()
    nameless = np.flatnonzero([not name for name in names])
    if len(nameless) == len(names):
        names[:] = [CONTENT + name for name in drawings.content_ids()]
    elif len(nameless):
        names[nameless] = [CONTENT + name for name in drawings.take(nameless).content_ids()]
    return names


class Verdicts:
    """The verdicts of one SQLite file, by default `verdicts.db` in the user's folder. To be used from one thread.

    Raises VerdictsError, in plain words, when the file cannot be opened, is damaged, or is from a newer qdesk; it is
    then left as it is. Every method that writes has the change on disk when it returns.
    """

    def __init__(self, path: Path | None = None) -> None:
        try:
            self.path = Path(path) if path is not None else paths.user_data() / "verdicts.db"
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise VerdictsError(f"Verdicts cannot be kept: {error.strerror}: {error.filename}.") from error
        with self._in_words():
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=10)
        try:
            with self._in_words():
                self._prepare()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file. What was decided is on disk already."""
        self._db.close()

    def __enter__(self) -> Verdicts:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Deciding

    def flag(self, identity: str, reason: str, note: str = "", info: Mapping[str, Any] | None = None) -> Change:
        """Flag a drawing for one of `FLAGS`, or `KEEP` it. `info` may hold any of `FACTS`; the rest is ignored.

        Raises ValueError for another reason. The same verdict again changes nothing and is no step to undo.
        """
        return self.flag_many([(identity, reason, note, info or {})])[0]

    def keep(self, identity: str, info: Mapping[str, Any] | None = None) -> Change:
        """Say that a drawing was looked at and is fine."""
        return self.flag(identity, KEEP, info=info)

    def flag_many(self, decisions: Iterable[tuple[str, str, str, Mapping[str, Any]]]) -> list[Change]:
        """Several (identity, reason, note, info) as one step to undo."""
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        fresh = []
        for identity, reason, note, info in decisions:
            if reason not in FLAGS and reason != KEEP:
                raise ValueError(f'no such reason: "{reason}"; use one of {", ".join((*FLAGS, KEEP))}')
            fresh.append((identity, Verdict(identity, reason, note, now, _plain_facts(info))))
        return self._decide(fresh)

    def clear(self, *names: str) -> list[Change]:
        """Take the verdict of these drawings back, as one step that can itself be undone."""
        return self._decide([(identity, None) for identity in names])

    def undo(self) -> list[Change]:
        """Take the last step back; [] when there is nothing left to undo."""
        return self._walk("SELECT max(step) FROM steps WHERE NOT undone", "undo")

    def redo(self) -> list[Change]:
        """Do the last undone step again; [] when there is none. A new decision forgets what could be redone."""
        return self._walk("SELECT min(step) FROM steps WHERE undone", "redo")

    def refresh(self, facts: Mapping[str, Mapping[str, Any]]) -> None:
        """Replace the facts of these identities (those with a verdict), as when scores come in after a decision.

        Facts are not decisions: this is no step to undo, and a fact that is None in `facts` keeps its old value.
        """
        with self._transaction():
            for identity, info in facts.items():
                verdict = self.get(identity)
                if verdict is not None:
                    known = {name: value for name, value in _plain_facts(info).items() if value is not None}
                    self._put(replace(verdict, facts={**verdict.facts, **known}))

    # Looking

    def get(self, identity: str) -> Verdict | None:
        """The verdict of one drawing, or None."""
        with self._in_words():
            row = self._db.execute(f"{_SELECT} WHERE identity = ?", (identity,)).fetchone()
        return _verdict(*row) if row else None

    def all(self) -> list[Verdict]:
        """Every verdict, the oldest first."""
        with self._in_words():
            return [_verdict(*row) for row in self._db.execute(f"{_SELECT} ORDER BY flagged_at, identity")]

    def reasons(self, names: Sequence[str] | np.ndarray) -> np.ndarray:
        """object (N,): the reason of each identity, "" where there is no verdict. Meant for a million at once."""
        with self._in_words():
            known = dict(self._db.execute("SELECT identity, reason FROM verdicts"))
        found = np.full(len(names), "", object)
        if known:
            found[:] = [known.get(name, "") for name in names]
        return found

    # Inside

    def _prepare(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        if version > len(MIGRATIONS):
            raise VerdictsError(
                f"{self.path} was written by a newer qdesk (its version is {version}, this qdesk knows "
                f"{len(MIGRATIONS)}). Update qdesk to open it."
            )
        strangers = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != APPLICATION_ID and strangers:
            raise VerdictsError(f"{self.path} is a database of another program, not a verdicts file.")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        if version < len(MIGRATIONS):
            if version:
                self._back_up(version)
            self._migrate()
        for table in ("verdicts", "steps"):  # fails where the file is damaged
            self._db.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone()

    def _back_up(self, version: int) -> None:
        copy = sqlite3.connect(self.path.with_name(f"{self.path.name}.version{version}"))
        try:
            self._db.backup(copy)
        finally:
            copy.close()

    def _migrate(self) -> None:
        with self._transaction():
            # Another qdesk may have done it while this one waited for the lock.
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            for step in MIGRATIONS[version:]:
                for statement in filter(str.strip, step.split(";")):
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")

    def _decide(self, decisions: Sequence[tuple[str, Verdict | None]]) -> list[Change]:
        changes = []
        step = None
        with self._transaction():
            for identity, new in decisions:
                old = self.get(identity)
                changes.append(Change(identity, old.reason if old else "", new.reason if new else ""))
                if (old and (old.reason, old.note)) == (new and (new.reason, new.note)):
                    continue
                if step is None:
                    self._db.execute("DELETE FROM steps WHERE undone")
                    step = self._db.execute("INSERT INTO steps DEFAULT VALUES").lastrowid
                self._apply(step, "do", identity, old, new)
        return changes

    def _walk(self, which: str, kind: str) -> list[Change]:
        changes = []
        with self._transaction():
            (step,) = self._db.execute(which).fetchone()
            if step is None:
                return []
            order, wanted = ("DESC", "old") if kind == "undo" else ("ASC", "new")
            rows = self._db.execute(
                f"SELECT identity, {wanted} FROM history WHERE step = ? AND kind = 'do' ORDER BY id {order}", (step,)
            ).fetchall()
            for identity, text in rows:
                old, new = self.get(identity), _verdict(**json.loads(text)) if text else None
                self._apply(step, kind, identity, old, new)
                changes.append(Change(identity, old.reason if old else "", new.reason if new else ""))
            self._db.execute("UPDATE steps SET undone = ? WHERE step = ?", (kind == "undo", step))
        return changes

    def _apply(self, step: int, kind: str, identity: str, old: Verdict | None, new: Verdict | None) -> None:
        if new is None:
            self._db.execute("DELETE FROM verdicts WHERE identity = ?", (identity,))
        else:
            self._put(new)
        self._db.execute(
            "INSERT INTO history (step, kind, time, identity, old_reason, new_reason, note, old, new)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                step,
                kind,
                datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                identity,
                old.reason if old else "",
                new.reason if new else "",
                new.note if new else "",
                _json(old),
                _json(new),
            ),
        )

    def _put(self, verdict: Verdict) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO verdicts (identity, reason, note, flagged_at, facts) VALUES (?, ?, ?, ?, ?)",
            (verdict.identity, verdict.reason, verdict.note, verdict.flagged_at, json.dumps(dict(verdict.facts))),
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._in_words():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled it back already
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise VerdictsError(_in_words(error, self.path)) from error


_SELECT = "SELECT identity, reason, note, flagged_at, facts FROM verdicts"


def _verdict(identity: str, reason: str, note: str, flagged_at: str, facts: str | dict[str, Any]) -> Verdict:
    known = json.loads(facts) if isinstance(facts, str) else facts
    return Verdict(identity, reason, note, flagged_at, {name: known.get(name) for name in FACTS})


def _json(verdict: Verdict | None) -> str | None:
    return None if verdict is None else json.dumps({**vars(verdict), "facts": dict(verdict.facts)})


def _plain_facts(info: Mapping[str, Any]) -> dict[str, Any]:
    facts = {}
    for name in FACTS:
        value = info.get(name)
        if isinstance(value, np.generic):
            value = value.item()
        facts[name] = None if isinstance(value, float) and not math.isfinite(value) else value
    return facts


def _in_words(error: sqlite3.Error, path: Path) -> str:
    kind = getattr(error, "sqlite_errorname", "") or ""
    if kind.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return f"The verdicts file {path} is damaged ({error}). Move it away to start a new one; it was not changed."
    if kind.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return f"Verdicts cannot be saved in {path}: it is read-only or cannot be opened."
    if kind.startswith("SQLITE_FULL"):
        return f"Verdicts cannot be saved in {path}: the disk is full."
    if kind.startswith("SQLITE_BUSY"):
        return f"{path} is in use by another program. Try again."
    return f"The verdicts file {path} cannot be used: {error}."
