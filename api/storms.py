"""The storm: its start, its end, and what was corrected of it later."""

from fastapi import APIRouter

from api.context import Context, CouncilContext, DispatcherContext
from api.schemas import StormIn
from data.model import Storm, StormId
from data.store.engine import Tx
from data.store.revisions import list_all_changes, list_revisions
from data.store.storms import get_storm
from fleet.storms import end_storm, start_storm
from maps.revisions import RevisionView, revision_views
from maps.views import StormView, storm_view

router = APIRouter()


@router.post("/api/storms", status_code=201)
def start(wanted: StormIn, context: DispatcherContext) -> StormView:
    """Start a storm: every street of the policy becomes work, every vehicle gets a shift."""
    app = context.app
    with context.writing() as tx:
        storm = start_storm(tx, context.actor, wanted.name, app.network, app.policy, context.now)
    view = storm_view(storm)
    app.hub.publish("storm", [view])
    return view


@router.post("/api/storms/{storm_id}/end")
def end(storm_id: StormId, context: DispatcherContext) -> StormView:
    """End a storm: its open work is cancelled."""
    with context.changing(f"storm:{storm_id}") as tx:
        view = storm_view(end_storm(tx, context.actor, storm_id, context.now))
    context.app.hub.publish("storm", [view])
    return view


@router.get("/api/storms/{storm_id}/revisions")
def show_revisions(storm_id: StormId, context: CouncilContext) -> tuple[RevisionView, ...]:
    """Return what changed in a storm's coverage by late positions and recomputations."""
    with context.reading() as tx:
        return revisions_of(tx, context, get_storm(tx, storm_id))


def revisions_of(tx: Tx, context: Context, storm: Storm) -> tuple[RevisionView, ...]:
    """Return the revisions of a storm with what each changed."""
    revisions, changes = list_revisions(tx, storm.id), list_all_changes(tx, storm.id)
    return revision_views(revisions, changes, context.app.network)
