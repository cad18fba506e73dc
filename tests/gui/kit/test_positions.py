from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from qdesk.gui.kit import positions
from qdesk.gui.kit.positions import key_at, key_of

NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)
CYRILLIC_A, CYRILLIC_YA, EACUTE = 0x410, 0x42F, 0xC9

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the scan codes are those of X")


def event(key: int, scan: int, held: Qt.KeyboardModifier = NONE, text: str = "") -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, held, scan, 0, 0, text)


@pytest.mark.parametrize(
    ("key", "scan", "held", "found"),
    [
        (CYRILLIC_A, 41, NONE, Qt.Key.Key_F),  # Russian
        (CYRILLIC_YA, 52, CTRL, Qt.Key.Key_Z),
        (Qt.Key.Key_Ampersand.value, 10, NONE, Qt.Key.Key_1),  # French digits
        (EACUTE, 11, NONE, Qt.Key.Key_2),
        (Qt.Key.Key_Exclam.value, 10, SHIFT, None),  # Shift and 1 on a US keyboard
        (Qt.Key.Key_A.value, 24, NONE, None),  # the French A lies on Q, and is an A
        (Qt.Key.Key_Slash.value, 61, NONE, None),
        (Qt.Key.Key_Left.value, 113, NONE, None),
        (CYRILLIC_A, 0, NONE, None),  # the place is not known
    ],
)
def test_a_key_without_a_latin_sign_counts_by_its_place(
    key: int, scan: int, held: Qt.KeyboardModifier, found: Qt.Key | None
) -> None:
    assert key_at(event(key, scan, held)) == found
    assert key_of(event(key, scan, held)) == (key if found is None else found.value)


def test_the_table_of_macos_has_every_letter_and_digit_at_its_place() -> None:
    assert sorted(positions._MAC.replace(" ", "")) == sorted("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    assert [positions._MAC[code] for code in (0, 12, 18, 29, 32, 40, 46)] == list("AQ10UKM")
