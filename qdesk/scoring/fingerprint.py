"""What a score depends on: the files of the networks, and the drawing with the word it is judged as. Needs no torch."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.scoring.columns import COLUMNS

SCORER_VERSION = 3
"""To be raised with every change of the code that changes a score, a reason or its evidence. A new column is noticed
without that."""

SCORES = tuple(column.name for column in COLUMNS if column.is_score)
"""What is scored. Where a column is new, what was kept before lacks it."""

BESIDE = (paths.CLASSIFIER, paths.PROJECTION, paths.JUNK_MODEL)
"""The shipped files that judge beside every Sketch-RNN."""

AT_HAND = 9
"""How many other official decoders are asked for a lift, at most: each reads every drawing once more."""


def is_official(model: Path) -> bool:
    """Whether it is an official `*.gen.json`, by its content."""
    if not model.is_file():
        return False
    with model.open("rb") as file:
        return file.read(1) == b"["


def likelihood_files(model: Path | None = None) -> list[Path]:
    """The files that read drawings: `model` (default: the shipped Sketch-RNN), and others at hand for its lift.

    Of an official decoder these are the others in its folder, `AT_HAND` of them spread over the alphabet.
    """
    model = model or paths.model(paths.SKETCHRNN)
    if not is_official(model):
        return [model]
    beside = sorted(file for file in model.parent.glob("*.gen.json") if file.resolve() != model.resolve())
    chosen = sorted({round(place) for place in np.linspace(0, len(beside) - 1, AT_HAND)}) if beside else []
    return [model, *(beside[place] for place in chosen)]


def scorer_id(model: Path | None = None) -> str:
    """32 hex digits: the same for the same bytes in all files that judge, and the same version of what they are told.

    A file that is not there counts as one: that nothing can be scored with it, the networks say better.
    """
    hasher = hashlib.blake2b(repr((SCORER_VERSION, *SCORES)).encode(), digest_size=16)
    for path in [*likelihood_files(model), *map(paths.model, BESIDE)]:
        hasher.update(file_digest(path))
    return hasher.hexdigest()


def drawing_keys(drawings: Drawings, word: str | None = None) -> np.ndarray:
    """uint64 (N,): a name for each drawing as it is scored: its exact points or pixels, and the word it is judged as.

    word: for all of them, in place of each drawing's own. Unlike `Drawings.content_ids` it tells apart what is scored
    apart: a drawing and the same one moved, scaled, or with times (a raw one, which is simplified first). It is no name
    for people's decisions: those belong to `verdicts.store.identities`, the key_id where there is one.
    """
    if drawings.bitmaps is not None:
        contents = [_digest(bitmap.tobytes()) for bitmap in drawings.bitmaps]
    else:
        points = np.ascontiguousarray(drawings.points, "<f4").reshape(-1).view(np.uint8).data
        lengths = drawings.stroke_lengths.astype("<i4").view(np.uint8).data
        ends, strokes = (8 * drawings.point_offsets).tolist(), (4 * drawings.drawing_offsets).tolist()
        contents = [
            _digest(points[ends[k] : ends[k + 1]], lengths[strokes[k] : strokes[k + 1]]) for k in range(len(drawings))
        ]
    keys = np.frombuffer(b"".join(contents), "<u8").astype(np.uint64)
    words = [word] * len(drawings) if word else drawings.words.tolist()
    salts = {word: _salt(b"word" + word.encode() if word is not None else b"no word") for word in set(words)}
    keys ^= np.fromiter((salts[word] for word in words), np.uint64, len(words))
    return keys ^ np.where(drawings.timed, _salt(b"raw"), np.uint64(0))


def _digest(*parts: bytes | memoryview) -> bytes:
    hasher = hashlib.blake2b(parts[0], digest_size=8)
    for part in parts[1:]:
        hasher.update(part)
    return hasher.digest()


def _salt(text: bytes) -> np.uint64:
    return np.frombuffer(_digest(text), "<u8")[0]


def file_digest(path: Path) -> bytes:
    """64 bytes of the file's content; b"missing" where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").digest()
    except OSError:
        return b"missing"
