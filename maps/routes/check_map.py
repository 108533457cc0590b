"""Planned vs actual on a map: each run by what became of it, and where trucks left their routes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.model import Leg, LegKind, LonLat, Route, ShiftId
from data.streets.network import StreetNetwork
from fleet.routes.off_route import Detour
from fleet.routes.plan_vs_actual import SERVED, LegState, RouteCheck
from fleet.routes.route_progress import PlanCheck
from maps.pages.geojson import Feature, leg_line
from maps.pages.i18n import Translator
from maps.routes.route_runs import runs
from maps.streets.street import called, street_name

DEGREES_DIGITS = 6


class RunOutcome(StrEnum):
    """What became of work that was planned, the gravest first; `EXTRA` was driven unplanned."""

    MISSED = "missed"
    UNPROVED = "unproved"
    LEFT = "left"
    DONE = "done"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class CheckMap:
    """The lines of a plan's routes, and how far each truck drove off its route, by shift."""

    type: str
    features: list[Feature]
    extra_m: dict[ShiftId, int]


def outcome(state: LegState) -> RunOutcome:
    """Return what became of a leg at work, as its color on the map."""
    if state in SERVED:
        return RunOutcome.DONE
    if state is LegState.SKIPPED:
        return RunOutcome.MISSED
    return RunOutcome.UNPROVED if state is LegState.UNPROVED else RunOutcome.LEFT


def worst(outcomes: Iterable[RunOutcome]) -> RunOutcome:
    """Return the gravest of some outcomes; nothing to do is done."""
    found = set(outcomes)
    return next((one for one in RunOutcome if one in found), RunOutcome.DONE)


def outcome_m(route: Route, check: RouteCheck) -> dict[RunOutcome, float]:
    """Return metres of a route's work by what became of them."""
    metres: dict[RunOutcome, float] = dict.fromkeys(RunOutcome, 0.0)
    for leg, one in zip(route.legs, check.legs, strict=True):
        if leg.kind is LegKind.WORK:
            metres[outcome(one.state)] += leg.length_m
    return metres


def check_map(
    checked: PlanCheck,
    detours: Mapping[ShiftId, Sequence[Detour]],
    network: StreetNetwork,
    t: Translator,
) -> CheckMap:
    """Return a feature for each run and what became of it, and for each detour."""
    features = [
        feature
        for route, check in zip(checked.plan.routes, checked.routes, strict=True)
        for feature in (
            *_runs(route, check, network, t),
            *_extra(route.shift_id, detours.get(route.shift_id, ())),
        )
    ]
    extra_m = {shift: round(sum(one.length_m for one in each)) for shift, each in detours.items()}
    return CheckMap("FeatureCollection", features, extra_m)


def _runs(
    route: Route, check: RouteCheck, network: StreetNetwork, t: Translator
) -> Iterator[Feature]:
    for run in runs(route.legs, range(len(route.legs)), network):
        if run.kind is not LegKind.WORK:
            continue
        lines: dict[RunOutcome, list[list[LonLat]]] = defaultdict(list)
        for number in run.legs:
            lines[outcome(check.legs[number].state)].append(leg_line(route.legs[number], network))
        street = _street(route.legs[run.legs[0]], network, t)
        for state, mine in lines.items():
            yield _feature(mine, route.shift_id, run.legs[0], state, street)


def _extra(shift_id: ShiftId, detours: Iterable[Detour]) -> Iterator[Feature]:
    for one in detours:
        yield _feature([one.line], shift_id, -1, RunOutcome.EXTRA, "")


def _street(leg: Leg, network: StreetNetwork, t: Translator) -> str:
    segment = network.find(leg.path[0].segment_id) if leg.path else None
    return called(street_name(segment) if segment else {}, t)


def _feature(
    lines: Iterable[Sequence[LonLat]], shift_id: ShiftId, run: int, state: RunOutcome, street: str
) -> Feature:
    coordinates = [
        [(round(lon, DEGREES_DIGITS), round(lat, DEGREES_DIGITS)) for lon, lat in line]
        for line in lines
        if len(line) > 1
    ]
    return {
        "type": "Feature",
        "geometry": {"type": "MultiLineString", "coordinates": coordinates},
        "properties": {"shift_id": shift_id, "run": run, "state": state, "street": street},
    }
