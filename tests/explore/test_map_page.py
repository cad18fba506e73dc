"""A map as a page that needs no other file."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.explore import map_page
from qdesk.explore.drawing_map import DrawingMap
from qdesk.explore.map_page import write_map_page
from tests.helpers.drawings import shapes
from tests.helpers.html_page import Page


def about(count: int) -> dict[str, np.ndarray]:
    return {
        "reason": np.array(["", "rude", "</script>"] * count, object)[:count],
        "top_guess": np.full(count, "cat", object),
        "junk": np.linspace(-3, 3, count).astype(np.float32),
        "p_word": np.full(count, np.nan, np.float32),
    }


def written(path: Path, drawings: Drawings, missing: int = 0) -> dict:
    count = len(drawings)
    positions = np.random.default_rng(0).uniform(-1, 1, (count, 2)).astype(np.float32)
    positions[:missing] = np.nan
    write_map_page(path, drawings, about(count), DrawingMap(positions, np.arange(count)), "my <file>")
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert not page.open and not page.outside and not page.handlers and "my &lt;file&gt;" in text
    found = re.search(r'id="data">(.*?)</script>', text, re.S)
    assert found
    return json.loads(found[1])


def test_each_drawing_is_a_point_and_some_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(map_page, "SHOWN", 10)
    drawings = shapes("circle", 30)
    data = written(tmp_path / "map.html", drawings, missing=3)
    places = np.frombuffer(base64.b64decode(data["places"]), "<u2").reshape(-1, 2)
    assert len(places) == 27 and places.min() >= 0
    drawn = data["drawn"]
    assert len(drawn["rows"]) == 10 == len(drawn["strokes"])
    assert len(base64.b64decode(drawn["points"])) == 2 * sum(drawn["lengths"])
    rude = np.frombuffer(base64.b64decode(data["reasons"]["codes"]), "<u2") == data["reasons"]["texts"].index("rude")
    assert rude.sum() == 9 and not rude[drawn["rows"]].any()  # a rude drawing is a point, and not to be seen
    assert data["scores"][0]["title"] == "Junk" and len(base64.b64decode(data["scores"][0]["steps"])) == 27


def test_bitmaps_are_drawn_as_pixels(tmp_path: Path):
    bitmaps = np.zeros((5, 28, 28), np.uint8)
    bitmaps[:, 3:9] = 255
    data = written(tmp_path / "map.html", Drawings.from_bitmaps(bitmaps, word="cat"))
    assert len(base64.b64decode(data["drawn"]["bitmaps"])) == 784 * len(data["drawn"]["rows"])


def test_nothing_to_show_is_said(tmp_path: Path):
    nowhere = DrawingMap(np.full((3, 2), np.nan, np.float32), np.zeros(0, np.int64))
    with pytest.raises(ValueError, match="no scored drawing"):
        write_map_page(tmp_path / "map.html", shapes("circle", 3), about(3), nowhere, "none")
