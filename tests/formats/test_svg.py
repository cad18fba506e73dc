"""A drawing as SVG, checked as a document and as pixels."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from qdesk.data.drawings import Drawing
from qdesk.formats.svg import drawing_svg, path_data

SVG = "{http://www.w3.org/2000/svg}"


def paths(text: str) -> list[str]:
    return [element.get("d") for element in ElementTree.fromstring(text).iter(f"{SVG}path")]


def pixels(text: str) -> np.ndarray:
    cairosvg = pytest.importorskip("cairosvg")
    image = pytest.importorskip("PIL.Image")
    return np.asarray(image.open(io.BytesIO(cairosvg.svg2png(text.encode()))).convert("RGBA"))


def test_each_stroke_is_a_path_inside_the_picture_with_its_proportions() -> None:
    strokes = (np.array([[0, 0], [200, 100]]), np.array([[100, 50]]))
    text = drawing_svg(Drawing(strokes), size=100, padding=0.1, line_width=0.02)
    first, second = paths(text)
    start, end = (tuple(map(float, pair.split(","))) for pair in first[1:].split())
    assert start == pytest.approx((11, 30.5))
    assert end == pytest.approx((89, 69.5))
    assert second == "M50.00,50.00 h0"


def test_ink_is_where_the_strokes_are() -> None:
    strokes = (np.array([[0, 0], [255, 0]], np.float32), np.array([[0, 255]], np.float32))
    image = pixels(drawing_svg(Drawing(strokes), size=64, line_width=0.05, ink="#ff0000", paper="#ffffff"))
    assert image.shape == (64, 64, 4)
    assert (image[5, 10:54, :3] == [255, 0, 0]).all()
    assert image[58, 5, 1] < 100, "the dot"
    assert (image[30, 30] == 255).all()


def test_no_paper_is_transparent_and_the_word_is_the_title() -> None:
    text = drawing_svg(Drawing((np.array([[0, 0], [9, 9]]),), word='a <b> & "c"'))
    assert ElementTree.fromstring(text).find(f"{SVG}title").text == 'a <b> & "c"'
    assert pixels(text)[5, 250, 3] == 0


def test_a_bitmap_is_drawn_pixel_by_pixel() -> None:
    bitmap = np.zeros((28, 28), np.uint8)
    bitmap[0, 0], bitmap[27, 27] = 255, 128
    text = drawing_svg(Drawing((), bitmap=bitmap), size=28, padding=0, ink="#000000")
    image = pixels(text)
    assert image[0, 0, 3] == 255
    assert image[27, 27, 3] == pytest.approx(128, abs=2)
    assert image[..., 3].sum() == pytest.approx(255 + 128, abs=3)


def test_a_drawing_of_nothing_is_an_empty_picture() -> None:
    assert paths(drawing_svg(Drawing(()))) == []


@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_steps_of_whole_numbers_are_told_apart_whatever_their_signs(signs: tuple[int, int]) -> None:
    stroke = np.array([[100, 100], [113, 104], [113, 104], [116, 125]]) * signs
    data = path_data(stroke)
    start, steps = data[1:].split("l")
    numbers = [int(number) for number in re.findall(r"-?[0-9]+", steps)]
    assert [int(number) for number in start.split()] == stroke[0].tolist()
    assert np.array_equal(np.reshape(numbers, (-1, 2)), np.diff(stroke, axis=0))
    assert path_data(stroke[:1]).endswith("l0 0")
