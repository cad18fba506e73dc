"""The ways to play."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from qdesk.game.prompts import GAME

LIMIT_MS = 20_000.0
"""The time limit of a round of the original game, in ms."""


@dataclass(frozen=True)
class Mode:
    """One way to play.

    rounds: how many make a game (inf: until its time is up, or the player leaves). round_ms, game_ms: the limits of a
    round and of the whole game, ms. countdown: whether three, two, one is counted before each round; if not, it is
    counted only before the first round of a game that has a time limit. finish: whether the drawing may be finished
    after the word is recognised. skip_ms: what skipping a word costs of the time of the whole game, ms. shows: what the
    card says. network: whether the network begins the drawing, or draws the same word against the player. compared:
    whether the times of such rounds say how quick a player is, which they do not where the network begins or where no
    word is asked for.
    """

    name: str
    title: str
    line: str
    rounds: float = GAME
    round_ms: float = LIMIT_MS
    game_ms: float = math.inf
    countdown: bool = True
    finish: bool = True
    skip_ms: float = 0.0
    shows: Literal["word", "definition", "nothing"] = "word"
    network: Literal["", "begins", "opposes"] = ""
    compared: bool = True


MODES: dict[str, Mode] = {
    mode.name: mode
    for mode in (
        Mode("game", "Six drawings", "Six words, 20 seconds each."),
        Mode(
            "sprint", "Sprint", "60 seconds: as many words as you can.",
            rounds=math.inf, round_ms=math.inf, game_ms=60_000.0, countdown=False, finish=False,
            skip_ms=3_000.0,
        ),
        Mode("mystery", "Mystery word", "You get a riddle instead of the word.", shows="definition"),
        Mode(
            "finish", "Finish it", "The network begins a drawing, you end it.", network="begins", compared=False,
        ),
        Mode(
            "duel", "Against the network", "Both draw the same word. Who is recognised first?", network="opposes",
        ),
        Mode(
            "zen", "Zen", "No word, no clock. Watch what it sees.",
            rounds=math.inf, round_ms=math.inf, countdown=False, finish=False, shows="nothing",
            compared=False,
        ),
    )
}  # fmt: skip
