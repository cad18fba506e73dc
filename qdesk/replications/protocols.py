"""What is compared in each experiment, and what was published. Imports nothing heavy, because `--help` reads it, too.

Sources: Kradolfer, "'Quick, Draw!' - Classifying Drawings with Python" (datacareer.ch); Deis, "Quick, Draw! Doodle
Recognition", whose ten words and convolutional network are those of her repository
(github.com/Lexie88rus/quick-draw-image-recognition); Bergman, "Animal Sketches" (The Startup, 2019).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Experiment:
    """One published experiment.

    about: one sentence for `--help`.   words: the classes.   most: how many drawings per word the author took.
    methods: names of `qdesk.replications.methods.METHODS` -> the published values by the figure's name.
    figures: which of `qdesk.replications.run.FIGURES` are shown.
    """

    about: str
    words: tuple[str, ...]
    most: int
    methods: Mapping[str, Mapping[str, str]]
    figures: tuple[str, ...] = ("accuracy",)


FIVE = ("accuracy", "balanced accuracy", "specificity", "Matthews correlation", "Jaccard")

EXPERIMENTS = {
    "cat-sheep": Experiment(
        "cat or sheep, by random forest, nearest neighbours, MLP and CNN (Kradolfer)",
        ("cat", "sheep"),
        7500,
        {
            "random forest": {"accuracy": "fourth"},
            "nearest neighbours": {"accuracy": "second"},
            "MLP": {"accuracy": "third"},
            "CNN": {"accuracy": "0.96", "AUC": "0.994"},
        },
        ("accuracy", "AUC"),
    ),
    "five": Experiment(
        "dog, octopus, bee, hedgehog or giraffe, by the same four methods (Kradolfer)",
        ("dog", "octopus", "bee", "hedgehog", "giraffe"),
        2500,
        {
            "random forest": {"accuracy": "0.79"},
            "nearest neighbours": {"accuracy": "0.82"},
            "MLP": {"accuracy": "0.81"},
            "CNN": {"accuracy": "0.90"},
        },
    ),
    "ten": Experiment(
        "ten words from cannon to sword, by a fully connected network and by a small CNN (Deis)",
        ("cannon", "eye", "face", "nail", "pear", "piano", "radio", "spider", "star", "sword"),
        3000,
        {
            "fully connected": {"accuracy": "0.85"},
            "fully connected, without copies": {},
            "small CNN": {"accuracy": "0.89 (repository)"},
        },
    ),
    "bears": Experiment(
        "bear, cat or dog, by a CNN, in five metrics (Bergman)",
        ("bear", "cat", "dog"),
        7500,
        {"stopped CNN": {}},  # its figures were published as a picture, without numbers
        FIVE,
    ),
}
