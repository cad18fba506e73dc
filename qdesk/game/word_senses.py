"""Words with more than one meaning, and which of them people draw.

Drawings alone do not tell two meanings from two views: `door` and `moon` fall into two groups more clearly than `nail`,
and `bat` into none (docs/words.md). So the meanings are written down here, each with words whose drawings look like it.
Which meaning a drawing has is decided by the words that the classifier sees in it beside its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

MEANINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "bat": {
        "the animal": ("bird", "butterfly", "owl", "dragon", "angel", "mosquito", "bee"),
        "the one to hit a ball with": ("baseball bat", "knife", "hockey stick", "golf club"),
    },
    "blackberry": {
        "the fruit": ("grapes", "strawberry", "blueberry", "pineapple", "broccoli"),
        "the telephone": ("cell phone", "telephone", "calculator", "remote control"),
    },
    "compass": {
        "the one that points north": ("clock", "wristwatch", "wheel"),
        "the one that draws circles": ("scissors", "pliers", "tent"),
    },
    "fan": {
        "the one that turns": ("wheel", "windmill", "ceiling fan", "flower", "pizza", "tennis racquet"),
        "the one to hold in a hand": ("leaf", "umbrella", "watermelon", "sailboat", "feather"),
        "somebody who cheers": ("face", "yoga", "angel", "smiley face", "monkey"),
    },
    "mouse": {
        "the animal": (
            "rabbit", "squirrel", "hedgehog", "raccoon", "pig", "cat", "dog", "dolphin", "fish", "whale", "kangaroo",
            "elephant", "cow", "sea turtle",
        ),
        "the one of a computer": (
            "computer", "light bulb", "laptop", "cell phone", "power outlet", "radio", "remote control", "microphone",
        ),
    },
    "nail": {
        "the one for a hammer": (
            "screwdriver", "hammer", "matches", "lollipop", "sword", "umbrella", "shovel", "line",
        ),
        "the one on a finger": ("finger", "toe", "hand", "foot", "tooth"),
    },
}  # fmt: skip
"""The meanings of each word: word -> meaning, as worded in a hint -> categories that such drawings look like."""


def counted(word: str, probabilities: np.ndarray, words: Sequence[str]) -> dict[str, int]:
    """Return how many drawings of `word` have which meaning, the usual one first. probabilities: float32 (N, words)."""
    index = {name: column for column, name in enumerate(words)}
    meanings = MEANINGS[word]
    looks = [[index[name] for name in like if name in index] for like in meanings.values()]
    seen = np.stack([probabilities[:, columns].sum(axis=1) for columns in looks])
    counts = np.bincount(seen.argmax(axis=0), minlength=len(meanings)).tolist()
    return dict(sorted(zip(meanings, counts, strict=True), key=lambda pair: -pair[1]))
