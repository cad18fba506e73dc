"""People, their drawings, the stories of drawings, and where the drawings go."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.formats import open_drawings
from qdesk.game.round_saver import MY_DRAWINGS
from qdesk.gui.play import album as albums
from qdesk.gui.play.page import PlayPage
from tests.helpers.clock import Clock
from tests.helpers.networks import Seer
from tests.helpers.play import begin, stroke


def draw(page: PlayPage, clock: Clock, count: int = 1) -> None:
    """So many skipped rounds with ink in them, and the end."""
    begin(page, clock)
    for _ in range(count):
        stroke(page, (20, 30), (400, 300))
        page.rounds.skip()
    page.rounds.leave()


def test_drawings_are_saved_as_raw_ndjson(page: PlayPage, clock: Clock, tmp_path: Path) -> None:
    draw(page, clock)
    (record,) = page.history.list()
    assert page.album.save_drawings(tmp_path / "mine.ndjson", page.end_screen)
    assert page.end_screen.note.text().startswith("1 drawing saved in")
    back = open_drawings(tmp_path / "mine.ndjson").drawings
    assert back.words.tolist() == ["flamingo"] and back.column("key_id").tolist() == [record.key_id]
    assert back.strokes_of(0)[0].tolist() == [[20, 30], [400, 300]]


def test_a_place_that_cannot_be_written_is_named(page: PlayPage, clock: Clock, tmp_path: Path) -> None:
    draw(page, clock)
    assert not page.album.save_drawings(tmp_path / "nowhere" / "mine.ndjson", page.end_screen)
    assert page.end_screen.note.text().startswith("Not saved")


def test_save_asks_where(page: PlayPage, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(page, clock)
    out = tmp_path / "mine.ndjson"
    monkeypatch.setattr(albums.QFileDialog, "getSaveFileName", lambda *_: (str(out), ""))
    page.end_screen.save.emit()
    assert len(open_drawings(out).drawings) == 1
    monkeypatch.setattr(albums.QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    out.unlink()
    page.end_screen.save.emit()
    assert not out.exists()


def test_a_broken_history_does_not_stop_the_game(
    qtbot, make: Callable[..., PlayPage], home: Path, seer: Seer, clock: Clock
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "history.db").write_bytes(b"not a database, certainly not " * 50)
    page = make(lambda: seer)
    qtbot.waitUntil(lambda: page.guessing.awake)
    assert "cannot be saved" in page.home.status.text()
    draw(page, clock)
    assert page.end_screen.isVisible() and "cannot be saved" in page.end_screen.note.text()
    assert not page.end_screen.save_button.isEnabled()
    page.end_screen.home.emit()
    page.home.people.emit()
    assert "cannot be saved" in page.album.people.note.text
    page.album.people.forget.emit(1)  # there is nobody to forget
    assert "cannot be saved" in page.album.people.note.text


def test_a_round_waits_while_the_history_is_locked(qtbot, page: PlayPage, home: Path, clock: Clock) -> None:
    other = sqlite3.connect(home / "history.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    draw(page, clock)
    assert "locked" in page.end_screen.note.text() and "tried again" in page.end_screen.note.text()
    other.execute("ROLLBACK")
    other.close()
    draw(page, clock)
    assert page.history.count() == 2 and page.end_screen.note.text() == ""


def test_two_people_have_their_own_drawings_and_one_can_be_forgotten(
    qtbot, page: PlayPage, clock: Clock, home: Path
) -> None:
    draw(page, clock, 2)
    page.album.show_people(page.home)
    people = page.album.people
    assert people.isVisible()
    people.player_added.emit("Ann")
    ann = page.album.player
    assert page.album.name == "Ann" and page.settings.player == ann and page.album.count() == 0
    draw(page, clock)
    assert page.album.count() == 1
    page.show_home()
    page.album.show_people(page.home)
    people.player_added.emit("Ann")
    assert "Ann" in people.note.text  # the name is taken
    people.player_renamed.emit(ann, "Anna")
    assert page.album.name == "Anna"
    page.album.open_in_curate(people)
    people.forget.emit(ann)
    qtbot.waitUntil(lambda: people.note.text == "Everything about Anna is deleted.")
    assert page.album.player != ann and page.album.count() == 2
    assert [one.name for one in page.history.players()] == ["Player 1"]
    assert not (home / MY_DRAWINGS).exists()
    assert b"Anna" not in b"".join(file.read_bytes() for file in home.glob("history.db*"))
    QTest.keyClick(people, Qt.Key.Key_Escape)
    assert page.home.isVisible()


def test_who_played_last_plays_again(qtbot, make: Callable[..., PlayPage], seer: Seer) -> None:
    first = make(lambda: seer)
    first.album.show_people(first.home)
    first.album.people.player_added.emit("Ann")
    first.home.difficulty.emit("hard")
    first.shutdown()
    again = make(lambda: seer)
    assert again.album.name == "Ann" and again.settings.difficulty == "hard"


def test_a_player_who_is_gone_is_replaced(make: Callable[..., PlayPage], seer: Seer, home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.json").write_text('{"play": {"player": 77}}')
    page = make(lambda: seer)
    assert page.album.name == "Player 1" and page.album.player == 1


def test_every_drawing_of_a_game_opens_into_its_story(page: PlayPage, clock: Clock) -> None:
    draw(page, clock, 3)
    records = page.album.records
    page.end_screen.opened.emit(1)
    story = page.album.story
    assert story.isVisible() and story.record is records[1]
    story.next.emit()
    assert story.record is records[2]
    story.next.emit()  # the last one
    assert story.record is records[2]
    story.previous.emit()
    assert story.record is records[1]
    QTest.keyClick(story, Qt.Key.Key_Escape)
    assert page.end_screen.isVisible()
    assert page.end_screen.focusWidget() is page.end_screen.cards[1]  # where one was


def test_a_drawing_of_last_year_has_a_story_too(page: PlayPage, clock: Clock) -> None:
    draw(page, clock, 3)
    keys = [record.key_id for record in page.history.list()]
    page.show_home()
    page.album.show_people(page.home)
    page.album.people.opened.emit(keys[1])
    story = page.album.story
    assert story.isVisible() and story.record.key_id == keys[1]
    QTest.keyClick(story, Qt.Key.Key_Right)
    story.back.emit()
    assert page.album.people.isVisible() and page.album.people.gallery._current == 2
