from __future__ import annotations

from qdesk.training.wording import duration, figure, listed


def test_figures_in_words() -> None:
    assert figure("validation_top1", 0.713) == "top-1 71.3 %"
    assert figure("top1", 0.75, 4) == "top-1 75.0 % (3 of 4)"
    assert figure("nats_per_point", 1.1461) == "nats per point 1.146"
    assert listed({"top1": 0.5, "top3": 1.0, "loss": 1.0}, words=3) == "top-1 50.0 %, loss 1"
    assert [duration(s) for s in (0.4, 62, 7_384)] == ["0 s", "1 min 2 s", "2 h 3 min"]
