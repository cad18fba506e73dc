"""The classifier for inference is the classifier that was trained, and its readers' votes are pooled."""

from __future__ import annotations

import pytest
import torch

from qdesk.nets import weights
from qdesk.nets.classifier import Classifier, Votes, fuse, maps_of, pixels_of, pool
from qdesk.trace import FEATURES, LONGEST, MAPS

WORDS = tuple("abcde")


def inputs(count: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8, generator=generator)
    maps = torch.randint(-127, 128, (count, MAPS, 28, 28), dtype=torch.int8, generator=generator)
    points = torch.randn(count, FEATURES, LONGEST, generator=generator)
    ends = torch.randint(2, LONGEST, (count,), generator=generator)
    points[:, -1] = 1
    points *= (torch.arange(LONGEST)[None] < ends[:, None])[:, None]
    return pixels_of(images), maps_of(maps), points


def network(votes: Votes = Votes()) -> Classifier:  # noqa: B008 (frozen)
    """One whose batch norms have seen something."""
    torch.manual_seed(0)
    net = Classifier(WORDS, votes=votes).train()
    with torch.no_grad():
        for seed in range(3):
            pixels, maps, points = inputs(32, seed)
            net.picture(pixels, maps)
            net.strokes(points)
    return net.eval()


def test_fusing_changes_nothing_but_the_speed() -> None:
    net, seen = network(), inputs(16, seed=9)
    with torch.inference_mode():
        before = [net.log_probabilities(*seen), net.log_probabilities(seen[0]), net.embedding(*seen[:2])]
        fuse(net)
        after = [net.log_probabilities(*seen), net.log_probabilities(seen[0]), net.embedding(*seen[:2])]
    for one, other in zip(before, after, strict=True):
        assert torch.allclose(one, other, atol=1e-5)
    assert torch.allclose(before[0].exp().sum(dim=1), torch.ones(16))
    assert not torch.allclose(before[0], before[1], atol=1e-2)


def test_maps_of_nothing_are_no_maps() -> None:
    net, (pixels, maps, _) = network(), inputs(4)
    with torch.inference_mode():
        assert torch.equal(net.picture(pixels), net.picture(pixels, maps * 0))
        assert not torch.equal(net.picture(pixels), net.picture(pixels, maps))


def test_a_drawing_is_read_the_same_in_any_company() -> None:
    net, seen = network(), inputs(8)
    with torch.inference_mode():
        together = net.log_probabilities(*seen)
        apart = torch.cat([net.log_probabilities(*(part[k : k + 1] for part in seen)) for k in range(8)])
    assert torch.allclose(together, apart, atol=1e-5)


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
    net = network(Votes(0.4, 0.7, 0.9))
    weights.save(net, tmp_path / "c.safetensors")
    again = weights.load(tmp_path / "c.safetensors", "classifier")
    assert (again.words, again.shape, again.votes) == (net.words, net.shape, net.votes)
