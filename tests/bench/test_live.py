from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from qdesk import paths
from qdesk.bench import live
from qdesk.bench.live import ALL, CURVE, NO, TESTED, WHOLE, YES
from qdesk.cli import main
from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official, simplify
from qdesk.data.splits import split_of
from qdesk.formats import FormatError, open_drawings, write_drawings
from qdesk.game.replay import Replayed
from qdesk.stats.intervals import flat
from qdesk.training.held_out import held_out


def scrawls(count: int, seed: int = 0, word: str = "zigzag") -> Drawings:
    """Raw drawings of one stroke each."""
    rng = np.random.default_rng(seed)
    return Drawings.from_strokes(
        [[np.cumsum(rng.normal(0, 40, (20, 2)), axis=0).astype(np.float32)] for _ in range(count)],
        [[np.arange(20) * 100.0] for _ in range(count)],
        word=word,
        key_id=[str(10**15 + seed * 10**6 + k) for k in range(count)],
        recognized=[k % 3 > 0 for k in range(count)],
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """60 raw drawings and the simplified ones of 40 of them, those moved by a little: each its own content."""
    raw = scrawls(60)
    write_drawings(raw, tmp_path / "raw.raw.ndjson")
    twins = simplify(raw.take(slice(0, 40)))
    points = twins.points.copy()
    points[twins.point_offsets[:-1] + 1] += 1
    write_drawings(Drawings(points, twins.stroke_offsets, twins.drawing_offsets, twins.table), tmp_path / "s.ndjson")
    return tmp_path


def test_a_raw_drawing_goes_with_its_twin_and_one_without_by_itself(folder: Path) -> None:
    found = held_out([folder / "raw.raw.ndjson", folder / "s.ndjson"])
    twins, raw = open_drawings(folder / "s.ndjson").drawings, open_drawings(folder / "raw.raw.ndjson").drawings
    own = split_of(simplify(raw).content_ids())
    expected = np.r_[split_of(as_official(twins).content_ids()), own[40:]]
    assert 0 < (expected < 2).sum() and (own[:40] != expected[:40]).any()
    assert found.raw.column("key_id").tolist() == raw.column("key_id")[expected < 2].tolist()
    assert found.raw_part.tolist() == expected[expected < 2].tolist()
    assert (split_of(found.simplified.content_ids()) < 2).all()
    assert len(found.once) == len(found.raw)  # the simplified ones are their twins
    assert found.once.timed.all()


def test_drawings_without_a_twin_count_too_and_copies_once(folder: Path) -> None:
    others = simplify(scrawls(60, seed=1))
    write_drawings(others, folder / "others.ndjson")
    write_drawings(others, folder / "again.ndjson")
    found = held_out([folder])
    alone = int((split_of(others.content_ids()) < 2).sum())
    assert alone > 0 and len(found.once) == len(found.raw) + alone


def test_no_drawings_is_a_plain_error(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no drawings"):
        held_out([tmp_path])


def test_the_tables_count_what_was_played() -> None:
    raw = scrawls(6)  # the file says: no yes yes no yes yes
    rounds = [
        Replayed(None, ("a", "b"), 9),
        Replayed(1500, ("a",), 9, 800, 1400),
        Replayed(3500, (), 9, 3500, 3000),
        Replayed(900, ("a", "b", "c"), 9, 850, 850),
        Replayed(None, (), 9, 900, 5000),
        Replayed(2000, (), 9, 2000, 1800),
    ]
    made = live.tables(raw, np.array([0, 1, 0, 1, 1, 1]), rounds)
    curve = made[CURVE].rows
    assert [curve[f"{s} s"][ALL].value for s in (1, 2, 3, 4, 20)] == pytest.approx([1 / 6, 3 / 6, 3 / 6, 4 / 6, 4 / 6])
    assert curve["2 s"][YES].value == 0.5 and curve["2 s"][NO].value == 0.5 and curve["1 s"][TESTED].value == 0.25
    whole = made[WHOLE].rows
    assert whole["never recognised"][ALL].value == pytest.approx(1 / 3)
    assert whole["median time to recognition, s"][ALL].value == 1.5
    assert whole["wrong guesses before"][ALL].value == 1
    assert whole["until the first thing is said, s"][ALL].value == 0.9
    assert whole["from the word on top to recognition, s"][ALL].value == 0.1
    assert whole["wrong guesses before, where recognised"][ALL].value == 1
    assert whole["as the file says"][ALL].value == pytest.approx(4 / 6)
    assert all(cell.low <= cell.value <= cell.high for row in curve.values() for cell in row.values())
    assert f"{CURVE}: 2 s: {ALL} (low)" in flat(made)
    assert live.svg(made[CURVE]).count("<polyline") == 3


def test_nothing_recognised_is_no_trouble() -> None:
    made = live.tables(scrawls(3), np.ones(3, int), [Replayed(None, (), 1)] * 3)
    assert made[WHOLE].rows["never recognised"][ALL].value == 1
    assert np.isnan(made[WHOLE].rows["median time to recognition, s"][ALL].value)


def test_the_document_is_written_anew_between_its_marks(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = live.tables(scrawls(3), np.ones(3, int), [Replayed(900, (), 1)] * 3)
    monkeypatch.setattr(live, "measure", lambda *_: made)
    docs = tmp_path / "live.md"
    docs.write_text("# Before\n<!-- figures -->\nold\n<!-- end of figures -->\nAfter\n", encoding="utf-8")
    assert main(["bench", "live", "--data", str(folder), "--docs", str(docs)]) == 0
    text = docs.read_text(encoding="utf-8")
    assert text.startswith("# Before\n") and text.endswith("After\n") and "old" not in text and CURVE in text
    assert docs.with_suffix(".svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.torch
def test_the_command_plays_the_drawings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not paths.model(paths.CLASSIFIER).exists():
        pytest.skip("the shipped weights are not here")
    assert main(["bench", "live", "--json", "--data", str(folder)]) == 0
    numbers = json.loads(capsys.readouterr().out)
    assert 0 <= numbers[f"{WHOLE}: recognised in 20 s: {ALL}"] <= 1
