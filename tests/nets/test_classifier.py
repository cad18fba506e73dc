"""The classifier for inference is the classifier that was trained."""

from __future__ import annotations

import torch

from qdesk.nets.classifier import Classifier, fuse, pixels_of


def test_fusing_changes_nothing_but_the_speed() -> None:
    torch.manual_seed(0)
    net = Classifier(tuple("abcde")).train()
    with torch.no_grad():
        for _ in range(3):  # give the batch norms something to fold in
            net(torch.rand(32, 1, 28, 28))
    net.eval()
    images = pixels_of(torch.randint(0, 256, (16, 28, 28), dtype=torch.uint8))
    with torch.inference_mode():
        before = net.probabilities(images)
        after = fuse(net).probabilities(images)
    assert torch.allclose(before, after, atol=1e-5)
    assert torch.allclose(before.sum(dim=1), torch.ones(16))


def test_temperature_flattens_without_reordering() -> None:
    torch.manual_seed(0)
    sharp, flat = Classifier(tuple("abcde")).eval(), Classifier(tuple("abcde"), temperature=4.0).eval()
    flat.load_state_dict(sharp.state_dict())
    images = torch.rand(8, 1, 28, 28)
    with torch.inference_mode():
        a, b = sharp.probabilities(images), flat.probabilities(images)
    assert (a.argmax(dim=1) == b.argmax(dim=1)).all()
    assert (b.max(dim=1).values < a.max(dim=1).values).all()
