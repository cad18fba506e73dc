from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from qdesk.curation.view.table import Table
from qdesk.data.drawings import Drawings
from qdesk.gui.curate.detail.detail import WIDTH, Detail
from tests.helpers.loop import settle, skip_pauses

COUNT = 12
PICTURE = np.zeros((28, 28), np.uint8)
GUESSES = [("owl", 0.5), ("dog", 0.3), ("bird", 0.1), ("bat", 0.05), ("sun", 0.004)]


def make_table(words: str = "cat", bitmaps: bool = False, times: bool = True) -> Table:
    if bitmaps:
        drawings = Drawings.from_bitmaps(np.full((COUNT, 28, 28), 255, np.uint8), word=words)
    else:
        stroke, clock = np.array([[0, 0], [90, 10], [100, 90]], np.float32), np.array([0, 400, 700])
        drawings = Drawings.from_strokes(
            [[stroke, stroke[:2] + 5]] * COUNT,
            times=[[clock, clock[:2] + 1000]] * COUNT if times else None,
            word=words,
            key_id=[str(1000 + n) for n in range(COUNT)],
        )
    return Table(drawings, np.array([str(1000 + n) for n in range(COUNT)], object))


def score(table: Table) -> None:
    every = np.arange(COUNT)
    numbers = {name: every / COUNT for name in ("junk", "loss", "loss_per_point", "lift", "p_word", "p_top")}
    texts = {"top_guess": np.full(COUNT, "owl", object), "reason": np.full(COUNT, "", object)}
    table.add_scores(every, {**numbers, **texts})
    table.arrange()


@pytest.fixture
def table() -> Table:
    made = make_table()
    score(made)
    return made


@pytest.fixture
def detail(qtbot) -> Detail:
    made = Detail()
    qtbot.addWidget(made)
    made.resize(WIDTH, 700)
    made.show()
    return made


def said(detail: Detail) -> list[str]:
    return [one.text() for one in detail.findChildren(QLabel) if one.isVisible() and one.text().strip()]


def places(detail: Detail) -> dict[str, tuple[int, int]]:
    parts = {"scores": detail.scores, "seen": detail.seen, "alike": detail.alike, "curve": detail.curve}
    parts |= {"lift": detail.scores.lift, "word": detail.scores.word, "drawn": detail._rows["Strokes"][1]}
    return {name: (part.mapTo(detail, part.rect().topLeft()).y(), part.height()) for name, part in parts.items()}


def answer(detail: Detail, index: int, table: Table) -> None:
    detail.set_losses(index, np.arange(5, dtype=np.float32))
    detail.set_seen(index, PICTURE, GUESSES, (0.02, 7))
    detail.set_similar(index, [3, 4, 5, 6, 7], [0.94, 0.9, 0.8, 0.7, 0.6])


def test_nothing_selected_is_said(detail: Detail, table: Table) -> None:
    assert said(detail) == ["No drawing is selected.\nChoose one to see it large, with its story."]
    detail.show_drawing(table, 2)
    assert not any("No drawing" in text for text in said(detail)) and detail.word.isVisible()
    detail.show_drawing(None, -1)
    assert len(said(detail)) == 1


def test_it_asks_for_what_has_to_be_worked_out(detail: Detail, table: Table) -> None:
    asked: list[tuple[str, int]] = []
    for name in ("losses", "seen", "similar"):
        getattr(detail, f"wants_{name}").connect(lambda index, name=name: asked.append((name, index)))
    detail.show_drawing(table, 4)
    assert asked == [("losses", 4), ("seen", 4), ("similar", 4)]
    asked.clear()
    detail.show_drawing(make_table(bitmaps=True), 1)  # pixels have no points
    assert asked == [("seen", 1), ("similar", 1)]


def test_answers_about_another_drawing_are_not_shown(detail: Detail, table: Table) -> None:
    detail.show_drawing(table, 1)
    answer(detail, 0, table)
    assert detail.curve.value.text() == "" and detail.alike.thumbs[0].isHidden()
    assert detail.seen.guesses.accessibleDescription() == "Not known yet"


@pytest.mark.parametrize("wide", [False, True])
def test_late_answers_move_nothing(qtbot, detail: Detail, wide: bool) -> None:
    table = make_table()
    detail.set_wide(wide)
    detail.resize(1000 if wide else WIDTH, 700)
    detail.show_drawing(table, 0)
    skip_pauses(detail)  # nothing came in time
    before = places(detail)
    assert "Not known yet" in detail.curve.plot._why
    answer(detail, 0, table)
    score(table)
    detail.refresh()
    settle()
    assert places(detail) == before
    detail.show_drawing(table, 1)
    settle()
    assert places(detail) == before


def test_what_was_known_of_the_last_drawing_goes_when_nothing_comes(qtbot, detail: Detail, table: Table) -> None:
    detail.show_drawing(table, 0)
    answer(detail, 0, table)
    detail.show_drawing(table, 1)
    assert detail.alike.thumbs[0].isVisible()  # for a moment: what comes now takes its place without a flicker
    qtbot.waitUntil(lambda: detail.alike.thumbs[0].isHidden())
    assert detail.seen.guesses.accessibleDescription() == "Not known yet"
    answer(detail, 1, table)
    assert detail.alike.thumbs[0].isVisible()
    skip_pauses(detail)
    assert detail.alike.thumbs[0].isVisible() and detail.curve.value.text() == "at most 4.00"


def test_the_guesses_can_be_read_out(detail: Detail, table: Table) -> None:
    detail.show_drawing(table, 0)
    detail.set_seen(0, PICTURE, GUESSES, (0.02, 7))
    text = detail.seen.guesses.accessibleDescription()
    assert text == "owl 50 %; dog 30 %; bird 10 %; bat 5 %; sun under 1 %; its word cat, 7th, 2 %"
    detail.set_seen(0, PICTURE, [("cat", 0.9), *GUESSES[:4]], (0.9, 1))
    assert detail.seen.guesses.accessibleDescription().startswith("cat 90 %, its word; owl 50 %")
    detail.set_seen(0, PICTURE, GUESSES, None)
    assert detail.seen.guesses.accessibleDescription().endswith("sun under 1 %")
    assert detail.scores.loss.accessibleName() == "Loss: 0.00 nats a point. Less surprising than all others here."


def test_similar_drawings_can_be_gone_to(detail: Detail, table: Table) -> None:
    clicked: list[int] = []
    detail.similar_clicked.connect(clicked.append)
    table.set_verdicts({"1004": "wrong"})
    detail.show_drawing(table, 0)
    detail.set_similar(0, [3, 4, 5, 6, 7], [0.94, 0.9, 0.8, 0.7, 0.6])
    shown = [thumb for thumb in detail.alike.thumbs if thumb.isVisible()]
    assert len(shown) == 4  # as many as there is room for
    assert shown[0].accessibleName() == "Similar drawing: cat, 94 % alike"
    assert shown[1].accessibleName() == "Similar drawing: cat, 90 % alike, wrong"
    QTest.mouseClick(shown[2], Qt.MouseButton.LeftButton)
    shown[1].setFocus()
    QTest.keyClick(shown[1], Qt.Key.Key_Space)
    assert clicked == [5, 4]
    asked: list[bool] = []
    detail.like_these_asked.connect(lambda: asked.append(True))
    detail.alike.more.click()
    assert asked == [True]


def test_similar_drawings_that_are_not_known_yet_are_asked_for_again(detail: Detail, table: Table) -> None:
    asked: list[int] = []
    detail.wants_similar.connect(asked.append)
    detail.show_drawing(table, 2)
    detail.set_similar(2, None)
    assert "Known once it is scored" in said(detail) and not detail.alike.more.isEnabled()
    detail.refresh()
    assert asked == [2, 2]
    detail.set_similar(2, [], [])
    assert "None is like it" in said(detail) and detail.alike.more.isEnabled()
    detail.refresh()
    assert asked == [2, 2]


def test_one_by_one_takes_the_room(qtbot, detail: Detail, table: Table) -> None:
    detail.show_drawing(table, 0)
    answer(detail, 0, table)
    narrow = detail.strokes.size()
    detail.resize(1000, 700)
    assert detail.width() == WIDTH
    detail.set_wide(True)
    detail.resize(1000, 700)
    settle()
    assert detail.strokes.width() > 500 and detail.strokes.height() > narrow.height()
    assert detail.scores.mapTo(detail, detail.scores.rect().topLeft()).x() > detail.strokes.width()
    assert detail.curve.plot.height() > 64 and detail.player.each.isVisible()
    for size in ((580, 420), (1700, 1000)):
        detail.resize(*size)
        settle()
        assert detail.widget().width() <= detail.viewport().width() and detail.strokes.width() > 200
        assert detail.horizontalScrollBar().maximum() == 0
    detail.set_wide(False)
    detail.resize(WIDTH, 700)
    settle()
    assert detail.strokes.size() == narrow and not detail.player.each.isVisible()
    assert detail.scores.isVisible() and detail.word.text() == "cat"


def tab_stops(detail: Detail, first: QWidget) -> list[QWidget]:
    found, one = [first], first.nextInFocusChain()
    while one is not first:
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible() and one.isEnabled():
            found.append(one)
        one = one.nextInFocusChain()
    return found


def test_the_order_of_tab_is_that_of_the_page(detail: Detail, table: Table) -> None:
    table.set_verdicts({"1000": "wrong"})
    detail.show_drawing(table, 0)
    answer(detail, 0, table)
    player = detail.player
    for wide in (True, False):
        detail.set_wide(wide)
        detail.resize(1000 if wide else WIDTH, 700)
        QApplication.processEvents()
        stops = tab_stops(detail, detail.play)
        each = [player.each] if wide else []
        row = [detail.play, detail.slider, player.speed, detail.tint, *each, detail.curve.plot, detail.note]
        thumbs = [thumb for thumb in detail.alike.thumbs if thumb.isVisible()]
        assert stops[: len(row)] == row
        rest = [detail.history.button, *thumbs, detail.alike.more, detail.copy]
        assert stops[len(row) : len(row) + len(rest)] == rest


@pytest.mark.parametrize("control", ["slider", "curve"])
def test_keys_scrub(detail: Detail, table: Table, control: str) -> None:
    detail.show_drawing(table, 0)
    detail.set_losses(0, np.arange(5, dtype=np.float32))
    widget = detail.slider if control == "slider" else detail.curve.plot
    QTest.keyClick(widget, Qt.Key.Key_Home)
    assert detail.strokes.playhead == 0 and detail.slider.value() == 0 and detail.curve.playhead == 0
    QTest.keyClick(widget, Qt.Key.Key_Right)
    assert 0 < detail.strokes.playhead < 0.5 and detail.curve.playhead > 0
    assert detail.slider.value() == round(detail.strokes.playhead * 1000)
    QTest.keyClick(widget, Qt.Key.Key_End)
    assert detail.strokes.playhead == 1


def test_the_pace_is_said_and_can_be_changed(detail: Detail, table: Table) -> None:
    player = detail.player
    detail.show_drawing(table, 0)
    assert player.pace.accessibleName().replace("\u00a0", " ") == "As drawn, 1.4 s"
    detail.show_drawing(make_table(times=False), 0)
    assert player.pace.accessibleName() == "Even pace: no times in this file"
    assert detail.strokes.accessibleName() == "Drawing of “cat”"
    assert detail.strokes.accessibleDescription() == "2 strokes, 5 points"
    speeds = []
    for _ in range(3):
        player.speed.click()
        speeds.append((player.speed.text(), detail.strokes.speed))
    assert speeds == [("2×", 2), ("4×", 4), ("1×", 1)]


def test_each_is_replayed_if_wished_and_that_is_remembered(qtbot, table: Table) -> None:
    def make() -> Detail:
        made = Detail()
        qtbot.addWidget(made)
        made.show()
        return made

    first = make()
    first.set_wide(True)
    first.show_drawing(table, 0)
    assert not first.strokes.playing
    first.player.each.click()
    second = make()
    second.show_drawing(table, 0)  # in the narrow column nothing plays by itself
    assert not second.strokes.playing
    second.set_wide(True)
    second.show_drawing(table, 1)
    assert second.strokes.playing and second.play.accessibleName() == "Pause"
    second.toggle_replay()
    second.show_drawing(table, 1)  # the same again is not another one
    assert not second.strokes.playing


def test_the_tint_waits_for_the_losses(detail: Detail, table: Table) -> None:
    detail.show_drawing(table, 0)
    ink = detail.strokes.step_colour(1)
    detail.tint.click()
    unknown = detail.strokes.step_colour(1)
    detail.set_losses(0, np.arange(5, dtype=np.float32))
    assert len({colour.name() for colour in (ink, unknown, detail.strokes.step_colour(1))}) == 3
    detail.player.seek(0.3)
    detail.tint.click()
    assert detail.strokes.step_colour(1) == ink and detail.strokes.playhead == 0.3


def test_verdict_conflict_and_note(detail: Detail, table: Table) -> None:
    notes: list[tuple[int, str]] = []
    detail.note_written.connect(lambda index, text: notes.append((index, text)))
    detail.show_drawing(table, 0)
    assert detail.verdict.text() == "No verdict yet" and detail.note.isHidden() and detail.conflict.isHidden()
    table.set_verdicts({"1000": "graffiti"})
    detail.refresh_verdict("")
    detail.set_conflict("Somebody else says: scribble")
    assert detail.verdict.text() == "Flagged: graffiti" and detail.conflict.isVisible()
    QTest.keyClicks(detail.note, "letters")
    detail.show_drawing(table, 1)
    assert notes == [(0, "letters")] and detail.conflict.isHidden()


def test_pixels_have_their_picture_alone(detail: Detail) -> None:
    detail.show_drawing(make_table(bitmaps=True), 0)
    assert detail.pixels.isVisible() and not detail.play.isVisible() and not detail.curve.isVisible()
    detail.toggle_replay()
    assert not detail.strokes.playing


def test_the_key_can_be_copied(detail: Detail, table: Table) -> None:
    detail.show_drawing(table, 3)
    detail.copy.click()
    assert QGuiApplication.clipboard().text() == "1003"


def test_many_drawings_are_passed_without_leaving_anything_behind(detail: Detail, table: Table, qtbot) -> None:
    asked: list[Callable] = []
    detail.wants_seen.connect(lambda index: asked.append(index))
    for index in [*range(COUNT)] * 3:
        detail.show_drawing(table, index)
    answer(detail, COUNT - 1, table)
    assert len(asked) == 3 * COUNT and detail.curve.value.text() == "at most 4.00"


def test_letters_are_asked_for_and_marked_where_it_looks_like_graffiti(detail: Detail, table: Table) -> None:
    table.add_scores(np.array([1]), {"reason": np.array(["graffiti"], object)})
    asked: list[int] = []
    detail.player.letters_wanted.connect(asked.append)
    detail.show_drawing(table, 0)
    detail.show_drawing(table, 1)
    assert asked == [1]
    plain = detail.strokes.grab().toImage()
    detail.player.set_letters(0, np.array([False, True]))  # an answer about another drawing
    detail.player.set_letters(1, np.array([True, True]))  # nothing stands beside them
    assert detail.strokes.grab().toImage() == plain
    detail.player.set_letters(1, np.array([False, True]))
    assert detail.strokes.grab().toImage() != plain
