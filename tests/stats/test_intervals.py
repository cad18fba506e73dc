from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk.stats.intervals import Estimate, EstimateTable, flat, markdown, places, rewrite

TABLES = {"coins": EstimateTable("Thrown by hand.", {"heads": {"share": Estimate(0.5, 0.4, 0.61)}, "none": {}})}


def test_a_figure_comes_with_what_it_is_in_95_of_100_resamples() -> None:
    figure = Estimate.of(np.r_[7.0, np.arange(101)])
    assert (figure.value, figure.low, figure.high) == (7, 2.5, 97.5)


def test_tables_read_alike_as_markdown_and_as_json() -> None:
    assert "| heads | 0.500 (0.400 to 0.610) |" in markdown(TABLES)
    assert flat(TABLES) == {"coins: heads: share": 0.5, "coins: heads: share (low)": 0.4,
                            "coins: heads: share (high)": 0.61}  # fmt: skip


def test_only_what_is_between_the_marks_is_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("before\n<!-- figures -->\n<!-- end of figures -->\nafter \\1\n", encoding="utf-8")
    for text in ("one", r"two \1"):
        rewrite(path, text)
        assert path.read_text(encoding="utf-8") == (
            f"before\n<!-- figures -->\n\n{text}\n\n<!-- end of figures -->\nafter \\1\n"
        )
    path.write_text("no place", encoding="utf-8")
    with pytest.raises(ValueError, match="no place for figures"):
        rewrite(path, "three")


def test_a_document_has_several_places_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    text = "\n".join(f"{name}:\n<!-- {name} -->\nold\n<!-- end of {name} -->" for name in ("figures", "a b", "c.d (e)"))
    path.write_text(f"{text}\nThe table between <!-- NAME --> and its end.\n", encoding="utf-8")
    rewrite(path, "| new |", "c.d (e)")
    rewrite(path, "more", "a b")
    text = path.read_text(encoding="utf-8")
    assert places(text) == {"figures": "old\n", "a b": "\nmore\n\n", "c.d (e)": "\n| new |\n\n"}
    assert places("<!-- a -->\nno end\n<!-- b -->\n<!-- end of b -->\n") == {"b": ""}
    with pytest.raises(ValueError, match="no place for c"):
        rewrite(path, "nothing", "c")
