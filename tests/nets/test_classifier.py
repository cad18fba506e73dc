"""The classifier for inference is the classifier that was trained, and its readers' votes are pooled."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from qdesk.data.point_sequences import FEATURES, STRIDE, sequences
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier, Points, Shape, Votes, fuse, pixels_of, pool

WORDS = tuple("abcde")


def inputs(count: int, seed: int = 0, shortest: int = 1) -> tuple[torch.Tensor, list[np.ndarray]]:
    """Pictures, and random walks of 1 to 60 points."""
    rng = np.random.default_rng(seed)
    images = torch.from_numpy(rng.integers(0, 256, (count, 28, 28), dtype=np.uint8))
    walks = [rng.uniform(0, 255, (rng.integers(shortest, 60), 2)).astype(np.float32) for _ in range(count)]
    return pixels_of(images), walks


def points_of(walks: list[np.ndarray]) -> Points:
    edges = np.cumsum([0, *map(len, walks)])
    return Points(*map(torch.from_numpy, sequences(np.concatenate(walks), edges, np.arange(len(walks) + 1))))


def network(votes: Votes = Votes(), shape: Shape = Shape()) -> Classifier:  # noqa: B008 (frozen)
    """One whose batch norms have seen something, and whose residual blocks do something."""
    torch.manual_seed(0)
    net = Classifier(WORDS, shape, votes).train()
    with torch.no_grad():
        for part in net.modules():
            if isinstance(part, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d):
                part.weight.uniform_(0.5, 1.5)
                part.bias.uniform_(-0.5, 0.5)
        for seed in range(3):
            pixels, walks = inputs(32, seed)
            net.picture(pixels)
            net.strokes(points_of(walks))
    return net.eval()


def test_fusing_changes_nothing_but_the_speed() -> None:
    net, (pixels, walks) = network(), inputs(16, seed=9)
    seen = pixels, points_of(walks)
    with torch.inference_mode():
        before = [net.log_probabilities(*seen), net.log_probabilities(pixels), net.embedding(pixels)]
        fuse(net)
        after = [net.log_probabilities(*seen), net.log_probabilities(pixels), net.embedding(pixels)]
    for one, other in zip(before, after, strict=True):
        assert torch.allclose(one, other, atol=1e-4)
    assert torch.allclose(before[0].exp().sum(dim=1), torch.ones(16))
    assert not torch.allclose(before[0], before[1], atol=1e-2)
    assert not any(isinstance(part, torch.nn.BatchNorm1d | torch.nn.BatchNorm2d) for part in net.modules())


def test_a_drawing_is_read_the_same_in_any_company() -> None:
    """Strokes of all lengths, one drawing after the other in one sequence: none hears its neighbours."""
    net, (pixels, walks) = network(), inputs(24)
    with torch.inference_mode():
        together = net.log_probabilities(pixels, points_of(walks))
        apart = [net.log_probabilities(pixels[k : k + 1], points_of(walks[k : k + 1])) for k in range(24)]
        backwards = net.log_probabilities(pixels.flip(0), points_of(walks[::-1])).flip(0)
    assert torch.allclose(together, torch.cat(apart), atol=1e-4)
    assert torch.allclose(together, backwards, atol=1e-4)


def test_the_stroke_reader_reads_every_point() -> None:
    net, (_, walks) = network(), inputs(1, shortest=30)
    with torch.inference_mode():
        whole = net.strokes(points_of(walks))
        for place in (0, len(walks[0]) // 2, len(walks[0]) - 1):
            changed = walks[0].copy()
            changed[place] += 40
            assert not torch.allclose(net.strokes(points_of([changed])), whole, atol=1e-3)


def test_room_between_drawings_survives_two_halvings() -> None:
    """What the network relies on: at a quarter of the places each drawing still has an empty one behind it."""
    points = points_of(inputs(40)[1])
    assert points.values.shape[0] == FEATURES and points.values.shape[1] % STRIDE == 0
    there = points.values[-1, ::STRIDE]
    ends = points.starts // STRIDE + (points.lengths + STRIDE - 1) // STRIDE
    assert not there[ends].any() and there[ends - 1].all()


def test_votes_weigh_the_opinions() -> None:
    picture, strokes = torch.tensor([[2.0, 0.0]]), torch.tensor([[0.0, 1.0]])
    assert pool(picture, strokes, Votes(1, 0)).argmax() == 0
    assert pool(picture, strokes, Votes(0, 1)).argmax() == 1
    assert pool(picture, strokes, Votes(0.5, 2)).argmax() == 1
    even = pool(picture, picture, Votes(0.5, 0.5))
    assert torch.allclose(even, torch.log_softmax(picture, 1))
    flat = pool(picture, None, Votes(picture_alone=0.1)).exp()
    assert flat[0, 0] < pool(picture, None, Votes()).exp()[0, 0]
    assert torch.allclose(flat.sum(), torch.ones(()))


def test_weights_of_other_layers_are_said(tmp_path) -> None:
    net = network()
    net.strokes = torch.nn.Identity()
    weights.save(net, tmp_path / "c.safetensors")
    with pytest.raises(weights.WeightsError, match="other layers"):
        weights.load(tmp_path / "c.safetensors", "classifier")


def test_a_classifier_keeps_its_words_shape_and_votes(tmp_path) -> None:
    net = network(Votes(0.4, 0.7, 0.9), Shape((8, 16, 32), (1, 0, 2), 24, (8, 16, 24, 32)))
    weights.save(net, tmp_path / "c.safetensors")
    again = weights.load(tmp_path / "c.safetensors", "classifier")
    assert (again.words, again.shape, again.votes) == (net.words, net.shape, net.votes)
