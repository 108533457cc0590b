"""The runs of a printed route: what each is, the turns on the way to it, where it lies."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from data.model import Leg, LegKind, LegProgress, SegmentId
from data.streets.network import StreetNetwork
from fleet.routes.plan_vs_actual import LegTimes
from maps.pages.geojson import leg_line
from maps.routes.route_runs import RouteRun, RouteRunView, run_view, runs
from maps.routes.route_steps import StageView, Surroundings, stages_of, visits_of
from maps.streets.street import street_name

type Line = Sequence[Sequence[float]]
"""Longitude and latitude of each point."""


@dataclass(frozen=True, slots=True)
class SheetRun:
    """A run with its number on the sheet.

    `stage` has the turns on the way to it and its time; `legs` are the numbers of its legs, those
    of the way among them. `works` are the lines that it plows or salts, `ways` its drives, `start`
    is where its number is on the map: where the work begins, or the drive ends. `worked` are its
    streets, `visits` the indices of the truck's visits to them, from 1, of `passes` in all.
    """

    number: int
    run: RouteRunView
    stage: StageView
    legs: range
    works: tuple[Line, ...]
    ways: tuple[Line, ...]
    start: Sequence[float] | None
    worked: tuple[SegmentId, ...]
    visits: tuple[int, ...]
    passes: int


def on_known_streets(legs: Iterable[Leg], network: StreetNetwork) -> list[Leg]:
    """Return legs without the streets that a newer file no longer has: an old plan is shown."""
    return [
        leg
        if all(network.find(step.segment_id) for step in leg.path)
        else replace(leg, path=tuple(step for step in leg.path if network.find(step.segment_id)))
        for leg in legs
    ]


def sheet_runs(
    legs: Sequence[Leg],
    around: Surroundings,
    progress: Iterable[LegProgress] = (),
    expected: Mapping[int, LegTimes] = MappingProxyType({}),
    *,
    drives: bool = False,
) -> list[SheetRun]:
    """Return the work, reloads and breaks of a route in order, each with the drive to it.

    A drive is a run of its own only at the end of the route; with `drives` each is, but the short
    ones to work. Work that follows on streets without a name is one run, as work on one street is:
    nobody could tell their pieces apart on paper. `progress` and `expected` are told by the stages.
    """
    network = around.network
    found = list(_without_names_joined(runs(legs, range(len(legs)), network), legs, network))
    found = [one for one in found if drives or one.kind is not LegKind.DRIVE or one is found[-1]]
    if not found:
        return []
    ends = [run.legs[-1] for run in found]
    firsts = [0, *(end + 1 for end in ends[:-1])]
    stages = stages_of(legs, zip(firsts, ends, strict=True), around, progress, expected)
    return list(_sheet_runs(legs, found, stages, network))


def _without_names_joined(
    found: Iterable[RouteRun], legs: Sequence[Leg], network: StreetNetwork
) -> Iterator[RouteRun]:
    """Yield runs, those of the same work on streets without a name as one while they follow."""
    last: RouteRun | None = None
    for run in found:
        if last is not None and _same_without_name(last, run, legs, network):
            last = RouteRun(run.kind, (*last.legs, *run.legs))
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


def _same_without_name(
    one: RouteRun, other: RouteRun, legs: Sequence[Leg], network: StreetNetwork
) -> bool:
    if not one.kind is other.kind is LegKind.WORK:
        return False
    first, second = legs[one.legs[0]], legs[other.legs[0]]
    same = (first.blade, first.spreader) == (second.blade, second.spreader)
    return same and not any(
        street_name(network.segment(step.segment_id))
        for leg in (first, second)
        for step in leg.path[:1]
    )


def _without_known_start(
    view: RouteRunView, legs: Sequence[Leg], network: StreetNetwork
) -> RouteRunView:
    """Return a run that does not name the crossing at which its truck has just come into it."""
    before = legs[view.leg - 1].path if view.leg else ()
    if not before or view.start != street_name(network.segment(before[-1].segment_id)):
        return view
    return replace(view, start=None)


def _sheet_runs(
    legs: Sequence[Leg],
    found: Sequence[RouteRun],
    stages: Sequence[StageView],
    network: StreetNetwork,
) -> Iterator[SheetRun]:
    visits = visits_of(legs)
    place: Sequence[float] | None = None
    for number, (run, stage) in enumerate(zip(found, stages, strict=True), start=1):
        view = run_view(legs, run, network, lambda leg: legs[leg].ends_at)
        span = range(stage.first, stage.last + 1)
        lines = {i: leg_line(legs[i], network) for i in span if legs[i].path}
        works = tuple(line for i, line in lines.items() if legs[i].kind is LegKind.WORK)
        ways = tuple(line for i, line in lines.items() if legs[i].kind is not LegKind.WORK)
        end = next((line[-1] for line in reversed(lines.values()) if line), place)
        mine = [visits[i] for i in run.legs if legs[i].kind is LegKind.WORK]
        steps = [step for i in run.legs for step in legs[i].path] if works else []
        yield SheetRun(
            number=number,
            run=_without_known_start(view, legs, network),
            stage=stage,
            legs=span,
            works=works,
            ways=ways,
            start=next((line[0] for line in works if line), end),
            worked=tuple(step.segment_id for step in steps),
            visits=tuple(sorted({visit for visit, _ in mine})),
            passes=max((passes for _, passes in mine), default=1),
        )
        place = end
