"""Contact sheets, checked as documents and as pixels."""

from __future__ import annotations

import io
import os
import re
import zlib
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, write_drawings
from qdesk.formats.sheet import Caption, write_sheet

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('\"&\x00\x1b\ud800')</script>"


class Cancelled(Exception):
    pass


def lines(count: int, word: object = "cat") -> Drawings:
    return Drawings.from_strokes([[np.array([[0, 0], [200, 100]])]] * count, word=word)


def texts(path: Path) -> list[str]:
    return [text.text for text in ElementTree.parse(path).iter(f"{SVG}text")]


def pages(path: Path) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", path.read_bytes()))


def test_every_drawing_has_its_word_below_it_and_lies_inside(tmp_path: Path) -> None:
    write_drawings(lines(7, [f"word {k}" for k in range(7)]), tmp_path / "sheet.svg")
    root = ElementTree.parse(tmp_path / "sheet.svg").getroot()
    assert texts(tmp_path / "sheet.svg") == [f"word {k}" for k in range(7)]
    width, height = float(root.get("width")), float(root.get("height"))
    places = []
    for band in root.findall(f"{SVG}g"):
        y = float(band.get("transform")[10:-1].split()[1])
        (row,) = band.findall(f"{SVG}g")
        left = float(row.get("transform")[10:-1].split()[0])
        places += [(left + float(cell.get("transform")[10:-1].split()[0]), y) for cell in row.findall(f"{SVG}g")]
    assert len(set(places)) == 7
    assert all(x >= 0 and x + 108 <= width and y >= 0 and y + 108 + 20 <= height for x, y in places)


def test_captions_and_title(tmp_path: Path) -> None:
    captions = [Caption("cat", "5892032990019584", "scribble", "#d55e00"), Caption("", "content 00ff"), Caption()]
    write_sheet(tmp_path / "sheet.svg", lines(3), captions, "Flagged in cats.ndjson")  # wider than three drawings
    assert texts(tmp_path / "sheet.svg") == [
        "Flagged in cats.ndjson", "3 drawings", "cat", "5892032990019584", "scribble", "content 00ff",
    ]  # fmt: skip
    circles = list(ElementTree.parse(tmp_path / "sheet.svg").iter(f"{SVG}circle"))
    assert [circle.get("fill") for circle in circles] == ["#d55e00"]


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_hostile_words_are_text_and_too_long_ones_are_shortened(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"sheet.{ending}"
    captions = [Caption(HOSTILE, HOSTILE, HOSTILE, '"><script>'), Caption("w" * 10_000), Caption("مرحبا 猫 🐈")]
    write_sheet(path, lines(3), captions, HOSTILE * 20)
    if ending == "svg":
        shown = texts(path)
        assert not list(ElementTree.parse(path).iter("script")) and max(map(len, shown)) < 100
        assert shown[2].startswith("<script>alert") and shown[-2].endswith("w…")


def test_a_png_has_dark_strokes_on_white_where_the_drawing_is(tmp_path: Path) -> None:
    write_drawings(lines(1, [None]), tmp_path / "sheet.png")
    image = np.asarray(Image.open(tmp_path / "sheet.png").convert("L"))
    assert image[0, 0] == 255
    middle = image[(20 + 54) * 2 - 4 :, (20 + 54) * 2 - 4 :][:8, :8]
    assert middle.min() < 60, "the line goes through the middle of its box"


def test_a_bitmap_is_a_picture_of_its_pixels(tmp_path: Path) -> None:
    bitmaps = np.zeros((1, 28, 28), np.uint8)
    bitmaps[0, :14] = 255
    write_drawings(Drawings.from_bitmaps(bitmaps), tmp_path / "sheet.png")
    image = np.asarray(Image.open(tmp_path / "sheet.png").convert("L"))
    box = image[40 : 40 + 216, 40 : 40 + 216][20:-20, 20:-20]
    assert box[:80].max() < 60 and box[-80:].min() == 255
    write_drawings(Drawings.from_bitmaps(bitmaps), tmp_path / "sheet.pdf")
    assert pages(tmp_path / "sheet.pdf") == 1


@pytest.mark.parametrize(("count", "wanted"), [(1, 1), (36, 1), (37, 2), (109, 4)])
def test_a_pdf_has_a4_pages_with_numbers(count: int, wanted: int, tmp_path: Path) -> None:
    write_sheet(tmp_path / "s.pdf", lines(count), [Caption("cat", "1", "wrong")] * count, "Flagged")
    assert pages(tmp_path / "s.pdf") == wanted
    data = (tmp_path / "s.pdf").read_bytes()
    boxes = re.findall(rb"/MediaBox \[ ([\d. ]+)\]", data + b"".join(_unpacked(data)))
    assert boxes and all(
        [float(x) for x in box.split()] == pytest.approx([0, 0, 595.3, 841.9], abs=0.5) for box in boxes
    )


def _unpacked(data: bytes) -> list[bytes]:
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return found


def test_limits_are_said_and_a_pdf_has_none(tmp_path: Path) -> None:
    for ending in ("svg", "png"):
        with pytest.raises(FormatError, match="up to 2,000 drawings, not 2,001: write a .pdf"):
            write_drawings(lines(2001), tmp_path / f"sheet.{ending}")
    with pytest.raises(FormatError, match="no drawing"):
        write_drawings(lines(0), tmp_path / "sheet.pdf")
    with pytest.raises(FormatError, match=".pdf, .png or .svg"):
        write_sheet(tmp_path / "sheet.gif", lines(1))
    assert not list(tmp_path.glob("sheet*"))
    write_drawings(lines(2001, [None] * 2001), tmp_path / "sheet.pdf")
    assert pages(tmp_path / "sheet.pdf") >= 2001 // 48


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_a_cancel_leaves_the_old_file(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"sheet.{ending}"
    path.write_text("before")

    def stop(share: float) -> None:
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_sheet(path, lines(90), on_progress=stop)
    assert path.read_text() == "before"
    assert [name for name in os.listdir(tmp_path) if "sheet" in name] == [path.name]
    told: list[float] = []
    write_sheet(path, lines(90), on_progress=told.append)
    assert told == sorted(told) and told[-1] == 1 and len(told) > 2


def test_a_folder_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be written"):
        write_sheet(tmp_path / "no" / "sheet.pdf", lines(1))


def test_a_gzipped_svg_is_a_sheet_too(tmp_path: Path) -> None:
    import gzip

    write_drawings(lines(2), tmp_path / "sheet.svg.gz")
    assert (
        ElementTree.parse(io.BytesIO(gzip.decompress((tmp_path / "sheet.svg.gz").read_bytes()))).getroot() is not None
    )
