"""Health and metrics of all cities of a server, at the province's host name."""

from datetime import UTC, datetime
from enum import StrEnum

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel

from api.province.host_router import HostedWeb
from api.province.province_context import province_of
from api.server.health import is_stuck
from api.server.metrics import MetricsByCity, require_monitor
from api.web.checked_route import CheckedRoute

router = APIRouter(route_class=CheckedRoute)


class CityHealth(StrEnum):
    """How a city is: `stuck` as in its own health, `closed` where it is not served."""

    OK = "ok"
    STUCK = "stuck"
    CLOSED = "closed"


class ProvinceHealthOut(BaseModel):
    """The state of the server, and that of each city by its name."""

    status: CityHealth
    cities: dict[str, CityHealth]
    now: str


@router.get("/health")
async def get_health(request: Request, response: Response) -> ProvinceHealthOut:
    """Answer 200, or 503 where a city is not served or no longer digests its positions."""
    province = province_of(request)
    cities = {each.name: _health_of(each) for each in province.cities}
    worst = max(cities.values(), key=list(CityHealth).index)
    response.status_code = 200 if worst is CityHealth.OK else 503
    return ProvinceHealthOut(status=worst, cities=cities, now=province.clock.now().isoformat())


@router.get("/metrics")
def get_metrics(request: Request) -> Response:
    """Return the metrics of all cities, to whom each city would show its own."""
    province = province_of(request)
    require_monitor(request, province.settings.metrics_token)
    registry = CollectorRegistry()
    registry.register(MetricsByCity(province.open_cities(), datetime.now(UTC)))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _health_of(city: HostedWeb) -> CityHealth:
    if city.web is None:
        return CityHealth.CLOSED
    return CityHealth.STUCK if is_stuck(city.web.state.barfrub) else CityHealth.OK
