from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from qdesk.gui.lab.chart import Chart, LearningCurve, line_colour
from qdesk.gui.theme import font, refresh_theme, theme

X = np.arange(1.0, 11.0)


@pytest.fixture
def chart(qtbot) -> Chart:
    made = Chart("Loss", lambda value: f"{value:.2f}")
    qtbot.addWidget(made)
    made.asked.connect(made.point_at)
    made.resize(500, 300)
    made.show()
    made.show_curves(
        [LearningCurve("training", X, 1 / X), LearningCurve("validation", X[1::2], 2 / X[1::2], dots=True)],
        "passes",
        10,
    )
    QApplication.processEvents()
    return made


def at(chart: Chart, x: float) -> QPoint:
    """Where x lies in the plot, in pixels."""
    box = chart.plot.getViewBox()
    middle = sum(box.viewRange()[1]) / 2
    return chart.plot.mapFromScene(box.mapViewToScene(QPointF(x, middle)))


def test_the_legend_says_the_newest_values(chart: Chart) -> None:
    assert chart.legend == ["training 0.10", "validation 0.20"]


def test_the_pointer_reads_the_values_at_a_place(qtbot, chart: Chart) -> None:
    QTest.mouseMove(chart.plot.viewport(), at(chart, 5.1))
    qtbot.waitUntil(lambda: chart.legend == ["training 0.20", "validation 0.50"])  # of the nearest validation
    assert chart._marker.isVisible() and chart._marker.value() == 5
    QApplication.sendEvent(chart.plot, QEvent(QEvent.Type.Leave))
    assert chart.legend[0] == "training 0.10" and not chart._marker.isVisible()


def test_keys_read_the_values_too(chart: Chart) -> None:
    plot = chart.plot
    for key, said in ((Qt.Key.Key_Left, "0.10"), (Qt.Key.Key_Left, "0.11"), (Qt.Key.Key_Right, "0.10")):
        QTest.keyClick(plot, key)
        assert chart.legend[0] == f"training {said}"
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert chart.legend[0] == "training 1.00" and plot.accessibleDescription().startswith("at 1: training 1.00")
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert not chart._marker.isVisible()


def test_all_of_it_is_within_the_plot(chart: Chart) -> None:
    (left, right), (bottom, top) = chart.plot.getViewBox().viewRange()
    assert left <= 0 and right >= 10 and bottom < 0.1 and top > 1


def test_every_line_across_the_plot_has_its_number(chart: Chart) -> None:
    for y in ([0.0, 100.0], [99.9, 100.0], [0.0121, 0.0129]):
        chart.show_curves([LearningCurve("training", X[:2], np.array(y))], "passes", 2)
        chart.grab()
        axis, picture = chart.plot.getAxis("left"), QImage(1, 1, QImage.Format.Format_ARGB32)
        painter = QPainter(picture)
        painter.setFont(font("small"))
        _, lines, numbers = axis.generateDrawSpecs(painter)
        painter.end()
        assert len(numbers) == len(lines) >= 2


def test_long_names_ask_for_no_more_room(chart: Chart) -> None:
    narrow = chart.minimumSizeHint().width()
    chart.show_curves([LearningCurve(f"a long name {number}", X, X) for number in range(4)], "passes", 10)
    assert chart.minimumSizeHint().width() <= max(narrow, chart.width())


def test_a_place_stays_marked_while_the_run_goes_on(chart: Chart) -> None:
    chart.point_at(5.0)
    more = np.arange(1.0, 13.0)
    chart.show_curves([LearningCurve("training", more, 3 / more)], "passes", 12)
    assert chart.legend == ["training 0.60"]


def test_nothing_yet_is_said(chart: Chart) -> None:
    chart.show_curves([LearningCurve("training", X[:0], X[:0])], "steps", 0, None, "The first figures come in a moment")
    assert chart.curves == [] and chart.waiting.text() == "The first figures come in a moment"
    QTest.keyClick(chart.plot, Qt.Key.Key_Left)
    chart.grab()


def test_one_point_and_equal_points_are_no_trouble(chart: Chart) -> None:
    for y in ([2.0], [2.0, 2.0]):
        chart.show_curves([LearningCurve("training", X[: len(y)], np.array(y))], "steps", 0, 1.0)
        chart.grab()
    assert chart._best_line.isVisible()


def brightness(colour: QColor) -> float:
    return 0.2126 * colour.redF() ** 2.2 + 0.7152 * colour.greenF() ** 2.2 + 0.0722 * colour.blueF() ** 2.2


def test_every_line_stands_out_from_the_ground_in_both_themes(chart: Chart, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = []
    for look in ("dark", "light"):
        monkeypatch.setenv("QDESK_THEME", look)
        refresh_theme()
        pictures.append(chart.grab().toImage())
        for number in range(4):
            line, ground = brightness(line_colour(number)), brightness(theme().paper)
            assert (max(line, ground) + 0.05) / (min(line, ground) + 0.05) >= 3  # as WCAG asks of graphics
    assert pictures[0] != pictures[1]
