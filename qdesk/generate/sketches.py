"""Drawings of a word by the Sketch-RNN: samples, the best of several, what goes on from a beginning, and mixtures.

All are sampled as `qdesk.nets.sampling` says, guided by the word, and judged by the classifier. They are the network's
own: none of them was drawn by a person. Their key_id says so (`qdesk.training.starter_set`): sixteen digits of which
the first four are 9000, and the others come from what is drawn.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qdesk import paths
from qdesk.data.categories import find, hint
from qdesk.data.drawings import BOX, Drawings
from qdesk.data.simplify import EPSILON, as_official, is_dense, simplify_strokes

if TYPE_CHECKING:
    from torch import Tensor

    from qdesk.nets.sketchrnn import SketchRNN
    from qdesk.scoring.classifier import DrawingClassifier

Strokes = Sequence[np.ndarray]

TEMPERATURE, GUIDE = 0.3, 4.0
"""How cold the pen is, and how much it favours what the word makes likelier. Looked at side by side, drawings at these
are the ones that look most like their word (docs/ways-to-play.md)."""

HOTTEST = 2.0
"""The highest temperature that is of use. At 1 the pen draws as it learned to, apart from the guide."""

TRIES = 4
"""How many tries the best is chosen from where nothing else is said: the drawings are clearly better than of one."""

LONGEST = 120
"""Most points of a sampled drawing. Half of them have 35 or fewer, and longer ones do not get better."""

MOST = 4000
"""The most drawings of a wish, tries included: they are sampled side by side."""

_END_TRIES = 10  # of a drawing to begin or end with: a good way has good ends
BETWEEN_TRIES = 64
"""Tries for each drawing between two others."""

_BETWEEN = 0.5, 2.0
"""Their temperature and guide: more varied than elsewhere."""


class Beginning(NamedTuple):
    """What a drawing begins with.

    strokes: (points, 2) each, in any coordinates, y down.   box: the side of a whole drawing in the same units, None to
    go by the size: what fits the 255 box lies where it would lie in a whole drawing, and what is larger fills the box.
    lifted: whether the pen is up, False where the last stroke goes on.
    """

    strokes: Strokes
    box: float | None = None
    lifted: bool = True


class End(NamedTuple):
    """One of two drawings to draw between: strokes, (points, 2) each, and its word, "" where it is not known."""

    strokes: Strokes
    word: str = ""


@dataclass(frozen=True)
class Wish:
    """What is to be drawn.

    word: "" draws without a word, as the pen goes.   best: tries per drawing, of which the one is taken that the
    classifier is surest of.   other, share: a second word, and how much of it is mixed in, 0 to 1.
    """

    word: str
    count: int = 1
    temperature: float = TEMPERATURE
    seed: int = 0
    best: int = TRIES
    other: str = ""
    share: float = 0.5
    beginning: Beginning | None = None


@dataclass(frozen=True)
class Drawn:
    """What was drawn.

    drawings: with words and key_ids, in the 255 box, or in the beginning's own units where there was one.
    chances: float32 (N,), the probability of the word that was asked for.   seen: what the classifier takes each for,
    with its probability.   notes: what sets each apart from the others, "" for nothing.
    """

    drawings: Drawings
    chances: np.ndarray
    seen: tuple[tuple[str, float], ...]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.drawings)


class Sketches:
    """Draws with the given networks, by default the shipped ones, which are loaded when first needed.

    The same wish gives the same drawings. It is for one thread at a time.
    """

    def __init__(self, network: SketchRNN | None = None, guesser: DrawingClassifier | None = None) -> None:
        if network is not None:
            self.network = network
        if guesser is not None:
            self.guesser = guesser

    @cached_property
    def network(self) -> SketchRNN:
        from qdesk.nets import weights

        return weights.load(paths.model(paths.SKETCHRNN), "sketchrnn")

    @cached_property
    def guesser(self) -> DrawingClassifier:
        from qdesk.scoring.classifier import DrawingClassifier

        return DrawingClassifier()

    def known(self, word: str) -> str:
        """Return the word as the network knows it. Raises ValueError, with words like it, for one that it does not."""
        found = find(word, self.network.words)
        if not word.strip():
            raise ValueError("Name a word to draw, such as cat.")
        if found is None:
            raise ValueError(
                f"The network cannot draw {word}: it has not learned that word.{hint(word, self.network.words)}"
            )
        return found

    def draw(self, wish: Wish, check: Callable[[], object] = lambda: None) -> Drawn:
        """Return the drawings that were wished for.   check: called again and again; what it raises ends the work.

        Raises ValueError for an unknown word, and for a beginning without a point.
        """
        shares = np.full(wish.count, wish.share if wish.other else 0.0)
        return self._draw(wish, np.full(wish.count, wish.temperature), shares, [""] * wish.count, check)

    def rising(self, wish: Wish, columns: int, rows: int, check: Callable[[], object] = lambda: None) -> Drawn:
        """Return `rows` times `columns` drawings of one word, in reading order, each column hotter than the one before.

        The temperatures go from 0 to `HOTTEST` in even steps; those of the wish and its count do not matter.
        """
        each = np.linspace(0, HOTTEST, columns)
        heat = np.tile(each, rows)
        return self._draw(wish, heat, np.zeros(len(heat)), [f"at {t:.2f}" for t in heat], check)

    def mixing(self, wish: Wish, columns: int, rows: int, check: Callable[[], object] = lambda: None) -> Drawn:
        """Return `rows` times `columns` drawings from the wish's word to its other one, in reading order.

        Each column has more of the other word than the one before, from none to nothing else.
        """
        shares = np.tile(np.linspace(0, 1, columns), rows)
        notes = [f"{100 * share:.0f} % {wish.other}" for share in shares]
        return self._draw(wish, np.full(len(shares), wish.temperature), shares, notes, check)

    def between(
        self, first: End, second: End, steps: int = 5, seed: int = 0, check: Callable[[], object] = lambda: None
    ) -> Drawn:
        """Return `steps` drawings from one drawing to another, without the two.

        No encoder turns a drawing into a code to mix. Instead the pen draws the mean of the two words, each step with
        more of the second, with many tries. Of these the one is taken that the classifier sees nearest to the straight
        way between the two drawings, in the layer before its logits. Raises ValueError where a drawing has no point.
        """
        from qdesk.nets import sampling

        tries, (heat, guide) = BETWEEN_TRIES, _BETWEEN
        pair = as_official(Drawings.from_strokes([first.strokes, second.strokes]))
        guesses = self._seen(self.guesser.probabilities(pair))
        one, other = (
            find(end.word, self.network.words) or seen[0] for end, seen in zip((first, second), guesses, strict=True)
        )
        ends = _unit(self.guesser.embeddings(pair))
        shares = np.linspace(0, 1, steps + 2)[1:-1]
        many = np.repeat(shares, tries)
        vectors = self._vectors(one, other, many)
        drawn = sampling.draw(self.network, vectors, heat, seed, LONGEST, guide, check=check)
        batch = Drawings.from_strokes(drawn).fit_box()
        aims = _unit(ends[0] * (1 - many[:, None]) + ends[1] * many[:, None])
        batch = batch.take(_best((_unit(self.guesser.embeddings(batch)) * aims).sum(axis=1), tries))
        p = self.guesser.probabilities(batch)
        words = [other if share > 0.5 else one for share in shares]
        chances = self._chances(p, one, shares, other)
        return Drawn(
            batch.with_columns(word=words, key_id=_names(batch)), chances, self._seen(p),
            tuple(f"{100 * share:.0f} % of the way" for share in shares),
        )  # fmt: skip

    def way(
        self,
        wish: Wish,
        ends: tuple[End | None, End | None],
        steps: int = 5,
        check: Callable[[], object] = lambda: None,
    ) -> tuple[Drawn | None, Drawn, Drawn | None]:
        """Return what is drawn from one drawing to another: the first, None where it is given, `between`, the last.

        An end that is not given is drawn of the wish's word, or of its other one.
        """
        drawn: list[Drawn | None] = []
        known: list[End] = []
        for number, (given, word) in enumerate(zip(ends, (wish.word, wish.other), strict=True)):
            one = None if given else self.draw(Wish(word, 1, wish.temperature, wish.seed + number, _END_TRIES), check)
            drawn.append(one)
            known.append(given or End(one.drawings.strokes_of(0), word))  # type: ignore[union-attr]
        return drawn[0], self.between(known[0], known[1], steps, wish.seed, check), drawn[1]

    def _draw(
        self, wish: Wish, heat: np.ndarray, shares: np.ndarray, notes: Sequence[str], check: Callable[[], object]
    ) -> Drawn:
        """Draw one drawing per temperature and share of the other word, (N,) each, the best of `wish.best`."""
        word = self.known(wish.word) if wish.word else ""
        other = self.known(wish.other) if wish.other else word
        many = [np.repeat(each, wish.best) for each in (heat, shares)]
        drawn = self._sample(self._vectors(word, other, many[1]), many[0], wish, check)
        batch = Drawings.from_strokes(drawn)
        batch = batch if wish.beginning else batch.fit_box()
        check()
        p = self.guesser.probabilities(as_official(batch))
        chances = self._chances(p, word, many[1] * 0)
        chosen = _best(self._chances(p, word, many[1], other), wish.best)
        words = [other if share > 0.5 else word or None for share in shares]
        batch = batch.take(chosen)
        return Drawn(
            batch.with_columns(word=words, key_id=_names(batch)), chances[chosen], self._seen(p[chosen]), tuple(notes)
        )

    def _vectors(self, word: str, other: str, shares: np.ndarray) -> Tensor:
        """Return the vectors, (N, embedding), of the word with these shares, (N,), of the other one."""
        import torch

        words = [*self.network.words, ""]
        one, two = (self.network.word.weight.detach()[words.index(each)] for each in (word, other))
        part = torch.from_numpy(shares.astype(np.float32))[:, None]
        return one * (1 - part) + two * part

    def _sample(
        self, vectors: Tensor, heat: np.ndarray, wish: Wish, check: Callable[[], object]
    ) -> list[list[np.ndarray]]:
        from qdesk.nets import sampling

        guide = GUIDE if wish.word else 0.0
        if wish.beginning is None:
            return sampling.draw(self.network, vectors, heat, wish.seed, LONGEST, guide, check=check)
        given, (simple, unit) = wish.beginning, as_read(wish.beginning)
        begun = sampling.begin(self.network, simple, given.lifted)
        drawn = sampling.draw(self.network, vectors, heat, wish.seed, LONGEST, guide, begun, check)
        return [continued(given, [stroke / unit for stroke in strokes]) for strokes in drawn]

    def _chances(self, p: np.ndarray, word: str, shares: np.ndarray, other: str = "") -> np.ndarray:
        """Return float32 (N,): how sure the classifier is of the word, or of both in proportion to their shares.

        Without a word, how sure it is of anything.
        """
        if not word:
            return p.max(axis=1)
        words = self.guesser.words
        one, two = (p[:, words.index(each)] if each in words else np.zeros(len(p), p.dtype) for each in (word, other))
        return one ** (1 - shares) * two**shares if other else one

    def _seen(self, p: np.ndarray) -> tuple[tuple[str, float], ...]:
        best = p.argmax(axis=1)
        return tuple((self.guesser.words[k], float(row[k])) for k, row in zip(best, p, strict=True))


def as_read(beginning: Beginning) -> tuple[list[np.ndarray], float]:
    """Return a beginning as the network reads it, and how many of its units one unit of the given strokes is.

    It is relative to the first point, in whole numbers, and simplified as the training data were unless it is already.
    Raises ValueError for a beginning without a point.
    """
    strokes = [np.asarray(stroke, np.float64) for stroke in beginning.strokes if len(stroke)]
    if not strokes:
        raise ValueError("The beginning has no point to go on from.")
    points = np.concatenate(strokes)
    extent = float((points.max(axis=0) - points.min(axis=0)).max())
    unit = BOX / (beginning.box or (BOX if extent <= BOX + 1 else extent))
    small = [(stroke - points[0]) * unit for stroke in strokes]
    whole = all((stroke == np.rint(stroke)).all() for stroke in small)
    if extent > 0 and not (whole and not is_dense(Drawings.from_strokes([small]))[0]):
        fitted = BOX / (extent * unit)  # simplifying also fits to the box: undo that
        simple = [stroke / fitted for stroke in simplify_strokes(small, EPSILON * fitted)]
        small = [stroke - simple[0][0] for stroke in simple]
    return [np.rint(stroke).astype(np.float32) for stroke in small], unit


def continued(beginning: Beginning, more: Strokes) -> list[np.ndarray]:
    """Return the strokes given, exactly as they are, and the new ones, which are relative to the first point given."""
    given = [np.asarray(stroke, np.float32) for stroke in beginning.strokes if len(stroke)]
    new = [(stroke + given[0][0]).astype(np.float32) for stroke in more]
    if not beginning.lifted and new:
        given[-1], new = np.vstack([given[-1], new[0]]), new[1:]
    return [*given, *new]


def added(beginning: Beginning, strokes: Strokes) -> list[np.ndarray]:
    """Return what is new of a drawing that goes on from a beginning: the reverse of `continued`.

    The first stroke begins with the last point given, if the pen was down there.
    """
    given = [stroke for stroke in beginning.strokes if len(stroke)]
    new = list(strokes[len(given) :])
    if not beginning.lifted and len(rest := strokes[len(given) - 1][len(given[-1]) - 1 :]) > 1:
        new.insert(0, rest)
    return new


def _best(chances: np.ndarray, tries: int) -> np.ndarray:
    """Return the rows (N,) of the surest of every `tries` drawings that follow each other."""
    groups = chances.reshape(-1, tries)
    return np.arange(len(groups)) * tries + groups.argmax(axis=1)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Return vectors (N, n) with a length of 1 each."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def _names(drawings: Drawings) -> list[str]:
    """Return a key_id per drawing. It depends on what is drawn; what is drawn twice has two."""
    seen: Counter[str] = Counter()
    names = []
    for content in drawings.content_ids():
        digest = hashlib.sha256(f"{content} {seen[content]}".encode()).digest()
        names.append(f"9000{int.from_bytes(digest[:8]) % 10**12:012d}")
        seen[content] += 1
    return names


def joined(parts: Sequence[Drawn]) -> Drawn:
    """Return several batches of what was drawn as one."""
    return Drawn(
        Drawings.concat([part.drawings for part in parts]),
        np.concatenate([part.chances for part in parts]),
        tuple(seen for part in parts for seen in part.seen),
        tuple(note for part in parts for note in part.notes),
    )


def by_hand(strokes: Strokes, word: str) -> Drawn:
    """Return a drawing that somebody made with the network, in the 255 box, which nothing has judged."""
    batch = Drawings.from_strokes([strokes]).fit_box()
    batch = batch.with_columns(word=[word or None], key_id=_names(batch))
    return Drawn(batch, np.zeros(1, np.float32), (("", 0.0),), ("",))


def write(drawn: Drawn, path: Path, title: str = "", columns: int = 0) -> None:
    """Write what was drawn, by the path's ending: .svg, .png or .pdf as a sheet that says what the classifier sees.

    A .gif is drawn before one's eyes; other endings hold the drawings alone.   columns: drawings side by side, 0 as it
    fits. Raises `qdesk.formats.FormatError` where the file cannot be written so.
    """
    from qdesk.formats import gif, write_drawings
    from qdesk.formats.sheet import Caption, write_sheet

    name = path.name.lower()
    if name.endswith(".gif"):
        gif.write_drawn(path, drawn.drawings, columns)
    elif name.endswith((".svg", ".png", ".pdf")):
        words = [note or word or "" for note, word in zip(drawn.notes, drawn.drawings.words, strict=True)]
        captions = [Caption(word, sees(*seen) if seen[0] else "") for word, seen in zip(words, drawn.seen, strict=True)]
        write_sheet(path, drawn.drawings, captions, title, columns=columns)
    else:
        write_drawings(drawn.drawings, path)


def sees(word: str, chance: float) -> str:
    """Return what the classifier sees: "cat 98 %"."""
    return f"{word} {100 * chance:.0f} %"
