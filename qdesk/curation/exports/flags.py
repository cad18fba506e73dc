"""Write the verdicts as CSV: the flags alone, or all verdicts, for others to merge."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from qdesk.curation.exports.registry import Shell
from qdesk.curation.verdicts.csv import export_flags
from qdesk.curation.verdicts.store import Verdicts


def from_files(everything: bool | None, out: Path | TextIO, options: Mapping[str, Any], shell: Shell) -> list[str]:
    """Run `qdesk export` or `qdesk export --all`: write the CSV, and return a sentence about it."""
    with Verdicts() as verdicts:
        count = export_flags(out, verdicts, everything=bool(everything))
    return [f"{count:,} {'verdicts' if everything else 'flagged drawings'}"]
