"""Mutated files of each format and of each kind of qdesk's own are refused in a sentence, or read: nothing else.

A case that once failed is kept in `KEPT`: the kind of file and the number of the case.
"""

from __future__ import annotations

import gzip
import io
import json
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from qdesk import paths, settings
from qdesk.curation.verdicts.identity import identities
from qdesk.curation.view import opened_cache
from qdesk.curation.view.opened_cache import CachedFiles, OpenedFileCache, name_of
from qdesk.curation.view.text_columns import IdentityColumn
from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, open_drawings, write_drawings
from qdesk.game import prompts
from qdesk.nets import weights
from qdesk.nets.official import load_official
from qdesk.nets.sketchrnn import Shape, SketchRNN
from qdesk.scoring.fingerprint import drawing_keys
from qdesk.scoring.score_cache import ScoreCache
from qdesk.training import log
from qdesk.training.run import _BROKEN, _state_of
from tests.helpers import tfrecord
from tests.helpers.drawings import shapes
from tests.helpers.faults import cases, dice

KEPT: dict[str, tuple[int, ...]] = {"csv": (2395,), "checkpoint": (314,)}
"""Cases beyond the few of each run that once failed."""

INTERESTING = (
    b"\0",
    b"\xff",
    b"-1",
    b"1e999",
    b"NaN",
    b"null",
    b"[]",
    b"{}",
    b"9" * 30,
    b"\x80\x04",
    b"]" * 40,
    b"\n" * 40,
)


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """Return a file with one to four faults: bytes changed, cut, doubled, filled with zeros, or put in."""
    data = bytearray(content)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(len(data) + 1))
        length = int(rng.integers(1, max(2, min(64, len(data)))))
        match int(rng.integers(7)):
            case 0 if data:
                data[at % len(data)] ^= 1 << int(rng.integers(8))
            case 1 if data:
                data[at % len(data)] = int(rng.integers(256))
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = data[at : at + length]
            case 4:
                data[at : at + length] = bytes(len(data[at : at + length]))
            case 5:
                data[at:at] = INTERESTING[int(rng.integers(len(INTERESTING)))]
            case _:
                del data[at:]
    return bytes(data)


def numbers(name: str, few: int, full: int = 10_000) -> list[int]:
    return [*cases(few, full), *KEPT.get(name, ())]


# Files from strangers


def strokes() -> Drawings:
    drawings = shapes("cat", 3)
    return drawings.with_columns(key_id=["1", "2", "3"], countrycode="US", recognized=[True, False, None])


def sketchrnn_npz() -> bytes:
    out = io.BytesIO()
    parts = {}
    for name in ("train", "valid", "test"):
        parts[name] = np.empty(2, object)
        for place in range(2):
            parts[name][place] = np.array([[1, 2, 0], [3, -4, 1], [5, 5, 1]], np.int16)
    np.savez_compressed(out, **parts)
    return out.getvalue()


def objects_npy() -> bytes:
    out, entries = io.BytesIO(), np.empty(2, object)
    entries[:] = [np.array([[1, 2, 0], [3, -4, 1]], np.int16), np.array([[1.5, 2, 1]], np.float32)]
    np.save(out, entries, allow_pickle=True)
    return out.getvalue()


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cat.ndjson", content)
        archive.writestr("readme.txt", "no drawing")
    return out.getvalue()


def seeds(folder: Path) -> dict[str, bytes]:
    """Return a small file of each format."""
    found = {}
    whole = strokes()
    for name in ("ndjson", "inkml", "bin"):
        write_drawings(whole, folder / f"x.{name}")
        found[name] = (folder / f"x.{name}").read_bytes()
    pixels = Drawings.from_bitmaps(np.arange(3 * 784).reshape(3, 28, 28) % 255)
    write_drawings(pixels, folder / "x.npy")
    found["npy"] = (folder / "x.npy").read_bytes()
    ink = [[(0, 0), (9, 9), (3, 4)], [(1, 1), (2, 8)]]
    return found | {
        "ndjson.gz": gzip.compress(found["ndjson"]),
        "json": b'{"drawings": [' + b",".join(found["ndjson"].splitlines()) + b"]}",
        "csv": b'key_id,drawing,word\n1,"[[[1,2,3],[4,5,6]]]",cat\n2.0e0,"[[[1,2],[4,5]]]",dog\n',
        "npz": sketchrnn_npz(),
        "objects": objects_npy(),
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99"><path d="M1 1 L9 9 C1 2 3 4 5 6 z" '
        b'transform="rotate(9)"/><circle cx="5" cy="5" r="3"/><polyline points="1,2 3,4"/></svg>',
        "zip": zipped(found["ndjson"]),
        "tfrecord": tfrecord.of(ink, 1),
    }


NAMES = ("ndjson", "ndjson.gz", "json", "csv", "bin", "npy", "npz", "objects", "svg", "zip", "inkml", "tfrecord")


@pytest.mark.parametrize("name", NAMES)
def test_files_of_drawings(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QDESK_MEMORY", "1G")
    content = seeds(tmp_path)[name]
    path = tmp_path / "cat"
    path.write_bytes(content)
    assert len(open_drawings(path).drawings)
    for case in numbers(name, 150):
        path.write_bytes(mutated(content, dice(name, case)))
        try:
            found = open_drawings(path).drawings
        except FormatError as error:
            assert str(error), case
            continue
        except Exception as error:
            raise AssertionError(f"case {case} of {name}") from error
        assert len(found) and found.point_offsets[-1] == len(found.points), case


def test_crafted_archives(tmp_path: Path) -> None:
    """An array that no function made, a pickle of lists, and a header that announces more than there is."""
    for content in (
        b"\x80\x02cnumpy\nndarray\n)\x81.",
        b"\x80\x02" + b"]" * 1000 + b".",
        b"\x80\x02K\x01.",
        b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7f",
    ):
        head = io.BytesIO()
        np.lib.format.write_array_header_1_0(head, {"descr": "|O", "fortran_order": False, "shape": (3,)})
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("train.npy", head.getvalue() + content)
        (tmp_path / "x.npz").write_bytes(out.getvalue())
        (tmp_path / "x.npy").write_bytes(head.getvalue() + content)
        for name in ("x.npz", "x.npy"):
            with pytest.raises(FormatError):
                open_drawings(tmp_path / name)


# Files of qdesk's own


def network() -> SketchRNN:
    torch.manual_seed(1)  # a case is the same file in each run
    return SketchRNN(("cat", "dog"), Shape(hidden=4, embedding=3, readout=4, mixtures=2, whole=3))


def weights_file(path: Path) -> None:
    weights.save(network(), path)


def decoder_file(path: Path) -> None:
    import base64

    arrays = [(2, 123), (123,), (5, 8), (2, 8), (8,)]
    blobs = [base64.b64encode(bytes(2 * int(np.prod(shape)))).decode() for shape in arrays]
    path.write_text(json.dumps([{"name": "cat", "scale_factor": 50.0}, arrays, blobs]))


def checkpoint_file(path: Path) -> None:
    net = network()
    state = {"made_of": {}, "network": net.state_dict(), "average": net.state_dict(), "average_steps": 1}
    state |= {
        "optimizer": {},
        "step": 1,
        "seconds": 1.0,
        "best_step": None,
        "best_value": 1.0,
        "waited": 0,
        "best": None,
    }
    torch.save(state, path)


def log_file(path: Path) -> None:
    lines = [
        {"run": "classifier", "out": "x", "words": ["cat"], "pid": 7, "options": {"data": ["x"]}},
        {"step": 1, "seconds": 2.0, "done": 0.5, "loss": 3.0},
        {"ended": "finished", "best_step": 1, "test": {"top1": 0.5}},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def words_file(path: Path) -> None:
    path.write_text(json.dumps({"words": [{"word": "cat", "difficulty": "easy", "confusable": {"dog": 0.2}}] * 3}))


def settings_file(path: Path) -> None:
    path.write_text(json.dumps({"curate": {"recent": ["a"], "size": 3, "keys": {"a": ["b"]}}, "play": {"player": 2}}))


def read_words(path: Path) -> object:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(paths, "asset", lambda *parts: path)
        return prompts.listed()


def read_settings(path: Path) -> object:
    (paths.user_data() / "settings.json").write_bytes(path.read_bytes())
    return settings.load(settings.Curate), settings.load(settings.Play)


OWN: dict[str, tuple[Callable[[Path], object], Callable[[Path], object], tuple[type[Exception], ...]]] = {
    "weights": (weights_file, lambda path: weights.load(path, "sketchrnn"), (weights.WeightsError,)),
    "decoder": (decoder_file, load_official, (weights.WeightsError,)),
    "checkpoint": (checkpoint_file, _state_of, _BROKEN),
    "log": (log_file, log.read, ()),
    "words": (words_file, read_words, (ValueError,)),
    "settings": (settings_file, read_settings, ()),
}
"""How a file of each kind is made and read, and what may be raised."""


@pytest.mark.parametrize("name", OWN)
def test_own_files(name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    make, read, refused = OWN[name]
    path = tmp_path / "file"
    make(path)
    content = path.read_bytes()
    read(path)
    for case in numbers(name, 150):
        path.write_bytes(mutated(content, dice(name, case)))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # torch warns of files of other versions
                read(path)
        except refused as error:
            assert str(error) or name == "checkpoint", case
        except Exception as error:
            raise AssertionError(f"case {case} of {name}") from error


def test_copies_of_opened_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is damaged is never shown: a copy is what was put there, or it is thrown away."""
    monkeypatch.setattr(opened_cache, "FEWEST", 1)
    drawings = strokes()
    write_drawings(drawings, tmp_path / "a.ndjson")
    files, cache = [str(tmp_path / "a.ndjson")], OpenedFileCache()
    shelved = CachedFiles(drawings, IdentityColumn(identities(drawings)), drawing_keys(drawings))
    for case in numbers("opened", 60, 1200):
        cache.put(name_of(files), shelved)
        rng = dice("opened", case)
        parts = sorted((cache.folder / name_of(files)).iterdir())
        part = parts[int(rng.integers(len(parts)))]
        before = part.read_bytes()
        after = mutated(before, rng)
        part.write_bytes(after)
        found = cache.find(files)
        assert (found is not None) == (after == before), case
        assert found is not None or not part.exists(), case


def test_kept_scores(tmp_path: Path) -> None:
    keys = np.arange(50, dtype=np.uint64)
    cache = ScoreCache(tmp_path)
    for case in numbers("scores", 60, 3000):
        with cache.keeping("a") as keep:
            keep(keys, {"loss": np.arange(50.0), "reason": np.array(["", "rude"] * 25, object)})
        (file,) = (tmp_path / "a").glob("*.parquet")
        before = file.read_bytes()
        after = mutated(before, dice("scores", case))
        file.write_bytes(after)
        found = list(cache.known("a", keys))
        assert bool(found) == (after == before), case
        file.unlink(missing_ok=True)
