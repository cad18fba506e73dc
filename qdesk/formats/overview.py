"""The tables of docs/formats.md, made from the registry."""

from __future__ import annotations

from collections.abc import Iterable

from qdesk.formats.others import OTHER_XML, OTHERS
from qdesk.formats.registry import FORMATS

BEGIN, END = "<!-- formats -->", "<!-- end of formats -->"


def tables() -> str:
    """Return the tables in Markdown: each format, and each kind of file that holds no drawings."""
    rows = []
    for format in FORMATS:
        about = format.load().ABOUT[format.name]
        rows.append((f"`{format.ending}`", about.by, about.read, about.kept, about.lost, f"… {about.unread}"))
    heads = ("format", "who writes it", "what is read", "kept when written", "lost", "said of one that is not read")
    others = [(other.name, f"{other.sentence}.") for other in (*OTHERS, OTHER_XML)]
    return f"{_table(heads, rows)}\n{_table(('what is no data', 'what is said'), others)}"


def written_into(document: str) -> str:
    """Return a document with the tables between its marks."""
    before, _, rest = document.partition(BEGIN)
    return f"{before}{BEGIN}\n{tables()}{END}{rest.partition(END)[2]}"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = tuple(heads)
    return "".join(f"| {' | '.join(row)} |\n" for row in (heads, ["---"] * len(heads), *rows))
