"""Whoever watches a run while it lasts: the command line, or nobody."""

from __future__ import annotations

from typing import Protocol


class Watcher(Protocol):
    """Is told how a run goes; what it shows of that is its own business."""

    def begin(self, kind: str, headline: str, words: int) -> None:
        """Before the first line: what is trained, the name in the lines of the figure to show, and how many words are
        told apart.
        """

    def show(self, line: dict, best: bool = False) -> None:
        """One line of the log. best: no validation before it was as good."""

    def say(self, text: str) -> None:
        """A sentence for people, without a full stop."""
