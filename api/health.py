"""Whether the server answers, and which time it keeps."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.context import app_of

router = APIRouter()


class HealthOut(BaseModel):
    """What monitoring and the simulator ask for."""

    status: str
    city: str
    now: str
    speed: float


@router.get("/health")
async def health(request: Request) -> HealthOut:
    """Tell that we are alive; touches no database, so that it answers while others wait."""
    app = app_of(request)
    return HealthOut(
        status="ok",
        city=app.city.name,
        now=app.clock.now().isoformat(),
        speed=app.clock.speed,
    )
