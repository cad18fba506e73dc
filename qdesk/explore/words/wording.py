"""What a word page says in words, in the window and on an HTML page."""

from __future__ import annotations

from qdesk.explore.words.results import (
    DIRECTIONS,
    GAP,
    LEAST,
    ROWS,
    SURE,
    Drawn,
    Histogram,
    Judged,
    MeanPicture,
    Turning,
    WordPage,
)
from qdesk.stats.intervals import wilson

FEW = 30
"""A figure from fewer drawings is marked: chance may have made much of it."""

_NBSP = "\u00a0"


def counted(count: int, thing: str = "drawing") -> str:
    """Return "1 drawing", "1,200 drawings"."""
    return f"{count:,}{_NBSP}{thing}{'' if count == 1 else 's'}"


def titled(page: WordPage) -> str:
    """Return the word, or "no word"."""
    return page.word or "no word"


def lead(page: WordPage) -> str:
    """Say how many drawings there are, and what they say of themselves."""
    yes, no = page.recognised
    said = [counted(page.count)]
    if yes or no:
        unknown = page.count - yes - no
        said[0] += f": {yes:,} recognised by the game, {no:,} not" + (f", {unknown:,} do not say" if unknown else "")
    if page.countries:
        first = ", ".join(f"{name} {count:,}" for name, count in list(page.countries.items())[:5])
        more = len(page.countries) - 5
        said.append(f"Countries: {first}" + (f" and {more} more" if more > 0 else ""))
        said[-1] += f"; {page.no_country:,} without one" if page.no_country else ""
    return ". ".join(said) + "."


def sampled(used: int, total: int) -> str:
    """Say how many of how many drawings something is made from."""
    return f"from all {total:,}" if used == total and total > 1 else f"from {used:,} of {total:,}"


def group_name(one: MeanPicture | Turning) -> str:
    """Return the name of a group as people read it."""
    return "all" if one.kind == "all" else one.name


def group_note(one: MeanPicture) -> str:
    """Say how many drawings a mean picture is made from, and whether they are few."""
    size = f"{one.used:,}" if one.used == one.total else f"{one.used:,} of {one.total:,}"
    return size + (", few" if one.used < FEW else "")


def interval(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, 0 to 1."""
    low, high = wilson(hits, of)
    return float(low), float(high)


def share(hits: int, of: int) -> str:
    """Return a share with its interval: "15 % (11 to 20)", "–" of none."""
    if not of:
        return "–"
    low, high = interval(hits, of)
    return f"{100 * hits / of:.0f}{_NBSP}% ({100 * low:.0f} to {100 * high:.0f})"


def film(used: int, timed: int) -> str:
    """Say how many drawings are drawn at once, and at which pace."""
    paced = "each at its own pace" if timed == used else "at an even pace"
    if 0 < timed < used:
        paced = f"{timed:,} at their own pace, the others at an even one"
    return f"{counted(used)} at once, {paced}. All begin and end together."


def turning(one: Turning) -> str:
    """Say which way round closed strokes are drawn."""
    if not one.closed:
        return "No stroke goes round and comes back to where it began."
    return (
        f"{counted(one.closed)} of {one.used:,} have a stroke that closes. It goes clockwise in"
        f" {share(one.clockwise, one.closed)}."
    )


def setting_off(drawn: Drawn) -> str:
    """Say in which direction most first strokes set off."""
    total = int(drawn.directions.sum())
    if not total:
        return "All first strokes are dots."
    best = int(drawn.directions.argmax())
    dots = f" {counted(drawn.dots)} begin{'s' * (drawn.dots == 1)} with a dot." if drawn.dots else ""
    return f"Most often {DIRECTIONS[best]}: {share(int(drawn.directions[best]), total)} of {total:,}.{dots}"


def histogram(one: Histogram) -> str:
    """Say the median, and how many drawings it is of."""
    unit = f"{_NBSP}{one.unit}" if one.unit else ""
    middle = f"{one.median:,.1f}" if not one.whole or one.median % 1 else f"{one.median:,.0f}"
    return f"median {middle}{unit}, {sampled(one.used, one.total)}"


def ends(one: Histogram) -> tuple[str, str]:
    """Return the ends of a histogram's axis as text."""
    unit = f"{_NBSP}{one.unit}" if one.unit else ""
    last = one.edges[-1] - 1 if one.whole else one.edges[-1]
    digits = 0 if one.whole or last >= 10 else 1
    return f"{one.edges[0]:,.0f}", f"{last:,.{digits}f}{unit}" + (" and more" if one.more else "")


def bar_name(one: Histogram, place: int) -> str:
    """Return what one bar of a histogram stands for, and how many drawings it has."""
    low, high = one.edges[place], one.edges[place + 1]
    unit = f"{_NBSP}{one.unit}" if one.unit else ""
    last = place == len(one.counts) - 1 and one.more
    if one.whole:
        text = f"{low:,.0f}" if last or high - low == 1 else f"{low:,.0f} to {high - 1:,.0f}"
    else:
        text = f"{low:.1f}" if last else f"{low:.1f} to {high:.1f}"
    return f"{text}{unit}{' and more' if last else ''}: {counted(int(one.counts[place]))}"


def scored(page: WordPage) -> str:
    """Say how many drawings are scored, where not all are; "" where all are."""
    judged = page.judged
    if judged.scored == page.count:
        return ""
    return "Not scored yet." if not judged.scored else f"Scored so far: {judged.scored:,} of {page.count:,}."


def nothing(name: str, judged: Judged) -> str:
    """Say why a row of examples is empty."""
    if name == "random":
        return "There is none that may be shown."
    if not judged.scored:
        return "Known once the drawings are scored."
    if name == "best" and judged.foreign:
        return "None is recognised by the game and above suspicion; the networks do not know the word."
    wanted = {"best": "recognised and above suspicion", "typical": "above suspicion", "worst": "scored"}
    return f"None is {wanted[name]}."


def hidden(judged: Judged, remedy: str = "") -> str:
    """Say how many rude drawings are left out of the examples; "" for none."""
    if not judged.rude:
        return ""
    return f"{counted(judged.rude, 'rude drawing')} not shown among the examples{remedy}."


def taken(page: WordPage) -> str:
    """Say in which share of the drawings the classifier's first guess is the word."""
    judged, own = page.judged, page.judged.own
    total = sum(one.count for one in judged.guesses) + judged.others
    if not total:
        return "Known once the drawings are scored."
    if judged.foreign:
        return f"The networks do not know “{page.word}” and see other words: the first guesses, of {counted(total)}."
    if own is None:
        return f"The first guesses of the classifier, of {counted(total)}."
    return f"The classifier’s first guess is “{page.word}” in {share(own.count, total)} of {counted(total)}."


METHOD = (
    "Drawings are fitted to the 255 box, centred, and painted with the official pen; bitmaps are as they are. Mean: how"
    " much of a pixel is ink, on average. Spread: its standard deviation over the drawings. Difference: mean minus that"
    f" of all drawings of the word, where it is {SURE:.0f} standard errors or more away, of {LEAST} drawings or more."
    " Order: which share of a drawing’s ink was there when a place was drawn. A stroke is closed where its ends are at"
    f" most {100 * GAP:.0f}\u00a0% of its larger side apart; of each drawing the first one counts. In brackets:"
    " 95\u00a0% intervals (Wilson). "
    + " ".join(f"{name.capitalize()}: {meaning}." for name, meaning in ROWS.items())
    + " Best and typical are without those that are flagged or 10\u00a0% or more likely junk. Recognised is what the"
    " game says or, where it is not known, what the classifier takes for its word."
)
"""How the figures of a word page are made."""
