"""The junk network: trees as arrays, what is not known, and its weight file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from qdesk.nets import weights
from qdesk.nets.junk import JunkNetwork, Shape, Trees, tree_inputs

SMALL = Shape(3, 4, ("honest", "scribble", "wrong"), members=2, hidden=5, trees=1, nodes=3, depth=2)


def stump(feature: int, threshold: float, unknown_left: bool) -> Trees:
    """One question with the answers -1 (at most the threshold) and 2."""
    trees = Trees(1, 3, 2)
    trees.feature = torch.tensor([feature, 0, 0])
    trees.threshold = torch.tensor([threshold, 0.0, 0.0])
    trees.left, trees.right = torch.tensor([1, 1, 2]), torch.tensor([2, 1, 2])
    trees.unknown_left = torch.tensor([unknown_left, False, False])
    trees.value = torch.tensor([0.0, -1.0, 2.0])
    return trees


def test_a_tree_asks_one_input_and_the_unknown_goes_where_it_learned() -> None:
    rows = torch.tensor([[0.0, 0.5], [0.0, 0.51], [9.0, float("nan")]])
    assert stump(1, 0.5, unknown_left=True)(rows).tolist() == [-1, 2, -1]
    assert stump(1, 0.5, unknown_left=False)(rows).tolist() == [-1, 2, 2]


def test_trees_see_the_odds_of_each_kind_and_of_all() -> None:
    logits = torch.tensor([[1.0, 2.0, 0.0]])
    given = tree_inputs(torch.tensor([[7.0]]), logits)[0].tolist()
    assert given[:3] == [7, 1, -1]
    assert given[3] == pytest.approx(np.logaddexp(1, -1))


def test_what_is_not_known_counts_as_average_for_the_kinds() -> None:
    network = JunkNetwork(SMALL).eval()
    network.mean = torch.arange(7.0)
    known = torch.arange(3.0)[None], torch.arange(3.0, 7.0)[None]
    unknown = torch.full((1, 3), float("nan")), torch.full((1, 4), float("nan"))
    assert torch.equal(network.kind_logits(*known), network.kind_logits(*unknown))


def test_a_file_keeps_thresholds_exact_and_the_rest_halved(tmp_path: Path) -> None:
    network = JunkNetwork(SMALL, {"suspect": -1.5})
    network.trees = stump(0, 1.00001, True)
    network.odds = torch.tensor([0.70001, -0.30001])
    weights.save(network, tmp_path / "junk.safetensors", half=True)
    again = weights.load(tmp_path / "junk.safetensors", "junk")
    assert again.shape == SMALL and again.about == {"suspect": -1.5}
    assert torch.equal(again.trees.threshold, network.trees.threshold) and torch.equal(again.odds, network.odds)
    first = network.members[0].first.weight
    assert torch.equal(again.members[0].first.weight, first.half().float()) and again.trees.left.tolist() == [1, 1, 2]


def test_which_kind_it_is_depends_on_the_odds_among_junk_and_on_the_features() -> None:
    network = JunkNetwork(SMALL).eval()
    network.mean = torch.arange(7.0)
    unsure, surely = torch.tensor([[0.0, 1.0, -1.0]]), torch.tensor([[-9.0, 1.0, -1.0]])
    known, unknown = torch.arange(3.0)[None], torch.full((1, 3), float("nan"))
    assert torch.equal(network.reason_logits(known, unsure), network.reason_logits(unknown, unsure))
    # How honest it looks does not matter: the question is only asked of junk.
    assert network.reason_logits(known, unsure).tolist() == network.reason_logits(known, surely).tolist()
    torch.nn.init.zeros_(network.which.weight)
    network.which.weight.data[1, 0] = 2.0  # the first feature speaks for the second kind
    network.which.bias.data = torch.tensor([0.5, 0.0])
    assert network.reason_logits(known + 1, unsure).tolist() == [[0.5, 2.0]]
