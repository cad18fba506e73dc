from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.game.modes import LIMIT_MS
from qdesk.game.opponent import FIRST_MS, LEAST, MOST, POINT_MS, STRENGTHS, Sketcher, paced
from qdesk.game.replay import guess_many, replay
from qdesk.game.round import Rule

SQUARE = np.array([[0, 0], [255, 0], [255, 255], [0, 255], [0, 0]], np.float32)
DOT = np.array([[128, 128]], np.float32)


@pytest.fixture(scope="module")
def sketcher() -> Sketcher:
    if not all(paths.model(f"{name}.safetensors").exists() for name in ("sketchrnn", "classifier")):
        pytest.skip("the shipped weights are not here")
    return Sketcher()


def ink(strokes: list[np.ndarray]) -> float:
    return float(sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in strokes))


def begins(part: list[np.ndarray], whole: list[np.ndarray]) -> bool:
    """Whether `part` is the first of `whole`, but for the point that its last stroke is cut at."""
    known = np.concatenate(part)[:-1]
    return [len(stroke) for stroke in part[:-1]] == [len(stroke) for stroke in whole[: len(part) - 1]] and (
        np.array_equal(known, np.concatenate(whole)[: len(known)])
    )


def test_importing_it_does_not_load_torch() -> None:
    code = "import qdesk.game.opponent, sys; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"


# The pace, without a network


def test_a_stroke_takes_as_long_as_people_take() -> None:
    took, waited, first = [], [], []
    for seed in range(400):
        _, (stroke, dot) = paced([SQUARE, DOT], np.random.default_rng(seed))
        first.append(stroke[0])
        took.append(stroke[-1] - stroke[0])
        waited.append(dot[0] - stroke[-1])
    assert np.median(first) == pytest.approx(FIRST_MS, rel=0.1)
    assert np.median(took) == pytest.approx(18.9 * 1025**0.72, rel=0.15)
    assert np.median(waited) == pytest.approx(43.7 * (128 * 2**0.5 + 30) ** 0.5, rel=0.15)
    assert np.std(np.log(took)) > 0.4


def test_the_pen_moves_on_between_the_corners_and_touches_each() -> None:
    (stroke,), (times,) = paced([SQUARE], np.random.default_rng(0))
    assert (np.diff(times) > 0).all() and np.diff(times).max() <= POINT_MS + 0.01
    assert all((stroke == corner).all(axis=1).any() for corner in SQUARE)
    speed = np.hypot(*np.diff(stroke, axis=0).T) / np.diff(times)
    assert speed == pytest.approx(np.median(speed), rel=0.05)


def test_half_the_pace_takes_twice_as_long_but_begins_no_later() -> None:
    one, two = (paced([SQUARE, DOT], np.random.default_rng(3), pace)[1] for pace in (0.5, 1.0))
    assert one[0][0] == two[0][0]
    assert two[1][-1] - two[0][0] == pytest.approx(2 * (one[1][-1] - one[0][0]), rel=1e-3)


def test_nothing_is_drawn_after_the_time_is_up() -> None:
    strokes, times = paced([SQUARE] * 20, np.random.default_rng(0))
    assert 2 < len(strokes) == len(times) < 20
    assert all(len(stroke) == len(ms) for stroke, ms in zip(strokes, times, strict=True))
    assert LIMIT_MS - 2000 < np.concatenate(times).max() < LIMIT_MS


# The networks

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("word", ["flamingo", "bicycle", "The Eiffel Tower", "cat"])
def test_a_beginning_is_not_recognised_but_the_whole_drawing_is(sketcher: Sketcher, word: str) -> None:
    part, wholes = sketcher.begin(word, seed=4), sketcher.draw(word, 12, seed=4)
    column = sketcher.guesser.words.index(word)
    assert guess_many(sketcher.guesser, [part])[0, column] < Rule.likely / 2
    (whole,) = [strokes for strokes in wholes if begins(part, strokes)]
    assert guess_many(sketcher.guesser, [whole])[0, column] >= Rule.sure
    assert LEAST - 0.01 <= ink(part) / ink(whole) <= MOST + 0.01
    assert ink(part) > 60 and sum(map(len, part)) >= 3


@pytest.mark.parametrize("word", ["line", "circle", "zigzag", "square"])
def test_a_simple_drawing_is_cut_until_it_is_not_recognised(sketcher: Sketcher, word: str) -> None:
    part = sketcher.begin(word, seed=1)
    seen = guess_many(sketcher.guesser, [part])[0]
    assert part and seen[sketcher.guesser.words.index(word)] < Rule.likely


def test_a_seed_repeats_a_drawing_and_without_one_drawings_differ(sketcher: Sketcher) -> None:
    def flat(strokes: list[np.ndarray]) -> bytes:
        return b"".join(stroke.tobytes() for stroke in strokes)

    assert flat(sketcher.begin("house", seed=9)) == flat(sketcher.begin("house", seed=9))
    assert len({flat(sketcher.begin("house")) for _ in range(3)}) > 1
    one, two = (sketcher.rival("house", "mixed", seed=9) for _ in range(2))
    assert flat(one.strokes) == flat(two.strokes) and flat(one.times) == flat(two.times)
    assert (one.recognised_ms, one.p) == (two.recognised_ms, two.p)


def test_drawings_lie_in_the_middle_of_the_box(sketcher: Sketcher) -> None:
    for strokes in sketcher.draw("key", 4, seed=0):
        points = np.concatenate(strokes)
        low, high = points.min(axis=0), points.max(axis=0)
        assert points.dtype == np.float32 and (low >= 0).all() and (high <= 255).all()
        assert (high - low).max() == 255 and np.abs(low + high - 255).max() <= 1


@pytest.mark.parametrize("difficulty", [*STRENGTHS, "mixed"])
def test_a_rival_is_recognised_as_the_round_would(sketcher: Sketcher, difficulty: str) -> None:
    rival = sketcher.rival("octopus", difficulty, seed=2)
    times = np.concatenate(rival.times)
    assert times[0] > 0 and (np.diff(times) >= 0).all() and times[-1] < LIMIT_MS
    assert [len(stroke) for stroke in rival.strokes] == [len(ms) for ms in rival.times]
    guesser = sketcher.guesser
    played = replay(rival.strokes, rival.times, "octopus", guesser.guess_strokes, guesser.words)
    assert (rival.recognised_ms is None) == (played.recognised_ms is None)
    if played.recognised_ms is not None:
        assert rival.recognised_ms == pytest.approx(times[0] + played.recognised_ms)
    assert rival.p == pytest.approx(guesser.guess_strokes(rival.strokes)[guesser.words.index("octopus")], abs=1e-3)


def test_a_hard_rival_is_recognised_more_often_and_sooner_than_an_easy_one(sketcher: Sketcher) -> None:
    words = ("house", "airplane", "castle", "guitar", "tree", "snail")
    ends = {
        name: [sketcher.rival(word, name, seed).recognised_ms or LIMIT_MS for seed, word in enumerate(words)]
        for name in ("easy", "hard")
    }
    assert np.mean(ends["hard"]) < np.mean(ends["easy"]) - 1000


def test_guided_drawings_are_recognised_more_often(sketcher: Sketcher) -> None:
    from qdesk.nets.sampling import sample

    classes = np.arange(0, 345, 8)
    columns = [sketcher.guesser.words.index(sketcher.words[row]) for row in classes]
    plain, guided = (
        guess_many(sketcher.guesser, sample(sketcher.network, classes, 0.3, 1, 80, guide))[range(len(columns)), columns]
        for guide in (0.0, 4.0)
    )
    assert guided.mean() > 1.3 * plain.mean()
    again = sample(sketcher.network, classes[:2], 0.3, 1, 80, 4.0)
    same = sample(sketcher.network, classes[:2], 0.3, 1, 80, 4.0)
    assert Drawings.from_strokes(again).content_ids().tolist() == Drawings.from_strokes(same).content_ids().tolist()


def test_unknown_words_and_difficulties_are_refused(sketcher: Sketcher) -> None:
    for ask in (sketcher.begin, sketcher.rival, sketcher.draw):
        with pytest.raises(ValueError, match="cannot draw unicorn"):
            ask("unicorn")
    with pytest.raises(ValueError, match="easy, medium, hard or mixed, not fierce"):
        sketcher.rival("cat", "fierce")
