"""Reserve and contractors' machines: who may be called, the call, the answer, arrival, release."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import HTMLResponse

from api.web.context import BoardContext, Context, DispatcherContext
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Wire
from data.model import CallOut, CallOutId, StormId, VehicleId
from data.store.database.engine import Tx
from data.store.storms.call_outs import list_call_outs
from data.store.storms.storms import find_active_storm, get_storm
from fleet.setup.machine_list import machine_names, machines_in_use
from fleet.storms.call_outs import answer, arrive, call, cancel, hires, release
from fleet.storms.storm_lookup import shown_storm, wanted_storm
from maps.board.board import storm_view
from maps.storms.call_outs import CallOutView, call_out_view, reserve_rows

router = APIRouter()

Note = Annotated[str, Field(max_length=300)]


class CallOutIn(Wire):
    """A machine that was called, and for which storm; the one that is on where none is named."""

    vehicle_id: VehicleId
    storm_id: StormId | None = None
    note: Note = ""


class CallOutAnswerIn(Wire):
    """What was answered, and in how many minutes the machine is there."""

    comes: bool
    expected_in_min: Annotated[float, Field(ge=0, le=2880)] | None = None
    note: Note = ""


@router.get("/reserve")
def reserve_page(request: Request, context: BoardContext) -> HTMLResponse:
    """Show the machines that may be called, and those that came."""
    t = translator_of(request)
    with context.reading() as tx:
        storm = shown_storm(tx)
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
def show_calls(context: BoardContext, storm_id: StormId | None = None) -> list[CallOutView]:
    """Return the machines that were called for a storm, the one that is on or the newest."""
    with context.reading() as tx:
        storm = wanted_storm(tx, storm_id)
        names = machine_names(tx)
        calls = list_call_outs(tx, storm.id) if storm else []
    return [call_out_view(one, names.get(one.vehicle_id, "")) for one in calls]


@router.post("/api/call-outs", status_code=201)
def call_machine(wanted: CallOutIn, context: DispatcherContext) -> CallOutView:
    """Write down that a machine was called."""
    with context.writing() as tx:
        storm_id = wanted.storm_id
        if storm_id is None:
            storm = find_active_storm(tx)
            storm_id = storm.id if storm else StormId(0)
        get_storm(tx, storm_id)
        added = call(tx, context.actor, storm_id, wanted.vehicle_id, wanted.note, context.now)
        return _published(tx, context, added)


@router.post("/api/call-outs/{call_out_id}/answer")
def answer_call(
    call_out_id: CallOutId, wanted: CallOutAnswerIn, context: DispatcherContext
) -> CallOutView:
    """Write down what was answered."""
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
def note_arrival(call_out_id: CallOutId, context: DispatcherContext) -> CallOutView:
    """Let a machine join the storm from now on."""
    with context.writing() as tx:
        return _published(tx, context, arrive(tx, context.actor, call_out_id, context.now))


@router.post("/api/call-outs/{call_out_id}/release")
def note_release(call_out_id: CallOutId, context: DispatcherContext) -> CallOutView:
    """Send a machine home."""
    with context.writing() as tx:
        return _published(tx, context, release(tx, context.actor, call_out_id, context.now))


@router.post("/api/call-outs/{call_out_id}/cancel")
def cancel_call(call_out_id: CallOutId, context: DispatcherContext) -> CallOutView:
    """Take a call back."""
    with context.writing() as tx:
        return _published(tx, context, cancel(tx, context.actor, call_out_id, context.now))


def _published(tx: Tx, context: Context, one: CallOut) -> CallOutView:
    """Return what became of a call; open boards look at the storm's machines again."""
    context.app.hub.publish("storm", [storm_view(get_storm(tx, one.storm_id))])
    return call_out_view(one, machine_names(tx).get(one.vehicle_id, ""))
