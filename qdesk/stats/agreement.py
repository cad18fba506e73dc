"""How far two people agree, beyond what chance alone would bring (Cohen 1960, doi 10.1177/001316446002000104)."""

from __future__ import annotations

import math
from collections.abc import Mapping


def kappa(pairs: Mapping[tuple[str, str], int]) -> float:
    """Return Cohen's kappa of two judges: 1 for full agreement, 0 for that of chance, NaN where it says nothing.

    pairs: how many things the first called one name, and the second another, by both names. It says nothing where
    there are no things, or where both judges gave one and the same name throughout.
    """
    total = sum(pairs.values())
    if not total:
        return math.nan
    names = {name for pair in pairs for name in pair}
    agreed = sum(count for (mine, theirs), count in pairs.items() if mine == theirs) / total
    first = {name: sum(count for (mine, _), count in pairs.items() if mine == name) / total for name in names}
    second = {name: sum(count for (_, theirs), count in pairs.items() if theirs == name) / total for name in names}
    by_chance = sum(first[name] * second[name] for name in names)
    return (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else math.nan


def kappa_of(name: str, pairs: Mapping[tuple[str, str], int]) -> float:
    """Return Cohen's kappa of whether things have this name or another."""
    merged: dict[tuple[str, str], int] = {}
    for (mine, theirs), count in pairs.items():
        pair = (name if mine == name else "", name if theirs == name else "")
        merged[pair] = merged.get(pair, 0) + count
    return kappa(merged)
