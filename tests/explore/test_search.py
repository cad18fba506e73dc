from __future__ import annotations

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.explore.search import AWAY, COLUMNS, NEAR, Found, embeddings_of, same, search, see, table_of, write_result
from qdesk.scoring.score_cache import ScoreCache
from tests.helpers.drawings import shapes

NOTHING = np.zeros((0, 64), np.float32)


def unit(*values: float) -> np.ndarray:
    vector = np.zeros(64, np.float32)
    vector[: len(values)] = values
    return vector / np.linalg.norm(vector)


def stored(*vectors: np.ndarray) -> np.ndarray:
    return np.rint(127 * np.array(vectors)).astype(np.int8)


def test_the_nearest_comes_first():
    embeddings = stored(unit(0, 1), unit(1), unit(1, 1))
    found = search(embeddings, unit(1)[None], NOTHING, 2)
    assert found.rows.tolist() == [1, 2] and found.searched == 3
    assert found.likeness == pytest.approx([1, 0.707], abs=0.01)
    assert found.near and found.said == "The nearest of 3 is 1.00 alike."


def test_several_are_searched_for_by_their_mean():
    embeddings = stored(unit(1), unit(0, 1), unit(1, 1))
    assert search(embeddings, np.array([unit(1), unit(0, 1)]), NOTHING, 1).rows.tolist() == [2]


def test_what_is_nearer_to_something_unwanted_comes_later_and_the_others_keep_their_places():
    embeddings = stored(unit(1, 0.9), unit(1, -1), unit(1, -0.2), unit(-1))
    found = search(embeddings, unit(1)[None], NOTHING, 4)
    assert found.rows.tolist() == [2, 0, 1, 3] and found.unlike is None
    found = search(embeddings, unit(1)[None], np.array([unit(0.9, 1), unit(0, 0, 1)]), 4)
    assert found.rows.tolist() == [2, 1, 0, 3]
    assert found.likeness == pytest.approx([0.98, 0.707, 0.743, -1], abs=0.01)
    assert found.unlike is not None and found.unlike[2] > 0.99


def test_with_something_unwanted_it_is_what_a_plain_search_finds():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(3000, 64)).astype(np.float32)
    embeddings = np.rint(120 * vectors / np.linalg.norm(vectors, axis=1)[:, None]).astype(np.int8)
    wanted = unit(*random.normal(size=64))
    for unwanted in (unit(*random.normal(size=64))[None], unit(*(wanted + 0.1))[None], -wanted[None]):
        found = search(embeddings, wanted[None], unwanted, 3)
        likeness, unlike = embeddings @ wanted / 127, embeddings @ unwanted[0] / 127
        score = likeness - AWAY * np.maximum(unlike - likeness, 0)
        assert found.rows.tolist() == np.argsort(-score, kind="stable")[:3].tolist()
        assert found.unlike == pytest.approx(unlike[found.rows], abs=1e-5)


def test_the_same_on_both_sides_is_noticed():
    assert same(unit(1)[None], np.array([unit(0, 1), unit(1)]))
    assert not same(np.array([unit(1), unit(0, 1)]), unit(1)[None])
    assert not same(unit(1)[None], NOTHING)


def test_only_known_ones_are_searched_and_some_are_left_out():
    embeddings = stored(unit(1), unit(1), unit(1), unit(0, 1))
    found = search(embeddings, unit(1)[None], NOTHING, 9, np.array([True, True, False, True]), but=[0])
    assert found.rows.tolist() == [1, 3] and found.searched == 2


def test_it_says_when_nothing_is_near():
    found = search(stored(unit(0, 1)), unit(1)[None], NOTHING, 1)
    assert not found.near and found.said == "Nothing is near: the nearest of 1 is only 0.00 alike."
    assert 0.5 < NEAR < 0.9


def test_nothing_to_search_is_said():
    found = search(np.zeros((0, 64), np.int8), unit(1)[None], NOTHING, 5)
    assert not found.near and found.said == "There is nothing to search."


def test_it_is_what_a_plain_search_finds():
    random = np.random.default_rng(0)
    vectors = random.normal(size=(200_000, 64)).astype(np.float32)
    embeddings = np.rint(120 * vectors / np.linalg.norm(vectors, axis=1)[:, None]).astype(np.int8)
    query = random.normal(size=64).astype(np.float32)
    found = search(embeddings, query[None], NOTHING, 40)
    plain = embeddings @ query
    assert found.rows.tolist() == np.argsort(-plain, kind="stable")[:40].tolist()


def test_the_table_has_the_columns_of_the_contract():
    table = table_of(shapes("circle", 3), Found(np.array([2, 0]), np.array([0.9, 0.5], np.float32), 3))
    assert ",".join(table.column_names) == "rank,key_id,word,source,row,likeness,likeness_not" == ",".join(COLUMNS)
    assert table["rank"].to_pylist() == [1, 2]


@pytest.mark.parametrize("ending", ["csv", "png", "svg"])
def test_what_was_found_is_written(ending, tmp_path):
    path = tmp_path / f"found.{ending}"
    write_result(path, shapes("circle", 3), Found(np.array([1, 2]), np.array([0.9, 0.5], np.float32), 3), "Like this")
    data = path.read_bytes()
    assert data.startswith({"csv": b"rank,key_id,word", "png": b"\x89PNG", "svg": b"<"}[ending])
    if ending == "csv":
        assert data.decode().splitlines()[1:] == ["1,,circle,,,0.9,", "2,,circle,,,0.5,"]


class Counter:
    """A classifier that counts what it reads."""

    words = ("circle",)

    def __init__(self) -> None:
        self.read_so_far = 0

    def read(self, drawings: Drawings) -> tuple[np.ndarray, np.ndarray]:
        self.read_so_far += len(drawings)
        bitmap = drawings.bitmaps is not None
        return np.full((len(drawings), 1), 0.5 if bitmap else 1.0), np.full((len(drawings), 64), 9 - bitmap, np.int8)


def test_what_scoring_knows_is_not_read_again(tmp_path):
    from qdesk.scoring.fingerprint import drawing_keys, scorer_id

    drawings, reader = shapes("circle", 5), Counter()
    cache = ScoreCache(tmp_path)
    with cache.keeping(scorer_id()) as keep:
        keep(drawing_keys(drawings)[:3], {"embedding": np.full((3, 64), 7, np.int8)})
    shares: list[float] = []
    found = embeddings_of(drawings, lambda: reader, cache, shares.append)
    assert found[:, 0].tolist() == [7, 7, 7, 9, 9] and reader.read_so_far == 2
    assert shares[-1] == 1


def test_a_traced_picture_is_asked_about_twice():
    reader, drawings = Counter(), shapes("circle", 2)
    assert see(reader, drawings).embeddings == pytest.approx(1 / 8)
    assert reader.read_so_far == 2
    seen = see(reader, drawings, traced=True)
    assert reader.read_so_far == 6 and seen.probabilities == pytest.approx(1)
