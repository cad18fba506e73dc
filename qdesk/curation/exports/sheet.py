"""The flagged drawings as a contact sheet to print, pass round or file."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qdesk.curation.verdicts.store import CONTENT, Verdicts, identities
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import COLOURS, KEEP, OTHER
from qdesk.formats.sheet import Caption

SHORT = 8
"""Letters of a content name that are shown: among a million drawings, one in 4,000 shares them with another."""


def captions(drawings: Drawings, reasons: Sequence[str] | None = None) -> list[Caption]:
    """What stands under each drawing: its word, its key_id or the first of its content name, and its reason."""
    reasons = [""] * len(drawings) if reasons is None else reasons
    return [
        Caption(word or "", short_name(name), reason, COLOURS.get(reason, COLOURS[OTHER]))
        for word, name, reason in zip(drawings.words, identities(drawings).to_pylist(), reasons, strict=True)
    ]


def short_name(identity: str) -> str:
    """What people read of an identity: the key_id, or "content" and the first of the content name."""
    content = identity.removeprefix(CONTENT)
    return identity if content == identity else f"content {content[:SHORT]}"


def flagged(drawings: Drawings, verdicts: Verdicts) -> tuple[Drawings, list[str]]:
    """The flagged ones among the drawings and their reasons, the worst first by the junk that the verdicts remember.

    Those flagged before they were scored come last, in the drawings' order.
    """
    reasons = verdicts.reasons(identities(drawings))
    rows = np.flatnonzero((reasons != "") & (reasons != KEEP))
    junk = {verdict.identity: verdict.facts.get("junk") for verdict in verdicts.all()}
    found = [junk.get(name) for name in identities(drawings.take(rows)).to_pylist()]
    worst = np.argsort([math.inf if value is None else -value for value in found], kind="stable")
    rows = rows[worst]
    return drawings.take(rows), reasons[rows].tolist()
