"""Draw with a Sketch-RNN, as in section 3.3 of the paper (arXiv 1704.03477), for a whole batch at once."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from qdesk.nets.official import OfficialDecoder
from qdesk.nets.sketchrnn import END, PEN_UP, SketchRNN, mixture_log_prob

CHOICES = 8
"""How many offsets a guided pen chooses from at every step."""


@torch.inference_mode()
def sample(
    network: SketchRNN,
    classes: np.ndarray,
    temperature: float = 0.4,
    seed: int = 0,
    longest: int = 200,
    guide: float = 0.0,
) -> list[list[np.ndarray]]:
    """Draw one drawing per class index in `classes` (N,): lists of strokes, float32 (points, 2), in the data's units.

    temperature: 0 draws the most likely offsets, 1 draws from the distribution as learned. It scales the mixture's
    logits by 1 / temperature and its variances by temperature. The pen states are always drawn as learned: lifting and
    ending are rare at every step, so a cold pen would never do either. A drawing that has not ended is cut after
    `longest` points. The drawings are not fitted to the box: see `Drawings.fit_box`.

    guide: how much the pen favours what the word makes likelier; 0 draws as learned. At every step `CHOICES` offsets
    are drawn, and one is taken with a chance in proportion to (p(offset | word) / p(offset)) ** guide. The pen state
    there is drawn in proportion to p(pen | word) ** 2 / p(pen). This is classifier-free guidance (Ho & Salimans 2022,
    arXiv 2207.12598) by importance resampling, since the network also gives probabilities without a word. At 4 the
    classifier is sure of nearly twice as many drawings (docs/ways-to-play.md), and they are more alike.
    """
    generator = torch.Generator().manual_seed(seed)
    tau, scale = max(temperature, 1e-3), network.shape.scale
    labels = torch.from_numpy(np.asarray(classes, np.int64))
    count = len(labels)
    if guide:
        labels = torch.cat([labels, torch.full_like(labels, network.no_word)])
    state = tuple(torch.zeros(1, count, network.shape.hidden) for _ in range(2))

    at = torch.zeros(count, 2)
    moved, pen = torch.zeros(count, 2), torch.zeros(count, 3)
    stroke_start, low, high = at.clone(), at.clone(), at.clone()
    points, pens = [], []
    alive = torch.ones(count, dtype=torch.bool)
    for step in range(longest):
        marks = [(at - mark) / (2 * scale) for mark in (torch.zeros_like(at), stroke_start, low, high)]
        inputs = torch.cat([moved / scale, pen, *marks], dim=1)
        seen, state = network.lstm(inputs[:, None], state)
        seen = seen.repeat(len(labels) // max(count, 1), 1, 1)  # one reading serves both, with the word and without
        raw, wordless = network.outputs(seen, labels)[:, 0].tensor_split([count])
        if step == 0:
            offset = torch.zeros_like(at)
        elif guide:
            offset = _guided_offset(raw[:, 3:], wordless[:, 3:], tau, guide, scale, generator)
        else:
            offset = _offset(raw[:, 3:], tau, generator) * scale
        pen_logits = 2 * raw[:, :3] - wordless[:, :3] if guide else raw[:, :3]
        kind = torch.multinomial(torch.softmax(pen_logits, dim=1), 1, generator=generator)[:, 0]

        lifted = pen[:, PEN_UP] > 0
        at = torch.round(at + offset)
        stroke_start = torch.where(lifted[:, None], at, stroke_start)
        low, high = torch.minimum(low, at), torch.maximum(high, at)
        moved, pen = torch.round(offset), F.one_hot(kind, 3).float()
        points.append(at)
        pens.append(torch.where(alive, kind, -1))
        alive = alive & (kind != END)
        if not alive.any():
            break
    return [_strokes(xy, kinds) for xy, kinds in zip(torch.stack(points, 1), torch.stack(pens, 1), strict=True)]


@torch.inference_mode()
def sample_official(
    decoder: OfficialDecoder, count: int, temperature: float = 0.4, seed: int = 0, longest: int = 200
) -> list[list[np.ndarray]]:
    """Draw `count` drawings with a published decoder, as `sample` does with a network of this project."""
    generator = torch.Generator().manual_seed(seed)
    tau = max(temperature, 1e-3)
    state = tuple(torch.zeros(1, count, decoder.lstm.hidden_size) for _ in range(2))
    at, step = torch.zeros(count, 2), torch.zeros(count, 5)
    points, pens = [at], [torch.zeros(count, dtype=torch.long)]
    alive = torch.ones(count, dtype=torch.bool)
    while len(points) < longest and alive.any():
        seen, state = decoder.lstm(step[:, None], state)
        raw = decoder.output(seen[:, 0])
        offset = _offset(raw[:, 3:], tau, generator)
        kind = torch.multinomial(torch.softmax(raw[:, :3], dim=1), 1, generator=generator)[:, 0]
        alive = alive & (kind != END)  # the step that ends a drawing is not one of its points
        at = at + offset * decoder.scale
        step = torch.cat([offset, F.one_hot(kind, 3).float()], dim=1)
        points.append(at)
        pens.append(torch.where(alive, kind, -1))
    return [_strokes(xy, kinds) for xy, kinds in zip(torch.stack(points, 1), torch.stack(pens, 1), strict=True)]


def _offset(raw: Tensor, tau: float, generator: torch.Generator) -> Tensor:
    """Return (N, 2): one draw from each row's mixture, in units of the network's scale."""
    logits, mean_x, mean_y, log_sx, log_sy, raw_rho = raw.chunk(6, dim=1)
    chosen = torch.multinomial(torch.softmax(logits / tau, dim=1), 1, generator=generator)
    mx, my, lx, ly, rho = (part.gather(1, chosen)[:, 0] for part in (mean_x, mean_y, log_sx, log_sy, raw_rho))
    rho = torch.tanh(rho)
    a, b = torch.randn(2, len(mx), generator=generator) * tau**0.5
    return torch.stack([mx + torch.exp(lx) * a, my + torch.exp(ly) * (rho * a + torch.sqrt(1 - rho**2) * b)], dim=1)


def _guided_offset(
    raw: Tensor, wordless: Tensor, tau: float, guide: float, scale: float, generator: torch.Generator
) -> Tensor:
    """Return (N, 2), in the data's units: of `CHOICES` draws from each row's mixture, one that the word favours."""
    raw, wordless = (part.repeat_interleave(CHOICES, dim=0) for part in (raw, wordless))
    choices = torch.round(_offset(raw, tau, generator) * scale)
    lift = mixture_log_prob(raw, choices, scale) - mixture_log_prob(wordless, choices, scale)
    chosen = torch.multinomial(torch.softmax(guide * lift.view(-1, CHOICES), dim=1), 1, generator=generator)
    return choices.view(-1, CHOICES, 2).gather(1, chosen[..., None].expand(-1, -1, 2))[:, 0]


def _strokes(points: Tensor, pens: Tensor) -> list[np.ndarray]:
    alive = int((pens >= 0).sum())
    places, ends = points[:alive].numpy().astype(np.float32), np.flatnonzero(pens[:alive].numpy() == PEN_UP)
    return [part for part in np.split(places, ends + 1) if len(part)]
