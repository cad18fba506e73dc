"""Several files at once: what is read, what is skipped, and what stops everything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk.formats import FormatError
from qdesk.formats.several import open_several
from tests.helpers.drawings import write_cats


def test_a_folder_skips_what_cannot_be_read_and_says_so(tmp_path: Path) -> None:
    write_cats(tmp_path / "a.ndjson", 3)
    (tmp_path / "b.ndjson").write_text("<!DOCTYPE html><html>moved</html>")
    np.save(tmp_path / "c.npy", np.full((2, 784), 9, np.uint8))
    shares: list[float] = []
    found = open_several([tmp_path], shares.append)
    assert [len(batch) for batch in found.batches] == [3, 2] and shares == sorted(shares)
    assert len(found.skipped) == 1 and "b.ndjson" in found.skipped[0]


def test_a_file_that_is_named_has_to_be_readable(tmp_path: Path) -> None:
    (tmp_path / "b.ndjson").write_text("<!DOCTYPE html><html>moved</html>")
    with pytest.raises(FormatError, match=r"b\.ndjson"):
        open_several([tmp_path / "b.ndjson"])
    with pytest.raises(FormatError, match="There are no files of drawings under .* \\("):
        open_several([tmp_path])


def test_upward_axes_are_turned_over(tmp_path: Path) -> None:
    write_cats(tmp_path / "a.ndjson", 1)
    down, up = (open_several([tmp_path], y_up=turned).batches[0].points[:, 1] for turned in (False, True))
    assert np.allclose(np.diff(down), -np.diff(up))
