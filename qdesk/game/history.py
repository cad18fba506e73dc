"""Every round that was played, and by whom, in SQLite in the user's own folder."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from qdesk import paths
from qdesk.game.record import Guess, Rival, RoundRecord, State, timestamp_text
from qdesk.game.stats import Plays

if TYPE_CHECKING:
    from qdesk.data.drawings import Drawings

SCHEMA_VERSION = 2

_SCHEMA = """
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

_ROUND = (
    "key_id, word, timestamp, state, ended_ms, recognised_ms, mode, game, given, won, points, first_ms, "
    "drawing, guesses, rival"
)
_RECORDS = f"SELECT {_ROUND} FROM rounds"
_FOR_PLAYER = f"INSERT OR REPLACE INTO rounds ({_ROUND}, player) SELECT {'?, ' * 15} id FROM players WHERE id = ?"
_PLAYS = """
    SELECT key_id, word, coalesce((julianday(substr(timestamp, 1, 23)) - 2440587.5) * 86400, 0), state = 'recognised',
           recognised_ms, mode, game, won, points > 0
    FROM rounds"""
_OWN_INK = "AND given = 0 AND points > 0 ORDER BY timestamp, key_id"

BUSY_S = 0.2
"""How long to wait for another program that is writing: the game must not stand still for it."""

MIGRATION_S = 30.0
"""How long to wait for another program that is bringing the same history up to date."""

LONGEST_NAME = 24
FIRST_PLAYER = "Player 1"


class HistoryError(OSError):
    """The history cannot be opened or written; the message is a plain sentence."""


class NoSuchPlayer(HistoryError):
    """The player is not here any more, forgotten by another window perhaps: trying again is of no use."""


@dataclass(frozen=True)
class Player:
    """Somebody who plays here. since: UTC as Quick, Draw! writes it."""

    id: int
    name: str
    since: str


class History:
    """The players and their rounds in `path` (the user's own history by default); for one thread. A context manager.

    Each `add` is its own transaction: what was drawn is on the disk when it returns. Raises HistoryError when the
    file is not a history, is of a newer qdesk, or cannot be written. Questions take a player, or None for everybody.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = paths.user_data() / "history.db" if path is None else path
        try:
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=BUSY_S)
            self._migrate()
        except (sqlite3.Error, ValueError) as error:  # no database, or a round of schema 1 that cannot be read
            self._close_quietly()
            raise HistoryError(f"The history {self.path} cannot be opened: {error}.") from error

    def _migrate(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            self._close_quietly()
            raise HistoryError(f"The history {self.path} was written by a newer qdesk; please update this one.")
        if version == SCHEMA_VERSION:  # nothing to write, so that nobody who writes just now is in the way
            return
        self.wait_longer(MIGRATION_S)
        self._db.execute("PRAGMA cache_size = -64000")  # KiB: with the usual 2,000 it takes half as long again
        self._use_wal()
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version < SCHEMA_VERSION:  # else another qdesk was quicker
                if version == 1:
                    self._db.execute("ALTER TABLE rounds RENAME TO rounds_1")
                    self._db.execute("DROP INDEX rounds_by_time")
                for statement in _SCHEMA.split(";\n"):
                    self._db.execute(statement)
                self._welcome()
                if version == 1:
                    self._move_rounds_1()
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self._db.execute("PRAGMA cache_size = -2000")
        self.wait_longer(BUSY_S)

    def _use_wal(self) -> None:
        """Readers and a writer are not in each other's way then. SQLite does not wait with this, so it is done here."""
        until = time.monotonic() + MIGRATION_S
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.01)

    def _move_rounds_1(self) -> None:
        """The rounds of schema 1 become the first player's, one by one, so that the file does not grow."""
        for key in self._db.execute("SELECT key_id FROM rounds_1 ORDER BY timestamp, key_id").fetchall():
            row = self._db.execute("SELECT * FROM rounds_1 WHERE key_id = ?", key).fetchone()
            self._db.execute("DELETE FROM rounds_1 WHERE key_id = ?", key)
            *facts, state, ended_ms, recognised_ms, drawing, guesses = row
            parts = orjson.loads(drawing)
            first = parts[0][2][0] if parts else 0.0
            parts = [[xs, ys, np.round(np.subtract(ts, first), 1).tolist()] for xs, ys, ts in parts]
            facts += (state, ended_ms, recognised_ms, "game", "", 0, state == "recognised")
            points = sum(len(part[0]) for part in parts)
            self._db.execute(_FOR_PLAYER, (*facts, points, first, _json(parts), guesses, None, 1))
        self._db.execute("UPDATE players SET since = coalesce((SELECT min(timestamp) FROM rounds), since)")
        self._db.execute("DROP TABLE rounds_1")

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

    @contextmanager
    def _writing(self, trouble: str) -> Iterator[None]:
        """A transaction; raises HistoryError, a sentence that begins with `trouble`, where it cannot be."""
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                yield
        except sqlite3.Error as error:
            raise HistoryError(f"{trouble} in {self.path}: {error}.") from error

    def _rows(self, question: str, *arguments: Any) -> Iterator[tuple[Any, ...]]:
        """The answer, row by row; raises HistoryError where the file cannot be read."""
        try:
            yield from self._db.execute(question, arguments)
        except sqlite3.Error as error:
            raise HistoryError(f"The history {self.path} cannot be read: {error}.") from error

    def _rows_of(self, player: int | None, select: str, which: str = "", *arguments: Any) -> Iterator[tuple[Any, ...]]:
        """`_rows` about the rounds of one player, or of everybody."""
        if player is None:
            return self._rows(f"{select} WHERE true {which}", *arguments)
        return self._rows(f"{select} WHERE player = ? {which}", player, *arguments)

    # Who plays

    def players(self) -> list[Player]:
        """Everybody who plays here, at least one, in the order in which they came."""
        return [Player(*row) for row in self._rows("SELECT id, name, since FROM players ORDER BY id")]

    def add_player(self, name: str) -> Player:
        """Somebody new. Raises ValueError with a plain sentence for a name that is empty, too long or taken."""
        with self._writing("The player could not be saved"):
            fresh = (self._free_name(name), timestamp_text(datetime.now(UTC)))
            made = self._db.execute("INSERT INTO players (name, since) VALUES (?, ?)", fresh)
        return Player(_new_id(made), *fresh)

    def rename_player(self, player: int, name: str) -> Player:
        """Give a player another name. Raises ValueError as `add_player` does, and where there is no such player."""
        with self._writing("The name could not be saved"):
            fresh = self._free_name(name, player)
            self._db.execute("UPDATE players SET name = ? WHERE id = ?", (fresh, player))
        found = [one for one in self.players() if one.id == player]
        if not found:
            raise ValueError("This player is not here any more.")
        return found[0]

    def forget(self, player: int) -> int:
        """Delete all there is of a player, rounds and name, from the file too; returns how many rounds there were.

        Where it was the last player, a fresh "Player 1" takes the place. Raises HistoryError where another program is
        in the way: what is then still in the file goes with the next call, though the player is gone already.
        """
        with self._writing("Nothing was deleted"):
            gone = self._db.execute("DELETE FROM rounds WHERE player = ?", (player,)).rowcount
            self._db.execute("DELETE FROM players WHERE id = ?", (player,))
            self._welcome()
        try:
            self._db.execute("VACUUM")  # else the drawings stay in the free pages of the file
            if self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                raise sqlite3.OperationalError("another program is reading it")
        except sqlite3.Error as error:
            raise HistoryError(f"The player is deleted, but not yet wiped from {self.path}: {error}.") from error
        return gone

    def _free_name(self, name: str, player: int | None = None) -> str:
        name = " ".join(name.split())
        if not name:
            raise ValueError("A player needs a name.")
        if len(name) > LONGEST_NAME:
            raise ValueError(f"A name can have {LONGEST_NAME} letters at most.")
        if any(one.name.casefold() == name.casefold() and one.id != player for one in self.players()):
            raise ValueError(f"There is a player called {name} already.")
        return name

    def _welcome(self) -> None:
        """Nobody plays? Then the first player does."""
        row = (1, FIRST_PLAYER, timestamp_text(datetime.now(UTC)))
        self._db.execute("INSERT INTO players SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM players)", row)

    # What was played

    def add(self, record: RoundRecord, player: int = 1) -> None:
        """Save a finished round at once; a round saved before is replaced. Coordinates are kept to 0.01, times to
        0.1 ms, probabilities to 0.000001.

        Raises HistoryError where it can't, as after `BUSY_S` seconds while another program is writing; NoSuchPlayer
        where the player is not here any more; ValueError for a round that has not ended.
        """
        if not record.state.ended:
            raise ValueError("the round has not ended")
        first = round(float(record.times[0][0]), 1) if record.times else 0.0
        guesses = [[round(guess.at_ms, 1), [[word, round(p, 6)] for word, p in guess.top]] for guess in record.guesses]
        rival = record.rival
        row: Sequence[object] = (
            *(record.key_id, record.word, record.timestamp, record.state.value, record.ended_ms, record.recognised_ms),
            *(record.mode, record.game, record.given, record.won, record.points, first),
            _json(_parts(record.strokes, record.times, first)),
            _json(guesses),
            rival and _json([_parts(rival.strokes, rival.times), rival.recognised_ms, round(rival.p, 6)]),
            player,
        )
        row = [value.item() if isinstance(value, np.generic) else value for value in row]  # SQLite takes them for bytes
        with self._writing("The round could not be saved"):
            if self._db.execute(_FOR_PLAYER, row).rowcount < 1:
                raise NoSuchPlayer("The round could not be saved: its player is not here any more.")

    def count(self, player: int | None = None) -> int:
        """How many rounds there are."""
        ((count,),) = self._rows_of(player, "SELECT count(*) FROM rounds")
        return count

    def list(self, limit: int = -1, player: int | None = None, offset: int = 0) -> list[RoundRecord]:
        """The rounds, newest first, at most `limit` if it is not negative, without the first `offset`."""
        which = "ORDER BY timestamp DESC, key_id DESC LIMIT ? OFFSET ?"
        return [_record(row) for row in self._rows_of(player, _RECORDS, which, limit, offset)]

    def record(self, key_id: str) -> RoundRecord | None:
        """One round, or None where there is no such round."""
        return next((_record(row) for row in self._rows(f"{_RECORDS} WHERE key_id = ?", key_id)), None)

    def game(self, game: str) -> Sequence[RoundRecord]:
        """The rounds of one game, oldest first."""
        which = f"{_RECORDS} WHERE game = ? AND game != '' ORDER BY timestamp, key_id"
        return [_record(row) for row in self._rows(which, game)]

    def plays(self, player: int | None = None) -> Plays:
        """Every round without its drawing, oldest first, for statistics."""
        rows = [*self._rows_of(player, _PLAYS, "ORDER BY timestamp, key_id")]
        types = (object, object, np.float64, bool, np.float64, object, object, bool, bool)
        columns = zip(*rows, strict=True) if rows else [()] * len(types)
        return Plays(*(np.array(column, dtype) for column, dtype in zip(columns, types, strict=True)))

    # What was drawn

    def drawings(self, player: int | None = None) -> Drawings:
        """Every drawing of the player's own, oldest first, as raw drawings: times in ms since the first point, as
        published. Those that the network began are not among them.
        """
        return as_drawings([_record(row) for row in self._rows_of(player, _RECORDS, _OWN_INK)])

    def export_raw(self, path: Path | str, player: int | None = None) -> int:
        """Write what `drawings` gives to `path` as raw Quick, Draw! ndjson, gzipped if its name ends in .gz; returns
        how many. One without a word gets none, and no word of whether it was recognised.

        Raises ValueError if there is none, OSError if `path` cannot be written.
        """
        from qdesk.formats.base import open_output

        count = 0
        rows = self._rows_of(player, "SELECT key_id, word, timestamp, state, drawing FROM rounds", _OWN_INK)
        with open_output(path) as out:
            for key_id, word, timestamp, state, drawing in rows:
                about = {"word": word} if word else {}
                about["timestamp"] = timestamp
                if word:
                    about["recognized"] = state == "recognised"
                # The drawing is JSON as such a file has it: ten million points are copied in half a second.
                line = {**about, "key_id": key_id, "drawing": orjson.Fragment(drawing)}
                out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
                count += 1
            if not count:
                raise ValueError("There is no drawing to save yet.")
        return count


def as_drawings(records: Sequence[RoundRecord]) -> Drawings:
    """Rounds as a batch of raw drawings, times in ms since the first point. Each must have ink, else ValueError."""
    from qdesk.data.drawings import Drawings  # with pyarrow, which a game does not need

    return Drawings.from_strokes(
        [record.strokes for record in records],
        [[times - record.times[0][0] for times in record.times] for record in records],
        word=[record.word or None for record in records],
        key_id=[record.key_id for record in records],
        timestamp=[record.timestamp for record in records],
        recognized=[record.recognised if record.word else None for record in records],
    )


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()


def _parts(strokes: Sequence[np.ndarray], times: Sequence[np.ndarray], first: float = 0.0) -> list[list[list[float]]]:
    """Strokes as [xs, ys, ts], ts in ms since `first`."""
    return [
        [*np.round(stroke.T.astype(np.float64), 2).tolist(), np.round(ts.astype(np.float64) - first, 1).tolist()]
        for stroke, ts in zip(strokes, times, strict=True)
    ]


def _pen(parts: list[Any], first: float = 0.0) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Strokes float32 (n, 2) and times float32 (n,) from what `_parts` made."""
    arrays = [np.array(part) for part in parts]
    strokes = tuple(np.ascontiguousarray(part[:2].T, np.float32) for part in arrays)
    return strokes, tuple((part[2] + first).astype(np.float32) for part in arrays)


def _record(row: tuple[Any, ...]) -> RoundRecord:
    key_id, word, timestamp, state, ended_ms, recognised_ms, mode, game, given, *_, first, drawing, guesses, rival = row
    strokes, times = _pen(orjson.loads(drawing), first)
    if rival is not None:
        parts, rival_ms, p = orjson.loads(rival)
        rival = Rival(*_pen(parts), rival_ms, p)
    return RoundRecord(
        key_id=key_id,
        word=word,
        timestamp=timestamp,
        state=State(state),
        strokes=strokes,
        times=times,
        ended_ms=ended_ms,
        recognised_ms=recognised_ms,
        guesses=tuple(Guess(at, tuple((word, p) for word, p in top)) for at, top in orjson.loads(guesses)),
        mode=mode,
        game=game,
        given=given,
        rival=rival,
    )


def _new_id(inserted: sqlite3.Cursor) -> int:
    assert inserted.lastrowid is not None  # of every INSERT that succeeds
    return inserted.lastrowid
