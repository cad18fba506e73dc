"""Draw docs/out-of-reach.svg, what a ranking cannot tell for sure: `python scripts/draw_out_of_reach.py`.

All of it is drawn by code, with the unsteady hand that also draws junk. It needs no data and no network.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # so that this checkout's package is read, not an installed one

from qdesk.data.drawings import Drawings  # noqa: E402
from qdesk.data.junk.hand import Hand, fitted, smooth, trace  # noqa: E402
from qdesk.data.junk.writing import Script, write  # noqa: E402
from qdesk.formats.sheet import Caption, write_sheet  # noqa: E402

OUT = ROOT / "docs" / "out-of-reach.svg"
HAND = Hand(bend=0.012, shake=0.002, apart=0.5)
PRINT = Script("futural", slant=0.05, narrow=0.9, uneven=0.1, spacing=2.0, join=0.0, hand=HAND)

Strokes = list[np.ndarray]


def main() -> int:
    rng = np.random.default_rng(1)
    shown = [
        ("house", "letters, or smoke?", [*_house(), *_written("oo", (140, -20), (40, 25), rng)]),
        ("fish", "letters, or bubbles?", [*_fish(), *_written("oo", (0, 25), (30, 18), rng)]),
        ("sailboat", "letters, or waves?", [*_sailboat(), *_written("ww", (60, 205), (90, 30), rng)]),
        ("flower", "letters, or grass?", [*_flower(), *_written("VW", (75, 215), (60, 35), rng)]),
        ("streetlight", "a traffic light", _traffic_light()),
        ("dishwasher", "a sink", _sink()),
        ("basket", "a basketball hoop", _hoop()),
        ("string bean", "a single line", [_curve((0, 60), (70, 85), (150, 80), (220, 40))]),
    ]
    drawn = Drawings.from_strokes([trace(strokes, HAND, rng) for *_, strokes in shown])
    write_sheet(OUT, drawn.fit_box(), [Caption(word, said) for word, said, _ in shown])
    return 0


def _written(text: str, corner: tuple[int, int], room: tuple[int, int], rng: np.random.Generator) -> Strokes:
    """Write small letters from the upper left `corner`, `room` wide and high."""
    return fitted(write([text], PRINT, rng), np.array(corner, float), np.array(room, float))


def _house() -> Strokes:
    return [
        _line((30, 90), (30, 200), (190, 200), (190, 90)), _line((10, 95), (110, 10), (210, 95), (10, 95)),
        _line((90, 200), (90, 140), (130, 140), (130, 200)), _line((140, 110), (170, 110), (170, 135), (140, 135),
                                                                    (140, 110)),
    ]  # fmt: skip


def _fish() -> Strokes:
    body = _curve((185, 95), (120, 40), (60, 55), (35, 95), (60, 135), (120, 150), (185, 95))
    return [body, _line((185, 95), (240, 50), (240, 145), (185, 95)), _round((70, 85), (5, 5)),
            _curve((110, 60), (120, 95), (110, 130))]  # fmt: skip


def _sailboat() -> Strokes:
    return [
        _line((30, 150), (60, 195), (170, 195), (205, 150), (30, 150)), _line((110, 150), (110, 10)),
        _line((110, 15), (190, 135), (110, 135)), _line((110, 30), (55, 135), (110, 135)),
    ]  # fmt: skip


def _flower() -> Strokes:
    angles = 2 * np.pi * np.arange(6) / 6
    petals = [_round((105 + 42 * np.cos(a), 65 + 42 * np.sin(a)), (22, 22)) for a in angles]
    leaf = _curve((105, 190), (140, 160), (155, 170), (105, 200))
    return [_round((105, 65), (20, 20)), *petals, _line((105, 128), (105, 250)), leaf]


def _traffic_light() -> Strokes:
    box = _line((70, 0), (140, 0), (140, 165), (70, 165), (70, 0))
    pole = _line((98, 165), (98, 255)), _line((112, 165), (112, 255))
    return [box, *(_round((105, y), (20, 20)) for y in (30, 82, 134)), *pole]


def _sink() -> Strokes:
    return [
        _line((0, 100), (230, 100)), _curve((20, 100), (40, 165), (115, 180), (190, 165), (210, 100)),
        _curve((115, 100), (112, 40), (135, 20), (158, 40), (158, 60)), _round((85, 90), (10, 8)),
        _round((145, 90), (10, 8)), _line((158, 66), (158, 74)),
    ]  # fmt: skip


def _hoop() -> Strokes:
    board = _line((20, 0), (180, 0), (180, 90), (20, 90), (20, 0))
    net = [_line((57 + 17 * k, 97), (72 + 11 * k, 165)) for k in range(6)]
    return [board, _round((100, 95), (45, 9)), *net, _line((64, 130), (100, 137), (137, 130))]


def _line(*places: Sequence[float]) -> np.ndarray:
    return np.array(places, float)


def _curve(*places: Sequence[float]) -> np.ndarray:
    return smooth(_line(*places), 6)


def _round(middle: Sequence[float], radius: Sequence[float]) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 25)
    return np.array(middle) + np.array(radius) * np.stack([np.cos(angle), np.sin(angle)], axis=1)


if __name__ == "__main__":
    sys.exit(main())
