from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from PIL import Image

from qdesk.bench.photograph import PAPERS, Setting, any_setting, photograph
from qdesk.data.drawings import Drawings
from tests.helpers.pictures import house


def taken(setting: Setting, seed: int = 0) -> np.ndarray:
    data = photograph(house(), 0, setting, np.random.default_rng(seed), (400, 300))
    return np.asarray(Image.open(io.BytesIO(data)).convert("L"), float)


def test_a_photo_is_a_jpeg_of_the_size_that_is_asked_for_and_the_same_again():
    first, again = (photograph(house(), 0, Setting(), np.random.default_rng(3), (400, 300)) for _ in range(2))
    assert first == again and first.startswith(b"\xff\xd8")
    assert Image.open(io.BytesIO(first)).size == (400, 300)


def test_what_is_set_is_seen():
    plain = replace(Setting(), paper="plain", shadow=0, slope=0, noise=0, turn=0, tilt=0)
    assert taken(plain).mean() > taken(replace(plain, paper="squared")).mean()
    assert taken(plain).mean() > taken(replace(plain, shadow=0.5)).mean()
    assert taken(plain).std() < taken(replace(plain, slope=0.5)).std()
    assert taken(plain).min() < taken(replace(plain, ink=0.4)).min()
    assert np.median(taken(replace(plain, dark=True))) < 80


def test_settings_are_drawn_at_random_and_bitmaps_are_photographed_too():
    random = np.random.default_rng(0)
    settings = [any_setting(random) for _ in range(30)]
    assert {one.paper for one in settings} == set(PAPERS)
    assert len({one.pen for one in settings}) == 30
    bitmap = Drawings.from_bitmaps(np.eye(28, dtype=np.uint8)[None] * 255)
    assert photograph(bitmap, 0, Setting(), random, (200, 200)).startswith(b"\xff\xd8")
