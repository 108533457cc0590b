"""Snapshot of a storm for a plan: work done, closures, orders, and where each machine is."""

from collections.abc import Iterable, Iterator, Sequence, Set

from data.model import (
    Job,
    JobId,
    Present,
    Shift,
    Storm,
    WorkPass,
)
from data.policy.city_policy import Policy
from data.store.coverage.coverage import list_coverage, list_passes
from data.store.database.engine import Tx
from data.store.planning.standing_orders import list_orders
from data.store.setup.machines import list_depots, list_reload_sites, list_vehicles
from data.store.tracking.positions import find_last_fix
from data.streets.network import StreetNetwork
from fleet.context import CityContext
from fleet.coverage.street_coverage import counting, wanted_directions, whole_passes
from fleet.planning.standing_orders import orders_from, with_orders
from fleet.planning.start_positions import MovementArea, truck_starts
from fleet.routes.plan_vs_actual import SERVED
from fleet.routes.route_progress import PlanCheck
from fleet.shifts.order_preferences import preferred_orders
from fleet.streets.closed_streets import closed_streets
from fleet.streets.machine_limits import way_limits
from fleet.tracking.geofences import sites_of


def present_of(
    city: CityContext,
    storm: Storm,
    jobs: Sequence[Job],
    shifts: Sequence[Shift],
    check: PlanCheck | None,
) -> Present:
    """Return the snapshot of a storm; `jobs` and `shifts` are the open ones.

    `check` is how its published plan was driven until now.
    """
    area = MovementArea(city.network, sites_of(list_depots(city.tx), list_reload_sites(city.tx)))
    last = (find_last_fix(city.tx, one.vehicle_id, storm.started_at, city.now) for one in shifts)
    fixes = [fix for fix in last if fix is not None]
    machines = list_vehicles(city.tx)
    starts = truck_starts(shifts, machines, fixes, check, area, city.now)
    begun = (start.finishing for start in starts.values())
    works = frozenset(work for leg in begun if leg is not None for work in leg.works)
    proved = list(_passes_done(city.tx, storm, city.network, city.policy, jobs))
    done = works.union(which_passes(proved, works, check))
    facts = Present(
        starts=starts,
        done=done,
        closed=closed_streets(city.tx, storm.id, city.now),
        limits=way_limits(city.tx, city.now),
        preferred=preferred_orders(city.tx),
    )
    orders = orders_from(list_orders(city.tx, storm.id))
    return with_orders(facts, orders, [one.id for one in machines], shifts, check)


def which_passes(
    proved: Sequence[tuple[Job, bool, int]],
    begun: frozenset[WorkPass],
    check: PlanCheck | None,
) -> Iterator[WorkPass]:
    """Yield the passes that are done; `proved` counts them by job and direction.

    One pass is as good as another: those of legs that were done come first, then those that no
    truck has ahead, so that nobody's next leg is taken for done because of somebody else's pass.
    What machines have `begun` is beside them.
    """
    served, ahead = _planned(check, {job.id for job, _, _ in proved})
    for job, forward, count in proved:
        works = (WorkPass(job.id, forward, index) for index in range(job.passes))
        left = [work for work in works if work not in begun]
        left.sort(key=lambda work: 0 if work in served else 2 if work in ahead else 1)
        yield from left[:count]


def _planned(check: PlanCheck | None, job_ids: Set[JobId]) -> tuple[set[WorkPass], set[WorkPass]]:
    """Return the passes of some jobs whose legs were done, and those that trucks have ahead."""
    served, ahead = set[WorkPass](), set[WorkPass]()
    if check is None:
        return served, ahead
    for route, checked in zip(check.plan.routes, check.routes, strict=True):
        for i, (leg, one) in enumerate(zip(route.legs, checked.legs, strict=True)):
            if job_ids.isdisjoint(leg.job_ids):
                continue
            if one.state in SERVED:
                served.update(leg.works)
            elif i >= checked.next_leg:
                ahead.update(leg.works)
    return served, ahead


def _passes_done(
    tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, jobs: Iterable[Job]
) -> Iterator[tuple[Job, bool, int]]:
    """Yield how many passes evidence proved of each way, of jobs that want more of them."""
    seen = {one.segment_id for one in list_coverage(tx, storm.id)}
    partly = [job for job in jobs if job.segment_id in seen]
    passes = list_passes(tx, storm.id, {job.segment_id for job in partly})
    for job in partly:
        segment = network.segment(job.segment_id)
        for directed in wanted_directions(job, segment):
            fitting = [
                one
                for one in counting(passes.get(directed, ()), policy.evidence)
                if one.treatment is job.treatment and one.started_at >= job.starts_at
            ]
            whole = len(whole_passes(fitting, segment.length_m, job.passes)) if fitting else 0
            if whole:
                yield job, directed.forward, whole
