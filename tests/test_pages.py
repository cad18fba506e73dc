"""Pages written from templates."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from qdesk.pages import fixed, percent, rough_percent, thousands, write_page

GALLERY = "curation/exports/gallery.html"
VALUES = {"title": "t", "source": "s", "headline": "h", "lead": "l", "meanings": [], "replays": False, "when": "now"}


def test_a_name_that_is_missing_is_an_error_and_leaves_the_old_page(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("before")
    with pytest.raises(UndefinedError, match="cards"):
        write_page(path, GALLERY, **VALUES)
    assert path.read_text() == "before" and os.listdir(tmp_path) == ["page.html"]


def test_what_an_iterator_raises_comes_through(tmp_path: Path) -> None:
    def cards() -> Iterator[object]:
        raise KeyError("a mistake of ours")
        yield

    with pytest.raises(KeyError, match="a mistake of ours"):
        write_page(tmp_path / "page.html", GALLERY, **VALUES, cards=cards())
    assert os.listdir(tmp_path) == []


def test_values_are_escaped_and_what_utf_8_cannot_write_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_page(path, GALLERY, **VALUES | {"headline": "<b>&\ud800"}, cards=[])
    assert "<h1>&lt;b&gt;&amp;?</h1>" in path.read_text(encoding="utf-8")


def test_every_template_lies_in_the_package() -> None:
    """A page is found beside the code that fills it in, from a checkout and from a wheel."""
    root = Path(__file__).parents[1] / "qdesk"
    found = {path.relative_to(root).as_posix() for path in root.rglob("*.html")}
    pages = {"evaluation/html/report.html", "evaluation/html/charts.html", "curation/health/health.html"}
    pages |= {"explore/words/words.html", "explore/words/index.html", "explore/map.html"}
    assert found == {"pages/base.html", GALLERY, *pages}


def test_numbers_as_text() -> None:
    assert thousands(1234567) == "1,234,567"
    assert [fixed(0.125, 2), fixed(float("nan"), 2)] == ["0.12", "–"]
    assert [percent(0.9123), percent(float("nan"))] == ["91.2\u00a0%", "not defined"]
    assert [rough_percent(share) for share in (0.004, 0.756, 0.999)] == [
        "under\u00a01\u00a0%",
        "76\u00a0%",
        "over\u00a099\u00a0%",
    ]
