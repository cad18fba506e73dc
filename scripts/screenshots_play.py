"""The screenshots of Play: real rounds, in which the mouse draws drawings of the starter set."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from screenshot_tools import LEFT, PLAIN, settle, wait

from qdesk import paths
from qdesk.formats import open_drawings
from qdesk.game.prompts import Prompts
from qdesk.game.record import RoundState

_SHARE = 0.72  # of the canvas that a drawing takes
_STEP_S = 0.025


def play_and_look(play, shoot: Callable[[str], None], games: int = 3) -> None:
    """Take the screenshot of every screen of Play that is in docs/."""
    best = best_drawings()
    play.prompts = Prompts(sorted(best))
    wait(lambda: play.guessing.awake, "the network to wake")
    settle(3.0)  # until the flamingo is drawn
    shoot("play-home")
    for number in range(games):
        play_a_game(play, best, shoot if number == games - 1 else lambda name: None)
    settle(4.0)
    shoot("play-end")
    longest = max(range(len(play.album.records)), key=lambda index: play.album.records[index].recognised_ms or 0)
    play.end_screen.opened.emit(longest)
    settle(6.0)
    shoot("play-story")
    play.album.story.back.emit()
    zen(play, best, shoot)
    duel(play, best, shoot)
    play.show_home()
    play.home.people.emit()
    settle(1.5)
    shoot("play-people")
    play.show_home()


def best_drawings() -> dict[str, list[np.ndarray]]:
    """Return, per word, the drawing of the starter set that is recognised most surely, if surely enough."""
    from qdesk.scoring.classifier import DrawingClassifier

    guesser = DrawingClassifier()
    starter = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    seen = guesser.probabilities(starter)
    sure = seen[np.arange(len(starter)), [guesser.words.index(word) for word in starter.words]]
    return {str(starter.words[row]): list(starter.strokes_of(int(row))) for row in np.argsort(sure) if sure[row] > 0.8}


def draw(play, strokes: list[np.ndarray], after: Callable[[int], bool] = lambda stroke: False) -> None:
    """Draw with the mouse, as fast as people do, until `after`, called after each stroke, returns True."""
    canvas = play.canvas
    side = min(canvas.width(), canvas.height()) * _SHARE
    corner = np.array([canvas.width() - side, canvas.height() - side]) / 2
    for number, stroke in enumerate(strokes):
        at = [QPoint(int(x), int(y)) for x, y in stroke * side / 255 + corner]
        QTest.mousePress(canvas, LEFT, PLAIN, at[0])
        for before, then in zip(at[:-1], at[1:], strict=True):
            for step in range(1, 5):
                QTest.mouseMove(canvas, before + (then - before) * step / 4)
                settle(_STEP_S)
        QTest.mouseRelease(canvas, LEFT, PLAIN, at[-1])
        settle(0.15)
        if play.round is None or after(number):
            return


def play_a_game(play, best: dict[str, list[np.ndarray]], shoot: Callable[[str], None]) -> None:
    """Play a game of six drawings, and finish each after it is recognised."""
    play.play("game")
    while play.round is not None:
        settle(0.4)
        number = play.rounds.game.number
        strokes = best[play.round.word]

        def look(_stroke: int, number: int = number) -> bool:
            if number > 2 and play.round.guesses and play.round.state is RoundState.DRAWING:
                shoot("play")  # taken again and again: the last one before the recognition stays
            return False

        draw(play, strokes, look)
        if number == 5 and play.round is not None and play.round.state is RoundState.FINISHING:
            shoot("play-finish")
        current = play.round
        if current is not None and current.state is RoundState.DRAWING:
            wait(lambda current=current: current.state is not RoundState.DRAWING, "the end of a round")
        play.rounds.done()
        wait(lambda number=number: play.round is None or play.rounds.game.number > number, "the next word")
    wait(lambda: play.end_screen.isVisible(), "the last page")


def zen(play, best: dict[str, list[np.ndarray]], shoot: Callable[[str], None]) -> None:
    play.play("zen")
    settle(0.3)
    draw(play, best["sailboat"])
    settle(0.5)
    shoot("play-zen")
    play.rounds.done()
    play.rounds.leave()


def duel(play, best: dict[str, list[np.ndarray]], shoot: Callable[[str], None]) -> None:
    play.play("duel")
    wait(lambda: not play.sketching.busy, "the network's drawing")
    draw(play, best[play.round.word])
    settle(1.0)
    shoot("play-duel")
    play.rounds.leave()
