"""Draw with a Sketch-RNN, as in section 3.3 of the paper (arXiv 1704.03477), for a whole batch at once.

The pen can be guided towards what the word makes likelier. At every step `CHOICES` offsets are drawn, and one is taken
with a chance in proportion to (p(offset | word) / p(offset)) ** guide. The pen state there is drawn in proportion to
p(pen | word) ** 2 / p(pen). This is classifier-free guidance (Ho & Salimans 2022, arXiv 2207.12598) by importance
resampling, since the network also gives probabilities without a word. At a guide of 4 the classifier is sure of nearly
twice as many drawings (docs/ways-to-play.md), and they are more alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from qdesk.nets.official import OfficialDecoder
from qdesk.nets.sketchrnn import END, PEN_DOWN, PEN_UP, SketchRNN, batch_from, mixture_log_prob

CHOICES = 8
"""How many offsets a guided pen chooses from at every step."""


@dataclass(frozen=True)
class Beginning:
    """A pen that has drawn something already, as the network sees it: the state of the LSTM, and where the pen is.

    state: float32 (1, hidden) twice.   at, moved, stroke_start, low, high: float32 (2,), in the data's units, relative
    to the first point.   pen: float32 (3,), what the pen did at the last point.   origin: float32 (2,), the first
    point.
    """

    state: tuple[Tensor, Tensor]
    at: Tensor
    moved: Tensor
    pen: Tensor
    stroke_start: Tensor
    low: Tensor
    high: Tensor
    origin: np.ndarray


@torch.inference_mode()
def begin(network: SketchRNN, strokes: Sequence[np.ndarray], lifted: bool = True) -> Beginning:
    """Have the network read the beginning of a drawing, so that `draw` goes on from there.

    strokes: whole numbers, (points, 2) each, at the size that they would have in a whole drawing in the 255 box, as
    simple as those of the training data.   lifted: whether the last stroke has ended. Raises ValueError where there is
    no point.
    """
    strokes = [np.asarray(stroke, np.float32).reshape(-1, 2) for stroke in strokes if len(stroke)]
    if not strokes:
        raise ValueError("there is no beginning: it has no point")
    points = torch.from_numpy(np.concatenate(strokes))[None]
    pens = torch.zeros(1, points.shape[1], dtype=torch.long)
    pens[0, np.cumsum([len(stroke) for stroke in strokes]) - 1] = PEN_UP
    pens[0, -1] = PEN_UP if lifted else PEN_DOWN
    batch = batch_from(points, pens, torch.tensor([points.shape[1]]), network.shape.scale)
    _, state = network.lstm(batch.inputs)
    placed = points[0] - points[0, 0]
    return Beginning(
        state=(state[0][:, 0], state[1][:, 0]),
        at=placed[-1],
        moved=batch.offsets[0, -1],
        pen=F.one_hot(pens[0, -1], 3).float(),
        stroke_start=placed[-len(strokes[-1])],
        low=placed.amin(dim=0),
        high=placed.amax(dim=0),
        origin=points[0, 0].numpy(),
    )


@torch.inference_mode()
def sample(
    network: SketchRNN,
    classes: np.ndarray,
    temperature: float | np.ndarray = 0.4,
    seed: int = 0,
    longest: int = 200,
    guide: float = 0.0,
) -> list[list[np.ndarray]]:
    """Draw one drawing per class index in `classes` (N,), as `draw` does."""
    vectors = network.word(torch.from_numpy(np.asarray(classes, np.int64)))
    return draw(network, vectors, temperature, seed, longest, guide)


@torch.inference_mode()
def draw(
    network: SketchRNN,
    vectors: Tensor,
    temperature: float | np.ndarray = 0.4,
    seed: int = 0,
    longest: int = 200,
    guide: float = 0.0,
    beginning: Beginning | None = None,
    check: Callable[[], object] = lambda: None,
) -> list[list[np.ndarray]]:
    """Draw one drawing per word vector (N, embedding): lists of strokes, float32 (points, 2), in the data's units.

    temperature: 0 draws the most likely offsets, 1 draws from the distribution as learned; one for all, or (N,). It
    scales the mixture's logits by 1 / temperature and its variances by temperature. The pen states are always drawn as
    learned: lifting and ending are rare at every step, so a cold pen would never do either. A drawing that has not
    ended is cut after `longest` points. The drawings are not fitted to the box: see `Drawings.fit_box`.

    guide: how much the pen favours what the word makes likelier, as the module says; 0 draws as learned.
    beginning: what all drawings go on from. What is returned then are the new points alone, of which the first stroke
    goes on from the last one given if that has not ended.   check: called at each step; what it raises ends the work.
    """
    generator = torch.Generator().manual_seed(seed)
    count, scale = len(vectors), network.shape.scale
    heat = np.maximum(np.broadcast_to(np.asarray(temperature, np.float64), count), 1e-3)
    tau, spread = torch.from_numpy(heat).float()[:, None], torch.from_numpy(heat**0.5).float()
    if guide:
        vectors = torch.cat([vectors, network.word.weight[network.no_word].expand_as(vectors)])
    start = beginning or _nothing_yet(network)
    state = tuple(part[:, None].repeat(1, count, 1) for part in start.state)
    at, moved, pen, stroke_start, low, high = (
        part.repeat(count, 1) for part in (start.at, start.moved, start.pen, start.stroke_start, start.low, start.high)
    )
    points, pens = [], []
    alive = torch.ones(count, dtype=torch.bool)
    for step in range(longest):
        check()
        seen, state = network.lstm(_inputs(at, moved, pen, (stroke_start, low, high), scale), state)
        seen = seen.repeat(len(vectors) // max(count, 1), 1, 1)  # one reading serves both, with the word and without
        raw, wordless = network.read_out(seen, vectors)[:, 0].tensor_split([count])
        if step == 0 and beginning is None:
            offset = torch.zeros_like(at)
        elif guide:
            offset = _guided_offset(raw[:, 3:], wordless[:, 3:], tau, spread, guide, scale, generator)
        else:
            offset = _offset(raw[:, 3:], tau, spread, generator) * scale
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
    places = torch.stack(points, 1) + torch.from_numpy(start.origin)
    return [_strokes(xy, kinds) for xy, kinds in zip(places, torch.stack(pens, 1), strict=True)]


def _inputs(at: Tensor, moved: Tensor, pen: Tensor, marks: tuple[Tensor, ...], scale: float) -> Tensor:
    """Return what the LSTM sees at the next step, (N, 1, 13)."""
    places = [(at - mark) / (2 * scale) for mark in (torch.zeros_like(at), *marks)]
    return torch.cat([moved / scale, pen, *places], dim=1)[:, None]


def _nothing_yet(network: SketchRNN) -> Beginning:
    """Return the state before the first point."""
    state, place = torch.zeros(1, network.shape.hidden), torch.zeros(2)
    return Beginning((state, state), place, place, torch.zeros(3), place, place, place, np.zeros(2, np.float32))


@torch.inference_mode()
def sample_official(
    decoder: OfficialDecoder, count: int, temperature: float = 0.4, seed: int = 0, longest: int = 200
) -> list[list[np.ndarray]]:
    """Draw `count` drawings with a published decoder, as `sample` does with a network of this project."""
    generator = torch.Generator().manual_seed(seed)
    tau = max(temperature, 1e-3)
    spread = tau**0.5
    state = tuple(torch.zeros(1, count, decoder.lstm.hidden_size) for _ in range(2))
    at, step = torch.zeros(count, 2), torch.zeros(count, 5)
    points, pens = [at], [torch.zeros(count, dtype=torch.long)]
    alive = torch.ones(count, dtype=torch.bool)
    while len(points) < longest and alive.any():
        seen, state = decoder.lstm(step[:, None], state)
        raw = decoder.output(seen[:, 0])
        offset = _offset(raw[:, 3:], tau, spread, generator)
        kind = torch.multinomial(torch.softmax(raw[:, :3], dim=1), 1, generator=generator)[:, 0]
        alive = alive & (kind != END)  # the step that ends a drawing is not one of its points
        at = at + offset * decoder.scale
        step = torch.cat([offset, F.one_hot(kind, 3).float()], dim=1)
        points.append(at)
        pens.append(torch.where(alive, kind, -1))
    return [_strokes(xy, kinds) for xy, kinds in zip(torch.stack(points, 1), torch.stack(pens, 1), strict=True)]


def _offset(raw: Tensor, tau: Tensor | float, spread: Tensor | float, generator: torch.Generator) -> Tensor:
    """Return (N, 2): one draw from each row's mixture, in units of the network's scale.

    tau: the temperature, (N, 1) or one for all.   spread: its square root, (N,) or one for all.
    """
    logits, mean_x, mean_y, log_sx, log_sy, raw_rho = raw.chunk(6, dim=1)
    chosen = torch.multinomial(torch.softmax(logits / tau, dim=1), 1, generator=generator)
    mx, my, lx, ly, rho = (part.gather(1, chosen)[:, 0] for part in (mean_x, mean_y, log_sx, log_sy, raw_rho))
    rho = torch.tanh(rho)
    a, b = torch.randn(2, len(mx), generator=generator) * spread
    return torch.stack([mx + torch.exp(lx) * a, my + torch.exp(ly) * (rho * a + torch.sqrt(1 - rho**2) * b)], dim=1)


def _guided_offset(
    raw: Tensor,
    wordless: Tensor,
    tau: Tensor,
    spread: Tensor,
    guide: float,
    scale: float,
    generator: torch.Generator,
) -> Tensor:
    """Return (N, 2), in the data's units: of `CHOICES` draws from each row's mixture, one that the word favours."""
    mixtures, taus, spreads = (part.repeat_interleave(CHOICES, dim=0) for part in (raw, tau, spread))
    choices = torch.round(_offset(mixtures, taus, spreads, generator) * scale).view(-1, CHOICES, 2)
    lift = mixture_log_prob(raw[:, None], choices, scale) - mixture_log_prob(wordless[:, None], choices, scale)
    chosen = torch.multinomial(torch.softmax(guide * lift, dim=1), 1, generator=generator)
    return choices.gather(1, chosen[..., None].expand(-1, -1, 2))[:, 0]


def _strokes(points: Tensor, pens: Tensor) -> list[np.ndarray]:
    alive = int((pens >= 0).sum())
    places, ends = points[:alive].numpy().astype(np.float32), np.flatnonzero(pens[:alive].numpy() == PEN_UP)
    return [part for part in np.split(places, ends + 1) if len(part)]
