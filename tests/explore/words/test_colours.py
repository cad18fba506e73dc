from __future__ import annotations

import numpy as np
import pytest

from qdesk.explore.words.colours import FIRST, LAST, LESS, MORE, apart, inked, order_range, ordered, premultiplied


def test_ink_is_opaque_from_the_top_of_the_scale_on():
    made = inked(np.array([[0, 0.25, 0.5, 0.9]]), 0.5, (9, 8, 7))
    assert made[0, :, 3].tolist() == [0, 128, 255, 255] and (made[..., :3] == (9, 8, 7)).all()


def test_more_and_less_have_their_colours_and_what_is_equal_is_faint():
    made = apart(np.array([[0.5, -0.5, 0.0]]), 0.5, np.array([[1, 1, 1.0]]))
    assert made[0, 0].tolist() == [*MORE, 255] and made[0, 1].tolist() == [*LESS, 255]
    assert made[0, 2].tolist() == [0, 0, 0, 64]


def test_order_runs_from_the_first_colour_to_the_last():
    order = np.linspace(0.2, 0.8, 101)[None]
    ink = np.ones_like(order)
    assert order_range(order, ink) == (pytest.approx(0.23, abs=0.01), pytest.approx(0.77, abs=0.01))
    made = ordered(order, ink, 1.0)
    assert made[0, 0].tolist() == [*FIRST, 255] and made[0, -1].tolist() == [*LAST, 255]
    nothing = ordered(np.full((1, 2), np.nan), np.ones((1, 2)), 1.0)
    assert (nothing[..., 3] == 0).all() and order_range(np.full((1, 2), np.nan), np.ones((1, 2))) == (0, 1)


def test_premultiplied_is_what_cairo_wants():
    assert premultiplied(np.array([[[200, 100, 50, 128]]], np.uint8)).tolist() == [[[25, 50, 100, 128]]]
