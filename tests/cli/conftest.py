from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.commands import ndjson_line


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    """Six simplified drawings and one broken line, the third."""
    lines = [ndjson_line(key, "square" if key % 2 else "The Eiffel Tower") for key in range(1, 7)]
    path = tmp_path / "squares.ndjson"
    path.write_text("\n".join([*lines[:2], '{"word": "square", "drawing": [[[1,', *lines[2:]]) + "\n")
    return path
