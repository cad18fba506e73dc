"""Write the flagged drawings as a contact sheet to print, pass round or file."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from qdesk.curation.exports.registry import ALSO_RUDE, NothingToWrite, Say, Shell, Source, Work
from qdesk.curation.exports.suggested import are_rude, left_out, suggested_reasons
from qdesk.curation.verdicts.identity import CONTENT, identities, key_of, shared, shared_sentence
from qdesk.curation.verdicts.store import Verdicts, of_drawings
from qdesk.curation.view.table import judged
from qdesk.data.drawings import Drawings
from qdesk.data.reasons import COLOURS, OTHER, RUDE, are_flags
from qdesk.formats.sheet import Caption, write_sheet
from qdesk.streams import name_of

SHORT = 8
"""How many letters of a content id are shown. Among a million drawings, one in 4,000 shares them with another."""


def from_window(source: Source, path: Path) -> Work:
    """Return the work that writes the flagged drawings of what is open, the worst first."""
    table = source.table
    rows = judged(table).flagged
    if not len(rows):
        raise NothingToWrite("Nothing is flagged yet, so there is nothing to put on a sheet.")
    rude = are_rude(table.verdicts[rows], table.texts["reason"][rows]) & (not source.rude)
    rows, without = rows[~rude], left_out(int(rude.sum()), f"“{ALSO_RUDE}” in the menu")
    if not len(rows):
        raise NothingToWrite(f"All that is flagged is rude: {without}.")

    def work(say: Say) -> str:
        worst = rows[np.argsort(-table.numbers["junk"][rows], kind="stable")]
        drawings = table.drawings.take(worst)
        write_sheet(path, drawings, captions(drawings, list(table.verdicts[worst])), "Flagged", say)
        return f"Drew {len(worst):,} flagged drawings on {path.name}.{f' {without}.' if rude.any() else ''}"

    return work


def from_files(files: Sequence[Path], out: Path, options: Mapping[str, Any], shell: Shell) -> list[str]:
    """Run `qdesk export --sheet`: write the flagged drawings of these files, the worst first."""
    drawings = shell.opened(files)
    with Verdicts() as verdicts:
        found, reasons = flagged(drawings, verdicts)
    if not len(found):
        raise ValueError(f"None of the {len(drawings):,} drawings is flagged, so there is nothing to put on a sheet.")
    ambiguous = shared(drawings, identities(drawings))
    sentences = [shared_sentence(ambiguous)] if ambiguous else []
    if not options["rude"]:
        rude = _rude_ones(found, np.array(reasons, object), shell)
        if rude.all():
            raise ValueError(f"All that is flagged is rude: {left_out(len(found), '--rude')}.")
        if rude.any():
            sentences.append(left_out(int(rude.sum()), "--rude"))
        found, reasons = found.take(~rude), [reason for reason, bad in zip(reasons, rude, strict=True) if not bad]
    with shell.progress("drawing the sheet") as progress:
        write_sheet(out, found, captions(found, reasons), f"Flagged in {titled(files)}", progress)
    return [f"{len(found):,} flagged drawings in {out}", *sentences]


def _rude_ones(drawings: Drawings, verdicts: np.ndarray, shell: Shell) -> np.ndarray:
    """Return which flagged drawings are rude, bool (N,). Those that are not flagged as rude are scored."""
    suggested = np.full(len(drawings), RUDE, object)
    asked = verdicts != RUDE
    with shell.progress("scoring") as progress:
        suggested[asked] = suggested_reasons(drawings.take(asked), progress)
    return are_rude(verdicts, suggested)


def titled(paths: Sequence[Path]) -> str:
    """Return a title for files: the first names, and how many more there are."""
    names = [os.path.basename(name_of(path)) for path in paths]
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def captions(drawings: Drawings, reasons: Sequence[str] | None = None) -> list[Caption]:
    """Return the caption of each drawing: its word, its key_id or the start of its content id, and its reason."""
    reasons = [""] * len(drawings) if reasons is None else reasons
    return [
        Caption(word or "", short_name(name), reason, COLOURS.get(reason, COLOURS[OTHER]))
        for word, name, reason in zip(drawings.words, identities(drawings).to_pylist(), reasons, strict=True)
    ]


def short_name(identity: str) -> str:
    """Return an identity for people to read: the key_id, or "content" and the start of the content id."""
    return key_of(identity) or f"content {identity.removeprefix(CONTENT)[:SHORT]}"


def flagged(drawings: Drawings, verdicts: Verdicts) -> tuple[Drawings, list[str]]:
    """Return the flagged drawings and their reasons, the worst first by the junk that the verdicts remember.

    Those flagged before they were scored come last, in the drawings' order.
    """
    reasons, names, _ = of_drawings(drawings, verdicts)
    rows = np.flatnonzero(are_flags(reasons))
    junk = {verdict.identity: verdict.facts.get("junk") for verdict in verdicts.all()}
    found = [junk.get(name) for name in names.take(pa.array(rows)).to_pylist()]
    worst = np.argsort([math.inf if value is None else -value for value in found], kind="stable")
    rows = rows[worst]
    return drawings.take(rows), reasons[rows].tolist()
