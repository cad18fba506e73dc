"""The decoders that Google published with sketch-rnn-js (`*.gen.json`, Apache 2.0), read as they are.

A file is the JSON list `[info, shapes, blobs]`. The blobs are int16 in base64, in which a weight is value * 10 / 32767.
Their order is: output W (H, 123) and b, LSTM W_xh (5, 4H), W_hh (H, 4H) and b. The gates are i, g, f, o, and 1 is to be
added to the forget gate's bias. An output is 3 pen logits and then pi, mean x, mean y, log sigma x, log sigma y and
atanh rho, 20 each. The first input is all zeros.
"""

from __future__ import annotations

import base64
import binascii
import math
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from qdesk.checked import check, parse
from qdesk.nets.sketchrnn import END, Batch, point_losses
from qdesk.nets.weights import WeightsError

_OUTPUTS = 123


class OfficialDecoder(nn.Module):
    """The unconditional decoder of one word. word: its name.  scale: the data's units in one unit of the network."""

    def __init__(self, word: str, scale: float, arrays: list[np.ndarray]) -> None:
        super().__init__()
        output_w, output_b, w_xh, w_hh, b = arrays
        hidden = w_hh.shape[0]
        self.word, self.scale = word, scale
        self.lstm = nn.LSTM(5, hidden, batch_first=True)
        self.output = nn.Linear(hidden, output_b.shape[0])
        b = b.copy()
        b[2 * hidden : 3 * hidden] += 1.0

        def ours(weight: np.ndarray) -> Tensor:  # torch's gates are i, f, g, o, and it multiplies from the left
            i, g, f, o = np.split(weight, 4, axis=-1)
            return torch.from_numpy(np.concatenate([i, f, g, o], axis=-1).T.copy())

        with torch.no_grad():
            weight_ih, weight_hh, bias_ih, bias_hh = self.lstm.all_weights[0]
            weight_ih.copy_(ours(w_xh))
            weight_hh.copy_(ours(w_hh))
            bias_ih.copy_(ours(b))
            bias_hh.zero_()
            self.output.weight.copy_(torch.from_numpy(output_w.T.copy()))
            self.output.bias.copy_(torch.from_numpy(output_b))
        self.eval()

    def losses(self, batch: Batch) -> Tensor:
        """Return the loss of every point in nats, float32 (N, T), as `SketchRNN.losses` does; 0 for the first point.

        The published sequences end with an extra row: a drawing's last stroke first lifts, then the drawing ends. Both
        steps are counted at the last point.
        """
        count, longest = batch.pens.shape
        rows = torch.arange(count, device=batch.pens.device)
        pens = torch.where(batch.pens == END, 1, batch.pens)
        steps = torch.cat([batch.offsets / self.scale, F.one_hot(pens, 3).float()], dim=2)
        steps[:, 0] = 0.0  # the first point is not a row of stroke-3; the network starts from zeros
        outputs = self.output(self.lstm(steps)[0])

        # Output t predicts point t + 1; at a drawing's last point it predicts the end.
        shifted = torch.cat([outputs[:, :1], outputs[:, :-1]], dim=1)
        lifted = Batch(batch.inputs, batch.offsets, pens, batch.lengths)
        losses = point_losses(shifted, lifted, self.scale)
        losses[:, 0] = 0.0
        ends = -torch.log_softmax(outputs[rows, batch.lengths - 1, :3], dim=1)[:, END]
        losses[rows, batch.lengths - 1] += ends
        return losses


def load_official(path: Path) -> OfficialDecoder:
    """Return the decoder of a `*.gen.json` file. Raises WeightsError for anything else."""
    try:
        info, shapes, blobs = parse(path.read_bytes(), [(list, dict)])
        check(info, {"name": str, "scale_factor": float})
        check([shapes, blobs], [[([int], str)]])
        word, scale = info["name"], float(info["scale_factor"])
        arrays = [
            (np.frombuffer(base64.b64decode(blob), "<i2").astype(np.float32) * (10 / 32767)).reshape(shape)
            for shape, blob in zip(shapes, blobs, strict=True)
        ]
        _check(scale, arrays)
        return OfficialDecoder(word.replace("_", " "), scale, arrays)
    except FileNotFoundError:
        raise WeightsError(f"there is no weight file {path}") from None
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, IndexError, RuntimeError, AttributeError, binascii.Error) as error:
        raise WeightsError(f"{path} is not an official Sketch-RNN decoder: {error}") from None


def _check(scale: float, arrays: list[np.ndarray]) -> None:
    """Raise ValueError where the numbers of a file do not make a decoder."""
    if not 0 < scale < math.inf:
        raise ValueError(f"its scale_factor is {scale:g}")
    hidden = arrays[3].shape[0]
    shapes = [(hidden, _OUTPUTS), (_OUTPUTS,), (5, 4 * hidden), (hidden, 4 * hidden), (4 * hidden,)]
    if [array.shape for array in arrays] != shapes:
        raise ValueError(f"its arrays have the shapes {', '.join(str(array.shape) for array in arrays)}")
