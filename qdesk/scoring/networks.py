"""The networks that judge drawings, loaded once, and all that they say of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from qdesk import paths
from qdesk.data.categories import lookup
from qdesk.data.drawings import Drawings
from qdesk.nets import weights
from qdesk.nets.sketchrnn import N_MAX
from qdesk.scoring import junk_model, letters
from qdesk.scoring.classifier import DrawingClassifier
from qdesk.scoring.columns import COLUMNS
from qdesk.scoring.fingerprint import likelihood_files, short_digest
from qdesk.scoring.likelihood import ConditionalSketchRNN, load_likelihood

_UNKNOWN = tuple(column.name for column in COLUMNS if column.origin == "networks" and column.is_number)
"""The numbers that are NaN where a network has nothing to read: a bitmap has no strokes for the Sketch-RNN."""


class Networks:
    """The Sketch-RNN, the classifier and the network that tells letters.

    model: a weight file of qdesk's own, or an official `*.gen.json`; default the shipped Sketch-RNN.
    is_own: whether it is of qdesk's own.   read_by: the digest of its file.
    Raises `nets.weights.WeightsError` where one cannot be loaded.
    """

    def __init__(self, model: Path | None = None) -> None:
        self.likelihood, self.guesser = load_likelihood(model), DrawingClassifier()
        self.is_own = isinstance(self.likelihood, ConditionalSketchRNN)
        self.read_by = short_digest(likelihood_files(model)[0])
        network = weights.load(paths.model(paths.LETTERS), "letters")
        self._letters = network if network.sketchrnn == self.read_by else None
        self._lookup = lookup(self.guesser.words)

    def measure(self, drawings: Drawings, sequences: Drawings, words: np.ndarray) -> dict[str, np.ndarray]:
        """Return all that is known of a batch: the columns that the networks give, (N,), and what `features` needs.

        drawings: in the 255 box.   sequences: as the Sketch-RNN reads them.   words: object (N,), None for no word.
        layers is float32 (N, layers), of the classifier, whole float32 (N, width), of the Sketch-RNN. letter_odds is
        float32 (all strokes,), and missing where nobody knows which strokes are letters.
        """
        columns: dict[str, np.ndarray] = {name: np.full(len(drawings), np.nan) for name in _UNKNOWN}
        columns |= self._seen(drawings, words)
        columns["whole"] = np.full((len(drawings), self.likelihood.width), np.nan, np.float32)
        if drawings.bitmaps is None:
            columns |= self._read(sequences, words)
        return columns

    def features(self, drawings: Drawings, measured: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return `junk_model.FEATURES`, float64 (N, features), of what was measured.

        The figures of an official decoder are on another scale, and so count as not known.
        """
        if not self.is_own:
            measured = {name: values for name, values in measured.items() if name not in junk_model.READ}
        return junk_model.features_of(drawings, measured)

    def _read(self, sequences: Drawings, words: np.ndarray) -> dict[str, np.ndarray]:
        """Return what the Sketch-RNN says."""
        points = sequences.point_counts
        reading = self.likelihood.read(sequences, words)
        nats = reading.losses.sum(axis=1, dtype=np.float64)
        columns = {"loss": nats / N_MAX, "loss_per_point": nats / points, "lift": reading.lift, "whole": reading.whole}
        columns |= junk_model.loss_shape(reading.losses, points)
        columns |= {f"kind_{kind}": odds for kind, odds in zip(self.likelihood.kinds, reading.kinds.T, strict=True)}
        if self._letters is not None and reading.states is not None:
            columns["letter_odds"] = letters.odds(self._letters, reading.states, sequences)
            columns |= letters.summary(columns["letter_odds"], sequences)
        return columns

    def _seen(self, drawings: Drawings, words: np.ndarray) -> dict[str, np.ndarray]:
        """Return what the classifier says."""
        seen = self.guesser.judge(drawings)
        place = self._lookup.places(words)
        logs, rows = seen.logs[""], np.arange(len(drawings))
        best = logs.argmax(axis=1)
        columns = {
            "p_word": np.exp(np.where(place >= 0, logs[rows, place], np.nan).astype(float)),
            "top_guess": np.array(self.guesser.words, object)[best],
            "p_top": np.exp(logs[rows, best].astype(float)),
            "embedding": seen.embeddings,
            "layers": seen.layers,
        }
        for branch, said in seen.logs.items():
            columns |= junk_model.opinion(said, place, f"{branch}_" if branch else "")
        return columns
