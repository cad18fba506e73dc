"""A session of curating without a window: a loop that is turned by hand, and drawings with known scores and reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from qdesk.curation.session.events import Event
from qdesk.curation.session.session import Session
from qdesk.curation.verdicts.whose import HERE
from qdesk.curation.view.table import Table
from qdesk.data.drawings import Drawings


def plain_table(count: int, timed: bool = False) -> Table:
    """Return a table in which drawing n has junk n, so that the last is the worst. Reasons repeat every three rows."""
    corner = np.array([[0, 0], [100, 0], [100, 60]], np.float32)
    strokes = [[corner, np.array([[0, 60], [50, 60 + n % 40]], np.float32)] for n in range(min(count, 50))]
    times = [[np.array([0, 10, 20]), np.array([30, 40])]] * len(strokes) if timed else None
    drawings = Drawings.from_strokes(strokes, times, word="cat").take(np.arange(count) % len(strokes))
    table = Table(drawings, [f"k{n}" for n in range(count)])
    junk = np.arange(count, dtype=np.float32)
    reasons = np.array(["scribble", "unusual", ""], object)[np.arange(count) % 3]
    columns = {"junk": junk, "loss_per_point": junk / count, "loss": junk, "reason": reasons}
    table.add_scores(np.arange(count), columns)
    table.arrange()
    return table


class HandLoop:
    """Its clock stands until `turn` moves it, and work beside it is done by `finish`."""

    def __init__(self) -> None:
        self.time = 0.0
        self.waiting: dict[str, tuple[float, Callable[[], object]]] = {}
        self.work: tuple[Callable[[], Any], Callable[[Any], object], Callable[[str], object]] | None = None

    def now(self) -> float:
        return self.time

    def later(self, name: str, seconds: float, do: Callable[[], object]) -> None:
        self.waiting[name] = self.time + seconds, do

    def beside(
        self, name: str, work: Callable[[], Any], done: Callable[[Any], object], failed: Callable[[str], object]
    ) -> None:
        self.work = work, done, failed

    def close(self) -> None:
        self.waiting.clear()
        self.work = None

    def turn(self, seconds: float) -> None:
        """Let so much time pass, and call once what is due by then."""
        self.time += seconds
        for name in [name for name, (due, _) in self.waiting.items() if due <= self.time]:
            self.waiting.pop(name)[1]()

    def finish(self) -> None:
        """Do the work that was asked for last, and hand it over."""
        assert self.work is not None
        (work, done, failed), self.work = self.work, None
        try:
            result = work()
        except ValueError as error:
            failed(str(error))
        else:
            done(result)


class Watched:
    """A session with `count` drawings open, the worst on top, and all that it told."""

    def __init__(self, count: int = 20, program: str = HERE) -> None:
        self.loop = HandLoop()
        self.session = Session(self.loop)
        self.events: list[Event] = []
        self.session.listen(self.events.append)
        self.session.begin(program)
        if count:
            self.session.open(["drawings.ndjson"], plain_table(count))

    @property
    def said(self) -> list[str]:
        """What was said so far."""
        return [event.said.text for event in self.events if event.said is not None]

    def told(self) -> list[str]:
        """Return what was told since this was asked last."""
        told = [event.what for event in self.events if not event.coming]
        self.events.clear()
        return told

    @property
    def verdicts(self) -> dict[int, str]:
        """The verdicts shown, by drawing."""
        table = self.session.table
        return {row: table.verdicts[row] for row in range(len(table)) if table.verdicts[row]}
