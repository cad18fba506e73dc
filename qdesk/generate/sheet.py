"""Compose icons into a sheet, and write it as SVG or PNG.

After Douwe Osinga, "Learning to Draw: Generating Icons and Hieroglyphs" (2017): small icons in a coloured grid;
hieroglyphs underneath each other, unless two subsequent ones fit side by side; closed areas filled with yellow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from qdesk.files import atomic_write
from qdesk.formats.registry import SHEET

COLUMNS = 15
"""How many small icons stand side by side. Ten lines of them are a sheet."""

MARGIN, GAP = 12, 8  # px at each edge of a sheet, and between two icons
LARGEST = 12
"""The most px per pixel of a picture."""

_FONT, _SHARP = "sans-serif", 2  # of a PNG: its pixels per px


@dataclass(frozen=True, eq=False)
class Icon:
    """A picture, bool (side, side), the word that the classifier sees in it, and how probable that is."""

    picture: np.ndarray
    word: str
    chance: float

    @cached_property
    def closed(self) -> np.ndarray:
        """The areas without ink from which no way leads to a side, bool like the picture."""
        return closed(self.picture)


class Look(NamedTuple):
    """The colours of a sheet. tints: pairs of a ground and the ink on it, for icons in colour."""

    paper: str
    ink: str
    yellow: str
    text: str
    line: str
    tints: tuple[tuple[str, str], ...]


LIGHT = Look(
    paper="#fbf3df", ink="#211e1a", yellow="#f5b82e", text="#6b6357", line="#e4d6b6",
    tints=(
        ("#fbdde2", "#b3214b"), ("#dde8f8", "#1f5fa8"), ("#dcefe2", "#1f7a4d"), ("#fdebbf", "#8a5a0c"),
        ("#e8def4", "#6a3fa0"), ("#d8eff0", "#11727a"), ("#fadfcd", "#b3481f"), ("#e6e4dc", "#3d3a36"),
    ),
)  # fmt: skip
DARK = Look(
    paper="#20262b", ink="#ece8df", yellow="#d99a1c", text="#a0a8ab", line="#3c464d",
    tints=(
        ("#43272f", "#ff86a5"), ("#22344d", "#86b8ff"), ("#203d2f", "#7ccf9f"), ("#40341d", "#eec06c"),
        ("#352c49", "#bea4f5"), ("#1d3e41", "#74d3d9"), ("#432d23", "#f59b7c"), ("#363d42", "#dcd8ce"),
    ),
)  # fmt: skip


class Tile(NamedTuple):
    """An icon on a sheet, in px.

    x, y: where its picture begins.   picture, closed: bool (height, width), what is inked, and the areas inside that
    touch no side.   ground: x, y and the side of the coloured square behind it, or None.   tint: its place in the
    look's tints, or None.   label: x of the middle, y of the base line, and the room for it.
    """

    icon: Icon
    x: int
    y: int
    picture: np.ndarray
    closed: np.ndarray
    ground: tuple[int, int, int] | None
    tint: int | None
    label: tuple[int, int, int]


class Sheet(NamedTuple):
    """What is to be painted. scale: px per pixel of a picture.   text: px of the labels' letters, 0 for no labels.

    rules: x and the two ends of the lines between columns.
    """

    width: int
    height: int
    scale: int
    text: int
    tiles: tuple[Tile, ...]
    rules: tuple[tuple[int, int, int], ...] = ()


# Composition


def closed(picture: np.ndarray) -> np.ndarray:
    """Return the areas without ink from which no way leads to a side, bool like the picture. A corner is no way."""
    from scipy import ndimage  # only here, since the window imports this module at its start

    return ndimage.binary_fill_holes(picture) & ~picture


def grid(
    icons: Sequence[Icon],
    scale: int,
    columns: int = COLUMNS,
    labels: bool = True,
    colours: bool = True,
    width: int = 0,
) -> Sheet:
    """Return a sheet of icons of one side in lines, each on a coloured square or not.

    width: the px that it may take; what is left of them makes room for labels.
    """
    side, edge = (icons[0].picture.shape[0] if icons else 1), (1 if colours else 0)
    square, text = (side + 2 * edge) * scale, text_size(scale) if labels else 0
    spare = (width - 2 * MARGIN + GAP) // columns - square - GAP
    across = square + GAP + (min(max(spare, 0), 3 * GAP) if text else 0)
    down = square + GAP + (text + 4 if text else 0)
    tiles: list[Tile] = []
    for number, icon in enumerate(icons):
        line, column = divmod(number, columns)
        x, y = MARGIN + column * across, MARGIN + line * down
        tint = (number + 3 * line) % len(LIGHT.tints) if colours else None
        label = (x + square // 2, y + square + text + 1, across - 4)
        tiles.append(
            Tile(
                icon, x + edge * scale, y + edge * scale, icon.picture, icon.closed,
                (x, y, square) if colours else None, tint, label,
            )
        )  # fmt: skip
    lines = -(-len(icons) // columns)
    total = 2 * MARGIN + min(columns, len(icons)) * across - (across - square)
    return Sheet(max(total, 1), max(2 * MARGIN + lines * down - GAP, 1), scale, text, tuple(tiles))


def stacked(icons: Sequence[Icon], scale: int, columns: int, labels: bool = True, colours: bool = False) -> Sheet:
    """Return a sheet of columns in which icons stand underneath each other, or two side by side where both fit."""
    text = text_size(scale) if labels else 0
    lines = paired([icon.picture for icon in icons])
    side = icons[0].picture.shape[0] if icons else 1
    heights = [max(_extent(icons[k].picture)[1] for k in line) * scale + text + 4 + GAP for line in lines]
    tiles: list[Tile] = []
    rules, x, y = [], MARGIN, MARGIN
    most, column, tallest = sum(heights) / columns, 0, MARGIN
    for line, height in zip(lines, heights, strict=True):
        # A line goes into the column that its middle belongs to, if all were one long column.
        if y > MARGIN and y - MARGIN + height / 2 > most and column < columns - 1:
            column, x, y = column + 1, x + side * scale + 2 * GAP, MARGIN
            rules.append(x - GAP)
        tiles += _line([(k, icons[k]) for k in line], x, y, side * scale, height - GAP, scale, text, colours)
        y += height
        tallest = max(tallest, y)
    bottom = tallest - GAP
    return Sheet(
        x + side * scale + MARGIN, bottom + MARGIN, scale, text, tuple(tiles),
        tuple((at, MARGIN, bottom) for at in rules),
    )  # fmt: skip


def _line(
    icons: Sequence[tuple[int, Icon]], x: int, y: int, room: int, height: int, scale: int, text: int, colours: bool
) -> Iterator[Tile]:
    """Yield the tiles of one line of a column: one icon, or two side by side, with equal gaps around them."""
    widths = [_extent(icon.picture)[0] * scale for _, icon in icons]
    gap, at = (room - sum(widths)) // (len(icons) + 1), x
    for (number, icon), width in zip(icons, widths, strict=True):
        rows, columns = _trim(icon.picture)
        picture = icon.picture[rows, columns]
        at += gap
        above = (height - (text + 4) - picture.shape[0] * scale) // 2
        label = (at + width // 2, y + height - 3, room // len(icons) - 2)
        tint = number * 5 % len(LIGHT.tints) if colours else None
        yield Tile(icon, at, y + above, picture, icon.closed[rows, columns], None, tint, label)
        at += width


def paired(pictures: Sequence[np.ndarray]) -> list[list[int]]:
    """Return lines of one picture or of two subsequent ones that fit side by side, with a pixel around each."""
    lines: list[list[int]] = []
    for number, picture in enumerate(pictures):
        if lines and len(lines[-1]) == 1:
            before = pictures[lines[-1][0]]
            if _extent(before)[0] + _extent(picture)[0] + 3 <= picture.shape[1]:
                lines[-1].append(number)
                continue
        lines.append([number])
    return lines


def _trim(picture: np.ndarray) -> tuple[slice, slice]:
    """Return the rows and columns that a picture's ink takes; all where there is none."""
    found = []
    for axis in (1, 0):
        places = np.flatnonzero(picture.any(axis=axis))
        found.append(slice(int(places[0]), int(places[-1]) + 1) if len(places) else slice(None))
    return found[0], found[1]


def _extent(picture: np.ndarray) -> tuple[int, int]:
    """Return the width and height of a picture's ink."""
    rows, columns = _trim(picture)
    height, width = picture[rows, columns].shape
    return width, height


def text_size(scale: int) -> int:
    """Return the px of labels beside pictures of this scale."""
    return min(max(9 + scale // 2, 10), 13)


def compose(
    icons: Sequence[Icon],
    width: int,
    height: int,
    style: str = "grid",
    labels: bool = True,
    colours: bool = True,
    least: int = 1,
) -> Sheet:
    """Return the largest sheet that fits into `width` and `height`, or one of `least` px per pixel where none does.

    style: "grid", in lines of `COLUMNS`, or fewer where those are too wide; "wall", in lines as long as there is room;
    or "stacked".
    """
    side = icons[0].picture.shape[0] if icons else 1
    sheet = None
    for scale in range(LARGEST, least - 1, -1):
        if style == "stacked":
            columns = max((width - 2 * MARGIN + 2 * GAP) // (side * scale + 2 * GAP), 1)
            sheet = stacked(icons, scale, columns, labels, colours)
        else:
            across = (side + 2 * colours) * scale + GAP
            fit = max((width - 2 * MARGIN + GAP) // across, 1)
            columns = min(COLUMNS, fit if scale == least else COLUMNS) if style == "grid" else fit
            sheet = grid(icons, scale, columns, labels, colours, width)
        if sheet.width <= width and sheet.height <= height:
            break
    assert sheet is not None
    return sheet


# Writing


def said(icon: Icon) -> str:
    """Return what the classifier sees, in words: "door, 43 %"."""
    return f"{icon.word}, {'< 1' if icon.chance < 0.01 else f'{100 * icon.chance:.0f}'} %"


def runs(mask: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Yield the row, the first column and the length of each run of a bool picture's lines."""
    for row, line in enumerate(np.pad(mask, ((0, 0), (1, 1)))):
        edges = np.flatnonzero(line[1:] != line[:-1]).tolist()
        for first, end in zip(edges[::2], edges[1::2], strict=True):
            yield row, first, end - first


def write(sheet: Sheet, look: Look, out: Path, yellow: bool = True) -> None:
    """Write a sheet, .svg or .png by the name, whole or not at all. The same sheet gives the same bytes."""
    with atomic_write(out) as part:
        if out.suffix.lower() == ".svg":
            part.write_text(svg(sheet, look, yellow), encoding="utf-8")
        else:
            with open(part, "wb") as file:
                _png(sheet, look, yellow).write_to_png(file)


def _layers(tile: Tile, look: Look, yellow: bool) -> Iterator[tuple[np.ndarray, str]]:
    """Yield what is painted of a tile's pixels, and in which colour."""
    if yellow:
        yield tile.closed, look.yellow
    yield tile.picture, look.ink if tile.tint is None else look.tints[tile.tint][1]


def svg(sheet: Sheet, look: Look, yellow: bool = True) -> str:
    """Return a sheet as SVG. Pointing at an icon shows what the classifier sees."""
    scale = sheet.scale
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {SHEET.decode()} width="{sheet.width}" height="{sheet.height}" '
        f'viewBox="0 0 {sheet.width} {sheet.height}" font-family="{_FONT}" font-size="{sheet.text or 10}" '
        f'text-anchor="middle" shape-rendering="crispEdges">',
        f'<rect width="100%" height="100%" fill="{look.paper}"/>',
        *(f'<path d="M{x + 0.5} {y}V{end}" stroke="{look.line}"/>' for x, y, end in sheet.rules),
    ]
    for tile in sheet.tiles:
        inside = [f"<title>{escape(said(tile.icon))}</title>"]
        if tile.ground and tile.tint is not None:
            x, y, side = tile.ground
            inside.append(f'<rect x="{x}" y="{y}" width="{side}" height="{side}" fill="{look.tints[tile.tint][0]}"/>')
        for mask, colour in _layers(tile, look, yellow):
            path = "".join(
                f"M{tile.x + first * scale} {tile.y + row * scale}h{length * scale}v{scale}h-{length * scale}z"
                for row, first, length in runs(mask)
            )
            if path:
                inside.append(f'<path d="{path}" fill="{colour}"/>')
        if sheet.text:
            x, y, room = tile.label
            text = escape(shortened(tile.icon.word, room, sheet.text))
            inside.append(f'<text x="{x}" y="{y}" fill="{look.text}">{text}</text>')
        parts.append(f"<g>{''.join(inside)}</g>")
    return "\n".join([*parts, "</svg>\n"])


def _png(sheet: Sheet, look: Look, yellow: bool) -> Any:
    """Return a sheet as a cairo surface."""
    import cairocffi

    surface = cairocffi.ImageSurface(cairocffi.FORMAT_RGB24, _SHARP * sheet.width, _SHARP * sheet.height)
    context = cairocffi.Context(surface)
    context.scale(_SHARP, _SHARP)
    context.select_font_face(_FONT)
    context.set_font_size(sheet.text or 10)

    def fill(colour: str, *rectangles: tuple[int, int, int, int]) -> None:
        context.set_source_rgb(*(int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)))
        for rectangle in rectangles:
            context.rectangle(*rectangle)
        context.fill()

    fill(look.paper, (0, 0, sheet.width, sheet.height))
    fill(look.line, *((x, y, 1, end - y) for x, y, end in sheet.rules))
    for tile in sheet.tiles:
        if tile.ground and tile.tint is not None:
            x, y, side = tile.ground
            fill(look.tints[tile.tint][0], (x, y, side, side))
        for mask, colour in _layers(tile, look, yellow):
            fill(colour, *placed(tile, mask, sheet.scale))
        if sheet.text:
            x, y, room = tile.label
            text = shortened(tile.icon.word, room, sheet.text)
            fill(look.text)
            context.move_to(x - context.text_extents(text)[4] / 2, y)
            context.show_text(text)
    return surface


def placed(tile: Tile, mask: np.ndarray, scale: int) -> Iterator[tuple[int, int, int, int]]:
    """Yield the rectangles, in px, that the runs of a mask of a tile take: x, y, width, height."""
    for row, first, length in runs(mask):
        yield tile.x + first * scale, tile.y + row * scale, length * scale, scale


def shortened(text: str, room: float, size: int) -> str:
    """Return as much of a text as fits into `room` px."""
    fits = len(text)
    while fits and _width(f"{text[:fits].rstrip()}…" if fits < len(text) else text, size) > room:
        fits -= 1
    return text if fits == len(text) else f"{text[:fits].rstrip()}…"


def _width(text: str, size: int) -> float:
    import cairocffi

    context = cairocffi.Context(cairocffi.ImageSurface(cairocffi.FORMAT_A8, 1, 1))
    context.select_font_face(_FONT)
    context.set_font_size(size)
    return context.text_extents(text)[4]
