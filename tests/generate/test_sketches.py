"""Sketches with the shipped networks: repeated by their seed, gone on with, mixed, chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from qdesk.data.drawings import Drawings
from qdesk.formats import open_drawings
from qdesk.generate.sketches import (
    HOTTEST,
    Beginning,
    Drawn,
    End,
    Sketches,
    Wish,
    added,
    as_read,
    by_hand,
    continued,
    sees,
    write,
)

pytestmark = pytest.mark.torch

CIRCLE = np.stack([300 + 120 * np.cos(np.linspace(0, 6.2, 90)), 200 + 120 * np.sin(np.linspace(0, 6.2, 90))], axis=1)


@pytest.fixture(scope="module")
def sketches() -> Sketches:
    return Sketches()


def points(drawn: Drawn) -> list[list[float]]:
    return drawn.drawings.points.tolist()


def test_a_wish_is_drawn_the_same_again_and_another_seed_draws_others(sketches: Sketches) -> None:
    one, two, other = (sketches.draw(Wish("star", 3, seed=seed, best=1)) for seed in (1, 1, 2))
    assert points(one) == points(two) != points(other)
    names = one.drawings.column("key_id")
    assert list(names) == list(two.drawings.column("key_id"))
    assert not set(names) & set(other.drawings.column("key_id"))
    assert all(len(name) == 16 and name.startswith("9000") for name in names)
    assert list(one.drawings.words) == ["star"] * 3
    assert list(one.drawings.column("recognized")) == [None] * 3


def test_what_is_drawn_twice_has_two_names(sketches: Sketches) -> None:
    drawing = [np.array([[0, 0], [9, 9]], np.float32)]
    from qdesk.generate.sketches import _names

    names = _names(Drawings.from_strokes([drawing, drawing]))
    assert len(set(names)) == 2


def test_the_best_of_several_is_the_surest_of_those_tries(sketches: Sketches) -> None:
    tries = sketches.draw(Wish("cat", 12, seed=5, best=1))
    best = sketches.draw(Wish("cat", 3, seed=5, best=4))
    assert best.chances.tolist() == tries.chances.reshape(3, 4).max(axis=1).tolist()
    column = sketches.guesser.words.index("cat")
    assert best.chances == pytest.approx(sketches.guesser.probabilities(best.drawings)[:, column], abs=1e-5)


def test_what_is_seen_is_the_best_guess(sketches: Sketches) -> None:
    drawn = sketches.draw(Wish("sun", 4, best=1))
    p = sketches.guesser.probabilities(drawn.drawings)
    assert [word for word, _ in drawn.seen] == [sketches.guesser.words[k] for k in p.argmax(axis=1)]
    assert sees("cat", 0.984) == "cat 98 %"


@pytest.mark.parametrize("lifted", [True, False])
def test_going_on_keeps_what_was_given(sketches: Sketches, lifted: bool) -> None:
    strokes = [CIRCLE.astype(np.float32), np.array([[250.5, 180], [260, 180.25]], np.float32)]
    beginning = Beginning(strokes, box=600, lifted=lifted)
    drawn = sketches.draw(Wish("face", 4, best=1, beginning=beginning))
    for number in range(len(drawn)):
        whole = drawn.drawings.strokes_of(number)
        assert np.array_equal(whole[0], strokes[0])
        assert np.array_equal(whole[1][:2], strokes[1])
        assert len(whole[1]) == 2 or not lifted
        new = added(beginning, whole)
        assert sum(map(len, new)) >= 1
        if not lifted and len(whole[1]) > 2:
            assert np.array_equal(new[0][0], strokes[1][-1])
    assert points(drawn) == points(sketches.draw(Wish("face", 4, best=1, beginning=beginning)))


def test_a_beginning_is_read_in_the_units_of_a_whole_drawing() -> None:
    simple, unit = as_read(Beginning([CIRCLE], box=600))
    assert unit == 255 / 600
    assert len(simple[0]) < 30 and (simple[0] == np.rint(simple[0])).all()
    assert float(np.ptp(simple[0], axis=0).max()) == pytest.approx(240 * unit, abs=2)
    official = np.array([[10, 20], [200, 20], [200, 90]], np.float32)
    simple, unit = as_read(Beginning([official]))
    assert unit == 1 and np.array_equal(simple[0], official - official[0])
    assert as_read(Beginning([4 * official]))[1] == pytest.approx(255 / 760)
    with pytest.raises(ValueError, match="no point"):
        as_read(Beginning([]))


def test_a_stroke_that_has_not_ended_goes_on() -> None:
    given = [np.array([[5, 5], [6, 6]], np.float32)]
    more = [np.array([[2, 2]]), np.array([[9, 9]])]
    assert [len(stroke) for stroke in continued(Beginning(given, lifted=False), more)] == [3, 1]
    assert [len(stroke) for stroke in continued(Beginning(given), more)] == [2, 1, 1]
    assert continued(Beginning(given), more)[1].tolist() == [[7, 7]]


@pytest.mark.parametrize(("share", "word"), [(0.0, "cat"), (1.0, "fish")])
def test_a_mixture_of_nothing_and_all_is_the_word(sketches: Sketches, share: float, word: str) -> None:
    mixed = sketches.draw(Wish("cat", 4, seed=3, best=2, other="fish", share=share))
    plain = sketches.draw(Wish(word, 4, seed=3, best=2))
    assert points(mixed) == points(plain)
    assert list(mixed.drawings.words) == [word] * 4


def test_grids_go_from_cold_to_hot_and_from_word_to_word(sketches: Sketches) -> None:
    hot = sketches.rising(Wish("cat", best=1), 3, 2)
    assert hot.notes == ("at 0.00", "at 1.00", f"at {HOTTEST:.2f}") * 2
    words = sketches.mixing(Wish("cat", best=1, other="fish"), 3, 1)
    assert words.notes == ("0 % fish", "50 % fish", "100 % fish")
    assert list(words.drawings.words) == ["cat", "cat", "fish"]


def test_between_two_drawings_each_is_nearer_to_the_end_it_is_beside(sketches: Sketches) -> None:
    cat, sun = (sketches.draw(Wish(word, 1, best=6)).drawings for word in ("cat", "sun"))
    drawn = sketches.between(End(cat.strokes_of(0), "cat"), End(sun.strokes_of(0), "sun"), steps=3)
    vectors = sketches.guesser.embeddings(Drawings.concat([cat, drawn.drawings, sun]))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    towards = (vectors[1:4] @ (vectors[-1] - vectors[0])).tolist()
    assert towards == sorted(towards)
    assert drawn.notes == ("25 % of the way", "50 % of the way", "75 % of the way")


def test_without_a_word_the_pen_goes_as_it_likes(sketches: Sketches) -> None:
    drawn = sketches.draw(Wish("", 2, beginning=Beginning([CIRCLE], 600)))
    assert list(drawn.drawings.words) == [None, None]


def test_words_are_found_and_unknown_ones_refused(sketches: Sketches) -> None:
    assert sketches.known("Ice_Cream") == "ice cream"
    with pytest.raises(ValueError, match="cannot draw flamigno.*Did you mean flamingo"):
        sketches.draw(Wish("flamigno"))


def test_work_can_be_given_up(sketches: Sketches) -> None:
    def check() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        sketches.draw(Wish("cat"), check)


def test_files_hold_what_was_drawn(sketches: Sketches, tmp_path: Path) -> None:
    drawn = sketches.draw(Wish("house", 3, best=1))
    for ending in ("ndjson", "svg", "png", "gif"):
        write(drawn, tmp_path / f"houses.{ending}", "house")
        write(drawn, tmp_path / f"again.{ending}", "house")
        assert (tmp_path / f"houses.{ending}").read_bytes() == (tmp_path / f"again.{ending}").read_bytes()
    read = open_drawings(str(tmp_path / "houses.ndjson")).drawings
    assert np.array_equal(read.points, drawn.drawings.points)
    assert list(read.column("key_id")) == list(drawn.drawings.column("key_id"))
    assert sees(*drawn.seen[0]) in (tmp_path / "houses.svg").read_text()
    with Image.open(tmp_path / "houses.gif") as image:
        frames = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(image)]
    ink = [(frame < 128).sum() for frame in frames]
    assert len(frames) > 10 and ink[0] < ink[-1] and ink == sorted(ink)


def test_a_drawing_by_hand_is_judged_by_nothing() -> None:
    drawn = by_hand([CIRCLE], "sun")
    assert drawn.seen == (("", 0.0),) and list(drawn.drawings.words) == ["sun"]
    assert drawn.drawings.points.max() == 255
