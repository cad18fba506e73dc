"""Ink that grows: at its border alone, and never less than before."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageSequence

from qdesk.formats import FormatError
from qdesk.generate.ink import SIDE, Aim, Frame, Ink, Reader, blob, border, svg, write

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def grown(reader: Reader, aim: Aim, steps: int = 12) -> list[Frame]:
    ink = Ink(reader, aim)
    frames = [ink.frame]
    while len(frames) <= steps and (frame := ink.grow()):
        frames.append(frame)
    return frames


@pytest.mark.parametrize(
    "aim",
    [Aim("octopus"), Aim("cat", seed=3, distance=0.5), Aim(layer=0, channel=7), Aim(layer=3, channel=20, distance=0.2),
     Aim(layer=6, channel=5)],
    ids=str,
)  # fmt: skip
def test_only_the_border_flips_and_what_is_wanted_never_falls(reader: Reader, aim: Aim) -> None:
    frames = grown(reader, aim)
    assert len(frames) > 3
    for before, after in zip(frames, frames[1:], strict=False):
        flipped = before.ink ^ after.ink
        assert flipped.any() and not (flipped & ~border(before.ink)).any()
        assert after.value > before.value
        assert after.step == before.step + 1


def test_a_word_gets_likelier(reader: Reader) -> None:
    frames = grown(reader, Aim("octopus"), 60)
    assert frames[-1].chance > 20 * frames[0].chance
    assert frames[-1].value == pytest.approx(np.log(frames[-1].chance), abs=1e-3)
    p = reader.guess(frames[-1].ink)
    assert frames[-1].seen == (reader.words[int(p.argmax())], pytest.approx(float(p.max())))


def test_a_seed_grows_the_same_again(reader: Reader) -> None:
    one, two, other = (grown(reader, Aim("cat", seed=seed), 4)[-1].ink for seed in (1, 1, 2))
    assert np.array_equal(one, two) and not np.array_equal(one, other)


def test_the_blob_is_in_the_middle_and_in_one_piece() -> None:
    ink = blob(np.random.default_rng(0))
    ys, xs = np.nonzero(ink)
    assert ink.shape == (SIDE, SIDE)
    assert abs(ys.mean() - SIDE / 2) < 3 and abs(xs.mean() - SIDE / 2) < 3
    assert 0.05 < ink.mean() < 0.25


def test_the_border_is_where_black_meets_white() -> None:
    ink = np.zeros((5, 5), bool)
    assert not border(ink).any()
    ink[2, 2] = True
    assert np.argwhere(border(ink)).tolist() == [[1, 2], [2, 1], [2, 2], [2, 3], [3, 2]]


def test_ink_that_is_all_gone_grows_no_more(reader: Reader) -> None:
    ink = Ink(reader, Aim("cat"))
    ink.frame = Frame(3, np.zeros((SIDE, SIDE), bool), -9.0, 0.0, ("line", 0.3))
    assert ink.grow() is None and ink.finished


@pytest.mark.parametrize(
    ("aim", "why"),
    [
        (Aim("octopsu"), "octopsu. Did you mean octopus"),
        (Aim(layer=7), "layers 0 to 6, not 7"),
        (Aim(layer=6, channel=320), "Layer 6 has channels 0 to 319, not 320"),
        (Aim("cat", distance=0), "distance"),
    ],
)
def test_what_there_is_not_is_refused(reader: Reader, aim: Aim, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Ink(reader, aim)


def test_files_show_how_it_grew_and_what_it_became(reader: Reader, tmp_path: Path) -> None:
    frames = grown(reader, Aim("house"), 5)
    for ending in ("gif", "png", "svg"):
        write(frames, tmp_path / f"house.{ending}")
    with Image.open(tmp_path / "house.gif") as image:
        shown = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(image)]
    assert len(shown) == len(frames)
    for picture, frame in zip(shown, frames, strict=True):
        assert np.array_equal(picture[2::4, 2::4] < 128, frame.ink)
    with Image.open(tmp_path / "house.png") as image:
        assert np.array_equal(np.asarray(image.convert("L"))[3::6, 3::6] < 128, frames[-1].ink)
    with pytest.raises(FormatError, match="written as .gif, .png or .svg"):
        write(frames, tmp_path / "house.ndjson")


def test_the_svg_covers_the_black_pixels() -> None:
    ink = np.zeros((3, 5), bool)
    ink[0, 1:3] = ink[2, 4] = True
    (path,) = ElementTree.fromstring(svg(ink)).findall("{http://www.w3.org/2000/svg}path")
    assert path.get("d") == "M1 0h2v1h-2zM4 2h1v1h-1z"
