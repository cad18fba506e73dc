"""The table of columns: what is derived from it is complete, and files keep the columns that people script against."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdesk.curation.view.filters import FACETS
from qdesk.scoring.columns import BY_NAME, COLUMNS, CSV_COLUMNS, RANK_COLUMNS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")

LEFT_OUT = {
    "loss": "filtered: the loss per point has a histogram, and is the fairer of the two",
    "p_top": "filtered, remembered: how sure the guess is follows from nothing that was drawn wrong",
    "top_guess": "filtered, remembered: it is searched for as text, and 345 words make no list to choose from",
    "p_junk": "sort, filtered: its order is that of junk, which has a histogram and spreads the likely junk out",
    "reason": "remembered: the CSV has the person's reason under this name",
}
"""Why a score cannot be sorted or filtered by, or is not remembered with a verdict."""


def test_each_column_has_one_row():
    assert len(BY_NAME) == len(COLUMNS)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_row_is_complete(column):
    """What shows a column finds all that it needs."""
    assert column.is_number or not (column.filtered or column.compared or column.written)
    if column.filtered:
        assert column.title and column.meaning.endswith(".")
    if column.written:
        assert column.label and column.explained
        assert column.written == "%" or column.written.format(0.5)
    if column.remembered and column.is_score:
        assert column.is_number  # merging parses it as one


@pytest.mark.parametrize("column", [column for column in COLUMNS if column.is_score], ids=lambda column: column.name)
def test_a_score_is_everywhere_or_says_why_not(column):
    assert column.name in RANK_COLUMNS
    assert column.sort or "sort" in LEFT_OUT[column.name]
    used = (bool(column.filtered) or column.name in FACETS) and column.remembered
    assert used != (column.name in LEFT_OUT)


def test_columns_that_people_script_against_stay_where_they_are():
    first = "rank,key_id,word,source,row,strokes,points,junk,loss,loss_per_point,lift,p_word,top_guess,p_top,reason"
    assert ",".join(RANK_COLUMNS[:15]) == first
    first = (
        "key_id,word,reason,note,rank,junk,loss_per_point,loss,lift,p_word,countrycode,timestamp,recognized,source,row"
    )
    assert ",".join(CSV_COLUMNS[:16]) == f"{first},flagged_at"


def test_the_readme_lists_the_columns():
    for names in (RANK_COLUMNS, CSV_COLUMNS):
        assert f"`{','.join(names)}`" in README
