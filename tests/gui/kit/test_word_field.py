"""A line that names a word."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QToolButton

from qdesk.gui.kit.word_field import WordField
from qdesk.gui.theme import apply_theme


def test_a_word_is_one_of_the_catalog_however_it_is_written(qtbot) -> None:
    field = WordField("Word", "cat")
    qtbot.addWidget(field)
    said: list[str] = []
    field.word_changed.connect(said.append)
    field.setText("Ice_Cream ")
    assert field.word == "ice cream" and field.trouble == "" and said == ["ice cream"]
    field.setText("ice cream")
    assert said == ["ice cream"]  # the same word
    field.setText("flamigno")
    assert field.word == "" and said[-1] == ""
    assert field.trouble == "“flamigno” is not one of the 345 words. Did you mean flamingo?"
    field.clear()
    assert field.trouble == ""


def test_what_clears_it_stands_in_the_middle_of_the_line_and_only_while_there_is_something(qtbot) -> None:
    field = WordField("Word", "cat")
    qtbot.addWidget(field)
    field.resize(200, field.sizeHint().height())
    field.show()
    apply_theme(QApplication.instance())
    (clear,) = field.findChildren(QToolButton)
    qtbot.waitUntil(lambda: clear.isVisible() and clear.height() > 0)
    assert abs(clear.geometry().center().y() - field.rect().center().y()) <= 1
    clear.click()
    assert field.text() == "" and not clear.isVisible()
