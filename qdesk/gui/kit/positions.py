"""Keys by their place on the keyboard, for layouts that type no Latin letter or digit there: Russian, Greek, French."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_ROWS = {2: "1234567890", 16: "QWERTYUIOP", 30: "ASDFGHJKL", 44: "ZXCVBNM"}
"""The first scan code of each row of a US keyboard, and what lies there. X and Wayland count 8 more than Windows."""
_MAC = "ASDFHGZXCV BQWERYT123465 97 80 OU IP LJ K    NM"
"""What lies at each of the virtual key codes of macOS, from 0."""

_BY_SCAN = {first + place: sign for first, row in _ROWS.items() for place, sign in enumerate(row)}


def key_at(event: QKeyEvent) -> Qt.Key | None:
    """Return the letter or digit that a US keyboard has where this key is, if the user's layout types none there.

    None where it does, for all other keys, and where the place is not known.
    """
    key = event.key()
    if key >= Qt.Key.Key_Escape.value or (key < 128 and chr(key).isalnum()):
        return None
    if sys.platform == "darwin":
        code = event.nativeVirtualKey()
        sign = _MAC[code] if code < len(_MAC) else " "
    else:
        sign = _BY_SCAN.get(event.nativeScanCode() - (0 if sys.platform == "win32" else 8), " ")
    shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    if sign == " " or (sign.isdigit() and shifted):  # above the digits are signs, on every layout that has digits there
        return None
    return Qt.Key(ord(sign))


def key_of(event: QKeyEvent) -> int:
    """Return the key of an event: by its place where the user's layout has no letter or digit there."""
    return (key_at(event) or Qt.Key(event.key())).value
