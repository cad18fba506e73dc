from __future__ import annotations

from PySide6.QtWidgets import QWidget

from qdesk.gui.explore.words.flow import Flow


def test_widgets_go_on_the_next_line_where_there_is_no_room(qtbot):
    outer = QWidget()
    qtbot.addWidget(outer)
    flow = Flow(outer, gap=10)
    for _ in range(5):
        one = QWidget()
        one.setFixedSize(100, 40)
        flow.addWidget(one)
    assert flow.heightForWidth(1000) == 40 and flow.heightForWidth(320) == 90 and flow.heightForWidth(90) == 5 * 50 - 10
    outer.resize(320, 200)
    outer.show()
    places = [flow.itemAt(k).widget().pos().toTuple() for k in range(5)]
    assert places == [(0, 0), (110, 0), (220, 0), (0, 50), (110, 50)]
    assert flow.itemAt(9) is None and flow.takeAt(9) is None and flow.minimumSize().toTuple() == (100, 40)
