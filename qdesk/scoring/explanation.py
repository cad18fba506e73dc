"""Say on what evidence a suggested reason rests, in a sentence or two.

Each figure is compared with its usual range for good drawings, and only figures outside of it are named. Where no
figure stands out alone, the sentence says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from qdesk.data import reasons
from qdesk.data.categories import with_article
from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import REASON_OF
from qdesk.scoring.junk_model import FEATURES

TOGETHER = "By all its figures together; no single one stands out."
SURE = 0.5
"""The probability from which on a guess is stated; below it is hedged."""
GROUPS = 3
"""The number of groups of strokes side by side that looks like letters: 4 in 5 planted words have so many, and 1 in 50
good drawings."""

DRAWN = 0.25
"""The share of the ink from which on a drawing with letters is a drawing, too."""

Usual = Mapping[str, Sequence[float]]


class _Fact(NamedTuple):
    text: str
    shown: Callable[[float], float] = float  # from the feature to the figure that people read
    unit: str = ""
    whole: bool = False


_FACTS = {
    "loss_per_point": _Fact("Its loss is {} nats a point"),
    "late_loss": _Fact("Its last third costs {} nats a point above its average"),
    "end_loss": _Fact("To end where it ends costs {} nats"),
    "turning": _Fact("It turns {} at each point on average", math.degrees, "°"),
    "log_ink": _Fact("Its lines add up to {} times its size", math.expm1),
    "log_segment": _Fact("Its points lie {} of its size apart on average", lambda value: math.expm1(value) * 10, " %"),
    "aspect": _Fact("It is {} times as long as broad", lambda value: 1 / max(value, 0.01)),
    "log_points": _Fact("It comes down to {} points", math.exp, whole=True),  # raw ones do, in the 255 box
    "log_strokes": _Fact("It has {} strokes", math.exp, whole=True),
}
_READ = frozenset({"loss_per_point", "late_loss", "end_loss", "lift"})
_SIGNS = {reason.name: reason.signs for reason in reasons.REASONS}
_LOOKS = {reason.name: reason.looks for reason in reasons.REASONS if reason.looks}
_READ_AS = {kind.name: kind.read_as for kind in reasons.KINDS}


def evidence_sentences(
    drawings: Drawings,
    words: np.ndarray,
    measured: Mapping[str, np.ndarray],
    features: np.ndarray,
    reasons: np.ndarray,
    usual: Usual,
    own: bool = True,
    sure: np.ndarray | None = None,
    letters: Mapping[int, np.ndarray] | None = None,
) -> np.ndarray:
    """Return the evidence for each drawing's reason, object (N,); "" where there is none.

    A drawing without a reason, whose word the classifier does not know, has a sentence that says so.

    drawings: N, in the 255 box.   words: object (N,), the word that each is judged as, None for no word.
    measured: the columns that `Scorer` measures, (N,) each.   features: float64 (N, features), by
    `junk_model.FEATURES`.   reasons: object (N,).
    usual: the 5 % and the 95 % quantile of good drawings, by feature. What is missing or NaN is not mentioned.
    own: whether qdesk's own Sketch-RNN read the drawings. The figures of an official decoder are on another scale, and
    its lift is against other words' decoders.
    sure: float (N,), the probability that the junk model gives to each drawing's reason.   letters: by row, which
    strokes of a drawing are letters, bool (strokes,).
    """
    usual = usual if own else {name: usual[name] for name in usual if name not in _READ}
    told = np.full(len(drawings), "", object)
    for row in np.flatnonzero(reasons != "").tolist():
        figures = dict(zip(FEATURES, features[row].tolist(), strict=True))
        figures |= {name: values[row] for name, values in measured.items()}
        if sure is not None:
            figures["sure"] = sure[row]
        beside = _letters(drawings.strokes_of(row), letters[row]) if letters and row in letters else ""
        told[row] = " ".join(_evidence(drawings, row, words[row], reasons[row], figures, usual, own, beside))
    for row in np.flatnonzero((reasons == "") & (words != None) & np.isnan(measured["p_word"])).tolist():  # noqa: E711
        told[row] = _seen(words[row], "", {name: measured[name][row] for name in ("top_guess", "p_top", "p_word")})
    return told


def percent(share: float) -> str:
    """Return a probability as a percentage in words, never 0 % and never 100 %."""
    if share < 0.01:
        return "under 1 %"
    return "over 99 %" if share > 0.99 else f"{share * 100:.0f} %"


def _evidence(
    drawings: Drawings, row: int, word: str | None, reason: str, figures: Mapping, usual: Usual, own: bool,
    beside: str = "",
) -> list[str]:  # fmt: skip
    seen = _seen(word, reason, figures)
    if drawings.bitmaps is not None:
        return ["Judged by its picture alone.", seen]
    letters = beside or (_side_by_side(drawings.strokes_of(row)) if reason == "graffiti" else "")
    found = [letters, _whole(reason, figures), _read(reason, figures, usual), *_stand_out(reason, figures, usual)]
    lift = _lift(figures, usual, own)
    if reason == "wrong":
        found = [seen if figures["top_guess"] != word else "", lift, *found]
    elif reason == "unusual":
        found = [next(filter(None, found), f"Its loss is {figures['loss_per_point']:.1f} nats a point."), seen]
    else:
        hardly = _beyond("-log_p_word", figures, usual) > 0 or math.isnan(figures["p_word"])
        more = [lift, seen if hardly else ""]
        found = [*(found if any(found) or not any(more) else [f"No single figure says {reason}."]), *more]
    found = [sentence for sentence in found if sentence][:2] or [TOGETHER]
    return [found[0], seen] if math.isnan(figures["p_word"]) and seen not in found else found


def _seen(word: str | None, reason: str, figures: Mapping) -> str:
    """Say what the classifier sees, compared with the drawing's word."""
    top, p_top, p_word = figures["top_guess"], figures["p_top"], figures["p_word"]
    how = f"seen as {with_article(top)}{'' if p_top >= SURE else ', if at all'} ({percent(p_top)})"
    if word is None:
        return f"It has no word; it is {how}."
    if math.isnan(p_word):
        return f"The classifier never learned “{word}”; it is {how}."
    if top == word:
        return f"{'Even so it' if reason == 'unusual' and p_top >= SURE else 'It'} is {how}."
    but = "hardly" if p_word < 0.05 else "less"
    return f"It is {how}, {but} as {with_article(word)} ({percent(p_word)})."


def _lift(figures: Mapping, usual: Usual, own: bool) -> str:
    lift = figures["lift"]
    if not lift <= -0.1 or _beyond("-lift", figures, usual) < 0:
        return ""
    rest = "no word" if own else "the other words at hand"
    return f"The word explains it {-lift:.{0 if lift < -9.95 else 1}f} nats worse than {rest}."


def _read(reason: str, figures: Mapping, usual: Usual) -> str:
    """Say which kind of junk the Sketch-RNN takes the drawing for, if it means this reason and is unusual; else ""."""
    known = [kind for kind in _READ_AS if REASON_OF[kind] == reason and f"kind_{kind}" in figures]
    kinds = [kind for kind in known if _beyond(f"+kind_{kind}", figures, usual) > 0]
    if not kinds:
        return ""
    kind = max(kinds, key=lambda kind: figures[f"kind_{kind}"])
    odds = figures[f"kind_{kind}"]
    if odds <= 0:
        return f"Stroke by stroke it is nearer to {_READ_AS[kind]} than 19 in 20 good drawings are."
    return f"Stroke by stroke it reads as {_READ_AS[kind]} ({percent(1 / (1 + math.exp(-odds)))})."


def _whole(reason: str, figures: Mapping) -> str:
    """Say what it looks like to the junk model, where its reason is the likeliest of all kinds by far; else ""."""
    if reason not in _LOOKS or not figures.get("sure", 0.0) > SURE:
        return ""
    return f"As a whole it looks like {_LOOKS[reason]}."


def _letters(strokes: Sequence[np.ndarray], are_letters: np.ndarray) -> str:
    """Say which strokes are letters; "" where none are."""
    if not are_letters.any():
        return ""
    ink = np.array([np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in strokes])
    if ink[~are_letters].sum() < DRAWN * ink.sum():
        return "It is letters or signs, and hardly anything else."
    return f"Letters beside a drawing: {numbered(np.flatnonzero(are_letters) + 1)}."


def numbered(places: np.ndarray) -> str:
    """Return stroke numbers (n,), rising, in words: "stroke 3", "strokes 1, 2 and 4 to 6"."""
    runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    said = [text for run in runs for text in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run))]
    if len(places) == 1:
        return f"stroke {said[0]}"
    return f"strokes {', '.join(said[:-1])}{' and ' if len(said) > 1 else ''}{said[-1]}"


def _stand_out(reason: str, figures: Mapping, usual: Usual) -> list[str]:
    """Return one sentence per feature outside its usual range on the side that the reason means, the furthest first."""
    away = {wanted: _beyond(wanted, figures, usual) for wanted in _SIGNS.get(reason, ())}
    found = sorted((wanted for wanted in away if away[wanted] > 0), key=lambda wanted: -away[wanted])
    return [_compared(wanted, figures, usual, place > 0) for place, wanted in enumerate(found)]


def _beyond(wanted: str, figures: Mapping, usual: Usual) -> float:
    """Return how far "+feature" is above, or "-feature" below its usual range, in widths of it; NaN where unknown."""
    name = wanted[1:]
    low, high = usual.get(name, (math.nan, math.nan))
    away = figures[name] - high if wanted[0] == "+" else low - figures[name]
    return away / max(high - low, 1e-9)


def _compared(wanted: str, figures: Mapping, usual: Usual, again: bool) -> str:
    """Say a figure and what is usual. again: a sentence before has said that the usual is that of good drawings."""
    fact = _FACTS[wanted[1:]]
    value, limit = fact.shown(figures[wanted[1:]]), fact.shown(usual[wanted[1:]][wanted[0] == "+"])
    above = value > limit
    if fact.whole:
        limit = round(limit, 6)  # e to the log of 16 is not quite 16, but means 16 points
        text, verb = f"{value:.0f}", "have "
        bound = f"{math.floor(limit)} or fewer" if above else f"{math.ceil(limit)} or more"
    else:
        digits = 0 if fact.unit else 1
        while digits < 3 and f"{value:.{digits}f}" == f"{limit:.{digits}f}":
            digits += 1
        text, verb = f"{value:.{digits}f}{fact.unit}", "stay "
        bound = f"{'under' if above else 'above'} {limit:.{digits}f}{fact.unit}"
    said = fact.text.format(text) + (f", usually {bound}" if again else f"; 19 in 20 good drawings {verb}{bound}")
    return f"{said.replace(' 1 strokes', ' one stroke').replace(' 1 points', ' one point')}."


def _side_by_side(strokes: Sequence[np.ndarray]) -> str:
    """Say that the strokes stand in groups with gaps between, from left to right, as letters do; "" where not."""
    spans = sorted((stroke[:, 0].min(), stroke[:, 0].max()) for stroke in strokes)
    groups, end = 0, -math.inf
    for left, right in spans:
        groups += left > end
        end = max(end, right)
    if groups < GROUPS:
        return ""
    return f"Its strokes stand in {groups} groups side by side, like letters; 49 in 50 good drawings have fewer."
