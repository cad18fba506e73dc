"""What is no data says what it is."""

from __future__ import annotations

import gzip
import io
import pickle
from pathlib import Path

import pytest
from PIL import Image

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, open_drawings, write_drawings
from qdesk.formats.others import OTHERS, other_of

LINE = '{"word": "cat", "drawing": [[[0, 9], [0, 5]]]}\n'


def picture(format: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (16, 16), "white").save(file, format)
    return file.getvalue()


CONTENTS = {
    "page": (b"<!DOCTYPE html><html><head><title>404</title></head><body>No</body></html>", "is a web page"),
    "page without a type": (b"\n\n  <HTML lang=en><body>Sign in</body>", "is a web page"),
    "page of a kind": (b"<!-- saved --><head><title>x</title>", "is a web page"),
    "page with a picture": (b"<!doctype html><body><svg viewBox='0 0 1 1'></svg>", "is a web page"),
    "error": (b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "an error message of a server"),
    "error with a mark": (b"\xef\xbb\xbf<Error><Code>AccessDenied</Code></Error>", "an error message of a server"),
    "feed": (b"<?xml version='1.0'?><rss><channel/></rss>", "XML of another kind"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "a Git LFS pointer"),
    "annex": (b"/annex/objects/MD5E-s5--abc.npz\n", "a git-annex pointer"),
    "utf-16": (LINE.encode("utf-16"), "UTF-16"),
    "utf-16 without a mark": (LINE.encode("utf-16-le"), "UTF-16"),
    "utf-16 the other way": (LINE.encode("utf-16-be"), "UTF-16"),
    "utf-16 table": ("key_id,drawing\n".encode("utf-16"), "UTF-16"),
    "utf-16 list": ("[[[1, 2], [3, 4]]]".encode("utf-16"), "UTF-16"),
    "utf-32": (LINE.encode("utf-32"), "UTF-32"),
    "verdicts": (b"\xef\xbb\xbfkey_id;word;reason\r\n1;cat;wrong\r\n", "is a table without drawings"),
    "pickle": (pickle.dumps([1, 2]), "is a pickle"),
    "old pickle": (pickle.dumps({"a": [1, 2]}, 2), "is a pickle"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "is a PDF"),
    "sqlite": (b"SQLite format 3\0" + bytes(90), "SQLite"),
    "bz2": (b"BZh91AY&SY" + bytes(30), "does not unpack"),
    **{format: (picture(format), "is a picture") for format in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")},
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_no_data_says_what_it_is_whatever_its_name(
    tmp_path: Path, content: bytes, said: str, packed: bool
) -> None:
    for name in ("cat.ndjson", "cat.npz", "cat.npy", "cat.bin", "cat"):
        (tmp_path / name).write_bytes(gzip.compress(content) if packed else content)
        with pytest.raises(FormatError, match=said) as error:
            open_drawings(tmp_path / name)
        assert str(error.value).startswith(str(tmp_path / name)) and str(error.value).endswith(".")


def test_no_drawings_are_taken_for_something_else(tmp_path: Path) -> None:
    """A .bin begins with any eight bytes."""
    for start in (b"BM", b"\xff\xfe", b"\xfe\xff", b"\xff\xd8\xff", b"{\0", b"II*", b"<a", b"\x80\x04"):
        key = str(int.from_bytes(start.ljust(8, b"\x07"), "little"))
        write_drawings(Drawings.from_strokes([[[[0, 9, 7], [0, 5, 3]]]], key_id=[key]), tmp_path / "a.bin")
        assert open_drawings(tmp_path / "a.bin").drawings.column("key_id").tolist() == [key]
    for text in (LINE, "\ufeff" + LINE, '[{"drawing": []}]', "[[[1, 2], [3, 4]]]", "key_id,drawing\n", ""):
        assert other_of(text.encode()) is None


def test_each_kind_has_a_sentence() -> None:
    assert all(other.sentence[0].isupper() or other.sentence.startswith("qdesk") for other in OTHERS)
    assert not any(other.sentence.endswith(".") for other in OTHERS)
