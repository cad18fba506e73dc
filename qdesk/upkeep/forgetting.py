"""Deleting everything about a player in one step, which goes on at the next start where it was interrupted."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from qdesk import paths
from qdesk.curation.verdicts.store import VerdictsError, forget
from qdesk.files import clear_parts
from qdesk.game.history import History, HistoryError
from qdesk.game.round_saver import MY_DRAWINGS
from qdesk.safety import copies
from qdesk.safety.intents import end, intent, unfinished

KIND = "forget"

GOES_ON = "It goes on at the next start of qdesk."


def forget_player(player: int, history_path: Path | None = None) -> int:
    """Delete a player's name, rounds and times, the copy made for Curate, verdicts on these drawings, and all copies.

    Returns how many rounds there were. It opens its own connections, so it may run in a thread beside the window. What
    is to be deleted is noted on the disk first. Where something is in the way, or the program is killed, `go_on` does
    the rest.

    Scores in the cache stay: they are numbers under a hash of the points, which say nothing without the drawing.
    Raises HistoryError and VerdictsError where a database, OSError where a file cannot be written.
    """
    with History(history_path) as history:
        keys = _keys(history, player)
        since = next((one.since for one in history.players() if one.id == player), None)
        about = {"player": player, "since": since, "keys": keys, "history": str(history.path.absolute())}
        with intent(KIND, **about) as note:
            try:
                gone = history.forget(player, since)
            except HistoryError:
                if history.exists(player):
                    end(note)  # nothing was deleted
                raise
            _forget_drawings(keys, history.path)
    return gone


def go_on() -> list[str]:
    """End what was interrupted, and return what is still in the way, a sentence each."""
    trouble = []
    for note, about in unfinished(KIND):
        try:
            path = Path(about["history"])
            if path.exists():
                with History(path) as history:
                    history.forget(int(about["player"]), about["since"])
            _forget_drawings([str(key) for key in about["keys"]], path)
            end(note)
        except (KeyError, TypeError, ValueError):  # no note of ours
            end(note)
        except (OSError, VerdictsError) as error:
            trouble.append(f"Somebody is still to be deleted: {error} {GOES_ON}")
    return trouble


def _keys(history: History, player: int) -> list[str]:
    """Return the key_ids of all that a player drew, also of rounds that are damaged or in a copy alone."""
    keys = {*history.plays(player).key_ids.tolist(), *history.aside("rounds")}
    older = history.path.parent.glob(f"{history.path.name}.version*")
    for path in (*(one.path for one in copies.copies_of(history.path)), *older):
        with suppress(sqlite3.Error), closing(copies.to_read(path)) as db:
            keys.update(key for (key,) in db.execute("SELECT key_id FROM rounds WHERE player = ?", (player,)))
    return sorted(keys)


def _forget_drawings(keys: list[str], history: Path) -> None:
    """Delete what is known of drawings elsewhere than in the history."""
    home = paths.user_data()
    for path in (home / MY_DRAWINGS, *home.glob(f".{MY_DRAWINGS}.*.part")):
        path.unlink(missing_ok=True)
    forget(keys)
    _forget_opened(home / "opened", keys)
    for database in (history, home / "verdicts.db"):
        for damaged in [one.path for one in copies.copies_of(database) if one.is_damaged]:
            copies.remove(damaged)
        for older in database.parent.glob(f"{database.name}.version*"):
            older.unlink(missing_ok=True)
    for folder in {home, history.parent}:
        clear_parts(folder, deep=folder == home)
        clear_parts(copies.folder_of(folder / "any"))


def _forget_opened(folder: Path, keys: list[str]) -> None:
    """Delete the copies of opened files that have one of these drawings, or cannot be read."""
    if not folder.is_dir() or not keys:
        return
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pa.array(keys, pa.string())
    for place in list(folder.iterdir()):
        has = True
        with suppress(OSError, pa.ArrowException, KeyError), pa.memory_map(str(place / "table.arrow")) as file:
            column = pa.ipc.open_file(file).read_all()["key_id"].cast(pa.string())
            has = bool(pc.any(pc.is_in(column, value_set=wanted)).as_py())
        if has:
            shutil.rmtree(place) if place.is_dir() else place.unlink()
