"""Nothing is cut off in a small window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QWidget

from qdesk.gui.curate.bar import Keycap
from qdesk.gui.curate.page import CuratePage
from tests.helpers.drawings import write_cats
from tests.helpers.loop import settle

RAIL = 80  # what the window takes of the width


def whole(widget: QWidget) -> bool:
    wraps = isinstance(widget, QLabel) and widget.wordWrap()
    height = widget.heightForWidth(widget.width()) if wraps else widget.minimumSizeHint().height()
    return widget.width() >= widget.minimumSizeHint().width() and widget.height() >= min(height, widget.maximumHeight())


@pytest.mark.parametrize("size", [(800, 600), (1024, 640), (1280, 800)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_the_cards_hold_what_is_in_them(qtbot, make_page, size: tuple[int, int]) -> None:
    page = make_page()
    page.resize(size[0] - RAIL, size[1])
    cards = [card for card in page.empty.findChildren(QFrame) if card.property("card")]
    page.empty.set_downloading("flamingo: 12.3 of 45.6 MB", 0.3)
    settle()
    assert len(cards) == 3
    for card in cards:
        for part in card.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if not (part.isHidden() or isinstance(part, QProgressBar)):
                assert whole(part) and card.rect().contains(part.geometry()), part
    inside = page.empty.widget()
    assert inside.width() <= page.empty.viewport().width()
    if size[0] == 800:  # one under the other, and to be scrolled to
        assert len({card.x() for card in cards}) == 1
        page.empty.ensureWidgetVisible(page.empty.starter)
        seen = QRect(page.empty.starter.mapTo(page.empty.viewport(), QPoint()), page.empty.starter.size())
        assert page.empty.viewport().rect().contains(seen)
    if size[0] == 1280:
        assert len({card.y() for card in cards}) == 1


def test_a_narrow_page_folds_the_filters_until_they_are_asked_for(page: CuratePage) -> None:
    assert page.filters.isVisible()
    page.resize(1024 - RAIL, 640)
    assert page.filters.isHidden() and not page.header.filters.isChecked()
    page.header.filters.click()
    page.resize(820 - RAIL, 600)
    assert page.filters.isVisible()
    page.header.filters.click()
    page.resize(1200, 800)
    assert page.filters.isVisible()


@pytest.mark.parametrize(("width", "all_fit"), [(800, False), (1024, False), (1280, False), (1920, True)])
def test_the_keys_stand_in_one_line_and_fold_behind_the_button(page: CuratePage, width: int, all_fit: bool) -> None:
    page.resize(width - RAIL, 600)
    settle()
    keys = page.bar.keys
    caps = [cap for cap in keys.findChildren(Keycap) if cap.isVisible()]
    places = [part.geometry() for part in (*caps, keys.all)]
    assert (len(caps) == len(keys.findChildren(Keycap))) == all_fit
    for part, place in zip((*caps, keys.all), places, strict=True):
        assert part.isVisible() and keys.rect().contains(place) and place.width() >= part.sizeHint().width()
    assert caps[0].accessibleName().endswith("flag") and len({place.y() for place in places}) == 1
    assert not any(a.intersects(b) for a in places for b in places if a is not b)


def test_pixels_alone_have_no_strokes_to_score(qtbot, make_page, tmp_path: Path) -> None:
    np.save(tmp_path / "cat.npy", np.full((3, 784), 255, np.uint8))
    page = make_page(lambda: (_ for _ in ()).throw(FileNotFoundError(2, "No such file", "models/x")))
    with qtbot.waitSignal(page.scored):
        page.open_files([str(tmp_path / "cat.npy")])
    assert page.filters.scores.isHidden() and page.filters.drawing.isHidden() and not page.filters.histograms
    with qtbot.waitSignal(page.scored):
        page.open_files([str(write_cats(tmp_path / "a.ndjson", 3))])
    assert page.filters.scores.isHidden() and page.filters.drawing.isVisible()  # strokes need no scores
