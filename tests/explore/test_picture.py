from __future__ import annotations

import numpy as np
import pytest

from qdesk.data.drawings import BOX
from qdesk.data.simplify import as_official
from qdesk.explore.picture import PictureError, understand, understand_file
from tests.helpers.pictures import HOUSE, apart, drawn, house, saved


def test_a_picture_becomes_a_drawing_in_the_box():
    found = understand(drawn())
    assert len(found.drawing) == 1 and found.drawing.extents[0] == pytest.approx(BOX, abs=3)
    assert apart(found.drawing.strokes_of(0), house().strokes_of(0)) < 12
    assert found.said == "Dark on light."
    assert found.pen == pytest.approx(5 * BOX / 245, abs=2)
    assert found.mask.shape == found.pixels.shape[:2] and not found.filled


def test_what_was_understood_is_official_and_understood_again_the_same():
    drawing = understand(drawn()).drawing
    again = as_official(drawing)
    assert np.array_equal(again.points, drawing.points)
    assert (drawing.points == np.rint(drawing.points)).all()


def test_an_icon_becomes_its_outline_and_says_so():
    pixels = np.full((100, 100, 3), 255, np.uint8)
    pixels[20:80, 30:70] = (200, 30, 30)
    found = understand(pixels)
    assert found.filled and found.said == "Dark on light, filled parts read as outlines."


def test_a_large_array_is_made_smaller_first():
    found = understand(np.kron(drawn(), np.ones((5, 5, 1), np.uint8)))
    assert max(found.pixels.shape[:2]) == 640
    assert apart(found.drawing.strokes_of(0), house().strokes_of(0)) < 12


def test_a_file_names_itself_where_nothing_is_in_it(tmp_path):
    path = tmp_path / "white.png"
    path.write_bytes(saved(np.full((90, 90, 3), 255, np.uint8)))
    with pytest.raises(PictureError, match=r"white.png: There is nothing in this picture"):
        understand_file(path)
    path.write_bytes(saved(drawn(HOUSE[:1])))
    assert understand_file(path).drawing.stroke_counts[0] >= 1


def test_the_same_picture_gives_the_same_drawing():
    one, other = (understand(drawn()).drawing for _ in range(2))
    assert np.array_equal(one.points, other.points)


def test_what_is_no_drawing_at_all_is_a_sentence():
    noise = np.random.default_rng(0).integers(0, 2, (300, 300), np.uint8).repeat(2, 0).repeat(2, 1) * 255
    with pytest.raises(PictureError, match="picture"):
        understand(noise)
