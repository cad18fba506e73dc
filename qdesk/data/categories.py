"""The 345 categories of Quick, Draw!, and how a word is found in a list of words, however it is spelled.

Whatever compares a word with a list that a network, a folder or a person has goes through `Lookup`. A drawing keeps the
spelling of its file; only the look-up forgives.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from qdesk import paths

if TYPE_CHECKING:  # the command line needs the list at once, and no numpy
    import numpy as np

_NO_ARTICLE = frozenset(
    "animal migration,asparagus,binoculars,bread,broccoli,camouflage,drums,eyeglasses,flip flops,grapes,grass,"
    "headphones,lightning,matches,pants,peas,pliers,rain,rollerskates,scissors,shorts,stairs,stitches,toothpaste,"
    "underwear,yoga".split(",")
)
_ONLY_ONE = frozenset({"moon", "ocean", "sun"})


@cache
def categories() -> tuple[str, ...]:
    """Return the 345 category names, alphabetically without regard to case: the order of every network's outputs."""
    return tuple(paths.asset("categories.txt").read_text(encoding="utf-8").split("\n")[:-1])


@cache
def category_index() -> dict[str, int]:
    """Return the position of each name in `categories()`."""
    return {name: index for index, name in enumerate(categories())}


class Lookup:
    """Finds words in a list as people and programs spell them.

    Case, spaces, underscores, hyphens, other signs and the Unicode form make no difference, and a "the" before a word
    may be missing or too many. A word that is in the list as it is means itself. Where a spelling fits several words of
    the list, it means none of them.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)
        self._exact = {word: place for place, word in enumerate(self.words)}
        self._by_spelling = [_places(map(form, self.words)) for form in (plain, _bare)]

    def place(self, asked: str | None) -> int:
        """Return the position of the word that is meant, -1 for none."""
        if asked is None:
            return -1
        if (place := self._exact.get(asked)) is not None:
            return place
        plain_place = self._by_spelling[0].get(plain(asked))
        return self._by_spelling[1].get(_bare(asked), -1) if plain_place is None else plain_place

    def places(self, asked: Iterable[str | None]) -> np.ndarray:
        """Return the positions of words, int64 (N,), -1 for those that are not there, and for None."""
        import numpy as np

        asked = list(asked)
        place_of = {word: self.place(word) for word in set(asked)}
        return np.fromiter((place_of[word] for word in asked), np.int64, len(asked))

    def find(self, asked: str | None) -> str | None:
        """Return the word that is meant, as the list spells it, or None."""
        place = self.place(asked)
        return self.words[place] if place >= 0 else None


def lookup(words: Iterable[str]) -> Lookup:
    """Return the look-up in these words, made once for the lists that were asked for last."""
    return _lookup(tuple(words))


@lru_cache(32)
def _lookup(words: tuple[str, ...]) -> Lookup:
    return Lookup(words)


def find(asked: str | None, words: Iterable[str]) -> str | None:
    """Return the one of `words` that `asked` means, however it is spelled (see `Lookup`), or None."""
    return lookup(words).find(asked)


def required(asked: str, words: Iterable[str], who: str = "The networks know") -> str:
    """Return the one of `words` that `asked` means. Raises ValueError, with similar words, where there is none."""
    words = tuple(words)
    if (found := find(asked, words)) is None:
        raise ValueError(f"{who} no word {asked!r}.{hint(asked, words)}")
    return found


def hint(asked: str, words: Iterable[str]) -> str:
    """Return the end of a message, " Did you mean flamingo?", with up to three `words` similar to `asked`, or ""."""
    by_spelling = {plain(word): word for word in words}
    near = [by_spelling[name] for name in difflib.get_close_matches(plain(asked), by_spelling, n=3, cutoff=0.6)]
    return f" Did you mean {' or '.join(near)}?" if near else ""


def known(asked: Iterable[str], words: Iterable[str]) -> list[str]:
    """Return those of `words` that are meant, each once. Raises ValueError, a sentence, for one that is not there."""
    there, found = list(words), []
    for word in asked:
        meant = find(word, there)
        if meant is None:
            raise ValueError(f"The classifier does not know the word {word}.{hint(word, there)}")
        found.append(meant)
    return list(dict.fromkeys(found))


@lru_cache(4096)
def plain(word: str) -> str:
    """Return a word for comparison: its letters and digits alone, in lower case and in one Unicode form."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] in "LMN")


@lru_cache(4096)
def _bare(word: str) -> str:
    """Return `plain` of a word without "the" before it."""
    return plain(_THE.sub("", unicodedata.normalize("NFKC", word)))


_THE = re.compile(r"^[\W_]*the[\W_]+", re.IGNORECASE)


def _places(spellings: Iterable[str]) -> dict[str, int]:
    """Return the position of each spelling, -1 where several words have it."""
    found: dict[str, int] = {}
    for place, spelling in enumerate(spellings):
        found[spelling] = -1 if spelling in found else place
    found[""] = -1  # signs alone are no word
    return found


# Words of drawings


def spellings(words: Iterable[str | None]) -> dict[str | None, str | None]:
    """Return one name for all spellings of each word: a category's own, else the first one; None for a blank word."""
    known, first = lookup(categories()), dict[str, str]()
    names: dict[str | None, str | None] = {}
    for word in dict.fromkeys(words):
        if word is None or not word.strip():
            names[word] = None
        else:
            names[word] = known.find(word) or first.setdefault(plain(word) or word, _tidy(word))
    return names


def as_listed(words: Iterable[str | None]) -> np.ndarray:
    """Return words, object (N,), categories as the list spells them and others as they are; None for a blank one."""
    words, known = list(words), lookup(categories())
    names = {word: known.find(word) or (word if word and word.strip() else None) for word in set(words)}
    return _objects(names[word] for word in words)


def one_name_each(words: Iterable[str | None]) -> np.ndarray:
    """Return words, object (N,), with one name for all spellings of each (see `spellings`)."""
    words = list(words)
    names = spellings(words)
    return _objects(names[word] for word in words)


def unknown_words(words: Iterable[str | None], known: Iterable[str] | None = None) -> dict[str, int]:
    """Return how many drawings are of each word that is not in `known` (default: the categories), the most first."""
    there = lookup(categories() if known is None else known)
    counted = Counter(words)
    names = spellings(counted)
    found: Counter[str] = Counter()
    for word, count in counted.items():
        if (name := names[word]) is not None and there.place(word) < 0:
            found[name] += count
    return dict(found.most_common())


def unknown_sentence(unknown: Mapping[str, int], who: str = "the networks do") -> str:
    """Say how many drawings are of words that are not known, and some of these, without a full stop; "" for none."""
    if not unknown:
        return ""
    count = sum(unknown.values())
    of = f"1 drawing is of a word {who} not know" if count == 1 else ""
    of = of or f"{count:,} drawings are of {'words' if len(unknown) > 1 else 'a word'} {who} not know"
    return f"{of}: {shortly(unknown)}"


def shortly(names: Iterable[str], room: int = 60) -> str:
    """Return the first names that fit into `room` letters, one at least: "unicorn, Haus and 5 more"."""
    shown: list[str] = []
    names = list(names)
    for name in map(_tidy, names):
        name = f"{name[:37]}…" if len(name) > 38 else name
        if shown and len(", ".join([*shown, name])) > room:
            break
        shown.append(name)
    rest = len(names) - len(shown)
    return f"{', '.join(shown)}{f' and {rest:,} more' if rest else ''}"


def _objects(words: Iterable[str | None]) -> np.ndarray:
    import numpy as np

    return np.array([*words, None], object)[:-1]


def _tidy(word: str) -> str:
    return " ".join(word.split())


def with_article(word: str) -> str:
    """Return the word as a sentence needs it: "a bird", "an owl", "the moon", "scissors", "The Mona Lisa"."""
    if word.startswith("The ") or word in _NO_ARTICLE:
        return word
    if word in _ONLY_ONE:
        return f"the {word}"
    vowel = word[0] in "aeiou" or word.startswith("hour")
    return f"{'an' if vowel else 'a'} {word}"
