"""One run over a plan: what is done already, what is left, and the ranks once all is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from qdesk.cluster.local import Processes
from qdesk.cluster.on_ray import Cluster
from qdesk.cluster.plan import Options, Plan, Unit, find_sources, from_json, make_plan, refuse_other
from qdesk.cluster.ranks import ranks_of
from qdesk.cluster.work import Rank, Result, Score, Worker
from qdesk.curation.expectation import JunkSums, sums_from_json
from qdesk.formats.pieces import PIECE
from qdesk.places import place_of
from qdesk.scoring.columns import BY_NAME
from qdesk.scoring.score_folder import ScoreFolder


class Stopped(RuntimeError):
    """The work cannot go on. The message is a plain sentence for the user; what was done stays."""


@dataclass(frozen=True)
class Way:
    """How the units are done.

    shard: its index from 0, and how many there are.   cluster: the address of Ray.   workers: how many, one core each;
    default all cores.   piece: bytes per unit of a new plan.
    """

    shard: tuple[int, int] | None = None
    cluster: str | None = None
    workers: int | None = None
    piece: int = PIECE


@dataclass
class State:
    """How far a folder of scores is.

    total: how many units there are.   mine: how many of them are this run's.   units: the summaries of those done, by
    number.   kept: how many of this run's were done before.   damaged: what was not whole any more, a sentence each.
    failed: what could not be read this time.   scored, cpu_s: the drawings that this run scored, and what they took.
    """

    total: int
    mine: int
    units: dict[int, dict[str, Any]] = field(default_factory=dict)
    kept: int = 0
    damaged: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    scored: int = 0
    cpu_s: float = 0.0

    @property
    def left(self) -> int:
        """How many units of all are not done. Where none are, all parts have their ranks."""
        return self.total - len(self.units)

    @property
    def cpu_s_per_million(self) -> float | None:
        """CPU seconds per million drawings, None where nothing was scored."""
        return 1e6 * self.cpu_s / self.scored if self.scored else None

    @property
    def drawings(self) -> int:
        return sum(one["drawings"] for one in self.units.values())

    @property
    def bad_lines(self) -> int:
        return sum(one["bad_lines"] for one in self.units.values())

    @property
    def bad_files(self) -> list[str]:
        return [one["bad_file"] for one in self._in_order() if one["bad_file"]]

    @property
    def words(self) -> dict[str | None, int]:
        """How many drawings are of each word, as their files spell it."""
        counts: dict[str | None, int] = {}
        for one in self._in_order():
            for word, count in one.get("words", ()):
                counts[word] = counts.get(word, 0) + count
        return counts

    @property
    def sums(self) -> JunkSums | None:
        """What is expected of all drawings, None where there are none."""
        found = [sums_from_json(one["sums"]) for one in self._in_order() if "sums" in one]
        return sum(found[1:], found[0]) if found else None

    def said(self, name: str) -> list[Any]:
        """Return what the units say under a name, in order, each thing once."""
        found = {str(each): each for one in self._in_order() for each in one[name]}
        return list(found.values())

    def _in_order(self) -> Iterator[Mapping[str, Any]]:
        return (self.units[number] for number in sorted(self.units))


OnProgress = Callable[[float, State], None]


def rank_into(
    given: Sequence[str | os.PathLike[str]],
    out: str,
    options: Options,
    way: Way = Way(),  # noqa: B008 (frozen)
    on_progress: OnProgress = lambda share, state: None,
) -> State:
    """Score the drawings of files into a folder of scores, or go on with it, and return how far it is.

    given: files, folders, addresses and patterns of names.   on_progress: called with the share of this run's units
    that is done. Raises PlaceError, ScoreFolderError, Stopped, RayError and WorkersEnded, each a plain sentence.
    """
    folder = ScoreFolder(place_of(out))
    plan = _plan(folder, given, options, way.piece)
    mine = plan.of_shard(*way.shard) if way.shard else list(plan.units)
    state = State(len(plan.units), len(mine))
    _look(folder, state)
    todo = [unit for unit in mine if unit.number not in state.units]
    state.kept = len(mine) - len(todo)
    if not todo and (state.left or folder.is_ranked):
        return state
    worker = Worker(os.path.abspath(out) if folder.place.is_local else out, plan.options, plan.scorer)
    cluster = Cluster(way.cluster, way.workers) if way.cluster else nullcontext(Processes(way.workers))
    with cluster as workers:
        if todo:
            folder.say_unranked()
            _score(plan, todo, worker, workers, state, on_progress)
        if way.shard:
            _look(folder, state)  # what other shards have done meanwhile
        if not state.left:
            _rank(folder, plan, worker, workers)
            folder.say_ranked(state.drawings)
    return state


def _plan(folder: ScoreFolder, given: Sequence[str | os.PathLike[str]], options: Options, piece: int) -> Plan:
    """Return the plan of a folder, which is made where there is none, and compared with what is given."""
    begun = folder.plan()
    sources = find_sources(given, folder.place)
    if begun is None:
        plan = make_plan(sources, options, piece)
        folder.write_plan(plan.json())
        return plan
    plan = from_json(begun, folder.name)
    refuse_other(plan, sources, options, folder.name)
    return replace(plan, options=options)  # the weight file may lie elsewhere now


def _look(folder: ScoreFolder, state: State) -> None:
    """Find out what is done."""
    for number, summary in folder.done().items():
        if "damage" in summary:
            state.damaged.append(summary["damage"])
        elif number < state.total:
            state.units[number] = summary


def _score(
    plan: Plan,
    todo: Sequence[Unit],
    worker: Worker,
    workers: Processes | Cluster,
    state: State,
    on_progress: OnProgress,
) -> None:
    jobs = [Score(unit, plan.sources[unit.file]) for unit in todo]
    results = workers.scored(worker, jobs, lambda share: on_progress(share, state))
    with closing(results):
        for done, result in enumerate(results, 1):
            if result.failed:
                state.failed.append(result.failed)
            else:
                summary = _unless_stopped(result).summary
                state.units[result.unit] = summary
                state.scored += summary["drawings"]
                state.cpu_s += summary["cpu_s"]
            on_progress(done / len(jobs), state)


def _rank(folder: ScoreFolder, plan: Plan, worker: Worker, workers: Processes | Cluster) -> None:
    """Give all drawings their ranks, which are known when all are scored."""
    values = [folder.keys(unit.number).values for unit in plan.units]
    ranks = ranks_of(values, BY_NAME[plan.options.by].first == "low")
    jobs = (Rank(unit, mine) for unit, mine in zip(plan.units, ranks, strict=True) if len(mine))
    with closing(workers.ranked(worker, jobs, sum(map(bool, map(len, values))))) as results:
        for result in results:
            _unless_stopped(result)


def _unless_stopped(result: Result) -> Result:
    if result.stop:
        raise Stopped(f"{result.stop.rstrip('.')}. What was done stays: the same command goes on from there.")
    return result
