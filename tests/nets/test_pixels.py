"""Pictures as sequences, and a network that draws them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qdesk.nets import weights
from qdesk.nets.pixels import END, NEW_LINE, PixelNetwork, decode, draw, encode, steps_of

PICTURES = st.sampled_from([1, 3, 8, 32]).flatmap(lambda side: arrays(bool, (side, side)))


def cross(side: int = 8) -> np.ndarray:
    picture = np.zeros((side, side), bool)
    picture[side // 2] = picture[:, side // 2] = True
    return picture


@pytest.fixture(scope="module")
def network() -> PixelNetwork:
    torch.manual_seed(0)
    return PixelNetwork(hidden=24).eval()


@given(PICTURES)
def test_a_picture_comes_back_from_its_tokens(picture: np.ndarray) -> None:
    tokens = encode(picture)
    assert (decode(tokens, len(picture)) == picture).all()
    assert (tokens < NEW_LINE).sum() == picture.sum()


def test_lines_are_told_from_top_to_bottom_and_end_below_the_last_ink() -> None:
    picture = np.zeros((4, 4), bool)
    picture[1, 3] = picture[2, 0] = picture[2, 2] = True
    assert encode(picture).tolist() == [NEW_LINE, 3, NEW_LINE, 0, 2, NEW_LINE, END]


@pytest.mark.parametrize("tokens", [[8, END], [*[NEW_LINE] * 8, 0, END], [0, 1], []])
def test_tokens_that_are_no_picture_are_refused(tokens: list[int]) -> None:
    with pytest.raises(ValueError, match="tokens"):
        decode(tokens, 8)


@given(PICTURES)
def test_what_follows_in_a_picture_may_follow(picture: np.ndarray) -> None:
    steps = steps_of([picture])
    assert steps.legal[0].gather(1, steps.targets[0][:, None]).all()


def test_a_step_sees_the_lines_above_and_nothing_that_is_still_to_come() -> None:
    other = cross()
    other[5:], other[4, 6:] = True, False
    one, two = steps_of([cross()]), steps_of([other])
    until = encode(cross()).tolist().index(4) + 7  # the fifth line, up to its sixth pixel
    assert torch.equal(one.inputs[:, :until], two.inputs[:, :until])


def test_pictures_are_as_probable_alone_as_beside_longer_ones(network: PixelNetwork) -> None:
    pictures = [cross(), np.ones((8, 8), bool), np.zeros((8, 8), bool)]
    with torch.inference_mode():
        together, alone = network.losses(steps_of(pictures)), [network.losses(steps_of([one])) for one in pictures]
    assert torch.allclose(together, torch.cat(alone), rtol=1e-4)


def test_the_probabilities_of_all_pictures_sum_to_at_most_one(network: PixelNetwork) -> None:
    """What is missing are pictures with empty lines before their end, which no encoding has."""
    every = ((np.arange(16)[:, None] >> np.arange(4)) & 1).astype(bool).reshape(-1, 2, 2)
    with torch.inference_mode():
        total = float(torch.exp(-network.losses(steps_of(list(every)))).sum())
    assert 0.4 < total < 1.0001


@pytest.mark.parametrize("side", [8, 32])
def test_the_same_seed_draws_the_same(network: PixelNetwork, side: int) -> None:
    one, two, other = (draw(network, 3, side, 1.0, seed) for seed in (1, 1, 2))
    assert one.shape == (3, side, side)
    assert (one == two).all() and (one != other).any()


def test_drawing_tells_how_far_it_is_and_can_be_stopped(network: PixelNetwork) -> None:
    shares: list[float] = []
    draw(network, 2, 8, step=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1.0

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw(network, 2, 8, step=stop)


def test_a_cold_pen_draws_what_it_learned() -> None:
    torch.manual_seed(0)
    network = PixelNetwork(hidden=32, dropout=0.0)
    optimizer = torch.optim.Adam(network.parameters(), 0.01)
    steps = steps_of([cross()])
    for _ in range(150):
        optimizer.zero_grad()
        network.losses(steps).sum().backward()
        optimizer.step()
    assert (draw(network.eval(), 1, 8, temperature=0.0)[0] == cross()).all()


def test_a_network_comes_back_from_its_file(network: PixelNetwork, tmp_path) -> None:
    weights.save(network, tmp_path / "pixels.safetensors")
    again = weights.load(tmp_path / "pixels.safetensors", "pixels")
    assert again.sides == network.sides
    assert (draw(again, 2, 8, seed=3) == draw(network, 2, 8, seed=3)).all()
