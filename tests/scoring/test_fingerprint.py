"""What a score depends on: a drawing's exact content and word, and every byte of what judges it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.scoring import fingerprint
from qdesk.scoring.fingerprint import drawing_keys, scorer_id


def strokes(*points: tuple[int, int]) -> Drawings:
    return Drawings.from_strokes([[np.array(points, np.float32)]], word="cat")


def test_the_key_is_the_exact_content_and_the_word() -> None:
    one = strokes((0, 0), (255, 9))
    split = Drawings.from_strokes([[np.array([[0, 0]]), np.array([[255, 9]])]], word="cat")
    raw = Drawings.from_strokes([[np.array([[0, 0], [255, 9]])]], times=[[np.array([0, 5])]], word="cat")
    pixels = [Drawings.from_bitmaps(np.full((1, 784), ink, np.uint8), word="cat") for ink in (0, 255)]
    unlike = [one, strokes((0, 0), (255, 8)), strokes((1, 0), (256, 9)), split, raw, *pixels]
    unlike += [one.with_columns(word=[word]) for word in ("dog", "", None)]
    keys = [int(drawing_keys(drawings)[0]) for drawings in unlike]
    assert len(set(keys)) == len(keys)
    assert drawing_keys(one, "dog")[0] == keys[-3] == drawing_keys(one.with_columns(word=[None]), "dog")[0]
    about = one.with_columns(source="elsewhere.bin", key_id=["7"], row=[3])
    together = Drawings.concat([split, about, raw])
    assert drawing_keys(together).tolist() == [keys[3], keys[0], keys[4]]
    assert drawing_keys(Drawings.empty()).shape == (0,)


def test_the_scorer_is_the_bytes_of_all_files_that_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (paths.SKETCHRNN, *fingerprint.BESIDE):
        (tmp_path / name).write_bytes(name.encode())
    monkeypatch.setattr(paths, "model", lambda name: tmp_path / name)
    ids = [scorer_id()]

    def changed() -> bool:
        ids.append(scorer_id())
        return len(set(ids)) == len(ids)

    (tmp_path / "copy").write_bytes((tmp_path / paths.SKETCHRNN).read_bytes())
    assert scorer_id(tmp_path / "copy") == ids[0]
    for name in (paths.SKETCHRNN, *fingerprint.BESIDE):
        (tmp_path / name).write_bytes(b"another")
        assert changed()
    (tmp_path / paths.JUNK_MODEL).unlink()
    assert changed()
    monkeypatch.setattr(fingerprint, "SCORER_VERSION", fingerprint.SCORER_VERSION + 1)
    assert changed()
    for name in ("cat", "dog"):  # a decoder's scores depend on those at hand
        (tmp_path / f"{name}.gen.json").write_text(f'["{name}"]')
    ids.append(scorer_id(tmp_path / "cat.gen.json"))
    (tmp_path / "dog.gen.json").unlink()
    assert scorer_id(tmp_path / "cat.gen.json") not in ids
