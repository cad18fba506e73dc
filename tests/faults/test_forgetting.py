"""Deleting a player, killed at any moment: the next start does the rest, and nothing of hers is in any file."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.verdicts.store import Verdicts
from qdesk.game.history import History
from qdesk.game.record import RoundRecord, RoundState
from qdesk.game.round_saver import MY_DRAWINGS
from qdesk.safety import copies
from qdesk.safety.intents import is_any
from qdesk.upkeep.forgetting import go_on
from tests.helpers.faults import cases, dice
from tests.helpers.killing import changes, run_to

FORGETTING = """
from qdesk.upkeep.forgetting import forget_player
arm()
forget_player(2)
"""

HERS = ("Annabel", "1780000000004711", "1780000000004712", "73911", "37.19")
"""Her name, the key_ids of her drawings, and numbers in her strokes."""

HIS = ("Bartholomew", "1780000000000815", "4242.5")


def play(history: History, player: int, key: str, x: float) -> None:
    xy = np.array([[x, 37.19 if player == 2 else 1.0], [x + 1, 9.0]], np.float32)
    record = RoundRecord(key, "cat", "2026-03-02 23:25:10.07453 UTC", RoundState.TIME_UP, (xy,), (xy[:, 1],), 20_000.0)
    history.add(record, player)


def fill(home: Path) -> None:
    """Two players with rounds and verdicts, copies, a damaged file, and what killed programs have left."""
    home.mkdir(parents=True)
    with History() as history, Verdicts() as verdicts:
        she, he = history.add_player("Annabel").id, history.add_player("Bartholomew").id
        assert (she, he) == (2, 3)
        for number, key in enumerate(HERS[1:3]):
            play(history, she, key, 73911 + number)
            verdicts.flag(key, "scribble", "of Annabel")
        verdicts.clear(HERS[2])
        play(history, he, HIS[1], 4242.5)
        verdicts.flag(HIS[1], "scribble")
        for path in (history.path, verdicts.path):
            copies.make(path)
            copies.keep_bytes(path)
        history._db.execute("UPDATE rounds SET drawing = substr(drawing, 1, 30) WHERE key_id = ?", (HERS[2],))
        verdicts._db.execute("UPDATE verdicts SET note = 'of Annabel!' WHERE identity = ?", (HERS[1],))
        history.look_through()
        verdicts.look_through()
        history.export_raw(home / MY_DRAWINGS, she)
        shutil.copy(home / "history.db", home / "history.db.version2")
        shutil.copy(home / "verdicts.db", home / "verdicts.db.version1")
    shutil.copy(home / MY_DRAWINGS, home / f".{MY_DRAWINGS}.99999999-1.part")
    shutil.copy(home / "verdicts.db", home / "copies" / ".verdicts-2026-01-01.db.99999999-1.part")


def found(home: Path, words: tuple[str, ...]) -> set[str]:
    content = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file())
    return {word for word in words if word.encode() in content}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "filled"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QDESK_HOME", str(folder))
        fill(folder)
    assert found(folder, (*HERS, *HIS)) == {*HERS, *HIS}
    return folder


def test_a_kill_at_any_moment_leaves_nothing_after_the_next_start(filled: Path, tmp_path: Path, home: Path) -> None:
    shutil.copytree(filled, tmp_path / "whole")
    count = changes(FORGETTING, home=tmp_path / "whole")
    assert not found(tmp_path / "whole", HERS) and count > 50
    begun = 0
    for case in cases(6, 200):
        moment = 1 + int(dice("forgetting", case).integers(count))
        shutil.copytree(filled, home)
        assert run_to(moment, FORGETTING, home=home)
        noted = is_any() and any((home / "unfinished").glob("forget-*.json"))
        ended = not found(home, HERS)
        begun += noted
        assert go_on() == []
        left = found(home, HERS)
        assert left == (set() if noted or ended else set(HERS)), (case, moment)  # killed before it was noted: all
        assert found(home, HIS) == set(HIS), (case, moment)
        with History() as history, Verdicts() as verdicts:
            assert history.count(3) == 1 and verdicts.get(HIS[1]) is not None
        shutil.rmtree(home)
    assert begun
