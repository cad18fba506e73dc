from __future__ import annotations

import numpy as np

from qdesk.game.guess_scheduler import SHOWN_GUESSES, GuessScheduler, top_guesses

DOT, LINE = [np.zeros((1, 2))], [np.zeros((2, 2))]


def test_the_newest_ink_is_shown_as_soon_as_the_network_is_free() -> None:
    asker = GuessScheduler()
    assert asker.ask() is None
    asker.look(lambda: DOT)
    first = asker.ask()
    assert first is not None and first.strokes is DOT
    asker.look(lambda: DOT)
    asker.look(lambda: LINE)
    assert asker.ask() is None  # busy
    assert asker.answered(first)
    second = asker.ask()
    assert second is not None and second.strokes is LINE
    assert asker.answered(second) and asker.ask() is None  # nothing new


def test_an_answer_about_what_was_wiped_does_not_count() -> None:
    asker = GuessScheduler()
    asker.look(lambda: DOT)
    question = asker.ask()
    asker.look(lambda: LINE)
    asker.new_drawing()
    assert question is not None and not asker.answered(question)
    assert asker.ask() is None


def test_an_empty_canvas_is_no_question_and_a_failure_frees_the_network() -> None:
    asker = GuessScheduler()
    asker.look(list)
    assert asker.ask() is None
    asker.look(lambda: DOT)
    assert asker.ask() is not None
    asker.failed()
    asker.look(lambda: DOT)
    assert asker.ask() is not None


def test_a_round_is_told_the_most_probable_words() -> None:
    probabilities = np.array([0.1, 0.4, 0.0, 0.2, *[0.01] * 6], np.float32)
    told = [word for word, _ in top_guesses(probabilities, list("abcdefghij"))]
    assert told[:3] == ["b", "d", "a"] and len(told) == SHOWN_GUESSES and "c" not in told
