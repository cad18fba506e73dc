"""What the network says while somebody draws: a sentence now and then, as a person would, and no word twice.

The top guess flickers: of those that come and go in a round of a recorded drawing half are gone within 100 ms. So a
guess is said once it has held for a moment, and one only after the last has had its time to be read or spoken. The
times were chosen on recorded drawings nothing was trained on (`docs/live.md`, "What is said").

The word of the round is never among the guesses: who says it has recognised it. A guess that is right and does not end
the round would be a riddle.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from qdesk.data.categories import with_article

LOOK_MS = 800.0
"""From the first ink to the first guess: what is said sooner is "a line", whatever is being drawn."""

FIRST_HOLD_MS, HOLD_MS = 150.0, 400.0
"""For how long a guess has to be the top one before it is said: the first of a round, and those after it."""

GAP_MS, LETTER_MS = 900.0, 65.0
"""From one sentence to the next at least, and for each letter, as a voice needs for it."""

OTHER_MS = 2500.0
"""After so long without a new top guess the second one is said. As long are two guesses one sentence."""

QUIET_MS, REMARKS = 5000.0, 2
"""After so long without a guess comes a remark, so many times in a round."""

LEAST, LEAST_OTHER = 0.05, 0.1
"""What is less probable is not said: of the top guess, and of the second."""

_OPENINGS = ("I see {}…", "Is it {}?", "Looks like {}…", "Maybe {}…", "Could be {}…", "I think I see {}…")
_ANOTHER = ("or {}…", "or is it {}?", "no, {}…", "or maybe {}…", "or rather {}…")
_REMARKS = ("Go on…", "Hmm, let me see…", "A little more…", "I’m watching…", "Interesting…", "Keep going…")
_GIVES_UP = (
    "Time’s up. I didn’t get it, sorry.",
    "Time’s up! That was a tricky one.",
    "Time’s up. I couldn’t guess it.",
)
_OPENING = 9  # letters of an opening, about: which words are said must not depend on how


@dataclass(frozen=True)
class Remark:
    """Something said at `at_ms` of the round: `text` as it is written and spoken; word: what was guessed, "" for a
    remark; sure: the word was recognised.
    """

    at_ms: float
    text: str
    word: str = ""
    sure: bool = False


class Commentator:
    """What is said in one round for `word` ("": one without a word). Times are ms of the round and do not go back.

    Tell it what the network sees with every guess and with every frame; which words it says depends on nothing else,
    how it says them on `rng`. No opening comes twice in a row, over all rounds.
    """

    _recent: ClassVar[deque[str]] = deque(maxlen=3)  # openings
    _free_ms: float | None  # when the next thing may be said; None before the first ink

    def __init__(self, word: str, rng: random.Random | None = None) -> None:
        self.word = word
        self._rng = rng or random.Random()
        self._said: list[Remark] = []
        self._known = {word}  # what is not to be said any more
        self._remarks = REMARKS
        self._ended = False
        self._cleared()

    @property
    def said(self) -> tuple[Remark, ...]:
        """All of this round, oldest first."""
        return tuple(self._said)

    def hear(self, at_ms: float, top: Sequence[tuple[str, float]]) -> Remark | None:
        """What the network sees now, (word, probability) most probable first. Returns something new to say, or None."""
        if self._ended or not top:
            self._top = ""
            return None
        if self._free_ms is None:
            self._free_ms, self._spoke_ms = at_ms + LOOK_MS, at_ms
        if top[0][0] != self._top:
            self._top, self._since = top[0][0], at_ms
        if at_ms < self._free_ms:
            return None
        if word := self._guess(at_ms, top):
            return self._say(at_ms, self._opening(at_ms).format(with_article(word)), word)
        if self._remarks and at_ms - self._spoke_ms >= QUIET_MS:
            self._remarks -= 1
            return self._say(at_ms, self._choose(_REMARKS))
        return None

    def recognised(self, at_ms: float) -> Remark:
        """The word of the round, at last."""
        self._ended = True
        return self._say(at_ms, f"I know: it’s {with_article(self.word)}!", self.word, sure=True)

    def time_up(self, at_ms: float) -> Remark:
        """It was not recognised."""
        self._ended = True
        return self._say(at_ms, self._choose(_GIVES_UP))

    def cleared(self, at_ms: float) -> None:
        """The canvas is empty: what was seen on it holds no longer. Without a word it is a new drawing."""
        self._cleared()
        if not self.word:
            self._known, self._remarks = {""}, REMARKS

    def _cleared(self) -> None:
        self._top, self._since = "", 0.0
        self._free_ms = None
        self._spoke_ms = 0.0
        self._last: Remark | None = None  # of this canvas

    def _guess(self, at_ms: float, top: Sequence[tuple[str, float]]) -> str:
        """The word that is to be said now, or ""."""
        (word, p), *others = top[:2]
        if word not in self._known:
            hold = HOLD_MS if len(self._known) > 1 else FIRST_HOLD_MS
            return word if p >= LEAST and at_ms - self._since >= hold else ""
        if at_ms - self._spoke_ms < OTHER_MS:
            return ""
        return next((other for other, p in others if p >= LEAST_OTHER and other not in self._known), "")

    def _opening(self, at_ms: float) -> str:
        """How the next guess begins: it goes on with the sentence of the last one, or is one of its own."""
        last = self._last
        if last is None or not last.word or at_ms - last.at_ms > OTHER_MS:
            return self._choose(_OPENINGS)
        another = self._choose(_ANOTHER)
        return another if last.text.endswith("…") else another[0].upper() + another[1:]

    def _choose(self, texts: Sequence[str]) -> str:
        chosen = self._rng.choice([text for text in texts if text not in self._recent] or texts)
        self._recent.append(chosen)
        return chosen

    def _say(self, at_ms: float, text: str, word: str = "", sure: bool = False) -> Remark:
        self._known.add(word)
        self._spoke_ms = at_ms
        self._free_ms = at_ms + max(GAP_MS, LETTER_MS * (_OPENING + len(word)))
        self._last = Remark(at_ms, text, word, sure)
        self._said.append(self._last)
        return self._last
