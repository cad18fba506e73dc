"""Icons and hieroglyphs that a network draws pixel by pixel, and what the classifier sees in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from qdesk import paths
from qdesk.generate.seen import best_guesses, chances
from qdesk.generate.sheet import Icon
from qdesk.nets import weights
from qdesk.nets.pixels import PixelNetwork, draw
from qdesk.scoring.classifier import DrawingClassifier

FILES = {"icons": paths.ICONS, "hieroglyphs": paths.HIEROGLYPHS}
"""The weight files of the networks that draw, by the kind of what they draw."""

TRIES, MOST = 16, 1024
"""How many pictures are drawn for each that is wanted of a word, and how many at most."""

SCRAP = 0.06
"""The share of ink below which a picture is a scrap: the networks learned from none with less than 0.08."""

Say = Callable[[float], object]


def load(kind: str) -> PixelNetwork:
    """Return the network that draws a kind, "icons" or "hieroglyphs". Raises `nets.weights.WeightsError`."""
    return weights.load(paths.model(FILES[kind]), "pixels")


def make(
    network: PixelNetwork,
    guesser: DrawingClassifier,
    count: int,
    side: int,
    temperature: float = 1.0,
    seed: int = 0,
    words: Sequence[str] = (),
    say: Say = lambda share: None,
) -> list[Icon]:
    """Draw `count` icons. The same seed draws the same.

    words: if any, as many icons of each as of the others: of many pictures those in which the classifier is surest to
    see the word. say: called with the share that is done; an exception that it raises is passed on.
    Raises ValueError for a side that the network was not taught.
    """
    if side not in network.sides:
        raise ValueError(f"These are drawn at {' or '.join(map(str, network.sides))} pixels, not {side}.")
    drawn = max(min(count * TRIES, MOST), count) if words else count
    pictures = draw(network, drawn + drawn // 3 + 4, side, temperature, seed, lambda share: say(0.9 * share))
    scraps = pictures.mean(axis=(1, 2)) < SCRAP
    pictures = pictures[np.argsort(scraps, kind="stable")][:drawn]  # scraps only where there is nothing else
    if not words:
        best = zip(pictures, *best_guesses(guesser, pictures), strict=True)
        return [Icon(picture, word, float(chance)) for picture, word, chance in best]
    columns = [guesser.words.index(word) for word in words]
    pictures = np.unique(pictures, axis=0)
    seen = np.concatenate([part[:, columns] for part in chances(guesser, pictures)])
    return _best(pictures, seen, words, count)


def _best(pictures: np.ndarray, seen: np.ndarray, words: Sequence[str], count: int) -> list[Icon]:
    """Return the best pictures of each word, none of them twice. seen: float32 (pictures, words)."""
    left = np.ones(len(pictures), bool)
    found: list[list[Icon]] = [[] for _ in words]
    for turn in range(min(count, len(pictures))):
        word = turn % len(words)  # the words choose in turn
        best = int(np.where(left, seen[:, word], -1.0).argmax())
        left[best] = False
        found[word].append(Icon(pictures[best], words[word], float(seen[best, word])))
    return [icon for those in found for icon in those]
