"""What-if questions about the fleet, which a worker answers."""

from fastapi import APIRouter, Request

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, DispatcherContext
from api.web.page_context import translator_of
from api.web.schemas import WhatIfIn
from data.errors import NotFoundError
from data.model import PlanRun, PlanRunId, RunKind
from data.store.database.engine import Tx
from data.store.planning.plan_runs import count_ahead, get_run, list_runs
from data.streets.network import StreetNetwork
from fleet.planning.plan_lifecycle import request_stop
from fleet.planning.plan_options import shifts_in_service
from fleet.planning.plan_preparation import outline
from fleet.setup.machine_list import machines_in_use
from fleet.storms.storm_lookup import active_storm, wanted_storm
from fleet.what_if.question import SECONDS, ask_what_if
from maps.pages.i18n import Translator
from maps.what_if import WhatIfPanel, WhatIfView, machine_types, what_if_view

SHOWN = 12
"""Questions that the board lists."""

router = APIRouter(route_class=CheckedRoute)


@router.get("/api/what-ifs")
def list_what_ifs(request: Request, context: BoardContext) -> WhatIfPanel:
    """Return the possible questions and the newest ones with their answers."""
    t = translator_of(request)
    with context.reading() as tx:
        storm = wanted_storm(tx)
        shifts = shifts_in_service(tx, storm.id, context.now) if storm else []
        serving = frozenset(one.vehicle_id for one in shifts)
        types = machine_types(machines_in_use(tx), serving, t)
        runs = list_runs(tx, storm.id, SHOWN, [RunKind.WHATIF]) if storm else []
        return WhatIfPanel(
            types, SECONDS, tuple(_shown(tx, run, context.app.network, t) for run in runs)
        )


@router.post("/api/what-ifs", status_code=202)
def create_what_if(request: Request, wanted: WhatIfIn, context: DispatcherContext) -> WhatIfView:
    """Ask when each class would be finished with more or fewer machines.

    Both fleets are solved in so many seconds when no plan waits; an answer that is known for the
    same situation comes at once.
    """
    with context.reading() as tx:  # what takes long holds up no writer
        outlined = outline(tx, active_storm(tx).id, context.app.network, context.now)
    with context.writing() as tx:
        run = ask_what_if(tx, context.actor, outlined, wanted.machines, wanted.seconds, context.now)
        return _shown(tx, run, context.app.network, translator_of(request))


@router.get("/api/what-ifs/{run_id}")
def get_what_if(request: Request, run_id: PlanRunId, context: BoardContext) -> WhatIfView:
    """Return a question and the progress of its answer."""
    with context.reading() as tx:
        return _shown(tx, _question(tx, run_id), context.app.network, translator_of(request))


@router.post("/api/what-ifs/{run_id}/stop")
def stop_what_if(request: Request, run_id: PlanRunId, context: DispatcherContext) -> WhatIfView:
    """Withdraw a question that has no answer yet."""
    with context.writing() as tx:
        request_stop(tx, context.actor, _question(tx, run_id).id, context.now)
        return _shown(tx, _question(tx, run_id), context.app.network, translator_of(request))


def _shown(tx: Tx, run: PlanRun, network: StreetNetwork, t: Translator) -> WhatIfView:
    return what_if_view(run, count_ahead(tx, run), network, t)


def _question(tx: Tx, run_id: PlanRunId) -> PlanRun:
    run = get_run(tx, run_id)
    if run.kind is not RunKind.WHATIF:
        raise NotFoundError("what-if", run_id)
    return run
