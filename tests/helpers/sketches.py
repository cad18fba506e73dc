"""A network that draws without having learned anything, and a classifier that says what it is told to."""

from __future__ import annotations

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.generate.sketches import Sketches
from tests.helpers.networks import NAMES, Seer


class Looker(Seer):
    """A `Seer` for which the layer before the logits is where a drawing's points lie."""

    def embeddings(self, drawings: Drawings) -> np.ndarray:
        return np.stack([np.concatenate(drawings.strokes_of(k)).mean(axis=0) for k in range(len(drawings))])


def scribbler() -> Sketches:
    """Return a small Sketch-RNN as it is before training: it draws a few random points."""
    import torch

    from qdesk.nets.sketchrnn import Shape, SketchRNN

    torch.manual_seed(0)
    network = SketchRNN(NAMES, Shape(hidden=16, embedding=4, readout=16, mixtures=2, whole=4))
    return Sketches(network.eval(), Looker())  # type: ignore[arg-type]  # it answers what is asked of it here
