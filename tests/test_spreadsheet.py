from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest

from qdesk.console import write_csv
from qdesk.spreadsheet import Writer, bare, guarded

RISKY = ["=1+1", "+1+1", "-a", "@SUM(1)", "\t=1", "\r=1", "'=1", "''@", "=", "-2+3", "+49 30 1"]
FINE = ["", "cat", "-2", "+1", "-1.5e-3", "-.5", "'quoted'", "a=1", " =1", "2-3", "\n=1"]


@pytest.mark.parametrize("text", RISKY)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}" and bare(guarded(text)) == text


@pytest.mark.parametrize("text", FINE)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text and bare(text) == text


def test_rows_are_read_back_as_rows() -> None:
    out = io.StringIO(newline="")
    Writer(out).writerows([["a\rb", "c\nd", None, 1], ["=x", -1, 0.5, 'e"f']])
    assert out.getvalue() == '"a\rb","c\nd",,1\n\'=x,-1,0.5,"e""f"\n'
    assert list(csv.reader(io.StringIO(out.getvalue(), newline=""))) == [
        ["a\rb", "c\nd", "", "1"],
        ["'=x", "-1", "0.5", 'e"f'],
    ]


def test_tables_of_commands_hold_no_formula() -> None:
    words = pa.array(["=1+1", "cat", None]).dictionary_encode()
    table = pa.table(
        {"word": words, "row": [-1, 0, 1], "loss": [-1.5, None, float("nan")], "source": ["@a", "b", "-3"]}
    )
    out = io.StringIO()
    write_csv(table, out)
    assert out.getvalue() == "word,row,loss,source\n'=1+1,-1,-1.5,'@a\ncat,0,,b\n,1,,-3\n"
