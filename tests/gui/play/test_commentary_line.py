from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from qdesk.game.commentary import Remark
from qdesk.gui.play.commentary_line import FADE_MS, CommentaryLine
from qdesk.gui.theme import refresh_theme, theme

SAID = (
    Remark(900, "I see a line…", "line"),
    Remark(1900, "or a bird…", "bird"),
    Remark(3000, "I know: it’s a flamingo!", "flamingo", sure=True),
)


@pytest.fixture
def line(qtbot) -> CommentaryLine:
    made = CommentaryLine()
    qtbot.addWidget(made)
    made.resize(700, 32)
    made.show()
    return made


def furthest(line: CommentaryLine, colour: QColor) -> int:
    """How far to the right there are pixels of this very colour; 0 if there are none."""
    image = line.grab().toImage()
    return max((x for x in range(image.width()) for y in range(image.height()) if near(image, x, y, colour)), default=0)


def near(image, x: int, y: int, colour: QColor) -> bool:
    pixel = image.pixelColor(x, y)
    return all(abs(a - b) < 12 for a, b in zip(pixel.getRgb()[:3], colour.getRgb()[:3], strict=True))


def test_a_plain_sentence_stays(line: CommentaryLine) -> None:
    line.set_text("Draw, and I will guess.")
    assert line.text == line.accessibleName() == "Draw, and I will guess." and not line.fading
    assert furthest(line, theme().muted) > 100
    line.set_said(SAID[:1], 900)
    assert line.text == "I see a line…"
    line.set_text("")
    assert line.text == "" and not furthest(line, theme().ink)


def test_the_newest_stays_and_those_before_it_fade_and_go(line: CommentaryLine) -> None:
    line.set_said(SAID[:1], 900)
    line.set_said(SAID[:1], 15_000)
    assert line.text == "I see a line…" and not line.fading
    line.set_said(SAID[:2], 1900)
    assert line.text == "I see a line… or a bird…" and line.fading
    both = furthest(line, theme().ink)
    line.set_said(SAID[:2], 1900 + FADE_MS)
    assert line.text == line.accessibleName() == "or a bird…" and not line.fading
    assert 0 < furthest(line, theme().ink) < both  # it has moved to the margin


def test_it_fades_by_itself_and_then_rests(qtbot, line: CommentaryLine) -> None:
    line.set_said(SAID[:2], 1900 + FADE_MS - 100)
    assert line.fading
    qtbot.waitUntil(lambda: not line.fading)
    assert line.text == "or a bird…"


def test_a_clock_that_stands_does_not_stop_what_fades(qtbot, line: CommentaryLine) -> None:
    now = 3000 + FADE_MS - 100
    line.set_said(SAID, now)

    def told_again() -> bool:
        line.set_said(SAID, now)
        return not line.fading

    qtbot.waitUntil(told_again)
    assert line.text == "I know: it’s a flamingo!"


def test_a_new_round_begins_with_its_own_time(line: CommentaryLine) -> None:
    line.set_said(SAID, 19_000)
    line.set_said((), 0)
    assert line.text == ""
    line.set_said(SAID[:2], 1900)
    assert line.text == "I see a line… or a bird…"


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_word_that_is_known_stands_out(line: CommentaryLine, look: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QDESK_THEME", look)
    refresh_theme()
    line.set_said(SAID[:2], 1950)
    assert not furthest(line, theme().accent) and furthest(line, theme().ink)
    line.set_said(SAID, 3050)
    assert furthest(line, theme().accent) and not furthest(line, theme().ink)


def test_where_it_does_not_fit_the_oldest_goes_first(line: CommentaryLine) -> None:
    line.set_said(SAID, 3050)
    wide = furthest(line, theme().accent)
    line.resize(wide - 20, 32)
    narrow = furthest(line, theme().accent)
    assert 0 < narrow < wide - 60  # the first is gone, and the rest has its place
    line.resize(90, 32)
    assert 0 < furthest(line, theme().accent) < 90
