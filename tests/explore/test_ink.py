"""Ink is found in pictures of every kind: graphics and photos that code took."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qdesk.bench.photograph import Setting, photograph
from qdesk.explore.ink import NoInk, find_ink
from qdesk.explore.picture_file import picture_of
from qdesk.explore.tracing import trace
from tests.helpers.pictures import HOUSE, apart, drawn, house

CALM = Setting(
    paper="plain", turn=0, tilt=0, shadow=0, slope=0, blur=0.0005, noise=2, quality=90, share=0.6, pen=8, ink=0.8
)


def seen(setting: Setting, seed: int = 0):
    """The ink of a photo of a house, and the house as it was traced, in the 255 box."""
    from qdesk.data.drawings import Drawings

    photo = photograph(house(), 0, setting, np.random.default_rng(seed))
    ink = find_ink(picture_of(photo, "photo"))
    return ink, Drawings.from_strokes([trace(ink.mask).strokes]).fit_box()


def is_the_house(drawing) -> bool:
    return apart(drawing.strokes_of(0), house().strokes_of(0)) < 26


@pytest.mark.parametrize(
    "kind",
    [
        CALM,
        replace(CALM, paper="ruled"),
        replace(CALM, paper="squared"),
        replace(CALM, shadow=0.5, slope=0.4),
        replace(CALM, paper="squared", shadow=0.4, slope=0.3, noise=5),
        replace(CALM, tilt=0.05),
        replace(CALM, turn=3, paper="ruled", rule=0.35),
        replace(CALM, blur=0.0025),
        replace(CALM, noise=10, quality=35),
        replace(CALM, ink=0.4),
        replace(CALM, pen=3),
        replace(CALM, pen=16),
        replace(CALM, dark=True),
        replace(CALM, dark=True, shadow=0.3, slope=0.3),
    ],
    ids=[
        "plain", "ruled", "squared", "shadow", "squared in a shadow", "at an angle", "turned", "blurred", "noisy",
        "faint", "thin", "thick", "blackboard", "blackboard in a shadow",
    ],
)  # fmt: skip
@pytest.mark.parametrize("seed", [0, 1])
def test_a_photo_of_a_house_is_a_house(kind, seed):
    ink, drawing = seen(kind, seed)
    assert is_the_house(drawing)
    assert ink.light == kind.dark
    assert (ink.lines > 4) == (kind.paper != "plain")


def test_what_was_assumed_is_said():
    ink, _ = seen(replace(CALM, paper="ruled", shadow=0.5))
    assert ink.said.startswith("Dark on light, uneven light evened out, ") and "of the paper left out" in ink.said


@pytest.mark.parametrize(("ink", "paper"), [(0, 255), (255, 0), (200, 60), (90, 130)])
def test_a_graphic_may_be_dark_on_light_or_light_on_dark(ink, paper):
    found = find_ink(drawn(ink=ink, paper=paper))
    assert found.graphic and found.light == (ink > paper)
    assert apart(trace(found.mask).strokes, [stroke + 20 for stroke in HOUSE]) < 6


def test_a_colour_as_bright_as_its_ground_is_ink():
    pixels = np.zeros((60, 60, 3), np.uint8)
    pixels[:] = (120, 120, 120)
    pixels[20:40, 28:32] = (150, 110, 95)
    assert find_ink(pixels).mask.sum() == 80


@pytest.mark.parametrize("shade", [0, 255])
def test_transparency_is_ground(shade):
    pixels = np.zeros((80, 80, 4), np.uint8)
    pixels[20:60, 38:42] = (shade, shade, shade, 255)
    assert find_ink(pixels).mask.sum() == 160


def test_lines_of_the_drawing_are_not_lines_of_the_paper():
    long = drawn([np.array([[-10.0, 100], [270, 100]]), np.array([[100.0, 0], [100, 200]])], 300)
    assert find_ink(long).lines == 0


@pytest.mark.parametrize(
    "pixels",
    [
        np.full((200, 200, 3), 255, np.uint8),
        np.zeros((200, 200), np.uint8),
        np.full((2, 2, 3), 7, np.uint8),
        np.zeros((50, 50, 4), np.uint8),
        np.clip(np.random.default_rng(0).normal(200, 4, (300, 300, 3)), 0, 255).astype(np.uint8),
        np.tile(np.linspace(110, 230, 400).astype(np.uint8), (300, 1)),
    ],
    ids=["white", "black", "tiny", "transparent", "noise", "a slope of light"],
)
def test_nothing_is_a_sentence(pixels):
    with pytest.raises(NoInk, match="nothing in this picture"):
        find_ink(pixels)


def test_empty_ruled_paper_is_nothing():
    from qdesk.data.drawings import Drawings

    dot = Drawings.from_strokes([[np.zeros((2, 2), np.float32)]])
    empty = photograph(dot, 0, replace(CALM, paper="ruled", ink=0.0), np.random.default_rng(0))
    with pytest.raises(NoInk):
        find_ink(picture_of(empty, "photo"))
