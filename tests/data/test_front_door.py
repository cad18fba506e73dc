"""The front door: whether a drawing has to be simplified is told by the drawing itself, however it comes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from qdesk import cli, console
from qdesk.cli import rank
from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official, flipped, simplify
from qdesk.evaluation.selection import read
from qdesk.formats import open_drawings, write_drawings
from qdesk.scoring import guess_table, scorer
from qdesk.training.outside import densely


def opened(files: list[Path]) -> Drawings:
    return open_drawings(*map(str, files)).drawings


@pytest.fixture(scope="module")
def official(reference_data: Path) -> Drawings:
    """Every official drawing that is here, and some of what was sampled and simplified like them."""
    every = {"strokes": 1, "strokes_more": 1, "generated": 8}
    folders = {folder: sorted((reference_data / folder).glob("*.ndjson.gz")) for folder in every}
    return opened([file for folder, files in folders.items() for file in files[:: every[folder]]])


@pytest.fixture(scope="module")
def raw(reference_data: Path) -> Drawings:
    """Raw drawings with times: some of them, of all sizes, a third of them in floats."""
    some = sorted((reference_data / "raw").glob("*.ndjson.gz"))[::9]
    return opened([*some, *sorted((reference_data / "raw_more").glob("*.ndjson.gz"))])


def curves(count: int = 150) -> Drawings:
    """Smooth curves with times, of many points each as a mouse gives them, on canvases of 300 to 1200 pixels."""
    rng = np.random.default_rng(5)
    drawings = []
    for _ in range(count):
        size = rng.uniform(300, 1200)
        strokes = []
        for _ in range(rng.integers(1, 5)):
            along = np.linspace(0, rng.uniform(0.3, 1), rng.integers(60, 200))[:, None, None]
            waves, phase = rng.normal(size=(1, 3, 2)) / [[[1], [2], [3]]], rng.uniform(0, 7, (1, 3, 2))
            strokes.append(size * (waves * np.sin(2 * np.pi * along * [[[1], [2], [3]]] + phase)).sum(axis=1) / 4)
        drawings.append(strokes)
    times = [[np.arange(len(stroke)) for stroke in strokes] for strokes in drawings]
    return Drawings.from_strokes(drawings, times=times)


def moved(drawings: Drawings, scale: float, by: float = 0.0) -> Drawings:
    points = drawings.points.astype(np.float64) * scale + by
    return replace(drawings, points=points.astype(np.float32), times=None)


def fitted(drawings: Drawings, side: float, whole: bool = False) -> Drawings:
    return replace(drawings.fit_box(side, whole), times=None)


VARIANTS = {
    "without times": lambda raw: moved(raw, 1),
    "twice as dense": densely,
    "in 28": lambda raw: fitted(raw, 28),
    "in 255": lambda raw: fitted(raw, 255),
    "in 1000": lambda raw: fitted(raw, 1000),
    "in 0..1": lambda raw: fitted(raw, 1),
    "in 0..1, twice as dense": lambda raw: fitted(densely(raw), 1),
    "elsewhere": lambda raw: moved(raw, 1, -3000),
    "y up, turned over": lambda raw: flipped(replace(moved(raw, 1), points=raw.points * np.float32([1, -1]))),
}


def same(some: Drawings, others: Drawings) -> np.ndarray:
    """bool (N,): drawings with the very same strokes."""
    return np.array(
        [
            len(a) == len(b) and all(np.array_equal(*pair) for pair in zip(a, b, strict=True))
            for a, b in ((some.strokes_of(k), others.strokes_of(k)) for k in range(len(some)))
        ]
    )


def at_0(drawings: Drawings) -> Drawings:
    """Each drawing moved to 0: where one lay before somebody moved it, nobody can tell."""
    low = np.minimum.reduceat(drawings.points, drawings.point_offsets[:-1])
    return replace(drawings, points=drawings.points - np.repeat(low, drawings.point_counts, axis=0))


# Official drawings


def test_not_one_official_drawing_changes(official: Drawings) -> None:
    found = as_official(official)
    assert len(official) > 100_000
    assert np.array_equal(found.stroke_offsets, official.stroke_offsets)
    assert np.array_equal(found.drawing_offsets, official.drawing_offsets)
    assert np.array_equal(found.points, official.points)
    assert (official.extents < 255).mean() > 0.1  # or leaving them alone and fitting them would be the same


@pytest.mark.parametrize("scale", [2, 1 / 255, 1 / 256, 28 / 255, 1000 / 255, 0.37])
@pytest.mark.parametrize("by", [0, -1000])
def test_an_official_drawing_comes_back_from_every_scale(official: Drawings, scale: float, by: float) -> None:
    """But for one in 20,000, which is so small a figure that it fits a grid on which it was not drawn."""
    some = official.take(slice(None, None, 100))
    wanted = at_0(some)
    assert (~same(at_0(as_official(moved(some, scale, by))), wanted)).sum() <= 1
    whole = moved(some, 1, by)
    assert same(at_0(as_official(whole)), wanted).all()


@pytest.mark.parametrize(("scale", "decimals"), [(1 / 255, 4), (1 / 255, 3), (1000 / 255, 0), (28 / 255, 2)])
def test_an_official_drawing_comes_back_though_its_scaled_coordinates_were_rounded(
    official: Drawings, scale: float, decimals: int
) -> None:
    some = official.take(slice(None, None, 100))
    rounded = replace(some, points=np.round(some.points * scale, decimals).astype(np.float32))
    assert same(at_0(as_official(rounded)), at_0(some)).mean() > 0.999


# Raw drawings, however they come


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_raw_drawing_comes_out_the_same_however_it_comes(raw: Drawings, variant: str) -> None:
    """Ties between equally far points fall otherwise where floats are rounded; and few drawings of a mouse that moved
    fast, on a canvas as small as the box, have no more points than simplified ones.
    """
    wanted = as_official(raw)
    assert same(wanted, simplify(raw)).all()
    found = as_official(VARIANTS[variant](raw))
    assert found.times is None
    assert same(found, wanted).mean() > 0.93
    assert (found.point_counts == wanted.point_counts).mean() > 0.97
    assert abs(found.point_counts.sum() / wanted.point_counts.sum() - 1) < 0.002


@pytest.mark.parametrize("side", [255, 200])
def test_a_dense_raw_drawing_in_whole_numbers_within_the_box_is_simplified(raw: Drawings, side: int) -> None:
    """Rounding makes stairs of its lines, of which the recipe keeps a few more points."""
    found = as_official(fitted(raw, side, whole=True))
    assert same(found, fitted(raw, 255, whole=True)).mean() < 0.02  # few enough points to be left
    assert found.point_counts.sum() < 1.05 * as_official(raw).point_counts.sum()
    assert same(as_official(found), found).all()


def test_a_raw_drawing_is_guessed_the_same_however_it_comes(raw: Drawings) -> None:
    from qdesk.scoring.classifier import DrawingClassifier

    guesser, some = DrawingClassifier(), raw.take(slice(None, None, 4))
    wanted = guesser.probabilities(as_official(some)).argmax(axis=1)
    for name, variant in VARIANTS.items():
        found = guesser.probabilities(as_official(variant(some))).argmax(axis=1)
        assert (found == wanted).mean() > 0.985, name


# Drawings made here


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_made_drawing_comes_out_the_same_however_it_comes(variant: str) -> None:
    drawn = curves()
    wanted = as_official(drawn)
    found = as_official(VARIANTS[variant](drawn))
    assert same(found, wanted).mean() > 0.96
    assert np.abs(found.point_counts - wanted.point_counts).max() <= 2


def test_made_drawings_that_are_simplified_are_left_alone_at_every_scale() -> None:
    wanted = as_official(curves())
    assert same(as_official(wanted), wanted).all()
    assert same(at_0(as_official(moved(wanted, 1 / 255))), at_0(wanted)).all()
    assert same(at_0(as_official(moved(wanted, 7, 1000))), at_0(wanted)).all()
    assert same(as_official(densely(wanted)), wanted).mean() < 0.9  # too dense, so the recipe goes over it


def test_a_dense_drawing_in_whole_numbers_within_the_box_is_simplified() -> None:
    angle = np.linspace(0, 2 * np.pi, 294)
    circle = np.rint(127.5 + 127.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    polygon = circle[::14]
    found = as_official(Drawings.from_strokes([[circle], [polygon], [circle], [polygon / 3]]))
    assert found.point_counts[0] == found.point_counts[2] < 40
    wanted = Drawings.from_strokes([[polygon], [polygon]])
    assert same(at_0(found.take([1, 3])), at_0(wanted)).all()


def test_what_was_drawn_on_a_small_canvas_is_simplified_at_every_scale() -> None:
    """Sparse as it is: nothing official is 100 units large."""
    corners = np.r_[np.random.default_rng(2).integers(0, 101, (30, 2)), [[0, 0], [100, 100]]]
    small = Drawings.from_strokes([[corners]])
    wanted = simplify(small)
    assert not same(at_0(wanted), small.fit_box()).any()  # corners lie between samples 1 px apart
    for scale in (1, 2.5, 0.01, 7):
        assert same(as_official(moved(small, scale)), wanted).all()


@pytest.mark.parametrize("scale", [1, 0.01, 30])
def test_a_few_points_stay_as_they_are(scale: float) -> None:
    few = [[[0, 0]], [[0, 0], [255, 17]], [[0, 0], [128, 1], [255, 0]], [[0, 0], [1, 0], [1, 1], [255, 255]]]
    batch = Drawings.from_strokes([[scale * np.array(points)] for points in few])
    assert [one.tolist() for k in range(4) for one in as_official(batch).strokes_of(k)] == few


def test_dots_stay_dots_and_repeated_points_are_too_many() -> None:
    batch = Drawings.from_strokes([[np.full((1, 2), 7.5)], [np.full((2, 2), 300)], [np.full((9, 2), 40)]])
    found = as_official(batch)
    assert found.point_counts.tolist() == [1, 2, 2]
    assert not found.points.any()


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e13])
def test_what_is_no_number_or_too_far_away_is_refused(bad: float) -> None:
    good = np.array([[0, 0], [255, 9]], float)
    batch = Drawings.from_strokes([[good], [np.array([[0, 0], [bad, 9]])]])
    with pytest.raises(ValueError, match="not a number"):
        as_official(batch)


def test_metadata_order_and_the_mixture_of_both_kinds_are_kept() -> None:
    drawn = curves(6)
    simple = as_official(drawn)
    mixed = Drawings.concat([drawn.take([0]), simple.take([1]), moved(drawn.take([2]), 0.01), simple.take([3])])
    found = as_official(mixed.with_columns(word=list("abcd"), key_id=list("1234")))
    assert same(found, simple.take(slice(0, 4))).all()
    assert list(found.words) == list("abcd") and list(found.column("key_id")) == list("1234")


def test_an_empty_batch_and_bitmaps_go_through() -> None:
    assert len(as_official(Drawings.empty())) == 0
    bitmaps = Drawings.from_bitmaps(np.zeros((2, 784), np.uint8))
    assert as_official(bitmaps) is bitmaps


# y upward


def test_turned_over_twice_is_as_before_and_stays_where_it_is() -> None:
    simple = moved(as_official(curves()), 1, 40)
    over = flipped(simple)
    assert same(flipped(over), simple).all() and not same(over, simple).any()
    starts = simple.point_offsets[:-1]
    for end in (np.minimum, np.maximum):
        assert np.array_equal(end.reduceat(over.points, starts), end.reduceat(simple.points, starts))
    assert np.array_equal(over.points[:, 0], simple.points[:, 0])


def test_bitmaps_are_not_turned_over() -> None:
    bitmaps = Drawings.from_bitmaps(np.eye(28, dtype=np.uint8)[None])
    assert flipped(bitmaps) is bitmaps
    assert len(flipped(Drawings.empty())) == 0


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """The same drawings with y down, and with y up as in a plot."""
    simple = at_0(as_official(curves(4))).with_columns(word="cloud")
    up = replace(simple, points=np.float32([0, 300]) + simple.points * np.float32([1, -1]))
    paths = tmp_path / "down.ndjson", tmp_path / "up.ndjson"
    for path, drawings in zip(paths, (simple, up), strict=True):
        write_drawings(drawings, path)
    return paths


def test_y_up_is_the_same_as_a_file_that_was_turned_over(files: tuple[Path, Path], tmp_path: Path) -> None:
    down, up = files
    wanted = as_official(opened([down]))
    assert not same(as_official(opened([up])), wanted).any()
    assert same(as_official(console.opened([up], y_up=True)), wanted).all()
    assert same(read([up], y_up=True).drawings, wanted).all()
    assert cli.main(["convert", "--y-up", str(up), str(tmp_path / "turned.ndjson")]) == 0
    assert same(as_official(opened([tmp_path / "turned.ndjson"])), wanted).all()


def test_every_command_hands_the_flag_on(files: tuple[Path, Path], tmp_path: Path, monkeypatch, capsys) -> None:
    """What the networks are given of the file with y up is what they are given of the other."""
    down, up = files
    given: list[Drawings] = []
    monkeypatch.setattr(console, "write_table", lambda table, out: None)
    monkeypatch.setattr(guess_table, "guesses", lambda drawings, *rest: given.append(drawings))
    monkeypatch.setattr(scorer.Scorer, "score", lambda self, drawings, on_progress: given.append(drawings))
    monkeypatch.setattr(rank, "_say_how_many", lambda *rest: None)
    monkeypatch.setattr(scorer, "rank_table", lambda drawings, columns, by: pa.table({}))
    for line in (["guess", down], ["guess", "--y-up", up], ["rank", "--y-up", up], ["guess", up]):
        assert cli.main([str(part) for part in line]) == 0
    wanted, *found, not_turned = map(as_official, given)
    assert all(same(one, wanted).all() for one in found) and not same(not_turned, wanted).any()


def test_evaluate_judges_what_was_turned_over(files: tuple[Path, Path], tmp_path: Path, capsys) -> None:
    from qdesk.nets import weights
    from qdesk.nets.classifier import Classifier

    model = tmp_path / "small.safetensors"
    weights.save(Classifier(("cloud", "sheep")), model)
    losses = []
    for line in ([files[0]], [files[1], "--y-up"], [files[1]]):
        assert cli.main(["evaluate", *map(str, line), "--model", str(model)]) == 0
        losses.append(json.loads(capsys.readouterr().out)["cross_entropy"])
    assert losses[0] == losses[1] != losses[2]
