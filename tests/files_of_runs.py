"""A worker that makes the next file of the queue here and now."""

import threading

from api.processes.workers.plan_worker import solve_run
from api.processes.workers.run_context import WorkerLimits
from api.processes.workers.run_lease import LEASE_S, real_now
from data.model import PlanRun
from data.model.planning.plan_runs import FILE_KINDS
from data.store.database.engine import transaction
from data.store.planning.plan_runs import lease_run
from tests import village as v
from tests.dead_workers import let_workers_die


def lease_file(app, *, dying: bool = False) -> PlanRun:
    """Take the run that comes next, where `dying` after all workers have died."""
    with transaction(app.engine) as tx:
        if dying:
            let_workers_die(tx, real_now())
        run = lease_run(tx, real_now(), LEASE_S, FILE_KINDS)
    assert run is not None
    return run


def make_file(
    app,
    clock,
    run: PlanRun | None = None,
    stopped: threading.Event | None = None,
    limits: WorkerLimits | None = None,
) -> None:
    """Make the file of a run, or of the one that comes next."""
    run, stopped = run or lease_file(app), stopped or threading.Event()
    solve_run(app.engine, v.village(), run, clock, stopped, limits)
