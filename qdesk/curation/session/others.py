"""What other programs decide meanwhile, in another window say: it is shown here within a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qdesk.curation.session.events import Event, Loop, Tell
from qdesk.curation.session.ledger import Ledger
from qdesk.curation.session.order import Order
from qdesk.curation.session.saving import Saving
from qdesk.curation.session.sight import Sight
from qdesk.curation.verdicts.store import Change, Verdict, Verdicts, VerdictsError, last_line, news
from qdesk.curation.verdicts.whose import HERE

EACH_S = 0.5
"""How often, s, it is looked whether others have decided."""

AT_ONCE = 500
"""The most drawings whose verdicts are looked up within a few frames."""

_LINES = 10_000  # so many lines of the history are gone through within a frame; more are read beside the window


class Others:
    """Looks again and again whether others have decided. What they have decided replaces what is shown."""

    def __init__(self, order: Order, sight: Sight, ledger: Ledger, saving: Saving, loop: Loop, tell: Tell) -> None:
        self._order, self._sight, self._ledger, self._saving = order, sight, ledger, saving
        self._loop, self._tell = loop, tell
        self._seen = -1  # the last line of the history that was looked at
        self.names: list[str] = []
        """The drawings that `news` is about."""

    def start(self) -> None:
        """Look from now on; what has been decided so far is known."""
        self._seen = self._ledger.ask_if_open(last_line, -1)
        self._loop.later("others", EACH_S, self._look_again)

    def _look_again(self) -> None:
        self._loop.later("others", EACH_S, self._look_again)
        self.look()

    def look(self) -> None:
        """Take in what others have decided since the last look. Where that cannot be read now, the next look does."""
        store, since = self._ledger.store, self._seen
        if store is None:
            return
        try:
            last = last_line(store)
            names = news(store, since) if last - since <= _LINES else None
        except VerdictsError:  # nobody asked for it, and what the user does will say so
            return
        self._seen = last
        if names is not None:
            self._take(names)
        else:
            self._loop.beside("others", _reader(store.path, since), self._take, lambda _: None)

    def _take(self, names: list[str]) -> None:
        held = self._saving.held  # what was decided here comes after what they decided
        names = [name for name in names if name not in held]
        if len(names) > AT_ONCE:
            self.names = names
            self._tell(Event("news"))
        elif names and self._order.table is not None:
            before = self._sight.shown
            known: dict[str, Verdict] = self._ledger.ask_if_open(lambda store: store.get_many(names), {})
            changes = [Change(name, "", known[name].reason if name in known else "") for name in names]
            self._ledger.follow(self._order.table, changes)
            self._ledger.decided()
            self._order.set_verdicts({change.identity: change.new for change in changes})
            if self._sight.shown != before:
                self._sight.pause()
        if names:
            self._tell(Event("steps"))


def _reader(path: Path, since: int) -> Callable[[], list[str]]:
    def read() -> list[str]:
        with Verdicts(path, HERE) as store:
            return news(store, since)

    return read
