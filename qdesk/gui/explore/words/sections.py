"""The sections of a word's page: mean pictures, numbers, how it is drawn, what it is taken for."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from qdesk.explore.words import colours, wording
from qdesk.explore.words.results import Drawn, MeanPicture, WordPage
from qdesk.gui.explore.words.charts import HistogramChart, Rose, Share, Shares
from qdesk.gui.explore.words.flow import Flow
from qdesk.gui.explore.words.pictures import PictureTile, ScaleBar, ink, ink_stops, two_way_stops
from qdesk.gui.kit.widgets import Segments, heading, throw_away
from qdesk.gui.theme import SPACE, button, label

_LARGE, _MIDDLE = 25 * SPACE, 21 * SPACE

GROUPS = {"all": "All", "country": "By country", "recognised": "By recognised"}
MEASURES = {"mean": "Mean", "spread": "Spread", "difference": "Difference"}


def said(text: str) -> QLabel:
    """Return a muted sentence in small type that takes as many lines as it needs."""
    made = label(text, "small", muted=True)
    made.setWordWrap(True)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return made


def panel(title: str, about: str, *parts: QWidget) -> QFrame:
    """Return a card with a title, a sentence, and what belongs to them."""
    made = QFrame()
    made.setProperty("card", True)
    column = QVBoxLayout(made)
    column.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
    column.setSpacing(SPACE)
    column.addWidget(heading(title))
    if about:
        column.addWidget(said(about))
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return made


class Means(QWidget):
    """The mean pictures of a word with their spread: of all drawings, by country, by recognised."""

    def __init__(self, page: WordPage) -> None:
        super().__init__()
        self._page = page
        self.groups = Segments("Of which drawings", {name: button(text) for name, text in GROUPS.items()})
        self.measures = Segments("What is shown", {name: button(text) for name, text in MEASURES.items()})
        self.scale, self.about = ScaleBar(), said("")
        self.sheet, tiles = QWidget(), QWidget()  # what a saved picture shows
        self.flow = Flow(tiles)
        for segments, first in ((self.groups, "all"), (self.measures, "mean")):
            segments.choose(first)
            segments.chosen.connect(self._show)
        controls = QWidget()
        line = Flow(controls, SPACE)
        for control in (self.groups, self.measures):
            line.addWidget(control)
        inside = QVBoxLayout(self.sheet)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(SPACE // 2)
        for part in (self.about, self.scale, tiles):
            inside.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addWidget(controls)
        column.addWidget(self.sheet)
        column.addStretch(1)
        known = [one for one in page.means if one.used >= wording.FEW or one.kind == "all"]
        self._top = max(float(one.mean.max()) for one in known)
        self._widest = max(float(one.spread.max()) for one in known)
        self._show()

    def _show(self, _name: str = "") -> None:
        kind, measure = self.groups.choice, self.measures.choice
        everything = self._page.means[0]
        self.measures.setVisible(kind != "all")
        throw_away(self.flow)
        if kind == "all":
            for which, note in (("mean", ""), ("spread", f", 0 to {self._widest:.2f}")):
                self.flow.addWidget(self._tile(everything, which, which + note, "", _LARGE))
            self.about.setText(f"The mean of all drawings, {self._made}, and its standard deviation.")
            self._scale("mean")
            return
        found = self._page.by(kind)
        for one in found:
            self.flow.addWidget(self._tile(one, measure, wording.group_name(one), wording.group_note(one)))
        if measure != "difference":
            self.flow.addWidget(self._tile(everything, measure, "all", wording.group_note(everything)))
        self.about.setText(self._about(kind, bool(found), measure))
        self._scale(measure)

    @property
    def _made(self) -> str:
        return wording.sampled(self._page.looked_at, self._page.count)

    def _about(self, kind: str, any_: bool, measure: str) -> str:
        if not any_:
            return {
                "country": "No country has ten drawings or more.",
                "recognised": "No drawing says whether the game recognised it.",
            }[kind]
        if measure == "difference":
            return "How much more or less ink than in all drawings of the word, where it is more than chance."
        what = {"country": "The largest countries", "recognised": "Recognised by the game or not"}[kind]
        return f"{what}, on one scale. Below each picture how many drawings it is made from."

    def _tile(self, one: MeanPicture, measure: str, name: str, note: str, side: int = 16 * SPACE) -> PictureTile:
        if measure == "difference":
            everything = self._page.means[0]
            apart = one.difference(everything)
            if not one.comparable:
                note += ": too few"
            elif not apart.any():
                note += ": no difference"
            return PictureTile(
                lambda: colours.apart(apart, self._top / 2, everything.mean, ink()),
                name,
                note.replace(", few", ""),
                side,
            )
        values, top = (one.mean, self._top) if measure == "mean" else (one.spread, self._widest)
        return PictureTile(lambda: colours.inked(values, top, ink()), name, note, side)

    def _scale(self, measure: str) -> None:
        if measure == "difference":
            stops = partial(two_way_stops, colours.LESS, colours.MORE)
            self.scale.set_scale("less ink", "more ink", stops)
        elif measure == "spread":
            self.scale.set_scale("0", f"{self._widest:.2f}", ink_stops)
        else:
            self.scale.set_scale("no ink", f"ink in {100 * self._top:.0f}\u00a0%", ink_stops)


def numbers(page: WordPage) -> QWidget:
    """Return the histograms of a word."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(2 * SPACE)
    for one in page.histograms:
        row.addWidget(panel(one.name, wording.histogram(one), HistogramChart(one)), 1)
    if not page.histograms:
        row.addWidget(said("Bitmaps have no strokes and no times."))
    return made


def how_drawn(page: WordPage, drawn: Drawn) -> QWidget:
    """Return how a word is drawn: order, beginnings, directions, strokes, clockwise or not, time."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2 * SPACE)
    cards, strokes, below = QWidget(), QWidget(), QWidget()
    flow = Flow(cards)
    three = (_order(page, drawn), _begins(drawn), _direction(drawn))
    for card in three:
        card.setFixedWidth(_MIDDLE + 4 * SPACE + 2)
    height = max(card.heightForWidth(card.width()) for card in three)
    for card in three:
        card.setFixedHeight(height)
        flow.addWidget(card)
    line = Flow(strokes)
    for one in drawn.strokes:
        note = f"{100 * one.count / one.of:.0f}\u00a0% have it"
        paint = partial(_inked, one.mean, float(one.mean.max()))
        line.addWidget(PictureTile(paint, f"stroke {one.number}", note, 13 * SPACE))
    lower = QGridLayout(below)
    lower.setContentsMargins(0, 0, 0, 0)
    lower.setSpacing(2 * SPACE)
    lower.addWidget(_turning(drawn), 0, 0)
    if drawn.times:
        lower.addWidget(_times(drawn), 0, 1)
        for place in (0, 1):
            lower.setColumnStretch(place, 1)
    each = panel("Stroke by stroke", "The mean picture of each stroke alone, each on its own scale.", strokes)
    for part in (cards, each, below):
        column.addWidget(part)
    return made


def _inked(values: np.ndarray, top: float) -> np.ndarray:
    return colours.inked(values, top, ink())


def _order(page: WordPage, drawn: Drawn) -> QFrame:
    mean = page.means[0].mean
    tile = PictureTile(partial(colours.ordered, drawn.order, mean, float(mean.max())), "", "", _MIDDLE)
    tile.setAccessibleName("In which order it is drawn")
    scale = ScaleBar()
    low, high = colours.order_range(drawn.order, mean)
    ends = [QColor(*colours.FIRST), QColor(*colours.LAST)]
    scale.set_scale(f"{100 * low:.0f}\u00a0%", f"{100 * high:.0f}\u00a0%", lambda: ends)
    return panel("Order", "Which share of a drawing’s ink was there before.", tile, scale)


def _begins(drawn: Drawn) -> QFrame:
    top = float(drawn.begins.max())
    tile = PictureTile(partial(_inked, drawn.begins, top), "", "", _MIDDLE)
    tile.setAccessibleName("Where the pen begins")
    scale = ScaleBar()
    scale.set_scale("0", f"{100 * top:.0f}\u00a0%", ink_stops)
    return panel("Where it begins", "How often the pen’s first dot covers a place.", tile, scale)


def _direction(drawn: Drawn) -> QFrame:
    text = wording.setting_off(drawn)
    return panel("Which way it sets off", text, Rose(drawn.directions, text, _MIDDLE))


def _turning(drawn: Drawn) -> QFrame:
    rows = [
        Share(
            wording.group_name(one) + (" (few)" if one.closed < wording.FEW else ""),
            one.clockwise / one.closed, *wording.interval(one.clockwise, one.closed),
            wording.share(one.clockwise, one.closed), one.kind == "all",
        )
        for one in drawn.turning if one.closed
    ]  # fmt: skip
    text = wording.turning(drawn.turning[0])
    if not rows:
        return panel("Clockwise or not", text)
    return panel("Clockwise or not", text, Shares("Clockwise", rows, half=True))


def _times(drawn: Drawn) -> QFrame:
    longest = max(one.quartiles[2] for one in drawn.times)
    rows = []
    for one in drawn.times:
        low, middle, high = (each / max(longest, 1e-9) for each in one.quartiles)
        rest = f", after {one.pause:.2f}\u00a0s" if one.number > 1 else ""
        rows.append(Share(f"stroke {one.number}", middle, low, high, f"{one.quartiles[1]:.2f}\u00a0s{rest}"))
    count = wording.counted(drawn.times[0].count)
    about = f"The median and the middle half, of {count} with times; and the pause before it."
    return panel("Time for each stroke", about, Shares("Time", rows))


def taken(page: WordPage) -> QFrame:
    """Return what a word's drawings are taken for."""
    judged = page.judged
    total = sum(one.count for one in judged.guesses) + judged.others
    rows = [
        Share(one.word, one.share, one.low, one.high, wording.share(one.count, total), one.word == page.word)
        for one in judged.guesses
    ]
    if judged.others:
        low, high = wording.interval(judged.others, total)
        rows.append(Share("other words", judged.others / total, low, high, wording.share(judged.others, total)))
    return panel("What it is taken for", wording.taken(page), *([Shares("Taken for", rows)] if rows else []))
