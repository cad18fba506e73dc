"""Write HTML pages that need no other file, from Jinja templates that lie beside the code that fills them in.

A template extends pages/base.html, which has the head, the colours in light and dark, and the page's one script. Jinja
escapes the values that a page is filled in with. A missing value is an error.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdesk import __version__
from qdesk.files import atomic_write

if TYPE_CHECKING:
    from jinja2 import Environment

_BUFFER = 1 << 20  # bytes, because a page comes in many small pieces


def write_page(path: str | os.PathLike[str], template: str, **values: Any) -> None:
    """Fill in a template and write the page, whole or not at all.

    template: its path below the package, for example "curation/exports/gallery.html".   values: the values of its
    names, beside `version`. An iterator among them is consumed while the page is written, so that a long page is never
    in memory as a whole; what it raises comes through. A letter that UTF-8 cannot write becomes a question mark.

    Raises OSError where the file cannot be written.
    """
    pieces = _environment().get_template(template).generate(version=__version__, **values)
    with atomic_write(path) as part, open(part, "w", _BUFFER, "utf-8", "replace") as file:
        file.writelines(pieces)


def thousands(number: int) -> str:
    """Write 12345 as "12,345"."""
    return f"{number:,}"


def fixed(value: float, digits: int) -> str:
    """Write a number with so many digits after the point, NaN as a dash."""
    return "–" if value != value else f"{value:.{digits}f}"


def percent(share: float) -> str:
    """Write a share from 0 to 1 as a percentage with one digit after the point; NaN is "not defined"."""
    return "not defined" if share != share else f"{100 * share:.1f}\u00a0%"


def rough_percent(share: float) -> str:
    """Write a probability as a percentage for people: a whole number, but never 0 or 100."""
    if 0.01 <= share < 0.995:
        return f"{100 * share:.0f}\u00a0%"
    return "under\u00a01\u00a0%" if share < 0.01 else "over\u00a099\u00a0%"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # imported late, for only pages need it

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {one.__name__: one for one in (thousands, fixed, percent, rough_percent)}
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return environment
