"""What people have to know of their files, whoever finds it out: commands say it on stderr, the window in a notice."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[str], None]] = []


def listen(listener: Callable[[str], None]) -> Callable[[], None]:
    """Have a function called with each sentence from now on, in whichever thread it is said; return what ends that."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)


def tell(sentence: str) -> None:
    """Say a sentence to all who listen."""
    for listener in list(_listeners):
        listener(sentence)
