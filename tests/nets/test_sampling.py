"""Drawing with a published decoder, and going on from a beginning."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from qdesk.data.drawings import Drawings
from qdesk.nets.official import OfficialDecoder
from qdesk.nets.sampling import Beginning, begin, draw, sample, sample_official
from qdesk.nets.sketchrnn import Shape, SketchRNN, batch_of


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


# Going on from a beginning


def small() -> SketchRNN:
    torch.manual_seed(0)
    return SketchRNN(("cat", "dog"), Shape(hidden=24, embedding=8)).eval()


BEGUN = [np.array([[10, 20], [60, 20], [60, 80]], np.float32), np.array([[5, 90], [30, 95]], np.float32)]


@torch.inference_mode()
def follow(network: SketchRNN, begun: Beginning) -> torch.Tensor:
    """What is known before the point that follows a beginning."""
    scale = network.shape.scale
    marks = [(begun.at - mark) / (2 * scale) for mark in (torch.zeros(2), begun.stroke_start, begun.low, begun.high)]
    inputs = torch.cat([begun.moved / scale, begun.pen, *marks])[None, None]
    return network.lstm(inputs, tuple(part[:, None] for part in begun.state))[0][0, 0]


@pytest.mark.parametrize("lifted", [True, False])
def test_a_beginning_leaves_the_pen_as_reading_the_whole_drawing_does(lifted: bool) -> None:
    network = small()
    more = np.array([[40, 90], [45, 99]], np.float32)
    whole = [*BEGUN, more] if lifted else [BEGUN[0], np.vstack([BEGUN[1], more])]
    batch = batch_of(Drawings.from_strokes([whole]), np.array([0]), network.shape.scale)
    seen = network.read(batch.inputs)[0, 5]  # what is known before the sixth point
    assert torch.allclose(follow(network, begin(network, BEGUN, lifted)), seen, atol=1e-5)


def test_new_points_alone_are_returned_in_the_units_of_the_beginning() -> None:
    network = small()
    vectors = network.word.weight[:1].repeat(5, 1)
    drawn = draw(network, vectors, 0.0, 1, beginning=begin(network, BEGUN))
    moved = draw(network, vectors, 0.0, 1, beginning=begin(network, [stroke + 1000 for stroke in BEGUN]))
    assert all(len(strokes) for strokes in drawn)
    for one, other in zip(drawn, moved, strict=True):
        assert [(stroke + 1000).tolist() for stroke in one] == [stroke.tolist() for stroke in other]
    with pytest.raises(ValueError, match="no point"):
        begin(network, [np.zeros((0, 2), np.float32)])


def test_words_as_indices_and_as_vectors_draw_the_same() -> None:
    network = small()
    for guide in (0.0, 4.0):
        by_index = sample(network, np.array([0, 1, 2]), 0.5, 3, guide=guide)
        assert str(by_index) == str(draw(network, network.word.weight, 0.5, 3, guide=guide))


def test_each_drawing_may_have_a_temperature_of_its_own() -> None:
    network = small()
    vectors = network.word.weight[:1].repeat(2, 1)
    for guide in (0.0, 4.0):
        mixed = draw(network, vectors, np.array([0.2, 1.5]), 3, guide=guide)
        cold = draw(network, vectors, 0.2, 3, guide=guide)
        assert str(mixed[0]) == str(cold[0])
        assert str(mixed) != str(cold)


def test_drawing_stops_where_it_is_told_to() -> None:
    def check() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        draw(small(), small().word.weight, check=check)
