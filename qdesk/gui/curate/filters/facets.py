"""The filters that are lists of texts: verdicts, and facets such as the word and the country."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from qdesk.data.categories import plain
from qdesk.data.reasons import FLAGS, KEEP, NO_FLAG, UNSURE
from qdesk.gui.curate.filters.options import FilterOption, Options
from qdesk.gui.curate.filters.section import FilterSection
from qdesk.gui.kit.widgets import Field
from qdesk.gui.theme import SPACE, button, label

FEW, TALL = 5, 7
"""How many options of a long list are in sight: at first, and once all are asked for."""

_WAYS = {"todo": "", UNSURE: UNSURE, KEEP: KEEP}
"""The verdicts that can be chosen beside the reasons to flag, by their option."""


class VerdictFilter(FilterSection):
    """Filters by verdict: all, to do, flagged (for any reason or some of them), unsure, or kept."""

    def __init__(self) -> None:
        super().__init__("verdict", "Verdict")
        self.list = Options("Verdict", one=True)
        self.list.toggled.connect(self._toggled)
        self.body.addWidget(self.list)
        self._way = "all"
        self._reasons: frozenset[str] = frozenset()
        self._counts: Mapping[str, int] = {}
        self._seen: list[str] = []

    @property
    def chosen(self) -> frozenset[str]:
        """Return the verdicts chosen; empty for all."""
        if self._way == "flagged":
            return self._reasons or frozenset((*FLAGS, *self._seen))
        return frozenset() if self._way == "all" else frozenset([_WAYS[self._way]])

    @property
    def summary(self) -> str:
        if self._way == "flagged" and self._reasons:
            return ", ".join(sorted(self._reasons))
        return {"all": "", "todo": "To do", "flagged": "Flagged", UNSURE: "Unsure", KEEP: "Kept"}[self._way]

    def choose(self, texts: Collection[str]) -> None:
        """Choose these verdicts, without a signal: "" (to do), "unsure", "keep", or reasons; none for all."""
        reasons = frozenset(texts).difference(NO_FLAG)
        ways = (way for way, verdict in _WAYS.items() if verdict in texts)
        self._way = "flagged" if reasons else next(ways, "all")
        self._reasons = frozenset() if reasons >= set(FLAGS) else reasons
        self._show()

    def clear(self) -> None:
        self.choose(())

    def begin(self) -> None:
        """Reset for other drawings: nothing is chosen, and no reason was given yet."""
        self._seen = []
        self.clear()

    def refresh(self, counts: Mapping[str, int]) -> None:
        """Show how many drawings have each verdict. A reason that was given once stays in the list."""
        self._counts = counts
        seen = {reason for reason, count in counts.items() if count and reason not in NO_FLAG}
        self._seen = sorted(sorted(seen.union(self._seen)), key=lambda reason: (*FLAGS, reason).index(reason))
        self._show()

    def _show(self) -> None:
        flagged = sum(self._counts.get(reason, 0) for reason in self._seen)
        ways = {"all": sum(self._counts.values()), "flagged": flagged}
        ways |= {way: self._counts.get(verdict, 0) for way, verdict in _WAYS.items()}
        reasons = [FilterOption(f"={reason}", reason, inset=True) for reason in self._seen]
        options = [
            FilterOption("all", "All"),
            FilterOption("todo", "To do"),
            FilterOption("flagged", "Flagged"),
            *reasons,
        ]
        counts = ways | {f"={reason}": self._counts.get(reason, 0) for reason in self._seen}
        chosen = {self._way, *(f"={reason}" for reason in self._reasons)}
        options += [FilterOption(UNSURE, "Unsure"), FilterOption(KEEP, "Kept")]
        self.list.show_options(options, counts, chosen)
        self._show_summary()

    def _toggled(self, key: str) -> None:
        if key.startswith("="):  # a reason: to choose one, or several, is to choose flagged
            self._way, self._reasons = "flagged", self._reasons ^ {key[1:]}
        else:
            self._way, self._reasons = key, frozenset()
        self._show()
        self.changed.emit()


class Facet(FilterSection):
    """A list of texts to choose among, with the number of drawings that have each.

    always: the texts offered first, in this order, even if no drawing has them. folded: only a few of a long list are
    shown at first. by_name: a long list is in alphabetical order at first, not by number.
    """

    left = Signal()
    """The user has finished searching in the list."""

    def __init__(
        self,
        name: str,
        title: str,
        unnamed: str,
        always: tuple[str, ...] = (),
        unfolded: bool = True,
        folded: bool = False,
        by_name: bool = False,
    ) -> None:
        super().__init__(name, title, unfolded)
        self._unnamed, self._always, self._folded = unnamed, always, folded
        self._counts: Mapping[str, int] = {}
        self._offered: list[str] = list(always)
        self._known = False  # whether any drawing has a text here
        self._chosen: frozenset[str] = frozenset()
        self._first: frozenset[str] = frozenset()  # those at the top, which were chosen when the search changed
        self.only = label("", muted=True)
        self.only.setContentsMargins(2 * SPACE, 0, 0, 0)
        self.only.setWordWrap(True)
        self.sought = Field(f"Find in {title.lower()}", f"Find a {title.lower()}")
        self.sought.textChanged.connect(self._searched)
        self.sought.entered.connect(self._choose_first)
        self.sought.left.connect(self.left)
        self._by_name = by_name
        self.order = button("")
        self.order.setStyleSheet("padding: 4px 8px;")
        self.order.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.order.clicked.connect(self._turn_order)
        self._tools = QWidget()
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(SPACE // 2)
        tools.addWidget(self.sought, 1)
        tools.addWidget(self.order)
        self.list = Options(title)
        self.list.toggled.connect(self._toggled)
        self.more = button("")
        self.more.setProperty("flat", True)
        self.more.setStyleSheet("padding: 3px 8px;")
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.clicked.connect(self._show_all)
        for part in (self.only, self._tools, self.list):
            self.body.addWidget(part)
        self.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def chosen(self) -> frozenset[str]:
        """Return the texts chosen; empty for all."""
        return self._chosen

    @property
    def summary(self) -> str:
        named = sorted(self._name(key) for key in self._chosen)
        return f"{len(named)}: " * (len(named) > 2) + ", ".join(named)

    def choose(self, texts: Collection[str]) -> None:
        """Choose these texts, without a signal; none for all."""
        self._chosen = self._first = frozenset(texts)
        self._show()

    def clear(self) -> None:
        self.choose(())

    def begin(self) -> None:
        """Reset for other drawings: nothing is chosen, and nothing known."""
        self._offered, self._known = list(self._always), False
        self.sought.clear()
        self.clear()

    def refresh(self, counts: Mapping[str, int]) -> None:
        """Show how many drawings have each text. Texts once offered stay, and so do those chosen."""
        self._counts = counts
        offered = set(self._offered)
        self._offered += sorted(text for text, count in counts.items() if count and text not in offered)
        self._known = self._known or any(count for text, count in counts.items() if text)
        self.setVisible(self._known)
        self._show()

    def _name(self, key: str) -> str:
        return key or self._unnamed

    def _aside(self, key: str) -> str:
        if self.name != "countrycode" or not key:
            return ""
        place = QLocale.codeToTerritory(key)
        return "" if place == QLocale.Country.AnyCountry else QLocale.territoryToString(place)

    def _sorted(self) -> list[str]:
        """Return all texts offered, in order."""
        keys = [*self._offered, *sorted(self._chosen - set(self._offered))]
        if not self._always:
            names = {key: self._name(key).lower() for key in keys}
            keys.sort(key=lambda key: (key == "", names[key]))
            if not self._by_name:
                keys.sort(key=lambda key: (key == "", -self._counts.get(key, 0)))
        return sorted(keys, key=lambda key: key not in self._first) if len(keys) > TALL else keys

    def _show(self) -> None:
        keys = self._sorted()
        many = len(keys) > TALL
        few = many and self._folded
        alone = keys == self._offered and len(keys) == 1 and not self._chosen and not self._always
        wanted = self.sought.text().strip()
        options = [FilterOption(key, self._name(key), self._aside(key)) for key in keys]
        if few:
            options = [one for place, one in enumerate(options) if place < FEW or one.key in self._chosen]
        elif many:
            letters, plainly = wanted.lower(), plain(wanted) or wanted
            options = [
                one for one in options
                if letters in f"{one.text} {one.aside}".lower() or plainly in plain(one.text)
            ]  # fmt: skip
        self.only.setText(f"All are “{self._name(keys[0])}”." if alone else f"None with “{wanted}”.")
        self.only.setVisible(alone or not options)
        self._tools.setVisible(many and not few)
        self.more.setVisible(few)
        self.more.setText(f"{len(keys) - len(options):,} more…")
        self.order.setText("A–Z" if self._by_name else "Most")
        self.order.setToolTip("In alphabetical order" if self._by_name else "Those with the most drawings first")
        self.order.setAccessibleName(f"Order of the list: {self.order.toolTip().lower()}")
        self.list.setVisible(bool(options) and not alone)
        self.list.show_options(options, self._counts, self._chosen, TALL)
        self._show_summary()

    def _toggled(self, key: str) -> None:
        self._chosen = self._chosen ^ {key}
        self._show()
        self.changed.emit()

    def _searched(self) -> None:
        self._first = self._chosen
        self._show()

    def _turn_order(self) -> None:
        self._by_name = not self._by_name
        self._searched()

    def _choose_first(self) -> None:
        if self.sought.text().strip() and self.list.rows.options:
            self._toggled(self.list.rows.options[0].key)
            self.sought.selectAll()

    def _show_all(self) -> None:
        self._folded = False
        self._show()
        self.sought.setFocus()
