from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qdesk.game.history import History
from qdesk.game.stats import WordStats, wilson
from qdesk.gui.play.people import PeopleScreen
from qdesk.gui.play.people_lines import best_and_hardest
from tests.helpers.records import played


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "history.db") as made:
        made.rename_player(1, "Ann")
        made.add_player("Ben")
        yield made


@pytest.fixture
def people(qtbot, history: History) -> PeopleScreen:
    """Ann, who has played two games: the cat is easy, the zebra is not."""
    for number in range(12):
        cat = number % 3 > 0
        word = "cat" if cat else "zebra"
        history.add(played(number, word, 9_000.0 - 500 * number if cat else None, game=f"game {number // 6}"))
    made = PeopleScreen()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    show(made, history)
    made.show()
    return made


def show(people: PeopleScreen, history: History, player: int = 1) -> None:
    people.set_players(history.players(), player)
    people.show_history(history.plays(player), history.record)


# Numbers and plots


def test_the_numbers_that_matter(people: PeopleScreen, history: History) -> None:
    figures = people.figures
    assert [one.value.text() for one in (figures.rounds, figures.share, figures.game)] == ["12", "67 %", "4 of 6"]
    assert "between 39 % and 86 %" in figures.share.toolTip() and "8 of 12" in figures.share.toolTip()
    assert figures.share.accessibleName() == "recognised: 67 %"
    assert figures.sprint.isHidden() and figures.duels.isHidden()
    for number in (20, 21):
        history.add(played(number, "cat", 2_000.0, mode="sprint", game="a sprint"))
    history.add(played(22, "cat", None, mode="duel"))
    show(people, history)
    assert [one.value.text() for one in (figures.sprint, figures.duels)] == ["2 words", "0 of 1"]


def test_the_plot_says_its_points(people: PeopleScreen) -> None:
    over_time = people.progress.over_time
    plot = over_time.plot
    assert len(plot.at) == 2 and (plot.low < plot.share).all() and (plot.share < plot.high).all()
    assert over_time.value.text() == ""
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert over_time.value.text().endswith(": 4 of 6")
    assert "4 of 6, 67 %" in plot.accessibleDescription()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    here = plot.grab().toImage()
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.grab().toImage() != here
    people.filter.setFocus()
    assert over_time.value.text() == ""


def test_words_are_judged_by_how_sure_it_is() -> None:
    def word(name: str, recognised: int, played: int, best_ms: float = float("nan")) -> WordStats:
        low, high = (float(end) for end in wilson(recognised, played))
        return WordStats(name, played, recognised, recognised / played, best_ms, best_ms, low, high)

    once, often, late = word("once", 1, 1, 900.0), word("often", 19, 20, 5_000.0), word("late", 1, 1, 9_000.0)
    never, rarely, unlucky = word("never", 0, 9), word("rarely", 1, 20), word("unlucky", 0, 1)
    words = [late, unlucky, once, rarely, often, never]
    best, hardest = best_and_hardest(words, 3)
    assert [one.word for one in best] == ["often", "once", "late"]
    assert [one.word for one in hardest] == ["rarely", "never", "unlucky"]
    assert best_and_hardest([once, never], 3) == ([once], [never])
    assert best_and_hardest([], 3) == ([], [])


def test_the_lines_of_words_and_times(qtbot, people: PeopleScreen) -> None:
    progress = people.progress
    assert [(line.word, line.text) for line in progress.best.lines] == [("cat", "8 of 8")]
    assert [(line.word, line.text) for line in progress.hardest.lines] == [("zebra", "0 of 4")]
    assert progress.hardest.lines[0].dot == 0 and progress.hardest.lines[0].high > 0.4  # of four rounds
    assert [(line.word, line.text) for line in progress.times.lines] == [("cat", "3.5 s")]
    QTest.mouseClick(progress.hardest.rows[0], Qt.MouseButton.LeftButton)
    assert people.filter.text() == "zebra" and people.count.text() == "4 of 12"
    with qtbot.waitSignal(people.opened) as opened:  # of a cat, which the filter hides
        QTest.keyClick(progress.times.rows[0], Qt.Key.Key_Return)
    assert opened.args == [f"{11:016d}"] and opened.args[0] in people.key_ids()


def test_up_and_down_go_through_the_lines(people: PeopleScreen, history: History) -> None:
    for number in range(3):
        history.add(played(30 + number, f"word {number}", 1_000.0 + number))
    show(people, history)
    rows = people.progress.times.rows
    rows[0].setFocus()
    for key, place in ((Qt.Key.Key_Down, 1), (Qt.Key.Key_Down, 2), (Qt.Key.Key_Up, 1)):
        QTest.keyClick(QApplication.focusWidget(), key)
        assert rows[place].hasFocus()


# Drawings


def test_drawings_are_filtered_by_word(people: PeopleScreen) -> None:
    assert people.count.text() == "12" and len(people.key_ids()) == 12
    QTest.keyClicks(people.filter, "ZEB")
    assert people.key_ids() == [f"{number:016d}" for number in (9, 6, 3, 0)]
    people.filter.setText("dog")
    assert people.key_ids() == [] and "dog" in people.gallery.accessibleDescription()
    QTest.keyClick(people.filter, Qt.Key.Key_Escape)
    assert people.filter.text() == "" and len(people.key_ids()) == 12


def test_rounds_without_ink_count_but_are_not_shown(people: PeopleScreen, history: History) -> None:
    history.add(played(40, "zebra", None, mode="finish", given=1))  # all of it is the network's
    show(people, history)
    assert people.figures.rounds.value.text() == "13" and len(people.key_ids()) == 12


def test_opening_a_drawing(qtbot, people: PeopleScreen) -> None:
    people.gallery.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(people.opened) as opened:
        QTest.keyClick(people.gallery, Qt.Key.Key_Return)
    assert opened.args == [f"{11:016d}"]


# People


def test_another_player_is_chosen(qtbot, people: PeopleScreen, history: History) -> None:
    people.filter.setText("cat")
    people.who.choice.setFocus()
    with qtbot.waitSignal(people.player_chosen) as chosen:
        QTest.keyClick(people.who.choice, Qt.Key.Key_Down)
    assert chosen.args == [2]
    show(people, history, 2)
    assert people.who.name == "Ben" and people.empty.isVisible() and people.filter.text() == ""
    assert not people.bottom.save_button.isEnabled() and people.bottom.ask_button.isEnabled()
    assert people.gallery.loaded == 0
    with qtbot.waitSignal(people.play):
        people.empty.button.click()


def test_a_player_is_added_in_place(qtbot, people: PeopleScreen, history: History) -> None:
    people.who.add_button.click()
    assert people.who.field.hasFocus() and not people.who.save_button.isEnabled()
    QTest.keyClicks(people.who.field, " Ben ")
    with qtbot.waitSignal(people.player_added) as added:
        QTest.keyClick(people.who.field, Qt.Key.Key_Return)
    assert added.args == ["Ben"]
    with pytest.raises(ValueError) as taken:
        history.add_player(added.args[0])
    people.set_note(str(taken.value), bad=True)
    assert people.note.text == str(taken.value) and people.who.editing and people.who.field.selectedText() == " Ben "
    QTest.keyClicks(people.who.field, "Cleo")
    with qtbot.waitSignal(people.player_added):
        people.who.save_button.click()
    show(people, history, history.add_player("Cleo").id)
    assert people.who.name == "Cleo" and not people.who.editing and people.note.isHidden()


def test_a_player_is_renamed_in_place(qtbot, people: PeopleScreen) -> None:
    people.who.rename_button.click()
    assert people.who.field.selectedText() == "Ann"
    QTest.keyClicks(people.who.field, "Anna")
    with qtbot.waitSignal(people.player_renamed) as renamed:
        QTest.keyClick(people.who.field, Qt.Key.Key_Return)
    assert renamed.args == [1, "Anna"]
    with qtbot.assertNotEmitted(people.back):
        QTest.keyClick(people.who.field, Qt.Key.Key_Escape)
    assert not people.who.editing and people.who.choice.hasFocus()
    people.who.rename_button.click()
    with qtbot.assertNotEmitted(people.player_renamed):  # the same name
        QTest.keyClick(people.who.field, Qt.Key.Key_Return)
    assert not people.who.editing


def test_everything_is_deleted_only_after_a_second_yes(qtbot, people: PeopleScreen, history: History) -> None:
    forgotten: list[int] = []
    people.forget.connect(forgotten.append)
    bottom = people.bottom
    bottom.ask_button.click()
    assert bottom.question.text() == "Delete 12 drawings, all times and the name Ann? This cannot be undone."
    assert bottom.keep_button.hasFocus() and not bottom.save_button.isVisible()
    QTest.keyClick(bottom.keep_button, Qt.Key.Key_Return)
    assert not bottom.asking and bottom.ask_button.hasFocus()
    bottom.ask_button.click()
    with qtbot.assertNotEmitted(people.back):
        QTest.keyClick(bottom.keep_button, Qt.Key.Key_Escape)
    assert not bottom.asking and forgotten == []
    bottom.ask_button.click()
    bottom.delete_button.click()
    assert forgotten == [1] and not bottom.asking
    history.forget(1)
    show(people, history, 2)
    assert people.empty.isVisible() and people.gallery.loaded == 0


def test_the_question_is_over_when_somebody_else_is_chosen(people: PeopleScreen, history: History) -> None:
    people.bottom.ask_button.click()
    show(people, history, 2)
    assert not people.bottom.asking
    people.bottom.ask_button.click()
    assert people.bottom.question.text() == "Delete the name Ben? This cannot be undone."


# Keys


def test_escape_leads_back_and_other_keys_do_nothing(qtbot, people: PeopleScreen) -> None:
    people.gallery.setFocus()
    with qtbot.waitSignal(people.back):
        QTest.keyClick(people.gallery, Qt.Key.Key_Escape)
    parent = people.parentWidget()
    assert parent is None
    QTest.keyClick(people, Qt.Key.Key_Space)  # would begin a game on the page


def test_tab_goes_from_top_to_bottom(people: PeopleScreen) -> None:
    who, progress, bottom = people.who, people.progress, people.bottom
    wanted = [who.back_button, who.choice, who.rename_button, who.add_button, progress.over_time.plot]
    wanted += [progress.best.rows[0], progress.hardest.rows[0], progress.times.rows[0], people.filter, people.gallery]
    wanted += [bottom.save_button, bottom.curate_button, bottom.copies_button, bottom.ask_button]
    who.back_button.setFocus()
    seen = [QApplication.focusWidget()]
    for _ in wanted[1:]:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen == wanted


def test_everything_that_takes_the_focus_has_a_name(people: PeopleScreen) -> None:
    from PySide6.QtWidgets import QAbstractButton, QWidget

    for one in people.findChildren(QWidget):
        if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            named = one.accessibleName() or (one.text().strip() if isinstance(one, QAbstractButton) else "")
            assert named, one


@pytest.mark.parametrize("width", [720, 1200])
def test_asking_and_writing_make_the_window_no_wider(people: PeopleScreen, width: int) -> None:
    people.resize(width, 560)
    people.bottom.ask_button.click()
    people.who.add_button.click()
    people.bottom.keep()
    people.who.leave()
    QApplication.processEvents()
    assert people.width() == width and people.minimumSizeHint().width() <= 720


def test_without_a_history_it_says_so(qtbot) -> None:
    people = PeopleScreen()
    qtbot.addWidget(people)
    people.show()
    people.set_note("Your drawings cannot be saved.", bad=True)
    assert people.note.text == "Your drawings cannot be saved." and people.empty.isVisible()
    assert not people.bottom.ask_button.isEnabled() and not people.bottom.save_button.isEnabled()
    assert np.size(people.key_ids()) == 0
