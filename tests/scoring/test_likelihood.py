"""What reads the drawings: qdesk's own network, and official decoders with the others at hand."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from qdesk.data.drawings import Drawings
from qdesk.data.simplify import as_official
from qdesk.formats import open_drawings
from qdesk.nets import weights
from qdesk.nets.sketchrnn import Shape, SketchRNN
from qdesk.nets.weights import WeightsError
from qdesk.scoring.fingerprint import AT_HAND
from qdesk.scoring.likelihood import ConditionalSketchRNN, OfficialDecoderScorer, load_likelihood


def drawings(count: int = 7) -> Drawings:
    rng = np.random.default_rng(3)
    strokes = [
        [rng.uniform(0, 255, (rng.integers(2, 9), 2)).astype(np.float32) for _ in range(3)] for _ in range(count)
    ]
    words = np.resize(np.array(["cat", "dog", None, "whale"], object), count)
    return Drawings.from_strokes(strokes, word=list(words)).fit_box()


def write_decoder(path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = [[8, 123], [123], [5, 32], [8, 32], [32]]
    blobs = [base64.b64encode(rng.integers(-9000, 9000, shape).astype("<i2").tobytes()).decode() for shape in shapes]
    path.write_text(json.dumps([{"name": path.name.split(".")[0], "scale_factor": 50.0}, shapes, blobs]))


@pytest.fixture
def own() -> ConditionalSketchRNN:
    torch.manual_seed(1)
    return ConditionalSketchRNN(
        SketchRNN(("cat", "dog"), Shape(hidden=16, embedding=8), ("good", "scribble", "wrong")).eval()
    )


def test_one_reading_says_what_several_would(own: ConditionalSketchRNN) -> None:
    batch = drawings()
    reading = own.read(batch, batch.words)
    assert reading.losses == pytest.approx(own.losses(batch, batch.words), abs=1e-5)
    known = np.isin(batch.words.astype(str), ["cat", "dog"])
    as_cat, as_dog = (own.read(batch, np.full(len(batch), word, object)).lift for word in ("cat", "dog"))
    assert (np.exp(as_cat) + np.exp(as_dog)) / 2 == pytest.approx(1, abs=1e-5)  # one of the two it is
    assert reading.lift[known] == pytest.approx(np.where(batch.words == "cat", as_cat, as_dog)[known], abs=1e-5)
    assert np.isnan(reading.lift[~known]).all()  # no word, or one it never saw
    assert reading.kinds.shape == (7, 2) and np.isfinite(reading.kinds).all()


def test_what_a_drawing_is_does_not_depend_on_its_company(own: ConditionalSketchRNN) -> None:
    batch = drawings()
    together = own.read(batch, batch.words)
    for k in range(len(batch)):
        alone = own.read(batch.take([k]), batch.words[[k]])
        assert together.kinds[k] == pytest.approx(alone.kinds[0], abs=1e-5)


def test_a_network_of_one_word_has_no_lift() -> None:
    torch.manual_seed(1)
    one = ConditionalSketchRNN(SketchRNN(("cat",), Shape(hidden=16, embedding=8)).eval())
    assert np.isnan(one.read(drawings(), np.full(7, "cat", object)).lift).all()


def test_a_network_without_kinds_reads_all_the_same(tmp_path: Path) -> None:
    torch.manual_seed(1)
    path = tmp_path / "old.safetensors"
    weights.save(SketchRNN(("cat", "dog"), Shape(hidden=16, embedding=8)), path)
    reader = load_likelihood(path)
    assert reader.kinds == ()
    assert reader.read(drawings(), drawings().words).kinds.shape == (7, 0)


def test_a_lone_official_decoder_has_no_lift(tmp_path: Path) -> None:
    write_decoder(tmp_path / "cat.gen.json", 1)
    reader = load_likelihood(tmp_path / "cat.gen.json")
    assert isinstance(reader, OfficialDecoderScorer) and not reader.others
    assert np.isnan(reader.read(drawings()).lift).all()


def test_a_decoder_reads_dense_drawings_simplified_and_others_in_their_own_units(tmp_path: Path) -> None:
    write_decoder(tmp_path / "cat.gen.json", 1)
    reader = load_likelihood(tmp_path / "cat.gen.json")
    angle = np.linspace(0, 6, 300)
    dense = np.stack([400 * np.cos(angle), 500 * np.sin(angle)], axis=1)
    given = Drawings.from_strokes([[dense], [dense[::20]], [dense[::20] / 9]])
    read = reader.sequences(given, as_official(given))
    assert read.point_counts[0] < 60 and read.extents[0] <= 255
    for k in (1, 2):
        assert np.array_equal(read.strokes_of(k)[0], given.strokes_of(k)[0])


def test_official_decoders_beside_it_give_a_lift(tmp_path: Path) -> None:
    for number, word in enumerate(("cat", "dog", "sea turtle")):
        write_decoder(tmp_path / f"{word}.gen.json", number)
    batch = drawings()
    readings = {
        word: load_likelihood(tmp_path / f"{word}.gen.json").read(batch) for word in ("cat", "dog", "sea turtle")
    }
    nats = {word: reading.losses.sum(axis=1, dtype=float) for word, reading in readings.items()}
    others = np.logaddexp(-nats["dog"], -nats["sea turtle"]) - np.log(2)
    assert readings["cat"].lift == pytest.approx(-nats["cat"] - others, abs=1e-3)


def test_a_broken_decoder_beside_it_is_left_out_and_named(tmp_path: Path) -> None:
    for number, word in enumerate(("cat", "dog")):
        write_decoder(tmp_path / f"{word}.gen.json", number)
    before = load_likelihood(tmp_path / "cat.gen.json").read(drawings())
    for name in ("ant", "pig"):
        (tmp_path / f"{name}.gen.json").write_text('[{"name": "pig", "scale_factor": 0}, [], []]')
    reader = load_likelihood(tmp_path / "cat.gen.json")
    assert [other.word for other in reader.others] == ["dog"]
    assert np.array_equal(reader.read(drawings()).lift, before.lift)
    assert reader.trouble.startswith(f"{tmp_path / 'ant.gen.json'} is not an official") and "\n" not in reader.trouble
    assert reader.trouble.endswith("(and 1 more): left out")
    (tmp_path / "dog.gen.json").unlink()
    reader = load_likelihood(tmp_path / "cat.gen.json")
    assert reader.trouble.endswith("left out, so there is no lift") and not reader.others
    with pytest.raises(WeightsError, match="not an official"):
        load_likelihood(tmp_path / "pig.gen.json")


def test_not_all_of_very_many_decoders_are_asked(tmp_path: Path) -> None:
    for number in range(AT_HAND + 12):
        write_decoder(tmp_path / f"word {number:02d}.gen.json", number)
    reader = load_likelihood(tmp_path / "word 03.gen.json")
    words = [other.word for other in reader.others]
    assert len(set(words)) == len(words) == AT_HAND and "word 03" not in words


def test_a_model_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no weight file"):
        load_likelihood(tmp_path / "nothing.safetensors")
    with pytest.raises(WeightsError, match="no weight file"):
        load_likelihood(tmp_path / "nothing.gen.json")


def test_the_official_lift_finds_other_words(reference_data: Path) -> None:
    """Flamingos among flamingos and owls among them, in the box as the files have them."""
    from sklearn.metrics import roc_auc_score

    folder = reference_data / "official_sketchrnn"
    names = [path.name.split(".")[0] for path in sorted(folder.glob("*.gen.json"))]
    other = next(name for name in names if name != "flamingo")
    reader = load_likelihood(folder / "flamingo.gen.json")
    lifts = [
        reader.read(open_drawings(reference_data / "strokes" / f"{name}.ndjson.gz").drawings.take(slice(0, 40))).lift
        for name in ("flamingo", other)
    ]
    assert roc_auc_score([0] * 40 + [1] * 40, -np.concatenate(lifts)) > 0.9
