from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qdesk.data.drawings import Drawing, Drawings
from qdesk.game.record import RoundState
from qdesk.game.similar_drawings import SimilarDrawings
from qdesk.game.story import (
    MOMENTS,
    MOST_POINTS,
    Story,
    Usual,
    end_ms,
    loss_sentence,
    read_losses,
    strangest,
    tell,
    tell_with_losses,
    usual_losses,
)
from tests.helpers.networks import Stranger, StrokeCounter
from tests.helpers.records import line, record

WORDS = ("bird", "cat", "owl", "star")


def test_each_moment_shows_the_points_drawn_up_to_it():
    story = tell(record(500, 3000, 6000), StrokeCounter())
    assert story.at_ms[0] == 500 and story.at_ms[-1] == 9000  # two seconds of the wait after the last point
    assert (np.diff(story.at_ms) > 0).all()
    tops = [story.words[k] for k in story.probabilities.argmax(axis=1)]
    for at, top in zip(story.at_ms, tops, strict=True):
        assert top == ("bird" if at < 3000 else "cat" if at < 6000 else "owl")
    assert story.words[0] == "owl" and story.probabilities.shape == (len(story.at_ms), 4)


def test_a_very_long_scribble_has_fewer_moments():
    """The more ink, the longer each picture of it takes."""
    x = np.tile([0, 255], 100)

    def scribbled(sweeps: int) -> Story:
        stroke = np.stack([x[:sweeps], np.linspace(0, 255, sweeps)], axis=1).astype(np.float32)
        return tell(replace(record(0), strokes=(stroke,), times=(np.linspace(0, 9000, sweeps),)), StrokeCounter())

    few, many = (len(scribbled(sweeps).at_ms) for sweeps in (10, 200))
    assert few == MOMENTS and many == pytest.approx(1_000_000 / (200 * 255), abs=2)


def test_the_words_it_was_taken_for_are_in_order_and_without_gaps():
    story = tell(record(500, 3000, 6000), StrokeCounter())
    assert [one.word for one in story.taken_for] == ["bird", "cat", "owl"]
    assert story.taken_for[0].from_ms == 500 and story.taken_for[-1].to_ms == 9000
    assert all(one.to_ms == after.from_ms for one, after in zip(story.taken_for, story.taken_for[1:], strict=False))
    assert story.taken_for[1].from_ms == pytest.approx(3000, abs=100)


def test_a_flicker_is_left_out_and_parts_nothing():
    class Flickers(StrokeCounter):
        def probabilities(self, drawings: Drawings) -> np.ndarray:
            p = super().probabilities(drawings)
            if len(p) > 5:
                p[5] = (0.0, 0.0, 0.0, 0.9)
            return p

    story = tell(record(500, 3000), Flickers())
    assert [one.word for one in story.taken_for] == ["bird", "cat"]


def test_a_network_that_is_never_sure_takes_it_for_nothing():
    class Blind(StrokeCounter):
        def probabilities(self, drawings: Drawings) -> np.ndarray:
            return np.full((len(drawings), 4), 0.01, np.float32)

    story = tell(record(500), Blind())
    assert story.taken_for == () and len(story.at_ms) > 2


def test_the_recognition_is_one_of_the_moments_even_after_the_last_point():
    story = tell(record(500, state=RoundState.RECOGNISED, recognised_ms=2100.0, ended_ms=2100.0), StrokeCounter())
    assert 2100.0 in story.at_ms and story.at_ms[-1] == 2100.0 and story.recognised_ms == 2100.0


def test_what_the_network_began_is_there_from_the_start():
    given = record(7000, 3000, given=1, ended_ms=4000.0)  # whatever times it has
    story = tell(given, StrokeCounter())
    assert story.at_ms[0] == 0 and story.probabilities[0, story.words.index("bird")] == pytest.approx(0.9)
    assert [one.word for one in story.taken_for] == ["bird", "cat"]


def test_the_given_word_is_first_even_where_it_was_never_likely_and_others_were_on_top():
    story = tell(record(500, 3000, word="star"), StrokeCounter(), words=3)
    assert story.words[0] == "star" and set(story.words[1:]) == {"bird", "cat"}


def test_without_ink_there_is_no_story():
    for empty in (record(), record(100, strokes=(np.zeros((0, 2), np.float32),), times=(np.zeros(0, np.float32),))):
        everything = tell_with_losses(empty, StrokeCounter(), Stranger())
        assert len(everything.story.at_ms) == 0 and everything.embedding is None and everything.strangest is None
        assert np.isnan(everything.loss) and not len(everything.losses)


def test_a_dot_has_a_story_but_no_strangest_stroke():
    dot = record(300, strokes=(np.array([[5, 5]], np.float32),), times=(np.array([300], np.float32),))
    everything = tell_with_losses(dot, StrokeCounter(), Stranger())
    assert everything.story.taken_for[0].word == "bird"
    assert np.isnan(everything.loss) and everything.strangest is None and len(everything.losses) == 1


def test_a_drawing_without_a_word_is_told_too():
    story = tell(record(500, 3000, word="", state=RoundState.DONE), StrokeCounter())
    assert [one.word for one in story.taken_for] == ["bird", "cat"]


def test_the_strangest_stroke_is_one_of_the_players():
    losses, loss = read_losses(record(500, 3000, 6000), Stranger())
    assert len(losses) == 30 and np.isfinite(loss)
    assert strangest(record(500, 3000, 6000), losses) == 2
    assert strangest(record(0, 3000, 6000, given=1), losses[::-1].copy()) == 1
    assert strangest(record(500), losses[:10]) is None  # nothing to compare
    assert strangest(record(500, 3000), np.zeros(0, np.float32)) is None


@pytest.mark.parametrize("strokes", [1, 10_000])
def test_ten_thousand_points_are_thinned_and_every_point_has_a_loss(strokes):
    x = np.cumsum(np.ones(10_000)) / 20
    points = np.stack([x, 100 * np.sin(x / 30)], axis=1).astype(np.float32)
    times = np.linspace(0, 19_000, 10_000).astype(np.float32)
    long = record(0, strokes=tuple(np.split(points, strokes)), times=tuple(np.split(times, strokes)))
    asked = []

    class Counts(Stranger):
        def point_losses(self, drawing: Drawing) -> np.ndarray:
            asked.append(drawing.points)
            return super().point_losses(drawing)

    losses, _ = read_losses(long, Counts())
    assert asked[0] <= MOST_POINTS + 2  # the other one is simplified
    assert len(losses) == 10_000 and np.abs(losses - points[:, 0]).max() < 1  # the nearest point that was read


def test_the_story_ends_soon_after_the_last_point():
    assert end_ms(record(500)) == 3500
    assert end_ms(record(500, ended_ms=1600.0)) == 1600
    assert end_ms(record(500, ended_ms=100.0)) == 1500  # a point is never after the end
    assert end_ms(record()) == 2000


def test_a_loss_is_compared_with_what_is_usual():
    usual = Usual(6.8, 9.0, 9.3)
    assert loss_sentence(8.0, "owl", usual).startswith("As usual: 9 in 10")
    assert "19 in 20" in loss_sentence(9.1, "owl", usual) and "9.0" in loss_sentence(9.1, "owl", usual)
    assert loss_sentence(9.5, "owl", usual).startswith("Stranger than 49 in 50")
    assert loss_sentence(5.0, "owl", usual).startswith("Less strange than 19 in 20")
    low, high, unusual = usual_losses()
    assert low < high < unusual


def test_a_loss_is_compared_with_others_of_the_word_where_they_were_scored():
    usual = Usual(6.8, 9.0, 9.3)
    strokes = [[line(0, 0)]] * 40
    drawings = Drawings.from_strokes(strokes, word=["owl"] * 30 + ["cat"] * 10)
    losses = np.r_[np.linspace(1, 30, 30), np.full(10, 99.0)].astype(np.float32)
    people = SimilarDrawings("owls.ndjson", drawings, np.zeros((40, 64), np.int8), np.ones(40, bool), losses=losses)
    assert (
        loss_sentence(27.5, "owl", usual, people) == "Stranger than 90 % of the 30 drawings of an owl in owls.ndjson."
    )
    assert loss_sentence(3.5, "owl", usual, people).startswith("Less strange than 90 % of the 30")
    assert loss_sentence(3.5, "cat", usual, people).startswith("Less strange than 19 in 20 good")  # ten are too few
    made = replace(people, made=True)
    assert "owls.ndjson" not in loss_sentence(27.5, "owl", usual, made)


def test_with_the_shipped_networks_it_agrees_with_a_ranking():
    from qdesk.game.history import as_drawings
    from qdesk.scoring.classifier import DrawingClassifier
    from qdesk.scoring.scorer import Scorer

    cross = record(300, 2000, word="apple")
    scorer = Scorer()
    everything = tell_with_losses(cross, DrawingClassifier(), scorer)
    assert everything.loss == pytest.approx(scorer.score(as_drawings([cross]))["loss_per_point"][0], abs=1e-3)
    assert everything.story.words[0] == "apple" and everything.embedding.shape == (64,)
    assert everything.strangest in (0, 1)
