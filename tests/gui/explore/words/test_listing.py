from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.gui.explore.words.listing import ListedWord, WordList


def listed(qtbot) -> WordList:
    made = WordList()
    qtbot.addWidget(made)
    made.resize(232, 400)
    made.show()
    made.show_words([ListedWord("cat", 12), ListedWord("dog", 1), ListedWord("", 3)])
    return made


def shown(words: WordList) -> list[str]:
    items = [words.list.item(row) for row in range(words.list.count())]
    return [item.data(Qt.ItemDataRole.AccessibleTextRole) for item in items if not item.isHidden()]


def test_words_are_found_by_a_part_of_their_name(qtbot):
    words = listed(qtbot)
    assert shown(words) == ["cat, 12 drawings", "dog, 1 drawing", "no word, 3 drawings"]
    QTest.keyClicks(words.field, "O")
    assert shown(words) == ["dog, 1 drawing", "no word, 3 drawings"]
    QTest.keyClicks(words.field, "x")
    assert shown(words) == [] and words.none.isVisible() and "“Ox”" in words.none.text()
    QTest.keyClick(words.field, Qt.Key.Key_Escape)
    assert len(shown(words)) == 3 and not words.none.isVisible()


def test_a_word_is_chosen_by_the_user_and_by_the_program(qtbot):
    words, chosen = listed(qtbot), []
    words.chosen.connect(chosen.append)
    assert words.current is None
    words.choose("dog")
    QTest.keyClick(words.list, Qt.Key.Key_Up)
    QTest.keyClicks(words.field, "no")
    QTest.keyClick(words.field, Qt.Key.Key_Return)
    assert chosen == ["dog", "cat", ""] and words.current == ""


def test_small_pictures_come_later(qtbot):
    words = listed(qtbot)
    before = words.list.viewport().grab().toImage()
    words.put_mean("cat", np.ones((28, 28), np.float32))
    assert words.list.viewport().grab().toImage() != before
