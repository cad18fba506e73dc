from __future__ import annotations

from qdesk.gui.kit.text import chance, count, large, number, percent, some, unbroken


def test_shares_and_probabilities() -> None:
    assert [percent(share) for share in (0.0, 0.004, 0.434, 1.0)] == ["0 %", "0 %", "43 %", "100 %"]
    assert percent(0.4344, 1) == "43.4 %"
    assert [chance(p) for p in (0.0, 0.004, 0.434, 1.0)] == ["0 %", "< 1 %", "43 %", "100 %"]
    assert unbroken(percent(0.5)) == "50\u00a0%"


def test_counts_and_numbers() -> None:
    assert [count(n, "word") for n in (1, 2, 1200)] == ["1\u00a0word", "2\u00a0words", "1,200\u00a0words"]
    assert number(-1.5) == "−1.50" and number(1234.5, 0) == "1,234"
    assert [large(n) for n in (9_999, 350_000, 1_210_000)] == ["9,999", "350\u00a0k", "1.21\u00a0M"]
    assert some(["cat", "dog"]) == "cat, dog" and some(["cat"] * 4) == "4\u00a0words"
