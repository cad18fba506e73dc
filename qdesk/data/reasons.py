"""Why a drawing is flagged: each reason that a person may give or that scoring may suggest, and each kind of junk.

Everything that lists, draws, explains or plants them reads these rows. Menus show them in this order. The order of the
kinds is also that of the outputs of a trained Sketch-RNN, so a new kind goes to the end and needs new weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Reason:
    """A reason to flag a drawing.

    colour:    the colour of its mark, with a contrast of 3 to 1 or more on white and on slate. The mark never stands
               without the reason's name.
    key:       the key by which a person gives it; "" for one that scoring alone suggests.
    suggested: whether scoring may suggest it.
    looks:     how evidence names a drawing that looks like it as a whole; "" where something else says more.
    signs:     the features of `scoring.junk_model` that can speak for it, above (+) or below (-) the usual.
    """

    name: str
    colour: str
    key: str = ""
    suggested: bool = True
    looks: str = ""
    signs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of junk that `data.synthetic_junk` makes.

    reason:  the reason that a curator would give for it.
    title:   what the tables of benchmarks call it.
    read_as: how evidence names a drawing that is read as this kind.
    share:   pieces of it per real drawing in the Sketch-RNN's training; 0 for what cannot be drawn.
    """

    name: str
    reason: str
    title: str
    read_as: str
    share: float = 0.0


REASONS = (
    Reason(
        "scribble", "#d55e00", "1", looks="a scribble",
        signs=("+loss_per_point", "+late_loss", "+turning", "+log_ink", "+log_points", "+log_segment"),
    ),
    Reason("graffiti", "#b565c9", "2", looks="letters or signs", signs=("+loss_per_point", "+log_strokes", "-aspect")),
    Reason("wrong", "#2f86d6", "3"),
    Reason("other", "#8a8a8a", "4", suggested=False),
    Reason("rude", "#8460fc", "5", looks="a rude picture"),
    Reason(
        "unfinished", "#b08400", "6", looks="something hardly begun",
        signs=("-log_points", "-log_strokes", "-log_ink", "+end_loss"),
    ),
    Reason("copy", "#7d8f2e", "7", suggested=False),
    Reason("unusual", "#1a98a6", signs=("+loss_per_point",)),
)  # fmt: skip

KINDS = (
    Kind("scribble", "scribble", "scribble alone", "a scribble", 1 / 30),
    Kind("over", "scribble", "drawing scribbled over", "a drawing scribbled over", 1 / 12),
    Kind("lettering", "graffiti", "lettering", "lettering", 1 / 30),
    Kind("walk", "scribble", "random walk", "a wandering pen", 1 / 30),
    Kind("unfinished", "unfinished", "beginning of a drawing", "a drawing given up early", 1 / 12),
    Kind("wrong", "wrong", "drawing of another word", "a drawing of something else"),
    Kind("beside", "graffiti", "letters beside a drawing", "letters beside a drawing", 1 / 12),
    Kind("bare", "unfinished", "bare line or outline", "a bare line", 1 / 30),
    Kind("marks", "unfinished", "marks without meaning", "marks without meaning", 1 / 30),
    Kind("rude", "rude", "rude picture", "a rude picture", 1 / 30),
)

FLAGS = tuple(reason.name for reason in REASONS if reason.key)
"""The reasons to flag a drawing that a person may give."""

SUGGESTED = tuple(reason.name for reason in REASONS if reason.suggested)
"""The reasons that scoring may suggest."""

OTHER = "other"
"""The flag for any other reason, and for those that scoring suggests but no key gives: unusual."""

GRAFFITI = "graffiti"
"""The reason of letters and signs, alone or beside a drawing."""

UNFINISHED = "unfinished"
"""The reason of what nobody can tell the word from: begun, given up, or hardly anything."""

COPY = "copy"
"""The flag for a drawing that is there once more. It is no junk, and clean data do without it."""

RUDE = "rude"
"""The flag for what no class should see: drawings of it are not on contact sheets unless asked for."""

KEEP = "keep"
"""The verdict of a drawing that was looked at and is fine."""

UNSURE = "unsure"
"""The verdict of a drawing to come back to, neither flagged nor kept: it teaches nothing, and is a flag in no file."""

NO_FLAG = ("", KEEP, UNSURE)
"""What the verdict on a drawing that is not flagged may be: "" for none."""


def are_flags(verdicts: np.ndarray) -> np.ndarray:
    """Return which of these verdicts, object (N,), "" for none, are flags: bool (N,)."""
    return (verdicts != "") & (verdicts != KEEP) & (verdicts != UNSURE)


def are_junk(verdicts: np.ndarray) -> np.ndarray:
    """Return which of these verdicts, object (N,), say that a drawing is junk: all flags but `COPY`. bool (N,)."""
    return are_flags(verdicts) & (verdicts != COPY)


def are_open(verdicts: np.ndarray) -> np.ndarray:
    """Return which of these verdicts, object (N,), say neither that a drawing is fine nor that it is not: bool (N,)."""
    return (verdicts == "") | (verdicts == UNSURE)


COLOURS = {reason.name: reason.colour for reason in REASONS} | {KEEP: "#2f9e68", UNSURE: "#c2527d"}
"""The colour of each reason, of `KEEP` and of `UNSURE`."""
