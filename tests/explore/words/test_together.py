from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from qdesk.data.drawings import Drawings
from qdesk.explore.words.results import FRAME_MS, REST_MS
from qdesk.explore.words.together import MOST, gif_bytes, moments, together, write_gif
from tests.helpers.drawings import shapes


def test_ink_only_grows_and_all_is_there_in_the_end():
    film = together(shapes("circle", 20), frames=12, side=64)
    assert film is not None and len(film) == 12 and film.used == 20 and film.timed == 0
    growing = film.ink.astype(int)
    assert (np.diff(growing, axis=0) >= 0).all() and growing[0].sum() < growing[-1].sum() / 4
    assert film.ink[-1].max() == 255 and film.fresh.shape == (12, 64, 64) and film.fresh[0].any()


def test_a_line_grows_from_its_beginning():
    film = together(Drawings.from_strokes([[[[0, 255], [0, 0]]]]), frames=8, side=64)
    assert film is not None
    ends = [np.flatnonzero(frame.any(axis=0)).max() for frame in film.ink]
    assert ends == sorted(ends) and ends[3] == pytest.approx((ends[-1] + 5) / 2, abs=3)


def test_moments_are_those_of_the_replay():
    strokes = [[[[0, 10, 20], [0, 0, 0]], [[5], [5]]]]
    timed = Drawings.from_strokes(strokes, [[[0, 100, 300], [400]]])
    assert moments(timed).tolist() == [0, 0.25, 0.75, 1]
    assert moments(Drawings.from_strokes(strokes)).tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_many_drawings_are_a_sample_by_the_seed():
    drawings = shapes("zigzag", 30).take(np.arange(MOST + 50) % 30)
    one, same, other = (together(drawings, seed, 4, 48) for seed in (1, 1, 2))
    assert one.used == MOST and (one.ink == same.ink).all() and (one.ink != other.ink).any()


def test_the_gif_has_all_frames_and_the_same_bytes_each_time(tmp_path):
    film = together(shapes("circle", 5), frames=6, side=48)
    path = tmp_path / "film.gif"
    shares = []
    write_gif(film, path, on_progress=shares.append)
    assert path.read_bytes() == gif_bytes(film) and shares[0] == 0 and len(shares) == 6
    image = Image.open(io.BytesIO(path.read_bytes()))
    assert image.size == (48, 48) and image.n_frames == 6 and image.info["loop"] == 0
    lasts = []
    for frame in range(6):
        image.seek(frame)
        lasts.append(image.info["duration"])
    assert lasts == [FRAME_MS] * 5 + [REST_MS]
    assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert Image.open(io.BytesIO(gif_bytes(film, 32))).size == (32, 32)


def test_bitmaps_and_nothing_have_no_film():
    assert together(Drawings.from_bitmaps(np.zeros((1, 28, 28), np.uint8))) is None
    assert together(Drawings.empty()) is None


def test_dots_alone_have_a_film():
    film = together(Drawings.from_strokes([[[[3], [3]]]]), frames=3, side=32)
    assert film is not None and film.ink[-1].any()
