"""Folders of scores: the plain command's numbers, whoever did which piece and wherever it was ended."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from qdesk.cluster import local
from qdesk.cluster.run import Options, Stopped, Way, rank_into
from qdesk.cluster.work import Result, Score, Worker
from qdesk.formats import open_drawings
from qdesk.places import PlaceError
from qdesk.scoring.score_folder import ScoreFolderError
from qdesk.scoring.scorer import Scorer, rank_table
from tests.helpers.commands import ndjson_line

SMALL = Way(piece=600, workers=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files: one of two words, with a broken line, of several pieces; and one that holds nothing."""
    data = tmp_path / "data"
    data.mkdir()
    lines = [ndjson_line(key % 7, "square" if key % 3 else "a/b 100%") for key in range(1, 12)]
    (data / "shapes.ndjson").write_text("\n".join([*lines[:5], "{broken", *lines[5:]]) + "\n")
    (data / "empty.ndjson").write_text("\n")
    return data


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each piece done here, one after the other. `test_local.py` has processes do them."""

    def scored(
        self: local.Processes, worker: Worker, jobs: list[Score], on_progress: object = None
    ) -> Iterator[Result]:
        yield from map(worker.do, jobs)

    monkeypatch.setattr(local.Processes, "scored", scored)


def read(out: Path) -> pa.Table:
    return parquet.read_table(out).sort_by("rank")


def plain(data: Path, by: str = "junk") -> pa.Table:
    drawings = open_drawings(data / "shapes.ndjson").drawings
    return rank_table(drawings, Scorer().score(drawings), by)


def same(found: pa.Table, expected: pa.Table) -> None:
    assert found.column_names == expected.column_names and len(found) == len(expected)
    for name in found.column_names:
        mine, theirs = found[name].to_pylist(), expected[name].to_pylist()
        if pa.types.is_floating(expected.schema.field(name).type):
            assert np.allclose(np.array(mine, float), np.array(theirs, float), rtol=1e-4, atol=1e-5, equal_nan=True)
        elif name != "source":
            assert mine == theirs, name


@pytest.mark.parametrize("by", ["junk", "strokes"])
def test_a_folder_holds_the_rows_of_the_plain_command(folder, tmp_path, by):
    out = tmp_path / "scores"
    state = rank_into([folder], str(out), Options(by), SMALL)
    assert state.total > 2 and not state.left and state.drawings == 11
    same(read(out), plain(folder, by))
    assert {path.name for path in out.iterdir()} == {"word=square", "word=a%2Fb 100%25", "_qdesk"}
    assert state.bad_lines == 1 and len(state.bad_files) == 1 and "empty.ndjson" in state.bad_files[0]
    assert [problem[1] for problem in state.said("problems")] == [6]
    assert state.words == {"square": 8, "a/b 100%": 3} and state.sums.drawings == 11
    assert state.scored == 11 and state.cpu_s_per_million > 0


def test_shards_do_the_same_in_any_order(folder, tmp_path):
    out = tmp_path / "scores"
    for index in (2, 0, 1):
        state = rank_into([folder], str(out), Options(), Way((index, 3), piece=600))
        assert bool(state.left) == (index != 1)
        ranks = parquet.read_table(out)["rank"]
        assert ranks.null_count == (len(ranks) if state.left else 0)
    same(read(out), plain(folder))


def test_a_run_goes_on_where_another_ended(folder, tmp_path, monkeypatch):
    out, done = tmp_path / "scores", []
    real = Worker.do

    def ends_at_the_third(self: Worker, job: Score, on_progress: object = None) -> Result:
        done.append(job.unit.number)
        if len(done) == 3:
            raise KeyboardInterrupt
        return real(self, job)

    monkeypatch.setattr(Worker, "do", ends_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        rank_into([folder], str(out), Options(), SMALL)
    state = rank_into([folder], str(out), Options(), SMALL)
    assert state.kept == 2 and done[3:6] == done[2:3] + [done[2] + 1, done[2] + 2][: len(done[4:6])]
    same(read(out), plain(folder))
    before = len(done)
    again = rank_into([folder], str(out), Options(), SMALL)
    assert len(done) == before and again.scored == 0 and not again.left


@pytest.mark.parametrize("how", ["half", "gone", "other", "note"])
def test_a_part_that_is_no_longer_whole_is_made_anew(folder, tmp_path, how):
    out = tmp_path / "scores"
    rank_into([folder], str(out), Options(), SMALL)
    part = sorted((out / "word=square").glob("*.parquet"))[0]
    if how == "half":
        part.write_bytes(part.read_bytes()[:-100])
    elif how == "gone":
        part.unlink()
    elif how == "other":
        parquet.write_table(parquet.read_table(part).slice(1), part)
    else:
        (out / "_qdesk" / "done" / f"{int(part.name[5:11]):06d}").write_bytes(b"PAR1")
    state = rank_into([folder], str(out), Options(), SMALL)
    assert len(state.damaged) == 1 and 0 < state.scored < 11
    same(read(out), plain(folder))


def test_other_options_files_and_networks_are_told_apart(folder, tmp_path, monkeypatch):
    out = str(tmp_path / "scores")
    rank_into([folder], out, Options(), Way((0, 2), piece=600))
    for options, said in ((Options("loss"), "--by junk, and now"), (Options(word="cat"), "without --word, and now it")):
        with pytest.raises(ScoreFolderError, match=said):
            rank_into([folder], out, options)
    (folder / "more.ndjson").write_text(ndjson_line(1))
    with pytest.raises(ScoreFolderError, match=r"more\.ndjson was not among the files"):
        rank_into([folder], out, Options())
    (folder / "more.ndjson").unlink()
    with pytest.raises(ScoreFolderError, match=r"empty\.ndjson, with which .* is no longer"):
        rank_into([folder / "shapes.ndjson"], out, Options())
    monkeypatch.setattr("qdesk.cluster.plan.scorer_id", lambda model: "another")
    with pytest.raises(ScoreFolderError, match="begun with other networks"):
        rank_into([folder], out, Options())
    monkeypatch.undo()
    (folder / "shapes.ndjson").write_text(ndjson_line(1))
    with pytest.raises(ScoreFolderError, match=r"shapes\.ndjson has changed"):
        rank_into([folder], out, Options())


def test_a_worker_with_other_networks_stops_the_run(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("qdesk.scoring.fingerprint.scorer_id", lambda model: "another")
    with pytest.raises(Stopped, match=r"has other networks .*What was done stays"):
        rank_into([folder], str(tmp_path / "scores"), Options(), SMALL)


def test_what_is_no_folder_of_scores_is_left_alone(folder, tmp_path):
    with pytest.raises(ScoreFolderError, match="holds other files"):
        rank_into([folder], str(folder), Options())
    notes = tmp_path / "scores" / "_qdesk"
    notes.mkdir(parents=True)
    for text, said in (("{", "damaged"), ('{"version": 99}', "another version"), ('{"version": 1}', "damaged")):
        (notes / "plan.json").write_text(text)
        with pytest.raises(ScoreFolderError, match=said):
            rank_into([folder], str(tmp_path / "scores"), Options())


def test_a_file_that_cannot_be_read_now_is_tried_again(folder, tmp_path, monkeypatch):
    out, real = str(tmp_path / "scores"), local.Processes.scored

    def without_the_file(
        self: local.Processes, worker: Worker, jobs: list[Score], on_progress: object
    ) -> Iterator[Result]:
        hidden = (folder / "shapes.ndjson").rename(folder / "hidden")
        os.utime(hidden, ns=(jobs[-1].source.changed,) * 2)
        yield from list(real(self, worker, jobs))
        hidden.rename(folder / "shapes.ndjson")

    monkeypatch.setattr(local.Processes, "scored", without_the_file)
    state = rank_into([folder], out, Options(), SMALL)
    assert state.failed and state.left == len(state.failed) and "shapes.ndjson" in state.failed[0]
    monkeypatch.setattr(local.Processes, "scored", real)
    assert not rank_into([folder], out, Options(), SMALL).left
    same(read(Path(out)), plain(folder))


def test_no_files_are_a_sentence(tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(PlaceError, match="There are no files of drawings in"):
        rank_into([tmp_path / "none"], str(tmp_path / "scores"), Options())
