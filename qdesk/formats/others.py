"""What is saved in place of drawings, and how it is told: web pages, pointers, pictures, text in other encodings."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Other:
    """A kind of file that holds no drawings.

    name:     what it is, in words that follow "is".
    tells:    whether the first bytes of a file are of this kind.
    sentence: what there is to do about it, without a dot.
    """

    name: str
    tells: Callable[[bytes], bool]
    sentence: str

    def said(self, source: str) -> str:
        """Return what to say of the file `source`, one or two sentences."""
        return f"{source} is {self.name}. {self.sentence}."


def _begins(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


def _text(head: bytes) -> bytes:
    return head[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()


def _is_html(head: bytes) -> bool:
    text = _text(head)
    return text.startswith((b"<!doctype html", b"<html")) or (
        text.startswith(b"<") and re.search(rb"<(html|head|body)[\s>]", text) is not None
    )


def _is_xml_error(head: bytes) -> bool:
    text = _text(head)
    return text.startswith((b"<?xml", b"<error")) and re.search(rb"<(error|code|message)>", text) is not None


def _is_other_xml(head: bytes) -> bool:
    return re.match(rb"<(\?xml|[a-z][\w:.-]*[\s/>])", _text(head)) is not None


def _is_wide(head: bytes) -> bool:
    """Tell whether text has two or four bytes per letter: read so, nearly all of it are letters of ASCII."""
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        text = head[: len(head[:400]) // 4 * 4].decode(encoding, "replace").removeprefix("\ufeff")
        plain = sum(letter.isascii() and (letter.isprintable() or letter.isspace()) for letter in text)
        if text and plain >= 0.9 * len(text):
            return True
    return False


def _is_plain_table(head: bytes) -> bool:
    """Tell whether the first line names columns, one of them key_id or word, and none of them drawings."""
    line = _text(head).partition(b"\n")[0].strip()
    names = {name.strip(b' "') for name in re.split(rb"[,;\t]", line)}
    return (
        not line.startswith((b"{", b"["))
        and len(names) > 1
        and not names.isdisjoint({b"key_id", b"word"})
        and names.isdisjoint({b"drawing", b"strokes"})
    )


def _is_bitmap_picture(head: bytes) -> bool:
    return head.startswith(b"BM") and head[6:10] == bytes(4) and head[15:18] == bytes(3) and len(head) >= 26


def _is_webp(head: bytes) -> bool:
    return head.startswith(b"RIFF") and head[8:12] == b"WEBP"


OTHERS = (
    Other(
        "a web page, not a file of drawings", _is_html,
        "A sign-in or an error page was probably saved in its place: download the file again",
    ),
    Other(
        "an error message of a server in XML, not a file of drawings", _is_xml_error,
        "The address that it came from has no such file, or refuses it: look at the address and download it again",
    ),
    Other(
        "a Git LFS pointer: it names a large file that was not fetched", _begins(b"version https://git-lfs.github.com/"),
        "Run `git lfs pull` where it comes from, and open the file itself",
    ),
    Other(
        "a git-annex pointer: it names a large file that was not fetched", _begins(b"/annex/objects/"),
        "Run `git annex get` where it comes from, and open the file itself",
    ),
    Other(
        "text in UTF-16 or UTF-32", lambda head: b"<" not in head[:4] and _is_wide(head),
        "Save it as UTF-8 to open it here",
    ),
    Other(
        "a table without drawings", _is_plain_table,
        "Drawings need a column called drawing; `qdesk merge` reads verdicts",
    ),
    Other(
        "a picture", lambda head: head.startswith((
            b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xdb", b"\xff\xd8\xff\xee",
            b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*",
        )) or _is_bitmap_picture(head) or _is_webp(head),
        "qdesk reads bitmaps from .npy: numpy.save(name, pixels), where pixels have the shape (drawings, 28, 28)",
    ),
    Other("a PDF", _begins(b"%PDF-"), "qdesk reads strokes and bitmaps, and a PDF holds pages"),
    Other(
        "a pickle", lambda head: re.match(rb"\x80[\x02-\x05](\x95.{6}\0\0|[\]}(c])", head, re.DOTALL) is not None,
        "A pickle can run any program, so qdesk does not open it: save the drawings as .ndjson or .npz",
    ),
    Other(
        "an HDF5 or SQLite file", _begins(b"\x89HDF\r\n\x1a\n", b"SQLite format 3\0"),
        "Save its drawings as .ndjson or .npz",
    ),
    Other(
        "a packed file of a kind that qdesk does not unpack",
        _begins(b"BZh91AY&SY", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"),
        "Unpack it, or pack it with gzip or zip",
    ),
)  # fmt: skip
"""All kinds, in the order in which they are asked."""

OTHER_XML = Other("XML of another kind than InkML and SVG", _is_other_xml, "qdesk reads no drawings from it")
"""Told only of what is of none of the formats that are read."""


def other_of(head: bytes) -> Other | None:
    """Return the kind of a file that holds no drawings by its first bytes, None for any other file."""
    return next((other for other in OTHERS if other.tells(head)), None)
