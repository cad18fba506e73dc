"""One experiment, large: what it learns, how it goes, its curves, its figures, and buttons for what can be done."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from qdesk.gui.kit.text import count, large, percent, some, unbroken
from qdesk.gui.kit.widgets import Choice, Elided, throw_away
from qdesk.gui.lab.actions import Actions
from qdesk.gui.lab.listing import state_text, state_tint
from qdesk.gui.lab.runs import KINDS, LabRun, RunState, place_name
from qdesk.gui.theme import SPACE, font, label, theme, theme_changes

if TYPE_CHECKING:
    from qdesk.gui.lab.chart import Chart, LearningCurve

_BESIDE = 90 * SPACE  # a view this wide, in pixels, holds the plots side by side
_SHARES = ("top", "auc", "accuracy")  # figures whose names contain one of these are shares of 1
_TILES = ("top1", "top3", "calibration_error")  # figures of a test with a tile; without any of these the first few
_NAMES = {
    "loss": "validation",
    "nats_per_point": "nats with its word",
    "nats_per_point_no_word": "nats with none",
    "nats_per_point_wrong_word": "nats with a wrong one",
    "wrong_word_auc_loss_per_point": "wrong words by loss",
    "wrong_word_auc_lift": "wrong words by lift",
}
"""Names for figures whose own names are long or unclear."""
AXES = ("passes", "steps")
_JUDGED = {"classifier": "validation_loss", "sketchrnn": "validation_nats_per_point"}  # least at the best step
_HINT = (
    "The dashed line marks the best validation: those weights are kept. "
    "Training changes the drawings anew each time, which is harder: its loss may well be the higher one."
)


class RunView(QWidget):
    """The run chosen. `show_run` shows it; the page does what the buttons ask for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run: LabRun | None = None
        self.charts: list[Chart] = []
        self.buttons = Actions()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        area.setWidget(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        column.setSpacing(0)
        self._build_head(column)
        self.tiles = Tiles()
        column.addWidget(self.tiles)
        self._plots = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._plots.setSpacing(4 * SPACE)
        column.addSpacing(2 * SPACE)
        column.addLayout(self._plots, 1)
        self.axis = Choice()
        self.axis.setAccessibleName("What the plots run over")
        self.axis.addItems([f"Over {name}" for name in AXES])
        self.axis.currentIndexChanged.connect(self._draw)
        line = QHBoxLayout()
        line.setSpacing(2 * SPACE)
        self.hint = label("", "small", muted=True)
        self.hint.setWordWrap(True)
        line.addWidget(self.hint, 1)
        line.addWidget(self.axis)
        column.addSpacing(SPACE)
        column.addLayout(line)
        column.addSpacing(2 * SPACE)
        self.facts = Facts()
        column.addWidget(self.facts)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(self.buttons)
        theme_changes().changed.connect(self._dress)

    def _build_head(self, column: QVBoxLayout) -> None:
        self.name = Elided()
        bold = font("large")
        bold.setWeight(bold.Weight.DemiBold)
        self.name.setFont(bold)
        self.state = label()
        self.learns = Elided()
        self.learns.setProperty("muted", True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.trouble = label()
        self.trouble.setProperty("bad", True)
        self.trouble.setWordWrap(True)
        self.trouble.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(self.name, 1)
        row.addWidget(self.state)
        column.addLayout(row)
        column.addSpacing(SPACE // 2)
        column.addWidget(self.learns)
        column.addSpacing(SPACE + SPACE // 2)
        column.addWidget(self.progress)
        column.addWidget(self.trouble)

    def resizeEvent(self, event: QResizeEvent) -> None:
        beside = event.size().width() >= _BESIDE
        self._plots.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        super().resizeEvent(event)

    def _build_charts(self) -> None:
        """Build the charts, only once there is something to show: pyqtgraph takes a third of a second to import."""
        from qdesk.gui.lab.chart import Chart

        self.charts = [
            Chart("Loss, nats", lambda value: f"{value:.3f}"),
            Chart("Validation, %", lambda value: f"{value:.1f} %", 100.9),
        ]
        for chart in self.charts:
            self._plots.addWidget(chart, 1)
            chart.asked.connect(self._point_at)

    def _point_at(self, x: float | None) -> None:
        for chart in self.charts:
            chart.point_at(x)

    def show_run(self, run: LabRun | None, evaluating: float | None = None) -> None:
        """Show a run as it is now. evaluating: how far its report is, 0 to 1; None while none is being written."""
        if run is not self.run:
            self._point_at(None)
        self.run = run
        if run is None:
            return
        self.name.setText(run.name)
        words = run.words
        learns = f"Learns to {KINDS.get(run.kind, run.kind)}" + (f" {some(words, 0)}" if words else "")
        self.learns.setText(learns + (f": {', '.join(words)}" if words else ""))
        self.state.setText(state_text(run))
        self.trouble.setText(run.reason)
        self.trouble.setVisible(bool(run.reason))
        self.tiles.show_figures(dict(_test_figures(run)))
        self.facts.show_facts(dict(_facts(run)))
        self.buttons.show_run(run, evaluating)
        self._draw()
        self._dress()
        self.progress.setVisible(run.state.active or run.state is RunState.INTERRUPTED)
        self.progress.setRange(0, 0 if run.state is RunState.STARTING else 1000)
        self.progress.setValue(round(1000 * run.done))  # last, since Qt paints at once here

    def _draw(self) -> None:
        if self.run is None:
            return
        if not self.charts:
            self._build_charts()
        axis = AXES[self.axis.currentIndex()]
        latest = self.run.log.latest
        scale = 1.0
        if axis == "passes" and latest.get("step") and latest.get("epoch"):
            scale = latest["epoch"] / latest["step"]
        best_step = _best_step(self.run)
        best = best_step * scale if best_step else None
        span = latest.get("step", 0) * scale
        losses = list(_curves(self.run, scale, False))
        shares = list(_curves(self.run, scale, True))
        going = self.run.state.active
        for chart, shown, otherwise in (
            (self.charts[0], losses, "The first figures come in a moment" if going else "Nothing was measured"),
            (self.charts[1], shares, "The first validation comes soon" if going else "Nothing was validated"),
        ):
            chart.show_curves(shown, axis, span, best, otherwise)
        self.hint.setText("" if best is None else _HINT)

    def _dress(self) -> None:
        if self.run is not None:
            self.state.setStyleSheet(f"font-weight: 600; color: {getattr(theme(), state_tint(self.run.state)).name()};")


def _best_step(run: LabRun) -> int | None:
    """Return the step of the best validation: as the run says at its end, or until then by its log."""
    steps, values = run.log.curves.get(_JUDGED.get(run.kind, ""), ([], []))
    so_far = steps[values.index(min(values))] if steps else None
    return (run.log.end or {}).get("best_step") or so_far


def _curves(run: LabRun, scale: float, shares: bool) -> Iterator[LearningCurve]:
    """Yield the lines of the plot of losses, or of that of shares. Losses begin with the training loss."""
    from qdesk.gui.lab.chart import LearningCurve

    logged = run.log.curves
    for key in sorted(logged, key=lambda key: (key != "loss", key)):
        name = key.removeprefix("validation_")
        wanted = key == "loss" or key != name and not name.startswith("top1_")  # not for the parts of a network
        if wanted and _is_share(name) == shares and _can_fail(name, run):
            steps, values = logged[key]
            text = "training" if key == "loss" else plain(name).removeprefix("nats ")  # the plot's title has the unit
            height = np.array(values, float) * (100 if shares else 1)
            yield LearningCurve(text, np.array(steps, float) * scale, height, key != "loss")


def _is_share(name: str) -> bool:
    return any(part in name for part in _SHARES)


def _can_fail(name: str, run: LabRun) -> bool:
    """Whether a figure can be less than perfect: the right word is always among the first three of three."""
    top = name.removeprefix("top")
    return name == top or not top.isdigit() or int(top) < (len(run.words) or math.inf)


def plain(name: str) -> str:
    """Return a figure's name as users read it: "top1" is "top-1"."""
    if name in _NAMES:
        return _NAMES[name]
    return f"top-{name[3:]}" if name.startswith("top") and name[3:].isdigit() else name.replace("_", " ")


def _test_figures(run: LabRun) -> Iterator[tuple[str, str]]:
    """Yield the texts of the tiles: the test's figures, the shares first."""
    test = {name: value for name, value in run.test.items() if isinstance(value, int | float) and _can_fail(name, run)}
    drawings = test.pop("drawings", None)
    for name in [name for name in _TILES if name in test] or list(test)[: len(_TILES)]:
        yield plain(name).capitalize(), unbroken(percent(test[name], 1)) if _is_share(name) else f"{test[name]:.3g}"
    if drawings is not None:
        yield "Drawings tested", f"{drawings:,}"


def _facts(run: LabRun) -> Iterator[tuple[str, str]]:
    start, latest = run.log.start, run.log.latest
    if start.get("train") is not None:
        numbers = f"{start['train']:,} to train on, {start.get('validation', 0):,} to validate"
        yield "Drawings", f"{numbers}, {start.get('test', 0):,} to test at the end"
    if run.data:
        yield "From", ", ".join(map(place_name, run.data))
    if start.get("parameters"):
        yield "Parameters", large(start["parameters"])
    if latest.get("step"):
        passes = f"{latest['epoch']:,.1f} passes, " if latest.get("epoch") else ""
        minutes = latest.get("seconds", 0) / 60
        yield "Took" if run.state.complete else "So far", f"{passes}{count(latest['step'], 'step')}, {minutes:.1f} min"
    shown = {name: value for name, value in run.options.items() if type(value) in (int, float)}
    if options := ", ".join(f"{name} {value:g}" for name, value in shown.items()):
        yield "Options", options
    if not run.ours:
        yield "Weights", str(run.out)


class Tiles(QFrame):
    """Figures, large, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 2 * SPACE, 0, 0)
        self._row.setSpacing(2 * SPACE)
        self.figures: dict[str, str] = {}

    def show_figures(self, figures: dict[str, str]) -> None:
        self.setVisible(bool(figures))
        if figures == self.figures:
            return
        self.figures = figures
        throw_away(self._row)
        for name, value in figures.items():
            tile = QFrame()
            tile.setProperty("card", True)
            tile.setAccessibleName(f"{name}: {value}")
            column = QVBoxLayout(tile)
            column.setContentsMargins(SPACE + 4, SPACE, SPACE, SPACE)
            column.setSpacing(0)
            column.addWidget(label(value, "large"))
            about = Elided(name)
            about.setFont(font("small"))
            about.setProperty("muted", True)
            about.setToolTip(name)
            column.addWidget(about)
            self._row.addWidget(tile, 1)


class Facts(QWidget):
    """Names and their values, in two columns."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * SPACE)
        self._grid.setVerticalSpacing(SPACE // 2)
        self._grid.setColumnMinimumWidth(0, 10 * SPACE)
        self._grid.setColumnStretch(1, 1)
        self._lines: list[tuple[QLabel, QLabel]] = []

    @property
    def text(self) -> str:
        """All its text, for tests and screen readers."""
        return "\n".join(f"{name.text()}: {value.text()}" for name, value in self._lines if not name.isHidden())

    def show_facts(self, facts: dict[str, str]) -> None:
        while len(self._lines) < len(facts):
            name, value = label(muted=True), label()
            name.setAlignment(Qt.AlignmentFlag.AlignTop)
            value.setWordWrap(True)
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # a path has no place to wrap
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(name, len(self._lines), 0)
            self._grid.addWidget(value, len(self._lines), 1)
            self._lines.append((name, value))
        entries = [*facts.items(), *[("", "")] * (len(self._lines) - len(facts))]
        for (name, value), (said, what) in zip(self._lines, entries, strict=True):
            name.setVisible(bool(said))
            value.setVisible(bool(said))
            if (name.text(), value.text()) != (said, what):
                name.setText(said)
                value.setText(what)
                value.setToolTip(what)
