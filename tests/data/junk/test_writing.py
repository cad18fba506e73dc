"""Writing: many fonts, the word itself, and a place beside or on a drawing."""

from __future__ import annotations

import re

import numpy as np
import pytest

from qdesk.data.junk import fonts
from qdesk.data.junk.hand import Hand, box_of
from qdesk.data.junk.texts import text_for
from qdesk.data.junk.writing import Script, any_script, beside, lettering, write

BOX = [np.array([[0.0, 0], [200, 0], [200, 200], [0, 200], [0, 0]])]
PLAIN = Script("futural", slant=0, narrow=1, uneven=0, spacing=0, join=0, hand=Hand(0, 0, 0, 0))


@pytest.mark.parametrize("name", [*fonts.PRINT, *fonts.SCRIPT, "greek", "greeks", "cyrillic"])
def test_each_font_has_letters_on_a_base_line(name: str) -> None:
    face = fonts.font(name)
    for letter in "AEIOU":
        glyph = face[letter]
        low, high = box_of(glyph.strokes)
        assert glyph.width > 0
        assert -1.3 * fonts.CAP < low[1] < -0.7 * fonts.CAP and -2 < high[1] < 0.4 * fonts.CAP


def test_japanese_has_its_own_letters() -> None:
    assert sum(bool(glyph.strokes) for glyph in fonts.font("japanese").values()) > 150


def test_a_dot_is_a_tap_of_the_pen() -> None:
    assert min(len(stroke) for stroke in fonts.font("futural")["?"].strokes) == 2


def test_people_write_in_many_fonts() -> None:
    rng = np.random.default_rng(0)
    faces = [any_script(rng).face for _ in range(800)]
    assert set(faces) == {*fonts.PRINT, *fonts.SCRIPT, *fonts.FOREIGN}
    assert np.isin(faces, fonts.PRINT).mean() > 0.6


def test_half_of_the_texts_are_the_word_whole_begun_or_misspelt() -> None:
    rng = np.random.default_rng(0)
    texts = [" ".join(text_for("hippopotamus", rng)) for _ in range(400)]
    assert 0.3 < np.mean(["hippopotamus" in text.lower() for text in texts]) < 0.5
    assert 0.4 < np.mean([text.lower().startswith("hi") for text in texts]) < 0.7
    assert any(text.isupper() for text in texts) and any(text.islower() for text in texts)
    assert len(set(texts)) > 150


def test_polite_texts_hold_no_rude_words() -> None:
    rng = np.random.default_rng(2)
    rude = re.compile(r"\b(fuck|shit|dick|penis|puta|bitch|nazi)\b", re.IGNORECASE)
    assert any(rude.search(" ".join(text_for(None, rng))) for _ in range(600))
    assert not any(rude.search(" ".join(text_for(None, rng, polite=True))) for _ in range(600))


def test_texts_have_one_to_three_lines() -> None:
    rng = np.random.default_rng(1)
    counts = {len(text_for("the great wall", rng)) for _ in range(200)}
    assert counts == {1, 2, 3}
    assert all(line for _ in range(200) for line in text_for(None, rng))


def test_lines_stand_below_each_other() -> None:
    rng = np.random.default_rng(0)
    one, two = write(["HI"], PLAIN, rng), write(["HI", "HI"], PLAIN, rng)
    assert np.ptp(np.concatenate(two)[:, 1]) > 1.8 * np.ptp(np.concatenate(one)[:, 1])


def test_a_joined_hand_lifts_the_pen_less() -> None:
    apart = Script("scripts", slant=0, narrow=1, uneven=0.02, spacing=-0.5, join=0, hand=Hand())
    joined = Script("scripts", slant=0, narrow=1, uneven=0.02, spacing=-0.5, join=1, hand=Hand())
    assert len(write(["elephone"], joined, np.random.default_rng(0))) < len(
        write(["elephone"], apart, np.random.default_rng(0))
    )


def test_a_letter_that_a_font_lacks_is_printed() -> None:
    blocks = Script("blocks", slant=0, narrow=1, uneven=0, spacing=0, join=0, hand=Hand())
    assert write(["7"], blocks, np.random.default_rng(0))


def test_lettering_differs_each_time() -> None:
    shapes = {tuple(len(stroke) for stroke in lettering(np.random.default_rng(seed), "cat")) for seed in range(40)}
    assert len(shapes) > 35


def test_what_stands_beside_a_drawing_is_mostly_outside_and_smaller() -> None:
    extra = [np.array([[0.0, 0], [30, 10]])]
    outside = 0
    for seed in range(100):
        strokes, is_extra = beside(BOX, extra, np.random.default_rng(seed))
        assert is_extra.sum() == 1 and len(strokes) == 2
        added = strokes[int(np.argmax(is_extra))]
        assert np.ptp(added, axis=0).max() <= 1.2 * 200
        low, high = added.min(axis=0), added.max(axis=0)
        outside += bool((high < 10).any() or (low > 190).any())
    assert 40 <= outside <= 95


def test_a_dot_can_have_something_beside_it() -> None:
    dot = [np.zeros((2, 2))]
    strokes, is_extra = beside(dot, BOX, np.random.default_rng(0))
    assert np.isfinite(np.concatenate(strokes)).all() and is_extra.sum() == 1
