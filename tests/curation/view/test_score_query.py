"""What DuckDB answers of a folder of scores is what sorting and counting all of it gives."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as parquet
import pytest

from qdesk.bench.cluster import make_scores
from qdesk.curation.view.score_query import Filter, QueryError, ScoreQuery
from qdesk.scoring.columns import RANK_COLUMNS
from qdesk.scoring.score_folder import ScoreFolderError

pytestmark = pytest.mark.skipif(find_spec("duckdb") is None, reason='DuckDB is missing: pip install "qdesk[cluster]"')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_scores(tmp_path / "scores", 2000, 12)
    return tmp_path / "scores"


def test_the_worst_and_other_sorts(folder):
    every = parquet.read_table(folder).sort_by("rank")
    with ScoreQuery(str(folder)) as scores:
        assert scores.drawings == scores.count() == len(every) == 2000 and not scores.missing
        worst = scores.worst(50)
        assert tuple(worst.column_names) == RANK_COLUMNS and worst["rank"].to_pylist() == list(range(1, 51))
        assert worst["key_id"].to_pylist() == every["key_id"].to_pylist()[:50]
        later = scores.sorted("rank", 10, start=30)
        assert later["rank"].to_pylist() == list(range(31, 41))
        lifts = scores.sorted("lift", 20, descending=True)["lift"].to_pylist()
        assert lifts == np.sort(every["lift"].to_numpy())[::-1][:20].tolist()


def test_filters_counts_and_search(folder):
    every = parquet.read_table(folder)
    few = Filter({"junk": (-6.0, None), "p_word": (None, 0.5)}, {"reason": ["scribble", None]})
    mask = pc.and_(pc.greater_equal(every["junk"], -6.0), pc.less_equal(every["p_word"], 0.5))
    mask = pc.and_(mask, pc.equal(every["reason"].cast("string"), "scribble"))
    with ScoreQuery(str(folder)) as scores:
        assert scores.count(few) == sum(mask.to_pylist()) > 0
        assert sum(scores.counts("word", few).values()) == scores.count(few)
        assert set(scores.counts("reason", few)) == {"scribble"}
        found = scores.sorted("junk", 2000, where=Filter(text="GRAFF"))
        assert set(found["reason"].to_pylist()) == {"graffiti"}
        assert scores.count(Filter(among={"word": []})) == 0
        for wrong in (lambda: scores.counts("junk; drop"), lambda: scores.count(Filter({"x": (1, 2)}))):
            with pytest.raises(QueryError, match="has no column"):
                wrong()


def test_what_is_missing_is_said_and_the_rest_is_answered(folder):
    parts = sorted(folder.glob("word=*/*.parquet"))
    parts[0].write_bytes(parts[0].read_bytes()[:50])
    parts[1].unlink()
    (folder / "_qdesk" / "done" / "000005").unlink()
    with ScoreQuery(str(folder)) as scores:
        assert len(scores.missing) == 3 and scores.count() == scores.drawings < 2000
        said = " ".join(scores.missing)
    assert "is no whole Parquet file" in said and "is not there" in said and "1 pieces of" in said


def test_other_folders_and_a_missing_library_are_sentences(tmp_path, monkeypatch):
    with pytest.raises(ScoreFolderError, match="is no folder of scores"):
        ScoreQuery(str(tmp_path))
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(QueryError, match=r'pip install "qdesk\[cluster\]"'):
        ScoreQuery(str(tmp_path))
