"""Whether the server lives, and whether it can do its work; with its clock."""

import shutil
import time

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of

router = APIRouter(route_class=CheckedRoute)


STUCK_S = 60.0
"""Without a successful run for so long the server reports a failure, to be restarted."""

STUCK_PREPARING_S = 900.0
"""The same before the kernels were compiled: a restart would begin that anew."""

LEAST_FREE_BYTES = 1_000_000
"""With less room on the disk nothing is digested, and a restart changes nothing."""


class HealthOut(BaseModel):
    """The state and clock of the server, for monitoring and the simulator.

    `speed` is 0 while the clock of a rehearsal is paused. `leads` where it does the city's
    background work.
    """

    status: str
    city: str
    now: str
    speed: float
    leads: bool


@router.get("/health")
async def get_health(request: Request, response: Response) -> HealthOut:
    """Answer 200 while the process lives, or 503 where it should be restarted.

    That is when positions are no longer digested, and neither for want of room on the disk or of
    processes on other machines nor because kernels compile. Touches no database, so that it answers
    while others wait.
    """
    app = app_of(request)
    health = _health(app)
    response.status_code = 503 if health.status == "stuck" and app.consumer.digests else 200
    return health


@router.get("/ready")
async def get_readiness(request: Request, response: Response) -> HealthOut:
    """Answer 200 while positions are digested and the disk has room, else 503."""
    health = _health(app_of(request))
    response.status_code = 200 if health.status == "ok" else 503
    return health


def is_stuck(app: App) -> bool:
    """Whether a city's positions have not been digested for a while, though the disk has room."""
    compiling = app.consumer.digests and not app.consumer.kernels_ready
    longest_s = STUCK_PREPARING_S if compiling else STUCK_S
    return _quiet_s(app) > longest_s and not _is_full(app)


def _quiet_s(app: App) -> float:
    return time.monotonic() - app.consumer.digested_s


def _is_full(app: App) -> bool:
    return shutil.disk_usage(app.folder).free < LEAST_FREE_BYTES


def _status(app: App) -> str:
    if _is_full(app):
        return "disk_full"
    if is_stuck(app):
        return "stuck"
    return "preparing" if _quiet_s(app) > STUCK_S else "ok"


def _health(app: App) -> HealthOut:
    return HealthOut(
        status=_status(app),
        city=app.city.name,
        now=app.clock.now().isoformat(),
        speed=app.clock.pace,
        leads=app.leadership.leads(),
    )
