"""Drawing with a published decoder."""

from __future__ import annotations

import numpy as np
import torch

from qdesk.nets.official import OfficialDecoder
from qdesk.nets.sampling import sample_official


def decoder(pens: tuple[float, float, float]) -> OfficialDecoder:
    """A decoder that always moves by (2, 1) units of 40, with these logits of the pen."""
    output = np.full(123, -20.0, np.float32)
    output[:3], output[3:23], output[23:43], output[43:63], output[103:] = pens, 0, 2, 1, 0
    arrays = [
        np.zeros((4, 123), np.float32),
        output,
        *(np.zeros(shape, np.float32) for shape in ((5, 16), (4, 16), 16)),
    ]
    return OfficialDecoder("line", 40.0, arrays)


def test_a_line_begins_at_the_origin_and_is_cut_when_it_does_not_end() -> None:
    drawn = sample_official(decoder((50, 0, 0)), 3, longest=5)
    for (stroke,) in drawn:
        assert np.allclose(stroke, np.arange(5)[:, None] * [80, 40], atol=1e-2)
        assert stroke.dtype == np.float32


def test_the_pen_lifts_and_the_drawing_ends() -> None:
    assert [len(stroke) for stroke in sample_official(decoder((0, 50, 0)), 1, longest=5)[0]] == [2, 1, 1, 1]
    assert [len(stroke) for stroke in sample_official(decoder((0, 0, 50)), 1)[0]] == [1]


def test_the_same_seed_draws_the_same() -> None:
    torch.manual_seed(0)
    pens = (1.0, 0.5, -1.0)
    one, two, other = (sample_official(decoder(pens), 4, 0.5, seed) for seed in (1, 1, 2))
    assert str(one) == str(two) != str(other)
