from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdesk.game.record import RoundState, new_key_id, timestamp_text
from qdesk.game.round import Round, Rule
from tests.helpers.clock import Clock


def started(clock: Clock, word: str = "bird", **settings: object) -> Round:
    one = Round(word, clock=clock, **settings)
    one.start()
    return one


def draw(one: Round, clock: Clock, *points: tuple[float, float], step: float = 10) -> None:
    one.press(*points[0])
    for point in points[1:]:
        clock.now += step
        one.move(*point)
    one.release()


def test_the_clock_stands_until_the_word_is_accepted(clock: Clock) -> None:
    one = Round("bird", clock=clock)
    clock.now += 60_000
    assert (one.tick(), one.remaining_ms) == (RoundState.READY, 20_000)
    one.press(1, 1)
    assert one.points == 0
    one.start()
    clock.now += 1_500
    assert (one.tick(), one.remaining_ms) == (RoundState.DRAWING, 18_500)
    one.start()
    assert one.remaining_ms == 18_500


def test_points_carry_their_times_since_the_start(clock: Clock) -> None:
    one = started(clock)
    clock.now += 100
    draw(one, clock, (1, 2), (3, 4), (5, 6))
    clock.now += 300
    draw(one, clock, (7, 8))
    one.skip()
    record = one.record()
    assert [stroke.tolist() for stroke in record.strokes] == [[[1, 2], [3, 4], [5, 6]], [[7, 8]]]
    assert [times.tolist() for times in record.times] == [[100, 110, 120], [420]]
    assert record.strokes[0].dtype == record.times[0].dtype == np.float32


def test_the_time_of_an_event_counts_and_not_when_it_was_handled(clock: Clock) -> None:
    one = started(clock)
    clock.now += 500
    for t in (100, 150, 200):
        (one.press if t == 100 else one.move)(t, t, clock.now - 500 + t)
    assert [t.tolist() for t in ended(one).times] == [[100, 150, 200]]


def ended(one: Round):
    one.skip()
    return one.record()


def test_times_never_go_back(clock: Clock) -> None:
    one = started(clock)
    begin = clock.now
    one.press(0, 0, begin - 50)
    for t in (30, 10, 40, 35):
        one.move(t, t, begin + t)
    one.release()
    one.press(9, 9, begin + 5)
    assert [t.tolist() for t in ended(one).times] == [[0, 30, 30, 40, 40], [40]]


def test_time_up_closes_the_stroke_and_ends_everything(clock: Clock) -> None:
    one = started(clock)
    one.press(0, 0)
    clock.now += 19_999
    one.move(1, 1)
    assert one.tick() is RoundState.DRAWING and one.pen_down
    clock.now += 1
    assert one.tick() is RoundState.TIME_UP and not one.pen_down
    one.move(2, 2)
    one.press(3, 3)
    one.clear()
    one.skip()
    assert one.guess([("bird", 1.0)]) is RoundState.TIME_UP
    record = one.record()
    assert (record.points, record.ended_ms, record.recognised_ms) == (2, 20_000, None)
    assert not record.recognised


@pytest.mark.parametrize("name", ["skip", "finish", "clear", "undo"])
def test_what_was_due_happens_before_a_late_action(clock: Clock, name: str) -> None:
    late, seen = started(clock), started(clock)
    for one in (late, seen):
        one.press(0, 0)
    seen.guess([("bird", 0.3)])
    clock.now += 30_000  # the window stood still
    for one in (late, seen):
        getattr(one, name)()
    assert (late.state, late.record().ended_ms, late.points) == (RoundState.TIME_UP, 20_000, 1)
    assert (seen.state, seen.recognised_ms, seen.points) == (RoundState.RECOGNISED, 600, 1)


def test_an_empty_drawing_without_a_word_is_not_done(clock: Clock) -> None:
    one = Round("", clock=clock, limit_ms=math.inf)
    one.start()
    one.finish()
    assert one.state is RoundState.DRAWING
    one.press(1, 1)
    one.finish()
    assert one.state is RoundState.DONE


def test_an_event_after_the_limit_ends_the_round_even_before_a_tick(clock: Clock) -> None:
    one = started(clock)
    one.press(0, 0)
    one.move(1, 1, clock.now + 20_000)
    assert one.state is RoundState.TIME_UP and one.points == 1


def test_a_round_without_ink_can_end(clock: Clock) -> None:
    one = started(clock)
    clock.now += 30_000
    one.tick()
    record = one.record()
    assert (record.strokes, record.points, record.state, record.ended_ms) == ((), 0, RoundState.TIME_UP, 20_000)


def test_an_unfinished_round_has_no_record(clock: Clock) -> None:
    with pytest.raises(ValueError, match="not ended"):
        started(clock).record()


def test_ten_thousand_points(clock: Clock) -> None:
    one = started(clock)
    draw(one, clock, *[(i % 700, i % 300) for i in range(10_000)], step=1)
    record = ended(one)
    assert record.points == 10_000
    assert np.array_equal(record.times[0], np.arange(10_000))


def test_a_second_finger_is_ignored_while_the_first_is_down(clock: Clock) -> None:
    one = started(clock)
    one.press(0, 0, pointer=1)
    one.press(50, 50, pointer=2)
    one.move(60, 60, pointer=2)
    one.release(pointer=2)
    one.move(1, 1, pointer=1)
    one.release(pointer=1)
    one.press(9, 9, pointer=2)
    assert [stroke.tolist() for stroke in one.strokes()] == [[[0, 0], [1, 1]], [[9, 9]]]


def test_a_lost_release_ends_the_stroke_at_the_next_press(clock: Clock) -> None:
    one = started(clock)
    one.press(0, 0)
    one.press(5, 5)
    one.release()
    one.release()
    one.move(6, 6)
    assert [stroke.tolist() for stroke in one.strokes()] == [[[0, 0]], [[5, 5]]]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_point_that_is_not_finite_is_ignored(clock: Clock, bad: float) -> None:
    one = started(clock)
    one.press(bad, 0)
    one.press(0, 0)
    one.move(1, bad)
    assert one.points == 1


def test_clear_empties_the_canvas_and_the_clock_runs_on(clock: Clock) -> None:
    one = started(clock)
    one.press(0, 0)
    clock.now += 1_000
    one.clear()
    one.move(1, 1)
    assert one.points == 0 and one.remaining_ms == 19_000
    draw(one, clock, (4, 4))
    assert ended(one).times[0].tolist() == [1_000]


def test_undo_takes_back_stroke_after_stroke_and_what_stays_keeps_its_times(clock: Clock) -> None:
    one = started(clock)
    draw(one, clock, (0, 0), (9, 9))
    before = [stroke.tolist() for stroke in one.strokes()]
    one.guess([("owl", 0.9)])
    clock.now += 1_000
    draw(one, clock, (5, 5), (6, 6))
    assert one.undo() and one.guesses == ()
    assert [stroke.tolist() for stroke in one.strokes()] == before
    clock.now += 1_000
    draw(one, clock, (7, 7), (8, 8))
    record = ended(one)
    assert [times.tolist() for times in record.times] == [[0, 10], [2_020, 2_030]]
    assert [guess.top for guess in record.guesses] == [(("owl", 0.9),), ()]


def test_undo_brings_back_what_was_cleared_after_what_was_drawn_since(clock: Clock) -> None:
    one = started(clock, given=[np.array([[1, 1], [2, 2]])])
    draw(one, clock, (0, 0), (9, 9))
    draw(one, clock, (3, 3))
    one.clear()
    one.clear()  # of nothing: no step of its own
    draw(one, clock, (5, 5))
    left = []
    while one.undo():
        left.append([len(stroke) for stroke in one.strokes()])
    assert left == [[2], [2, 2, 1], [2, 2], [2]]  # the given one stays


def test_undo_takes_the_stroke_that_is_drawn_and_the_pen_has_to_come_down_anew(clock: Clock) -> None:
    one = started(clock)
    one.press(0, 0)
    assert one.undo() and not one.pen_down
    one.move(1, 1)
    assert one.points == 0 and not one.undo()


def test_of_a_recognised_drawing_only_the_finish_is_undone(clock: Clock) -> None:
    one = started(clock, finish_ms=2_500)
    draw(one, clock, (0, 0), (9, 9))
    clock.now += 100
    assert one.guess([("bird", 0.9)]) is RoundState.FINISHING
    assert not one.undo() and one.points == 2
    clock.now += 100
    draw(one, clock, (5, 5))
    assert one.undo() and not one.undo() and one.points == 2
    clock.now += 60_000
    assert one.tick() is RoundState.FINISHING  # the player ends it


def test_how_much_of_the_wait_is_over_until_the_pen_moves(clock: Clock) -> None:
    one = started(clock, finish_ms=2_000)
    draw(one, clock, (0, 0), (9, 9))
    one.stir()  # the word is not recognised yet
    one.guess([("bird", 0.9)])
    clock.now += 500
    assert one.finishing == 0.25
    one.stir()
    clock.now += 60_000
    assert one.tick() is RoundState.FINISHING and one.finishing == 0
    one.finish()
    assert one.state is RoundState.RECOGNISED and one.record().ended_ms == 10  # when the last point was drawn


# Recognised


def test_a_sure_guess_wins_at_once(clock: Clock) -> None:
    one = started(clock)
    draw(one, clock, (0, 0), (9, 9))
    clock.now += 1_000
    assert one.guess([("bird", 0.5), ("owl", 0.2)]) is RoundState.RECOGNISED
    record = one.record()
    assert record.recognised and record.recognised_ms == record.ended_ms == 1_010


@pytest.mark.parametrize("top", [[("owl", 0.9), ("bird", 0.1)], [("bird", 0.19)], []])
def test_the_wrong_word_or_a_weak_guess_never_wins(clock: Clock, top: list[tuple[str, float]]) -> None:
    one = started(clock)
    draw(one, clock, (0, 0), (9, 9))
    for _ in range(10):
        assert one.guess(top) is RoundState.DRAWING
        clock.now += 500


def test_a_likely_guess_wins_when_it_holds(clock: Clock) -> None:
    one = started(clock, rule=Rule(sure=0.5, likely=0.2, hold_ms=600))
    draw(one, clock, (0, 0), (9, 9))
    one.guess([("bird", 0.3)])
    clock.now += 400
    one.guess([("owl", 0.3), ("bird", 0.29)])  # a break: the holding begins anew
    clock.now += 400
    one.guess([("bird", 0.3)])
    clock.now += 599
    assert one.tick() is RoundState.DRAWING
    clock.now += 100  # a late tick does not make it later than it was
    assert one.tick() is RoundState.RECOGNISED
    assert one.record().recognised_ms == 10 + 800 + 600


def test_a_clear_breaks_the_holding(clock: Clock) -> None:
    one = started(clock)
    draw(one, clock, (0, 0))
    one.guess([("bird", 0.3)])
    one.clear()
    clock.now += 5_000
    assert one.tick() is RoundState.DRAWING


def test_nothing_is_recognised_on_an_empty_canvas(clock: Clock) -> None:
    one = started(clock)
    assert one.guess([("bird", 1.0)]) is RoundState.DRAWING
    assert one.guesses == ()


def test_a_guess_that_held_just_before_the_end_wins_although_the_tick_came_late(clock: Clock) -> None:
    one = started(clock, rule=Rule(hold_ms=600))
    draw(one, clock, (0, 0), step=0)
    clock.now += 19_300
    one.guess([("bird", 0.3)])
    clock.now += 5_000
    assert one.tick() is RoundState.RECOGNISED
    assert one.record().recognised_ms == 19_900


def test_the_record_keeps_the_guesses_whenever_they_changed(clock: Clock) -> None:
    one = started(clock)
    draw(one, clock, (0, 0), step=0)
    for p in (0.1, 0.1, 0.2):
        clock.now += 100
        one.guess([("owl", p), ("bird", 0.05), ("cat", 0.04), ("dog", 0.03)])
    kept = ended(one).guesses
    assert [(guess.at_ms, guess.top[0]) for guess in kept] == [(100, ("owl", 0.1)), (300, ("owl", 0.2))]
    assert len(kept[0].top) == 3


@given(
    events=st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "press",
                    "move",
                    "release",
                    "clear",
                    "undo",
                    "tick",
                    "guess",
                    "start",
                    "accept",
                    "finish",
                    "skip",
                    "give",
                ]
            ),
            st.floats(-500, 40_000),
            st.integers(0, 2),
        ),
        max_size=60,
    ),
    countdown_ms=st.sampled_from([0.0, 2_100.0]),
    finish_ms=st.sampled_from([0.0, 2_500.0]),
    word=st.sampled_from(["bird", ""]),
)
def test_states_times_and_points_are_consistent_after_any_events(
    events: list[tuple[str, float, int]], countdown_ms: float, finish_ms: float, word: str
) -> None:
    clock = Clock(0.0)
    one = Round(word, clock=clock, countdown_ms=countdown_ms, finish_ms=finish_ms)
    order = list(RoundState)
    for name, t, pointer in events:
        was, points, seen = one.state, one.points, one.recognised_ms
        if name in ("press", "move"):
            getattr(one, name)(t, 1, t, pointer)
        elif name == "release":
            one.release(pointer)
        elif name == "guess":
            one.guess([("bird", (t % 100) / 100)])
        elif name == "give":
            one.give([np.full((pointer, 2), t)])
        else:
            getattr(one, name)()
        clock.now = max(clock.now, t)
        assert one.state is was if was.ended else order.index(one.state) >= order.index(was)  # never back
        assert seen is None or one.recognised_ms == seen
        assert one.points >= points or (name in ("clear", "undo") and was.inking)
        assert 0 <= one.remaining_ms <= 20_000 and 0 <= one.count <= 3
    one.start()
    clock.now += 100_000
    one.tick()
    one.finish()
    assert one.tick().ended and not one.pen_down
    record = one.record()
    assert [len(s) for s in record.strokes] == [len(t) for t in record.times]
    times = np.concatenate([[0.0], *record.times])
    assert (np.diff(times) >= 0).all() and times[-1] <= record.ended_ms + 1e-2
    assert record.recognised == (record.recognised_ms is not None)
    assert (record.recognised_ms or record.ended_ms) <= min(20_000.01, record.ended_ms)


# Names and times


def test_key_ids_look_like_the_official_ones_and_never_repeat() -> None:
    keys = [new_key_id() for _ in range(5_000)]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys)
    assert all(len(key) == 16 and key.isdecimal() for key in keys)


def test_timestamps_are_utc_as_quick_draw_writes_them() -> None:
    moment = datetime(2026, 3, 3, 1, 25, 10, 74_531, tzinfo=timezone(timedelta(hours=2)))
    assert timestamp_text(moment) == "2026-03-02 23:25:10.07453 UTC"
    assert timestamp_text(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01 00:00:00.00000 UTC"


def test_the_timestamp_is_when_the_round_began(clock: Clock) -> None:
    moments = iter([datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)])
    one = started(clock, now=lambda: next(moments))
    assert ended(one).timestamp.startswith("2026-01-01")
