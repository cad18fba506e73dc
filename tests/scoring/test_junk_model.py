"""What the junk model says of drawings: the likeliest kind, and when a drawing is called rude."""

from __future__ import annotations

import numpy as np
import torch

from qdesk.data.reasons import RUDE
from qdesk.nets.junk import JunkNetwork, Shape
from qdesk.scoring.junk_model import FEATURES, HONEST, JunkModel

KINDS = (HONEST, "scribble", "wrong", RUDE)


def model(odds: tuple[float, float, float], which: tuple[float, float, float], junk: float) -> JunkModel:
    """A model that says the same of every drawing. odds: of each kind against honest.   which: logits among junk."""
    network = JunkNetwork(Shape(len(FEATURES), 2, KINDS, 1, 3, 0, 0, 0), {"suspect": 0.5, "unusual": 9.0}).eval()
    for weight in network.parameters():
        torch.nn.init.zeros_(weight)
    network.members[0].second.bias.data = torch.tensor([0.0, *odds])
    network.which.bias.data = torch.tensor(which)
    network.odds = torch.tensor([1.0, junk])
    return JunkModel(network)


def reason(model: JunkModel) -> str:
    return model.judge(np.zeros((1, len(FEATURES))), np.zeros((1, 2)))[1][0]


def test_the_reason_is_the_likeliest_kind_of_junk_where_junk_is_above_the_limit() -> None:
    # The small networks take it for a scribble; among junk it is rather wrong.
    assert reason(model((2.0, 1.0, -3.0), (0.0, 1.0, 0.0), junk=1.0)) == "wrong"
    assert reason(model((2.0, 1.0, -3.0), (0.0, 1.0, 0.0), junk=0.4)) == ""


def test_a_drawing_is_called_rude_only_where_the_small_networks_are_sure() -> None:
    assert reason(model((0.0, 0.0, 1.0), (0.0, 1.0, 9.0), junk=1.0)) == "wrong"
    assert reason(model((0.0, 0.0, 9.0), (0.0, 1.0, 0.0), junk=1.0)) == RUDE
    assert reason(model((0.0, 0.0, 9.0), (0.0, 1.0, 9.0), junk=-0.1)) == ""


def test_the_probability_is_that_of_the_reason_by_the_small_networks() -> None:
    sure = model((2.0, 1.0, -3.0), (0.0, 1.0, 0.0), junk=1.0).judge(np.zeros((1, len(FEATURES))), np.zeros((1, 2)))[2]
    assert np.isclose(sure[0], np.exp(1) / (1 + np.exp(2) + np.exp(1) + np.exp(-3)))
