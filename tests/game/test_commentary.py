from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from qdesk.game import commentary
from qdesk.game.commentary import GAP_MS, HOLD_MS, LOOK_MS, OTHER_MS, QUIET_MS, REMARKS, Commentator, Remark, seen

Top = Sequence[tuple[str, float]]
STEP_MS = 25


def listen(made: Commentator, until_ms: float, top: Callable[[float], Top], from_ms: float = 0) -> list[Remark]:
    """What is said from one time to another, while the network sees `top` of the time."""
    times = range(int(from_ms), int(until_ms), STEP_MS)
    return [said for at in times if (said := made.hear(at, top(at)))]


def sees(*words: str, p: float = 0.3) -> Callable[[float], Top]:
    """The same all the time, the first word the most probable."""
    return lambda _: [(word, p / k) for k, word in enumerate(words, 1)]


def in_turn(*words: str, each_ms: float) -> Callable[[float], Top]:
    """One word after the other, again and again."""
    return lambda at: [(words[int(at // each_ms) % len(words)], 0.3)]


def test_the_first_guess_comes_within_a_second_and_is_one_with_an_article() -> None:
    made = Commentator("flamingo", random.Random(0))
    (first,) = listen(made, 1000, sees("owl"))
    assert first.word == "owl" and "an owl" in first.text and LOOK_MS <= first.at_ms < 1000
    assert made.said == (first,)


def test_the_time_counts_from_the_first_ink() -> None:
    made = Commentator("flamingo")
    said = listen(made, 9000, lambda at: [("owl", 0.3)] if at >= 5000 else ())
    assert [one.word for one in said][:1] == ["owl"] and 5000 + LOOK_MS <= said[0].at_ms < 6000


def test_a_guess_that_does_not_hold_is_not_said() -> None:
    made = Commentator("flamingo")
    listen(made, 1000, sees("owl"))
    assert not listen(made, 4000, in_turn("bird", "cat", each_ms=HOLD_MS - 2 * STEP_MS), 1000)
    (late,) = listen(made, 4500, sees("bird"), 4000)
    assert late.word == "bird" and late.at_ms >= 4000 + HOLD_MS


def test_an_improbable_guess_is_not_said() -> None:
    assert not listen(Commentator("flamingo"), QUIET_MS - 1000, sees("owl", "bird", p=0.04))


def test_no_word_is_said_twice_and_never_too_much_at_once() -> None:
    made = Commentator("flamingo")
    said = listen(made, 60_000, in_turn("owl", "hot air balloon", "cat", each_ms=1000))
    guesses = [one.word for one in said if one.word]
    assert sorted(guesses) == ["cat", "hot air balloon", "owl"]
    assert all(after.at_ms - one.at_ms >= GAP_MS for one, after in pairwise(said))


def test_a_long_word_has_the_time_to_be_spoken() -> None:
    def gap(first: str) -> float:
        said = listen(Commentator("flamingo"), 9000, lambda at: [(first if at < 1000 else "cat", 0.3)])
        return said[1].at_ms - said[0].at_ms

    assert gap("the great wall of china") > gap("animal migration") > gap("owl")


def test_the_word_of_the_round_is_said_once_it_is_recognised_and_not_before() -> None:
    made = Commentator("flamingo")
    listen(made, 9000, sees("flamingo", "bird", "cat"))
    assert [one.word for one in made.said] == ["bird", ""]  # the second guess, and a remark
    known = made.recognised(9000)
    assert known == Remark(9000, "I know: it’s a flamingo!", "flamingo", sure=True) and made.said[-1] == known
    assert not listen(made, 20_000, sees("owl"), 9000)


def test_a_guess_that_stays_gets_an_alternative_after_a_while() -> None:
    made = Commentator("flamingo")
    first, other = listen(made, 5000, sees("owl", "bird"))
    assert (first.word, other.word) == ("owl", "bird") and other.at_ms - first.at_ms >= OTHER_MS


def test_remarks_are_rare_and_name_nothing() -> None:
    made = Commentator("flamingo")
    said = listen(made, 60_000, sees("owl"))
    assert [one.word for one in said] == ["owl"] + [""] * REMARKS
    assert all(after.at_ms - one.at_ms >= QUIET_MS for one, after in pairwise(said))
    assert not any("flamingo" in one.text or "owl" in one.text for one in said[1:])


def test_nothing_is_said_about_an_empty_canvas() -> None:
    assert not listen(Commentator("flamingo"), 20_000, lambda _: ())


def test_after_clearing_the_times_begin_anew_and_said_words_stay_said() -> None:
    made = Commentator("flamingo")
    listen(made, 1000, sees("owl"))
    made.cleared(1000)
    assert made.hear(1025, ()) is None
    (said,) = listen(made, 2200, sees("bird"), 1050)
    assert said.word == "bird" and said.at_ms >= 1050 + LOOK_MS and said.text[0].isupper()
    assert not listen(made, 4000, sees("owl"), 2200)  # it was said before


@pytest.mark.parametrize(
    ("p", "text"), [(0.9, "I see an owl."), (0.3, "Maybe an owl…"), (0.05, "I cannot tell. It could be an owl…")]
)
def test_what_is_seen_is_said_as_surely_as_it_is(p: float, text: str) -> None:
    assert (seen([("owl", p), ("cat", 0.04)]).text, seen([("owl", p)]).word) == (text, "owl")


def test_without_a_word_a_cleared_canvas_is_another_drawing() -> None:
    made = Commentator("")
    listen(made, 1000, sees("owl"))
    made.cleared(1000)
    assert [one.word for one in listen(made, 3000, sees("owl"), 1000)] == ["owl"]


def test_guesses_in_a_row_are_one_sentence() -> None:
    made = Commentator("flamingo", random.Random(3))
    said = listen(made, 4000, lambda at: [(("owl", "bird", "cat")[min(int(at // 1300), 2)], 0.3)])
    assert len(said) == 3
    for one, after in pairwise(said):
        assert after.text[0].islower() == one.text.endswith("…")


@pytest.mark.parametrize("seed", range(5))
def test_no_opening_comes_twice_in_a_row_over_rounds(seed: int) -> None:
    openings = [commentary._OPENINGS, commentary._ANOTHER, commentary._REMARKS, commentary._GIVES_UP]
    known = [(text.split("{}")[0].lower(), text) for texts in openings for text in texts]
    rng, heard = random.Random(seed), []
    for _ in range(40):
        made = Commentator("flamingo", rng)
        listen(made, 12_000, in_turn("owl", "bird", "cat", each_ms=1500))
        made.time_up(12_000)
        heard += made.said
    began = [max((start, text) for start, text in known if one.text.lower().startswith(start))[1] for one in heard]
    assert all(one != after for one, after in pairwise(began)) and len(set(began)) > 15


def test_which_words_are_said_does_not_depend_on_how() -> None:
    def words(seed: int) -> list[tuple[float, str]]:
        said = listen(Commentator("flamingo", random.Random(seed)), 20_000, in_turn("owl", "bird", "cat", each_ms=700))
        return [(one.at_ms, one.word) for one in said]

    assert words(0) == words(1) == words(2)


def test_time_up_ends_it_and_names_no_word() -> None:
    made = Commentator("flamingo")
    said = made.time_up(20_000)
    assert said.text.startswith("Time’s up") and not said.word and not said.sure and "flamingo" not in said.text
    assert not listen(made, 30_000, sees("owl"), 20_000)
