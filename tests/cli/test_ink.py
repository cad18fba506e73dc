"""`qdesk ink`: files of ink that grew, and sentences for what it cannot grow for."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.helpers.commands import run

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("ending", ["gif", "png", "svg"])
def test_a_seed_gives_the_same_bytes(ending: str, tmp_path: Path, capsys) -> None:
    for name in ("one", "two"):
        assert run("ink", "house", "--steps", 4, "--seed", 2, "--out", tmp_path / f"{name}.{ending}") == 0
    assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()
    assert "4 steps; the classifier sees" in capsys.readouterr().err


def test_a_channel_grows_too(tmp_path: Path) -> None:
    out = tmp_path / "channel.gif"
    assert run("ink", "--layer", 3, "--channel", 20, "--steps", 3, "--distance", 0.3, "--out", out) == 0
    with Image.open(out) as image:
        assert image.n_frames == 4


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["octopsu"], "The classifier does not know the word octopsu. Did you mean octopus"),
        (["--layer", "9", "--channel", "0"], "layers 0 to 6, not 9"),
        (["--layer", "0", "--channel", "99"], "Layer 0 has channels 0 to 31, not 99"),
    ],
)
def test_what_there_is_not_is_a_sentence(arguments: list[str], sentence: str, tmp_path: Path, capsys) -> None:
    assert run("ink", *arguments, "--out", tmp_path / "a.png") == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    "wrong",
    [[], ["--layer", "3"], ["cat", "--layer", "3", "--channel", "1"], ["cat", "--steps", "0"],
     ["cat", "--distance", "2"]],
)  # fmt: skip
def test_wrong_usage(wrong: list[str], tmp_path: Path, capsys) -> None:
    assert run("ink", *wrong, "--out", tmp_path / "a.png") == 2
    assert capsys.readouterr().err
