"""Every round that was played, and by whom, in SQLite in the user's own folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from qdesk import paths
from qdesk.files import refuse_input
from qdesk.game.history_schema import APPLICATION_ID, CHECKED, MIGRATIONS, PLAYERS, ROUNDS, is_unmarked, welcome
from qdesk.game.record import Guess, Rival, RoundRecord, RoundState, timestamp_text
from qdesk.game.stats import Plays
from qdesk.safety.rows import seal
from qdesk.store import Store

if TYPE_CHECKING:
    from qdesk.data.drawings import Drawings

_ROUND = (
    "key_id, word, timestamp, state, ended_ms, recognised_ms, mode, game, given, won, points, first_ms, "
    "drawing, guesses, rival"
)
_RECORDS = f"SELECT {_ROUND} FROM rounds WHERE {ROUNDS.intact()}"
_RAW = f"SELECT key_id, word, timestamp, state, drawing FROM rounds WHERE {ROUNDS.intact()}"
_FOR_PLAYER = f"INSERT OR REPLACE INTO rounds ({_ROUND}, player) SELECT {'?, ' * 15} id FROM players WHERE id = ?"
_SEAL = f"UPDATE rounds SET checksum = {ROUNDS.sum_of()} WHERE key_id = ?"
_PLAYS = """
    SELECT key_id, word, coalesce((julianday(substr(timestamp, 1, 23)) - 2440587.5) * 86400, 0), state = 'recognised',
           recognised_ms, mode, game, won, points > 0
    FROM rounds WHERE true"""
_OWN_INK = "AND given = 0 AND points > 0 ORDER BY timestamp, key_id"

BUSY_S = 0.2
"""How long to wait for another program that is writing, in seconds. It is short because the game waits meanwhile."""

LONGEST_NAME = 24


class HistoryError(OSError):
    """The history cannot be opened or written; the message is a plain sentence."""


class NoSuchPlayer(HistoryError):
    """The player does not exist any more: another window may have deleted it. Trying again is of no use."""


@dataclass(frozen=True)
class Player:
    """A player. since: when the player was added, UTC as Quick, Draw! writes it."""

    id: int
    name: str
    since: str


class History(Store):
    """The players and their rounds in `path` (by default the user's own history). A context manager, for one thread.

    Each `add` is one transaction: the round is on the disk when it returns. Raises HistoryError when the file is not a
    history, was written by a newer qdesk, or cannot be written. Methods that read take a player, or None for all.
    """

    application_id = APPLICATION_ID
    migrations = MIGRATIONS
    tables = ("players", "rounds")
    checked = CHECKED
    title = "history"
    work = (ROUNDS,)
    what = "history"
    error = HistoryError
    busy_s = BUSY_S

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(paths.user_data() / "history.db" if path is None else path)

    def _prepare(self) -> None:
        try:
            super()._prepare()
        except ValueError as error:  # a round of version 1 that cannot be read
            raise HistoryError(f"The history {self.path} cannot be opened: {error}.") from error

    def _is_unmarked(self, version: int) -> bool:
        return is_unmarked(self._db, version)

    def _sentence(self, error: sqlite3.Error, trouble: str) -> str:
        return f"{trouble or f'The history {self.path} cannot be opened'}: {error}."

    def _mend(self, moved: dict[str, list[str]]) -> str:
        """Give players whose names are lost others, so that their rounds are not out of sight."""
        lost = self._db.execute("SELECT DISTINCT player FROM rounds WHERE player NOT IN (SELECT id FROM players)")
        again = [(player, f"Player {player}", timestamp_text(datetime.now(UTC))) for (player,) in lost.fetchall()]
        self._db.executemany("INSERT OR IGNORE INTO players (id, name, since) VALUES (?, ?, ?)", again)
        welcome(self._db)
        seal(self._db, PLAYERS)
        return f"Rounds of a lost player are those of {', '.join(name for _, name, _ in again)} now." if again else ""

    def _writing(self, trouble: str) -> AbstractContextManager[None]:
        """Open a transaction. Raises HistoryError, a sentence that begins with `trouble`, where that fails."""
        return self._transaction(f"{trouble} in {self.path}")

    def _rows(self, question: str, *arguments: Any) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of an answer. Raises HistoryError where the file cannot be read."""
        with self._in_words(f"The history {self.path} cannot be read"):
            yield from self._db.execute(question, arguments)

    def _rows_of(self, player: int | None, select: str, which: str = "", *arguments: Any) -> Iterator[tuple[Any, ...]]:
        """Call `_rows` for the rounds of one player, or of all players where it is None."""
        if player is None:
            return self._rows(f"{select} {which}", *arguments)
        return self._rows(f"{select} AND player = ? {which}", player, *arguments)

    # Who plays

    def players(self) -> list[Player]:
        """Return all players, at least one, in the order in which they were added."""
        return [
            Player(*row)
            for row in self._rows(f"SELECT id, name, since FROM players WHERE {PLAYERS.intact()} ORDER BY id")
        ]

    def add_player(self, name: str) -> Player:
        """Add a player. Raises ValueError with a plain sentence for a name that is empty, too long or taken."""
        with self._writing("The player could not be saved"):
            fresh = (self._free_name(name), timestamp_text(datetime.now(UTC)))
            made = self._db.execute("INSERT INTO players (name, since) VALUES (?, ?)", fresh)
            seal(self._db, PLAYERS)
        return Player(_new_id(made), *fresh)

    def rename_player(self, player: int, name: str) -> Player:
        """Give a player another name. Raises ValueError as `add_player` does, and where there is no such player."""
        with self._writing("The name could not be saved"):
            fresh = self._free_name(name, player)
            self._db.execute("UPDATE players SET name = ?, checksum = NULL WHERE id = ?", (fresh, player))
            seal(self._db, PLAYERS)
        found = [one for one in self.players() if one.id == player]
        if not found:
            raise ValueError("This player is not here any more.")
        return found[0]

    def exists(self, player: int) -> bool:
        """Return whether there is this player, or a round of this player's."""
        which = "SELECT 1 FROM players WHERE id = ? UNION SELECT 1 FROM rounds WHERE player = ?"
        return any(self._rows(which, player, player))

    def forget(self, player: int, since: str | None = None) -> int:
        """Delete a player's name and rounds, and wipe them from the file and its copies; return how many rounds.

        since: of that player alone who was added then, since a later one may have the number. Where it was the last
        player, a new "Player 1" is added. Raises HistoryError where another program is in the way. The player is then
        deleted already, and the next call wipes what is left in the file.
        """
        with self._writing("Nothing was deleted"):
            named = self._db.execute("SELECT since FROM players WHERE id = ?", (player,)).fetchone()
            is_other = since is not None and named is not None and named[0] != since
            gone = 0
            if not is_other:
                gone = self._db.execute("DELETE FROM rounds WHERE player = ?", (player,)).rowcount
                self._db.execute("DELETE FROM players WHERE id = ?", (player,))
            self._db.execute("DELETE FROM aside")  # nobody can tell whose damaged rounds those are
            welcome(self._db)
            seal(self._db, PLAYERS)
        trouble = f"The player is deleted, but not yet wiped from {self.path}"
        with self._in_words(trouble):
            if not self._wipe():
                raise HistoryError(f"{trouble}: another program is reading it.")
        self._forget_in_copies(lambda copy: copy.forget(player, since))
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

    # What was played

    def add(self, record: RoundRecord, player: int = 1) -> None:
        """Save a finished round at once, and replace it where it was saved before.

        Coordinates are kept to 0.01, times to 0.1 ms, probabilities to 0.000001.

        Raises HistoryError where that fails, for example after `BUSY_S` seconds while another program is writing;
        NoSuchPlayer where the player does not exist any more; ValueError for a round that has not ended.
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
        # SQLite would store NumPy scalars as bytes.
        row = [value.item() if isinstance(value, np.generic) else value for value in row]
        with self._writing("The round could not be saved"):
            if self._db.execute(_FOR_PLAYER, row).rowcount < 1:
                raise NoSuchPlayer("The round could not be saved: its player is not here any more.")
            self._db.execute(_SEAL, (record.key_id,))

    def count(self, player: int | None = None) -> int:
        """Return how many rounds there are."""
        ((count,),) = self._rows_of(player, "SELECT count(*) FROM rounds WHERE true")
        return count

    def list(self, limit: int = -1, player: int | None = None, offset: int = 0) -> list[RoundRecord]:
        """Return the rounds, newest first, without the first `offset`. A `limit` that is not negative limits them."""
        which = "ORDER BY timestamp DESC, key_id DESC LIMIT ? OFFSET ?"
        return [_record(row) for row in self._rows_of(player, _RECORDS, which, limit, offset)]

    def record(self, key_id: str) -> RoundRecord | None:
        """Return one round, or None where there is no such round."""
        return next((_record(row) for row in self._rows(f"{_RECORDS} AND key_id = ?", key_id)), None)

    def game(self, game: str) -> Sequence[RoundRecord]:
        """Return the rounds of one game, oldest first."""
        which = f"{_RECORDS} AND game = ? AND game != '' ORDER BY timestamp, key_id"
        return [_record(row) for row in self._rows(which, game)]

    def plays(self, player: int | None = None) -> Plays:
        """Return every round without its drawing, oldest first, for statistics."""
        try:
            return self._plays(player)
        except (ValueError, TypeError, sqlite3.OperationalError):  # checksums are of whole rows, which it does not read
            self.look_through()
            return self._plays(player)

    def _plays(self, player: int | None) -> Plays:
        rows = [*self._rows_of(player, _PLAYS, "ORDER BY timestamp, key_id")]
        types = (object, object, np.float64, bool, np.float64, object, object, bool, bool)
        columns = zip(*rows, strict=True) if rows else [()] * len(types)
        return Plays(*(np.array(column, dtype) for column, dtype in zip(columns, types, strict=True)))

    # What was drawn

    def drawings(self, player: int | None = None) -> Drawings:
        """Return what the player drew, oldest first, as raw drawings with times in ms since the first point, as
        published. Drawings that the network began are left out.
        """
        return as_drawings([_record(row) for row in self._rows_of(player, _RECORDS, _OWN_INK)])

    def export_raw(self, path: Path | str, player: int | None = None) -> int:
        """Write what `drawings` returns to `path` as raw Quick, Draw! ndjson, gzipped if its name ends in .gz.

        Returns how many drawings were written. A drawing without a word has neither "word" nor "recognized" in its
        line. Raises ValueError where there is no drawing, OSError where `path` cannot be written.
        """
        from qdesk.formats.base import open_output

        refuse_input(path, [self.path])
        count = 0
        rows = self._rows_of(player, _RAW, _OWN_INK)
        with open_output(path) as out:
            for key_id, word, timestamp, state, drawing in rows:
                about = {"word": word} if word else {}
                about["timestamp"] = timestamp
                if word:
                    about["recognized"] = state == "recognised"
                # The stored JSON is what the file needs. It is copied unparsed: half a second for ten million points.
                line = {**about, "key_id": key_id, "drawing": orjson.Fragment(drawing)}
                out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
                count += 1
            if not count:
                raise ValueError("There is no drawing to save yet.")
        return count


def as_drawings(records: Sequence[RoundRecord]) -> Drawings:
    """Return rounds as raw drawings, times in ms since the first point. Raises ValueError for a round without ink."""
    from qdesk.data.drawings import Drawings  # imported late: it loads pyarrow, which a game does not need

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
    """Return strokes as [xs, ys, ts], ts in ms since `first`."""
    return [
        [*np.round(stroke.T.astype(np.float64), 2).tolist(), np.round(ts.astype(np.float64) - first, 1).tolist()]
        for stroke, ts in zip(strokes, times, strict=True)
    ]


def _pen(parts: list[Any], first: float = 0.0) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Return strokes float32 (n, 2) and times float32 (n,) from what `_parts` made."""
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
        state=RoundState(state),
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
    assert inserted.lastrowid is not None  # every INSERT that succeeds sets it
    return inserted.lastrowid
