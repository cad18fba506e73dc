"""The window. Nothing outside this package knows Qt, and nothing below it knows the window."""

from __future__ import annotations

import ctypes
import sys


def _keep_constants_alive() -> None:
    """Stand in for Python 3.12's immortal objects on Python 3.11.

    PySide6 6.12.0 returns None, True and False without taking a reference to them, which Python 3.12 and later
    forgive and 3.11 answers with "Fatal Python error: none_dealloc" after some thousand calls (6.11.3 does it right).
    So many spare references that they never run out do here what 3.12 does by design.
    """
    for constant in (None, True, False):
        ctypes.c_ssize_t.from_address(id(constant)).value += 1 << 40


if sys.version_info < (3, 12) and sys.implementation.name == "cpython":
    _keep_constants_alive()
