"""Evaluations of random scores, with names that break a page that does not escape them."""

from __future__ import annotations

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.evaluation.result import Evaluation
from qdesk.evaluation.selection import Found

EVIL = '</script><script>alert("x")</script> & \'co'


def made_up(words: tuple[str, ...], count: int, bitmaps: bool = False, right: float = 3.0) -> Evaluation:
    """Return an evaluation of random scores, in which the logit of the right word is raised by `right`."""
    random = np.random.default_rng(5)
    labels = np.arange(count) % len(words)
    logits = random.normal(size=(count, len(words)))
    logits[np.arange(count), labels] += right
    probabilities = np.exp(logits)
    columns = {"word": [words[k] for k in labels], "source": f"{EVIL}.ndjson", "row": list(range(count))}
    if bitmaps:
        drawings = Drawings.from_bitmaps(random.integers(0, 256, (count, 28, 28)), **columns)
    else:
        strokes = [[np.array([[0, 0], [255, k % 256]]), np.array([[9, 9]])] for k in range(count)]
        drawings = Drawings.from_strokes(strokes, key_id=[str(k) for k in range(count)], **columns)
    return Evaluation(
        words=words,
        drawings=drawings,
        labels=labels,
        probabilities=(probabilities / probabilities.sum(axis=1, keepdims=True)).astype(np.float32),
        mean_images=random.random((len(words), 28, 28)).astype(np.float32),
        model={"file": f"{EVIL}.safetensors", "words": len(words), "about": {"seed": 1, "note": EVIL}},
        found=Found(drawings, (EVIL,), left_out={"copies": 2}),
    )


MANY = (EVIL, "square", *(f"word {k}" for k in range(58)))
