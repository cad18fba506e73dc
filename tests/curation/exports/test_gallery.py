"""The page of the worst, read by a parser as a browser would."""

from __future__ import annotations

import os
import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from qdesk.curation.exports.gallery import write_gallery
from qdesk.data.drawings import Drawings
from qdesk.data.replay_timing import PAUSE_MS

HOSTILE = "<script>alert('1')</script>\"><img src=x onerror=alert(2)>&\ud800\x00"
VOID = {"meta", "img", "input", "br", "path"}


class Cancelled(Exception):
    pass


class Page(HTMLParser):
    """Elements and their texts; fails where tags do not match."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.said: list[tuple[str, str]] = []
        self.feed(path.read_text(encoding="utf-8"))
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.said.append((self.open[-1], data))

    def of(self, tag: str, name: str = "") -> list[dict[str, str | None]]:
        return [told for one, told in self.elements if one == tag and name in (told.get("class") or "").split() + [""]]

    @property
    def text(self) -> str:
        return " ".join(data for tag, data in self.said if tag not in ("script", "style"))


def drawings(count: int, **columns: object) -> Drawings:
    strokes = [[np.array([[0, 0], [255, 9], [k % 200, 30]]), np.array([[5, 5]])] for k in range(count)]
    return Drawings.from_strokes(strokes, **{"word": "cat", "key_id": [str(k) for k in range(count)], **columns})


def test_every_drawing_is_there_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    columns = {
        "junk": [7.25, np.nan], "loss_per_point": np.array([3.5, 1]), "loss": [0.25, 1], "lift": [-12.34, 2],
        "p_word": [0.0001, 0.756], "top_guess": ["pineapple", "cat"], "p_top": [0.71, 0.756],
        "reason": ["scribble", "wrong"], "evidence": ["It turns 99° at each point.", ""], "verdict": ["", "keep"],
        "embedding": np.zeros((2, 64)),
    }  # fmt: skip
    when = datetime(2026, 3, 1, 9, 5)
    write_gallery(tmp_path / "worst.html", drawings(2), columns, "cats.ndjson", total=112_708, when=when)
    page = Page(tmp_path / "worst.html")
    for wanted in (
        "cats.ndjson", "The 2 worst of 112,708 drawings", "Ranked by junk", "1 March 2026, 09:05", "#1", "#2",
        "7.2", "3.50", "0.25", "−12.3", "+2.0", "under\u00a01\u00a0%", "76\u00a0%", "seen as pineapple 71\u00a0%",
        "perhaps scribble", "kept", "It turns 99° at each point.",
    ):  # fmt: skip
        assert wanted in page.text, wanted
    assert "perhaps wrong" not in page.text, "a verdict stands above a suggestion"
    assert "nan" not in page.text
    assert len(page.of("figure", "card")) == 2 and len(page.of("button", "picture")) == 2
    assert len(page.of("path")) == 4


def test_it_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    write_gallery(tmp_path / "worst.html", drawings(3), {"junk": [1, 2, 3]}, "cats.ndjson", total=3)
    page = Page(tmp_path / "worst.html")
    assert "3 drawings, the worst first" in page.text
    assert not [told for _, told in page.elements if "href" in told or "srcset" in told]
    assert not page.of("link") and all("src" not in told for told in page.of("script"))
    text = (tmp_path / "worst.html").read_text()
    assert not re.search(r"https?://|@import|url\(", text)
    assert "$" not in text, "every place of the template is filled in"


def test_another_order_is_not_called_the_worst_first(tmp_path: Path) -> None:
    write_gallery(tmp_path / "a.html", drawings(3), {}, "cats.ndjson", total=9, order="Country, A to Z")
    text = Page(tmp_path / "a.html").text
    assert "3 of 9 drawings" in text and "Country, A to Z. Being here is no verdict" in text and "worst" not in text


def test_what_comes_from_data_is_text(tmp_path: Path) -> None:
    columns = {name: [HOSTILE] for name in ("top_guess", "reason", "evidence", "verdict")}
    batch = drawings(1, word=HOSTILE.replace("\ud800", ""), key_id=[HOSTILE.replace("\ud800", "")])
    write_gallery(tmp_path / "worst.html", batch, columns, HOSTILE, ranked_by=HOSTILE)
    page = Page(tmp_path / "worst.html")
    assert len(page.of("script")) == 1 and not page.of("img")
    assert not [told for _, told in page.elements if any(name.startswith("on") for name in told)]
    assert page.text.count("<script>alert('1')</script>") >= 5


def test_a_replay_has_the_strokes_own_times(tmp_path: Path) -> None:
    line = np.array([[0, 0], [100, 0], [100, 100]])
    times = [[np.array([0, 50, 700]), np.array([9000, 9300, 9350])]]
    batch = Drawings.from_strokes([[line, line + 50]], times=times)
    write_gallery(tmp_path / "worst.html", batch, {}, "raw.ndjson")
    (button,) = Page(tmp_path / "worst.html").of("button", "picture")
    start = 50 + PAUSE_MS + PAUSE_MS
    assert [float(number) for number in button["data-times"].split()] == [0, 50 + PAUSE_MS, start, 350]


def test_bitmaps_are_pictures_without_a_replay(tmp_path: Path) -> None:
    write_gallery(tmp_path / "worst.html", Drawings.from_bitmaps(np.full((2, 28, 28), 9, np.uint8)), {}, "cats.npy")
    page = Page(tmp_path / "worst.html")
    assert [told["src"][:22] for told in page.of("img")] == ["data:image/png;base64,"] * 2
    assert not page.of("button") and "Click" not in page.text and "no word" in page.text


def test_a_drawing_costs_about_a_kilobyte(tmp_path: Path) -> None:
    write_gallery(tmp_path / "worst.html", drawings(1000), {"junk": np.zeros(1000)}, "cats.ndjson")
    assert (tmp_path / "worst.html").stat().st_size < 1_100_000
    assert "The 1,000 worst drawings" in Page(tmp_path / "worst.html").text


def test_nothing_to_show_and_nowhere_to_write(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no drawing to show"):
        write_gallery(tmp_path / "worst.html", drawings(0), {}, "cats.ndjson")
    with pytest.raises(OSError):
        write_gallery(tmp_path / "no" / "worst.html", drawings(1), {}, "cats.ndjson")


@pytest.mark.parametrize("after", [0.5, 1.0])
def test_a_cancel_leaves_the_old_page(after: float, tmp_path: Path) -> None:
    path = tmp_path / "worst.html"
    path.write_text("before")

    def stop(share: float) -> None:
        if share >= after:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_gallery(path, drawings(200), {}, "cats.ndjson", on_progress=stop)
    assert path.read_text() == "before"
    assert [name for name in os.listdir(tmp_path) if "worst" in name] == ["worst.html"]
