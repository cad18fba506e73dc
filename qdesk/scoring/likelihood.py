"""What reads drawings point by point for a ranking: qdesk's own Sketch-RNN, or Google's official decoders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import is_dense
from qdesk.nets import weights
from qdesk.nets.official import OfficialDecoder, load_official
from qdesk.nets.sketchrnn import Batch, SketchRNN, batch_of
from qdesk.scoring.fingerprint import is_official, likelihood_files


@dataclass(frozen=True)
class Reading:
    """What was read in a batch of N drawings, the longest with T points.

    losses: float32 (N, T), nats of every point, 0 past a drawing's end.
    lift: float64 (N,), log p(x | word) - log p(x) in nats; NaN where it cannot be known.
    kinds: float64 (N, kinds), log-odds of each kind of junk against good; no columns where the network knows none.
    """

    losses: np.ndarray
    lift: np.ndarray
    kinds: np.ndarray


class ConditionalSketchRNN:
    """A class-conditional Sketch-RNN. It reads drawings in the 255 box, each once."""

    def __init__(self, network: SketchRNN) -> None:
        self.network = network
        self.words = network.words
        self.kinds = network.kinds[1:]
        self._classes = {word: index for index, word in enumerate(network.words)}

    def sequences(self, given: Drawings, fitted: Drawings) -> Drawings:
        """The drawings as this network reads them, from those of the file and those in the 255 box."""
        return fitted

    @torch.inference_mode()
    def losses(self, sequences: Drawings, words: np.ndarray) -> np.ndarray:
        """float32 (N, T): `Reading.losses` alone, each drawing with its word (object (N,)), or without one unknown."""
        batch = batch_of(sequences, np.arange(len(sequences)), self.network.shape.scale)
        return self.network.losses(batch, self._classes_of(words)).numpy()

    @torch.inference_mode()
    def read(self, sequences: Drawings, words: np.ndarray) -> Reading:
        batch = batch_of(sequences, np.arange(len(sequences)), self.network.shape.scale)
        return self.read_out(self.network.read(batch.inputs), batch, words)

    @torch.inference_mode()
    def read_out(self, seen: torch.Tensor, batch: Batch, words: np.ndarray) -> Reading:
        """The reading, from what the LSTM knows before each point: float32 (N, T, hidden), by `SketchRNN.read`."""
        classes = self._classes_of(words)
        losses, whole = self.network.losses(batch, classes, seen), self.network.whole(seen, batch.lengths)
        lift = self.network.lift(whole, classes).double()
        unknown = classes == self.network.no_word if len(self.words) > 1 else torch.ones_like(classes, dtype=torch.bool)
        lift = torch.where(unknown, torch.nan, lift)  # a network of one word has nothing to tell it from
        kinds = self.network.kind_logits(whole, classes).double().numpy()
        return Reading(losses.numpy(), lift.numpy(), kinds[:, 1:] - kinds[:, :1])

    def _classes_of(self, words: np.ndarray) -> torch.Tensor:
        """int64 (N,), or (1,) where all drawings are of one class."""
        classes = np.array([self._classes.get(word, self.network.no_word) for word in words], np.int64)
        return torch.from_numpy(classes[:1] if (classes == classes[:1]).all() else classes)


class OfficialDecoderScorer:
    """An official decoder: one word's. It reads drawings in their own units, as it learned them.

    others: decoders of other words. What they make of a drawing, on average, stands for p(x) in the lift; it is the
    order that Bayes' rule gives when every word at hand is as likely as the next. Without others there is no lift.
    """

    def __init__(self, decoder: OfficialDecoder, others: tuple[OfficialDecoder, ...] = ()) -> None:
        self.network, self.others = decoder, others
        self.words, self.kinds = (decoder.word,), ()

    def sequences(self, given: Drawings, fitted: Drawings) -> Drawings:
        """As published; a raw drawing, whose points are many more than those of any it learned, simplified."""
        raw = given.timed | is_dense(given)  # in its own units, as it was simplified if it was
        return given.replaced(raw, fitted.take(raw))

    @torch.inference_mode()
    def losses(self, sequences: Drawings, words: np.ndarray | None = None) -> np.ndarray:
        """float32 (N, T): `Reading.losses` alone, every drawing as one of the decoder's word."""
        return self._losses(self.network, sequences).numpy()

    @torch.inference_mode()
    def read(self, sequences: Drawings, words: np.ndarray | None = None) -> Reading:
        losses = self._losses(self.network, sequences)
        lift = np.full(len(sequences), np.nan)
        if self.others:
            rest = torch.stack([-self._losses(other, sequences).double().sum(dim=1) for other in self.others])
            mean = torch.logsumexp(rest, dim=0) - np.log(len(self.others))
            lift = (-losses.double().sum(dim=1) - mean).numpy()
        return Reading(losses.numpy(), lift, np.zeros((len(sequences), 0)))

    @staticmethod
    def _losses(decoder: OfficialDecoder, sequences: Drawings) -> torch.Tensor:
        return decoder.losses(batch_of(sequences, np.arange(len(sequences)), decoder.scale))


LikelihoodModel = ConditionalSketchRNN | OfficialDecoderScorer


def load_likelihood(path: Path | None = None) -> LikelihoodModel:
    """What reads drawings with a weight file, by its content: qdesk's own safetensors, or an official `*.gen.json`.

    The shipped Sketch-RNN where no path is given; an official decoder comes with others at hand
    (`fingerprint.likelihood_files`). Raises `nets.weights.WeightsError`.
    """
    path, *others = likelihood_files(path)
    if not is_official(path):
        return ConditionalSketchRNN(weights.load(path, "sketchrnn"))
    return OfficialDecoderScorer(load_official(path), tuple(map(load_official, others)))
