"""InkML: hand-written files by the recommendation, what is refused, and what comes back of what was written."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, format_of, open_drawings, write_drawings

XYT = '<channel name="X"/><channel name="Y"/><channel name="T" type="integer" units="ms"/>'


def ink(inside: str, before: str = "") -> str:
    return f'<?xml version="1.0"?>\n{before}<ink xmlns="http://www.w3.org/2003/InkML">{inside}</ink>\n'


def opened(folder: Path, inside: str, name: str = "a.inkml", **more):
    (folder / name).write_text(ink(inside), encoding="utf-8")
    return open_drawings(folder / name, **more)


def strokes(drawings: Drawings, index: int = 0) -> list[list[list[float]]]:
    return [stroke.tolist() for stroke in drawings.strokes_of(index)]


def test_traces_without_a_group_are_one_drawing_named_by_the_file(tmp_path: Path) -> None:
    found = opened(tmp_path, "<trace>1 2, 3 4,5.5 .5</trace>\n<trace>7 8,</trace><trace/>", "full_raw_cat.inkml")
    assert strokes(found.drawings) == [[[1, 2], [3, 4], [5.5, 0.5]], [[7, 8]]]
    assert found.drawings.words.tolist() == ["cat"] and found.drawings.times is None
    assert format_of(tmp_path / "full_raw_cat.inkml").name == "inkml" and found.problem_count == 0


def test_each_outermost_group_is_a_drawing_with_its_word(tmp_path: Path) -> None:
    group = '<traceGroup><annotation type="truth"> {} </annotation><trace>{}</trace></traceGroup>'
    nested = (
        '<traceGroup><annotation type="truth">a &amp; b</annotation>'
        '<traceGroup><annotation type="truth">a</annotation><trace>1 1</trace></traceGroup>'
        "<traceGroup><trace>2 2</trace><annotation type='truth'>b</annotation></traceGroup></traceGroup>"
    )
    silent = "<traceGroup><annotation type='colour'>red</annotation><trace>6 6</trace></traceGroup>"
    found = opened(
        tmp_path, f"{group.format('cat', '0 1,2 3')}{nested}{silent}<annotation type='truth'>x²</annotation>"
    )
    assert found.drawings.words.tolist() == ["cat", "a & b", "x²"]
    assert [strokes(found.drawings, index) for index in range(3)] == [
        [[[0, 1], [2, 3]]],
        [[[1, 1]], [[2, 2]]],
        [[[6, 6]]],
    ]
    assert found.drawings.column("row").tolist() == [0, 1, 2]
    assert len(open_drawings(tmp_path / "a.inkml", limit=2).drawings) == 2


def test_the_trace_format_says_which_value_is_what(tmp_path: Path) -> None:
    channels = (
        '<channel name="F"/><channel name="T" units="s"/><channel name="Y" orientation="-ve"/><channel name="X"/>'
        '<intermittentChannels><channel name="OTx"/><channel name="BTN" type="boolean"/></intermittentChannels>'
    )
    found = opened(tmp_path, f"<traceFormat>{channels}</traceFormat><trace>9 5 2 1,9 5.25 4 3 7,9 6 6 5 7 T</trace>")
    assert strokes(found.drawings) == [[[1, -2], [3, -4], [5, -6]]]
    assert found.drawings.times.tolist() == [0, 250, 1000]


def test_a_context_is_found_by_its_name_or_in_force(tmp_path: Path) -> None:
    found = opened(
        tmp_path,
        f'<definitions><traceFormat xml:id="f">{XYT}</traceFormat><context xml:id="timed" traceFormatRef="#f"/>'
        '<context xml:id="also" contextRef="#timed"/><context xml:id="bare"/><context xml:id="far" traceFormatRef="http://elsewhere/ink#f"/>'
        '<context xml:id="turned"><inkSource xml:id="pen"><traceFormat><channel name="Y"/><channel name="X"/>'
        '</traceFormat></inkSource></context><trace xml:id="template">0 0</trace></definitions>'
        '<traceGroup contextRef="#also"><trace>1 2 10,3 4 20</trace><trace contextRef="#turned">1 2</trace>'
        "</traceGroup>"
        '<traceGroup><trace contextRef="#bare">1 2</trace></traceGroup>'
        '<context inkSourceRef="#pen"/><traceGroup><trace>1 2</trace></traceGroup>'
        '<traceGroup><trace contextRef="http://elsewhere/ink#c">1 2</trace></traceGroup>'
        '<traceGroup><trace contextRef="#far">1 2</trace></traceGroup>',
    )
    assert [strokes(found.drawings, index) for index in range(3)] == [
        [[[1, 2], [3, 4]], [[2, 1]]],
        [[[1, 2]]],
        [[[2, 1]]],
    ]
    assert found.drawings.times is None  # not every stroke of the first has times
    assert [(one.line, one.reason) for one in found.problems] == [(n, "its context is not in the file") for n in (4, 5)]


def test_values_may_be_differences(tmp_path: Path) -> None:
    trace = """1125 18432,'23'43,"7"-8,3-5,7 -3,6 2,!5 *,* 4,'-#A!#ff,* *"""
    found = opened(tmp_path, f"<trace>{trace}</trace>")
    x = [1125, 1148, 1178, 1211, 1251, 1297, 5, 5, -5, -15]
    y = [18432, 18475, 18510, 18540, 18567, 18596, 18627, 18662, 255, 255]
    assert strokes(found.drawings) == [[list(point) for point in zip(x, y, strict=True)]]


@pytest.mark.parametrize(
    ("traces", "times"),
    [
        (("1 1 500,2 2 540", "3 3 700"), [0, 40, 200]),  # one clock
        (("1 1 1700000000000,2 2 1700000000040", "3 3 1700000000200"), [0, 40, 200]),  # dates
        (("1 1 0,2 2 40", "3 3 0"), None),  # each its own, and nobody knows when it began
        (("1 1 0,2 2 ?", "3 3 60"), None),
        (("1 1 0,2 2 1e300", "3 3 1e301"), None),
    ],
)
def test_times_run_through_a_drawing_or_are_not_known(tmp_path: Path, traces: tuple[str, str], times: list) -> None:
    found = opened(
        tmp_path, f"<traceFormat>{XYT}</traceFormat><trace>{traces[0]}</trace><trace>{traces[1]}</trace>"
    ).drawings
    assert (found.times is None) if times is None else (found.times.tolist() == times)


def test_traces_that_begin_anew_say_when(tmp_path: Path) -> None:
    found = opened(
        tmp_path,
        f'<traceFormat>{XYT}</traceFormat><trace timeOffset="1000">1 1 0,2 2 40</trace>'
        '<trace type="penUp" timeOffset="1050">2 2 0,9 9 100</trace><trace timeOffset="1200">3 3 0</trace>',
    ).drawings
    assert strokes(found) == [[[1, 1], [2, 2]], [[3, 3]]] and found.times.tolist() == [0, 40, 200]


def test_a_trace_goes_on_in_another(tmp_path: Path) -> None:
    found = opened(
        tmp_path,
        '<trace id="a" continuation="begin">1 1</trace><trace id="b">5 5</trace>'
        '<trace id="c" continuation="middle" priorRef="#a">2 2</trace>'
        '<trace continuation="end" priorRef="#c">3 3</trace>',
    ).drawings
    assert strokes(found) == [[[1, 1], [2, 2], [3, 3]], [[5, 5]]]


def test_a_bad_drawing_is_skipped_and_said(tmp_path: Path) -> None:
    bad = ["1", "1 2 3", "1 2,3", "1 x", "1 ?", "1e7 2", "nan 1", "'1 2", "1 2 ; 3 4", ""]
    groups = "".join(f"<traceGroup><trace>{one}</trace></traceGroup>" for one in ["0 0", *bad, "9 9"])
    found = opened(tmp_path, groups)
    assert len(found.drawings) == 2 and found.drawings.column("row").tolist() == [0, 11]
    assert [one.line for one in found.problems] == list(range(2, 12))


def test_a_damaged_file_keeps_what_was_whole(tmp_path: Path) -> None:
    whole = ink("<traceGroup><trace>1 1</trace></traceGroup>" * 3)
    (tmp_path / "cut.inkml").write_text(whole[:-40])
    found = open_drawings(tmp_path / "cut.inkml")
    assert len(found.drawings) == 2 and "no XML" in found.problems[0].reason
    packed = gzip.compress(whole.encode())
    (tmp_path / "cut.inkml.gz").write_bytes(packed[:-12])
    found = open_drawings(tmp_path / "cut.inkml.gz")
    assert [one.reason for one in found.problems] == ["the gzip file is cut short"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_the_encoding_is_the_file_s(tmp_path: Path, encoding: str) -> None:
    said = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{said}"?><i:ink xmlns:i="http://www.w3.org/2003/InkML">'
    text += '<i:annotation type="truth">café</i:annotation><i:trace>1 2</i:trace></i:ink>'
    (tmp_path / "a").write_bytes(text.encode(encoding))
    assert open_drawings(tmp_path / "a").drawings.words.tolist() == ["café"]


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE ink [<!ENTITY a "1 2">]>',
        '<!DOCTYPE ink [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE ink [<!ENTITY % a SYSTEM "http://localhost:9/x.dtd"> %a;]>',
        '<!DOCTYPE ink SYSTEM "http://localhost:9/x.dtd">',
    ],
)
def test_entities_are_refused(tmp_path: Path, before: str) -> None:
    (tmp_path / "a.inkml").write_text(ink("<annotation type='truth'>&a;</annotation><trace>1 2</trace>", before))
    with pytest.raises(FormatError, match="is refused: it has XML entities"):
        open_drawings(tmp_path / "a.inkml")


def test_what_holds_no_ink_is_said_in_a_sentence(tmp_path: Path) -> None:
    for inside, reason in (
        ("", "it has no records"),
        ("<trace>1</trace>", "a point has not 2 values"),
        ("<traceFormat><channel name='X'/></traceFormat><trace>1</trace>", "has no X and Y"),
        ("<traceGroup/>", "has no points"),
        ("<a>" * 200, "100 elements in one another"),
    ):
        with pytest.raises(FormatError, match=reason):
            opened(tmp_path, inside)
    with pytest.raises(FormatError, match="Bitmaps have no strokes"):
        write_drawings(Drawings.from_bitmaps(np.zeros((1, 784))), tmp_path / "a.inkml")


def test_other_xml_is_no_ink(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<rss><channel/></rss>")
    with pytest.raises(FormatError, match="is XML of another kind"):
        format_of(tmp_path / "a.xml")


coordinates = st.floats(-9e5, 9e5, width=32) | st.integers(0, 255).map(float)
stroke = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=4)
drawing = st.lists(stroke, min_size=1, max_size=3)
texts = st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), many=st.lists(drawing, min_size=1, max_size=4), name=st.sampled_from(["a.inkml", "a.inkml.gz"]))
def test_what_is_written_comes_back(tmp_path_factory, data: st.DataObject, many: list, name: str) -> None:
    count = len(many)
    about = {
        key: data.draw(st.lists(texts, min_size=count, max_size=count)) for key in ("word", "key_id", "countrycode")
    }
    about["recognized"] = data.draw(st.lists(st.sampled_from([None, True, False]), min_size=count, max_size=count))
    timed = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    times = []
    for has, one in zip(timed, many, strict=True):
        steps = iter(np.arange(sum(map(len, one))) * 16.25 if has else np.full(99, np.nan))
        times.append([[next(steps) for _ in points] for points in one])
    before = Drawings.from_strokes([[np.array(points) for points in one] for one in many], times, **about)
    path = tmp_path_factory.mktemp("inkml") / name
    write_drawings(before, path)
    found = open_drawings(path)
    after = found.drawings
    assert found.problem_count == 0
    for array in ("points", "stroke_offsets", "drawing_offsets"):
        assert np.array_equal(getattr(after, array), getattr(before, array))
    assert after.timed.tolist() == timed
    assert not any(timed) or np.array_equal(after.times, before.times, equal_nan=True)
    for column in (*about, "timestamp"):
        assert after.column(column).tolist() == before.column(column).tolist()


def test_what_xml_cannot_hold_is_replaced(tmp_path: Path) -> None:
    write_drawings(Drawings.from_strokes([[[[1], [2]]]], word="<a>\x00\x1b&"), tmp_path / "a.inkml")
    assert open_drawings(tmp_path / "a.inkml").drawings.words.tolist() == ["<a>��&"]
