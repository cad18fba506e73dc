"""What the network says while the player draws: a sentence now and then, as a person would, and no word twice.

The top guess flickers: in a round of a recorded drawing, half of the top guesses are gone within 100 ms. So a guess is
said only once it has held for a moment, and only after there was time to read or speak the last one. The times were
chosen on recorded drawings that nothing was trained on (`docs/live.md`, "What is said").

The word of the round is never said as a guess. Saying it means that it is recognised: a right guess that does not end
the round would only puzzle the player.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from qdesk.data.categories import with_article

LOOK_MS = 800.0
"""Least time from the first ink to the first guess, in ms. Before that, the guess is "a line" for any drawing."""

FIRST_HOLD_MS, HOLD_MS = 150.0, 400.0
"""How long a guess has to stay on top before it is said, in ms: the first of a round, and the later ones."""

GAP_MS, LETTER_MS = 900.0, 65.0
"""Least time from one sentence to the next, and the time that a voice needs per letter, in ms."""

OTHER_MS = 2500.0
"""Time without a new top guess after which the second guess is said, in ms.

Two guesses within this time are worded as one sentence."""

QUIET_MS, REMARKS = 5000.0, 2
"""Time without a guess after which a remark is made, in ms; and how many remarks a round has at most."""

LEAST, LEAST_OTHER = 0.05, 0.1
"""Least probability at which the top guess is said, and the second one."""

_SEES, _SUPPOSES = 0.5, 0.15  # probabilities from which a drawing without a word is said to be, or perhaps to be
_OPENINGS = ("I see {}…", "Is it {}?", "Looks like {}…", "Maybe {}…", "Could be {}…", "I think I see {}…")
_ANOTHER = ("or {}…", "or is it {}?", "no, {}…", "or maybe {}…", "or rather {}…")
_REMARKS = ("Go on…", "Hmm, let me see…", "A little more…", "I’m watching…", "Interesting…", "Keep going…")
_GIVES_UP = (
    "Time’s up. I didn’t get it, sorry.",
    "Time’s up! That was a tricky one.",
    "Time’s up. I couldn’t guess it.",
)
_OPENING = 9  # letters, about, of any opening: which words are said must not depend on how they are said


@dataclass(frozen=True)
class Remark:
    """Something said at `at_ms` of the round.

    text: as it is written and spoken. word: what was guessed, "" for a remark. sure: whether the word was recognised.
    """

    at_ms: float
    text: str
    word: str = ""
    sure: bool = False


def seen(top: Sequence[tuple[str, float]]) -> Remark:
    """Return a sentence on the most probable of the guesses (word, probability), as sure as it is. Needs one guess."""
    word, p = top[0]
    form = "I see {}." if p >= _SEES else "Maybe {}…" if p >= _SUPPOSES else "I cannot tell. It could be {}…"
    return Remark(0.0, form.format(with_article(word)), word)


class Commentator:
    """Decides what is said in one round for `word` ("" for a round without one).

    Times are in ms of the round and never go back. Call `hear` with every guess and with every frame. Which words are
    said depends on nothing else; how they are said depends on `rng`. No opening comes twice in a row, over all rounds.
    """

    _recent: ClassVar[deque[str]] = deque(maxlen=3)  # openings
    _free_ms: float | None  # when the next thing may be said; None before the first ink

    def __init__(self, word: str, rng: random.Random | None = None) -> None:
        self.word = word
        self._rng = rng or random.Random()
        self._said: list[Remark] = []
        self._known = {word}  # words that are not said any more
        self._remarks = REMARKS
        self._ended = False
        self._cleared()

    @property
    def said(self) -> tuple[Remark, ...]:
        """All that was said in this round, oldest first."""
        return tuple(self._said)

    def hear(self, at_ms: float, top: Sequence[tuple[str, float]]) -> Remark | None:
        """Take what the network sees now, (word, probability), most probable first. Return what to say, or None."""
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
        """End the talk because the word is recognised, and return what is said."""
        self._ended = True
        return self._say(at_ms, f"I know: it’s {with_article(self.word)}!", self.word, sure=True)

    def time_up(self, at_ms: float) -> Remark:
        """End the talk because the time is up without recognition, and return what is said."""
        self._ended = True
        return self._say(at_ms, self._choose(_GIVES_UP))

    def cleared(self, at_ms: float) -> None:
        """Forget what was seen, because the canvas is empty. In a round without a word a new drawing begins."""
        self._cleared()
        if not self.word:
            self._known, self._remarks = {""}, REMARKS

    def _cleared(self) -> None:
        self._top, self._since = "", 0.0
        self._free_ms = None
        self._spoke_ms = 0.0
        self._last: Remark | None = None  # of this canvas

    def _guess(self, at_ms: float, top: Sequence[tuple[str, float]]) -> str:
        """Return the word to say now, or ""."""
        (word, p), *others = top[:2]
        if word not in self._known:
            hold = HOLD_MS if len(self._known) > 1 else FIRST_HOLD_MS
            return word if p >= LEAST and at_ms - self._since >= hold else ""
        if at_ms - self._spoke_ms < OTHER_MS or not self.word:  # without a word it says what it sees most of
            return ""
        return next((other for other, p in others if p >= LEAST_OTHER and other not in self._known), "")

    def _opening(self, at_ms: float) -> str:
        """Return how the next guess begins: it continues the sentence of the last one, or starts a new one."""
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
