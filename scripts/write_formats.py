"""Write the tables of docs/formats.md from the registry of formats: `python scripts/write_formats.py`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from qdesk.formats.overview import written_into  # noqa: E402

if __name__ == "__main__":
    path = ROOT / "docs" / "formats.md"
    path.write_text(written_into(path.read_text(encoding="utf-8")), encoding="utf-8")
