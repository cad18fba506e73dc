"""The proof of the ranking: its arithmetic on cases known by heart, and the whole on a handful of drawings."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from qdesk import paths
from qdesk.bench import ranking
from qdesk.bench.baselines import CLEANLAB, has_cleanlab
from qdesk.bench.orders import AllOrders
from qdesk.cli import main
from qdesk.data.categories import categories
from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import KINDS
from qdesk.formats import open_drawings, write_drawings
from qdesk.stats.intervals import places, resampled
from tests.helpers.training import write_teacher

SHIPPED = pytest.mark.skipif(not paths.model(paths.JUNK_MODEL).exists(), reason="the shipped weights are not here")


def test_a_person_reviews_as_many_as_there_is_junk_and_a_hundredth_more() -> None:
    truth = np.zeros(200, bool)
    truth[:10] = True
    bad = np.where(truth, 5.0, np.linspace(0, 1, 200))
    bad[:3] = -1  # three pieces of junk that the order misses
    seen = ranking.reviewed(truth, bad, np.ones((1, 200), np.float32))
    assert seen[0, truth].sum() == 7
    assert np.flatnonzero(seen[0, 10:]).tolist() == [185, 186, 187, 188, 189]
    weights = np.ones((1, 200), np.float32)
    weights[0, 3:5] = 5, 0  # drawn five times, and not at all
    assert ranking.reviewed(truth, bad, weights)[0, 3:7].tolist() == [5, 0, 1, 1]
    weights[0, 3] = 20  # more often than there is time for
    assert ranking.reviewed(truth, bad, weights)[0, 3:7].tolist() == [12, 0, 0, 0]


def test_every_group_is_drawn_again_from_itself() -> None:
    groups = np.repeat(["good", "scribble", "walk"], [50, 3, 1])
    weights = resampled(groups, np.random.default_rng(0))
    assert (weights[0] == 1).all()
    for group in set(groups):
        assert (weights[:, groups == group].sum(axis=1) == (groups == group).sum()).all()
    assert (weights[1:, 0] == 0).any() and (weights[1:, 0] == 2).any()


@pytest.mark.parametrize("kind", KINDS)
def test_junk_is_added_under_words_of_the_batch(kind: str) -> None:
    strokes = [[np.array([[0, 0], [k, 255], [255, k]])] for k in range(12)]
    batch = Drawings.from_strokes(strokes, word=["cat"] * 6 + ["dog"] * 6)
    junk = ranking.add_junk(batch, kind, 8, np.random.default_rng(0))
    assert len(junk) == 8
    assert set(junk.words) <= {"cat", "dog"}
    if kind == "wrong":
        whose = {drawing.tobytes(): word for drawing, word in zip((s[0] for s in strokes), batch.words, strict=True)}
        for k in range(8):
            given = junk.strokes_of(k)[0].astype(np.int64).tobytes()
            assert whose[given] != junk.words[k]


@SHIPPED
def test_the_command_prints_tables_and_flat_json(
    tmp_path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    starter = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    (tmp_path / "data").mkdir()
    write_drawings(starter, tmp_path / "data" / "all.ndjson")
    assert main(["bench", "ranking", "--data", str(tmp_path / "data")]) == 0
    text = capsys.readouterr().out
    assert "**planted junk**" in text and "\n| junk " in text
    assert "**not recognised in the game**" not in text  # the starter set knows nothing of it
    for name in ("IsolationForest", "LocalOutlierFactor", *(CLEANLAB if has_cleanlab() else ())):
        assert f"\n| {name} " in text

    monkeypatch.setitem(sys.modules, "cleanlab", None)
    assert main(["bench", "ranking", "--data", str(tmp_path / "data"), "--json"]) == 0
    out, err = capsys.readouterr()
    assert "cleanlab is not installed" in err
    flat = json.loads(out)
    assert {f"planted junk: junk: found{end}" for end in ("", " (low)", " (high)")} <= set(flat)
    assert not any(row in name for row in CLEANLAB for name in flat)
    assert all(0 <= value <= 1 for value in flat.values())  # what they are worth: the next test
    assert main(["bench", "ranking"]) == 2


@SHIPPED
def test_labels_come_first_and_have_a_place_of_their_own(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also beside public networks, here of random weights."""
    starter = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    (tmp_path / "data").mkdir()
    write_drawings(starter, tmp_path / "data" / "all.ndjson")
    sampled = [(key, key[1:4] == "000") for key in starter.column("key_id")]
    lines = [{"key_id": key, "label": "honest" if real else "scribble"} for key, real in sampled]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, lines)))
    write_teacher(tmp_path, "trekhleb", categories())
    docs = tmp_path / "docs.md"
    docs.write_text("".join(f"<!-- {name} -->\n<!-- end of {name} -->\n" for name in ("real junk", "figures")))
    asked = ["bench", "ranking", "--data", str(tmp_path / "data"), "--labels", str(tmp_path), "--json"]
    assert main([*asked, "--part", "all", "--teachers", str(tmp_path), "--docs", str(docs)]) == 0
    flat = json.loads(capsys.readouterr().out)
    assert next(iter(flat)) == "real junk: junk: average precision"
    assert flat["real junk: junk: average precision"] > flat["real junk: trekhleb: average precision"]
    assert flat["real junk, how many: all: clear junk"] == sum(not real for _, real in sampled)
    written = places(docs.read_text(encoding="utf-8"))
    assert written["real junk"].count("**real junk") == 7 and "real junk" not in written["figures"]
    assert "| trekhleb " in written["real junk"] and "| trekhleb " in written["figures"]

    (tmp_path / "mine.jsonl").write_text('{"key_id": "0", "label": "honest"}\n')
    assert main(asked) == 1
    assert "mine.jsonl, line 1: there is no drawing 0 under" in capsys.readouterr().err
    assert main([*asked, "--teachers", str(tmp_path / "data")]) == 1
    assert "There is no doodlenet.npz and no trekhleb.npz in" in capsys.readouterr().err


@SHIPPED
def test_the_combined_order_finds_more_than_any_column() -> None:
    starter = open_drawings(paths.asset("starter.ndjson.gz")).drawings
    sampled = starter.take(np.array([key[1:4] == "000" for key in starter.column("key_id")]))
    judge = AllOrders(ranking.Scorer())
    good = judge(sampled)
    tables = ranking.planted_junk(judge, sampled, good, rounds=2)
    found = {order: row["found"] for order, row in tables["planted junk"].rows.items()}
    # The shipped order was fitted before rude pictures, letters beside a drawing and bare lines were planted.
    others = [figure.value for order, figure in found.items() if order != "junk"]
    assert found["junk"].value > max(0.7, np.median(others))
    kinds = tables["planted junk, kind by kind"].rows
    assert kinds["good drawings"]["reason right"].value > 0.9
    assert all(0 <= figure.low <= figure.high <= 1 for row in kinds.values() for figure in row.values())
    wrong = ranking.wrong_category(judge, sampled, good).rows
    assert wrong["junk"]["AUC"].value > max(0.8, wrong["loss"]["AUC"].value)
