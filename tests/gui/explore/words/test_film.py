from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize

from qdesk.explore.words.together import together
from qdesk.gui.explore.words.film import FilmPlayer
from qdesk.gui.theme import theme
from tests.helpers.drawings import shapes


@pytest.fixture
def player(qtbot) -> FilmPlayer:
    made = FilmPlayer()
    qtbot.addWidget(made)
    made.show()
    return made


def test_without_a_film_there_is_nothing_to_play(player):
    assert not player.play_button.isEnabled() and not player.slider.isEnabled()
    player.toggle()
    assert not player.playing


def test_a_film_shows_its_end_plays_from_the_beginning_and_pauses(player, qtbot):
    player.set_film(together(shapes("circle", 6), frames=4, side=32), "6 drawings")
    assert player.slider.value() == 3 and player.about.text() == "6 drawings"
    seen = []
    player.frame_changed.connect(seen.append)
    player.play_button.click()
    assert player.playing and seen == [0] and player.play_button.accessibleName() == "Pause"
    qtbot.waitUntil(lambda: 3 in seen)
    assert seen[:4] == [0, 1, 2, 3] and player.playing  # it goes on in a loop
    player.play_button.click()
    assert not player.playing and player.play_button.accessibleName() == "Play"


def test_the_slider_shows_any_moment(player):
    player.set_film(together(shapes("circle", 6), frames=4, side=32), "")
    grown = []
    for frame in (0, 3):
        player.slider.setValue(frame)
        image = player.view.grab().toImage().scaled(QSize(64, 64))
        ground = theme().surface.name()
        grown.append(sum(image.pixelColor(x, y).name() != ground for x in range(4, 60) for y in range(4, 60)))
    assert grown[0] < grown[1]


def test_a_hidden_film_does_not_play_on(player):
    player.set_film(together(shapes("circle", 6), frames=4, side=32), "")
    player.toggle()
    player.hide()
    assert not player.playing


def test_the_last_frame_is_ink_alone(player):
    film = together(shapes("circle", 6), frames=4, side=32)
    player.set_film(film, "")
    picture = player.view._picture(film)
    ink = theme().ink
    assert (picture[..., :3] == (ink.red(), ink.green(), ink.blue())).all()
    assert np.array_equal(picture[..., 3], film.ink[-1])
