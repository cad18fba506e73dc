"""Sketch-RNN .npz files, and pickles that want more than arrays."""

from __future__ import annotations

import io
import os
import pickle
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.formats import FormatError, open_drawings

SEQUENCES = [
    np.array([[10, 0, 0], [0, 10, 1], [5, 5, 0], [5, -5, 1]], np.int16),
    np.array([[-3, 4, 1]], np.int16),
    np.array([[1, 1, 1], [2, 2, 0]], np.int16),
]


def as_objects(sequences: list) -> np.ndarray:
    array = np.empty(len(sequences), object)
    array[:] = sequences
    return array


def nested(drawings: Drawings) -> list:
    return [[stroke.tolist() for stroke in drawings.strokes_of(i)] for i in range(len(drawings))]


def npz_of_pickle(path: Path, payload: bytes) -> Path:
    """An .npz whose `train` array is announced as an object array and whose pickle is `payload`."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|O", "fortran_order": False, "shape": (1,)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("train.npy", header.getvalue() + payload)
    return path


def test_reads_train_valid_and_test_in_this_order(tmp_path: Path) -> None:
    path = tmp_path / "sketchrnn_pig.npz"
    first, second, third = (as_objects([sequence]) for sequence in SEQUENCES)
    np.savez_compressed(path, test=third, train=first, valid=second)
    opened = open_drawings(path)
    assert opened.problem_count == 0
    assert nested(opened.drawings) == nested(Drawings.from_stroke3(SEQUENCES))
    assert nested(opened.drawings)[0] == [[[0, 0], [10, 0], [10, 10]], [[15, 15], [20, 10]]]
    assert opened.drawings.column("row").tolist() == [0, 1, 2]
    assert set(opened.drawings.words) == {"pig"}
    assert len(open_drawings(path, limit=2).drawings) == 2


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize("dtype", [np.int16, np.int64, np.float32, ">i2"])
def test_reads_every_pickle_protocol_and_number_type(tmp_path: Path, protocol: int, dtype: object) -> None:
    payload = pickle.dumps(as_objects([sequence.astype(dtype) for sequence in SEQUENCES]), protocol=protocol)
    opened = open_drawings(npz_of_pickle(tmp_path / "a.npz", payload))
    assert nested(opened.drawings) == nested(Drawings.from_stroke3(SEQUENCES))


def test_reads_a_pickle_of_python_2(tmp_path: Path) -> None:
    """Python 2 wrote an array's bytes as a plain str, and numpy then lived in numpy.core."""
    rows = np.array([[1, 2, 0], [3, 4, 1]], "<i2")
    payload = (
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85U\x01b\x87R"
        b"(K\x01K\x01\x85cnumpy\ndtype\nq\x03U\x02O8K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]"
        b"h\x01h\x02K\x00\x85U\x01b\x87R(K\x01K\x02K\x03\x86h\x03U\x02i2K\x00K\x01\x87R"
        b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89U\x0c" + rows.tobytes() + b"tbatb."
    )
    opened = open_drawings(npz_of_pickle(tmp_path / "a.npz", payload))
    assert nested(opened.drawings) == [[[[0, 0], [1, 2], [4, 6]]]]


def test_reads_arrays_that_are_no_pickle(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", train=np.stack([SEQUENCES[0], SEQUENCES[0]]))
    assert len(open_drawings(tmp_path / "a.npz").drawings) == 2


class Evil:
    def __init__(self, function: object, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> object:
        return self.call


@pytest.mark.parametrize(
    ("function", "arguments", "named"),
    [
        (os.system, ("touch {}",), "posix.system|nt.system"),
        (eval, ("open('{}', 'w')",), "builtins.eval"),
        (getattr, (np, "load"), "numpy|builtins.getattr"),
        (np.load, ("{}",), "numpy.load"),
        (bytearray, (10,), "builtins.bytearray"),
    ],
)
def test_a_pickle_that_asks_for_more_is_refused_and_not_run(
    tmp_path: Path, function: object, arguments: tuple, named: str
) -> None:
    trace = tmp_path / "trace"
    arguments = tuple(a.format(trace) if isinstance(a, str) else a for a in arguments)
    if arguments[0] is np:
        arguments = ("text", "upper")
    for payload in (Evil(function, *arguments), as_objects([SEQUENCES[0], Evil(function, *arguments)])):
        path = npz_of_pickle(tmp_path / "a.npz", pickle.dumps(payload))
        with pytest.raises(FormatError, match=f"is refused: its pickle asks for ({named})"):
            open_drawings(path)
    assert not trace.exists()


@pytest.mark.parametrize(
    "payload",
    [
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\n(I0\ntVb\ntR.",
        b"c_codecs\nencode\n(Vabc\nVrot13\ntR.",
        b"cnumpy\ndtype\n(VV8\ntR.",
        b"Pidentity\n.",
        b"\x80\x02cnumpy\nndarray.tobytes\n.",
    ],
)
def test_admitted_names_used_otherwise_are_refused(tmp_path: Path, payload: bytes) -> None:
    with pytest.raises(FormatError, match="is refused"):
        open_drawings(npz_of_pickle(tmp_path / "a.npz", payload))


@pytest.mark.parametrize("payload", [b"", b"garbage", b"N.", b"]", pickle.dumps([1, 2]), b"\x80\x04\x95\xff\xff"])
def test_a_broken_pickle_is_an_error_in_words(tmp_path: Path, payload: bytes) -> None:
    with pytest.raises(FormatError, match="damaged|broken|not a list of arrays"):
        open_drawings(npz_of_pickle(tmp_path / "a.npz", payload))


def test_records_that_are_no_drawings_are_skipped(tmp_path: Path) -> None:
    odd = [
        SEQUENCES[0],
        np.zeros((0, 3), np.int16),
        np.zeros((4, 5), np.int16),
        np.array([[np.nan, 0, 0]], np.float32),
        None,
        "text",
        SEQUENCES[1],
    ]
    np.savez(tmp_path / "a.npz", train=as_objects(odd))
    opened = open_drawings(tmp_path / "a.npz")
    assert nested(opened.drawings) == nested(Drawings.from_stroke3([SEQUENCES[0], SEQUENCES[1]]))
    assert opened.drawings.column("row").tolist() == [0, 6]
    assert [problem.line for problem in opened.problems] == [2, 3, 4, 5, 6]


def test_a_file_cut_short_is_an_error_in_words(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", train=as_objects(SEQUENCES))
    content = (tmp_path / "a.npz").read_bytes()
    for size in range(4, len(content), 7):
        (tmp_path / "a.npz").write_bytes(content[:size])
        with pytest.raises(FormatError):
            open_drawings(tmp_path / "a.npz")


def test_other_archives_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(FormatError, match="no file of drawings in it, but readme.txt"):
        open_drawings(tmp_path / "a.zip")


def stroke5(sequence: np.ndarray, length: int) -> np.ndarray:
    """What sketch_rnn's to_big_strokes makes of a stroke-3 drawing."""
    rows = np.zeros((length, 5), np.float32)
    rows[: len(sequence), :2] = sequence[:, :2]
    rows[: len(sequence), 3] = sequence[:, 2]
    rows[: len(sequence), 2] = 1 - sequence[:, 2]
    rows[len(sequence) :, 4] = 1
    return rows


def stroke4(sequence: np.ndarray) -> np.ndarray:
    return np.column_stack([sequence, np.arange(len(sequence)) == len(sequence) - 1])


def padded(sequences: list[np.ndarray], value: float = 0) -> np.ndarray:
    longest = max(map(len, sequences)) + 2
    block = np.full((len(sequences), longest, sequences[0].shape[1]), value, np.float32)
    for row, sequence in zip(block, sequences, strict=True):
        row[: len(sequence)] = sequence
    return block


def blocks_of(values: list) -> np.ndarray:
    """An object array (drawings, points, columns) of Python's numbers, which numpy makes of lists of equal length."""
    return np.array(values, object)


SHAPES = {
    "lists": as_objects([sequence.tolist() for sequence in SEQUENCES]),
    "tuples": as_objects([tuple(map(tuple, sequence.tolist())) for sequence in SEQUENCES]),
    "fortran": as_objects([np.asfortranarray(sequence) for sequence in SEQUENCES]),
    "float16": as_objects([sequence.astype(np.float16) for sequence in SEQUENCES]),
    "float64": as_objects([sequence.astype(np.float64) for sequence in SEQUENCES]),
    "objects": as_objects([sequence.astype(object) for sequence in SEQUENCES]),
    "filled up": padded(SEQUENCES),
    "filled up, fortran": np.asfortranarray(padded(SEQUENCES)),
    "filled up with NaN": padded(SEQUENCES, np.nan),
    "filled up, objects": blocks_of(padded(SEQUENCES).tolist()),
    "stroke-5": np.stack([stroke5(sequence, 9) for sequence in SEQUENCES]),
    "stroke-5, no filling": as_objects([stroke5(sequence, len(sequence)) for sequence in SEQUENCES]),
    "stroke-5, filled up": padded([stroke5(sequence, len(sequence)) for sequence in SEQUENCES]),
    "stroke-4": as_objects([stroke4(sequence) for sequence in SEQUENCES]),
    "stroke-4, filled up": padded([stroke4(sequence) for sequence in SEQUENCES]),
    "stroke-4, draws and lifts": padded([np.insert(sequence, 2, 1 - sequence[:, 2], 1) for sequence in SEQUENCES]),
}


@pytest.mark.parametrize("array", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("ending", ["npz", "npy"])
def test_arrays_of_every_shape_are_the_same_drawings(tmp_path: Path, array: np.ndarray, ending: str) -> None:
    path = tmp_path / f"pig.{ending}"
    np.save(path, array, allow_pickle=True) if ending == "npy" else np.savez(path, train=array)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        opened = open_drawings(path)
    assert nested(opened.drawings) == nested(Drawings.from_stroke3(SEQUENCES))
    assert opened.problem_count == 0 and set(opened.drawings.words) == {"pig"}
    assert len(open_drawings(path, limit=2).drawings) == 2


def test_labels_beside_the_drawings_are_left_out(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=padded(SEQUENCES), y_train=np.arange(3), names=np.array(["a", "b", "c"]))
    opened = open_drawings(tmp_path / "a.npz")
    assert (len(opened.drawings), opened.problem_count) == (3, 0)


def test_a_drawing_that_stays_where_it_is_keeps_a_point(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", train=np.zeros((2, 5, 3)))
    assert nested(open_drawings(tmp_path / "a.npz").drawings) == [[[[0, 0], [0, 0]]]] * 2


def test_npy_pickles_that_ask_for_more_are_refused_too(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", as_objects([Evil(os.system, "true")]), allow_pickle=True)
    with pytest.raises(FormatError, match="is refused: its pickle asks for"):
        open_drawings(tmp_path / "a.npy")
    np.save(tmp_path / "a.npy", padded(SEQUENCES))
    content = (tmp_path / "a.npy").read_bytes()
    (tmp_path / "a.npy").write_bytes(content[:-20])
    opened = open_drawings(tmp_path / "a.npy")
    assert len(opened.drawings) == 2 and "announces 3 drawings" in opened.problems[0].reason


def test_reads_the_published_files_as_numpy_does(reference_data: Path) -> None:
    path = reference_data / "sketchrnn_npz" / "pig.npz"
    with np.load(path, allow_pickle=True, encoding="latin1") as archive:
        expected = Drawings.from_stroke3([row for part in archive.files for row in archive[part]][:300])
    found = open_drawings(path, limit=300).drawings
    assert np.array_equal(found.points, expected.points)
    assert np.array_equal(found.stroke_offsets, expected.stroke_offsets)
    assert set(found.words) == {"pig"}


def test_an_array_that_its_pickle_never_fills_is_refused(tmp_path: Path) -> None:
    path = npz_of_pickle(tmp_path / "a.npz", b"\x80\x02cnumpy\nndarray\n)\x81.")
    with pytest.raises(FormatError, match="not a list of arrays"):
        open_drawings(path)
