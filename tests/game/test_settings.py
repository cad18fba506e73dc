from __future__ import annotations

from pathlib import Path

import pytest

from qdesk.game.settings import Settings, load, save


def test_what_was_chosen_is_there_again(home: Path) -> None:
    assert load() == Settings()
    chosen = Settings(player=3, difficulty="hard", voice=False, sounds=False, silence_told=True)
    save(chosen)
    assert load() == chosen and (home / "play.json").exists()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"player": "x", "difficulty": "cruel", "voice": 1}', "\xff"])
def test_what_is_broken_is_the_default(text: str, tmp_path: Path) -> None:
    path = tmp_path / "play.json"
    path.write_text(text, encoding="latin-1")
    assert load(path) == Settings()


def test_one_broken_entry_does_not_spoil_the_others(tmp_path: Path) -> None:
    path = tmp_path / "play.json"
    path.write_text('{"player": 2, "difficulty": "cruel", "sounds": false, "new": 1}')
    assert load(path) == Settings(player=2, sounds=False)
