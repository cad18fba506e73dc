"""A line that names a word."""

from __future__ import annotations

from qdesk.gui.kit.word_field import WordField


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
