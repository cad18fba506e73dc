from __future__ import annotations

import re

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.explore.words.examples import WordScores
from qdesk.explore.words.html import Word, entry, file_names, rose, write_index, write_words
from qdesk.explore.words.measure import word_page
from qdesk.explore.words.together import together
from tests.helpers.drawings import shapes
from tests.helpers.evaluation import EVIL
from tests.helpers.html_page import Page


def word(name: str = "circle", count: int = 40, drawings: Drawings | None = None) -> Word:
    if drawings is None:
        countries = ["US"] * 20 + ["DE"] * (count - 20)
        drawings = shapes("circle", count).with_columns(countrycode=countries, recognized=[True, False] * (count // 2))
    count = len(drawings)
    columns = {
        "junk": np.linspace(-9, 9, count), "loss_per_point": np.arange(count) / 10,
        "top_guess": np.array([name, EVIL] * (count // 2) + [name] * (count % 2), object),
        "embedding": np.random.default_rng(0).integers(1, 99, (count, 64)).astype(np.int8),
    }  # fmt: skip
    return Word(
        word_page(name, drawings, WordScores.of(columns, count)), drawings, together(drawings, frames=4, side=32)
    )


def read(path) -> tuple[Page, str]:
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == [] and page.handlers == [] and page.unnamed == 0
    assert not [one for one in page.outside if not one.startswith("data:image/gif;base64,")]
    assert not re.search(r"url\(|@import|<link|https?:", text)
    return page, text


def test_a_page_has_all_sections_and_asks_for_nothing(tmp_path):
    path = tmp_path / "circle.html"
    shown = word()
    write_words(path, [shown], "circle", "circle.ndjson")
    _, text = read(path)
    for part in (
        "Mean picture",
        "Examples",
        "In numbers",
        "How it is drawn",
        "Clockwise or not",
        "taken for",
        "together",
    ):
        assert part in text
    assert "<b>US</b>" in text and "<b>not recognised</b>" in text and "few" in text
    assert text.count('class="card"') == sum(map(len, shown.page.judged.rows.values())) > 30


def test_words_that_break_a_page_are_escaped(tmp_path):
    write_words(tmp_path / "evil.html", [word(EVIL)], EVIL, EVIL)
    page, text = read(tmp_path / "evil.html")
    assert page.scripts == 1 and "alert(&#34;x&#34;)" in text


def test_bitmaps_without_scores_and_words_without_a_country_have_pages(tmp_path):
    bitmaps = Drawings.from_bitmaps(np.random.default_rng(0).integers(0, 255, (5, 784)), word="cat")
    bare = Word(word_page(None, bitmaps), bitmaps, None)
    write_words(tmp_path / "bare.html", [bare, word()], "bare", "x")
    page, text = read(tmp_path / "bare.html")
    assert "no word" in text and {"w0", "w1"} <= page.ids and text.count("How it is drawn") == 1
    assert "Known once the drawings are scored." in text and "No country has ten drawings" in text


def test_the_same_drawings_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_words(tmp_path / f"{name}.html", [word()], "circle", "x")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_the_index_leads_to_each_page(tmp_path):
    entries = [
        entry(word(name), file) for name, file in zip(["circle", EVIL], file_names(["circle", EVIL]), strict=True)
    ]
    write_index(tmp_path / "index.html", entries, "drawings")
    page = Page((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert page.outside == [entries[1].file, "circle.html"] and page.open == []  # by name


def test_file_names_are_plain_and_all_different():
    names = file_names(["The Eiffel Tower", "the eiffel-tower", "Índex", "猫", "../x", "index", "no word", "no word"])
    assert names == [
        "the-eiffel-tower.html", "the-eiffel-tower-2.html", "index-2.html", "word.html", "x.html", "index-3.html",
        "no-word.html", "no-word-2.html",
    ]  # fmt: skip


def test_the_areas_of_the_petals_are_the_shares():
    petals = rose(np.array([4, 1, 0, 0, 0, 0, 0, 0]))
    radii = [float(re.search(r"A([\d.]+) ", petal["path"])[1]) for petal in petals]
    assert radii[:3] == pytest.approx([96, 48, 0]) and petals[0]["name"] == "right: 80 %, 4"
