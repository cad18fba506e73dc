"""An HTML page, read by a parser as a browser would."""

from __future__ import annotations

from html.parser import HTMLParser

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
