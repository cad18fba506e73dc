"""Teach which strokes are letters: `python -m qdesk.training.letters --data DIR --out models/letters.safetensors`.

It learns from writing that this project draws, alone, beside and on drawings of the training parts, and from such
drawings without any.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import add_parts
from qdesk.nets import weights
from qdesk.nets.letters import LetterNetwork
from qdesk.scoring import letters
from qdesk.scoring.fingerprint import short_digest
from qdesk.scoring.likelihood import ConditionalSketchRNN, load_likelihood
from qdesk.training.data import load

WRITTEN = ("beside", "lettering")
HIDDEN, BATCH, RATE = 128, 512, 2e-3


def teach(
    model: ConditionalSketchRNN, real: Drawings, each: int = 9000, steps: int = 4000, seed: int = 0
) -> LetterNetwork:
    """Teach a network on `each` pieces of writing of every sort, and as many drawings of `real` without any."""
    rng = np.random.default_rng(seed)
    batches = [add_parts(real, kind, each, rng) for kind in WRITTEN]
    plain = real.take(rng.permutation(len(real))[:each])
    batches.append((plain, np.zeros(len(plain.stroke_lengths), bool)))
    strokes = torch.from_numpy(np.concatenate([_inputs(model, drawings) for drawings, _ in batches]))
    truth = torch.from_numpy(np.concatenate([is_letter for _, is_letter in batches])).float()
    torch.manual_seed(seed)
    network = LetterNetwork(strokes.shape[1], HIDDEN)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, max(steps, 2), pct_start=0.1)
    for _ in range(steps):
        rows = torch.randint(len(strokes), (BATCH,))
        loss = F.binary_cross_entropy_with_logits(network(strokes[rows]), truth[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.eval()


def _inputs(model: ConditionalSketchRNN, drawings: Drawings, block: int = 128) -> np.ndarray:
    """Return what is known of each stroke, a block of drawings at a time."""
    parts = [drawings.take(slice(first, first + block)) for first in range(0, len(drawings), block)]
    return np.concatenate([letters.inputs(model.states(part), part) for part in parts])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m qdesk.training.letters", description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="DIR", help="the folders trained on")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="models/letters.safetensors")
    parser.add_argument("--each", type=int, default=9000, metavar="N", help="pieces of writing of each sort")
    parser.add_argument("--seed", type=int, default=0, metavar="S")
    options = parser.parse_args()
    corpus = load(options.data, report=lambda text: print(text, file=sys.stderr))
    model = load_likelihood()
    assert isinstance(model, ConditionalSketchRNN)  # the shipped one is
    print("drawing, reading and learning: some minutes", file=sys.stderr)
    network = teach(model, corpus.real, each=options.each, seed=options.seed)
    network.sketchrnn = short_digest(paths.model(paths.SKETCHRNN))
    weights.save(network, options.out, half=True, seed=options.seed)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ValueError, OSError) as error:  # of files; FormatError and WeightsError are among them
        sys.exit(f"qdesk: {error}")
