"""Replays, frame by frame and key by key."""

from __future__ import annotations

import os
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageSequence

from qdesk.curation.exports.replay import LONGEST_MS, clock, write_replay
from qdesk.data.drawings import Drawing
from qdesk.data.replay_timing import PACE_MS, PAUSE_MS, SHORTEST_MS
from qdesk.formats import FormatError
from qdesk.formats.gif import REST_MS

SVG = "{http://www.w3.org/2000/svg}"


class Cancelled(Exception):
    pass


def cross(timed: bool = True) -> Drawing:
    """A line down in 400 ms, three seconds of nothing, and a line across in 800 ms."""
    strokes = (np.array([[50, 0], [50, 50], [50, 100]], np.float32), np.array([[0, 50], [100, 50]], np.float32))
    times = (np.array([0, 100, 400], np.float32), np.array([3400, 4200], np.float32))
    return Drawing(strokes, times if timed else None, word="a <b> & c")


def test_the_clock_keeps_the_times_but_for_long_pauses() -> None:
    drawing = cross()
    first, second = clock(drawing.strokes, drawing.times)
    assert first.tolist() == [0, 100, 400]
    assert second.tolist() == [400 + PAUSE_MS, 400 + 2 * PAUSE_MS]
    backwards = clock(drawing.strokes, (np.array([0, 900, 100]), np.array([200, 1400])))
    assert np.all(np.diff(np.concatenate(backwards)) >= 0)


def test_the_clock_without_times_is_even_and_neither_hasty_nor_endless() -> None:
    strokes = [np.zeros((30, 2)), np.zeros((10, 2))]
    assert np.concatenate(clock(strokes)) == pytest.approx(np.arange(40) * PACE_MS)
    assert clock([np.zeros((2, 2))])[-1][-1] == SHORTEST_MS
    assert clock([np.zeros((5000, 2))])[-1][-1] == pytest.approx(LONGEST_MS)
    assert clock([np.zeros((1, 2))])[0].tolist() == [0] and clock([]) == []


def frames(path: Path) -> tuple[list[np.ndarray], list[int]]:
    with Image.open(path) as image:
        assert image.info["loop"] == 0
        shown = [(np.asarray(frame.convert("L")), frame.info["duration"]) for frame in ImageSequence.Iterator(image)]
    return [frame for frame, _ in shown], [duration for _, duration in shown]


def test_a_gif_takes_its_time_and_rests_on_the_whole_drawing(tmp_path: Path) -> None:
    write_replay(tmp_path / "cross.gif", cross(), side=100)
    pictures, durations = frames(tmp_path / "cross.gif")
    assert all(picture.shape == (100, 100) for picture in pictures)
    assert durations[-1] == REST_MS
    assert sum(durations) == pytest.approx(400 + 2 * PAUSE_MS + REST_MS, abs=80)
    assert max(durations[:-1]) >= PAUSE_MS - 80, "the pause between the strokes is one frame"
    ink = [int((picture < 128).sum()) for picture in pictures]
    assert ink == sorted(ink) and ink[0] < ink[-1] / 10
    whole = pictures[-1]
    assert whole[50, 15] < 60 and whole[15, 50] < 60 and whole[15, 15] == 255
    half = pictures[len(pictures) // 4]
    assert half[50, 15] == 255, "the line across is not there yet"


def test_an_svg_hides_each_stroke_until_its_time_and_shows_all_without_animation(tmp_path: Path) -> None:
    write_replay(tmp_path / "cross.svg", cross(), side=100)
    root = ElementTree.parse(tmp_path / "cross.svg").getroot()
    assert root.find(f"{SVG}title").text == "a <b> & c"
    first, second = root.iter(f"{SVG}path")
    whole = 400 + 2 * PAUSE_MS + REST_MS
    for path in (first, second):
        push = path.find(f"{SVG}animate[@attributeName='stroke-dashoffset']")
        keys = [float(key) for key in push.get("keyTimes").split(";")]
        values = [float(value) for value in push.get("values").split(";")]
        assert len(keys) == len(values) and keys == sorted(keys) and (keys[0], keys[-1]) == (0, 1)
        assert values == sorted(values, reverse=True) and values[-1] == 0
        assert values[0] == pytest.approx(float(path.get("stroke-dasharray")))
        assert push.get("dur") == f"{whole:.0f}ms" and push.get("repeatCount") == "indefinite"
        assert path.get("stroke-dashoffset") is None and path.get("visibility") is None
    assert first.find(f"{SVG}animate[@attributeName='visibility']") is None
    hidden = second.find(f"{SVG}animate[@attributeName='visibility']")
    assert hidden.get("values") == "hidden;visible"
    assert float(hidden.get("keyTimes").split(";")[1]) == pytest.approx(900 / whole, abs=1e-4)


@pytest.mark.parametrize("ending", ["gif", "svg"])
def test_dots_and_empty_strokes(ending: str, tmp_path: Path) -> None:
    dot, none = np.array([[7, 7]], np.float32), np.zeros((0, 2), np.float32)
    for k, strokes in enumerate([(dot,), (dot, none, dot + 90), (np.repeat(dot, 3, axis=0),)]):
        for times in (None, tuple(np.zeros(len(stroke)) for stroke in strokes)):
            write_replay(tmp_path / f"{k}.{ending}", Drawing(strokes, times), side=64)
    if ending == "gif":
        pictures, _ = frames(tmp_path / "0.gif")
        assert pictures[-1][32, 32] < 128


def test_what_cannot_be_replayed_is_said(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="pixels alone"):
        write_replay(tmp_path / "a.gif", Drawing((), bitmap=np.zeros((28, 28), np.uint8)))
    with pytest.raises(FormatError, match="no strokes"):
        write_replay(tmp_path / "a.gif", Drawing(()))
    with pytest.raises(FormatError, match=".gif or an .svg"):
        write_replay(tmp_path / "a.png", cross())
    with pytest.raises(FormatError, match="32 to 512 px"):
        write_replay(tmp_path / "a.gif", cross(), side=5000)
    with pytest.raises(FormatError, match="cannot be written"):
        write_replay(tmp_path / "no" / "a.gif", cross())
    assert not list(tmp_path.glob("a.*"))


def test_a_cancel_leaves_nothing(tmp_path: Path) -> None:
    def stop(share: float) -> None:
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        write_replay(tmp_path / "a.gif", cross(), on_progress=stop)
    assert [name for name in os.listdir(tmp_path) if "a.gif" in name] == []
