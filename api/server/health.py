"""The health check of the server, with its clock."""

import time

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.web.checked_route import CheckedRoute
from api.web.context import App, app_of

router = APIRouter(route_class=CheckedRoute)


STUCK_S = 60.0
"""Without a successful run for so long the server reports a failure, to be restarted."""


class HealthOut(BaseModel):
    """The state and clock of the server, for monitoring and the simulator.

    `leads` where it does the city's background work.
    """

    status: str
    city: str
    now: str
    speed: float
    leads: bool


@router.get("/health")
async def get_health(request: Request, response: Response) -> HealthOut:
    """Answer 200, or 503 when positions are no longer digested.

    Touches no database, so that it answers while others wait.
    """
    app = app_of(request)
    stuck = is_stuck(app)
    response.status_code = 503 if stuck else 200
    return HealthOut(
        status="stuck" if stuck else "ok",
        city=app.city.name,
        now=app.clock.now().isoformat(),
        speed=app.clock.speed,
        leads=app.leadership.leads(),
    )


def is_stuck(app: App) -> bool:
    """Whether a city's positions have not been digested for a while."""
    return time.monotonic() - app.consumer.digested_s > STUCK_S
