"""What is known of a drawing, in words."""

from __future__ import annotations

import math
import re
from datetime import datetime

import numpy as np

from qdesk.curation.view.table import Table
from qdesk.data.categories import with_article
from qdesk.data.reasons import KEEP, NO_FLAG, UNSURE
from qdesk.gui.kit.scores import Score
from qdesk.gui.kit.text import NBSP, count, number, percent, unbroken
from qdesk.scoring import explanation


def summary(table: Table, index: int) -> str:
    """Return a drawing's place, what it looks like, how likely it is junk, and how likely the user would flag it."""
    if not table.scored[index]:
        return "Not scored yet."
    (rank,) = table.ranks([index])
    place = "" if rank is None else f"Rank {rank:,} of {np.count_nonzero(table.scored):,} · "
    chance, learned = float(table.numbers["p_junk"][index]), float(table.numbers["learned"][index])
    junk = "" if chance != chance else f" · {percent_text(chance)} junk"
    flag = "" if learned != learned else f" · learned: {percent_text(learned)} flag"
    return place + _suspicion(table, index) + junk + flag


def _suspicion(table: Table, index: int) -> str:
    reason, top = table.texts["reason"][index], table.texts["top_guess"][index]
    if reason == "unusual":
        return "just unusual"
    if not reason:
        return "the networks do not know its word" if _is_unknown(table, index) else "nothing suspicious"
    if reason == "wrong" and top and top != table.words[index]:
        reason = f"wrong, {with_article(top)}{'' if table.numbers['p_top'][index] >= explanation.SURE else '?'}"
    return f"{'may be' if table.numbers['junk'][index] < 0 else 'looks like'}: {reason}"


def _is_unknown(table: Table, index: int) -> bool:
    """Whether a drawing has a word that the classifier does not know."""
    return bool(table.scored[index] and table.words[index] and np.isnan(table.numbers["p_word"][index]))


def _no_figure(table: Table, index: int, wordless: str) -> Score:
    """Return why there is no figure about a drawing's word; "" before it is scored. wordless: what is said of none."""
    if not table.scored[index]:
        return Score("", "")
    return Score("", f"The networks do not know “{table.words[index]}”." if table.words[index] else wordless)


def evidence_text(table: Table, index: int) -> str:
    """Return the evidence for the suggested reason; "" where none is suggested, and before the scores are there."""
    return re.sub(r"(?<=\d) |(?<=\d in) ", NBSP, table.evidence[index] or "")


def loss_score(table: Table, index: int) -> Score:
    """Return the loss per point of a drawing, and how it compares."""
    loss = float(table.numbers["loss_per_point"][index])
    if loss != loss:
        return Score("", "Pixels have no strokes to score." if table.drawings.bitmaps is not None else "")
    share = table.share_above("loss_per_point", index)
    sentence = ""
    if share == share:
        sentence = f"{'More' if share >= 0.5 else 'Less'} surprising than {_of_these(max(share, 1 - share))}."
    return Score(f"{number(loss)}{NBSP}nats a point", sentence, table.loss_place(index))


def lift_score(table: Table, index: int) -> Score:
    """Return how much better a drawing's word explains it than no word does, and how that compares."""
    lift = float(table.numbers["lift"][index])
    if lift != lift:
        if table.drawings.bitmaps is not None:
            return Score("", "Pixels have no strokes to score.")
        return _no_figure(table, index, "It has no word to explain it.")
    share = table.share_above("lift", index)
    sentence = f"Its word fits {'better' if lift > 0 else 'worse'} than no word"
    if share == share:
        sentence += f"; {'better' if share >= 0.5 else 'worse'} than {_of_these(max(share, 1 - share))}"
    return Score(f"{number(lift, 1)}{NBSP}nats", f"{sentence}.", share)


def word_score(table: Table, index: int) -> Score:
    """Return how sure the CNN is of a drawing's word, and how that compares."""
    p_word, word = float(table.numbers["p_word"][index]), table.words[index]
    if p_word != p_word:
        return _no_figure(table, index, "It has no word to look for.")
    share, top = table.share_above("p_word", index), table.texts["top_guess"][index] or word
    sentence = "Seen as its word" if top == word else f"Seen as {with_article(top)}"
    if share == share:
        clear = "clearer than in" if share >= 0.5 else "clearer in"
        sentence += f"{',' if top == word else '; its word is'} {clear} {_of_these(max(share, 1 - share))}"
    return Score(percent_text(p_word), f"{sentence}.", p_word)


def _of_these(share: float) -> str:
    """Return "97 % of these", rounded down, or "all others here"."""
    return "all others here" if share == 1 else f"{math.floor(share * 100 + 1e-6)}{NBSP}% of these"


def replay_text(drawn_ms: float | None, replay_ms: float) -> str:
    """Return how long the drawing took (None: not known), and how long its replay takes."""
    if drawn_ms is None:
        return "Even pace: no times in this file"
    drawn, replay = f"{drawn_ms / 1000:,.1f}{NBSP}s", f"{replay_ms / 1000:,.1f}{NBSP}s"
    return f"As drawn, {drawn}" if drawn_ms <= replay_ms + 50 else f"As drawn, {drawn}; pauses cut to {replay}"


def alike_text(likeness: float) -> str:
    """Return how similar two drawings are."""
    return unbroken(percent(min(max(likeness, 0.0), 1.0)))


def percent_text(share: float) -> str:
    """Return a probability in per cent, never as 0 or 100 %."""
    return unbroken(explanation.percent(share))


def count_text(strokes: int, points: int) -> str:
    """Return how many strokes and points there are."""
    return f"{count(strokes, 'stroke')}, {count(points, 'point')}"


def drawn_text(timestamp: str | None, country: str | None, recognized: bool | None) -> str:
    """Return when and where it was drawn, and whether the game recognised it."""
    parts = []
    if timestamp:
        try:
            when = datetime.fromisoformat(timestamp.split(".")[0].removesuffix(" UTC"))
            parts.append(f"{when.day}{NBSP}{when:%B}{NBSP}{when:%Y}")
        except ValueError:
            parts.append(timestamp)
    if country:
        parts.append(country)
    if recognized is not None:
        parts.append("recognised" if recognized else "not recognised")
    return ", ".join(parts)


def verdict_text(verdict: str, new_word: str) -> str:
    """Say a verdict. new_word: what the drawing shows instead of its word, where the curator said so."""
    if verdict in NO_FLAG:
        return {"": "No verdict yet", KEEP: "Kept", UNSURE: "Unsure: come back"}[verdict]
    return f"Flagged: {verdict}, it is {with_article(new_word)}" if new_word else f"Flagged: {verdict}"
