"""Fingerprints of what a score depends on: the networks' files, and the drawing with its word. Needs no torch."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.scoring.columns import COLUMNS

SCORER_VERSION = 5
"""The version of the scoring code. Raise it with each change that changes a score, a reason or its evidence. A new
column changes the fingerprint by itself."""

SCORES = tuple(column.name for column in COLUMNS if column.is_score)
"""The columns that scoring computes. Scores kept before a column was added lack it."""

BESIDE = (paths.CLASSIFIER, paths.PROJECTION, paths.LETTERS, paths.JUNK_MODEL)
"""The shipped files that judge beside whichever Sketch-RNN is used."""

AT_HAND = 9
"""The most other official decoders that are asked for a lift. Each of them reads every drawing once more."""


def is_official(model: Path) -> bool:
    """Whether a file is an official `*.gen.json`, by its content."""
    if not model.is_file():
        return False
    with model.open("rb") as file:
        return file.read(1) == b"["


def likelihood_files(model: Path | None = None) -> list[Path]:
    """Return the files that read drawings: `model` (default: the shipped Sketch-RNN), and others for its lift.

    For an official decoder the others are those in its folder, at most `AT_HAND`, spread over the alphabet.
    """
    model = model or paths.model(paths.SKETCHRNN)
    if not is_official(model):
        return [model]
    beside = sorted(file for file in model.parent.glob("*.gen.json") if file.resolve() != model.resolve())
    chosen = sorted({round(place) for place in np.linspace(0, len(beside) - 1, AT_HAND)}) if beside else []
    return [model, *(beside[place] for place in chosen)]


def scorer_id(model: Path | None = None) -> str:
    """Return 32 hex digits that stand for the bytes of all files that judge, `SCORER_VERSION` and `SCORES`.

    A missing file is no error here. Loading the networks reports it with a better message.
    """
    hasher = hashlib.blake2b(repr((SCORER_VERSION, *SCORES)).encode(), digest_size=16)
    for path in [*likelihood_files(model), *map(paths.model, BESIDE)]:
        hasher.update(file_digest(path))
    return hasher.hexdigest()


def drawing_keys(drawings: Drawings, word: str | None = None) -> np.ndarray:
    """Return a hash per drawing, uint64 (N,), of its exact points or pixels and the word it is judged as.

    word: judge all drawings as this word instead of each one's own. Unlike `Drawings.content_ids`, the hash differs
    where the score may: for the same drawing moved, scaled, or with times (a raw one, which is simplified first). A
    verdict does not belong to this hash but to the drawing's identity (`verdicts.identity.identities`).
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


def short_digest(path: Path) -> str:
    """Return 20 hex digits that stand for the file's content, for a network to remember what it learned to read."""
    return file_digest(path).hex()[:20]


def file_digest(path: Path) -> bytes:
    """Return a hash of the file's content, 64 bytes; b"missing" where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").digest()
    except OSError:
        return b"missing"
