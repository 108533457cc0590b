"""The routes that a storm's machines were to drive, read from what was stored of it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from data.model import DirectedSegment, Event, Shift, Storm, VehicleId
from data.model.planning.plans import LegOutcome
from data.model.work import SkipReason
from data.store.audit.audit_log import list_events_on
from data.store.database.engine import Tx
from data.store.planning.plans import list_plans
from data.store.shifts.blockages import list_blockages
from data.store.shifts.shifts import list_progress_of_plan, list_shifts
from data.store.storms.closures import list_all_closures
from fleet.coverage.route_expectations import published_at
from fleet.learning.deviations.driven_routes import DrivenRoutes, DutyTime, PublishedRoute
from fleet.shifts.fleet_orders import RECALLED
from fleet.shifts.roster import with_real_ends

CHANGED = "shift.changed"
NEVER = datetime.max.replace(tzinfo=UTC)


def driven_routes(tx: Tx, storm: Storm) -> DrivenRoutes:
    """Return what each machine was to drive in a storm, and when."""
    routes: defaultdict[VehicleId, list[PublishedRoute]] = defaultdict(list)
    for plan in list_plans(tx, storm.id):
        times = published_at(tx, plan.id)
        progress = list_progress_of_plan(tx, plan.id) if times else {}
        for route in plan.routes:
            told = progress.get(route.shift_id, ())
            skipped = frozenset(one.leg for one in told if one.state is LegOutcome.SKIPPED)
            routes[route.vehicle_id] += [PublishedRoute(at, route, skipped) for at in times]
    closures = list_all_closures(tx, storm.id)
    reports = [one for one in list_blockages(tx, storm.id) if one.reason is SkipReason.BLOCKED]

    def shut(way: DirectedSegment, at: datetime) -> bool:
        closed = (
            each.segment_id == way.segment_id
            and each.forward in (None, way.forward)
            and each.holds_at(at)
            for each in closures
        )
        return any(closed) or any(
            each.segment_id == way.segment_id
            and each.reported_at <= at < (each.cleared_at or NEVER)
            for each in reports
        )

    ordered = {one: sorted(known, key=_since) for one, known in routes.items()}
    shifts = with_real_ends(tx, list_shifts(tx, storm.id))
    subjects = {f"shift:{shift.id}": shift for shift in shifts}
    told_of: defaultdict[str, list[Event]] = defaultdict(list)
    for event in list_events_on(tx, subjects, {RECALLED, CHANGED}):
        told_of[event.subject].append(event)
    duty = {shift.id: _duty(shift, told_of[name]) for name, shift in subjects.items()}
    return DrivenRoutes(ordered, duty, shut)


def _since(one: PublishedRoute) -> datetime:
    return one.since


def _duty(shift: Shift, events: Iterable[Event]) -> DutyTime:
    """Return a shift's time on routes: until it was called back, and again once it got hours."""
    spans: list[tuple[datetime, datetime]] = []
    since: datetime | None = shift.starts_at
    for event in events:
        if event.verb == RECALLED and since is not None:
            spans.append((since, event.at))
            since = None
        elif event.verb == CHANGED and since is None:
            since = event.at
    if since is not None:
        spans.append((since, shift.ends_at))
    driver = "" if shift.driver_id is None else str(shift.driver_id)
    return DutyTime(driver, spans)
