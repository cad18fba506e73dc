"""The Sketch-RNN: its mixture against numerical integration, its inputs against the sampler's, its padding."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from safetensors.torch import save as to_bytes

from qdesk.data.drawings import Drawings
from qdesk.nets import weights
from qdesk.nets.sampling import sample
from qdesk.nets.sketchrnn import END, PEN_UP, Shape, SketchRNN, batch_of, mixture_log_prob


def drawings(count: int = 6, seed: int = 0) -> Drawings:
    rng = np.random.default_rng(seed)
    return Drawings.from_strokes(
        [
            [rng.uniform(0, 255, (rng.integers(1, 9), 2)).astype(np.float32) for _ in range(rng.integers(1, 4))]
            for _ in range(count)
        ]
    ).fit_box()


def network(seed: int = 0, hidden: int = 24) -> SketchRNN:
    torch.manual_seed(seed)
    return SketchRNN(("cat", "dog"), Shape(hidden=hidden, embedding=8)).eval()


@pytest.mark.parametrize(("sigma_x", "sigma_y", "rho"), [(0.05, 0.2, 0.0), (0.4, 0.1, 0.8), (0.01, 0.01, -0.5)])
def test_the_mixture_gives_the_probability_of_the_cell(sigma_x: float, sigma_y: float, rho: float) -> None:
    """Against the density summed over a fine grid inside the cell of one unit."""
    scale = 10.0
    raw = torch.tensor([0.3, -0.2, 0.02, 0.1, -0.03, 0.05])  # two components: pi, mean x, mean y
    raw = torch.cat([raw, torch.tensor([sigma_x] * 2).log(), torch.tensor([sigma_y] * 2).log()])
    raw = torch.cat([raw, torch.atanh(torch.tensor([rho] * 2))])
    offset = torch.zeros(2)
    fine = (torch.arange(400) + 0.5) / 400 - 0.5
    grid = torch.stack(torch.meshgrid(fine, fine, indexing="ij"), dim=-1) + offset
    density = 0.0
    for pi, mx, my in zip(torch.softmax(raw[:2], 0), raw[2:4], raw[4:6], strict=True):
        zx, zy = (grid[..., 0] / scale - mx) / sigma_x, (grid[..., 1] / scale - my) / sigma_y
        q = (zx**2 - 2 * rho * zx * zy + zy**2) / (1 - rho**2)
        density = density + pi * torch.exp(-q / 2) / (2 * math.pi * sigma_x * sigma_y * math.sqrt(1 - rho**2))
    exact = float((density.double().mean() / scale**2).log())
    assert float(mixture_log_prob(raw, offset, scale)) == pytest.approx(exact, abs=0.25 if sigma_x == 0.01 else 0.02)


def test_a_collapsed_component_cannot_win() -> None:
    """Plain density would grow without bound as sigma shrinks onto an integer; the cell's probability does not."""
    values = []
    for log_sigma in (-3.0, -8.0, -14.0):
        raw = torch.tensor([0.0, 0.0, 0.0, log_sigma, log_sigma, 0.0])
        values.append(float(mixture_log_prob(raw, torch.zeros(2), 40.0)))
    assert values[2] == pytest.approx(values[1], abs=0.01)
    assert values[2] < 0.7


def test_far_points_are_ordered_and_finite() -> None:
    """No floor: the further from everything the network expects, the larger the loss, without a tie or an infinity."""
    raw = torch.zeros(120)
    far = [float(mixture_log_prob(raw, torch.tensor([x, 0.0]), 40.0)) for x in (1e3, 1e4, 1e5)]
    assert all(math.isfinite(value) for value in far)
    assert far[0] > far[1] > far[2]


def test_one_class_for_all_is_the_same_as_each_drawings_own() -> None:
    batch, net = batch_of(drawings(9), np.arange(9), 40.0), network()
    with torch.inference_mode():
        for index in (1, net.no_word):
            each = net.losses(batch, torch.full((9,), index))
            torch.testing.assert_close(net.losses(batch, torch.tensor([index])), each, rtol=1e-5, atol=1e-5)


def test_the_lift_is_what_bayes_makes_of_the_word() -> None:
    batch, net = batch_of(drawings(9), np.arange(9), 40.0), network()
    with torch.inference_mode():
        whole = net.whole(net.read(batch.inputs), batch.lengths)
        lifts = torch.stack([net.lift(whole, torch.tensor([index])) for index in range(3)], dim=1)
        assert (lifts[:, :2].exp() / 2).sum(dim=1).numpy() == pytest.approx(1, abs=1e-5)  # p(word | x), of both words
        assert not lifts[:, net.no_word].any()
        each = torch.tensor([0, 1, 2] * 3)
        assert torch.equal(net.lift(whole, each), lifts.gather(1, each[:, None])[:, 0])


def test_the_lift_does_not_favour_words_that_were_frequent_in_training() -> None:
    """A network that knows nothing of the drawing but how frequent words were says nothing of it: a lift of 0."""
    net = network()
    shares = torch.tensor([0.9, 0.1])
    with torch.no_grad():
        net.log_prior.copy_(shares.log())
        net.named[-1].weight.zero_()
        net.named[-1].bias.copy_(shares.log())
        whole = torch.randn(5, 2 * net.shape.hidden)
        assert net.lift(whole, torch.tensor([0])).numpy() == pytest.approx(0, abs=1e-5)
        assert net.lift(whole, torch.tensor([1])).numpy() == pytest.approx(0, abs=1e-5)


def test_what_is_known_of_a_whole_drawing_does_not_hear_the_padding() -> None:
    batch, net = drawings(9), network()
    with torch.inference_mode():
        together = batch_of(batch, np.arange(9), 40.0)
        whole = net.whole(net.read(together.inputs), together.lengths)
        for k in range(9):
            one = batch_of(batch, np.array([k]), 40.0)
            alone = net.whole(net.read(one.inputs), one.lengths)
            assert whole[k].numpy() == pytest.approx(alone[0].numpy(), abs=1e-5)


def test_padding_and_company_do_not_change_a_loss() -> None:
    batch, net = drawings(9), network()
    classes = torch.zeros(9, dtype=torch.long)
    with torch.inference_mode():
        together = net.losses(batch_of(batch, np.arange(9), 40.0), classes)
        for k in range(9):
            alone = net.losses(batch_of(batch, np.array([k]), 40.0), classes[:1])
            assert together[k, : alone.shape[1]].numpy() == pytest.approx(alone[0].numpy(), rel=1e-4, abs=1e-4)
            assert not together[k, alone.shape[1] :].any()


def test_the_loss_depends_on_the_past_alone() -> None:
    """Change a drawing's last point: the losses of all points before it stay."""
    first = [np.array([[0, 0], [255, 40], [100, 90], [30, 200], [60, 255]], np.float32)]
    other = [first[0].copy()]
    other[0][-1] = [200, 220]
    net, classes = network(), torch.zeros(1, dtype=torch.long)
    losses = [net.losses(batch_of(Drawings.from_strokes([d]), np.arange(1), 40.0), classes)[0] for d in (first, other)]
    assert torch.equal(losses[0][:4], losses[1][:4])
    assert losses[0][4] != losses[1][4]


def test_pens_say_where_strokes_and_drawings_end() -> None:
    strokes = [np.zeros((1, 2), np.float32), np.ones((3, 2), np.float32), np.full((2, 2), 2, np.float32)]
    batch = batch_of(Drawings.from_strokes([strokes, [np.zeros((9, 2))]]), np.arange(2), 40.0)
    assert batch.pens[0, :6].tolist() == [PEN_UP, 0, 0, PEN_UP, 0, END]
    assert batch.lengths.tolist() == [6, 9]


def test_the_sampler_sees_what_the_scorer_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sampling builds its inputs step by step, scoring all at once: for the same points they are the same."""
    net = network(3)
    seen = []
    plain = net.lstm.forward
    monkeypatch.setattr(net.lstm, "forward", lambda x, state: (seen.append(x.clone()), plain(x, state))[1])
    drawn = sample(net, np.array([0]), temperature=1.0, seed=5, longest=40)
    steps = torch.cat(seen, dim=1)[0, :, :13]
    batch = batch_of(Drawings.from_strokes(drawn), np.arange(1), net.shape.scale)
    assert batch.inputs[0].numpy() == pytest.approx(steps[: batch.inputs.shape[1]].numpy(), abs=1e-5)


def test_samples_are_drawings_and_repeat_with_their_seed() -> None:
    net = network()
    a, b = (sample(net, np.array([0, 1, 0]), 0.7, seed=7, longest=30) for _ in range(2))
    batch = Drawings.from_strokes(a)
    assert len(batch) == 3
    assert batch.point_counts.max() <= 30
    assert all((x == y).all() for d, e in zip(a, b, strict=True) for x, y in zip(d, e, strict=True))


def test_weight_files_round_trip_and_say_what_they_are(tmp_path) -> None:
    net, path = network(), tmp_path / "net.safetensors"
    weights.save(net, path, seed=3)
    again = weights.load(path, "sketchrnn")
    assert again.words == net.words
    assert all(torch.equal(x, y) for x, y in zip(net.state_dict().values(), again.state_dict().values(), strict=True))
    assert weights.about(path)["about"] == {"seed": 3}
    with pytest.raises(weights.WeightsError, match="holds a sketchrnn, not a classifier"):
        weights.load(path, "classifier")
    with pytest.raises(weights.WeightsError, match="no weight file"):
        weights.load(tmp_path / "none.safetensors", "sketchrnn")
    path.write_bytes(b"nothing")
    with pytest.raises(weights.WeightsError, match="is a folder; choose a file in it"):
        weights.load(tmp_path, "sketchrnn")
    for config in ({}, {"config": "{}"}, {"config": "[1]"}, {"config": "no JSON"}):
        (tmp_path / "odd.safetensors").write_bytes(to_bytes({"a": torch.zeros(1)}, {"kind": "sketchrnn", **config}))
        with pytest.raises(weights.WeightsError, match="does not say what its network looks like"):
            weights.load(tmp_path / "odd.safetensors", "sketchrnn")
    with pytest.raises(weights.WeightsError, match="not a weight file"):
        weights.load(path, "sketchrnn")
