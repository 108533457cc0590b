"""A route for the phone that leads through it: runs with their sentence and their maneuvers.

A shift has hundreds of legs and some dozens of runs. Each is work on one street with the short way
to it, a longer drive, a reload or a rest; the phone goes on from one to the next by the truck's
position.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from types import MappingProxyType
from typing import Any

from data.model import ByLanguage, DirectedSegment, Leg, LegKind, LegProgress
from data.streets.network import StreetNetwork
from fleet.routes.plan_vs_actual import LegTimes
from maps.guidance.instructions import gear_words, joined, run_sentence, turn_words
from maps.guidance.junctions import Junctions
from maps.guidance.maneuvers import Maneuver, maneuvers
from maps.pages.i18n import Translator
from maps.routes.route_steps import DEGREES_DIGITS, StageState, StageView, Surroundings
from maps.routes.sheet_runs import SheetRun, on_known_streets, sheet_runs

SHORT_WAY_M = 150.0
"""On a shorter way between work and work nobody is told to raise the blade and lower it again."""

type Gear = tuple[bool, bool]
"""Whether the blade is down, and whether the spreader is on."""

type Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ManeuverView:
    """A maneuver at point `at` of a run's line; `text` is what is shown and spoken.

    `kind` is a `ManeuverKind`; "gear" where only blade or spreader change, "reload", "rest" and
    "depot" where one arrives. `exit` counts the exits of a roundabout, else it is 0.
    """

    at: int
    kind: str
    exit: int
    text: str


@dataclass(frozen=True, slots=True)
class DriverRun(StageView):
    """A run: a stage of which one is led through.

    `start` is where the work begins, by the other street; `both_ways` is that it is worked in both
    directions. `sentence` says all of that. The work begins at point `work_from` of the line.
    `streets` are the numbers of the streets of the line, less than 0 where they are driven from
    their end to their start; `worked` are those among them that are worked, each once. `proved` is
    that evidence ended it, and not a tap.
    """

    start: ByLanguage | None
    both_ways: bool
    sentence: str
    work_from: int
    streets: tuple[int, ...]
    worked: tuple[int, ...]
    maneuvers: tuple[ManeuverView, ...]
    proved: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """A street of the route: the run that it is of, and the gear with which it is driven."""

    run: int
    street: DirectedSegment
    gear: Gear
    works: bool


@dataclass(frozen=True, slots=True)
class _Route:
    """A route: its legs, its streets, and the maneuvers before them by the number of the street."""

    legs: Sequence[Leg]
    way: Sequence[_Step]
    turns: Mapping[int, Maneuver]


def driver_runs(
    legs: Sequence[Leg],
    around: Surroundings,
    t: Translator,
    progress: Sequence[LegProgress] = (),
    expected: Mapping[int, LegTimes] = MappingProxyType({}),
) -> tuple[DriverRun, ...]:
    """Return the runs of a route with their states; `expected` has the times of legs ahead.

    `progress` has what was tapped, and what is proved without a tap. Streets that a newer file no
    longer has are left out.
    """
    network = around.network
    legs = on_known_streets(legs, network)
    runs = sheet_runs(legs, around, progress, expected, drives=True)
    way = list(_way(legs, runs))
    turns = {one.step: one for one in maneuvers([step.street for step in way], Junctions(network))}
    by_run = {run: list(steps) for run, steps in groupby(enumerate(way), lambda one: one[1].run)}
    tapped = {each.leg for each in progress if not each.proved}
    route = _Route(legs, way, turns)
    return tuple(
        _run(run, by_run.get(number, []), route, tapped, around.network, t)
        for number, run in enumerate(runs)
    )


def _way(legs: Sequence[Leg], runs: Sequence[SheetRun]) -> Iterator[_Step]:
    gears = _gears(legs)
    for number, run in enumerate(runs):
        for i in run.legs:
            works = legs[i].kind is LegKind.WORK
            for street in legs[i].path:
                yield _Step(number, street, gears[i], works)


def _gears(legs: Sequence[Leg]) -> list[Gear]:
    """Return the gear of each leg; short ways between the same work keep that of the work."""
    gears: list[Gear] = []
    for i, leg in enumerate(legs):
        gear = leg.blade, leg.spreader
        following = next((one for one in legs[i:] if one.kind is LegKind.WORK), None)
        if leg.kind is LegKind.DRIVE and following is not None and gears:
            kept = following.blade, following.spreader
            if leg.length_m < SHORT_WAY_M and gears[-1] == kept:
                gear = kept
        gears.append(gear)
    return gears


def _run(
    run: SheetRun,
    steps: Sequence[tuple[int, _Step]],
    route: _Route,
    tapped: set[int],
    network: StreetNetwork,
    t: Translator,
) -> DriverRun:
    stage, view = run.stage, run.run
    line, starts = _line((step.street for _, step in steps), network)
    work_from = next((starts[at] for at, (_, step) in enumerate(steps) if step.works), 0)
    told = [
        told
        for (number, step), start in zip(steps, starts, strict=True)
        if (told := _told(number, step, start, route, t)) is not None
    ]
    visits = run.visits if len(run.visits) == 1 else (1,)
    changed: dict[str, Any] = {
        "line": line,
        "pass_number": visits[0],
        "passes": run.passes if len(run.visits) == 1 else 1,
        "length_m": view.length_m if stage.kind is LegKind.WORK else stage.length_m,
        "until": view.end if stage.kind is LegKind.WORK else stage.until,
    }
    return DriverRun(
        **{each.name: getattr(stage, each.name) for each in fields(StageView)} | changed,
        start=view.start,
        both_ways=view.both_ways,
        sentence=run_sentence(stage, view, t),
        work_from=work_from,
        streets=tuple(
            step.street.segment_id * (1 if step.street.forward else -1) for _, step in steps
        ),
        worked=tuple(sorted({step.street.segment_id for _, step in steps if step.works})),
        maneuvers=(*told, *_arrival(stage, len(line), len(route.legs), t)),
        proved=stage.state is StageState.DONE and not tapped.intersection(run.legs),
    )


def _told(
    number: int,
    step: _Step,
    start: int,
    route: _Route,
    t: Translator,
) -> ManeuverView | None:
    """Return what is told before a street of the way, if anything."""
    turn = route.turns.get(number)
    before = route.way[number - 1].gear if number else (False, False)
    words = gear_words(before, step.gear, t)
    if turn is None:
        return ManeuverView(start, "gear", 0, joined(words, t)) if words else None
    text = joined([turn_words(turn, t), *words], t)
    return ManeuverView(start, turn.kind, turn.exit, text)


def _arrival(stage: StageView, points: int, legs: int, t: Translator) -> Iterator[ManeuverView]:
    """Yield what is told at a reload, a rest, or at the depot, where the route of `legs` ends."""
    end = max(points - 1, 0)
    if stage.kind == LegKind.RELOAD:
        yield ManeuverView(end, "reload", 0, t("arrive:reload", place=stage.place))
    elif stage.kind == LegKind.REST:
        yield ManeuverView(end, "rest", 0, t("arrive:rest"))
    elif stage.kind == LegKind.DRIVE and stage.place and stage.last == legs - 1:
        yield ManeuverView(end, "depot", 0, t("arrive:depot", place=stage.place))


def _line(
    steps: Iterable[DirectedSegment], network: StreetNetwork
) -> tuple[tuple[Point, ...], list[int]]:
    """Return the line of streets and the number of the point at which each of them begins."""
    line: list[Point] = []
    starts: list[int] = []
    for segment_id, forward in steps:
        geometry = network.segment(segment_id).geometry
        piece = [
            (round(lon, DEGREES_DIGITS), round(lat, DEGREES_DIGITS))
            for lon, lat in (geometry if forward else geometry[::-1])
        ]
        meets = bool(line) and line[-1] == piece[0]
        starts.append(len(line) - meets)
        line.extend(piece[meets:])
    return tuple(line), starts
