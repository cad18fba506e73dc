from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.drawings import write_shapes


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 300 circles and 300 zigzags; nothing is written to it."""
    return write_shapes(tmp_path_factory.mktemp("shapes"), 300)
