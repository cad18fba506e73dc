from __future__ import annotations

from pathlib import Path

import numpy as np

from qdesk.curation.verdicts.store import Verdicts
from qdesk.game.history import History
from qdesk.game.record import RoundRecord, RoundState, new_key_id
from qdesk.game.round_saver import MY_DRAWINGS
from qdesk.upkeep.forgetting import forget_player


def record() -> RoundRecord:
    strokes, times = (np.ones((3, 2), np.float32),), (np.arange(3, dtype=np.float32),)
    return RoundRecord(new_key_id(), "bird", "2026-01-01 00:00:00.00000 UTC", RoundState.SKIPPED, strokes, times, 900.0)


def test_everything_of_a_player_is_deleted_and_nothing_of_others(home: Path) -> None:
    with History() as history:
        ann = history.add_player("Annabel").id
        hers, mine = [record() for _ in range(3)], record()
        for one in hers:
            history.add(one, ann)
        history.add(mine, 1)
        history.export_raw(home / MY_DRAWINGS, ann)
    with Verdicts() as verdicts:
        for one in (*hers, mine):
            verdicts.flag(one.key_id, "scribble", note=f"of {one.key_id}")
    assert forget_player(ann) == 3
    with History() as history, Verdicts() as verdicts:
        assert [one.name for one in history.players()] == ["Player 1"] and history.count() == 1
        assert [one.identity for one in verdicts.all()] == [mine.key_id]
        assert [change.identity for change in verdicts.undo()] == [mine.key_id]
        assert verdicts.undo() == []  # hers cannot be brought back
    everything = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    assert b"Annabel" not in everything and not any(one.key_id.encode() in everything for one in hers)
    assert mine.key_id.encode() in everything and not (home / MY_DRAWINGS).exists()


def test_deleting_an_unknown_player_does_nothing(home: Path) -> None:
    assert forget_player(77) == 0
