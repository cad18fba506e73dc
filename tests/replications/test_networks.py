"""The texts' networks: the layers that are written there, and a loop that learns, stops and repeats."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from qdesk.replications import networks
from qdesk.replications.methods import METHODS


def layers(network: nn.Sequential) -> list[str]:
    """Each layer in a word: `conv 30 5x5`, `dense 128`, `dropout 0.2`, ..."""
    said = []
    for layer in network:
        match layer:
            case nn.Conv2d():
                said.append(f"conv {layer.out_channels} {layer.kernel_size[0]}x{layer.kernel_size[1]}")
            case nn.Linear():
                said.append(f"dense {layer.out_features}")
            case nn.Dropout():
                said.append(f"dropout {layer.p}")
            case _:
                said.append(type(layer).__name__.removesuffix("2d").removesuffix("1d").lower())
    return said


DENSE = "{} relu batchnorm dropout"


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            networks.kradolfer_cnn,
            "conv 30 5x5, relu, maxpool, conv 15 3x3, relu, maxpool, dropout 0.2, flatten, dense 128, relu, dense 50, "
            "relu, dense 7",
        ),
        (
            networks.deis_fully_connected,
            "flatten, dense 128, relu, batchnorm, dropout 0.3, dense 100, relu, batchnorm, dropout 0.3, dense 7",
        ),
        (networks.deis_cnn, "conv 18 3x3, relu, maxpool, flatten, dense 64, relu, dense 7"),
        (
            networks.bergman_cnn,
            "conv 16 3x3, relu, conv 32 3x3, relu, maxpool, flatten, dense 128, relu, batchnorm, dropout 0.5, "
            "dense 64, relu, batchnorm, dropout 0.5, dense 7",
        ),
    ],
)
def test_the_layers_are_those_of_the_text(make, text):
    network = make(7).eval()
    assert ", ".join(layers(network)) == text
    assert network(torch.rand(3, 1, 28, 28)).shape == (3, 7)


def bars(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Upright bars (1) and lying ones (0), at random places."""
    generator = torch.Generator().manual_seed(3)
    labels = torch.arange(count) % 2
    pixels = torch.zeros(count, 1, 28, 28)
    for row, label in enumerate(labels):
        at = int(torch.randint(5, 23, (1,), generator=generator))
        pixels[row, 0, 4:24, at - 1 : at + 1] = 1
        if not label:
            pixels[row] = pixels[row].transpose(1, 2).clone()
    return pixels, labels


def right(network: nn.Sequential, pixels: torch.Tensor, labels: torch.Tensor) -> float:
    with torch.inference_mode():
        return float((network(pixels).argmax(1) == labels).float().mean())


@pytest.mark.parametrize("how", [{}, {"copies": True}, {"l2": 1e-3, "stop": True}])
def test_a_network_learns_and_the_same_seed_learns_the_same(how, monkeypatch):
    monkeypatch.setattr(networks, "UPDATES", 60)
    pixels, labels = bars(97)  # 97 in batches of 32 would leave a lone drawing, which batch normalization cannot take
    learned = []
    for _ in range(2):
        torch.manual_seed(5)
        learned.append(networks.learn(networks.deis_fully_connected(2), pixels, labels, **how))
    assert not learned[0].training
    assert right(learned[0], pixels, labels) > 0.9
    assert torch.equal(learned[0](pixels), learned[1](pixels))


def test_early_stopping_keeps_the_weights_that_were_best(monkeypatch):
    """Labels that cannot be learned: every pass makes the spared drawings worse, so it ends at once, near the start."""
    monkeypatch.setattr(networks, "UPDATES", 10_000)
    torch.manual_seed(2)
    pixels, labels = torch.rand(80, 1, 28, 28), torch.randint(0, 2, (80,))
    passes = 0

    def count(*_: object) -> None:
        nonlocal passes
        passes += 1

    network = networks.deis_fully_connected(2)
    network.register_forward_hook(count)
    networks.learn(network, pixels, labels, stop=True)
    assert passes < 400  # of 10,000
    assert right(network, pixels, labels) < 0.95  # without stopping all of them are learned by heart


def test_turned_pictures_are_turned_by_5_to_10_degrees():
    torch.manual_seed(0)
    bar = torch.zeros(200, 1, 28, 28)
    bar[:, :, 13:15, 2:26] = 1
    turned = networks.turned(bar)[:, 0]
    y, x = torch.meshgrid(torch.arange(28.0) - 13.5, torch.arange(28.0) - 13.5, indexing="ij")
    slope = (turned * x * y).sum((1, 2)) / (turned * x * x).sum((1, 2))
    degrees = torch.rad2deg(torch.atan(slope))
    assert 4.5 < degrees.abs().min() and degrees.abs().max() < 10.5
    assert (degrees > 0).any() and (degrees < 0).any()


def test_scikit_learns_methods_have_the_texts_settings():
    pixels, labels = bars(60)
    images, wanted = (pixels[:, 0] * 255).byte().numpy(), labels.numpy()
    for name, expected in (
        ("random forest", {"n_estimators": 100}),
        ("nearest neighbours", {"n_neighbors": 5}),
        ("MLP", {"hidden_layer_sizes": (100, 100), "learning_rate_init": 0.001}),
    ):
        predict = METHODS[name](images, wanted, 0)
        model = next(cell.cell_contents for cell in predict.__closure__ if hasattr(cell.cell_contents, "get_params"))
        assert expected.items() <= model.get_params().items()
        assert predict(images).shape == (60, 2)
        assert (predict(images).argmax(1) == wanted).mean() > 0.7
