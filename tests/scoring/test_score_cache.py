"""The cache of scores: what was kept comes back exactly, nothing else does, and nothing that befalls it is fatal."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.scoring import score_cache as module
from qdesk.scoring.fingerprint import drawing_keys, scorer_id
from qdesk.scoring.score_cache import MANY, ScoreCache

Columns = dict[str, np.ndarray]


@pytest.fixture
def cache(tmp_path: Path) -> ScoreCache:
    return ScoreCache(tmp_path / "scores")


def scores(keys: np.ndarray) -> Columns:
    """Every kind of value there is, made of the keys."""
    values = keys.astype(float) / 7
    values[keys % 5 == 0] = np.nan
    texts = np.array(["" if key % 3 else f"reason {key % 7}" for key in keys.tolist()], object)
    texts[keys % 11 == 0] = None
    embedding = (keys[:, None] >> np.arange(64, dtype=np.uint64)).astype(np.int8)
    return {"loss": values, "p_top": values.astype(np.float32), "reason": texts, "embedding": embedding}


def keep(cache: ScoreCache, keys: np.ndarray, scorer: str = "a") -> Columns:
    columns = scores(keys)
    with cache.keeping(scorer) as keeps:
        keeps(keys, columns)
    return columns


def found(cache: ScoreCache, keys: np.ndarray, scorer: str = "a") -> tuple[np.ndarray, Columns]:
    """How often each of `keys` was found, and its columns."""
    times, columns = np.zeros(len(keys), int), {}
    for places, part in cache.known(scorer, keys):
        times[places] += 1
        for name, values in part.items():
            columns.setdefault(name, np.empty((len(keys), *values.shape[1:]), values.dtype))[places] = values
    return times, columns


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Bit for bit, and of the same type."""
    if one.dtype == object:
        return one.tolist() == other.tolist()
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def files(cache: ScoreCache) -> list[Path]:
    return sorted(cache.folder.rglob("*.parquet"))


KEYS = np.arange(1, 1001, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


# What comes back


def test_what_was_kept_comes_back_bit_for_bit(cache: ScoreCache) -> None:
    kept = keep(cache, KEYS)
    asked = np.random.default_rng(1).permutation(len(KEYS))
    times, columns = found(ScoreCache(cache.folder), KEYS[asked])
    assert (times == 1).all() and columns.keys() == kept.keys()
    assert all(same(columns[name], kept[name][asked]) for name in kept)


def test_only_what_is_known_is_found_and_twins_are_both(cache: ScoreCache) -> None:
    kept = keep(cache, KEYS[:10])
    keep(cache, np.r_[KEYS[5:10], KEYS[5:10]])  # kept twice, by two programs say, is found once
    times, columns = found(cache, np.r_[KEYS[8:12], KEYS[8:10]])
    assert times.tolist() == [1, 1, 0, 0, 1, 1]
    assert same(columns["loss"][:2], columns["loss"][4:])
    assert same(columns["loss"][:1], kept["loss"][8:9])


def test_one_scorer_knows_nothing_of_another(cache: ScoreCache) -> None:
    keep(cache, KEYS, "a")
    assert not found(cache, KEYS, "b")[0].any()
    first = files(cache)[0].read_bytes()
    keep(cache, KEYS, "b")
    assert found(cache, KEYS, "b")[0].all() and first in [file.read_bytes() for file in files(cache)]


def test_large_files_are_read_part_by_part(cache: ScoreCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", 100)
    keep(cache, KEYS)
    assert [len(places) for places, _ in cache.known("a", KEYS)] == [100] * 10
    assert len(list(cache.known("a", KEYS[250:260]))) == 1
    assert list(cache.known("a", KEYS[:0])) == []


# When it is written


def test_an_interrupted_run_keeps_what_it_has(cache: ScoreCache) -> None:
    with pytest.raises(KeyboardInterrupt), cache.keeping("a") as keeps:
        keeps(KEYS[:7], scores(KEYS[:7]))
        raise KeyboardInterrupt
    assert found(cache, KEYS)[0].sum() == 7


def test_a_killed_program_loses_the_last_moments_alone(cache: ScoreCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.0)
    with cache.keeping("a") as keeps:
        keeps(KEYS[:7], scores(KEYS[:7]))
        assert found(cache, KEYS)[0].sum() == 7  # before the run has ended in any way


def test_what_is_on_disk_is_not_written_again(cache: ScoreCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_S", -1.0)  # each time at once
    with cache.keeping("a") as keeps:
        for first in range(0, 12, 3):
            keeps(KEYS[first : first + 3], scores(KEYS[first : first + 3]))
        assert [parquet.ParquetFile(file).metadata.num_rows for file in files(cache)] == [3] * 4


def test_many_small_files_become_one_and_nothing_is_lost(cache: ScoreCache) -> None:
    kept = [keep(cache, KEYS[n : n + 3]) for n in range(0, 3 * module.MANY, 3)]
    assert len(files(cache)) == module.MANY
    keep(cache, KEYS[:2])  # known already: its twin goes
    (file,) = files(cache)
    assert parquet.ParquetFile(file).metadata.num_rows == 3 * module.MANY
    times, columns = found(cache, KEYS[: 3 * module.MANY])
    assert (times == 1).all()
    assert same(columns["p_top"], np.concatenate([part["p_top"] for part in kept]))


def test_of_too_much_the_scorers_go_that_were_not_asked_for_the_longest(
    cache: ScoreCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age, scorer in enumerate("cba"):
        keep(cache, KEYS, scorer)
        os.utime(cache.folder / scorer, (10**9 - age, 10**9 - age))  # the last one is the oldest
    assert found(cache, KEYS, "a")[0].all()  # and is asked for now
    monkeypatch.setattr(module, "LIMIT", 3 * files(cache)[0].stat().st_size)
    keep(cache, KEYS, "d")
    assert sorted(path.name for path in cache.folder.iterdir()) == ["a", "c", "d"]
    monkeypatch.setattr(module, "LIMIT", 0)
    keep(cache, KEYS, "d")
    assert [path.name for path in cache.folder.iterdir()] == ["d"]  # the one in use stays, however large


def test_two_programs_at_once(tmp_path: Path) -> None:
    """Both score, tidy up and look up in one folder."""
    failed: list[BaseException] = []

    def work(first: int) -> None:
        try:
            mine = ScoreCache(tmp_path)
            for n in range(first, first + 300, 10):
                keep(mine, KEYS[n : n + 10])
                found(mine, KEYS)
            assert mine.trouble == ""
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in (0, 150)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    # Of what one was tidying up, the other may have missed something; nothing is wrong, or there twice.
    assert (found(ScoreCache(tmp_path), KEYS[:450])[0] == 1).all()


# What goes wrong


@pytest.mark.parametrize("damage", ["cut", "emptied", "flipped", "not ours"])
def test_a_damaged_file_is_said_once_and_costs_its_own_scores_alone(cache: ScoreCache, damage: str) -> None:
    keep(cache, KEYS[:500])
    (bad,) = files(cache)
    keep(cache, KEYS[500:])
    content = bytearray(bad.read_bytes())
    if damage == "flipped":
        content[300] ^= 16
    bad.write_bytes({"cut": content[:-100], "emptied": b"", "flipped": content, "not ours": b"a letter"}[damage])
    assert not found(cache, KEYS)[0][:500].any() and found(cache, KEYS)[0][500:].all()
    assert "anew" in cache.trouble
    again = ScoreCache(cache.folder)
    keep(again, KEYS[:500])
    assert found(again, KEYS)[0].all() and again.trouble == ""


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "scores").write_text("a file where the folder should be")
    cache = ScoreCache(tmp_path / "scores")
    keep(cache, KEYS)
    assert not found(cache, KEYS)[0].any()
    assert cache.trouble.startswith("The scores are not kept") and cache.trouble.count(".") == 1


def test_what_may_only_be_read_is_read(cache: ScoreCache, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(cache, KEYS)

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "utime", refuse)
    assert found(cache, KEYS)[0].all()


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), pa.lib.ArrowMemoryError("no memory")])
def test_what_cannot_be_read_this_time_is_not_lost(
    cache: ScoreCache, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Neither by looking nor by making many files one."""
    for part in np.array_split(KEYS, MANY):
        keep(cache, part)
    real, left = parquet.ParquetFile.read_row_group, [3]

    def read_row_group(*arguments: object) -> object:
        left[0] -= 1
        if left[0] == 0:
            raise error
        return real(*arguments)

    monkeypatch.setattr(parquet.ParquetFile, "read_row_group", read_row_group)
    keep(cache, KEYS[:1])
    monkeypatch.undo()
    assert left[0] <= 0
    assert found(ScoreCache(cache.folder), KEYS)[0].all()


def test_what_killed_programs_left_half_written_goes(cache: ScoreCache) -> None:
    keep(cache, KEYS)
    old, new = (files(cache)[0].with_name(f".{name}.parquet.1.part") for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (10**9, 10**9))
    keep(cache, KEYS[:1])
    assert not old.exists() and new.exists()  # the new one may be another program's, at work


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    cache = ScoreCache(Path(os.fsdecode(bytes(tmp_path) + b"/\xff scores")))
    for part in np.array_split(KEYS, MANY + 1):
        keep(cache, part)
    assert found(cache, KEYS)[0].all() and cache.trouble == "" and len(files(cache)) == 1


def test_arrow_is_given_no_file_of_pythons(cache: ScoreCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else its threads hold Python's buffers, and the one that lets go of its last abort one start in fifty."""
    given: list[object] = []
    for name in ("ParquetFile", "write_table", "read_metadata"):
        real = getattr(parquet, name)

        def noted(*arguments: object, real: Callable[..., object] = real, **options: object) -> object:
            given.extend(one for one in arguments if not isinstance(one, pa.Table))
            return real(*arguments, **options)

        monkeypatch.setattr(parquet, name, noted)
    for part in np.array_split(KEYS, MANY + 1):
        keep(cache, part)
    assert found(cache, KEYS)[0].all()
    assert {type(one) for one in given} == {pa.OSFile, pa.BufferOutputStream}


def test_a_full_disk_is_said_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    code = (
        "import resource, signal, sys, numpy as np; from pathlib import Path; from qdesk.scoring.score_cache import *;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000));"
        "cache = ScoreCache(Path(sys.argv[1])); keys = np.arange(5000, dtype=np.uint64);"
        "keeping = cache.keeping('a'); keep = keeping.__enter__();"
        "keep(keys, {'loss': np.random.default_rng(0).normal(size=5000)}); keeping.__exit__(None, None, None);"
        "print(cache.trouble)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert done.stdout.startswith("The scores are not kept for the next time: File too large."), done.stderr
    assert not list((tmp_path / "a").iterdir())


# Together with the scorer

weights = pytest.mark.skipif(
    not (paths.model(paths.SKETCHRNN).exists() and paths.model(paths.JUNK_MODEL).exists()),
    reason="the shipped weights are not here",
)


@pytest.fixture(scope="module")
def starter() -> Drawings:
    from qdesk.formats import open_drawings

    return open_drawings(paths.asset("starter.ndjson.gz")).drawings.take(slice(0, 600))


@pytest.fixture
def scorer(cache: ScoreCache) -> Iterator[object]:
    from qdesk.scoring.scorer import Scorer

    return Scorer(cache=cache)


@weights
@pytest.mark.torch
def test_a_stopped_run_goes_on_where_it_was_and_a_second_one_scores_nothing(scorer, cache, starter) -> None:
    from qdesk.scoring.scorer import Scorer

    chunks = []
    for chunk in scorer.stream(starter, stop=lambda: len(chunks) >= 2):
        chunks.append(chunk)
    done = np.concatenate([chunk.indices for chunk in chunks])
    assert 0 < len(done) < len(starter)
    stream = scorer.stream(starter)
    (again,) = [next(stream)]
    assert again.known and set(done) <= set(again.indices)  # at least: a batch may have been under way
    stream.close()
    whole = scorer.score(starter)
    for chunk in chunks:
        assert all(same(whole[name][chunk.indices], values) for name, values in chunk.columns.items())
    second = Scorer(cache=cache)
    kept = second.score(starter)
    assert second._networks is None  # nothing had to be loaded
    assert all(same(kept[name], whole[name]) for name in whole)
    assert kept.keys() == whole.keys() == Scorer().score(starter.take([0])).keys()


@weights
@pytest.mark.torch
def test_another_word_or_judge_is_scored_for_itself(scorer, cache, starter) -> None:
    from qdesk.scoring import junk_model
    from qdesk.scoring.scorer import Scorer

    few = starter.take(slice(0, 20))
    own = scorer.score(few)
    dogs = Scorer(word="dog", cache=cache).score(few)
    assert not np.array_equal(own["p_word"], dogs["p_word"])
    assert all(chunk.known for chunk in Scorer(word="dog", cache=cache).stream(few))
    before = files(cache)
    judge = Scorer(combined=junk_model.load(), cache=cache)
    assert not any(chunk.known for chunk in judge.stream(few)) and files(cache) == before


@weights
@pytest.mark.torch
def test_ctrl_c_keeps_what_is_scored_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    from qdesk import cli, console

    class Impatient(console.Progress):
        def __call__(self, fraction: float | None, text: str = "") -> None:
            if self._label == "scoring":
                raise KeyboardInterrupt

    monkeypatch.setattr(console, "Progress", Impatient)
    starter = str(paths.asset("starter.ndjson.gz"))
    assert cli.main(["rank", starter, "--out", str(tmp_path / "a.csv")]) == 130
    assert "the same command goes on from there" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()
    keys = drawing_keys(console.opened([Path(starter)]))
    assert 0 < sum(len(places) for places, _ in ScoreCache().known(scorer_id(), keys)) < len(keys)


@weights
def test_what_is_known_is_there_without_torch(tmp_path: Path) -> None:
    """The window shows a known file's order at once, and a ranking of it takes no time."""
    code = "import sys; from qdesk.cli import main; main(sys.argv[1:]); print('torch' in sys.modules, file=sys.stderr)"
    file = tmp_path / "two.ndjson"
    file.write_text('{"word": "cat", "drawing": [[[0, 9, 255], [3, 9, 40]]]}\n{"word": "dog", "drawing": [[[0], [1]]]}')

    def rank(*options: str) -> tuple[str, bool]:
        line = [sys.executable, "-c", code, "rank", str(file), *options]
        done = subprocess.run(line, capture_output=True, text=True, timeout=120)
        assert done.stdout.startswith("rank,"), done.stderr
        return done.stdout, done.stderr.endswith("True\n")

    first, loaded = rank()
    assert loaded
    assert rank() == (first, False)
    assert rank("--no-cache")[1]
    assert rank("--word", "dog")[1]
    assert rank("--word", "DOG")[1] is False
