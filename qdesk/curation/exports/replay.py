"""Write a drawing as it was drawn, stroke by stroke, as an animated GIF or SVG to show to others."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from qdesk.curation.exports.registry import NothingToWrite, Say, Shell, Source, Work
from qdesk.data import replay_timing
from qdesk.data.drawings import Drawing, Drawings
from qdesk.formats import FormatError, gif
from qdesk.formats.base import open_output

LONGEST_MS = 30_000.0
"""The longest replay, in ms. A longer one is speeded up, and one shorter than `replay_timing.SHORTEST_MS` is slowed
down."""

SIDES = range(32, 513)
"""The widths that a picture may have, in px."""

_PADDING = 0.08  # a share of the side


def from_window(source: Source, path: Path) -> Work:
    """Return the work that writes the replay of the drawing that is shown."""
    if source.shown < 0:
        raise NothingToWrite
    drawing = source.table.drawings[source.shown]

    def work(say: Say) -> str:
        write_replay(path, drawing, on_progress=say)
        return f"Drew the replay as {path.name}."

    return work


def from_files(file: Path, out: Path, options: Mapping[str, Any], shell: Shell) -> list[str]:
    """Run `qdesk export --replay`: write the drawing of a file that the option `key` names, `side` px square."""
    drawings = shell.opened([file])
    place = place_of(drawings, options["key"])
    if place is None:
        raise ValueError(f"{file} has no drawing with the key_id or the row {options['key']!r}.")
    with shell.progress("drawing") as progress:
        write_replay(out, drawings[place], options["side"], progress)
    return []


def place_of(drawings: Drawings, key: str) -> int | None:
    """Return the index of the drawing with this key_id, row in the file, or beginning of the content id; None: none."""
    for where in (drawings.column("key_id") == key, drawings.column("row").astype(str) == key):
        if where.any():
            return int(np.argmax(where))
    start = key.removeprefix("content").lstrip(": ")
    names: Iterable[str] = drawings.content_ids() if len(start) >= 6 else []  # many drawings share fewer letters
    return next((place for place, name in enumerate(names) if name.startswith(start)), None)


def clock(strokes: Sequence[np.ndarray], times: Sequence[np.ndarray] | None = None) -> list[np.ndarray]:
    """Return `replay_timing.point_times`, scaled to last from `replay_timing.SHORTEST_MS` to `LONGEST_MS`."""
    told = replay_timing.point_times(strokes, times)
    end = max((float(one[-1]) for one in told if len(one)), default=0.0)
    scale = min(max(end, replay_timing.SHORTEST_MS), LONGEST_MS) / end if end else 1.0
    return [one * scale for one in told]


def write_replay(
    path: str | os.PathLike[str],
    drawing: Drawing,
    side: int = 256,
    on_progress: Callable[[float], None] | None = None,
) -> None:
    """Write the replay of a drawing as .gif or .svg, `side` px square, dark on white, in a loop.

    It follows the drawing's own times, with pauses cut to `replay_timing.PAUSE_MS`, or has an even pace where there are
    none.   on_progress: called with the share done, 0 to 1; what it raises comes through, and no file is written.
    Raises FormatError for another ending, a side outside `SIDES`, a drawing without strokes, and a file that cannot be
    written.
    """
    format = os.fspath(path).lower().rpartition(".")[2]
    if format not in ("gif", "svg"):
        raise FormatError(f"{path}: a replay is a .gif or an .svg.")
    if side not in SIDES:
        raise FormatError(f"A replay is {SIDES[0]} to {SIDES[-1]} px wide, not {side}.")
    if not drawing.points:
        what = "no strokes" if drawing.bitmap is None else "pixels alone, no strokes"
        raise FormatError(f"This drawing cannot be replayed: it has {what}.")
    kept = [index for index, stroke in enumerate(drawing.strokes) if len(stroke)]
    moments = clock(
        [drawing.strokes[k] for k in kept], None if drawing.times is None else [drawing.times[k] for k in kept]
    )
    strokes = _placed([drawing.strokes[k] for k in kept], side)
    say = on_progress or (lambda share: None)
    with open_output(path) as out:
        if format == "svg":
            out.write(_svg(strokes, moments, side, drawing.word or "").encode())
        else:
            gif.save(out, _pictures(strokes, moments, side, say))


def _placed(strokes: Sequence[np.ndarray], side: int) -> list[np.ndarray]:
    """Return the strokes in px of a square picture, centred, as large as its padding allows."""
    points = np.concatenate(strokes).astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = (high - low).max()
    scale = side * (1 - 2 * _PADDING) / extent if extent > 0 else 1.0
    return [(np.asarray(stroke, np.float64) - (low + high) / 2) * scale + side / 2 for stroke in strokes]


def _pen(side: int) -> float:
    return max(0.016 * side, 2.0)


# GIF


def _pictures(
    strokes: Sequence[np.ndarray], moments: Sequence[np.ndarray], side: int, say: Callable[[float], None]
) -> Iterator[tuple[np.ndarray, int]]:
    """Yield the ink of each frame, uint8 (side, side), 255 where it covers all, and its ms. The last is whole."""
    import cairocffi

    def canvas() -> tuple[np.ndarray, cairocffi.Context]:
        stride = -(-side // 4) * 4  # cairo needs rows of a multiple of four bytes
        buffer = np.zeros((side, stride), np.uint8)
        surface = cairocffi.ImageSurface(cairocffi.FORMAT_A8, side, side, buffer.reshape(-1).data, stride)
        context = cairocffi.Context(surface)
        context.set_line_cap(cairocffi.LINE_CAP_ROUND)
        context.set_line_join(cairocffi.LINE_JOIN_ROUND)
        context.set_line_width(_pen(side))
        return buffer, context

    def draw(context: cairocffi.Context, points: np.ndarray) -> None:
        context.move_to(*points[0])
        for x, y in points:
            context.line_to(x, y)
        context.stroke()
        context.get_target().flush()

    (done, done_context), (shown, shown_context) = canvas(), canvas()
    current, end = 0, float(moments[-1][-1])
    count = int(np.ceil(end / gif.FRAME_MS))
    for now in [*(k * gif.FRAME_MS for k in range(count)), end]:
        say(now / end if end else 1.0)
        while current < len(strokes) and moments[current][-1] <= now:  # a finished stroke is drawn once and for all
            draw(done_context, strokes[current])
            current += 1
        shown[:] = done
        shown_context.get_target().mark_dirty()
        if current < len(strokes) and moments[current][0] <= now:
            draw(shown_context, _until(strokes[current], moments[current], now))
        yield shown[:, :side].copy(), gif.FRAME_MS if now < end else gif.REST_MS


def _until(stroke: np.ndarray, moments: np.ndarray, now: float) -> np.ndarray:
    """Return the part of a stroke that is drawn by `now`, with its last point interpolated."""
    tip = [np.interp(now, moments, stroke[:, axis]) for axis in (0, 1)]
    return np.vstack([stroke[: np.searchsorted(moments, now, side="right")], tip])


# SVG


def _svg(strokes: Sequence[np.ndarray], moments: Sequence[np.ndarray], side: int, word: str) -> str:
    """Return the replay as SVG, animated by SMIL.

    Each stroke is a path with one dash as long as the path, which is pushed in from the end as time goes on. A viewer
    that cannot animate shows the whole drawing.
    """
    whole = float(moments[-1][-1]) + gif.REST_MS
    label = f"<title>{escape(word)}</title>" if word else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 {side} {side}">{label}',
        f'<rect width="100%" height="100%" fill="#{bytes(gif.PAPER).hex()}"/>',
        f'<g fill="none" stroke="#{bytes(gif.INK).hex()}" stroke-width="{_pen(side):.4g}" stroke-linecap="round" '
        'stroke-linejoin="round">',
    ]
    for stroke, times in zip(strokes, moments, strict=True):
        path = " ".join(f"{x:.2f} {y:.2f}" for x, y in stroke)
        gone = np.r_[0.0, np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))] if len(stroke) > 1 else np.zeros(1)
        parts.append(
            f'<path d="M{path}{"h0" if len(stroke) == 1 else ""}" stroke-dasharray="{gone[-1] + 1:.2f}">'
            + _hidden_until(times[0] / whole, whole)
            + (_pushed_in(gone, times / whole, whole) if gone[-1] else "")
            + "</path>"
        )
    return "\n".join([*parts, "</g></svg>", ""])


def _hidden_until(share: float, whole: float) -> str:
    if not share:
        return ""
    return (
        f'<animate attributeName="visibility" values="hidden;visible" keyTimes="0;{share:.5f}" calcMode="discrete" '
        f'dur="{whole:.0f}ms" repeatCount="indefinite"/>'
    )


def _pushed_in(gone: np.ndarray, shares: np.ndarray, whole: float) -> str:
    """Return the animation of one stroke's dash.

    gone: (n,), how far along the stroke each point lies.   shares: (n,), when it is drawn, 0 to 1 of the loop.
    whole: the loop's length in ms.
    """
    left = gone[-1] + 1 - gone
    left[-1] = 0
    keys = np.r_[0.0, shares, 1.0] if shares[0] else np.r_[shares, 1.0]
    values = np.r_[left[0], left, 0.0] if shares[0] else np.r_[left, 0.0]
    return (
        f'<animate attributeName="stroke-dashoffset" values="{";".join(f"{value:.2f}" for value in values)}" '
        f'keyTimes="{";".join(f"{key:.5f}" for key in keys)}" dur="{whole:.0f}ms" repeatCount="indefinite"/>'
    )
