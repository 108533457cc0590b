"""Plans that learn: ends of routes before and after five storms, and promises kept.

A town is plowed in ten storms, whose true speeds nobody knows (`learned_town`). Five of them are
driven by the simulator as its trackers tell, positions become passes, and `learn` proposes from
these. The other five are planned as assumed, with one factor for each type of machine, and as
learned, and all these plans are driven. Promises are kept in ten more (`kept_promises`), deadlines
in further ones (`kept_deadlines`).
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median

import numpy as np

from data.model import (
    RoadClass,
)
from data.model.planning.paces import AS_ASSUMED, Movement, Pace
from data.store.database.engine import transaction
from data.store.setup.machines import list_reload_sites, list_vehicles
from fleet.learning.pace_proposals import Lessons, propose, put_in_force
from fleet.learning.paces import learned_pace
from fleet.learning.storm_drives import drives_in
from fleet.learning.street_drives import StormDrives, turn_s
from routing.search.warm_up import warm_up
from tests.benchmarks import kept_deadlines, kept_promises, learned_pass_times
from tests.benchmarks.learned_town import (
    ACTOR,
    LEARNED_FROM,
    Ended,
    Night,
    Town,
    begun,
    drive,
    job_ends,
    made_in,
    nights,
    over,
    planned,
    route_ends,
)


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield errors before and after learning."""
    warm_up()
    with tempfile.TemporaryDirectory() as name:
        yield from _ten_storms(Path(name) / "barfabad")
    yield from learned_pass_times.rows()


def _ten_storms(folder: Path) -> Iterator[tuple[str, str, str]]:
    town = made_in(folder)
    known, fresh = nights()[:LEARNED_FROM], nights()[LEARNED_FROM:]
    storms = []
    for night in known:
        storm, prepared = begun(town, night)
        plan = planned(prepared, night)
        drive(town, storm, plan, night)
        storms.append(over(town, storm, night))
    now = fresh[0].starts_at - timedelta(days=1)
    with transaction(town.engine) as tx:
        seen = drives_in(tx, storms, town.network, now)
        learned = learned_pace(seen, list_reload_sites(tx), list_vehicles(tx))
        lessons = Lessons(tuple(storm.id for storm in storms), len(seen.drives), learned)
        put_in_force(tx, ACTOR, propose(tx, ACTOR, lessons, now).id, 0, now)
    yield f"{len(storms)} storms, drives along streets", f"{lessons.drives:,}", ""
    scatter = learned.scatter
    assert scatter is not None, "nothing was learned of how sure ends are"
    yield "how far ends are off, held out", f"{scatter.storm_sd:.1%}, {scatter.own_s:.1f} s2/s", ""
    yield from _compared(town, fresh, one_factor(seen))
    yield from kept_promises.rows_of(town)
    yield from kept_deadlines.rows_of(town)


def one_factor(seen: StormDrives) -> Pace:
    """Return the pace in which all that a type of machine does takes one factor longer."""
    seconds, assumed_s = defaultdict[str, float](float), defaultdict[str, float](float)
    for one in seen.drives:
        seconds[one.machine] += one.seconds
        assumed_s[one.machine] += one.assumed_s + turn_s(one.turn)
    for stop in seen.stops:
        seconds[stop.machine] += stop.seconds
    return Pace(
        {
            (movement, machine, road): seconds[machine] / assumed_s[machine]
            for machine in assumed_s
            for movement in Movement
            for road in RoadClass
        }
    )


def _compared(town: Town, fresh: Sequence[Night], factors: Pace) -> Iterator[tuple[str, str, str]]:
    """Plan each of the other storms as assumed, by one factor and as learned, and drive these."""
    ends, jobs = defaultdict[str, list[Ended]](list), defaultdict[str, list[Ended]](list)
    for night in fresh:
        storm, prepared = begun(town, night)
        paces = {
            "assumed": AS_ASSUMED,
            "one factor for each type": factors,
            "learned": replace(prepared.pace, scatter=None),
        }
        for name, pace in paces.items():
            plan = planned(replace(prepared, pace=pace), night)
            ends[name] += route_ends(town, plan, night)
            jobs[name] += job_ends(town, plan, night)
        over(town, storm, night)
    for name in ends:
        yield f"ends of routes, {name}", _errors(ends[name]), ""
    for name in ("one factor for each type", "learned"):
        cut = 1.0 - _mean_min(ends[name]) / _mean_min(ends["assumed"])
        wanted = "50%" if name == "learned" else ""
        yield f"error of ends of routes cut by, {name}", f"{cut:.0%}", wanted
    for name in jobs:
        yield f"ends of streets, {name}", _errors(jobs[name]), ""


def _errors(ends: Sequence[Ended]) -> str:
    late = [(one.ended_at - one.planned_at) / timedelta(minutes=1) for one in ends]
    return (
        f"{_mean_min(ends):.1f} min off in the mean of {len(ends)}, "
        f"{median(one.off_min for one in ends):.1f} min median, {np.mean(late):+.1f} min late"
    )


def _mean_min(ends: Sequence[Ended]) -> float:
    return float(np.mean([one.off_min for one in ends]))
