from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.curation.verdicts.store import Verdicts
from qdesk.gui.curate.page import CuratePage
from tests.helpers.curate import current, press


@pytest.fixture
def field(page: CuratePage):
    """The field, asked for the worst drawing: it is a cat, and the network says so, too."""
    press(page, "W")
    made = page.commands._right_word
    assert made is not None and made.isVisible() and made.field.text() == ""
    return made.field


def test_a_drawing_of_something_else_gets_its_word(qtbot, page: CuratePage, field, home: Path, tmp_path: Path) -> None:
    QTest.keyClicks(field, "pig 1")  # what is typed is text, no verdict
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page.table.verdicts[39] == "wrong" and current(page) == "1038" and not page.commands._right_word.isVisible()
    assert page.notice.text == "1 drawing flagged as wrong: pig."
    press(page, Qt.Key.Key_Left)
    assert page.detail.verdict.text() == "Flagged: wrong, it is a pig"
    with qtbot.waitSignal(page.commands.many.ended):
        page.exporting.write("flags", tmp_path / "flags.csv")
    with open(tmp_path / "flags.csv", newline="") as file:
        assert [(row["key_id"], row["new_word"]) for row in csv.DictReader(file)] == [("1039", "pig")]


def test_what_was_said_before_is_proposed_and_undone_with_the_verdict(page: CuratePage) -> None:
    page.session.decisions.judge("wrong", "pig")
    press(page, Qt.Key.Key_Left, "W")
    field = page.commands._right_word.field
    assert field.text() == "pig"
    QTest.keyClick(field, Qt.Key.Key_Escape)
    press(page, "U")
    assert page.notice.text == "Undone: wrong taken back (cat)." and page.table.verdicts[39] == ""


def test_escape_leaves_the_drawing_as_it_is(page: CuratePage, field) -> None:
    QTest.keyClicks(field, "dog")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not page.commands._right_word.isVisible() and page.table.verdicts[39] == "" and page.grid.hasFocus()


def test_what_the_network_sees_is_proposed_where_it_is_another_word(page: CuratePage, home: Path) -> None:
    row = int(page.table.row_of[36])  # a dog, which the network takes for a cat
    page.session.sight.go(row)
    press(page, "W")
    assert page.commands._right_word.field.text() == "cat"
    QTest.keyClick(page.commands._right_word.field, Qt.Key.Key_Return)
    with Verdicts(home / "verdicts.db") as store:
        assert store.get("1036").facts["new_word"] == "cat"


def test_a_note_keeps_the_word(page: CuratePage, field, home: Path) -> None:
    QTest.keyClicks(field, "pig")
    QTest.keyClick(field, Qt.Key.Key_Return)
    page.session.decisions.write_note(39, "a fine one")
    with Verdicts(home / "verdicts.db") as store:
        verdict = store.get("1039")
        assert verdict.note == "a fine one" and verdict.facts["new_word"] == "pig"


def test_a_word_is_known_however_it_is_spelled(page: CuratePage, field) -> None:
    QTest.keyClicks(field, "The_eiffel tower")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page.notice.text == "1 drawing flagged as wrong: The Eiffel Tower."


def test_a_misspelt_word_is_asked_about_and_taken_at_the_second_enter(page: CuratePage, field) -> None:
    about = page.commands._right_word.about
    QTest.keyClicks(field, "flamingoo")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page.table.verdicts[39] == "" and field.isVisible()
    assert about.text() == "Did you mean flamingo? Enter again takes “flamingoo” as it is."
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClick(field, Qt.Key.Key_Backspace)  # another word, and another question
    assert about.text().startswith("Enter: flag as wrong")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "takes “flaming” as it is" in about.text() and page.table.verdicts[39] == ""
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page.notice.text == "1 drawing flagged as wrong: flaming." and page.table.verdicts[39] == "wrong"


def test_a_word_like_none_is_taken_at_once(page: CuratePage, field) -> None:
    QTest.keyClicks(field, "Weihnachtsmann")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page.notice.text == "1 drawing flagged as wrong: Weihnachtsmann."
