"""SVG files as drawings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, files_under, open_drawings, write_drawings
from qdesk.formats.svg import drawing_svg


def opened(path: Path, inside: str, about: str = 'viewBox="0 0 100 100"'):
    path.write_text(f'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" {about}>{inside}</svg>')
    return open_drawings(path)


def strokes(path: Path, inside: str, about: str = 'viewBox="0 0 100 100"') -> list:
    return [np.round(stroke, 3).tolist() for stroke in opened(path, inside, about).drawings.strokes_of(0)]


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('<polyline points="1,2 3,4 5-6"/>', [[[1, 2], [3, 4], [5, -6]]]),
        ('<polygon points="0 0 9 0 9 9"/>', [[[0, 0], [9, 0], [9, 9], [0, 0]]]),
        ('<line x1="1" y1="2px" x2="3"/>', [[[1, 2], [3, 0]]]),
        ('<rect x="1" y="2" width="3" height="4"/>', [[[1, 2], [4, 2], [4, 6], [1, 6], [1, 2]]]),
        ('<path d="M1 2L3 4l1,1h2v-1H0V0z"/>', [[[1, 2], [3, 4], [4, 5], [6, 5], [6, 4], [0, 4], [0, 0], [1, 2]]]),
        ('<path d="M1 2 3 4M5 6l1 1"/>', [[[1, 2], [3, 4]], [[5, 6], [6, 7]]]),
        ('<path d="M0 0h3v3zl1 1"/>', [[[0, 0], [3, 0], [3, 3], [0, 0], [1, 1]]]),
        ('<path d="M5 5l0 0"/>', [[[5, 5]]]),
        ('<g transform="translate(10 20)"><path transform="scale(2)" d="M1 1l1 0"/></g>', [[[12, 22], [14, 22]]]),
        ('<path transform="matrix(1 2 3 4 5 6)" d="M1 0L0 1"/>', [[[6, 8], [8, 10]]]),
        ('<path transform="rotate(90, 1, 1)" d="M1 0L2 1"/>', [[[2, 1], [1, 2]]]),
        ('<path transform="translate(1) skewX(45)" d="M0 0L0 1"/>', [[[1, 0], [2, 1]]]),
        ('<path d="M9 9l1 0"/><line x2="1"/>', [[[9, 9], [10, 9]], [[0, 0], [1, 0]]]),
        ('<rect width="100%" height="100%" fill="white"/><line x2="1"/>', [[[0, 0], [1, 0]]]),
        ('<rect width="100" height="100"/><line x2="1"/>', [[[0, 0], [1, 0]]]),
        ('<defs><line x2="7"/></defs><g display="none"><line x2="7"/></g><line x2="1"/>', [[[0, 0], [1, 0]]]),
        ('<line style="stroke:red;display: none" x2="7"/><line x2="1"/>', [[[0, 0], [1, 0]]]),
    ],
)
def test_shapes_are_strokes_in_the_order_of_painting(tmp_path: Path, inside: str, expected: list) -> None:
    assert strokes(tmp_path / "a", inside) == expected


def test_a_frame_with_an_outline_is_a_stroke(tmp_path: Path) -> None:
    assert len(strokes(tmp_path / "a", '<rect width="100" height="100" stroke="black"/>')) == 1
    assert len(strokes(tmp_path / "a", '<rect width="100" height="100" style="stroke:#000"/>')) == 1
    assert len(strokes(tmp_path / "a", '<rect width="50" height="50"/>', "")) == 1


@pytest.mark.parametrize(
    "inside",
    [
        '<circle cx="50" cy="50" r="40"/>',
        '<ellipse cx="50" cy="50" rx="40" ry="40"/>',
        '<path d="M90 50A40 40 0 0 1 10 50A40 40 0 0 1 90 50"/>',
    ],
)
def test_curves_go_where_they_should(tmp_path: Path, inside: str) -> None:
    (found,) = strokes(tmp_path / "a", inside)
    away = np.hypot(*(np.array(found) - 50).T)
    assert len(found) == 33 and np.allclose(away, 40, atol=0.01)


def test_bezier_curves(tmp_path: Path) -> None:
    (found,) = strokes(tmp_path / "a", '<path d="M0 0C0 40 80 40 80 0"/>')
    assert found[0] == [0, 0] and found[8] == [40, 30] and found[-1] == [80, 0]
    (found,) = strokes(tmp_path / "a", '<path d="M0 0Q40 40 80 0T160 0"/>')
    assert found[8] == [40, 20] and found[24] == [120, -20]


def test_the_word_is_the_title_or_in_the_name(tmp_path: Path) -> None:
    assert opened(tmp_path / "x.svg", "<title>cat</title><line x2='1'/>").drawings.words.tolist() == ["cat"]
    assert opened(tmp_path / "dog.svg", "<title>Layer 1</title><line x2='1'/>").drawings.words.tolist() == ["dog"]
    assert opened(tmp_path / "x.svg", "<g><title>cat</title><line x2='1'/></g>").drawings.words.tolist() == [None]


def test_what_is_left_out_is_said_once(tmp_path: Path) -> None:
    notes = opened(tmp_path / "a", "<text>a</text><text>b</text><image href='http://x/y.png'/><line x2='1'/>").notes
    assert notes == (f"{tmp_path / 'a'}: its outlines are read as strokes; what it has as <image, text> is left out",)


def test_a_drawing_that_qdesk_made_an_svg_comes_back(tmp_path: Path) -> None:
    before = Drawings.from_strokes([[np.array([[0, 0], [255, 40], [9, 255]]), np.array([[7, 7]])]], word="cat")
    (tmp_path / "a.svg").write_text(drawing_svg(before[0], paper="white"))
    after = open_drawings(tmp_path / "a.svg").drawings
    assert after.stroke_lengths.tolist() == [3, 1] and after.words.tolist() == ["cat"]
    first, last = after.points[0], after.points[2]
    scale = (last[1] - first[1]) / 255
    assert np.allclose((after.points - first) / scale, before.points, atol=1)


def test_a_contact_sheet_is_no_drawing(tmp_path: Path) -> None:
    write_drawings(Drawings.from_strokes([[[[0, 9], [0, 5]]]]), tmp_path / "sheet.svg")
    (tmp_path / "cat.svg").write_text("<svg><line x2='1'/></svg>")
    with pytest.raises(FormatError, match="is a contact sheet"):
        open_drawings(tmp_path / "sheet.svg")
    assert files_under([tmp_path]) == [tmp_path / "cat.svg"]


BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg><title>&b;</title><line x2="1"/></svg>'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BOMB, "has XML entities"),
        ('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>', "has XML entities"),
        ("<svg>" + "<g>" * 200 + "</g>" * 200 + "</svg>", "more than 100 elements"),
        ("<svg></svg>", "no shape whose outline is a stroke"),
        ("<svg><path d='M0 0L1'/></svg>", "<path> in it cannot be understood"),
        ("<svg><path d='hello'/></svg>", "<path> in it cannot be understood"),
        ("<svg><line x2='1e9'/></svg>", "far too large"),
        ("<svg><line", "no XML"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "a.svg").write_text(text)
    with pytest.raises(FormatError, match=reason):
        open_drawings(tmp_path / "a.svg")


def test_a_file_cut_short_keeps_what_came_before(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text("<svg><line x2='1'/><line x")
    found = open_drawings(tmp_path / "a.svg")
    assert found.drawings.stroke_counts.tolist() == [1] and "the rest is left out" in found.problems[0].reason


letters = st.text("MmLlHhVvCcSsQqTtAaZz0123456789.,- e+", max_size=40)


@settings(max_examples=150, deadline=None)
@given(data=letters, transform=st.text("matrixscaletranslaterotate()0123456789., -", max_size=30))
def test_any_path_is_read_or_refused_in_words(tmp_path_factory, data: str, transform: str) -> None:
    path = tmp_path_factory.mktemp("svg") / "a.svg"
    path.write_text(f'<svg><path d="{data}" transform="{transform}"/></svg>')
    try:
        assert len(open_drawings(path).drawings) == 1
    except FormatError as error:
        assert str(error).endswith(".")


def test_numbers_that_are_too_large_are_said_without_a_warning(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><path d="M1e999 0L9 9"/></svg>')
    with pytest.raises(FormatError, match="infinite or far too large"):
        open_drawings(tmp_path / "a.svg")
