"""A game: the rounds of one mode, one after the other. It knows no window and no network, like `Round`."""

from __future__ import annotations

import math
from collections.abc import Callable

from qdesk.game.modes import Mode
from qdesk.game.prompts import Prompts
from qdesk.game.record import Rival, RoundRecord, RoundState, new_key_id
from qdesk.game.round import COUNTDOWN_MS, FINISH_MS, Round, monotonic_ms


class Game:
    """A game in progress. Call `next_round` until it returns None, and `keep` with each round that has ended.

    The time of the whole game runs from the start of its first round. No round is longer than what is left of it.
    """

    def __init__(self, mode: Mode, prompts: Prompts, clock: Callable[[], float] = monotonic_ms) -> None:
        self.mode = mode
        self.key = new_key_id()
        self.records: list[RoundRecord] = []
        self.skips = 0  # that cost time
        self._prompts = prompts
        self._clock = clock
        self._round: Round | None = None
        self._until = math.inf  # on the clock

    @property
    def number(self) -> int:
        """The number of the current round, from 1."""
        return len(self.records) + 1

    @property
    def over(self) -> bool:
        """Whether there is no round left, or no time."""
        return len(self.records) >= self.mode.rounds or (bool(self.records) and self._clock() >= self._until)

    @property
    def hint(self) -> str:
        """The meaning that is meant where the word is ambiguous, such as "the animal"; else ""."""
        return self._prompts.hint(self._round.word) if self._round is not None else ""

    @property
    def score(self) -> int:
        """How many rounds were won so far."""
        return sum(record.won for record in self.records)

    @property
    def remaining_ms(self) -> float:
        """Time left of the whole game: all of it before the first round has started, inf where there is no limit."""
        self._look_at_the_start()
        return self.mode.game_ms if math.isinf(self._until) else max(self._until - self._clock(), 0.0)

    @property
    def took_ms(self) -> float:
        """How much of the game's time is over, what skips cost included; inf where there is no limit."""
        return self.mode.game_ms - self.remaining_ms if math.isfinite(self.mode.game_ms) else math.inf

    @property
    def skipped(self) -> bool:
        """Whether the last round was skipped."""
        return bool(self.records) and self.records[-1].state is RoundState.SKIPPED

    def next_round(self) -> Round | None:
        """Return the next round, not started yet, or None when the game is over. A skip before it costs its time."""
        if self.skipped and math.isfinite(self._until):
            self.skips += 1
            self._until -= self.mode.skip_ms
        if self.over:
            return None
        counts = self.mode.countdown or (math.isinf(self._until) and math.isfinite(self.mode.game_ms))
        self._round = Round(
            "" if self.mode.shows == "nothing" else self._prompts.next(),
            clock=self._clock,
            limit_ms=min(self.mode.round_ms, self.remaining_ms),
            countdown_ms=COUNTDOWN_MS if counts else 0.0,
            finish_ms=FINISH_MS if self.mode.finish else 0.0,
        )
        return self._round

    def keep(self, round_: Round, rival: Rival | None = None) -> RoundRecord:
        """Add a round that has ended to this game and return its record. Raises ValueError where it has not ended."""
        self._look_at_the_start()
        record = round_.record(self.mode.name, self.key, rival)
        self.records.append(record)
        return record

    def _look_at_the_start(self) -> None:
        if math.isinf(self._until) and self._round is not None and (start := self._round.started_at) is not None:
            self._until = start + self.mode.game_ms
