"""A storm as it stands: what is done, closed or ordered, and where each machine is."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from data.model import (
    DirectedSegment,
    Job,
    Present,
    SegmentId,
    Shift,
    Storm,
    WorkPass,
)
from data.network import StreetNetwork
from data.policy import Policy
from data.store.blockages import list_open_blockages
from data.store.closures import list_closures
from data.store.coverage import list_coverage, list_passes
from data.store.engine import Tx
from data.store.fleet import list_depots, list_reload_sites, list_vehicles
from data.store.positions import find_last_fix
from data.store.standing_orders import list_orders
from fleet.coverage import counting, wanted_directions, whole_passes
from fleet.route_desk import PlanCheck
from fleet.sites import sites_of
from fleet.standing_orders import orders_from, with_orders
from fleet.truck_start import Ground, truck_starts


def present_of(
    tx: Tx,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    jobs: Sequence[Job],
    shifts: Sequence[Shift],
    check: PlanCheck | None,
    now: datetime,
) -> Present:
    """Return how a storm stands; `jobs` and `shifts` are those that are open.

    `check` is how its published plan was driven until now.
    """
    ground = Ground(network, sites_of(list_depots(tx), list_reload_sites(tx)))
    last = (find_last_fix(tx, one.vehicle_id, storm.started_at, now) for one in shifts)
    fixes = [fix for fix in last if fix is not None]
    machines = list_vehicles(tx)
    starts = truck_starts(shifts, machines, fixes, check, ground, now)
    begun = (start.finishing for start in starts.values())
    works = [work for leg in begun if leg is not None for work in leg.works]
    done = frozenset([*works, *_passes_done(tx, storm, network, policy, jobs)])
    facts = Present(starts=starts, done=done, closed=closed_streets(tx, storm, now))
    orders = orders_from(list_orders(tx, storm.id))
    return with_orders(facts, orders, [one.id for one in machines], shifts, check)


def _passes_done(
    tx: Tx, storm: Storm, network: StreetNetwork, policy: Policy, jobs: Iterable[Job]
) -> Iterator[WorkPass]:
    """Yield the passes that evidence proved of jobs that want more of them."""
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
            for index in range(min(whole, job.passes)):
                yield WorkPass(job.id, directed.forward, index)


def closed_streets(tx: Tx, storm: Storm, now: datetime) -> frozenset[DirectedSegment]:
    """Return the streets that nobody can drive: closed, or blocked by what drivers found."""
    ways: set[tuple[SegmentId, bool | None]] = {
        (each.segment_id, None) for each in list_open_blockages(tx, storm.id)
    }
    ways |= {
        (each.segment_id, each.forward)
        for each in list_closures(tx, storm.id, now)
        if each.holds_at(now)
    }
    return frozenset(
        DirectedSegment(segment_id, forward)
        for segment_id, only in ways
        for forward in (True, False)
        if only in (None, forward)
    )
