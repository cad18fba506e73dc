"""Real recorded drawings played through a round, faster than real time, and everything that can go wrong on the way."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qdesk.data.drawings import Drawing
from qdesk.formats import open_drawings
from qdesk.game.history import as_drawings
from qdesk.game.modes import LIMIT_MS
from qdesk.game.record import RoundState
from qdesk.game.round import COUNTDOWN_MS, FINISH_MS, Round
from tests.helpers.clock import Clock

WORDS = ("flamingo", "cat", "line", "The Eiffel Tower", "bicycle", "snowman")


@pytest.fixture(scope="module")
def recorded(reference_data: Path) -> list[Drawing]:
    found: list[Drawing] = []
    for word in WORDS:
        drawings = open_drawings(str(reference_data / "raw" / f"{word}.ndjson.gz")).drawings
        found += [drawings[row] for row in range(len(drawings))]
    assert len(found) > 50
    return found


def moments(one: Drawing) -> Iterator[tuple[float, int, tuple[float, float]]]:
    """(ms since the first point, 0 at the beginning of a stroke, place) of every point, times that never go back."""
    last = 0.0
    for stroke, times in zip(one.strokes, one.times, strict=True):
        for number, (place, t) in enumerate(zip(stroke.tolist(), times.tolist(), strict=True)):
            last = max(last, t - one.times[0][0])
            yield last, number, tuple(place)


def play(one: Drawing, clock: Clock, **settings: object) -> Round:
    """The drawing as it was drawn, with a tick every frame; the round is left where the last point left it."""
    current = Round(one.word, clock=clock, **settings)
    current.start()
    began = clock.now
    for ms, number, place in moments(one):
        while clock.now + 16 < began + ms:
            clock.now += 16
            current.tick()
        clock.now = began + ms
        if number == 0:
            current.release()
            current.press(*place)
        else:
            current.move(*place)
    current.release()
    return current


def test_every_point_drawn_in_time_is_kept_where_and_when_it_was_drawn(recorded: list[Drawing], clock: Clock) -> None:
    for one in recorded:
        current = play(one, clock)
        clock.now += LIMIT_MS
        assert current.tick() is RoundState.TIME_UP
        record = current.record()
        expected = [(ms, place) for ms, _, place in moments(one) if ms < LIMIT_MS]
        assert record.points == len(expected)
        assert np.concatenate(record.times) == pytest.approx([ms for ms, _ in expected], abs=0.01)
        assert np.concatenate(record.strokes).tolist() == [list(place) for _, place in expected]
        assert record.ended_ms == LIMIT_MS and record.recognised_ms is None


def test_a_window_that_stands_still_loses_no_point_and_wins_no_time(recorded: list[Drawing], clock: Clock) -> None:
    """All events come at the end of one long stall, each with the moment it happened."""
    for one in recorded:
        current = Round(one.word, clock=clock)
        current.start()
        began = clock.now
        clock.now += 3 * LIMIT_MS
        for ms, number, place in moments(one):
            if number == 0:
                current.release()
            (current.press if number == 0 else current.move)(*place, began + ms)
        in_time = sum(ms < LIMIT_MS for ms, _, _ in moments(one))
        assert current.guess([(one.word, 1.0)]) is RoundState.TIME_UP  # too late, whatever it sees
        assert current.record().points == in_time


def test_a_recognised_drawing_may_be_finished_and_both_times_are_kept(recorded: list[Drawing], clock: Clock) -> None:
    rng = random.Random(4)
    for one in recorded:
        at = [ms for ms, _, _ in moments(one)]
        seen_at = rng.uniform(0, min(at[-1], LIMIT_MS - 1))
        current = Round(one.word, clock=clock, finish_ms=FINISH_MS)
        current.start()
        began, asked = clock.now, False
        for ms, number, place in moments(one):
            if not asked and ms > seen_at:
                clock.now, asked = began + seen_at, True
                assert current.guess([(one.word, 0.7)]) is RoundState.FINISHING
                # Nobody waits longer than this in the middle of a drawing that is being finished.
                current.press(*place)
            clock.now = began + ms
            if number == 0:
                current.release()
            (current.press if number == 0 else current.move)(*place)
        if not asked:
            current.guess([(one.word, 0.7)])
        current.finish()
        record = current.record()
        assert record.recognised and record.recognised_ms <= min(LIMIT_MS, record.ended_ms)
        assert record.ended_ms == pytest.approx(max(record.recognised_ms, record.times[-1][-1]), abs=0.01)
        assert record.points >= one.points - (not asked) and clock.now >= began + record.ended_ms - 1
        assert len(as_drawings([record])) == 1


def recognised(clock: Clock, **settings: object) -> Round:
    """A round recognised in the middle of its first stroke, 1,000 ms after its start."""
    one = Round("bird", clock=clock, finish_ms=FINISH_MS, **settings)
    one.start()
    one.press(0, 0)
    clock.now += 1_000
    one.move(5, 5)
    assert one.guess([("bird", 0.8)]) is RoundState.FINISHING
    return one


def test_the_stroke_under_the_pen_goes_on_when_the_word_is_recognised(clock: Clock) -> None:
    one = recognised(clock)
    clock.now += 30_000  # a stroke takes the time it takes
    one.move(6, 6)
    assert one.tick() is RoundState.FINISHING and one.remaining_ms == 19_000
    one.release()
    clock.now += FINISH_MS - 1
    assert one.tick() is RoundState.FINISHING
    clock.now += 1
    assert one.tick() is RoundState.RECOGNISED
    record = one.record()
    assert (record.recognised_ms, record.ended_ms, record.points) == (1_000, 31_000, 3)


def test_a_stroke_after_recognition_keeps_the_round_open_until_the_player_ends_it(clock: Clock) -> None:
    one = recognised(clock)
    one.release()
    clock.now += 2_000
    one.press(9, 9)
    one.release()
    clock.now += 600_000
    assert one.tick() is RoundState.FINISHING
    one.clear()
    assert one.points == 3  # it was recognised: it stays
    one.guess([("plane", 0.9)])
    assert one.tick() is RoundState.FINISHING
    one.skip()
    assert one.state is RoundState.RECOGNISED and one.record().recognised_ms == 1_000


def test_without_a_time_to_finish_the_round_ends_at_recognition(clock: Clock) -> None:
    one = Round("bird", clock=clock)
    one.start()
    one.press(0, 0)
    clock.now += 500
    assert one.guess([("bird", 0.8)]) is RoundState.RECOGNISED
    one.move(3, 3)
    assert one.record().points == 1


def test_the_clock_begins_when_the_countdown_was_due_to_end(clock: Clock) -> None:
    one = Round("bird", clock=clock, countdown_ms=COUNTDOWN_MS)
    assert one.count == 0
    one.accept()
    seen = []
    for _ in range(int(COUNTDOWN_MS // 100)):
        seen.append(one.count)
        assert one.tick() is RoundState.COUNTING and one.remaining_ms == LIMIT_MS
        one.press(1, 1)  # that a press begins at once is for the page to say
        clock.now += 100
    assert seen == [3] * 7 + [2] * 7 + [1] * 7 and one.points == 0
    clock.now += 5_000  # nobody looked for five seconds
    assert one.tick() is RoundState.DRAWING and one.remaining_ms == LIMIT_MS - 5_000


def test_start_skips_the_rest_of_the_countdown(clock: Clock) -> None:
    one = Round("bird", clock=clock, countdown_ms=COUNTDOWN_MS)
    one.accept()
    clock.now += 300
    one.start()
    one.press(1, 1)
    assert (one.state, one.points, one.remaining_ms) == (RoundState.DRAWING, 1, LIMIT_MS)


def test_given_strokes_stay_and_are_not_counted_as_the_players(clock: Clock) -> None:
    begun = [np.array([[10.0, 10], [20, 20]]), np.zeros((0, 2)), np.array([[30.0, 30]])]
    one = Round("bird", clock=clock, given=begun)
    one.start()
    assert one.guess([("bird", 0.99)]) is RoundState.DRAWING  # nobody has drawn anything yet
    one.press(1, 2)
    one.release()
    assert [stroke.tolist() for stroke in one.strokes()] == [[[10, 10], [20, 20]], [[30, 30]], [[1, 2]]]
    one.clear()
    one.give([])  # too late
    assert len(one.strokes()) == 2 and one.points == 0
    clock.now += 100
    one.press(3, 4)
    one.guess([("bird", 0.99)])
    record = one.record()
    assert (record.given, record.points, len(record.strokes)) == (2, 1, 3)
    assert [times.tolist() for times in record.times] == [[0, 0], [0], [100]]


def test_time_up_in_mid_stroke_cuts_the_stroke_there(clock: Clock) -> None:
    one = Round("bird", clock=clock, finish_ms=FINISH_MS)
    one.start()
    one.press(0, 0)
    for step in range(1, 30):
        clock.now += 1_000
        one.move(step, step)
    assert one.state is RoundState.TIME_UP and not one.pen_down
    assert one.record().times[0].tolist() == [1_000.0 * step for step in range(20)]


def test_two_fingers_draw_one_line_also_while_finishing(clock: Clock) -> None:
    one = recognised(clock)
    one.press(50, 50, pointer=7)
    one.move(60, 60, pointer=7)
    one.release(pointer=7)
    one.move(6, 6)
    one.release()
    assert [len(stroke) for stroke in one.strokes()] == [3]


@pytest.mark.parametrize("points", [0, 1, 10_000])
def test_a_record_has_all_points_whether_none_one_or_ten_thousand(points: int, clock: Clock) -> None:
    one = Round("bird", clock=clock)
    one.start()
    for number in range(points):
        (one.move if number else one.press)(number % 640, number // 640)
        clock.now += 1
    clock.now += LIMIT_MS
    assert one.tick() is RoundState.TIME_UP
    record = one.record()
    assert record.points == points and sum(map(len, record.times)) == points


def test_without_a_word_nothing_is_recognised_and_the_player_ends_it(clock: Clock) -> None:
    one = Round("", clock=clock, limit_ms=float("inf"))
    one.start()
    one.press(1, 1)
    clock.now += 3_600_000
    assert one.guess([("bird", 1.0)]) is RoundState.DRAWING and one.remaining_ms == float("inf")
    one.finish()
    record = one.record()
    assert (record.state, record.ended_ms, record.recognised) == (RoundState.DONE, 3_600_000, False)
