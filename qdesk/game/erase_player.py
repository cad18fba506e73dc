"""Everything about somebody who played, deleted in one step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qdesk import paths
from qdesk.game.history import History
from qdesk.game.round_saver import MY_DRAWINGS


def forget_player(player: int, forget_drawings: Callable[[list[str]], object], history_path: Path | None = None) -> int:
    """Delete a player's name, rounds and times, the copy made for Curate, and what others keep of these drawings;
    returns how many rounds there were. With a connection of its own, for a thread beside the window.

    forget_drawings: called with the key_ids, to delete what is not the game's: `curation.verdicts.store.forget`.

    What stays are scores in the cache: numbers by a hash of the points, which say nothing without the drawing. Raises
    HistoryError where its file cannot be written, OSError for the copy, and what `forget_drawings` raises.
    """
    with History(history_path) as history:
        keys = history.plays(player).key_ids.tolist()
        gone = history.forget(player)
    (paths.user_data() / MY_DRAWINGS).unlink(missing_ok=True)
    forget_drawings(keys)
    return gone
