"""The JSON and the page: what is in them, and that nothing in the data can do them harm."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from qdesk.data.drawings import Drawings
from qdesk.evaluation.evaluate import MISTAKES, Evaluation, evaluate, json_text, to_json, write_html, write_json
from qdesk.evaluation.selection import Found
from qdesk.nets import weights
from qdesk.nets.classifier import Classifier

EVIL = '</script><script>alert("x")</script> & \'co'
NAMES = (
    "drawings drawn_words accuracy accuracy_low accuracy_high top_1 top_1_low top_1_high top_3 top_3_low top_3_high "
    "top_5 top_5_low top_5_high map_at_3 map_at_3_low map_at_3_high balanced_accuracy balanced_accuracy_low "
    "balanced_accuracy_high specificity matthews_correlation jaccard cross_entropy cross_entropy_low "
    "cross_entropy_high calibration_error auc part files left_out unknown_words closed qdesk model words per_class "
    "calibration roc confused_pairs mistakes confusion_matrix"
).split()
ROW = "word drawings recall precision specificity jaccard auc most_confused_with most_confused_drawings roc".split()
VOID = {"meta", "img", "br", "input"}


class Page(HTMLParser):
    """What a page asks for from elsewhere, its words, and whether every element ends where it should."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []
        self.handlers: list[str] = []
        self.scripts = self.unnamed = 0
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.scripts += tag == "script"
        self.unnamed += tag == "img" and "alt" not in given
        self.handlers += [name for name in given if name.startswith("on")]
        self.ids |= {given["id"]} if given.get("id") else set()
        for name in ("src", "href", "action", "data"):
            value = given.get(name) or ""
            if value.startswith("#"):
                self.links.add(value[1:])
            elif value and not value.startswith("data:image/png;base64,"):
                self.outside.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> ends something else"


def made_up(words: tuple[str, ...], count: int, bitmaps: bool = False, right: float = 3.0) -> Evaluation:
    """An evaluation of random scores that lean to the right word by `right`."""
    random = np.random.default_rng(5)
    labels = np.arange(count) % len(words)
    logits = random.normal(size=(count, len(words)))
    logits[np.arange(count), labels] += right
    probabilities = np.exp(logits)
    columns = {"word": [words[k] for k in labels], "source": f"{EVIL}.ndjson", "row": list(range(count))}
    if bitmaps:
        drawings = Drawings.from_bitmaps(random.integers(0, 256, (count, 28, 28)), **columns)
    else:
        strokes = [[np.array([[0, 0], [255, k % 256]]), np.array([[9, 9]])] for k in range(count)]
        drawings = Drawings.from_strokes(strokes, key_id=[str(k) for k in range(count)], **columns)
    return Evaluation(
        words=words,
        drawings=drawings,
        labels=labels,
        probabilities=(probabilities / probabilities.sum(axis=1, keepdims=True)).astype(np.float32),
        mean_images=random.random((len(words), 28, 28)).astype(np.float32),
        model={"file": f"{EVIL}.safetensors", "words": len(words), "about": {"seed": 1, "note": EVIL}},
        found=Found(drawings, (EVIL,), left_out={"copies": 2}),
    )


MANY = (EVIL, "square", *(f"word {k}" for k in range(58)))


@pytest.fixture(scope="module")
def many() -> Evaluation:
    return made_up(MANY, 600)


def test_the_names_are_the_documented_ones(many):
    told = to_json(many)
    assert list(told) == NAMES
    assert list(told["per_class"][0]) == ROW
    assert list(told["mistakes"][0]) == ["key_id", "source", "row", "word", "p_word", "guesses"]
    docs = (Path(__file__).parents[2] / "docs" / "evaluate.md").read_text(encoding="utf-8")
    said = set(re.findall(r"`([a-z_0-9]+)`", docs))
    assert [name for name in (*NAMES, *ROW) if re.sub("_(low|high)$", "", name) not in said] == []


def test_the_json_is_plain_and_adds_up(many):
    text = json_text(many)
    told = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert told == to_json(many)
    counts = np.array(told["confusion_matrix"])
    assert counts.sum() == told["drawings"] == 600
    assert counts.sum(axis=1).tolist() == [row["drawings"] for row in told["per_class"]]
    assert np.diag(counts).sum() / 600 == pytest.approx(told["accuracy"], abs=1e-6)
    assert sum(b["drawings"] for b in told["calibration"]) == 600
    assert np.mean([row["recall"] for row in told["per_class"]]) == pytest.approx(told["balanced_accuracy"], abs=1e-5)
    assert np.mean([row["auc"] for row in told["per_class"]]) == pytest.approx(told["auc"], abs=1e-5)
    assert len(text.splitlines()) < 2000


def test_the_surest_mistakes_come_first_and_few_of_a_word(many):
    told = to_json(many)["mistakes"]
    sure = [mistake["guesses"][0]["probability"] for mistake in told]
    assert sure == sorted(sure, reverse=True)
    words = [mistake["word"] for mistake in told]
    assert max(words.count(word) for word in words) == MISTAKES
    assert all(mistake["guesses"][0]["word"] != mistake["word"] for mistake in told)
    assert [MANY[int(mistake["key_id"]) % len(MANY)] for mistake in told] == words


@pytest.mark.parametrize(
    "evaluation",
    [made_up(MANY, 600), made_up(MANY[:5], 40), made_up(MANY[:2], 12, bitmaps=True), made_up((EVIL,), 3)],
    ids=["picture", "table", "bitmaps", "one word"],
)
def test_the_page_stands_alone(evaluation, tmp_path):
    path = tmp_path / "report.html"
    write_html(evaluation, path)
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == [] and page.outside == [] and page.unnamed == 0
    assert page.links <= page.ids
    assert page.scripts == (2 if len(evaluation.words) > 24 else 1)
    assert "<script>alert" not in text and not page.handlers
    assert re.findall(r"url\((?!data:)[^)]*\)|@import|https?://(?!www\.w3\.org)", text) == []


def test_a_perfect_network_has_no_mistakes_to_show(tmp_path):
    evaluation = made_up(MANY[:4], 20, right=50.0)
    assert to_json(evaluation)["mistakes"] == [] and to_json(evaluation)["accuracy"] == 1
    write_html(evaluation, tmp_path / "report.html")
    assert "There are none" in (tmp_path / "report.html").read_text(encoding="utf-8")


# With a network


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("model") / "small.safetensors"
    weights.save(Classifier(("circle", "line", "square")), path, seed=7)
    return path


def shapes(count: int) -> Drawings:
    words = ["circle", "line", "square", "house"]
    strokes = [[np.array([[0, 0], [255, k], [k, 255]])] for k in range(count)]
    return Drawings.from_strokes(strokes, word=[words[k % 4] for k in range(count)])


def test_a_network_is_judged(model, tmp_path):
    shares: list[float] = []
    evaluation = evaluate(shapes(40), model, on_progress=lambda share, text: shares.append(share))
    assert evaluation.words == ("circle", "line", "square") and len(evaluation.labels) == 30
    assert evaluation.probabilities.sum(axis=1) == pytest.approx(np.ones(30), abs=1e-4)
    assert evaluation.found.left_out["unknown_word"] == 10
    assert 0 < evaluation.mean_images.max() <= 1
    assert shares[-1] == 1 and shares == sorted(shares)
    told = to_json(evaluation)
    assert told["model"]["file"] == "small.safetensors" and told["model"]["words"] == 3 and not told["closed"]
    assert told["model"]["about"] == {"seed": 7}
    write_json(evaluation, tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == told


def test_only_the_words_asked_for_can_be_guessed(model):
    whole = evaluate(shapes(40), model)
    some = evaluate(shapes(40), model, words=["Square", "circle"])
    assert some.words == ("circle", "square") and len(some.labels) == 20 and to_json(some)["closed"]
    kept = whole.probabilities[whole.labels != 1][:, [0, 2]]
    assert some.probabilities == pytest.approx(kept / kept.sum(axis=1, keepdims=True), abs=1e-4)


def test_a_word_that_the_network_does_not_know(model):
    with pytest.raises(ValueError, match="no word 'sqare'. Did you mean square?"):
        evaluate(shapes(4), model, words=["sqare"])
