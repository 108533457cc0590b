"""Start of a storm, with jobs and shifts, and its end; other phases are in `storm_phases`."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain, count
from zoneinfo import ZoneInfo

from data.errors import ConflictError
from data.model import (
    Actor,
    JobState,
    RequestState,
    Shift,
    ShiftId,
    ShiftState,
    Storm,
    StormId,
    StormMove,
    StormPhase,
    Vehicle,
    VehicleId,
)
from data.policy.city_policy import Policy, toml_from_policy
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.requests.requests import list_requests, list_requests_by_id, list_requests_of_jobs
from data.store.setup.city import get_city, next_revision
from data.store.setup.machines import list_vehicles
from data.store.shifts.driver_rests import set_rest_ended
from data.store.shifts.shifts import add_shifts, list_shifts, set_shift_state
from data.store.storms.cycles import add_cycle
from data.store.storms.storm_conditions import add_move, list_machines_out
from data.store.storms.storm_policies import has_own_policy
from data.store.storms.storms import (
    add_storm,
    begin_storm,
    close_storm,
    find_active_storm,
    get_storm,
    list_all_storms,
    list_storms,
    set_quiet,
)
from data.store.work import add_jobs, list_jobs, set_job_state
from data.streets.network import StreetNetwork
from fleet.context import CityContext
from fleet.requests.placing import back_to_waiting, open_work
from fleet.streets.loaded_streets import require_present
from fleet.work.crew_jobs import end_crew_work
from fleet.work.jobs import first_jobs, typical_blade_m


def start_storm(
    tx: Tx, actor: Actor, name: str, network: StreetNetwork, policy: Policy, now: datetime
) -> Storm:
    """Start a storm without a forecast: it is active at once, as by `begin`."""
    require_none_on(tx)
    return begin(tx, actor, add_storm(tx, name, StormPhase.FORECAST, now), network, policy, now)


def begin(
    tx: Tx,
    actor: Actor,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    now: datetime,
    snow_at: datetime | None = None,
) -> Storm:
    """Make a storm active, with a job for every street that has a cycle, and shifts.

    Every vehicle in service that has no shift on the roster gets one, and requests that were placed
    before get their jobs too. The storm keeps a copy of the policy. Where it only snows from
    `snow_at` on, jobs, cycles and shifts count from then: so routes are planned before the first
    flake. Raises `ConflictError` while another storm is on.
    """
    work_at = max(now, snow_at or now)
    require_none_on(tx)
    require_present(tx, network)
    vehicles = in_service(list_vehicles(tx), list_machines_out(tx, storm.id))

    begin_storm(tx, storm.id, now, toml_from_policy(policy))
    if work_at > now:
        set_quiet(tx, storm.id, [(now, work_at)])
    add_move(tx, storm.id, StormMove(StormPhase.ACTIVE, now, actor.id))
    _follow_policy(tx, storm.id)
    begun = get_storm(tx, storm.id)
    jobs = list(first_jobs(storm.id, network.segments, policy, typical_blade_m(vehicles), work_at))
    add_jobs(tx, jobs)
    rostered = {each.vehicle_id for each in list_shifts(tx, storm.id) if _to_come(each, now)}
    others = [each for each in vehicles if each.id not in rostered]
    add_shifts(tx, first_shifts(storm.id, others, work_at))
    counts = Counter(job.service_class for job in jobs)
    if work_at > now:
        for service_class in sorted(counts):
            add_cycle(tx, storm.id, service_class, work_at, counts[service_class])
    after = {
        "name": storm.name,
        "network_version": network.version,
        "jobs": {str(service_class): counts[service_class] for service_class in sorted(counts)},
        "shifts": len(vehicles),
        "work_at": work_at.isoformat(),
    }
    add_event(tx, now, actor, "storm.started", f"storm:{storm.id}", after=after)

    for request in reversed(list_requests(tx, {RequestState.NEW})):
        if request.snap is not None:
            open_work(CityContext(tx, network, policy, now), actor, request, begun)
    return begun


def require_none_on(tx: Tx) -> None:
    """Raise `ConflictError` while a storm is active."""
    active = find_active_storm(tx)
    if active is not None:
        raise ConflictError(
            f"storm {active.name!r} has not ended",
            reason="storm_active",
            storm=active.id,
            name=active.name,
        )


def in_service(vehicles: Iterable[Vehicle], out: Collection[VehicleId]) -> list[Vehicle]:
    """Return the machines that are in service in a storm."""
    return [each for each in vehicles if each.id not in out]


def storm_name(tx: Tx, now: datetime) -> str:
    """Return a default name of a storm: the local date, numbered from the second on."""
    day = f"{now.astimezone(ZoneInfo(get_city(tx).timezone)):%Y-%m-%d}"
    taken = {storm.name for storm in list_all_storms(tx)}
    names = chain([day], (f"{day} ({number})" for number in count(2)))
    return next(name for name in names if name not in taken)


def chosen_storm(tx: Tx, storm_id: int | None) -> Storm:
    """Return a storm, the newest where none is named; raise `NotFoundError` without one."""
    if storm_id is not None:
        return get_storm(tx, StormId(storm_id))
    known = list_storms(tx)
    return known[0] if known else get_storm(tx, StormId(0))


def end_storm(tx: Tx, actor: Actor, storm_id: StormId, now: datetime) -> Storm:
    """Close a storm: its open jobs are cancelled, not done, and their requests wait again."""
    storm = get_storm(tx, storm_id)
    if not storm.phase.on:
        raise ConflictError(
            f"storm {storm.name!r} has already ended",
            reason="storm_ended",
            storm=storm.id,
            name=storm.name,
        )
    left = [job.id for job in list_jobs(tx, storm_id, JobState.OPEN)]
    unfinished = [shift for shift in list_shifts(tx, storm_id) if not shift.over]

    set_job_state(tx, left, JobState.CANCELLED)
    for shift in unfinished:
        set_rest_ended(tx, shift.id, now)
        set_shift_state(tx, shift.id, ShiftState.ENDED)
    _follow_policy(tx, storm_id)
    close_storm(tx, storm_id, StormPhase.CLOSED, now)
    add_move(tx, storm_id, StormMove(StormPhase.CLOSED, now, actor.id))
    add_event(
        tx,
        now,
        actor,
        "storm.ended",
        f"storm:{storm_id}",
        before={"phase": storm.phase},
        after={
            "phase": StormPhase.CLOSED,
            "jobs_cancelled": len(left),
            "shifts_ended": len(unfinished),
        },
    )
    of_crews = list_requests_by_id(tx, end_crew_work(tx, actor, storm_id, now))
    for request in (*list_requests_of_jobs(tx, left), *of_crews.values()):
        if request.state is RequestState.OPEN:
            back_to_waiting(tx, actor, request, now)
    return get_storm(tx, storm_id)


def _follow_policy(tx: Tx, storm_id: StormId) -> None:
    """Make running servers reload the policy where a storm's differs from the city's."""
    if has_own_policy(tx, storm_id):
        next_revision(tx)


def _to_come(shift: Shift, now: datetime) -> bool:
    return not shift.over and shift.ends_at > now


def first_shifts(storm_id: StormId, vehicles: Iterable[Vehicle], now: datetime) -> Iterator[Shift]:
    """Yield a shift from now on for every vehicle, without a driver yet."""
    for vehicle in vehicles:
        ends_at = now + timedelta(hours=vehicle.shift_h)
        yield Shift(ShiftId(0), storm_id, vehicle.id, None, now, ends_at)
