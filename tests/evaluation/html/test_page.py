"""The page: what is in it, and that nothing in the data can do it harm."""

from __future__ import annotations

import re

import pytest

from qdesk.evaluation.html.page import write_html
from qdesk.evaluation.json import to_json
from tests.helpers.evaluation import EVIL, MANY, made_up
from tests.helpers.html_page import Page


@pytest.mark.parametrize(
    "evaluation",
    [made_up(MANY, 600), made_up(MANY[:5], 40), made_up(MANY[:2], 12, bitmaps=True), made_up((EVIL,), 3)],
    ids=["picture", "table", "bitmaps", "one word"],
)
def test_the_page_stands_alone(evaluation, tmp_path):
    path = tmp_path / "report.html"
    write_html(evaluation, path)
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == [] and page.outside == [] and page.unnamed == 0
    assert page.links <= page.ids
    assert page.scripts == (2 if len(evaluation.words) > 24 else 1)
    assert "<script>alert" not in text and not page.handlers
    assert re.findall(r"url\((?!data:)[^)]*\)|@import|https?://(?!www\.w3\.org)", text) == []


def test_a_perfect_network_has_no_mistakes_to_show(tmp_path):
    evaluation = made_up(MANY[:4], 20, right=50.0)
    assert to_json(evaluation)["mistakes"] == [] and to_json(evaluation)["accuracy"] == 1
    write_html(evaluation, tmp_path / "report.html")
    assert "There are none" in (tmp_path / "report.html").read_text(encoding="utf-8")
