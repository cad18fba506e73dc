"""Read picture files safely: small in memory whatever they announce, and nothing that they name is fetched."""

from __future__ import annotations

import base64
import io
import os
import urllib.parse
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qdesk.formats.registry import SHEET

if TYPE_CHECKING:
    from PIL import Image

SIDE = 640
"""The larger side of a picture as it is read, px: larger ones are made smaller."""

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
"""The formats that Pillow reads here. Others that it knows start programs or are of no use."""

ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".svg")
"""How the names of picture files end. A file's format is told by its content all the same."""

MOST = 64_000_000
"""The most pixels of a picture that has to be unpacked whole; a JPEG is unpacked at an eighth of its size."""

MOST_JPEG = 170_000_000
"""The most pixels of a JPEG. Pillow itself refuses anything larger."""

MOST_BYTES, MOST_SVG = 200 << 20, 4 << 20
"""The largest files, in bytes: of pixels, and of SVG."""

_MARKS = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM")


class PictureError(ValueError):
    """A picture cannot be read. The message is a plain sentence for the user."""


def is_picture(path: Path) -> bool:
    """Tell by its first bytes whether a file is a picture rather than a file of drawings. Raises OSError."""
    with open(path, "rb") as file:
        head = file.read(4096)
    return head.startswith(_MARKS) or head[:4] == b"RIFF" and head[8:12] == b"WEBP" or _is_svg(head)


def read_picture(path: Path) -> np.ndarray:
    """Return the pixels of a picture file, uint8 (H, W, 3), or (H, W, 4) with transparency, at most `SIDE` px large.

    It stands as it is to be looked at, whatever way the camera was held. Raises PictureError and OSError.
    """
    size = os.path.getsize(path)
    if not size:
        raise PictureError(f"{path} is empty.")
    if size > MOST_BYTES:
        raise PictureError(f"{path} is larger than {MOST_BYTES >> 20} MiB: save the picture smaller.")
    data = path.read_bytes()
    return picture_of(data, str(path))


def picture_of(data: bytes, name: str) -> np.ndarray:
    """Return what `read_picture` does, of a file's bytes. name: of the file, for messages."""
    if _is_svg(data[:4096]):
        return _svg(data, name)
    from PIL import Image, ImageOps

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a large picture, and of metadata that is not as it should be
            image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
            _check_size(image, name)
            if image.format == "JPEG":
                image.draft("RGB", (SIDE, SIDE))
            image = ImageOps.exif_transpose(_smaller(image))
            return np.asarray(image)
    except Image.DecompressionBombError:
        raise PictureError(f"{name} has more than {MOST_JPEG // 10**6} million pixels: save it smaller.") from None
    except Image.UnidentifiedImageError:
        raise PictureError(f"{name} is no picture that qdesk reads: PNG, JPEG, WebP, GIF, BMP or SVG.") from None
    except PictureError:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, OverflowError) as error:
        raise PictureError(f"{name} cannot be read: {_plain(error)}.") from error


def _check_size(image: Image.Image, name: str) -> None:
    pixels = image.width * image.height
    most = MOST_JPEG if image.format == "JPEG" else MOST
    if pixels > most:
        raise PictureError(
            f"{name} has {pixels / 1e6:,.0f} million pixels, more than {most // 10**6} million: save it smaller."
        )


def _smaller(image: Image.Image) -> Image.Image:
    """Return a picture in RGB or RGBA, at most `SIDE` px large."""
    from PIL import Image

    clear = image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = _eight_bits(image)
    if image.mode not in ("RGB", "RGBA", "L"):
        # Before it is made smaller: the numbers of a palette's colours mean nothing in between.
        image = image.convert("RGBA" if clear else "RGB")
    image.thumbnail((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return image.convert("RGBA" if clear else "RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    from PIL import Image

    values = np.asarray(image, np.float32)
    low, high = float(values.min()), float(values.max())
    return Image.fromarray(np.rint(255 * (values - low) / max(high - low, 1e-9)).astype(np.uint8))


# SVG


def _is_svg(head: bytes) -> bool:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return text.startswith(b"<") and b"<svg" in head


def _svg(data: bytes, name: str) -> np.ndarray:
    """Return the pixels of an SVG, on nothing, at most `SIDE` px large. What it refers to is refused."""
    from cairosvg.surface import PNGSurface
    from PIL import Image

    if len(data) > MOST_SVG:
        raise PictureError(f"{name} is larger than {MOST_SVG >> 20} MiB of SVG.")
    if SHEET in data[:4096]:
        data = _of_sheet(data, name)
    try:
        png = PNGSurface.convert(data, output_width=SIDE, output_height=SIDE, url_fetcher=_within)
    except PictureError as error:
        raise PictureError(f"{name} {error}") from None
    except MemoryError:
        raise
    except Exception as error:  # cairosvg raises whatever comes up in its code for an SVG that is not as it should be
        why = "it has entities" if type(error).__module__.startswith("defusedxml") else _plain(error)
        raise PictureError(f"{name} cannot be read: {why}.") from error
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def _of_sheet(data: bytes, name: str) -> bytes:
    """Return the drawing of a sheet that qdesk wrote, as SVG. Raises PictureError where there are several."""
    from qdesk.formats.sheet import pictures

    found = pictures(data)
    if len(found) == 1:
        return found[0]
    if not found:
        raise PictureError(f"{name} is a sheet of many pictures, not one: cut one out, and search for that.")
    many = f"a sheet of {len(found):,} drawings"
    raise PictureError(f"{name} is {many}, not one: search for the file that it was made of, or cut one out.")


def _within(url: str, kind: str) -> bytes:
    """Return what an SVG refers to: pictures that it holds itself. Raises PictureError for anything else."""
    about, _, content = url.partition(",")
    if not about.startswith("data:"):
        raise PictureError("refers to something outside itself, which is not looked at.")
    data = urllib.parse.unquote_to_bytes(content)
    if about.endswith(";base64"):
        data = base64.b64decode(data)
    if not data.startswith(_MARKS[:3]):
        raise PictureError("holds something that is no PNG, JPEG or GIF.")
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > MOST:
            raise PictureError("holds a picture that is too large.")
    return data


def _plain(error: Exception) -> str:
    """Return what an error of a library says, on one line without its dot."""
    text = " ".join(str(error).split())
    return (text[:160] or type(error).__name__).rstrip(".")
