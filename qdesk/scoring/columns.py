"""What a ranking has: the columns of `qdesk rank`, and which end of each is the bad one. Needs no network to know."""

from __future__ import annotations

COLUMNS = (
    "rank", "key_id", "word", "source", "row", "strokes", "points", "junk", "loss", "loss_per_point", "lift", "p_word",
    "top_guess", "p_top", "reason",
)  # fmt: skip
"""The columns of `qdesk rank`, in order."""

ASCENDING = ("lift", "p_word", "strokes", "points")
"""The columns where a low value is the bad one: what was given up early has few strokes and points."""
