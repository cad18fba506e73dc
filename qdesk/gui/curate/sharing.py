"""What the other pages learn of Curate, and may ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from qdesk.gui.kit.open_set import OpenSet

if TYPE_CHECKING:
    from qdesk.gui.curate.model import DrawingsModel
    from qdesk.gui.curate.score_worker import ScoreWorker
    from qdesk.gui.curate.view_controller import ViewController


class Shared(Protocol):
    """The parts of the page that the others have to do with."""

    model: DrawingsModel
    scoring: ScoreWorker
    viewing: ViewController


def share(page: Shared, open_set: OpenSet) -> None:
    """Tell the other pages what is open in Curate, and show there what they ask for."""
    page.model.modelReset.connect(lambda: open_set.put(page.model.table))
    page.scoring.scores_came.connect(open_set.scored)
    open_set.choice_asked.connect(page.viewing.choose)
