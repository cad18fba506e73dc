"""The evidence says what is so: figures that are out of the usual, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from qdesk import paths
from qdesk.data.drawings import Drawings
from qdesk.formats import open_drawings
from qdesk.scoring.columns import RANK_COLUMNS
from qdesk.scoring.explanation import TOGETHER, evidence_sentences, numbered, percent
from qdesk.scoring.junk_model import FEATURES
from qdesk.scoring.scorer import Scorer, rank_table

USUAL = {
    "loss_per_point": (6.0, 8.4),
    "late_loss": (-0.5, 1.5),
    "end_loss": (3.0, 9.0),
    "lift": (-1.0, 12.0),
    "turning": (0.3, 1.0),
    "log_ink": (1.0, 2.2),
    "log_segment": (0.5, 1.1),
    "aspect": (0.3, 1.0),
    "log_points": (np.log(16), np.log(90)),
    "log_strokes": (0.0, np.log(13)),
    "log_p_word": (np.log(0.02), 0.0),
    "kind_scribble": (-9.0, -2.0),
    "kind_over": (-9.0, -3.0),
    "kind_lettering": (-9.0, 1.0),
}
SQUARE = [np.array([[0, 0], [200, 0], [200, 200], [0, 200], [0, 0]], np.float32)]


def tell(reason: str, word: str | None = "flamingo", drawing=SQUARE, own: bool = True, **figures: object) -> str:
    """The evidence for one drawing, usual in everything but these figures."""
    table = {name: float(np.mean(USUAL[name])) if name in USUAL else np.nan for name in FEATURES}
    table |= {name: value for name, value in figures.items() if name in table}
    seen = {"lift": 5.0, "p_word": 0.88, "top_guess": "flamingo", "p_top": 0.88} | figures
    measured = {name: np.array([value], object if isinstance(value, str) else float) for name, value in seen.items()}
    batch = drawing if isinstance(drawing, Drawings) else Drawings.from_strokes([drawing], word=word)
    rows = np.array([list(table.values())])
    return evidence_sentences(batch, np.array([word], object), measured, rows, np.array([reason], object), USUAL, own)[
        0
    ]


OTHER = {"top_guess": "pineapple", "p_top": 0.93, "p_word": 0.004}


@pytest.mark.parametrize(
    ("places", "said"),
    [([3], "stroke 3"), ([1, 2], "strokes 1 and 2"), ([14, 15, 17], "strokes 14, 15 and 17"),
     ([4, 5, 6], "strokes 4 to 6"), ([1, 4, 5, 6], "strokes 1 and 4 to 6")],
)  # fmt: skip
def test_strokes_are_named_by_their_numbers(places: list[int], said: str) -> None:
    assert numbered(np.array(places)) == said


def test_nothing_is_said_without_a_reason() -> None:
    assert tell("", loss_per_point=20.0) == ""


def test_an_unknown_word_is_said_without_a_reason_too() -> None:
    unknown = {"p_word": np.nan, "top_guess": "owl", "p_top": 0.9}
    assert tell("", word="unicorn", **unknown) == "The classifier never learned “unicorn”; it is seen as an owl (90 %)."
    assert tell("", word=None, **unknown) == ""
    assert tell("unusual", word="unicorn", loss_per_point=20.0, **unknown).endswith(
        " The classifier never learned “unicorn”; it is seen as an owl (90 %)."
    )


def test_a_wrong_category_says_which() -> None:
    assert tell("wrong", lift=-12.3, **OTHER) == (
        "It is seen as a pineapple (93 %), hardly as a flamingo (under 1 %). "
        "The word explains it 12 nats worse than no word."
    )
    unsure = tell("wrong", lift=-12.3, top_guess="octopus", p_top=0.3, p_word=0.2)
    assert unsure.startswith("It is seen as an octopus, if at all (30 %), less as a flamingo (20 %).")
    assert "nats" not in tell("wrong", lift=-0.9, **OTHER)  # as good drawings have it


@pytest.mark.parametrize(
    ("reason", "figures", "said"),
    [
        ("scribble", {"loss_per_point": 8.9}, "Its loss is 8.9 nats a point; 19 in 20 good drawings stay under 8.4."),
        (
            "scribble",
            {"loss_per_point": 8.42},
            "Its loss is 8.42 nats a point; 19 in 20 good drawings stay under 8.40.",
        ),
        ("scribble", {"late_loss": 2.1}, "Its last third costs 2.1 nats a point above its average; 19 in 20"),
        (
            "scribble",
            {"turning": 2.0},
            "It turns 115° at each point on average; 19 in 20 good drawings stay under 57°.",
        ),
        ("graffiti", {"log_strokes": np.log(20)}, "It has 20 strokes; 19 in 20 good drawings have 13 or fewer."),
        ("graffiti", {"aspect": 0.2}, "It is 5.0 times as long as broad; 19 in 20 good drawings stay under 3.3."),
        ("unfinished", {"log_points": np.log(9)}, "It comes down to 9 points; 19 in 20 good drawings have 16 or more."),
        (
            "unfinished",
            {"end_loss": 12.2},
            "To end where it ends costs 12.2 nats; 19 in 20 good drawings stay under 9.0.",
        ),
        (
            "unfinished",
            {"log_ink": np.log1p(1.2)},
            "Its lines add up to 1.2 times its size; 19 in 20 good drawings stay",
        ),
    ],
)
def test_what_stands_out_is_compared_with_the_usual(reason: str, figures: dict[str, float], said: str) -> None:
    assert tell(reason, **figures).startswith(said)
    usual = {name: float(np.mean(USUAL[name])) for name in figures}
    assert tell(reason, **usual) == TOGETHER


def test_the_furthest_out_comes_first_and_two_are_enough() -> None:
    told = tell("scribble", loss_per_point=8.9, turning=3.0, log_ink=2.4)
    assert told == (
        "It turns 172° at each point on average; 19 in 20 good drawings stay under 57°. "
        "Its loss is 8.9 nats a point, usually under 8.4."
    )


def test_figures_of_other_reasons_are_no_evidence() -> None:
    assert tell("unfinished", lift=-11.4) == (
        "No single figure says unfinished. The word explains it 11 nats worse than no word."
    )
    assert tell("unfinished", loss_per_point=12.0, turning=3.0) == TOGETHER
    assert tell("unfinished", log_points=np.log(200)) == TOGETHER  # out of the usual, at the other end


def test_only_unusual() -> None:
    loss, seen = tell("unusual", loss_per_point=9.2).split(". ")
    assert loss == "Its loss is 9.2 nats a point; 19 in 20 good drawings stay under 8.4"
    assert seen == "Even so it is seen as a flamingo (88 %)."


def test_letters_stand_side_by_side() -> None:
    letters = [np.array([[x, 0], [x + 9, 20]], np.float32) for x in (0, 30, 20, 60)]
    assert tell("graffiti", drawing=letters) == (
        "Its strokes stand in 4 groups side by side, like letters; 49 in 50 good drawings have fewer."
    )
    assert tell("graffiti", drawing=[*letters, letters[0] * [10, 1]]) == TOGETHER  # one below them all, from end to end
    assert tell("scribble", drawing=letters) == TOGETHER


def test_the_networks_own_judgement_of_the_whole_comes_first() -> None:
    told = tell("scribble", kind_scribble=4.0, kind_over=-2.0, loss_per_point=9.0)
    assert told.startswith("Stroke by stroke it reads as a scribble (98 %). Its loss is 9.0")
    assert "reads as a drawing scribbled over (over 99 %)." in tell("scribble", kind_over=8.0)
    assert tell("scribble", kind_scribble=-1.0) == (
        "Stroke by stroke it is nearer to a scribble than 19 in 20 good drawings are."
    )
    assert tell("graffiti", kind_scribble=4.0, kind_lettering=0.5) == TOGETHER  # good drawings are taken so as well


def test_pixels_are_judged_by_their_picture() -> None:
    pixels = Drawings.from_bitmaps(np.zeros((1, 28, 28), np.uint8), word="flamingo")
    unknown = dict.fromkeys(USUAL, np.nan)
    told = tell("wrong", drawing=pixels, **(unknown | OTHER))
    assert told == "Judged by its picture alone. It is seen as a pineapple (93 %), hardly as a flamingo (under 1 %)."


def test_no_word_and_unknown_words_are_said() -> None:
    nothing = {"top_guess": "owl", "p_top": 0.7, "p_word": np.nan, "lift": np.nan, "log_p_word": np.nan}
    told = tell("scribble", word=None, loss_per_point=9.0, turning=3.0, **nothing)
    assert told.endswith("stay under 57°. It has no word; it is seen as an owl (70 %).")
    assert tell("wrong", word=None, **nothing) == "It has no word; it is seen as an owl (70 %)."
    assert "The classifier never learned “gnome”; it is seen as an owl (70 %)." in tell(
        "wrong", word="gnome", **nothing
    )


def test_an_official_decoders_losses_are_not_compared_with_ours() -> None:
    told = tell("scribble", own=False, loss_per_point=20.0, end_loss=30.0, turning=2.0, lift=-7.0)
    assert told == (
        "It turns 115° at each point on average; 19 in 20 good drawings stay under 57°. "
        "The word explains it 7.0 nats worse than the other words at hand."
    )
    alone = tell("unusual", own=False, loss_per_point=20.0, lift=np.nan)
    assert alone.startswith("Its loss is 20.0 nats a point. ")


def test_percents() -> None:
    assert [percent(share) for share in (0.0, 0.004, 0.5, 0.994, 1.0)] == [
        "under 1 %", "under 1 %", "50 %", "over 99 %", "over 99 %",
    ]  # fmt: skip


@pytest.mark.skipif(
    not (paths.model(paths.SKETCHRNN).exists() and paths.model(paths.JUNK_MODEL).exists()),
    reason="the shipped weights are not here",
)
def test_the_scorer_gives_evidence_where_it_gives_a_reason() -> None:
    drawings = open_drawings(paths.asset("starter.ndjson.gz")).drawings.take(slice(0, 200))
    columns = Scorer().score(drawings)
    assert ((columns["evidence"] != "") == (columns["reason"] != "")).all() and (columns["reason"] != "").any()
    text = " ".join(columns["evidence"])
    assert "19 in 20 good drawings" in text and "nan" not in text
    assert tuple(rank_table(drawings, columns).column_names) == RANK_COLUMNS
