"""Call-outs of reserve and contractors' machines: call, answer, arrival and release."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import HTMLResponse

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Wire
from data.model import CallOut, CallOutId, StormId, VehicleId
from data.store.database.engine import Tx
from data.store.storms.call_outs import list_call_outs
from data.store.storms.storms import get_storm
from fleet.setup.machine_list import machine_names, machines_in_use
from fleet.storms.call_outs import answer, arrive, call, cancel, hires, release
from fleet.storms.storm_lookup import shown_storm, storm_to_meet, wanted_storm
from maps.board.board import storm_view
from maps.storms.call_outs import CallOutView, call_out_view, reserve_rows

router = APIRouter(route_class=CheckedRoute)

Note = Annotated[str, Field(max_length=300)]


class CallOutIn(Wire):
    """A machine that was called for a storm, by default the active one, else the next."""

    vehicle_id: VehicleId
    storm_id: StormId | None = None
    note: Note = ""


class CallOutAnswerIn(Wire):
    """The answer to a call-out, and the minutes until the machine arrives."""

    comes: bool
    expected_in_min: Annotated[float, Field(ge=0, le=2880)] | None = None
    note: Note = ""


@router.get("/reserve")
def reserve_page(request: Request, context: BoardContext) -> HTMLResponse:
    """Show the machines that may be called out, and those that came."""
    t = translator_of(request)
    with context.reading() as tx:
        storm = storm_to_meet(tx) or shown_storm(tx)
        calls = list_call_outs(tx, storm.id) if storm else []
        vehicles = machines_in_use(tx)
    until = (storm.ended_at if storm else None) or context.now
    came = hires(calls, {one.id: one for one in vehicles}, {}, until)
    rows = reserve_rows(vehicles, calls, came, context.app.policy.costs.currency, t)
    view = {
        "storm": storm,
        "on": storm is not None and storm.ended_at is None,
        "rows": rows,
        "boot": boot_of(request, context),
    }
    return page(request, "storms/call_outs.html", view)


@router.get("/api/call-outs")
def get_call_outs(context: BoardContext, storm_id: StormId | None = None) -> list[CallOutView]:
    """Return the call-outs of a storm, by default the active or newest one."""
    with context.reading() as tx:
        storm = wanted_storm(tx, storm_id)
        names = machine_names(tx)
        calls = list_call_outs(tx, storm.id) if storm else []
    return [call_out_view(one, names.get(one.vehicle_id, "")) for one in calls]


@router.post("/api/call-outs", status_code=201)
def create_call_out(wanted: CallOutIn, context: DispatcherContext) -> CallOutView:
    """Record a call-out."""
    with context.writing() as tx:
        storm_id = wanted.storm_id
        if storm_id is None:
            storm = storm_to_meet(tx)
            storm_id = storm.id if storm else StormId(0)
        get_storm(tx, storm_id)
        added = call(tx, context.actor, storm_id, wanted.vehicle_id, wanted.note, context.now)
        return _published(tx, context, added)


@router.post("/api/call-outs/{call_out_id}/answer")
def answer_call_out(
    call_out_id: CallOutId, wanted: CallOutAnswerIn, context: DispatcherContext
) -> CallOutView:
    """Record the answer to a call-out."""
    later = wanted.expected_in_min
    expected_at = None if later is None else context.now + timedelta(minutes=later)
    with context.writing() as tx:
        answered = answer(
            tx,
            context.actor,
            call_out_id,
            context.now,
            comes=wanted.comes,
            expected_at=expected_at,
            note=wanted.note,
        )
        return _published(tx, context, answered)


@router.post("/api/call-outs/{call_out_id}/arrive")
def arrive_call_out(call_out_id: CallOutId, context: DispatcherContext) -> CallOutView:
    """Record the arrival of a machine, which joins the storm now."""
    with context.writing() as tx:
        return _published(tx, context, arrive(tx, context.actor, call_out_id, context.now))


@router.post("/api/call-outs/{call_out_id}/release")
def release_call_out(call_out_id: CallOutId, context: DispatcherContext) -> CallOutView:
    """Release a machine from the storm."""
    with context.writing() as tx:
        return _published(tx, context, release(tx, context.actor, call_out_id, context.now))


@router.post("/api/call-outs/{call_out_id}/cancel")
def cancel_call_out(call_out_id: CallOutId, context: DispatcherContext) -> CallOutView:
    """Cancel a call-out."""
    with context.writing() as tx:
        return _published(tx, context, cancel(tx, context.actor, call_out_id, context.now))


def _published(tx: Tx, context: Context, one: CallOut) -> CallOutView:
    """Return a changed call-out; boards are notified that the storm's machines changed."""
    context.app.hub.publish("storm", [storm_view(get_storm(tx, one.storm_id))])
    return call_out_view(one, machine_names(tx).get(one.vehicle_id, ""))
