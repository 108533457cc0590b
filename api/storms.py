"""The storm: its start and its end."""

from fastapi import APIRouter

from api.context import DispatcherContext
from api.schemas import StormIn
from data.model import StormId
from fleet.storms import end_storm, start_storm
from maps.views import StormView, storm_view

router = APIRouter()


@router.post("/api/storms", status_code=201)
def start(wanted: StormIn, context: DispatcherContext) -> StormView:
    """Start a storm: every street of the policy becomes work, every vehicle gets a shift."""
    app = context.app
    with context.writing() as tx:
        storm = start_storm(tx, context.actor, wanted.name, app.network, app.policy, context.now)
    return storm_view(storm)


@router.post("/api/storms/{storm_id}/end")
def end(storm_id: StormId, context: DispatcherContext) -> StormView:
    """End a storm: its open work is cancelled."""
    with context.writing() as tx:
        return storm_view(end_storm(tx, context.actor, storm_id, context.now))
