"""Which format a file has, told by its first bytes."""

from __future__ import annotations

from qdesk.formats.base import FormatError, Input
from qdesk.formats.others import OTHER_XML, other_of
from qdesk.formats.registry import READ, Format


def format_of_input(file: Input) -> Format:
    """Return the format of a file. Raises FormatError for one known to hold no drawings, and says what it is."""
    head = file.head()
    if other := other_of(head):
        raise FormatError(other.said(file.source))
    row = next(row for row in reversed(READ) if row.sniff and row.sniff(head))
    if row.name == "ndjson" and OTHER_XML.tells(head):
        raise FormatError(OTHER_XML.said(file.source))
    return row
