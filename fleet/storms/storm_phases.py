"""Phases of a storm, from the forecast until it is closed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.errors import ConflictError, InvalidError, Need
from data.model import (
    Actor,
    JobState,
    RequestState,
    ServiceClass,
    ShiftState,
    Storm,
    StormId,
    StormMove,
    StormPhase,
    VehicleId,
)
from data.store.audit.audit_log import add_event
from data.store.crews.crew_jobs import list_crew_jobs
from data.store.database.engine import Tx
from data.store.requests.requests import list_requests_of_jobs
from data.store.shifts.shifts import list_shifts, set_shift_state
from data.store.storms.closures import list_closures
from data.store.storms.storm_conditions import add_move, list_moves
from data.store.storms.storm_policies import get_storm_policy
from data.store.storms.storms import add_storm, close_storm, get_storm, set_phase, set_quiet
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.routes.truck_states import TruckStatus, shift_states
from fleet.storms.storm_start import begin, end_storm
from fleet.work.crew_jobs import ALIVE

NAME_LETTERS = 80

AHEAD = timedelta(days=14)
"""How far ahead a storm may be forecast."""

EARLIEST = timedelta(hours=24)
"""So long before its snow a storm may become active."""

_COMING = (StormPhase.FORECAST, StormPhase.ALERT)

LEGAL: Mapping[StormPhase, tuple[StormPhase, ...]] = {
    StormPhase.FORECAST: (StormPhase.ALERT, StormPhase.ACTIVE, StormPhase.CALLED_OFF),
    StormPhase.ALERT: (StormPhase.ACTIVE, StormPhase.FORECAST, StormPhase.CALLED_OFF),
    StormPhase.ACTIVE: (StormPhase.CLEAN_UP, StormPhase.CLOSED),
    StormPhase.CLEAN_UP: (StormPhase.CLOSED, StormPhase.ACTIVE),
    StormPhase.CLOSED: (),
    StormPhase.CALLED_OFF: (),
}
"""Where a storm may go from each phase, the usual way first."""


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Open work of a storm if it is closed now.

    Open `jobs` and `crew_jobs` are cancelled, `requests` of jobs wait again, shifts end: of
    machines that are `out` and of `waiting` ones that have not driven off; `closures` go.
    """

    jobs: Mapping[ServiceClass, int]
    requests: int
    out: tuple[VehicleId, ...]
    waiting: int
    closures: int
    crew_jobs: int = 0


def forecast_storm(
    tx: Tx,
    actor: Actor,
    name: str,
    phase: StormPhase,
    expected_at: datetime,
    now: datetime,
) -> Storm:
    """Add an expected storm without work, as forecast or on alert."""
    if not 0 < len(name.strip()) <= NAME_LETTERS:
        raise InvalidError(
            "name", name, Need("at most {max_length} characters", max_length=NAME_LETTERS)
        )
    if phase not in _COMING:
        raise InvalidError("phase", phase, "forecast or alert")
    if not now - timedelta(days=1) <= expected_at <= now + AHEAD:
        raise InvalidError("begins_at", expected_at.isoformat(), "within the next 14 days")
    storm = add_storm(tx, name.strip(), phase, expected_at, now)
    add_move(tx, storm.id, StormMove(phase, now, actor.id))
    after = {"name": storm.name, "phase": phase, "expected_at": expected_at.isoformat()}
    add_event(tx, now, actor, "storm.forecast", f"storm:{storm.id}", after=after)
    return storm


def move_storm(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    seen: StormPhase,
    to: StormPhase,
    network: StreetNetwork,
    now: datetime,
    snow_at: datetime | None = None,
) -> Storm:
    """Move a storm from the phase that somebody saw to another one.

    One that becomes active before it snows has its work from `snow_at` on (`begin`).
    Raises `ConflictError` where it is in another phase by now, saying who brought it there and
    when, where the move is not legal, or where another storm is on.
    """
    storm = get_storm(tx, storm_id)
    _require_move(tx, storm, seen, to)
    if to is StormPhase.CLOSED:
        return end_storm(tx, actor, storm_id, now)
    if storm.phase.coming and to is StormPhase.ACTIVE:
        policy = get_storm_policy(tx, storm_id)
        return begin(tx, actor, storm, network, policy, now, _within(snow_at, now))

    if to is StormPhase.CALLED_OFF:
        close_storm(tx, storm_id, to, now)
        for shift in list_shifts(tx, storm_id):
            set_shift_state(tx, shift.id, ShiftState.CANCELLED)
    else:
        set_phase(tx, storm_id, to)
    if storm.phase.on:
        set_quiet(tx, storm_id, _quiet(storm, to, now))
    add_move(tx, storm_id, StormMove(to, now, actor.id))
    change = {"phase": storm.phase}, {"phase": to}
    add_event(tx, now, actor, "storm.moved", f"storm:{storm_id}", *change)
    return get_storm(tx, storm_id)


def left_of(
    tx: Tx, storm_id: StormId, now: datetime, trucks: Iterable[TruckStatus] = ()
) -> OpenWork:
    """Return the open work of a storm that somebody is about to close.

    Who is on the road is told by the evidence on `trucks`, without any by what drivers tapped.
    """
    jobs = list_jobs(tx, storm_id, JobState.OPEN)
    asked = list_requests_of_jobs(tx, [job.id for job in jobs])
    shifts = [shift for shift in list_shifts(tx, storm_id) if not shift.over]
    states = shift_states(shifts, trucks, now)
    driving = [shift.vehicle_id for shift in shifts if states[shift.id] is ShiftState.DRIVING]
    return OpenWork(
        jobs=Counter(job.service_class for job in jobs),
        requests=sum(request.state is RequestState.OPEN for request in asked),
        out=tuple(driving),
        waiting=sum(states[shift.id] is ShiftState.PLANNED for shift in shifts),
        closures=len(list_closures(tx, storm_id, now)),
        crew_jobs=len(list_crew_jobs(tx, storm_id, ALIVE)),
    )


def _require_move(tx: Tx, storm: Storm, seen: StormPhase, to: StormPhase) -> None:
    if storm.phase is not seen:
        last = list_moves(tx, storm.id)[-1]
        raise ConflictError(
            f"{last.moved_by} has brought storm {storm.name!r} into {storm.phase} meanwhile",
            reason="storm_moved",
            name=storm.name,
            by=last.moved_by,
        )
    if to not in LEGAL[storm.phase]:
        raise ConflictError(
            f"storm {storm.name!r} cannot go from {storm.phase} to {to}",
            reason="storm_phase",
            name=storm.name,
        )


def _within(snow_at: datetime | None, now: datetime) -> datetime | None:
    if snow_at is not None and snow_at > now + EARLIEST:
        need = Need("at most {count} hours ahead", count=EARLIEST // timedelta(hours=1))
        raise InvalidError("snow_at", snow_at.isoformat(), need)
    return snow_at


def _quiet(storm: Storm, to: StormPhase, now: datetime) -> list[tuple[datetime, datetime | None]]:
    """Return the times without snow of a storm that goes to clean-up, or back to active."""
    if to is StormPhase.CLEAN_UP:
        return [*storm.quiet, (now, None)]
    *earlier, (since, _) = storm.quiet
    return [*earlier, (since, now)]
