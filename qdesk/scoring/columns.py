"""The table of all columns that a drawing has. Every list of columns is derived from it. It needs no network.

To add a score column, compute it in `scoring/scorer.py` and add its row here. `qdesk rank`, the cache, the sorts, the
filters, what a verdict remembers, the CSV, merging and the gallery then have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Column:
    """One thing that is known of each drawing.

    origin: its source: the networks, the junk model that combines what they say, the drawing itself, the data file, or
    the curator's verdicts.   kind: a share is a number from 0 to 1, a whole is a count, a date is in seconds since
    1970 (UTC).   unit: "" for none.
    title: its name in the window.   meaning: what its number says, one sentence.
    sort: its entry in the list of sorts; "" where it has none.   first: the end that this sort begins with.   bad:
    whether that end is the bad one.
    in_rank: whether `qdesk rank` writes it and, where it is a number, sorts by it.   remembered: whether a verdict and
    the CSV of verdicts keep it.   compared: whether the window says where a drawing stands among the others.
    filtered: the section of filters that has its histogram; "" for none.
    written: its format in the gallery; "%" for a percentage, "" where it is not shown.   label: its name in the
    gallery.   explained: what the gallery says of it.
    """

    name: str
    origin: Literal["networks", "junk model", "drawing", "file", "curator"]
    kind: Literal["number", "share", "whole", "date", "text"] = "number"
    unit: str = ""
    title: str = ""
    meaning: str = ""
    sort: str = ""
    first: Literal["high", "low"] = "low"
    bad: bool = False
    in_rank: bool = False
    remembered: bool = False
    compared: bool = False
    filtered: Literal["", "scores", "drawing"] = ""
    written: str = ""
    label: str = ""
    explained: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind != "text"

    @property
    def is_score(self) -> bool:
        """Whether scoring computes it."""
        return self.origin in ("networks", "junk model")


COLUMNS = (
    Column(
        "junk", "junk model", unit="log-odds", title="Junk", meaning="How likely it is junk: 0 is even odds.",
        sort="Junk, worst first", first="high", bad=True, in_rank=True, remembered=True, compared=True,
        filtered="scores", written="{:.1f}", label="junk",
        explained="all figures combined, as the log odds of junk: above 0 it is more likely junk than not",
    ),
    Column(
        "p_junk", "junk model", "share", unit="probability", title="Chance of junk",
        meaning="How likely it is junk: 0 never, 1 for sure.", first="high", bad=True, in_rank=True, remembered=True,
        written="%", label="chance of junk", explained="the probability of junk, 1 / (1 + exp(-junk))",
    ),
    Column(
        "learned", "curator", "share", unit="probability", title="Learned",
        meaning="How likely you would flag it, by your verdicts so far.",
        sort="Learned from your verdicts", first="high", bad=True, filtered="scores", written="%", label="learned",
        explained="the probability of junk that was learned from verdicts",
    ),
    Column("unsure", "curator", "share", sort="Learned: most unsure first"),
    Column(
        "likeness", "curator", "share", sort="Likeness, most alike first", first="high", written="{:.3f}",
        label="likeness", explained="how like the chosen drawings it is, at most 1",
    ),
    Column("copies", "curator", "whole", sort="Copies, side by side"),
    Column(
        "loss_per_point", "networks", unit="nats", title="Loss per point", meaning="High is surprising.",
        sort="Loss per point, highest first", first="high", bad=True, in_rank=True, remembered=True, compared=True,
        filtered="scores", written="{:.2f}", label="loss per point",
        explained="how surprising the strokes are for the word: nats a point",
    ),
    Column(
        "loss", "networks", unit="nats", sort="Loss, highest first", first="high", bad=True, in_rank=True,
        remembered=True, written="{:.2f}", label="loss",
        explained="the same of the whole drawing: formula (9) of the Sketch-RNN paper, in nats",
    ),
    Column(
        "lift", "networks", unit="nats", title="Lift",
        meaning="Below 0 the word explains the drawing worse than no word does.",
        sort="Lift, lowest first", bad=True, in_rank=True, remembered=True, compared=True, filtered="scores",
        written="{:+.1f}", label="lift",
        explained="how much better the word explains it than no word does, in nats; below 0: worse",
    ),
    Column(
        "p_word", "networks", "share", unit="probability", title="Seen as its word", meaning="0 never, 1 for sure.",
        sort="Seen as its word, least first", bad=True, in_rank=True, remembered=True, compared=True, filtered="scores",
        written="%", label="p_word", explained="the probability that the classifier gives to the word",
    ),
    Column("p_top", "networks", "share", sort="Surest guesses first", first="high", in_rank=True),
    Column("top_guess", "networks", "text", sort="What the network sees, A to Z", in_rank=True),
    Column("reason", "junk model", "text", sort="Looks like, by suspicion", in_rank=True),
    Column("verdict", "curator", "text", sort="Verdict, flagged first"),
    Column("word", "file", "text", sort="Word, A to Z", in_rank=True, remembered=True),
    Column("countrycode", "file", "text", sort="Country, A to Z", remembered=True),
    Column("recognized", "file", "text", sort="Recognised, no first", remembered=True),
    Column(
        "date", "file", "date", title="Date", meaning="When it was drawn, UTC.", sort="Date, newest first",
        first="high", filtered="drawing",
    ),
    Column(
        "strokes", "drawing", "whole", title="Strokes", meaning="How many strokes it has.",
        sort="Strokes, fewest first", in_rank=True, filtered="drawing",
    ),
    Column(
        "points", "drawing", "whole", title="Points", meaning="How many points it has.", sort="Points, fewest first",
        in_rank=True, filtered="drawing",
    ),
    Column("key", "file", "text", sort="Key, rising"),
    Column("file", "file", "text", sort="In the file's order"),
    Column("random", "file", "text", sort="At random"),
)  # fmt: skip
"""All columns, in the order of the list of sorts. A drawing that was given up early has few strokes and points."""

BY_NAME = {column.name: column for column in COLUMNS}

_RANK = ("rank", "key_id", "word", "source", "row", "strokes", "points", "junk", "loss", "loss_per_point", "lift",
         "p_word", "top_guess", "p_top", "reason")  # fmt: skip


def _appended(first: tuple[str, ...], names: list[str]) -> tuple[str, ...]:
    """Return the columns `first`, in the order that people script against, and then those of `names` not among them."""
    return *first, *(name for name in names if name not in first)


RANK_COLUMNS = _appended(_RANK, [column.name for column in COLUMNS if column.in_rank])
"""The columns of `qdesk rank`, in order. New ones come last, because people script against the order."""

RANK_BY = _appended(
    ("junk", "loss", "loss_per_point", "lift", "p_word"),
    [column.name for column in COLUMNS if column.in_rank and column.is_number],
)
"""The columns that `qdesk rank` sorts by."""

CSV_COLUMNS_EVER = (
    "key_id", "word", "reason", "note", "rank", "junk", "loss_per_point", "loss", "lift", "p_word", "countrycode",
    "timestamp", "recognized", "source", "row", "flagged_at",
)  # fmt: skip
"""The columns that the CSV of verdicts has had from the beginning. A file of an early version has these alone."""

_SCORES = [column.name for column in COLUMNS if column.is_score and column.remembered]

CSV_COLUMNS = _appended(CSV_COLUMNS_EVER, [*_SCORES, "suggested", "new_word", "copy_of"])
"""The columns of the CSV of verdicts, in order. New ones come last, because people script against the order.

`suggested` is the reason that scoring suggested, since `reason` is the curator's. `new_word` is what a drawing of
something else shows, where the curator said. `copy_of` is the key_id, or else the identity, of the drawing that stays
instead of a copy; it is the copy's own where both are known by it.
"""

FACTS = tuple(name for name in CSV_COLUMNS if name not in ("key_id", "reason", "note", "flagged_at"))
"""The columns that are remembered with a verdict, so that it can be exported without the drawing's file."""

REMEMBERED_SCORES = tuple(column.name for column in COLUMNS if column.is_score and column.remembered)
"""The scores that a verdict remembers, in the order of the CSV. All are numbers."""
