"""What scoring suggests of the drawings that are to be written, and which of them are rude.

A class looks at contact sheets and at the gallery. So they leave rude drawings out, unless these are asked for.
"""

from __future__ import annotations

import numpy as np

from qdesk.curation.exports.registry import Say
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import KEEP, RUDE


def suggested_reasons(drawings: Drawings, on_progress: Say) -> np.ndarray:
    """Return the reason that scoring suggests for each drawing, object (N,), "" for none. Known scores are used.

    on_progress: called with the share done, 0 to 1; what it raises comes through.
    """
    from qdesk.scoring.score_cache import ScoreCache
    from qdesk.scoring.scorer import Scorer

    if not len(drawings):
        return np.empty(0, object)
    return Scorer(cache=ScoreCache()).score(drawings, on_progress)["reason"]


def are_rude(verdicts: np.ndarray, suggested: np.ndarray) -> np.ndarray:
    """Return whether drawings are rude, bool (N,): by their verdict, or by what scoring suggests, unless kept.

    verdicts, suggested: reasons, object (N,), "" for none.
    """
    return (verdicts == RUDE) | ((suggested == RUDE) & (verdicts != KEEP))


def left_out(count: int, remedy: str) -> str:
    """Say that `count` rude drawings are left out, and what draws them."""
    return (
        f"{count:,} rude drawings left out; {remedy} draws them"
        if count > 1
        else (f"One rude drawing left out; {remedy} draws it")
    )
