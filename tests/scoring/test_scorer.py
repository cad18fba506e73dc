"""Scores: what the published scoring code got wrong is right here, and the shipped networks find junk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
import torch

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.data.simplify import LONGEST
from qdesk.data.synthetic_junk import add_parts
from qdesk.formats import open_drawings
from qdesk.nets import weights
from qdesk.scoring import scorer as score
from qdesk.scoring.columns import RANK_COLUMNS
from qdesk.scoring.scorer import Scorer, _blocks, batches, rank_table

pytestmark = pytest.mark.skipif(
    not (paths.model(paths.SKETCHRNN).exists() and paths.model(paths.JUNK_MODEL).exists()),
    reason="the shipped weights are not here",
)


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer()


@pytest.fixture(scope="module")
def starter() -> Drawings:
    return open_drawings(paths.asset("starter.ndjson.gz")).drawings


def test_every_drawing_is_scored_once_and_keeps_its_name(scorer: Scorer, starter: Drawings) -> None:
    batch = starter.take(slice(0, 301))
    seen = np.zeros(len(batch), int)
    columns = {}
    for chunk in scorer.stream(batch):
        seen[chunk.indices] += 1
        for name, values in chunk.columns.items():
            columns.setdefault(name, np.empty((len(batch), *values.shape[1:]), values.dtype))[chunk.indices] = values
    assert (seen == 1).all()
    for name in ("loss", "loss_per_point", "lift", "p_word", "p_top", "junk"):
        assert np.isfinite(columns[name].astype(float)).all(), name
    # One drawing alone, and in another company, has the same score: neither length nor neighbours enter it.
    for k in (0, 150, 300):
        alone = scorer.score(batch.take([k]))
        assert alone["loss"][0] == pytest.approx(columns["loss"][k], rel=1e-4)
        assert alone["junk"][0] == pytest.approx(columns["junk"][k], rel=1e-3, abs=1e-3)
        assert alone["top_guess"][0] == columns["top_guess"][k]
        assert np.abs(alone["embedding"][0].astype(int) - columns["embedding"][k]).max() <= 1  # rounded


def test_planted_junk_comes_first(scorer: Scorer, starter: Drawings) -> None:
    columns = scorer.score(starter)
    planted = np.array([key[1:4] not in ("000",) for key in starter.column("key_id")])
    worst = np.argsort(-columns["junk"])[: planted.sum()]
    assert planted[worst].mean() > 0.6
    scribbles = np.array([key[1:4] == "001" for key in starter.column("key_id")])
    assert (columns["reason"][scribbles] == "scribble").mean() > 0.8


def test_far_worse_is_worse_without_a_tie(scorer: Scorer) -> None:
    """log(p + 1e-6) would give both the same loss."""
    rng = np.random.default_rng(0)
    jumps = [[np.array([[0, 0], [x, 0], [0, x]] * 6, np.float32) + rng.normal(0, 3, (18, 2))] for x in (120, 250)]
    loss = scorer.score(Drawings.from_strokes([*jumps, [np.array([[0, 0], [255, 255]])]], word="cat"))["loss"]
    assert len(set(loss)) == 3
    assert np.isfinite(loss).all()


def test_the_scale_is_the_models_not_the_files(scorer: Scorer, starter: Drawings) -> None:
    one = starter.take([5])
    smaller = Drawings.from_strokes([[s / 2 + 40 for s in one.strokes_of(0)]], word=[one.words[0]])
    assert scorer.score(smaller)["loss"][0] == pytest.approx(scorer.score(one)["loss"][0], rel=1e-3)


def test_words_unknown_or_missing_or_given(scorer: Scorer, starter: Drawings) -> None:
    strokes = [starter.strokes_of(k) for k in range(3)]
    batch = Drawings.from_strokes(strokes, word=["cat", "no such word", None])
    columns = scorer.score(batch)
    assert np.isfinite(columns["lift"][0]) and np.isnan(columns["lift"][1:]).all()
    assert np.isfinite(columns["p_word"][0]) and np.isnan(columns["p_word"][1:]).all()
    assert np.isfinite(columns["loss"]).all() and np.isfinite(columns["junk"]).all()
    forced = Scorer(word="dog").score(batch)
    assert np.isfinite(forced["lift"]).all()


def test_bitmaps_have_a_guess_and_no_loss(scorer: Scorer) -> None:
    columns = scorer.score(Drawings.from_bitmaps(np.zeros((3, 28, 28), np.uint8), word="cat"))
    assert np.isnan(columns["loss"]).all() and np.isnan(columns["lift"]).all()
    assert np.isfinite(columns["p_word"]).all() and np.isfinite(columns["junk"]).all()
    assert columns["embedding"].dtype == np.int8 and columns["embedding"].shape == (3, 64)
    table = rank_table(Drawings.from_bitmaps(np.zeros((3, 28, 28), np.uint8)), columns)
    assert table["strokes"].null_count == table["points"].null_count == table["loss"].null_count == 3


def test_raw_and_simplified_drawings_together_score_as_each_alone(scorer: Scorer) -> None:
    line = np.stack([np.linspace(10, 700, 400), 300 + 80 * np.sin(np.linspace(0, 9, 400))], axis=1)
    raw = Drawings.from_strokes([[line]], times=[[np.arange(400.0)]], word="snake")
    simple = Drawings.from_strokes([[np.array([[0, 0], [255, 9], [30, 200]])]], word="cat")
    together = scorer.score(Drawings.concat([simple, raw, simple]))["loss"]
    alone = [scorer.score(batch)["loss"][0] for batch in (simple, raw, simple)]
    assert together == pytest.approx(alone, rel=1e-4)


def test_raw_drawings_are_simplified_and_their_points_share_the_loss(scorer: Scorer) -> None:
    line = np.stack([np.linspace(10, 700, 400), 300 + 80 * np.sin(np.linspace(0, 9, 400))], axis=1)
    raw = Drawings.from_strokes([[line]], times=[[np.arange(400.0)]], word="snake")
    columns = scorer.score(raw)
    assert np.isfinite(columns["loss"][0])
    shares = scorer.point_losses(raw[0])
    assert shares.shape == (400,)
    assert np.isfinite(shares).all()
    simple = Drawings.from_strokes([[line[::40]]], word="snake").fit_box()
    assert scorer.point_losses(simple[0]).sum() / 250 == pytest.approx(scorer.score(simple)["loss"][0], rel=1e-4)


def test_a_long_drawing_scores_alone(scorer: Scorer) -> None:
    rng = np.random.default_rng(0)
    long = [np.cumsum(rng.normal(0, 5, (6000, 2)), axis=0)]
    assert np.isfinite(scorer.score(Drawings.from_strokes([long, long[:1]], word="cat"))["loss"]).all()


def test_stop_ends_the_stream(scorer: Scorer, starter: Drawings) -> None:
    chunks = []
    for chunk in scorer.stream(starter, stop=lambda: len(chunks) >= 2):
        chunks.append(chunk)
    assert len(chunks) == 2


def test_batches_cover_everything_and_waste_little() -> None:
    counts = np.random.default_rng(0).geometric(1 / 45, 5000) + 1
    parts = list(batches(counts))
    assert sorted(np.concatenate(parts).tolist()) == list(range(5000))
    padded = sum(len(part) * counts[part].max() for part in parts)
    assert padded < 1.06 * counts.sum()


def test_the_first_block_is_small_and_none_is_left_out() -> None:
    blocks = list(_blocks(np.arange(100_000)))
    assert len(blocks[0]) == 64 and all(len(block) <= 8192 for block in blocks)
    assert np.array_equal(np.concatenate(blocks), np.arange(100_000))
    assert list(_blocks(np.arange(0))) == []


def test_many_threads_score_as_one_does_and_leave_no_trace(starter: Drawings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that is left would fail the test."""
    batch, scorer, before = starter.take(slice(0, 400)), Scorer(), torch.get_num_threads()
    columns = []
    for cores in (1, 3):
        monkeypatch.setattr(score, "_cores", lambda cores=cores: cores)
        columns.append(scorer.score(batch))
        with ThreadPoolExecutor(1) as fresh:
            assert fresh.submit(torch.get_num_threads).result() == cores
    assert all(np.array_equal(columns[0][name].astype(str), columns[1][name].astype(str)) for name in columns[0])
    stream = scorer.stream(batch)
    next(stream)
    stream.close()
    torch.set_num_threads(before)


def test_a_scorer_made_while_another_works_has_all_cores_too(
    starter: Drawings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a second file is opened at once: the pool of the first tells new threads that there is one core."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    score._cores.cache_clear()
    first = Scorer().stream(starter)
    next(first)
    with ThreadPoolExecutor(1) as other:
        other.submit(lambda: Scorer().score(starter.take(slice(0, 40)))).result()
        first.close()
    with ThreadPoolExecutor(1) as fresh:
        assert fresh.submit(torch.get_num_threads).result() == 3 == score._cores()
    torch.set_num_threads(before)
    score._cores.cache_clear()


def test_an_official_decoder_ranks(reference_data) -> None:
    scorer = Scorer(reference_data / "official_sketchrnn" / "flamingo.gen.json")
    batch = open_drawings(reference_data / "strokes" / "flamingo.ndjson.gz").drawings.take(slice(0, 40))
    columns = scorer.score(batch)
    for name in ("loss", "lift", "junk"):
        assert np.isfinite(columns[name]).all()


def test_the_table_has_the_contracts_columns_worst_first(scorer: Scorer, starter: Drawings) -> None:
    batch = starter.take(slice(0, 50))
    columns = scorer.score(batch)
    table = rank_table(batch, columns)
    assert tuple(table.column_names) == RANK_COLUMNS
    assert table["rank"].to_pylist() == list(range(1, 51))
    assert (np.diff(table["junk"].to_numpy()) <= 0).all()
    by_lift = rank_table(batch, columns, by="lift")
    assert (np.diff(by_lift["lift"].to_numpy()) >= 0).all()
    by_points = rank_table(batch, columns, by="points")
    assert (np.diff(by_points["points"].to_numpy()) >= 0).all()  # given up early is the bad end
    key = table["key_id"].to_pylist()[0]
    row = list(batch.column("key_id")).index(key)
    assert table["loss"].to_pylist()[0] == columns["loss"][row]


def test_what_is_unknown_goes_last(scorer: Scorer, starter: Drawings) -> None:
    batch = Drawings.from_strokes([starter.strokes_of(k) for k in range(3)], word=[None, "cat", "dog"])
    table = rank_table(batch, scorer.score(batch), by="lift")
    assert table["lift"].to_pylist()[2] is None
    assert pa.types.is_floating(table["lift"].type)


def test_layers_of_another_sketchrnn_are_not_read(starter: Drawings, tmp_path) -> None:
    """Its losses are compared, but what its units mean nobody knows. Without them the rest still finds scribbles."""
    other = weights.load(paths.model(paths.SKETCHRNN), "sketchrnn")
    weights.save(other, tmp_path / "other.safetensors", seed=7)
    few = starter.take(slice(0, 150))
    own, strange = Scorer().score(few), Scorer(tmp_path / "other.safetensors").score(few)
    assert strange["loss"] == pytest.approx(own["loss"], rel=1e-2)
    assert not np.allclose(strange["junk"], own["junk"])
    assert np.corrcoef(strange["junk"], own["junk"])[0, 1] > 0.7


def test_p_junk_is_the_probability_of_the_odds(scorer: Scorer, starter: Drawings) -> None:
    columns = scorer.score(starter.take(slice(0, 200)))
    assert columns["p_junk"] == pytest.approx(1 / (1 + np.exp(-columns["junk"])))


def test_letters_beside_a_drawing_are_told_from_it(scorer: Scorer, starter: Drawings) -> None:
    """Of writing by another seed than it learned from, four in five strokes are told right."""
    plain = starter.take([key.startswith("9000") for key in starter.column("key_id")])
    written, truth = add_parts(plain, "beside", 60, np.random.default_rng(77))
    told = np.concatenate([scorer.letter_strokes(drawing) for drawing in written])
    assert (told == truth).mean() > 0.8
    assert np.concatenate([scorer.letter_strokes(drawing) for drawing in plain.take(slice(0, 60))]).mean() < 0.1


def test_an_official_decoder_reads_drawings_in_their_own_units(reference_data) -> None:
    """Fitted to the 255 box first, the seed's worst flamingos are told from random ones with AUC 0.88, not 1.00."""
    from sklearn.metrics import roc_auc_score

    scorer = Scorer(reference_data / "official_sketchrnn" / "flamingo.gen.json")
    names = ("random", "worst_by_loss_per_point")
    files = [reference_data / "bad_flamingos" / f"flamingo_{name}.ndjson" for name in names]
    losses = [scorer.score(open_drawings(file).drawings)["loss_per_point"] for file in files]
    truth = np.r_[np.zeros(len(losses[0])), np.ones(len(losses[1]))]
    assert roc_auc_score(truth, np.concatenate(losses)) > 0.999


# Very long drawings


def test_a_very_long_drawing_is_scored_by_its_beginning_and_the_others_as_ever(
    scorer: Scorer, starter: Drawings
) -> None:
    drawings = starter.take(slice(0, 40))
    endless = Drawings.from_strokes([[np.random.default_rng(0).integers(0, 255, (2, 3 * LONGEST))]], word=["cat"])
    alone, beside = scorer.score(drawings), scorer.score(Drawings.concat([drawings, endless]))
    for name, values in alone.items():
        same = values.dtype != object and values.tobytes() == beside[name][:-1].tobytes()
        assert same or values.tolist() == beside[name][:-1].tolist(), name
    assert beside["evidence"][-1].startswith(f"Only its first {LONGEST:,} points were looked at.")
    losses = scorer.point_losses(endless[0])
    assert len(losses) == 3 * LONGEST and losses[:LONGEST].any() and not losses[LONGEST:].any()
    assert len(scorer.letter_strokes(endless[0])) == 1
