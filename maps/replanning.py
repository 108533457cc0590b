"""Urgent insertions and the changes of a replan, for the board."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from data.model import (
    Delay,
    DirectedSegment,
    Job,
    JobId,
    Plan,
    Promise,
    RequestId,
    SegmentId,
    ServiceRequest,
    UrgentInsertion,
    VehicleId,
)
from fleet.planning.plan_difference import PlanDifference, TruckDifference
from fleet.replanning.machine_lacks import LackingMachine
from maps.pages.change_words import time_change
from maps.pages.i18n import Translator

type Streets = Callable[[SegmentId], str]
"""Names a street in the reader's language."""

SHOWN_STREETS = 12
"""Streets of a truck that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class DelayView:
    """A request whose street is done later, and whether that breaks its promise."""

    request_id: int
    reference: str
    street: str
    minutes: int
    expected_at: datetime
    promised_until: datetime | None
    breaks_promise: bool


@dataclass(frozen=True, slots=True)
class InsertionView:
    """The best insertion of urgent work: truck, time, cost, and delayed requests.

    `words` say so in one sentence. `delayed_jobs` counts streets that are a minute later or more,
    `pushed` those that are left out for it; some are named.
    """

    id: str
    plan_id: int
    segment_id: int
    street: str
    vehicle_id: int
    vehicle: str
    done_at: datetime
    more_min: float
    delayed_jobs: int
    most_min: int
    pushed: int
    pushed_streets: tuple[str, ...]
    requests: tuple[DelayView, ...]
    words: str


@dataclass(frozen=True, slots=True)
class LackingMachineView:
    """A machine that was looked at for urgent work, and in words what it lacks."""

    vehicle_id: int
    vehicle: str
    lack: str
    words: str


@dataclass(frozen=True, slots=True)
class MachineLacksView:
    """Why nobody can do urgent work on a street: the machines on duty first."""

    street: str
    words: str
    machines: tuple[LackingMachineView, ...]


@dataclass(frozen=True, slots=True)
class ReplanTruckView:
    """Changes of a plan for one truck; `gained` and `lost` count streets, some are named."""

    vehicle_id: int
    vehicle: str
    next_moves_change: bool
    moves_before: tuple[str, ...]
    moves_after: tuple[str, ...]
    gained: int
    gained_streets: tuple[str, ...]
    gained_segments: tuple[int, ...]
    lost: int
    lost_streets: tuple[str, ...]
    lost_segments: tuple[int, ...]
    ends_before: datetime | None
    ends_after: datetime | None


@dataclass(frozen=True, slots=True)
class ReplanDifferenceView:
    """Differences between a draft and the rest of the trucks' routes.

    `dropped` counts the streets that nobody does any more; some are named, and the reasons told.
    """

    plan_id: int
    revision: int
    base_id: int
    next_moves: int
    trucks: tuple[ReplanTruckView, ...]
    requests: tuple[DelayView, ...]
    delayed_jobs: int
    added: int
    dropped: int
    dropped_streets: tuple[str, ...]
    dropped_why: tuple[str, ...]


def insertion_view(
    offer_id: str,
    offer: UrgentInsertion,
    requests: Sequence[DelayView],
    vehicle: str,
    pushed: Iterable[SegmentId],
    street: Streets,
    t: Translator,
) -> InsertionView:
    """Return an insertion in words and numbers; `pushed` are the streets left out for it."""
    more_min = round(offer.more.total_seconds() / 60, 1)
    most_min = max((_minutes(one) for one in offer.delays), default=0)
    place = street(offer.job.segment_id)
    words = t(
        "{vehicle} clears {street} by {time}: {change} for all trucks together.",
        vehicle=vehicle,
        street=place,
        time=t.time(offer.done_at),
        change=time_change(more_min, t),
    )
    return InsertionView(
        id=offer_id,
        plan_id=offer.plan_id,
        segment_id=offer.job.segment_id,
        street=place,
        vehicle_id=offer.vehicle_id,
        vehicle=vehicle,
        done_at=offer.done_at,
        more_min=more_min,
        delayed_jobs=len(offer.delays),
        most_min=most_min,
        pushed=len(offer.pushed),
        pushed_streets=tuple(islice(dict.fromkeys(map(street, pushed)), SHOWN_STREETS)),
        requests=tuple(requests),
        words=words,
    )


def machine_lacks_view(
    job: Job, lacking: Sequence[LackingMachine], street: Streets, t: Translator
) -> MachineLacksView:
    """Return what each machine lacks for a job, in words."""
    place = street(job.segment_id)
    return MachineLacksView(
        street=place,
        words=t.plural("looked_at:{count}", len(lacking), street=place),
        machines=tuple(
            LackingMachineView(one.vehicle.id, one.vehicle.name, one.lack, _lack_words(one, job, t))
            for one in lacking
        ),
    )


def _lack_words(one: LackingMachine, job: Job, t: Translator) -> str:
    return t(
        f"machine_lack:{one.lack}",
        time="" if one.until is None else t.time(one.until),
        reason=t(f"out:{one.out or 'unknown'}"),
        alert="" if one.alert is None else t(f"alert_kind:{one.alert}"),
        treatment=t.named("treatment", job.treatment),
        needed=t.number(one.needed_m, 1),
        width=t.number(one.width_m, 1),
    )


def delay_views(
    delays: Iterable[Delay],
    requests: Iterable[ServiceRequest],
    promises: Mapping[RequestId, Promise],
    street: Streets,
) -> tuple[DelayView, ...]:
    """Return the requests of delayed jobs: first broken promises, then the longest delays."""
    late: dict[JobId, Delay] = {one.job_id: one for one in delays}
    found = []
    for asked in requests:
        if asked.job_id is None or asked.job_id not in late or asked.snap is None:
            continue
        delay, promise = late[asked.job_id], promises.get(asked.id)
        until = promise.to_at if promise and promise.job_id == asked.job_id else None
        found.append(
            DelayView(
                request_id=asked.id,
                reference=asked.reference,
                street=street(asked.snap.segment_id),
                minutes=_minutes(delay),
                expected_at=delay.after_at,
                promised_until=until,
                breaks_promise=until is not None and delay.after_at > until >= delay.before_at,
            )
        )
    return tuple(
        sorted(found, key=lambda one: (not one.breaks_promise, -one.minutes, one.request_id))
    )


def difference_view(
    plan: Plan,
    base: Plan,
    found: PlanDifference,
    requests: Sequence[DelayView],
    vehicles: Mapping[VehicleId, str],
    street: Streets,
    t: Translator,
) -> ReplanDifferenceView:
    """Return the differences of a draft; first the trucks whose next moves change."""
    names = (street(at) for at in found.dropped.values())
    reasons = {left.reason for left in plan.unserved if left.job_id in found.dropped}
    trucks = sorted(found.trucks, key=lambda one: (not one.next_moves_change, one.vehicle_id))
    return ReplanDifferenceView(
        plan_id=plan.id,
        revision=plan.revision,
        base_id=base.id,
        next_moves=sum(one.next_moves_change for one in trucks),
        trucks=tuple(_truck_view(one, vehicles, street) for one in trucks),
        requests=tuple(requests),
        delayed_jobs=len(found.delays),
        added=len(found.added),
        dropped=len(found.dropped),
        dropped_streets=tuple(islice(dict.fromkeys(names), SHOWN_STREETS)),
        dropped_why=tuple(t(f"unserved:{reason}") for reason in sorted(reasons)),
    )


def _truck_view(
    one: TruckDifference, vehicles: Mapping[VehicleId, str], street: Streets
) -> ReplanTruckView:
    def named(segments: Iterable[SegmentId]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(street(each) for each in segments))

    def moves(steps: Iterable[DirectedSegment]) -> tuple[str, ...]:
        return tuple(street(step.segment_id) for step in steps)

    return ReplanTruckView(
        vehicle_id=one.vehicle_id,
        vehicle=vehicles.get(one.vehicle_id, ""),
        next_moves_change=one.next_moves_change,
        moves_before=moves(one.moves_before),
        moves_after=moves(one.moves_after),
        gained=len(one.gained),
        gained_streets=named(one.gained[:SHOWN_STREETS]),
        gained_segments=one.gained,
        lost=len(one.lost),
        lost_streets=named(one.lost[:SHOWN_STREETS]),
        lost_segments=one.lost,
        ends_before=one.ends_before,
        ends_after=one.ends_after,
    )


def _minutes(delay: Delay) -> int:
    return round(delay.late.total_seconds() / 60)
