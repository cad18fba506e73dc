"""Every kind of picture file is read safely."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from qdesk.explore.picture_file import SIDE, PictureError, is_picture, picture_of, read_picture
from tests.helpers.pictures import drawn, saved

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100">{}</svg>'
)
LINE = '<path d="M10 10L90 90" stroke="black" stroke-width="4"/>'


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_all_formats_are_read(form, tmp_path):
    path = tmp_path / "picture.dat"  # its name says nothing
    path.write_bytes(saved(drawn(), form))
    assert is_picture(path)
    pixels = read_picture(path)
    assert pixels.shape == (300, 300, 3) and pixels.dtype == np.uint8
    assert abs(pixels.astype(int) - drawn()).mean() < 4


def test_a_drawing_file_is_no_picture(tmp_path):
    for name, data in (("a.ndjson", b'{"drawing": []}'), ("b.npy", b"\x93NUMPY"), ("c.bin", b"\0" * 40), ("d", b"")):
        (tmp_path / name).write_bytes(data)
        assert not is_picture(tmp_path / name)


def test_a_large_photo_is_made_smaller():
    pixels = picture_of(saved(np.full((3000, 4000, 3), 200, np.uint8), "JPEG"), "large.jpg")
    assert pixels.shape == (480, SIDE, 3)


def test_the_camera_may_have_been_held_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    pixels = picture_of(saved(np.full((100, 200, 3), 9, np.uint8), "JPEG", exif=exif), "photo.jpg")
    assert pixels.shape == (200, 100, 3)


def test_transparency_stays():
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[5:10] = 255
    assert np.array_equal(picture_of(saved(pixels), "clear.png"), pixels)
    palette = Image.new("P", (20, 20), 0)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    out = io.BytesIO()
    palette.save(out, "GIF", transparency=0)
    assert picture_of(out.getvalue(), "clear.gif").shape == (20, 20, 4)


def test_sixteen_bits_are_read():
    wide = Image.fromarray((np.arange(400, dtype=np.uint16) * 160).reshape(20, 20))
    out = io.BytesIO()
    wide.save(out, "PNG")
    pixels = picture_of(out.getvalue(), "wide.png")
    assert pixels.min() == 0 and pixels.max() == 255


def png_of(width: int, height: int) -> bytes:
    """The beginning of a PNG that announces so many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (png_of(10_000, 10_000), "has 100 million pixels"),
        (png_of(60_000, 60_000), "more than 170 million pixels"),
        (png_of(100, 100), "cannot be read"),
        (b"\x89PNG\r\n\x1a\n rubbish", "cannot be read|no picture"),
        (b"\xff\xd8\xff rubbish", "cannot be read|no picture"),
        (saved(drawn())[:300], "cannot be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture that qdesk reads"),
        (b"hello", "no picture that qdesk reads"),
    ],
    ids=["100 megapixels", "bomb", "cut short", "bad PNG", "bad JPEG", "half a PNG", "PostScript", "text"],
)
def test_what_cannot_be_read_is_a_sentence(data, says):
    with pytest.raises(PictureError, match=says) as error:
        picture_of(data, "picture.png")
    assert str(error.value).startswith("picture.png ") and "\n" not in str(error.value)


def test_an_empty_file_is_a_sentence(tmp_path):
    (tmp_path / "nothing.png").write_bytes(b"")
    with pytest.raises(PictureError, match="is empty"):
        read_picture(tmp_path / "nothing.png")


# SVG


def test_an_svg_is_painted_on_nothing():
    pixels = picture_of(SVG.format(LINE).encode(), "line.svg")
    assert pixels.shape == (SIDE, SIDE, 4)
    assert pixels[SIDE // 2, SIDE // 2].tolist() == [0, 0, 0, 255] and pixels[5, -5, 3] == 0


def test_an_endless_svg_is_as_small_as_any():
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="10">{LINE}</svg>'
    assert picture_of(text.encode(), "long.svg").shape == (SIDE, SIDE, 4)


def test_pictures_within_an_svg_are_looked_at():
    import base64

    data = base64.b64encode(saved(drawn())).decode()
    image = f'<image width="100" height="100" xlink:href="data:image/png;base64,{data}"/>'
    assert picture_of(SVG.format(image).encode(), "held.svg")[..., 3].max() == 255


BOMB = '<!DOCTYPE svg [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "&{before};&{before};&{before};&{before};&{before};&{before};&{before};&{before};">'
    for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
EXTERNAL = '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    "text",
    [
        BOMB + "]>" + SVG.format("<text>&h;</text>"),
        EXTERNAL + SVG.format("<text>&a;</text>"),
        SVG.format('<image width="9" height="9" xlink:href="file:///etc/hostname"/>'),
        SVG.format('<image width="9" height="9" xlink:href="http://127.0.0.1:9/x.png"/>'),
        SVG.format('<use xlink:href="other.svg#a"/>'),
        SVG.format('<image width="9" height="9" xlink:href="data:image/png;base64,JSFQUy1BZG9iZS0zLjA="/>'),
        SVG.format("<g>" * 20_000),
        SVG.format('<use id="a" xlink:href="#a"/>'),
        "<svg",
        SVG.format('<path d="M1 1Lx y"/>')[:-3],
    ],
    ids=["entities", "external entity", "file", "address", "other file", "PostScript", "deep", "ring", "cut", "bad"],
)
def test_bad_svg_is_refused_in_a_sentence(text):
    with pytest.raises(PictureError) as error:
        picture_of(text.encode(), "bad.svg")
    assert str(error.value).startswith("bad.svg ") and "\n" not in str(error.value)


def test_a_huge_svg_is_refused():
    with pytest.raises(PictureError, match="larger than 4 MiB"):
        picture_of(SVG.format(" " * (5 << 20)).encode(), "huge.svg")


def test_an_icon_of_ours_is_read():
    from qdesk import paths

    assert is_picture(Path(paths.asset("icons", "star.svg")))
    assert read_picture(Path(paths.asset("icons", "star.svg")))[..., 3].max() == 255
