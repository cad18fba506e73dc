"""Rankers that others made, for `qdesk bench ranking` to compare with: cleanlab, outlier detectors, public networks.

cleanlab and the detectors use this project's CNN. cleanlab (Northcutt et al. 2021, arXiv 1911.00068) rates the word
from the CNN's probabilities. It is only a development dependency, and without it its orders are missing.
IsolationForest (Liu et al. 2008) and LocalOutlierFactor (Breunig et al. 2000) of scikit-learn look at the CNN's
embeddings, with its default settings. The public networks are those of `qdesk.training.teachers`.

The detectors are fitted to each word's drawings of the training split. Three ways were tried, and this is by far the
best for them: average precision on planted junk was 0.59 and 0.51. It was 0.35 and 0.18 where they were fitted to the
word's few drawings in the list itself, and 0.05 and 0.04 where they were fitted to the whole list, in which junk is no
outlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official
from qdesk.data.splits import labels_of
from qdesk.scoring.classifier import DrawingClassifier

CLEANLAB = {
    "cleanlab self-confidence": "self_confidence",
    "cleanlab normalized margin": "normalized_margin",
    "cleanlab weighted entropy": "confidence_weighted_entropy",
}
"""The name of each order -> the `method` of cleanlab.rank.get_label_quality_scores. The first is `p_word` itself."""

ENOUGH, MOST = 20, 150
"""The fewest drawings for which a word gets its own detectors instead of those for all words, and the most drawings
that detectors are fitted to."""


def has_cleanlab() -> bool:
    """Whether cleanlab is installed."""
    return find_spec("cleanlab") is not None


class Baselines:
    """The outside rankers. known: drawings that the outlier detectors are fitted to; none of them is ranked.

    A word's detectors are fitted when its first drawing is ranked, which takes a tenth of a CPU second per detector.
    """

    def __init__(self, guesser: DrawingClassifier, known: Drawings, seed: int = 0) -> None:
        self._guesser, self._known = guesser, known
        self._words, self._order = known.words, np.random.default_rng(seed).permutation(len(known))
        self._fitted: dict[str | None, dict] = {}

    def badness(self, drawings: Drawings) -> dict[str, np.ndarray]:
        """Return the scores by order, float64 (N,), high is bad; NaN for cleanlab where the CNN knows no such word."""
        ready = as_official(drawings)
        return {**(self._cleanlab(ready) if has_cleanlab() else {}), **self._outliers(ready)}

    def _cleanlab(self, drawings: Drawings) -> dict[str, np.ndarray]:
        from cleanlab.rank import get_label_quality_scores

        place = {word: index for index, word in enumerate(self._guesser.words)}
        labels = np.array([place.get(word, -1) for word in drawings.words], np.int64)
        seen = self._guesser.probabilities(drawings)
        bad = {name: np.full(len(drawings), np.nan) for name in CLEANLAB}
        if (known := labels >= 0).any():
            for name, method in CLEANLAB.items():
                bad[name][known] = -get_label_quality_scores(labels[known], seen[known], method=method)
        return bad

    def _outliers(self, drawings: Drawings) -> dict[str, np.ndarray]:
        embeddings, words = self._guesser.embeddings(drawings), drawings.words
        bad: dict[str, np.ndarray] = {}
        for word in dict.fromkeys(words):
            rows = np.flatnonzero(words == word)
            for name, detector in self._detectors(word).items():
                bad.setdefault(name, np.full(len(words), np.nan))[rows] = -detector.score_samples(embeddings[rows])
        return bad

    def _detectors(self, word: str | None) -> dict:
        mine = self._order[self._words[self._order] == word]
        if len(mine) < ENOUGH:
            word, mine = None, self._order
        if word not in self._fitted:
            from sklearn.ensemble import IsolationForest
            from sklearn.neighbors import LocalOutlierFactor

            embeddings = self._guesser.embeddings(self._known.take(mine[:MOST]))
            near = min(20, len(embeddings) - 1)  # scikit-learn's default is 20, which fewer drawings do not allow
            self._fitted[word] = {
                "IsolationForest": IsolationForest(random_state=0).fit(embeddings),
                "LocalOutlierFactor": LocalOutlierFactor(near, novelty=True).fit(embeddings),
            }
        return self._fitted[word]


class TeacherRankers:
    """Public networks as rankers: minus the log of the probability that each gives to the word, from the picture alone.

    folder: that of `training.teachers`.   words: those that the networks are asked of.
    Raises ValueError where there is no network in the folder.
    """

    def __init__(self, folder: Path, words: Sequence[str]) -> None:
        from qdesk.training.teachers import LAYERS

        self._folder, self._words = folder, words
        if not any((folder / f"{name}.npz").exists() for name in LAYERS):
            raise ValueError(f"There is no {' and no '.join(f'{name}.npz' for name in LAYERS)} in {folder}.")

    def badness(self, drawings: Drawings) -> dict[str, np.ndarray]:
        """Return the scores by network, float64 (N,), high is bad; NaN for words that it was not asked of."""
        from qdesk.training.outside import opinions

        labels = labels_of(drawings, self._words)
        rows = np.arange(len(labels))
        said = opinions(self._folder, self._words, as_official(drawings))
        return {name: np.where(labels >= 0, -each[rows, labels].astype(float), np.nan) for name, each in said.items()}
