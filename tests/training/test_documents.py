"""README and the model cards are told what the steps found, between their marks and nowhere else."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.data.synthetic_junk import KINDS
from qdesk.formats import write_drawings
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier
from qdesk.nets.sketchrnn import Shape, SketchRNN
from qdesk.stats.intervals import Estimate, EstimateTable, flat, places
from qdesk.training.documents import ORDERS, PLACES, main
from qdesk.training.everything import STEPS

ROOT = Path(__file__).parents[2]
SEEN = Estimate(0.9614, 0.9491, 0.972)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The documents as they are, with networks that know two words and what the steps found of them."""
    root = tmp_path / "repository"
    (root / "models").mkdir(parents=True)
    (root / "results").mkdir()
    for name in PLACES:
        shutil.copy(ROOT / name, root / name)
    tested = {"drawings": 5069, "top1_picture": 0.717, "top1_strokes": 0.71}
    weights.save(Classifier(("cat", "dog")), root / "models" / "classifier.safetensors", test=tested)
    names = ("nats_per_point", "nats_per_point_no_word", "nats_per_point_wrong_word",
             "wrong_word_auc_loss_per_point", "wrong_word_auc_lift")  # fmt: skip
    tested = {"drawings": 5069} | {name: 7 + place for place, name in enumerate(names)}
    network = SketchRNN(("cat", "dog"), Shape(hidden=16, embedding=8))
    weights.save(network, root / "models" / "sketchrnn.safetensors", test=tested)
    (root / "models" / "classifier.words.csv").write_text("word,drawings,recall\ncat,8,0.25\ndog,10,0\n")
    (root / "models" / "sketchrnn.words.csv").write_text(
        "word,drawings,nats_per_point,nats_per_point_no_word,lift_auc,official_nats_per_point\n"
        "cat,16,8.034,8.2,0.9,8.123\ndog,10,8.1,8.3,0.9,\n"
    )
    for name, found in results().items():
        (root / "results" / f"{name}.json").write_text(json.dumps(found))
    return root


def results() -> dict[str, dict]:
    """What the commands write, as far as it is told."""
    intervals = ("top_1", "top_3", "top_5", "map_at_3", "balanced_accuracy", "cross_entropy")
    classifier = {"drawings": 5069, "words": ["cat", "dog"], "auc": 0.99712, "calibration_error": 0.0218}
    for name in intervals:
        classifier |= {name: 0.77136, f"{name}_low": 0.7596, f"{name}_high": 0.7827}
    orders = {order: {"found": SEEN, "average precision": SEEN} for order in ORDERS if "cleanlab" not in order}
    flamingos = {"worst / random": Estimate(0.985, 0.9, 1), "junk / honest": Estimate(0.931, 0.9, 1)}
    real = {"average precision": SEEN, "worst 2 %": SEEN, "worst 5 %": SEEN}
    ranking = {
        "real junk": EstimateTable("", {order: real for order in ORDERS if "cleanlab" not in order}),
        "real junk, kind by kind": EstimateTable(
            "",
            {
                "all clear junk": {"right reason": Estimate(0.712, 0.6, 0.8)},
                "honest": {"given a junk reason": Estimate(0.009, 0.006, 0.012)},
            },
        ),
        "real junk, doubtful in between": EstimateTable(
            "",
            {
                "junk": {"doubtful / honest": Estimate(0.81, 0.7, 0.9), "clear / doubtful": Estimate(0.79, 0.7, 0.9)},
            },
        ),
        "real junk, how many": EstimateTable(
            "",
            {
                "all": {
                    "expected": Estimate(97.4, 80, 115),
                    "clear junk": Estimate(94, 77, 115),
                    "clear and doubtful": Estimate(276, 245, 310),
                }
            },
        ),
        "planted junk": EstimateTable("", orders),
        "wrong category": EstimateTable(
            "", {order: {"AUC": Estimate(0.997, 0.9, 1)} for order in ("p_word", "junk", "lift")}
        ),
        "the seed's flamingos": EstimateTable("", dict.fromkeys(("loss_per_point", "junk"), flamingos)),
    }
    live = {
        "recognised by each second": EstimateTable(
            "", {f"{second} s": {"all": Estimate(0.587, 0.5, 0.6)} for second in (5, 20)}
        ),
        "rounds as a whole": EstimateTable("", {"median time to recognition, s": {"all": Estimate(3.254, 3, 3.5)}}),
    }
    official = {"the seed's flamingos": EstimateTable("", {"loss_per_point": {"worst / random": Estimate(1, 1, 1)}})}
    data = {"strokes": {"train": 92598, "validation": 5133, "test": 5069}, "bitmaps, bitmaps_thin": {"train": 7}}
    tables = {"ranking": flat(ranking), "live": flat(live), "official": flat(official)}
    return tables | {"classifier": classifier, "data": data}


def told(root: Path) -> int:
    return main(["write", "--root", str(root), "--results", *map(str, sorted((root / "results").iterdir()))])


def outside(text: str) -> str:
    for name in map(re.escape, places(text)):
        text = re.sub(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end of {name} -->)", "", text, flags=re.DOTALL)
    return text


def test_the_figures_are_written_between_their_marks(root: Path) -> None:
    before = {name: (root / name).read_text(encoding="utf-8") for name in PLACES}
    assert told(root) == 0
    after = {name: (root / name).read_text(encoding="utf-8") for name in PLACES}
    for name in PLACES:
        assert outside(after[name]) == outside(before[name])
    readme, card = (places(text) for text in after.values())
    assert "77.1 % (76.0 to 78.3); 77.1 % (76.0 to 78.3)" in readme["guesses"]
    assert "58.7 % (50.0 to 60.0), 58.7 % (50.0 to 60.0); 3.3 s" in readme["guesses"]
    assert "**0.961 (0.949 to 0.972)**" in readme["real junk"] and "cleanlab," not in readme["real junk"]
    said = " ".join(readme["real junk"].replace("\u00a0", " ").split())
    assert "right reason: 71.2 % (60.0 to 80.0) of the junk" in said and "reason of junk: 0.9 % (0.6 to 1.2)" in said
    assert "AUC 0.810 against honest ones, 0.790 of clear junk" in said
    assert "by `p_junk`: 97 (80 to 115); labelled: 94 (77 to 115) clear, 276 (245 to 310) with the doubtful" in said
    said = " ".join(readme["planted junk"].replace("\u00a0", " ").split())
    junk = 50 * len(KINDS)  # of 5,069 drawings 1 % for each kind
    share = 100 * junk / (5069 + junk)
    found = f"{share:.1f} % of a list, found by who reviews the worst {share + 1:.1f} %: `junk` 0.961, `p_word` 0.961"
    assert found in said
    assert "1.000 with Google's own decoder" in readme["planted junk"]
    assert "92,598" in card["data"] and "`bitmaps`, `bitmaps_thin`" in card["data"]
    assert (
        "the stroke branch alone, top-1" in card["classifier"] and "0.771 nats (0.760 to 0.783)" in card["classifier"]
    )
    assert "`dog` 0 %, `cat` 25 %" in card["weak words"]
    assert "on 5,069 drawings not trained on" in card["sketchrnn"] and "11.000" in card["sketchrnn"]
    assert "8.123" in card["official"] and "dog" not in card["official"]
    assert told(root) == 0
    assert {name: (root / name).read_text(encoding="utf-8") for name in PLACES} == after


def test_where_a_figure_is_missing_nothing_is_written(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (root / "README.md").read_text(encoding="utf-8")
    (root / "results" / "ranking.json").write_text("{}")
    assert told(root) == 1
    assert (
        "ranking.json has no figure 'real junk, kind by kind: all clear junk: right reason (low)'"
        in capsys.readouterr().err
    )
    assert (root / "README.md").read_text(encoding="utf-8") == before


def test_a_network_whose_training_is_not_done_has_no_figures(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (root / "README.md").read_text(encoding="utf-8")
    network = SketchRNN(("cat", "dog"), Shape(hidden=16, embedding=8))
    weights.save(network, root / "models" / "sketchrnn.safetensors", seed=1)
    assert told(root) == 1
    assert "sketchrnn.safetensors was not tested: its training is not done" in capsys.readouterr().err
    assert (root / "README.md").read_text(encoding="utf-8") == before


def test_the_recipe_knows_what_is_written() -> None:
    made = next(step.makes for step in STEPS if step.name == "documents")
    assert list(made) == [f"{name}#{place}" for name, each in PLACES.items() for place in each]


def test_a_result_that_is_missing_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "results" / "data.json").unlink()
    assert told(root) == 1
    assert "there is no data.json among the results" in capsys.readouterr().err


def test_drawings_are_counted_by_folder_and_part(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)

    def drawn(folder: str, count: int) -> None:
        (tmp_path / folder).mkdir()
        strokes = [[rng.uniform(0, 255, (5, 2)).astype(np.float32)] for _ in range(count)]
        batch = Drawings.from_strokes(strokes, word=["cat"] * count).fit_box()
        write_drawings(batch, tmp_path / folder / "cat.ndjson")

    drawn("strokes", 80)
    drawn("strokes_more", 40)
    drawn("generated", 9)
    (tmp_path / "bitmaps").mkdir()
    np.save(tmp_path / "bitmaps" / "cat.npy", rng.integers(0, 255, (6, 784)).astype(np.uint8))
    out = tmp_path / "data.json"
    folders = [str(tmp_path / name) for name in ("strokes", "strokes_more", "bitmaps")]
    assert main(["count", "--data", *folders, "--extra", str(tmp_path / "generated"), "--out", str(out)]) == 0
    counts = json.loads(out.read_text())
    assert {name: sum(parts.values()) for name, parts in counts.items()} == {
        "strokes": 80, "strokes_more": 40, "generated": 9, "bitmaps": 6,
    }  # fmt: skip
    assert counts["strokes"]["train"] > counts["strokes"]["test"] > 0
