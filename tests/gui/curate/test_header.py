from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from qdesk.curation.view.sorting import SORTS
from qdesk.gui.curate.header import LATER, Header
from qdesk.gui.curate.keys import KeyMap
from tests.helpers.loop import settle


@pytest.fixture
def make(qtbot) -> Callable[..., Header]:
    def made(width: int = 1200, keymap: KeyMap | None = None) -> Header:
        header = Header(keymap)
        qtbot.addWidget(header)
        header.show_files(["/somewhere/flamingo.ndjson", "/somewhere/owl.ndjson"], 312)
        header.resize(width, header.sizeHint().height())
        header.show()
        return header

    return made


def heard(header: Header) -> list[tuple]:
    """What its signals say from now on."""
    said: list[tuple] = []
    for name in ("sort_changed", "pace_changed", "plane_toggled", "tint_changed", "filters_toggled", "zoom_asked"):
        getattr(header, name).connect(lambda *values, name=name: said.append((name, *values)))
    return said


def names(header: Header) -> list[str]:
    return [header.sort_box.itemData(place) for place in range(header.sort_box.count())]


def test_what_is_asked_for_is_said_and_what_is_shown_is_not(make) -> None:
    header = make()
    said = heard(header)
    header.set_pace("one")
    header.set_plane(True)
    header.set_tint("loss")
    header.set_sort("lift", reverse=True)
    assert said == [] and (header.tint, header.sort, header.reverse) == ("loss", "lift", True)
    assert header.paces.buttons["one"].isChecked() and header.plane.isChecked()
    QTest.mouseClick(header.paces.buttons["page"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(header.plane, Qt.MouseButton.LeftButton)
    header.tints.actions()[1].trigger()
    header.larger.click()
    header.reverse_box.click()
    assert said == [
        ("pace_changed", "page"), ("plane_toggled", False), ("tint_changed", "time"), ("zoom_asked", 1),
        ("sort_changed", "lift", False),
    ]  # fmt: skip
    assert header.tint == "time" and not header.paces.buttons["one"].isChecked()


def test_it_can_be_sorted_by_all_there_is_and_by_no_more(make) -> None:
    header = make()
    said = heard(header)
    assert names(header) == [name for name in SORTS if name not in LATER]
    header.set_sorts(set(SORTS))
    assert names(header) == list(SORTS) and header.sort == "junk"
    header.set_sort("likeness")
    header.set_sorts(set(SORTS) - {"learned", "unsure"})
    assert header.sort == "likeness" and said == []
    header.set_sorts(set(SORTS) - set(LATER))
    assert header.sort == "junk" and said == [("sort_changed", "junk", False)]
    with pytest.raises(ValueError, match="learned"):
        header.set_sort("learned")


@pytest.mark.parametrize("width", [400 + 120, 720, 944, 1200, 1840])
def test_everything_fits_and_what_does_not_is_in_the_menu(qtbot, make, width: int) -> None:
    header = make(width)
    header.set_tint("loss")
    settle()
    parts = [part for part in header.findChildren(QWidget) if part.parentWidget() is header and part.isVisible()]
    places = [QRect(part.mapTo(header, QPoint()), part.size()) for part in parts]
    assert all(header.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for a in places for b in places if a is not b)
    for one in header.findChildren(QPushButton):
        if one.isVisible() and one.text().strip():
            assert one.width() >= one.fontMetrics().horizontalAdvance(one.text())
    assert header.more.isVisible() != header.open.isVisible()
    if width >= 720:
        assert header.title.width() >= 80
    if width >= 1200:
        assert "One by one" in header.paces.buttons["one"].text()
    header.resize(1840, header.height())
    assert header.more.isHidden() and "Open" in header.open.text()


def test_it_never_keeps_the_window_from_being_small(make) -> None:
    assert make(1840).minimumSizeHint().width() <= 720


def test_the_menu_does_what_its_buttons_would(qtbot, make) -> None:
    header = make(600)
    actions = {action.text().split("\t")[0]: action for action in header.more.menu().actions()}
    with qtbot.waitSignals([header.open_asked, header.close_asked, header.zoom_asked]):
        for text in ("Open other drawings…", "Close these drawings", "Larger drawings"):
            actions[text].trigger()
    assert header.tints.menuAction() in actions.values()


def test_tips_name_the_keys_and_follow_them(make) -> None:
    keymap = KeyMap()
    header = make(keymap=keymap)
    assert header.plane.toolTip().endswith("(P)") and header.paces.buttons["one"].toolTip().endswith("(O)")
    keymap.set("plane", ["X"])
    assert header.plane.toolTip().endswith("(X)")


def test_all_of_it_has_a_name_and_takes_the_keys_by_tab_alone(make) -> None:
    header = make(1840)
    for one in header.findChildren(QPushButton):
        assert one.accessibleName() and one.focusPolicy() == Qt.FocusPolicy.TabFocus
    header.set_tint("time")
    assert header.tint_button.accessibleName() == "Colours: time"
