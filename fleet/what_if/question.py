"""What-if questions: more or fewer machines, queued as runs and answered by solving both fleets.

The fleet as it is and the changed one are solved from the same moment and the same plan for as
long, all within `SECONDS` of the question, see `fleet.what_if.searches`. An answer is found again
for ten minutes while streets, jobs, machines and the plan in force stay the same.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from data.errors import ConflictError, InvalidError, Need
from data.model import (
    Actor,
    PlanRun,
    RunKind,
    RunState,
    RunWish,
    Shift,
    ShiftId,
    Vehicle,
    VehicleId,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.planning.plan_runs import add_run, list_runs
from fleet.planning.plan_preparation import Prepared

SECONDS = 17.0
"""From a question to the end of all its searches: what is read, made of them and written besides
leaves it answered within 20 s."""
LEAST_SHARE = 0.75
"""Share of them that is left at least to a question that had to wait for a worker."""
LONGEST_S = 120.0
MANY_JOBS = 4_000
"""Above so many jobs a city is large: setting up and checking a search takes most of its seconds.
From nothing it finds no plan in them that says anything: there has to be one in force."""
MOST_MORE = 20
"""Machines of a type that may be added or taken away."""
MOST_WAITING = 20
HOLDS = timedelta(minutes=10)
"""How long an answer counts although the clock goes on."""

type Change = Mapping[str, int]
"""How many machines of each type there are more, or fewer where it is negative."""


def ask_what_if(
    tx: Tx, actor: Actor, prepared: Prepared, change: Change, seconds: float, now: datetime
) -> PlanRun:
    """Return the run that answers a change of the fleet: one that is known, or a new one.

    Raises `InvalidError` for a type that the fleet does not have or more machines than it has in
    service, and `ConflictError` where too many questions wait already or a large city has no plan.
    """
    change = checked(prepared, change)
    if len(prepared.jobs) > MANY_JOBS and prepared.parent_id is None:
        raise ConflictError("no plan is driven yet", reason="no_plan_driven")
    digest = situation_digest(prepared, seconds)
    runs = list_runs(tx, prepared.storm.id, kinds=[RunKind.WHATIF])
    for run in runs:
        if run.options["machines"] == change and _counts(run, digest, now):
            return run
    if sum(run.state in _UNFINISHED for run in runs) >= MOST_WAITING:
        raise ConflictError("too many questions wait", reason="what_ifs_wait", count=MOST_WAITING)
    options = {"machines": dict(change)}
    wish = RunWish(seconds, RunKind.WHATIF, options, digest)
    run = add_run(tx, prepared.storm.id, actor.id, now, wish)
    add_event(tx, now, actor, "what_if.asked", f"plan_run:{run.id}", after=options)
    return run


def seconds_left(seconds: float, waited_s: float) -> float:
    """Return how long a question that a worker takes up is worked on.

    What it waited counts, but for one that waited long: a late answer is better than a wrong one.
    """
    return max(seconds - max(waited_s, 0.0), LEAST_SHARE * seconds)


def checked(prepared: Prepared, change: Change) -> dict[str, int]:
    """Return a change without zero entries, by type; raise `InvalidError` as above."""
    serving = machines_of(prepared)
    types = {vehicle.type for vehicle in prepared.vehicles}
    wanted = {name: count for name, count in sorted(change.items()) if count}
    if not wanted:
        raise InvalidError("machines", "", Need("at least one machine more or less"))
    for name, count in wanted.items():
        if name not in types:
            raise InvalidError("machines", name, Need("a type of machine that the fleet has"))
        fewest = -min(serving[name], MOST_MORE)
        if not fewest <= count <= MOST_MORE:
            need = Need("between {least} and {most}", least=fewest, most=MOST_MORE)
            raise InvalidError("machines", count, need)
    if sum(serving.values()) + sum(wanted.values()) < 1:
        raise InvalidError("machines", "", Need("at least one machine that stays"))
    return wanted


def machines_of(prepared: Prepared) -> Counter[str]:
    """Return the number of machines of each type in service."""
    serving = {shift.vehicle_id for shift in prepared.shifts}
    return Counter(vehicle.type for vehicle in prepared.vehicles if vehicle.id in serving)


def changed(prepared: Prepared, change: Change) -> tuple[Prepared, list[str]]:
    """Return the plan input with other machines, and which ones of the fleet are left out.

    A machine more is like most of its type, begins now in their yard and stays until the last shift
    of all is over. Of fewer machines the newest ones of the fleet go.
    """
    lost = {
        machine.id
        for name, count in change.items()
        if count < 0
        for machine in _serving(prepared, name)[count:]
    }
    vehicles = list(prepared.vehicles)
    shifts = [shift for shift in prepared.shifts if shift.vehicle_id not in lost]
    until = max(shift.ends_at for shift in prepared.shifts)
    for name, count in sorted(change.items()):
        for _ in range(count):
            machine = replace(_typical(prepared, name), id=_next_id(vehicles))
            vehicles.append(machine)
            shifts.append(
                Shift(
                    ShiftId(max(each.id for each in (*prepared.shifts, *shifts)) + 1),
                    prepared.storm.id,
                    machine.id,
                    None,
                    prepared.now,
                    until,
                )
            )
    names = [machine.name for machine in prepared.vehicles if machine.id in lost]
    return replace(prepared, vehicles=tuple(vehicles), shifts=tuple(shifts)), names


def situation_digest(prepared: Prepared, seconds: float) -> str:
    """Return a digest of a plan input: streets, the plan in force, open work, machines, shifts.

    Places, seconds and which durations were put in force are in it too, with how surely deadlines
    are to be kept by them. Where trucks are at the moment is not: they move all the time.
    """
    parts: list[str] = [prepared.network.version, f"{seconds:g}", str(prepared.storm.id)]
    parts.append(str(prepared.parent_id))
    if prepared.pace_id is not None:
        kept_pct = prepared.policy.punctuality.kept_pct
        parts.append(f"durations {prepared.pace_id}, {kept_pct:g} % in time")
    parts += [
        f"{j.id},{j.passes},{j.directions},{j.treatment},{j.weight},{j.due_at.timestamp()}"
        for j in prepared.jobs
    ]
    parts += [f"{s.id},{s.vehicle_id},{s.starts_at},{s.ends_at}" for s in prepared.shifts]
    parts += [repr(one) for one in prepared.vehicles]
    parts += [repr(one) for one in (*prepared.depots, *prepared.reload_sites)]
    parts += sorted(f"{one.segment_id},{one.forward}" for one in prepared.present.closed)
    parts += sorted(f"{sorted(one.types)},{one.came},{one.way}" for one in prepared.present.limits)
    parts += sorted(
        f"{one.machine},{sorted(one.sooner)},{sorted(one.later)}"
        for one in prepared.present.preferred
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


_UNFINISHED = frozenset({RunState.QUEUED, RunState.RUNNING})


def _counts(run: PlanRun, digest: str, now: datetime) -> bool:
    """Whether a run answers a question about a situation now, or is about to."""
    if run.digest != digest or run.state is RunState.FAILED:
        return False
    answered_at = _time(run.answer["as_of"]) if run.answer else run.asked_at
    return run.state in _UNFINISHED or now - answered_at < HOLDS


def _serving(prepared: Prepared, name: str) -> list[Vehicle]:
    serving = {shift.vehicle_id for shift in prepared.shifts}
    return [one for one in prepared.vehicles if one.type == name and one.id in serving]


def _typical(prepared: Prepared, name: str) -> Vehicle:
    """Return the most typical machine of a type, of those in service where there are any."""
    known = _serving(prepared, name) or [one for one in prepared.vehicles if one.type == name]
    kinds = Counter(_build(one) for one in known)
    return max(known, key=lambda one: kinds[_build(one)])


def _build(machine: Vehicle) -> tuple[object, ...]:
    speeds = tuple(sorted(machine.work_speed_mps.items()))
    return (*machine.capabilities, speeds, machine.hopper_kg, machine.depot_id)


def _next_id(vehicles: Iterable[Vehicle]) -> VehicleId:
    return VehicleId(max(one.id for one in vehicles) + 1)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
