"""Every round that was played, in SQLite in the user's own folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import orjson

from qdesk import paths
from qdesk.drawings import Drawings
from qdesk.game.record import Guess, RoundRecord, State

SCHEMA_VERSION = 1

_SCHEMA = """
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


BUSY_S = 0.2
"""How long to wait for another program that is writing: the game must not stand still for it."""


class HistoryError(OSError):
    """The history cannot be opened or written; the message is a plain sentence."""


class History:
    """The rounds in `path` (the user's own history by default); for one thread. A context manager.

    Each `add` is its own transaction: what was drawn is on the disk when it returns. Raises HistoryError when the
    file is not a history, is of a newer qdesk, or cannot be written.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = paths.user_data() / "history.db" if path is None else path
        try:
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=BUSY_S)
            self._migrate()
        except sqlite3.Error as error:
            self._close_quietly()
            raise HistoryError(f"The history {self.path} cannot be opened: {error}.") from error

    def _migrate(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            self._close_quietly()
            raise HistoryError(f"The history {self.path} was written by a newer qdesk; please update this one.")
        if version == SCHEMA_VERSION:  # nothing to write, so that nobody who writes just now is in the way
            return
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("BEGIN IMMEDIATE")
        if self._db.execute("PRAGMA user_version").fetchone() == (0,):  # else another qdesk was quicker
            for statement in _SCHEMA.split(";\n"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._db.execute("COMMIT")

    def _close_quietly(self) -> None:
        if hasattr(self, "_db"):
            self._db.close()

    def __enter__(self) -> History:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def wait_longer(self, seconds: float) -> None:
        """From now on wait this long for another program that is writing."""
        self._db.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")

    def add(self, record: RoundRecord) -> None:
        """Save a finished round at once; a round saved before is replaced.

        Raises HistoryError where it can't, as after `BUSY_S` seconds while another program is writing.
        """
        drawing = [
            [*np.round(stroke.T.astype(np.float64), 2).tolist(), np.round(times.astype(np.float64), 1).tolist()]
            for stroke, times in zip(record.strokes, record.times, strict=True)
        ]
        guesses = [[round(guess.at_ms, 1), guess.top] for guess in record.guesses]
        row = (
            record.key_id,
            record.word,
            record.timestamp,
            record.state.value,
            record.ended_ms,
            record.recognised_ms,
            orjson.dumps(drawing).decode(),
            orjson.dumps(guesses).decode(),
        )
        try:
            self._db.execute(f"INSERT OR REPLACE INTO rounds VALUES ({', '.join('?' * len(row))})", row)
        except sqlite3.Error as error:
            raise HistoryError(f"The round could not be saved in {self.path}: {error}.") from error

    def count(self) -> int:
        return self._db.execute("SELECT count(*) FROM rounds").fetchone()[0]

    def list(self, limit: int = -1) -> list[RoundRecord]:
        """The rounds, newest first, at most `limit` if it is not negative."""
        rows = self._db.execute("SELECT * FROM rounds ORDER BY timestamp DESC, key_id DESC LIMIT ?", (limit,))
        return [_record(row) for row in rows]

    def delete_all(self) -> int:
        """Forget every round, for good; returns how many there were."""
        gone = self._db.execute("DELETE FROM rounds").rowcount
        self._db.execute("VACUUM")  # so that the drawings are gone from the file too
        return gone

    def drawings(self) -> Drawings:
        """Every round with ink, oldest first, as raw drawings: times in ms since the first point, as published."""
        return as_drawings([record for record in reversed(self.list()) if record.points])

    def export_raw(self, path: Path | str) -> int:
        """Write every round with ink to `path` as raw Quick, Draw! ndjson; returns how many.

        Raises ValueError if there is none, OSError if `path` cannot be written.
        """
        from qdesk.formats import write_drawings

        drawings = self.drawings()
        if not len(drawings):
            raise ValueError("There is no drawing to save yet.")
        write_drawings(drawings, path, format="raw")
        return len(drawings)


def as_drawings(records: Sequence[RoundRecord]) -> Drawings:
    """Rounds as a batch of raw drawings, times in ms since the first point. Each must have ink, else ValueError."""
    return Drawings.from_strokes(
        [record.strokes for record in records],
        [[times - record.times[0][0] for times in record.times] for record in records],
        word=[record.word for record in records],
        key_id=[record.key_id for record in records],
        timestamp=[record.timestamp for record in records],
        recognized=[record.recognised for record in records],
    )


def _record(row: tuple) -> RoundRecord:
    key_id, word, timestamp, state, ended_ms, recognised_ms, drawing, guesses = row
    parts = [np.array(stroke, np.float32) for stroke in orjson.loads(drawing)]
    return RoundRecord(
        key_id=key_id,
        word=word,
        timestamp=timestamp,
        state=State(state),
        strokes=tuple(np.ascontiguousarray(part[:2].T) for part in parts),
        times=tuple(part[2] for part in parts),
        ended_ms=ended_ms,
        recognised_ms=recognised_ms,
        guesses=tuple(Guess(at, tuple((w, p) for w, p in top)) for at, top in orjson.loads(guesses)),
    )
