"""Deleting everything about a player in one step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qdesk import paths
from qdesk.game.history import History
from qdesk.game.round_saver import MY_DRAWINGS


def forget_player(player: int, forget_drawings: Callable[[list[str]], object], history_path: Path | None = None) -> int:
    """Delete a player's name, rounds and times, the copy made for Curate, and what others keep of these drawings.

    Returns how many rounds there were. It opens its own connection, so it may run in a thread beside the window.

    forget_drawings: called with the key_ids, to delete what is not the game's (`curation.verdicts.store.forget`).

    Scores in the cache stay: they are numbers under a hash of the points, which say nothing without the drawing.
    Raises HistoryError where the history cannot be written, OSError where the copy cannot be deleted, and whatever
    `forget_drawings` raises.
    """
    with History(history_path) as history:
        keys = history.plays(player).key_ids.tolist()
        gone = history.forget(player)
    (paths.user_data() / MY_DRAWINGS).unlink(missing_ok=True)
    forget_drawings(keys)
    return gone
