"""The tables of the verdicts file, version by version."""

from __future__ import annotations

from qdesk.safety.rows import Checked, add_checksums

VERDICTS = Checked(
    name="verdicts", key="identity", texts=("identity", "reason", "note", "flagged_at", "facts"), numbers=(),
    one="verdict", many="verdicts", order="identity", valid="json_valid(facts)",
)  # fmt: skip
HISTORY = Checked(
    name="history", key="id", texts=("kind", "time", "identity", "old_reason", "new_reason", "note", "old"),
    numbers=("step",), one="line of the history", many="lines of the history", valid="old IS NULL OR json_valid(old)",
)  # fmt: skip
CONFLICTS = Checked(
    name="conflicts", key="id", texts=("identity", "name", "reason", "note", "flagged_at", "facts"), numbers=("step",),
    one="verdict of others", many="verdicts of others", valid="json_valid(facts)",
)  # fmt: skip
CHECKED = (VERDICTS, HISTORY, CONFLICTS)
"""The tables whose rows have checksums. A row of `steps` is two numbers, and of a conflict `settled` changes later."""

APPLICATION_ID = 0x71647376  # "qdsv"

# A migration is never edited once it is released. New ones are added at the end.
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
    # What others decided differently. `step` is the merge that brought it. `settled` is the step that settled it, 0
    # while it is open, and negative while that step is undone. A conflict counts only while its merge is not undone.
    """
    CREATE TABLE conflicts (
        id         INTEGER PRIMARY KEY,
        step       INTEGER NOT NULL,
        settled    INTEGER NOT NULL DEFAULT 0,
        identity   TEXT NOT NULL,
        name       TEXT NOT NULL,
        reason     TEXT NOT NULL,
        note       TEXT NOT NULL,
        flagged_at TEXT NOT NULL,
        facts      TEXT NOT NULL
    );
    CREATE INDEX conflicts_identity ON conflicts (identity);
    CREATE INDEX conflicts_settled ON conflicts (settled);
    CREATE INDEX steps_undone ON steps (undone);
    DROP INDEX history_step;
    CREATE INDEX history_step ON history (step, kind);
    """,
    # Which program took a step (`whose`), "" where it does not matter: nobody undoes what another open window did.
    "ALTER TABLE steps ADD COLUMN program TEXT NOT NULL DEFAULT '';",
    lambda db: add_checksums(db, CHECKED),
)
