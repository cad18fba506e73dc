"""Everything about somebody who played, deleted in one step."""

from __future__ import annotations

from pathlib import Path

from qdesk import paths
from qdesk.curation.verdicts.store import Verdicts
from qdesk.game.history import History
from qdesk.game.round_saver import MY_DRAWINGS


def forget_player(player: int, history_path: Path | None = None) -> int:
    """Delete a player's name, rounds and times, the copy made for Curate, and the verdicts on these drawings; returns
    how many rounds there were. With connections of its own, for a thread beside the window.

    What stays are scores in the cache: numbers by a hash of the points, which say nothing without the drawing. Raises
    HistoryError or VerdictsError where a file cannot be written, OSError for the copy.
    """
    with History(history_path) as history:
        keys = history.plays(player).key_ids.tolist()
        gone = history.forget(player)
    (paths.user_data() / MY_DRAWINGS).unlink(missing_ok=True)
    if keys and (paths.user_data() / "verdicts.db").exists():
        with Verdicts() as verdicts:
            verdicts.forget(keys)
    return gone
