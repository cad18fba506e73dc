"""Brute force: each picture once, and a climb that climbs."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.generate import brute
from qdesk.generate.seen import best_guesses, framed
from qdesk.scoring.classifier import DrawingClassifier

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def guesser() -> DrawingClassifier:
    return DrawingClassifier()


def test_each_picture_is_there_once() -> None:
    pictures = brute.every(4)
    assert pictures.shape == (65_536, 4, 4)
    assert len(np.unique(np.packbits(pictures.reshape(-1, 16), axis=1), axis=0)) == 65_536


def test_the_border_stands_around_each() -> None:
    for ink in (True, False):
        made = brute.bordered(brute.every(2), ink)
        assert (made[:, 1:-1, 1:-1] == brute.every(2)).all()
        edge = np.ones((4, 4), bool)
        edge[1:-1, 1:-1] = False
        assert (made[:, edge] == ink).all()


def test_all_small_pictures_are_tried_and_the_best_of_each_word_is_kept(guesser: DrawingClassifier) -> None:
    shares = []
    for wall in brute.search(guesser, 3):
        shares.append(wall.share)
    assert wall.tried == 512 and shares[-1] == 1.0
    words, chances = best_guesses(guesser, brute.bordered(brute.every(3)))
    best = int(chances.argmax())
    first = wall.icons(count=1)[0]
    assert (first.word, first.chance) == (words[best], pytest.approx(chances[best], rel=1e-4))
    asked = wall.icons([words[best], "cat"])
    assert {icon.word for icon in asked} == {words[best], "cat"}


def test_a_climb_betters_what_was_drawn_at_random(guesser: DrawingClassifier, monkeypatch) -> None:
    monkeypatch.setattr(brute, "SAMPLES", 200)
    monkeypatch.setattr(brute, "ROUNDS", 1)

    def walls() -> list[tuple[float, np.ndarray, np.ndarray]]:
        return [(wall.share, wall.chances.copy(), wall.pictures.copy()) for wall in brute.search(guesser, 5, seed=3)]

    found = walls()
    shares = [share for share, _, _ in found]
    assert shares == sorted(shares) and shares[-1] == 1.0
    sampled = next(chances for share, chances, _ in found if share >= 1 / 3)
    assert (found[-1][1] >= sampled).all() and (found[-1][1] > sampled).mean() > 0.5
    assert (walls()[-1][2] == found[-1][2]).all()  # the same seed finds the same


def test_pictures_are_framed_as_the_official_ones() -> None:
    """The ink is as large as the recipe has it, in the middle, whatever the picture's size and place."""
    one = np.zeros((2, 8, 8), bool)
    one[0, 1:3, 1:3] = one[1, 5:8, 2:5] = True
    frames = framed(one)
    assert (frames[0] == frames[1]).all()  # a square is a square
    inked = np.flatnonzero(frames[0].max(axis=0))
    assert (inked[0], inked[-1]) == (2, 25)
    assert frames[0][14, 2] > 180 and frames[0][14, 14] == 0  # its outline, as a pen would draw it
    assert framed(np.zeros((1, 8, 8), bool)).max() == 0


def test_thin_lines_are_as_wide_as_the_official_pen() -> None:
    line = np.zeros((1, 32, 32), bool)
    line[0, :, 16] = line[0, 0] = True
    width = framed(line)[0, 14].sum() / 255
    assert 1.2 < width < 1.7
