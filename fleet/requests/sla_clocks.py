"""SLA clocks of requests, pure: the next step and its target time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from data.model import (
    ClockedRequest,
    RequestClock,
    RequestState,
    ServiceClass,
    ServiceRequest,
    Storm,
)
from data.model.requests.request_queue import DeadlineRules
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.requests.intake import TREATMENTS


class ClockStep(StrEnum):
    """The next step of a request: placing, work, or telling the caller."""

    PLACE = "place"
    DO = "do"
    TELL = "tell"


@dataclass(frozen=True, slots=True)
class Lateness:
    """Which targets have passed: of the next step, and of the place or the work.

    `overdue` is what the office's list shows as late: the step may be telling the caller. `work`
    stays true where the work ended late.
    """

    overdue: bool
    work: bool


@dataclass(frozen=True, slots=True)
class Due:
    """The next step of a request, since when it waits for it, and the target."""

    step: ClockStep
    since: datetime
    due_at: datetime

    def passed(self, now: datetime) -> bool:
        """Whether the target has passed."""
        return self.due_at < now


def next_due(
    one: ClockedRequest, network: StreetNetwork, policy: Policy, storm: Storm | None
) -> Due | None:
    """Return the next step of a request; `None` while it waits for snow, or for nothing.

    A machine's work is asked for once a storm is there; it is late by the storm's clock, as the
    council's figures are. What a supervisor decided stands before the target.
    """
    asked, clock, rules = one.request, one.clock, policy.followup
    since = clock.reopened_at or asked.received_at
    if clock.closed_at is not None:
        tells = one.reachable and clock.told_at is None
        due_at = clock.closed_at + rules.tell
        return Due(ClockStep.TELL, clock.closed_at, due_at) if tells else None
    if asked.snap is None:
        return Due(ClockStep.PLACE, since, clock.due_at or since + rules.place)
    if asked.kind in TREATMENTS:
        if storm is None or asked.state is RequestState.NEW:
            return None
        since = max(since, storm.snow_at)
    return Due(ClockStep.DO, since, clock.due_at or since + _target(one, network, policy))


def work_deadline(
    asked: ServiceRequest,
    clock: RequestClock,
    network: StreetNetwork,
    policy: Policy,
    storm: Storm | None,
) -> datetime | None:
    """Return by when the work of a request is wanted, while that is its next step."""
    due = next_due(ClockedRequest(asked, clock, reachable=False), network, policy, storm)
    return due.due_at if due is not None and due.step is ClockStep.DO else None


def deadline_rules(policy: Policy, storm: Storm | None) -> DeadlineRules:
    """Return what the database needs to say the same of many requests as `next_due` of one."""
    own = policy.followup
    return DeadlineRules(
        place_s=_seconds(own.place),
        storm_since_s=None if storm is None else int(storm.snow_at.timestamp()),
        machine_kinds=frozenset(TREATMENTS),
        class_s={name: _seconds(rule.deadline) for name, rule in policy.rules.items()},
        last_s=_seconds(policy.rules[policy.last_class].deadline),
        anywhere_s=_seconds(_target_anywhere(policy, danger=False)),
        kind_s={
            (kind, name): _seconds(target)
            for kind, targets in own.done.items()
            for name, target in targets.items()
        },
        danger_s=_seconds(own.danger),
    )


def work_due_at(
    one: ClockedRequest, network: StreetNetwork, policy: Policy, storms: Sequence[Storm]
) -> datetime | None:
    """Return the target of the work, whatever became of it; `None` before any storm."""
    asked, clock = one.request, one.clock
    since = clock.reopened_at or asked.received_at
    if asked.kind in TREATMENTS:
        begins = [storm for storm in storms if storm.ended_at is None or storm.ended_at > since]
        if not begins:
            return None
        since = max(since, min(storm.snow_at for storm in begins))
    return clock.due_at or since + _target(one, network, policy)


def lateness(
    one: ClockedRequest,
    network: StreetNetwork,
    policy: Policy,
    storms: Sequence[Storm],
    now: datetime,
) -> Lateness:
    """Return how a request is late: the one rule of the office's list and of its report.

    What waits is late by the target of the step that it waits for, what is closed by that of its
    work.
    """
    active = next((storm for storm in storms if storm.ended_at is None), None)
    due = next_due(one, network, policy, active)
    overdue = due is not None and due.passed(now)
    ended_at = one.clock.done_at or one.clock.closed_at
    if ended_at is None:
        return Lateness(overdue, overdue)
    wanted_at = work_due_at(one, network, policy, storms)
    return Lateness(overdue, wanted_at is not None and ended_at > wanted_at)


def class_of(one: ClockedRequest, network: StreetNetwork, policy: Policy) -> ServiceClass | None:
    """Return the class of a request's street; `None` without a known street."""
    snap = one.request.snap
    segment = None if snap is None else network.find(snap.segment_id)
    return None if segment is None else policy.class_of(segment)


def district_of(one: ClockedRequest, network: StreetNetwork) -> str | None:
    """Return the district of a request's street, "" outside all; `None` without a known street."""
    snap = one.request.snap
    segment = None if snap is None else network.find(snap.segment_id)
    return None if segment is None else segment.district


def _target(one: ClockedRequest, network: StreetNetwork, policy: Policy) -> timedelta:
    kind, service_class = one.request.kind, class_of(one, network, policy)
    danger = bool(one.request.dangers)
    if service_class is not None:
        deadline = policy.class_rule(service_class).deadline
        return policy.followup.work_target(kind, service_class, deadline, danger=danger)
    return _target_anywhere(policy, danger=danger)


def _target_anywhere(policy: Policy, *, danger: bool) -> timedelta:
    """Return the target of work on a street of no known class."""
    longest = max(rule.deadline for rule in policy.rules.values())
    return min(policy.followup.danger, longest) if danger else longest


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())
