"""The page: what is in it, and that nothing in the data can do it harm."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from qdesk.evaluation.html.page import write_html
from qdesk.evaluation.json import to_json
from tests.helpers.evaluation import EVIL, MANY, made_up

VOID = {"meta", "img", "br", "input"}


class Page(HTMLParser):
    """What a page asks for from elsewhere, its words, and whether every element ends where it should."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []
        self.handlers: list[str] = []
        self.scripts = self.unnamed = 0
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.scripts += tag == "script"
        self.unnamed += tag == "img" and "alt" not in given
        self.handlers += [name for name in given if name.startswith("on")]
        self.ids |= {given["id"]} if given.get("id") else set()
        for name in ("src", "href", "action", "data"):
            value = given.get(name) or ""
            if value.startswith("#"):
                self.links.add(value[1:])
            elif value and not value.startswith("data:image/png;base64,"):
                self.outside.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> ends something else"


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
