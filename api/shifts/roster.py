"""The roster: drivers and times of shifts, and machines out of service."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import HTMLResponse

from api.shifts.shifts import progress_of
from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Moment, Wire, moment_in
from data.model import MachineOut, OutReason, Shift, ShiftId, Storm, StormId, VehicleId
from data.store.database.engine import Tx
from data.store.shifts.shifts import get_shift, list_shifts, list_shifts_between
from fleet.accounts.people import all_people, login_names
from fleet.audit.last_change import UNCHANGED, find_change
from fleet.messages.handover_notes import facts_of, notes_of
from fleet.routes.truck_states import shift_states
from fleet.setup.machine_list import machine_names, machines_in_use
from fleet.shifts.fleet_orders import next_ends
from fleet.shifts.roster import (
    ShiftWish,
    cancel_shift,
    change_shift,
    may_be_given,
    plan_shift,
    roster_conflicts,
    with_real_ends,
)
from fleet.storms.machines_in_service import machines_taken_out
from fleet.storms.storm_lookup import known_storm, listed_storms, shown_storm, wanted_storm
from maps.board.board import storm_view
from maps.messages.handover_notes import note_draft, note_view
from maps.shifts.roster import (
    MisfitView,
    RosterRecords,
    ShiftView,
    marks_of,
    misfit_text,
    misfit_view,
    roster_rows,
    shift_view,
    span_of,
)

router = APIRouter(route_class=CheckedRoute)

_DAY = timedelta(days=1)


class ShiftIn(Wire):
    """A shift's times and driver; `long_hours` allows more hours than the rules."""

    starts_at: Moment
    ends_at: Moment
    driver: Annotated[str, Field(max_length=64)] = ""
    long_hours: bool = False

    def wish(self, context: Context) -> ShiftWish:
        """Return the record that `fleet.shifts.roster` takes."""
        zone = context.app.city.timezone
        return ShiftWish(
            starts_at=moment_in(self.starts_at, zone, "starts_at"),
            ends_at=moment_in(self.ends_at, zone, "ends_at"),
            driver=self.driver,
            long_hours=self.long_hours,
        )


class NewShiftIn(ShiftIn):
    """A new shift of a vehicle, for example of the next driver."""

    vehicle_id: VehicleId


class RosterOut(Wire):
    """The shifts of a storm or a day, with conflicts; `ends` are the next usual ends of shifts."""

    shifts: list[ShiftView]
    misfits: list[MisfitView]
    ends: list[datetime]


class MachineOutOut(Wire):
    """A machine out of service: why, since when, and by whom."""

    id: VehicleId
    reason: OutReason | None
    note: str
    since: datetime
    by: str


@router.get("/roster")
def roster_page(
    request: Request, context: BoardContext, storm: StormId | None = None, day: str = ""
) -> HTMLResponse:
    """Show the roster of a storm or a day, and the handover notes."""
    t, now = translator_of(request), context.now
    with context.reading() as tx:
        chosen, shifts = _shown(tx, context, storm, day)
        users = {user.id: user for user in all_people(tx)}
        vehicles, names = machines_in_use(tx), machine_names(tx)
        out, notes = machines_taken_out(tx, chosen), notes_of(tx, chosen)
        facts = facts_of(tx, chosen, context.app.alert_task.check, now) if chosen else None
        versions = {one.id: _version(tx, one) for one in shifts}
        driven = with_real_ends(tx, shifts)
        storms = listed_storms(tx, coming=True)
    hours, span = context.app.policy.hours, span_of(shifts, now, t.timezone)
    wrong = roster_conflicts(driven, users, hours)
    states = shift_states(shifts, context.app.alert_task.trucks, now)
    ends = usual_ends(context)
    known = RosterRecords(users, out, wrong, versions, states, ends)
    view = {
        "storm": chosen,
        "storms": storms,
        "day": day,
        "open": chosen is not None and (chosen.phase.on or chosen.phase.coming),
        "rows": roster_rows(vehicles, shifts, known, span, now, t),
        "marks": marks_of(span, t),
        "ends": [(end.isoformat(), t("until {time}", time=t.time(end))) for end in ends],
        "present": span.place(now) if span.since <= now <= span.until else None,
        "wrong": [misfit_text(one, names, t) for one in wrong],
        "drivers": [user.login for user in users.values() if may_be_given(user)],
        "reasons": list(OutReason),
        "limit": round(hours.on_duty / timedelta(hours=1), 1),
        "notes": [note_view(one) for one in notes],
        "draft": note_draft(facts, names, t) if facts else "",
        "boot": boot_of(request, context),
    }
    return page(request, "shifts/roster.html", view)


@router.get("/api/roster")
def get_roster(context: BoardContext, storm_id: StormId | None = None, day: str = "") -> RosterOut:
    """Return the shifts of a storm, by default the active one, or of a day in city time."""
    with context.reading() as tx:
        _, shifts = _shown(tx, context, storm_id, day)
        users = {user.id: user for user in all_people(tx)}
        views = [_view(tx, one) for one in shifts]
        driven = with_real_ends(tx, shifts)
    hours = context.app.policy.hours
    return RosterOut(
        shifts=views,
        misfits=[misfit_view(one) for one in roster_conflicts(driven, users, hours)],
        ends=usual_ends(context),
    )


@router.get("/api/machines-out")
def list_out_of_service(context: BoardContext) -> list[MachineOutOut]:
    """Return the machines out of service in the active storm, with reasons."""
    with context.reading() as tx:
        out = machines_taken_out(tx, wanted_storm(tx))
    return [_out(one) for one in out.values()]


@router.post("/api/storms/{storm_id}/shifts", status_code=201)
def create_shift(storm_id: StormId, wanted: NewShiftIn, context: DispatcherContext) -> ShiftView:
    """Add a shift to a storm."""
    wish = wanted.wish(context)
    with context.writing() as tx:
        added = plan_shift(context.city(tx), context.actor, storm_id, wanted.vehicle_id, wish)
        return published_shift(tx, context, added)


@router.post("/api/shifts/{shift_id}/roster")
def update_shift(shift_id: ShiftId, wanted: ShiftIn, context: DispatcherContext) -> ShiftView:
    """Change a shift's driver, start or end."""
    with context.changing(f"shift:{shift_id}") as tx:
        wish = wanted.wish(context)
        changed = change_shift(context.city(tx), context.actor, shift_id, wish)
        return published_shift(tx, context, changed)


@router.post("/api/shifts/{shift_id}/cancel")
def cancel_one_shift(shift_id: ShiftId, context: DispatcherContext) -> ShiftView:
    """Cancel a shift that has not begun."""
    with context.changing(f"shift:{shift_id}") as tx:
        return published_shift(tx, context, cancel_shift(tx, context.actor, shift_id, context.now))


def usual_ends(context: Context) -> list[datetime]:
    """Return the next times at which the city's shifts usually end."""
    app = context.app
    return next_ends(app.policy.followup.shifts, app.city.timezone, context.now)


def _shown(
    tx: Tx, context: Context, storm_id: StormId | None, day: str
) -> tuple[Storm | None, list[Shift]]:
    """Return the requested shifts, and their storm unless a day was requested."""
    if day:
        since = moment_in(f"{day} 00:00", context.app.city.timezone, "day")
        return None, list_shifts_between(tx, since, since + _DAY)
    storm = shown_storm(tx, storm_id, coming=True)
    return storm, list_shifts(tx, storm.id) if storm else []


def published_shift(tx: Tx, context: Context, shift: Shift) -> ShiftView:
    """Return a changed shift; boards and phones are notified."""
    storm = known_storm(tx, shift.storm_id)
    context.app.hub.publish("legs", [progress_of(tx, context, shift.id)])
    if not storm.phase.coming:
        context.app.hub.publish("storm", [storm_view(storm)])
    return _view(tx, get_shift(tx, shift.id))


def _view(tx: Tx, shift: Shift) -> ShiftView:
    logins = login_names(tx)
    driver = logins.get(shift.driver_id, "") if shift.driver_id is not None else ""
    name = machine_names(tx).get(shift.vehicle_id, "")
    return shift_view(shift, name, driver, _version(tx, shift))


def _version(tx: Tx, shift: Shift) -> int:
    last = find_change(tx, f"shift:{shift.id}")
    return last.id if last else UNCHANGED


def _out(one: MachineOut) -> MachineOutOut:
    return MachineOutOut(
        id=one.vehicle_id, reason=one.reason, note=one.note, since=one.since, by=one.by
    )
