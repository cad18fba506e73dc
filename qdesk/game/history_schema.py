"""The tables of the history, version by version."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

import numpy as np
import orjson

from qdesk.game.record import timestamp_text
from qdesk.safety.rows import Checked, add_checksums
from qdesk.store import statements

APPLICATION_ID = 0x71646869  # "qdhi"; files of versions 1 and 2 have none

FIRST_PLAYER = "Player 1"

PLAYERS = Checked(
    name="players", key="id", texts=("name", "since"), numbers=("id",), one="player", many="players", order="id"
)
ROUNDS = Checked(
    name="rounds", key="key_id",
    texts=("key_id", "mode", "game", "word", "timestamp", "state", "drawing", "guesses", "rival"),
    numbers=("player", "ended_ms", "recognised_ms", "won", "given", "points", "first_ms"), one="round", many="rounds",
    valid="json_valid(drawing) AND json_valid(guesses) AND (rival IS NULL OR json_valid(rival))",
)  # fmt: skip
CHECKED = (PLAYERS, ROUNDS)
"""The tables whose rows have checksums."""

_VERSION_1 = """
CREATE TABLE rounds (
    key_id        TEXT PRIMARY KEY,
    word          TEXT NOT NULL,
    timestamp     TEXT NOT NULL,  -- UTC, as Quick, Draw! writes it: sorts by time
    state         TEXT NOT NULL,
    ended_ms      REAL NOT NULL,
    recognised_ms REAL,
    drawing       TEXT NOT NULL,  -- JSON [[xs, ys, ts], ...]: pixels, ms since the round began
    guesses       TEXT NOT NULL   -- JSON [[ms, [[word, p], ...]], ...]
) WITHOUT ROWID;
CREATE INDEX rounds_by_time ON rounds (timestamp, key_id);
"""

_VERSION_2 = """
CREATE TABLE players (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,  -- so that nobody gets the number of one who was forgotten
    name  TEXT NOT NULL,
    since TEXT NOT NULL
);
CREATE TABLE rounds (
    key_id        TEXT PRIMARY KEY NOT NULL,
    player        INTEGER NOT NULL,
    mode          TEXT NOT NULL,
    game          TEXT NOT NULL,  -- '' for rounds from before there were games
    word          TEXT NOT NULL,  -- '' where there was none
    timestamp     TEXT NOT NULL,  -- UTC, as Quick, Draw! writes it: sorts by time
    state         TEXT NOT NULL,
    ended_ms      REAL NOT NULL,
    recognised_ms REAL,
    won           INTEGER NOT NULL,
    given         INTEGER NOT NULL,
    points        INTEGER NOT NULL,  -- the player's own
    first_ms      REAL NOT NULL,  -- when in the round the first point was drawn
    drawing       TEXT NOT NULL,  -- JSON as in raw files, [[xs, ys, ts], ...]: pixels, ms since the first point
    guesses       TEXT NOT NULL,  -- JSON [[ms, [[word, p], ...]], ...]
    rival         TEXT  -- JSON [[[xs, ys, ts], ...], recognised_ms, p], ts in ms since the round began
);
CREATE INDEX rounds_by_time ON rounds (timestamp, key_id);
CREATE INDEX rounds_by_game ON rounds (game, timestamp, key_id) WHERE game != '';
-- All that statistics need: they read no drawing, however long the drawings are.
CREATE INDEX rounds_by_player
    ON rounds (player, timestamp, key_id, word, state, recognised_ms, mode, game, won, points);
"""

_MOVE = """
INSERT INTO rounds (key_id, word, timestamp, state, ended_ms, recognised_ms, mode, game, given, won, points, first_ms,
                    drawing, guesses, player)
VALUES (?, ?, ?, ?, ?, ?, 'game', '', 0, ?, ?, ?, ?, ?, 1)
"""


def welcome(db: sqlite3.Connection) -> None:
    """Add the first player where there is none."""
    row = (1, FIRST_PLAYER, timestamp_text(datetime.now(UTC)))
    db.execute("INSERT INTO players (id, name, since) SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM players)", row)


def is_unmarked(db: sqlite3.Connection, version: int) -> bool:
    """Whether this is a history of version 1 or 2. They had no application id, so tables and columns decide."""
    columns = {
        table: {name for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))}
        for table in ("rounds", "players")
    }
    rounds = {"key_id", "word", "timestamp", "state", "ended_ms", "recognised_ms", "drawing", "guesses"}
    if version == 1:
        return columns["rounds"] == rounds
    return version == 2 and columns["rounds"] > rounds | {"player"} and columns["players"] >= {"id", "name", "since"}


def _to_version_2(db: sqlite3.Connection) -> None:
    """Give the rounds of version 1 to the first player. They move one by one, so that the file does not grow.

    Raises ValueError for a drawing that cannot be read.
    """
    db.execute("ALTER TABLE rounds RENAME TO rounds_1")
    db.execute("DROP INDEX rounds_by_time")
    for statement in statements(_VERSION_2):
        db.execute(statement)
    welcome(db)
    for key in db.execute("SELECT key_id FROM rounds_1 ORDER BY timestamp, key_id").fetchall():
        row = db.execute("SELECT * FROM rounds_1 WHERE key_id = ?", key).fetchone()
        db.execute("DELETE FROM rounds_1 WHERE key_id = ?", key)
        *facts, drawing, guesses = row
        parts = orjson.loads(drawing)
        first = parts[0][2][0] if parts else 0.0
        parts = [[xs, ys, np.round(np.subtract(ts, first), 1).tolist()] for xs, ys, ts in parts]
        points = sum(len(part[0]) for part in parts)
        won = facts[3] == "recognised"
        db.execute(_MOVE, (*facts, won, points, first, orjson.dumps(parts).decode(), guesses))
    db.execute("UPDATE players SET since = coalesce((SELECT min(timestamp) FROM rounds), since)")
    db.execute("DROP TABLE rounds_1")


MIGRATIONS = (
    _VERSION_1,
    _to_version_2,
    "",  # the application id, which every migration sets
    lambda db: add_checksums(db, CHECKED),
)
"""Step n takes a file of version n to version n + 1. Steps are never edited once released, only added."""
