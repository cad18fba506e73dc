"""Pressing keys on the Curate page and reading what it shows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from qdesk.gui.curate.page import CuratePage


def keys(page: CuratePage) -> list[str]:
    return list(page.table.names[page.table.order])


def press(page: CuratePage, *pressed: object, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in pressed:
        QTest.keyClick(page.grid, key, modifier)


def current(page: CuratePage) -> str:
    return page.table.names[page.grid.current]


def sort_by(page: CuratePage, name: str) -> None:
    page.header.sort_box.setCurrentIndex(page.header.sort_box.findData(name))
