"""Lateness risk, pure: jobs that will be late by the plan and the delays of trucks so far."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import AlertKind, Job, VehicleId
from data.policy.alert_rules import AlertRules
from fleet.alerts.alert_conditions import Sign
from fleet.routes.arrivals import Arrivals
from fleet.routes.plan_vs_actual import LegCheck, LegState
from fleet.shifts.shift_progress import UNDO_WITHIN

IN_STEPS = timedelta(minutes=5)
"""Lateness is told in such steps: nobody knows it better, and pages keep still."""

AFTER_UP = UNDO_WITHIN + timedelta(minutes=1)
"""So long after a blade was up its driver may still report what he drove with it."""

type Episode = tuple[datetime, datetime]
"""When something began and ended."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A job that will be late, and a truck that is late for it; `None` where none is planned."""

    job: Job
    vehicle_id: VehicleId | None
    late: timedelta


def risks(
    arrivals: Arrivals,
    jobs: Iterable[Job],
    rules: AlertRules,
    blades_up: Mapping[VehicleId, Sequence[Episode]] | None = None,
) -> list[Risk]:
    """Return the open jobs due soon with each truck that is late for them at the present pace.

    A truck is named though another comes later still: to mend that one alone would not help.
    Not at risk is what its driver reported as done, or a truck drove in its turn, unless an alert
    says that its blade was up then: to send another would not help, and the map shows its age.
    """
    found: list[Risk] = []
    now = arrivals.now
    for job in jobs:
        if not now <= job.due_at <= now + rules.risk:
            continue
        by_truck = arrivals.last_by_truck(job.id)
        if not by_truck and not _was_driven(arrivals.undone(job.id), blades_up or {}):
            found.append(Risk(job, None, timedelta(0)))
        for vehicle_id, ends_at in by_truck.items():
            if ends_at - job.due_at >= rules.risk_late:
                found.append(Risk(job, vehicle_id, ends_at - job.due_at))
    return found


def _was_driven(
    undone: Sequence[tuple[VehicleId, LegCheck]], blades_up: Mapping[VehicleId, Sequence[Episode]]
) -> bool:
    """Whether all legs that nothing proves were driven, with no blade up as far as is known."""
    return bool(undone) and all(
        one.state in (LegState.TOLD, LegState.UNPROVED)
        and one.at is not None
        and not any(
            since <= one.at <= until + AFTER_UP for since, until in blades_up.get(vehicle_id, ())
        )
        for vehicle_id, one in undone
    )


def risk_signs(found: Iterable[Risk], now: datetime) -> list[Sign]:
    """Return a sign for each truck that comes too late, and one for jobs without a truck."""
    by_truck: dict[VehicleId | None, list[Risk]] = {}
    for risk in found:
        by_truck.setdefault(risk.vehicle_id, []).append(risk)
    return [_sign(vehicle_id, mine, now) for vehicle_id, mine in by_truck.items()]


def _sign(vehicle_id: VehicleId | None, mine: Sequence[Risk], now: datetime) -> Sign:
    first = min(mine, key=lambda risk: (-risk.job.weight, risk.job.due_at, risk.job.id))
    facts: dict[str, int | float | str] = {
        "count": len(mine),
        "service_class": first.job.service_class,
        "segment_id": first.job.segment_id,
        "due_at": first.job.due_at.isoformat(),
    }
    if vehicle_id is not None:
        worst = max(risk.late for risk in mine)
        facts["late_min"] = round(worst / IN_STEPS) * IN_STEPS / timedelta(minutes=1)
    return Sign(AlertKind.AT_RISK, vehicle_id, now, facts=facts)
