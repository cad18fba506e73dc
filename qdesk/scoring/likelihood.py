"""The models that read drawings point by point for a ranking: qdesk's own Sketch-RNN, and Google's decoders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from qdesk.data.categories import lookup
from qdesk.data.drawings import Drawings
from qdesk.data.simplify import is_dense
from qdesk.nets import weights
from qdesk.nets.official import OfficialDecoder, load_official
from qdesk.nets.sketchrnn import Batch, SketchRNN, batch_of
from qdesk.scoring.fingerprint import is_official, likelihood_files


@dataclass(frozen=True)
class Reading:
    """What a model says of a batch of N drawings, the longest with T points.

    losses: float32 (N, T), nats per point, 0 past a drawing's end.
    lift: float64 (N,), log p(x | word) - log p(x) in nats; NaN where it cannot be known.
    kinds: float64 (N, kinds), log-odds of each kind of junk against good; no columns where the network knows none.
    whole: float32 (N, 2 * hidden), the LSTM's state at the end and its mean; no columns for an official decoder.
    states: float32 (all points, hidden), its state before each point, drawing after drawing; None for such a decoder.
    """

    losses: np.ndarray
    lift: np.ndarray
    kinds: np.ndarray
    whole: np.ndarray
    states: np.ndarray | None = None


class ConditionalSketchRNN:
    """A class-conditional Sketch-RNN, which reads each drawing once, in the 255 box."""

    trouble = ""

    def __init__(self, network: SketchRNN) -> None:
        self.network = network
        self.words = network.words
        self.kinds = network.kinds[1:]
        self.width = 2 * network.shape.hidden
        self._lookup = lookup(network.words)

    def sequences(self, given: Drawings, fitted: Drawings) -> Drawings:
        """Return the drawings as this network reads them: `fitted`, in the 255 box. given: those of the file."""
        return fitted

    @torch.inference_mode()
    def losses(self, sequences: Drawings, words: np.ndarray) -> np.ndarray:
        """Return `Reading.losses` alone. words: object (N,); one that the network does not know counts as no word."""
        batch = batch_of(sequences, np.arange(len(sequences)), self.network.shape.scale)
        return self.network.losses(batch, self._classes_of(words)).numpy()

    @torch.inference_mode()
    def read(self, sequences: Drawings, words: np.ndarray) -> Reading:
        batch = batch_of(sequences, np.arange(len(sequences)), self.network.shape.scale)
        return self.read_out(self.network.read(batch.inputs), batch, words)

    @torch.inference_mode()
    def read_out(self, seen: torch.Tensor, batch: Batch, words: np.ndarray) -> Reading:
        """Return the reading. seen: the LSTM's state before each point, float32 (N, T, hidden), by `SketchRNN.read`."""
        classes = self._classes_of(words)
        losses, whole = self.network.losses(batch, classes, seen), self.network.whole(seen, batch.lengths)
        lift = self.network.lift(whole, classes).double()
        unknown = classes == self.network.no_word if len(self.words) > 1 else torch.ones_like(classes, dtype=torch.bool)
        lift = torch.where(unknown, torch.nan, lift)  # a network of one word has no other word to compare with
        kinds = self.network.kind_logits(whole, classes).double().numpy()
        inside = torch.arange(seen.shape[1]) < batch.lengths[:, None]
        return Reading(losses.numpy(), lift.numpy(), kinds[:, 1:] - kinds[:, :1], whole.numpy(), seen[inside].numpy())

    @torch.inference_mode()
    def states(self, sequences: Drawings) -> np.ndarray:
        """Return the LSTM's state before each point, float32 (all points, hidden), drawing after drawing."""
        batch = batch_of(sequences, np.arange(len(sequences)), self.network.shape.scale)
        seen = self.network.read(batch.inputs)
        return seen[torch.arange(seen.shape[1]) < batch.lengths[:, None]].numpy()

    def _classes_of(self, words: np.ndarray) -> torch.Tensor:
        """Return the classes of words, int64 (N,), or (1,) where all drawings are of one class."""
        classes = self._lookup.places(words)
        classes[classes < 0] = self.network.no_word
        return torch.from_numpy(classes[:1] if (classes == classes[:1]).all() else classes)


class OfficialDecoderScorer:
    """An official decoder, which knows one word. It reads drawings in their own units, as it learned them.

    others: decoders of other words. Their mean probability of a drawing stands for p(x) in the lift, as by Bayes' rule
    where all words at hand are equally likely. Without others there is no lift.
    trouble: which others cannot be used, and why, in a sentence for people; "" where all can.
    """

    def __init__(self, decoder: OfficialDecoder, others: tuple[OfficialDecoder, ...] = (), trouble: str = "") -> None:
        self.network, self.others, self.trouble = decoder, others, trouble
        self.words, self.kinds, self.width = (decoder.word,), (), 0

    def sequences(self, given: Drawings, fitted: Drawings) -> Drawings:
        """Return the drawings as published, but raw ones simplified: they have many more points than any it learned."""
        raw = given.timed | is_dense(given)  # the others stay in their own units
        return given.replaced(raw, fitted.take(raw))

    @torch.inference_mode()
    def losses(self, sequences: Drawings, words: np.ndarray | None = None) -> np.ndarray:
        """Return `Reading.losses` alone, float32 (N, T), each drawing judged as the decoder's word."""
        return self._losses(self.network, sequences).numpy()

    @torch.inference_mode()
    def read(self, sequences: Drawings, words: np.ndarray | None = None) -> Reading:
        losses = self._losses(self.network, sequences)
        lift = np.full(len(sequences), np.nan)
        if self.others:
            rest = torch.stack([-self._losses(other, sequences).double().sum(dim=1) for other in self.others])
            mean = torch.logsumexp(rest, dim=0) - np.log(len(self.others))
            lift = (-losses.double().sum(dim=1) - mean).numpy()
        none = np.zeros((len(sequences), 0))
        return Reading(losses.numpy(), lift, none, none.astype(np.float32))

    @staticmethod
    def _losses(decoder: OfficialDecoder, sequences: Drawings) -> torch.Tensor:
        return decoder.losses(batch_of(sequences, np.arange(len(sequences)), decoder.scale))


LikelihoodModel = ConditionalSketchRNN | OfficialDecoderScorer


def load_likelihood(path: Path | None = None) -> LikelihoodModel:
    """Load the model of a weight file, by its content: qdesk's own safetensors, or an official `*.gen.json`.

    Without a path it is the shipped Sketch-RNN. An official decoder gets the others at hand
    (`fingerprint.likelihood_files`); those that cannot be loaded are left out. Raises `nets.weights.WeightsError` where
    the file itself cannot be loaded.
    """
    path, *others = likelihood_files(path)
    if not is_official(path):
        return ConditionalSketchRNN(weights.load(path, "sketchrnn"))
    decoder = load_official(path)
    good: list[OfficialDecoder] = []
    broken: list[str] = []
    for other in others:
        try:
            good.append(load_official(other))
        except weights.WeightsError as error:
            broken.append(str(error))
    return OfficialDecoderScorer(decoder, tuple(good), _left_out(broken, not good))


def _left_out(broken: list[str], no_lift: bool) -> str:
    """Return the sentence about decoders that cannot be used beside another one."""
    if not broken:
        return ""
    more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
    return f"{broken[0]}{more}: left out{', so there is no lift' if no_lift else ''}"
