"""The network that tells junk from honest drawings, from what the other networks know of a drawing.

Two parts stand on each other. The kinds are told by a few small networks with one hidden layer, whose logits are
averaged (a deep ensemble: Lakshminarayanan et al. 2016, arXiv 1612.01474). They read the plain features and the layers
before the outputs of the classifier and of the Sketch-RNN, in which there is much more than their outputs say: letters
and dense scribbles have no word. Boosted trees (Friedman 2001) then weigh the features against the kinds: few people
have labelled junk, and trees bend without needing many. What is not known of a drawing is NaN: the networks take the
average for it, the trees learned which way to go.

Which kind a piece of junk is of is another question, since the small networks do not meet the kinds as often as they
are there. A single layer, which learned from junk alone, weighs the odds of the kinds and the features anew.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn
from torch.nn import functional as F

HELD = 5.0
"""The most standard deviations that an input may be away from the mean."""


@dataclass(frozen=True)
class Shape:
    """How large a junk network is.

    features, layers: widths of its two inputs.   kinds: what a drawing can be, the first of them honest.
    members, hidden: the number of small networks, and the width of their hidden layers.
    trees, nodes: the number of trees, and of all their nodes together.   depth: the most questions of one tree.
    """

    features: int
    layers: int
    kinds: tuple[str, ...]
    members: int
    hidden: int
    trees: int
    nodes: int
    depth: int


class JunkNetwork(nn.Module):
    """The network from features (N, features) and layers (N, layers) to the kinds' logits and to the odds of junk.

    about: what else belongs to the fitted model, plain JSON (`scoring.junk_model`).
    """

    EXACT = ("trees.", "mean", "scale", "odds", "which.")
    """The beginnings of the names of what a weight file never stores in half precision."""

    mean: Tensor
    scale: Tensor
    odds: Tensor

    def __init__(self, shape: Shape, about: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.shape, self.about = shape, about or {}
        inputs, kinds = shape.features + shape.layers, len(shape.kinds)
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("scale", torch.ones(inputs))
        self.register_buffer("odds", torch.tensor([1.0, 0.0]))  # the slope and the shift that make them calibrated
        self.members = nn.ModuleList(_Member(inputs, shape.hidden, kinds) for _ in range(shape.members))
        self.trees = Trees(shape.trees, shape.nodes, shape.depth)
        self.which = nn.Linear(shape.features + kinds - 1, kinds - 1)

    def standardised(self, features: Tensor, layers: Tensor) -> Tensor:
        """Return the small networks' input, float32 (N, features + layers); 0 for what is not known."""
        return self._scaled(torch.cat([features, layers], dim=1))

    def kind_logits(self, features: Tensor, layers: Tensor) -> Tensor:
        """Return the logits of the kinds, (N, kinds), the mean of all members."""
        inputs = self.standardised(features, layers)
        return torch.stack([member(inputs) for member in self.members]).mean(dim=0)

    def junk(self, features: Tensor, kind_logits: Tensor) -> Tensor:
        """Return the calibrated log-odds of junk, (N,)."""
        return self.odds[0] * self.trees(tree_inputs(features, kind_logits)) + self.odds[1]

    def reason_inputs(self, features: Tensor, kind_logits: Tensor) -> Tensor:
        """Return what decides which kind a piece of junk is, (N, features + kinds of junk).

        It is what the features say, as the small networks read them, and the log-probability of each kind among junk.
        """
        return torch.cat([self._scaled(features), torch.log_softmax(kind_logits[:, 1:], dim=1)], dim=1)

    def reason_logits(self, features: Tensor, kind_logits: Tensor) -> Tensor:
        """Return the logits of the kinds of junk, given that it is junk, (N, kinds of junk)."""
        return self.which(self.reason_inputs(features, kind_logits))

    def _scaled(self, inputs: Tensor) -> Tensor:
        """Return the first inputs, (N, n), in standard deviations from their mean; 0 for what is not known."""
        width = inputs.shape[1]
        return ((inputs - self.mean[:width]) / self.scale[:width]).nan_to_num(nan=0.0).clamp(-HELD, HELD)

    def check(self) -> None:
        """Raise ValueError where a tree leads out of the nodes, or asks about what is no input."""
        trees, inputs = self.trees, self.shape.features + len(self.shape.kinds)
        for places, most in ((trees.roots, self.shape.nodes), (trees.left, self.shape.nodes),
                             (trees.right, self.shape.nodes), (trees.feature, inputs)):  # fmt: skip
            if len(places) and not (0 <= int(places.min()) and int(places.max()) < most):
                raise ValueError("its trees lead nowhere")

    def config(self) -> dict:
        return {"shape": asdict(self.shape), "about": self.about}

    @classmethod
    def from_config(cls, config: dict) -> Self:
        shape = config["shape"] | {"kinds": tuple(config["shape"]["kinds"])}
        return cls(Shape(**shape), config["about"])


def tree_inputs(features: Tensor, kind_logits: Tensor) -> Tensor:
    """Return what the trees are asked about, (N, features + kinds): the log-odds of each kind of junk and of all."""
    odds = kind_logits[:, 1:] - kind_logits[:, :1]
    return torch.cat([features, odds, odds.logsumexp(dim=1, keepdim=True)], dim=1)


class _Member(nn.Module):
    """One of the small networks. In training, inputs and hidden units are dropped at random."""

    def __init__(self, inputs: int, hidden: int, kinds: int) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(inputs, hidden), nn.Linear(hidden, kinds)

    def forward(self, inputs: Tensor) -> Tensor:
        hidden = F.gelu(self.first(F.dropout(inputs, 0.2, self.training)))
        return self.second(F.dropout(hidden, 0.3, self.training))


class Trees(nn.Module):
    """Decision trees whose leaves are added up, as arrays over all nodes of all trees.

    A node asks whether input `feature` is at most `threshold`, and goes to the node `left` or `right`. `unknown_left`
    says where it goes for NaN. A leaf leads to itself and has a `value`; the values of other nodes are 0.
    """

    roots: Tensor
    feature: Tensor
    threshold: Tensor
    left: Tensor
    right: Tensor
    unknown_left: Tensor
    value: Tensor

    def __init__(self, trees: int, nodes: int, depth: int) -> None:
        super().__init__()
        self.depth = depth
        self.register_buffer("roots", torch.zeros(trees, dtype=torch.int64))
        for name in ("feature", "left", "right"):
            self.register_buffer(name, torch.zeros(nodes, dtype=torch.int64))
        self.register_buffer("unknown_left", torch.zeros(nodes, dtype=torch.bool))
        for name in ("threshold", "value"):
            self.register_buffer(name, torch.zeros(nodes))

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the sum of the leaves that each row of inputs (N, inputs) reaches, (N,)."""
        node = self.roots.expand(len(inputs), -1)
        for _ in range(self.depth):
            asked = inputs.gather(1, self.feature[node])
            goes_left = torch.where(asked.isnan(), self.unknown_left[node], asked <= self.threshold[node])
            node = torch.where(goes_left, self.left[node], self.right[node])
        return self.value[node].sum(dim=1)
