"""Teaching networks to draw small pictures."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk.training import icons
from qdesk.training.icons import (
    FINE,
    FONTS,
    FontMissing,
    Pictures,
    Run,
    font_path,
    glyphs,
    reduced,
    solid,
    teach,
    varied,
)

pytestmark = pytest.mark.torch


def ring(side: int = 32 * FINE, thick: int = FINE) -> np.ndarray:
    """A square outline with a dot in its middle, finely drawn."""
    look = np.zeros((side, side), np.float32)
    look[:] = 1
    look[thick:-thick, thick:-thick] = 0
    middle = side // 2
    look[middle - 2 * thick : middle + 2 * thick, middle - 2 * thick : middle + 2 * thick] = 1
    return look


def test_a_thin_outline_survives_at_eight_pixels() -> None:
    small = reduced(ring(), 8)
    assert small[0].all() and small[:, 0].all() and not small[1, 1]
    assert (reduced(ring(), 32)[0]).all()


def test_a_picture_can_leave_room_around() -> None:
    small = reduced(ring(), 32, room=28)
    assert not small[:2].any() and not small[:, -2:].any() and small[2, 2:-2].all()


def test_an_outline_is_filled_and_what_is_inside_is_cut_out() -> None:
    middle = 16 * FINE
    body = solid(ring())
    assert body[4 * FINE, 4 * FINE] == 1 and body[middle, middle] == 0


def test_pictures_are_varied_a_little() -> None:
    picture = np.zeros((8, 8), bool)
    picture[2:5, 1:3] = True
    rng = np.random.default_rng(0)
    some = {varied(picture, rng).tobytes() for _ in range(200)}
    assert 10 < len(some) <= 18
    assert all(np.frombuffer(one, bool).sum() == picture.sum() for one in some)
    full = np.ones((8, 8), bool)
    assert all((varied(full, rng) == full).all() for _ in range(20))  # there is no room to move it


def test_a_tiny_run_learns_something() -> None:
    rng = np.random.default_rng(0)
    squares = np.zeros((300, 8, 8), bool)
    for picture, (low, high) in zip(squares, np.sort(rng.integers(0, 9, (300, 2)), axis=1), strict=True):
        picture[low:high, low:high] = True
    pictures = {8: Pictures(squares[:250], squares[250:])}
    ticks = iter(range(10_000))
    run = Run(minutes=1.0, batch=(32,), every=20, rate=0.01)  # by this clock a minute has 60 steps
    said: list[str] = []
    network, after = teach(pictures, run, said.append, clock=lambda: float(next(ticks)), hidden=32)
    before = icons.nats_per_pixel(icons.PixelNetwork(32, (8,)), squares[250:])
    assert after[8] < 0.5 * before
    assert network.sides == (8,) and len(said) == 3
    assert said[-1].startswith("step 60, 100 %")


def test_a_run_stops_where_nothing_gets_better() -> None:
    noise = np.random.default_rng(0).random((20, 8, 8)) < 0.5
    ticks = iter(range(100_000))
    run = Run(minutes=500.0, batch=(4,), every=1, patience=3, rate=0.0)
    said: list[str] = []
    teach({8: Pictures(noise, noise)}, run, said.append, clock=lambda: float(next(ticks)), hidden=4)
    assert len(said) == 4


def test_a_missing_font_is_a_sentence() -> None:
    with pytest.raises(
        FontMissing, match=r"no font NotoSansEgyptianHieroglyphs-Regular.ttf here. In Debian the package"
    ):
        font_path(FONTS["hieroglyphs"][0], folders=())


def test_glyphs_fill_their_picture_and_each_code_point_is_taken_once() -> None:
    font = FONTS["icons"][2]._replace(blocks=((0x2654, 0x265F), (0x10FF0, 0x10FFF)))
    try:
        font_path(font)
    except FontMissing as why:
        pytest.skip(str(why))
    found = list(glyphs(font))
    assert [name for name, _ in found] == [f"{code:05X}" for code in range(0x2654, 0x2660)]  # chess pieces
    for _, look in found:
        assert look.shape == (32 * FINE, 32 * FINE)
        assert max(look.any(axis=0).sum(), look.any(axis=1).sum()) >= 31 * FINE


def test_one_name_in_ten_is_held_out() -> None:
    share = np.mean([icons.is_held_out(f"cat {number}") for number in range(2000)])
    assert 0.08 < share < 0.13
