"""Whether the server answers, and which time it keeps."""

import time

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from api.web.context import app_of

router = APIRouter()


STUCK_S = 60.0
"""Without a look at positions for so long the board stands still, and we want a restart."""


class HealthOut(BaseModel):
    """What monitoring and the simulator ask for."""

    status: str
    city: str
    now: str
    speed: float


@router.get("/health")
async def health(request: Request, response: Response) -> HealthOut:
    """Tell that we are alive, or 503 when positions are no longer looked at.

    Touches no database, so that it answers while others wait.
    """
    app = app_of(request)
    stuck = time.monotonic() - app.consumer.digested_s > STUCK_S
    response.status_code = 503 if stuck else 200
    return HealthOut(
        status="stuck" if stuck else "ok",
        city=app.city.name,
        now=app.clock.now().isoformat(),
        speed=app.clock.speed,
    )
