"""Which drawing a verdict is about. The data set's raw drawings and their simplified twins share their key_ids."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from qdesk.curation.verdicts.identity import (
    CONTENT,
    SAMPLES,
    Known,
    Traces,
    folded,
    identities,
    is_trace,
    key_of,
    resolve,
    shared,
    traces,
)
from qdesk.curation.verdicts.store import Verdicts, of_drawings
from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official

KEY = "5237462900113408"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Verdicts]:
    with Verdicts(tmp_path / "verdicts.db") as opened:
        yield opened


def raw(seed: int, strokes: int = 3) -> list[np.ndarray]:
    """Strokes as a hand draws them: many points, on a canvas of any size."""
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 700, (strokes, 5, 2))
    along = np.linspace(0, 4, 60)
    lines = [np.stack([np.interp(along, np.arange(5), one[:, axis]) for axis in (0, 1)], axis=1) for one in corners]
    return [line + rng.normal(0, 0.4, line.shape) for line in lines]


def drawn(*seeds: int, **columns: Any) -> Drawings:
    columns = {"source": ["a.ndjson"] * len(seeds), "row": list(range(len(seeds))), **columns}
    return Drawings.from_strokes([raw(seed) for seed in seeds], **columns)


def remembered(drawings: Drawings, names: list[str], traced: bool = True) -> list[Known]:
    facts = drawings.table.select(["word", "countrycode", "timestamp", "source", "row"]).to_pylist()
    texts = traces(drawings).texts() if traced else [""] * len(names)
    return [Known(name, text, fact) for name, text, fact in zip(names, texts, facts, strict=True)]


def found(drawings: Drawings, known: list[Known]) -> list[str]:
    return resolve(identities(drawings), drawings, known).to_pylist()


# Traces


def test_a_trace_is_text_and_back() -> None:
    some = traces(drawn(1, 2, 3))
    texts = some.texts()
    assert all(map(is_trace, texts)) and texts[0].startswith("3-") and len(texts[0]) == 2 + 4 * SAMPLES
    back = Traces.of_texts(texts)
    assert (back.strokes == some.strokes).all() and (back.places == some.places).all()
    assert Traces.of_texts([]).places.shape == (0, SAMPLES, 2) and traces(Drawings.empty()).texts() == []
    assert not is_trace("3-12") and not is_trace("") and not is_trace(texts[0].upper())


def test_a_trace_is_the_same_wherever_and_however_large_it_was_drawn() -> None:
    points = [stroke * 3 + 1000 for stroke in raw(1)]
    there, here = traces(Drawings.from_strokes([points])), traces(drawn(1))
    assert np.abs(there.places - here.places).max() <= 1


def test_dots_and_bitmaps_have_traces() -> None:
    dots = Drawings.from_strokes([[np.array([[5, 5]])], [np.array([[5, 5], [5, 5]])]], key_id=["7", "7"])
    assert traces(dots).places.max() == 0 and shared(dots, identities(dots)) == 0
    pixels = np.zeros((3, 784), np.uint8)
    pixels[2, 5] = 255
    bitmaps = Drawings.from_bitmaps(pixels, key_id=["7"] * 3)
    names = identities(bitmaps)
    assert names[0] == names[1] != names[2] and shared(bitmaps, names) == 3
    assert all(map(is_trace, traces(bitmaps).texts()))


# Within one file


def test_one_key_id_of_different_drawings_is_told_apart() -> None:
    three = drawn(1, 2, 1, 3, key_id=[KEY] * 4, word=["cat", "cat", "dog", "cat"])
    names = identities(three)
    assert len(set(names.to_pylist())) == 4 and shared(three, names) == 4
    assert {key_of(name) for name in names.to_pylist()} == {KEY}
    assert identities(three.take([3, 1, 0, 2])).to_pylist() == names.take([3, 1, 0, 2]).to_pylist()


def test_a_raw_drawing_and_its_simplified_twin_have_one_identity() -> None:
    one = drawn(1, 2, key_id=["1", "2"], word=["cat", None])
    both = Drawings.concat([one, as_official(one).with_columns(word=["Cat", "dog"], source=["b.ndjson"] * 2)])
    assert identities(both).to_pylist() == ["1", "2", "1", "2"] and shared(both, identities(both)) == 0
    four = Drawings.concat([both, drawn(3, 4, key_id=["1", "1"], word=["cat", "cat"])])
    names = identities(four).to_pylist()
    assert names[0] == names[2] != "1" and names[1] == names[3] == "2" and len({*names}) == 4
    assert shared(four, identities(four)) == 4


def test_two_drawings_of_one_file_that_are_nearly_the_same_are_two() -> None:
    strokes = [[np.array([[0, 0], [255, shift], [shift, 90]])] for shift in range(3)]
    near = Drawings.from_strokes(strokes, key_id=["7"] * 3, source=["a.ndjson"] * 3, row=[0, 1, 2])
    names = identities(near).to_pylist()
    assert len(set(names)) == 3
    for row in range(3):
        known = remembered(near, ["7"] * 3)[row : row + 1]
        assert [name == "7" for name in found(near, known)] == [other == row for other in range(3)]
    apart = near.with_columns(source=["a.ndjson", "b.ndjson", "c.ndjson"])
    assert identities(apart).to_pylist() == ["7"] * 3


def test_a_constant_key_id_of_many_drawings() -> None:
    many = drawn(*range(50), *range(50), key_id=["0"] * 100)
    names = identities(many).to_pylist()
    assert len(set(names)) == 50 and names[:50] == names[50:]


def test_drawings_without_a_key_id_are_known_by_content() -> None:
    names = identities(drawn(1, 1, 2, key_id=[None, "", "5"])).to_pylist()
    assert names[0] == names[1] and names[0].startswith(CONTENT) and names[2] == "5"
    assert key_of(names[0]) is None and key_of("5") == "5" and key_of(f"{KEY}#0123456789abcdef") == KEY


@pytest.mark.parametrize("word", ["The Eiffel Tower", "the_eiffel_tower", " the eiffel tower "])
def test_words_are_compared_as_people_write_them(word: str) -> None:
    assert folded(word) == "theeiffeltower" and folded(None) == ""


def test_identities_take_the_key_id_and_hash_the_rest() -> None:
    strokes = [[np.array([[0, 0], [255, 9]])], [np.array([[0, 0], [255, 10]])], [np.array([[0, 0], [255, 10]])]]
    names = identities(Drawings.from_strokes(strokes, key_id=["55", None, ""])).to_pylist()
    assert names[0] == "55" and names[1].startswith(CONTENT) and names[1] == names[2]
    alone = identities(Drawings.from_strokes(strokes[1:], row=[8, 9]))
    assert isinstance(alone, pa.StringArray) and alone.to_pylist() == names[1:]
    pixels = np.zeros((2, 784), np.uint8)
    pixels[1, 5] = 1
    assert len(set(identities(Drawings.from_bitmaps(pixels)).to_pylist())) == 2
    assert len(identities(Drawings.empty())) == 0


# What is known


def test_a_verdict_is_found_by_the_trace_of_its_drawing() -> None:
    mine, theirs = drawn(1, key_id=["7"], word=["cat"]), drawn(2, 1, 3, key_id=["7"] * 3, word=["cat"] * 3)
    known = remembered(mine, ["7"])
    assert found(mine, known) == ["7"] == found(as_official(mine), known)
    names = found(theirs, known)
    assert names[1] == "7" and "7" not in (names[0], names[2]) and len(set(names)) == 3
    assert found(theirs.take([0]), known) == [names[0]]  # the key_id alone is another's here
    assert found(theirs.take([1]).with_columns(word=["dog"]), known) != ["7"]
    assert found(theirs.take([1]).with_columns(word=[None]), known) == ["7"]


def test_a_verdict_given_among_others_is_found_alone() -> None:
    three = drawn(1, 2, 3, key_id=["7"] * 3)
    names = identities(three).to_pylist()
    known = remembered(three, names)[1:2]
    assert found(three, known) == names
    assert found(as_official(three.take([1])), known) == [names[1]]
    assert found(three.take([2]), known) == ["7"]


def test_what_has_nothing_to_do_with_verdicts_stays_the_same_array() -> None:
    mine = drawn(1, 2, key_id=["1", None])
    names = identities(mine)
    assert resolve(names, mine, []) is names and resolve(names, mine, remembered(mine, ["8", CONTENT])) is names


@pytest.mark.parametrize(
    ("word", "country", "time", "fits"),
    [
        ("cat", "DE", "2017-03-20 01:07:50.46456 UTC", True),
        ("Cat", None, None, True),
        (None, "DE", "2017-03-20T01:07:50Z", True),
        ("dog", "DE", "2017-03-20 01:07:50.46456 UTC", False),
        ("cat", "US", None, False),
        ("cat", "DE", "2018-03-20 01:07:50.46456 UTC", False),
        ("cat", "DE", "1489972070", True),  # another way to write a time, which is not compared
    ],
)
def test_of_an_earlier_qdesk_a_verdict_goes_by_the_word(word, country, time, fits) -> None:
    about = {"word": ["cat"], "countrycode": ["DE"], "timestamp": ["2017-03-20 01:07:50.46456 UTC"]}
    known = remembered(drawn(1, key_id=["7"], **about), ["7"], traced=False)
    other = drawn(1, key_id=["7"], word=[word], countrycode=[country], timestamp=[time])
    assert (found(other, known) == ["7"]) is fits


def test_of_an_earlier_qdesk_a_verdict_on_several_drawings_is_of_its_row() -> None:
    three = drawn(1, 2, 3, key_id=["7"] * 3)
    names = identities(three).to_pylist()
    old = remembered(three, ["7"] * 3, traced=False)
    assert found(three, old[1:2]) == [names[0], "7", names[2]]
    assert found(three, [Known("7", "", {})]) == names  # nobody can tell
    files = three.with_columns(row=[1, 1, 1], source=["x/a.ndjson", "x/b.ndjson", "c.ndjson"])
    assert found(files, [Known("7", "", {"row": 1, "source": "b.ndjson"})]) == [names[0], "7", names[2]]
    twins = Drawings.concat([three.take([0]), three.take([0])])
    assert found(twins, [Known("7", "", {})]) == ["7", "7"]


def test_verdicts_of_drawings(store: Verdicts) -> None:
    three = drawn(1, 2, 3, key_id=["7"] * 3, word=["cat"] * 3)
    judged = of_drawings(three, store)
    assert judged.reasons.tolist() == ["", "", ""] and judged.shared == 3
    trace = traces(three).texts()[1]
    store.flag(judged.names[1].as_py(), "wrong", info={"word": "cat", "trace": trace})
    assert of_drawings(three, store).reasons.tolist() == ["", "wrong", ""]
    assert of_drawings(as_official(three.take([2, 1])), store).reasons.tolist() == ["", "wrong"]
    assert store.all()[0].key_id == "7" and store.all()[0].trace == trace
    store.undo()
    assert of_drawings(three, store).reasons.tolist() == ["", "", ""]
    store.redo()
    assert store.all()[0].trace == trace
    store.refresh({store.all()[0].identity: {"junk": 1.5}})
    assert store.all()[0].trace == trace
    assert store.forget(["7"]) == 1 and store.all() == []
    empty = of_drawings(Drawings.empty(), store)
    assert empty.shared == 0 and not len(empty.reasons) and isinstance(empty.names, pa.StringArray)


def test_verdicts_are_remembered_by_key_id(store: Verdicts) -> None:
    names = ["7", "7#0123456789abcdef", "70", "7$", "8", f"{CONTENT}7"]
    store.flag_many([(name, "wrong", "", {}) for name in names])
    assert sorted(one.identity for one in store.remembered(["7", "9", "7"])) == names[:2]
    assert sorted(one.identity for one in store.remembered()) == sorted(names)
    assert store.remembered([]) == []


# Real drawings


def test_all_twins_of_the_data_are_found_and_others_are_not(reference_data: Path) -> None:
    from qdesk.formats import open_drawings

    both = [open_drawings(*sorted((reference_data / name).glob("*.gz"))).drawings for name in ("raw", "strokes")]
    by_key = {key: row for row, key in enumerate(both[1].column("key_id")) if key}
    rows = np.array([by_key[key] for key in both[0].column("key_id")])
    keys = both[0].column("key_id").tolist()
    simplified = both[1].take(rows)
    assert found(both[0], remembered(simplified, keys)) == keys
    assert shared(both[0], identities(Drawings.concat([both[0], simplified]))[: len(keys)]) == 0
    # Each verdict with the key_id of the next drawing of its word: only bare lines may be taken for each other.
    order = np.argsort(simplified.words.astype(str), kind="stable")
    moved = remembered(simplified.take(np.roll(order, 1)), [keys[row] for row in order])
    taken = np.array(found(simplified.take(order), moved), object) == np.array(keys, object)[order]
    assert set(simplified.words[order][taken]) <= {"line", "ocean"} and taken.sum() <= 10
