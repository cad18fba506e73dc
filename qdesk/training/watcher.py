"""The interface between a run and what shows its progress, such as the command line."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Is told about the progress of a run, and decides what to show of it."""

    def begin(self, kind: str, headline: str, words: int) -> None:
        """Begin, before the first line. headline: the figure in the lines to show. words: how many are told apart."""

    def show(self, line: dict, best: bool = False) -> None:
        """Take one line of the log. best: whether it has the best validation so far."""

    def say(self, text: str) -> None:
        """Take a sentence for people, without a full stop."""
