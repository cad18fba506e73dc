from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from qdesk.explore.tracing import trace
from tests.helpers.pictures import HOUSE, apart, drawn


def mask_of(strokes: list[np.ndarray], pen: int = 5) -> np.ndarray:
    return drawn(strokes, 320, pen)[..., 0] < 128


@st.composite
def polylines(draw: st.DrawFn) -> np.ndarray:
    """Lines of a few long pieces that turn by no more than a right angle."""
    count = draw(st.integers(2, 6))
    angle = draw(st.floats(0, 6.28))
    points = [np.array([0.0, 0.0])]
    for _ in range(count - 1):
        length = draw(st.floats(40, 110))
        points.append(points[-1] + length * np.array([np.cos(angle), np.sin(angle)]))
        angle += draw(st.floats(-1.4, 1.4))
    line = np.array(points)
    line -= line.min(axis=0)
    return line * min(1.0, 250 / max(line.max(), 1))


@given(polylines(), st.integers(2, 8))
@settings(max_examples=40)
def test_a_line_that_is_drawn_and_traced_comes_back_near(line, pen):
    traced = trace(mask_of([line], pen))
    assert apart(traced.strokes, [line + 20]) <= pen + 3
    if not traced.filled:
        assert abs(traced.pen - pen) <= 2


def test_lines_that_do_not_touch_are_strokes_of_their_own():
    lines = [np.array([[0.0, 10], [200, 10]]), np.array([[0.0, 60], [200, 80]]), np.array([[50.0, 120], [60, 240]])]
    assert len(trace(mask_of(lines)).strokes) == 3


def test_at_a_crossing_a_stroke_goes_straight_on():
    cross = [np.array([[0.0, 100], [200, 100]]), np.array([[100.0, 0], [100, 200]])]
    traced = trace(mask_of(cross))
    assert len(traced.strokes) == 2
    assert sorted(tuple(np.ptp(stroke, axis=0) > 150) for stroke in traced.strokes) == [(False, True), (True, False)]


def test_a_slanting_crossing_loses_no_ink():
    cross = [np.array([[0.0, 80], [220, 120]]), np.array([[0.0, 120], [220, 80]])]
    strokes = trace(mask_of(cross, 6)).strokes
    assert len(strokes) <= 3 and np.ptp(strokes[0], axis=0)[0] > 200
    assert apart(strokes, [line + 20 for line in cross]) < 12


def test_a_ring_is_one_closed_stroke():
    turns = np.linspace(0, 2 * np.pi, 60)
    ring = np.stack([120 + 90 * np.cos(turns), 120 + 90 * np.sin(turns)], axis=1)
    (stroke,) = trace(mask_of([ring])).strokes
    assert np.hypot(*(stroke[0] - stroke[-1])) <= 4
    assert apart([stroke], [ring + 20]) <= 4


def test_a_dot_stays():
    dot = Image.new("L", (100, 100), 0)
    ImageDraw.Draw(dot).ellipse([45, 45, 52, 52], fill=255)
    ImageDraw.Draw(dot).line([10, 10, 10, 90], fill=255, width=7)
    traced = trace(np.asarray(dot) > 128)
    assert len(traced.strokes) == 2
    assert min(np.hypot(*(stroke.mean(axis=0) - 48.5)) for stroke in traced.strokes) < 3


def test_what_is_filled_becomes_its_outline():
    square = np.zeros((200, 200), bool)
    square[40:160, 40:160] = True
    traced = trace(square)
    assert traced.filled
    outline = np.array([[40.0, 40], [160, 40], [160, 160], [40, 160], [40, 40]])
    assert apart(traced.strokes, [outline]) < 8


def test_a_drawing_with_one_filled_part_keeps_its_lines():
    mask = mask_of(HOUSE)
    mask[210:265, 60:110] = True
    traced = trace(mask)
    assert traced.filled
    assert apart([*traced.strokes], [stroke + 20 for stroke in HOUSE]) < 60
    assert abs(traced.pen - 5) <= 2


def test_the_longest_stroke_comes_first_and_begins_at_the_left_or_top():
    lines = [np.array([[240.0, 200], [20, 190]]), np.array([[0.0, 0], [40, 0]])]
    first, second = trace(mask_of(lines)).strokes
    assert np.ptp(first, axis=0)[0] > 200 and first[0, 0] < first[-1, 0]
    assert len(second) < len(first)


def test_nothing_cannot_be_traced():
    with pytest.raises(ValueError):
        trace(np.zeros((20, 20), bool))


def test_noise_everywhere_is_traced_in_the_end():
    mask = np.random.default_rng(0).random((150, 150)) > 0.5
    assert len(trace(mask).strokes) > 1
