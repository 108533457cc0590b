"""From drives to what plans should assume, pure: ratios by machine, road, street, snow and hour.

How sure that is, is measured on drives that nothing was learned from: each storm in turn is
foreseen by what the others teach, as a plan of it would be.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import NamedTuple

import numpy as np

from data.model import ReloadSite, ReloadSiteId, StormId, Vehicle, VehicleId
from data.model.planning.paces import (
    FillTime,
    LearnedPace,
    MachineHabit,
    MovementRatio,
    TurnTime,
)
from data.streets.turn_costs import TURN_COST_S, TurnKind
from fleet.learning.corrections import assumed_speeds
from fleet.learning.street_drives import SiteVisit, StormDrives, StreetDrive
from fleet.learning.street_effects import FittedDrives, Turns, fits_of

FEW_TURNS = 20.0
"""So many turns is the assumption worth, ..."""

FEW_FILLS = 3.0
"""... and so many visits to a reload site, ..."""

FEW_H = 5.0
"""... and so many hours without any stop."""

MOST_TURN_S = 60.0
"""A turn that cost more than this above the usual is a stand for another reason."""

TURN_ROUNDS = 2
"""How often turns are set apart from streets, by what the other one left over."""


OTHER_STORM_SD, WORTH_STORMS = 0.15, 2.0
"""How far one more storm is from those seen, as a share, while few are known: two days of Syracuse
differed by a fifth. It is worth so many storms."""

MOST_PARTS = 5
"""So many times everything is fitted again at most; of more storms, some are foreseen together."""


class ForeseenDrive(NamedTuple):
    """A drive with its seconds as others foretell them, and by how many it was longer."""

    drive: StreetDrive
    expected_s: float
    more_s: float


def learned_pace(
    seen: StormDrives, sites: Sequence[ReloadSite] = (), machines: Sequence[Vehicle] = ()
) -> LearnedPace:
    """Return what drives say of how long things take; empty where nothing was seen.

    Sites and machines are those that the fleet file has now: what drives are compared with.
    """
    turns: Turns = dict(TURN_COST_S)
    fitted = fits_of(seen.drives, turns)
    for _ in range(TURN_ROUNDS - 1):
        turns = _turns(fitted)
        fitted = fits_of(seen.drives, turns)
    fills = tuple(_fills(seen.visits, sites))
    foreseen = foreseen_drives(seen.drives, turns)
    return LearnedPace(
        movements=tuple(_movement(one, foreseen) for one in fitted),
        kinds=tuple(ratio for one in fitted for ratio in one.effects.kinds(one.pooled)),
        streets=tuple(ratio for one in fitted for ratio in one.effects.streets(one.pooled)),
        depths=tuple(ratio for one in fitted for ratio in one.effects.depths(one.pooled)),
        hours=tuple(ratio for one in fitted for ratio in one.effects.hours(one.pooled)),
        turns=_turn_times(fitted, turns),
        fills=fills,
        habits=tuple(_habits(seen)),
        speeds=assumed_speeds(machines),
        scatter_s=own_scatter_s(foreseen, seen, fills),
    )


def _movement(one: FittedDrives, foreseen: Sequence[ForeseenDrive]) -> MovementRatio:
    return MovementRatio(
        movement=one.effects.movement,
        ratio=one.effects.ratio(one.pooled, [("all", "")], len(one.drives)),
        mean=one.mean,
        storm_sd=storm_sd(each for each in foreseen if each.drive.movement is one.effects.movement),
        assumed_s=sum(drive.assumed_s for drive in one.drives),
    )


def _left_over(fitted: Iterable[FittedDrives]) -> dict[TurnKind, list[float]]:
    """Return by how many seconds drives missed what was expected, by the turn at their end."""
    left: dict[TurnKind, list[float]] = defaultdict(list)
    for one in fitted:
        off_s = np.clip(one.net_s - one.expected_s, -MOST_TURN_S, MOST_TURN_S)
        for drive, each_s in zip(one.drives, off_s.tolist(), strict=True):
            if drive.turn is not None:
                left[drive.turn].append(each_s)
    return left


def _turns(fitted: Iterable[FittedDrives]) -> Turns:
    """Return the seconds of each kind of turn above going straight on, which costs nothing."""
    left = _left_over(fitted)
    straight = left.get(TurnKind.STRAIGHT, [0.0])
    usual_s = sum(straight) / len(straight)
    found = {TurnKind.STRAIGHT: TURN_COST_S[TurnKind.STRAIGHT]}
    for kind, assumed_s in TURN_COST_S.items():
        if kind is not TurnKind.STRAIGHT:
            seen = left.get(kind, [])
            more_s = sum(each - usual_s for each in seen) / (len(seen) + FEW_TURNS)
            found[kind] = max(assumed_s + more_s, 0.0)
    return found


def _turn_times(fitted: Iterable[FittedDrives], turns: Turns) -> tuple[TurnTime, ...]:
    counts = {kind: len(seen) for kind, seen in _left_over(fitted).items()}
    return tuple(
        TurnTime(kind.name.lower(), TURN_COST_S[kind], turns[kind], counts[kind])
        for kind in TurnKind
        if kind in counts and kind is not TurnKind.STRAIGHT
    )


def _fills(visits: Sequence[SiteVisit], sites: Sequence[ReloadSite]) -> Iterable[FillTime]:
    """Yield the time at each site.

    It is the mean of logarithms, drawn to that of all sites and to what is assumed.
    """
    logs = {
        site.id: [log(one.seconds / site.fill_s) for one in visits if one.site_id == site.id]
        for site in sites
    }
    everywhere = [each for known in logs.values() for each in known]
    overall = sum(everywhere) / (len(everywhere) + FEW_FILLS)
    for site in sites:
        known = logs[site.id]
        if known:
            drawn = (sum(known) + FEW_FILLS * overall) / (len(known) + FEW_FILLS)
            seconds = site.fill_s * float(np.exp(drawn))
            yield FillTime(site.id, site.name, site.fill_s, seconds, len(known))


def _habits(seen: StormDrives) -> Iterable[MachineHabit]:
    for machine in sorted({one.machine for one in seen.drives}):
        drives = [one for one in seen.drives if one.machine == machine]
        stops_s = [one.seconds for one in seen.stops if one.machine == machine]
        moving_s = sum(one.seconds for one in seen.times if one.machine == machine)
        routed = [one for one in drives if one.on_route is not None]
        routed_m = _metres(routed, lambda _: True)
        off_m = _metres(routed, lambda one: one.on_route is False)
        yield MachineHabit(
            machine=machine,
            stop_share=sum(stops_s) / (moving_s + FEW_H * 3600.0),
            stops=len(stops_s),
            off_route=off_m / routed_m if routed_m else None,
            driven_m=_metres(drives, lambda _: True),
        )


def _metres(drives: Iterable[StreetDrive], which: Callable[[StreetDrive], bool]) -> float:
    return sum(one.length_m for one in drives if which(one))


def foreseen_drives(drives: Sequence[StreetDrive], turns: Turns) -> list[ForeseenDrive]:
    """Return drives against what was learned from others: those of other storms.

    Of one storm alone, every second drive is foretold by the rest. Movements that only one part of
    the drives has are left out.
    """
    found = list[ForeseenDrive]()
    for held_out, known in _parts(drives):
        for each in fits_of(known, turns):
            its = [one for one in held_out if one.movement is each.effects.movement]
            expected_s, more_s = each.foreseen_s(its, turns)
            rows = zip(its, expected_s.tolist(), more_s.tolist(), strict=True)
            found += [ForeseenDrive(*row) for row in rows]
    return found


def _parts(
    drives: Sequence[StreetDrive],
) -> Iterator[tuple[list[StreetDrive], list[StreetDrive]]]:
    """Yield the drives of some storms with those of all others, each storm once."""
    part = {one: i % MOST_PARTS for i, one in enumerate(sorted({d.storm_id for d in drives}))}
    parts = [part[one.storm_id] for one in drives]
    if len(part) == 1:
        parts = [i % 2 for i in range(len(drives))]
    for held_out in sorted(set(parts)):
        both: tuple[list[StreetDrive], list[StreetDrive]] = ([], [])
        for one, its in zip(drives, parts, strict=True):
            both[its != held_out].append(one)
        if both[1]:
            yield both


def storm_sd(foreseen: Iterable[ForeseenDrive]) -> float:
    """Return how far another storm is from what was learned, as a share of its time.

    Storms differ by what nobody measures, and what was learned is not known exactly: from all
    storms a little better than from all but those that were foreseen.
    """
    expected_s, more_s = defaultdict[StormId, float](float), defaultdict[StormId, float](float)
    for one in foreseen:
        expected_s[one.drive.storm_id] += one.expected_s
        more_s[one.drive.storm_id] += one.more_s
    storms = len(expected_s) if len(expected_s) > 1 else 0
    off2 = sum((more_s[each] / expected_s[each]) ** 2 for each in expected_s) if storms else 0.0
    if storms:
        known = storms - storms / min(storms, MOST_PARTS)
        off2 *= (1.0 + 1.0 / storms) / (1.0 + 1.0 / known)
    return sqrt((off2 + WORTH_STORMS * OTHER_STORM_SD**2) / (storms + WORTH_STORMS))


def own_scatter_s(
    foreseen: Sequence[ForeseenDrive], seen: StormDrives, fills: Iterable[FillTime]
) -> float | None:
    """Return the variance of ends in seconds squared for each second of driving.

    What a machine was off in a whole storm, beside what all were, counts as one: slow drivers and
    slow quarters are in it. To that come stops, of which none or two may fall into a route, and
    loading. `None` where nothing was foreseen.
    """
    runs = defaultdict[StormId, defaultdict[VehicleId, _Run]](lambda: defaultdict(_Run))
    for one in foreseen:
        run = runs[one.drive.storm_id][one.drive.vehicle_id]
        run.expected_s += one.expected_s
        run.more_s += one.more_s
    whole_s = sum(one.expected_s for one in foreseen)
    if not whole_s:
        return None
    usual_s: Mapping[ReloadSiteId, float] = {one.site_id: one.seconds for one in fills}
    squares = [
        *(_apart(list(its.values())) for its in runs.values()),
        *(stop.seconds**2 for stop in seen.stops),
        *(
            (visit.seconds - usual_s[visit.site_id]) ** 2
            for visit in seen.visits
            if visit.site_id in usual_s
        ),
    ]
    return sum(squares) / whole_s


@dataclass(slots=True)
class _Run:
    """What was expected of a machine in a storm, and by how much it took longer."""

    expected_s: float = 0.0
    more_s: float = 0.0


def _apart(runs: Sequence[_Run]) -> float:
    """Return the squares by which machines were off beside what all of them were off together."""
    share = sum(run.more_s for run in runs) / sum(run.expected_s for run in runs)
    squares = sum((run.more_s - share * run.expected_s) ** 2 for run in runs)
    return squares * len(runs) / max(len(runs) - 1, 1)
