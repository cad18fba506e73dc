"""The columns of a drawing: one row each, from which everything that lists columns is derived. Needs no network.

To add a score column, compute it in `scoring/scorer.py` and add its row here. `qdesk rank`, the cache, the sorts, the
filters, what a verdict remembers, the CSV, merging and the gallery then have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Column:
    """One thing that is known of each drawing.

    origin: what gives it: the networks, the junk model that combines what they say, the drawing itself, the data file,
    or the curator's verdicts.   kind: a share is a number from 0 to 1, a whole is a count, a date is in seconds since
    1970 (UTC).   unit: "" for none.
    title: its name in the window.   meaning: what its number says, one sentence.
    sort: what the list of sorts says; "" where it is not in it.   first: the end that this sort begins with.   bad:
    whether that end is the bad one.
    in_rank: `qdesk rank` writes it and, where it is a number, sorts by it.   remembered: a verdict keeps it, and the
    CSV of verdicts has it.   compared: where a drawing stands among the others is said.   filtered: the section of
    filters that has its histogram; "" for none.
    written: how the gallery writes it, as a format; "%" for a percentage, "" where it is not shown.   label: what the
    gallery calls it.   explained: what the gallery says of it.
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
        """Whether scoring gives it."""
        return self.origin in ("networks", "junk model")


COLUMNS = (
    Column(
        "junk", "junk model", unit="log-odds", title="Junk", meaning="How likely it is junk: 0 is even odds.",
        sort="Junk, worst first", first="high", bad=True, in_rank=True, remembered=True, compared=True,
        filtered="scores", written="{:.1f}", label="junk",
        explained="all figures combined, as the log odds of junk: above 0 it is more likely junk than not",
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
)  # fmt: skip
"""Every column, in the order of the list of sorts. Strokes and points are few where a drawing was given up early."""

BY_NAME = {column.name: column for column in COLUMNS}

_RANK = ("rank", "key_id", "word", "source", "row", "strokes", "points", "junk", "loss", "loss_per_point", "lift",
         "p_word", "top_guess", "p_top", "reason")  # fmt: skip


def _appended(first: tuple[str, ...], names: list[str]) -> tuple[str, ...]:
    """The columns that a file has had from the beginning, in the order that people script against, and then others."""
    return *first, *(name for name in names if name not in first)


RANK_COLUMNS = _appended(_RANK, [column.name for column in COLUMNS if column.in_rank])
"""The columns of `qdesk rank`, in order. New ones come last: people script against them."""

RANK_BY = _appended(
    ("junk", "loss", "loss_per_point", "lift", "p_word"),
    [column.name for column in COLUMNS if column.in_rank and column.is_number],
)
"""The columns that `qdesk rank` sorts by."""

CSV_COLUMNS_EVER = (
    "key_id", "word", "reason", "note", "rank", "junk", "loss_per_point", "loss", "lift", "p_word", "countrycode",
    "timestamp", "recognized", "source", "row", "flagged_at",
)  # fmt: skip
"""The columns that the CSV of verdicts has had from the beginning: one from before has these alone."""

CSV_COLUMNS = _appended(CSV_COLUMNS_EVER, [column.name for column in COLUMNS if column.is_score and column.remembered])
"""The columns of the CSV of verdicts, in order. New ones come last: people script against them."""

FACTS = tuple(name for name in CSV_COLUMNS if name not in ("key_id", "reason", "note", "flagged_at"))
"""What is remembered of a drawing with its verdict, so that the verdict can be exported without the drawing's file."""

REMEMBERED_SCORES = tuple(column.name for column in COLUMNS if column.is_score and column.remembered)
"""The scores that a verdict remembers, all numbers, in the order of its CSV."""
