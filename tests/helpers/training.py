"""Training with its command on few drawings, and teachers of random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from qdesk.cli import main


def train(kind: str, folder: Path, out: Path, *more: str) -> int:
    return main(["train", kind, "--data", str(folder), "--out", str(out), "--workers", "0", "--batch", "64", *more])


def quiet(_: str) -> None:
    pass


def write_teacher(
    folder: Path, name: str, words: tuple[str, ...] = ("cat", "dog", "sea turtle"), seed: int = 0
) -> dict[str, np.ndarray]:
    """Write a teacher of random weights as its file has them, and return the arrays."""
    rng = np.random.default_rng(seed)
    convolutions = {"doodlenet": [(3, 1, 4), (3, 4, 4), (3, 4, 6), (3, 6, 6), (3, 6, 8), (3, 8, 8)],
                    "trekhleb": [(5, 1, 4), (3, 4, 6), (3, 6, 8)]}[name]  # fmt: skip
    shapes = [(side, side, inputs, outputs) for side, inputs, outputs in convolutions]
    shapes += [(3 * 3 * 8, 10), (10, len(words))]
    arrays: dict[str, np.ndarray] = {"words": np.array(words)}
    for number, shape in enumerate(shapes):
        arrays[f"w{2 * number:02d}"] = rng.normal(0, 0.4, shape).astype(np.float32)
        arrays[f"w{2 * number + 1:02d}"] = rng.normal(0, 0.1, shape[-1]).astype(np.float32)
    np.savez(folder / f"{name}.npz", **arrays)
    return arrays
