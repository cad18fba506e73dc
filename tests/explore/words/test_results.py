from __future__ import annotations

import numpy as np

from qdesk.explore.words.results import LEAST, MeanPicture


def picture(mean: float, used: int, spread: float = 0.5, kind: str = "country") -> MeanPicture:
    values = np.full((2, 2), mean, np.float32), np.full((2, 2), spread, np.float32)
    return MeanPicture(kind, "X", used, used, *values)


def test_a_difference_is_shown_where_chance_would_rarely_make_it():
    everything = picture(0.5, 1000, kind="all")
    # The standard error of 100 drawings is 0.05, three of them are 0.15.
    assert not picture(0.64, 100).difference(everything).any()
    assert np.allclose(picture(0.66, 100).difference(everything), 0.16)
    assert np.allclose(picture(0.34, 100).difference(everything), -0.16)


def test_of_too_few_drawings_nothing_is_said():
    everything = picture(0.5, 1000, 0.01, "all")
    assert picture(1.0, LEAST).difference(everything).all()
    assert not picture(1.0, LEAST - 1).difference(everything).any()
    assert not everything.comparable
