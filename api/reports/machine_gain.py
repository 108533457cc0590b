"""What one more machine would have brought a storm: asked by the council, answered by a worker."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from api.web.checked_route import CheckedRoute
from api.web.context import CouncilContext
from api.web.page_context import translator_of
from data.errors import NotFoundError
from data.model import PlanRunId, StormId
from data.store.database.engine import Tx
from fleet.planning.plan_lifecycle import request_stop
from fleet.setup.machine_list import machines_in_use
from fleet.storms.storm_lookup import known_storm, shown_storm
from fleet.what_if.hindsight import ask_hindsight, hindsight_runs, storm_from_start
from maps.reports.machine_gain import GainPanel, gain_panel
from maps.what_if import machine_types

router = APIRouter(route_class=CheckedRoute)

Wanted = Annotated[StormId | None, Query(description="a storm; the newest where none is given")]


@dataclass(frozen=True, slots=True)
class GainQuestion:
    """A type of machine of which there is to be one more."""

    type: Annotated[str, Field(max_length=100)]


@router.get("/api/council/machines")
def list_gains(request: Request, context: CouncilContext, storm: Wanted = None) -> GainPanel:
    """Return what one more machine of each type would have brought, as far as somebody asked."""
    with context.reading() as tx:
        shown = shown_storm(tx, storm)
        return _panel(tx, request, shown.id if shown else None)


@router.post("/api/council/machines/{storm_id}", status_code=202)
def ask_gain(
    request: Request, storm_id: StormId, wanted: GainQuestion, context: CouncilContext
) -> GainPanel:
    """Ask what one more machine of a type would have brought a storm.

    A worker answers within minutes where nothing else waits; an answer that is known for the same
    work and machines stays.
    """
    with context.reading() as tx:  # what takes long holds up no writer
        known_storm(tx, storm_id)
        prepared = storm_from_start(tx, storm_id, context.app.network, context.now)
    with context.writing() as tx:
        ask_hindsight(tx, context.actor, prepared, wanted.type, context.now)
        return _panel(tx, request, storm_id)


@router.post("/api/council/machines/{storm_id}/{run_id}/stop")
def stop_gain(
    request: Request, storm_id: StormId, run_id: PlanRunId, context: CouncilContext
) -> GainPanel:
    """Withdraw a question that has no answer yet."""
    with context.writing() as tx:
        if all(run.id != run_id for run in hindsight_runs(tx, storm_id)):
            raise NotFoundError("what-if", run_id)
        request_stop(tx, context.actor, run_id, context.now)
        return _panel(tx, request, storm_id)


def _panel(tx: Tx, request: Request, storm_id: StormId | None) -> GainPanel:
    t = translator_of(request)
    if storm_id is None:
        return gain_panel(None, False, (), (), t)
    over = known_storm(tx, storm_id).ended_at is not None
    types = machine_types(machines_in_use(tx), frozenset(), t)
    return gain_panel(storm_id, over, types, hindsight_runs(tx, storm_id), t)
