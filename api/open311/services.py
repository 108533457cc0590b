"""The Open311 endpoints for discovery, the list of services and their questions."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.open311.access import ReadingVisitor
from api.open311.errors import FaultsAsRecords
from api.open311.formats import MEDIA_TYPES, Format, answer
from api.open311.schemas import DEFINITION, DISCOVERY, SERVICES
from data.errors import NotFoundError
from data.model import RequestKind
from maps.requests.open311 import Record
from maps.requests.open311_services import service_definition, service_list

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-25T00:00:00Z"
"""When the interface last changed."""

BASE = "/open311/v2"

router = APIRouter(route_class=FaultsAsRecords, tags=["Open311"])


@router.get("/open311/discovery.{form}", responses=DISCOVERY)
@router.get(f"{BASE}/discovery.{{form}}", responses=DISCOVERY, include_in_schema=False)
def get_discovery(form: Format, request: Request, visitor: ReadingVisitor) -> Response:
    """Return the address of this city's interface and the contact for keys."""
    t, contact = visitor.t, visitor.app.settings.contact
    endpoint: Record = {
        "specification": SPECIFICATION,
        "url": f"{str(request.base_url).rstrip('/')}{BASE}",
        "changeset": CHANGESET,
        "type": "test" if visitor.app.clock.training else "production",
        "formats": [MEDIA_TYPES[each].partition(";")[0] for each in Format],
    }
    found: Record = {
        "changeset": CHANGESET,
        "contact": contact or t("The winter service of {city}", city=visitor.app.city.name),
        "key_service": t("An administrator of the winter service gives out keys."),
        "endpoints": [endpoint],
    }
    return answer(form, "discovery", found)


@router.get(f"{BASE}/services.{{form}}", responses=SERVICES)
def list_services(form: Format, visitor: ReadingVisitor) -> Response:
    """Return the services that can be requested."""
    return answer(form, "services", service_list(visitor.t))


@router.get(f"{BASE}/services/{{service_code}}.{{form}}", responses=DEFINITION)
def get_service_definition(service_code: str, form: Format, visitor: ReadingVisitor) -> Response:
    """Return the questions of a service."""
    if service_code not in set(RequestKind):
        raise NotFoundError("service", service_code)
    definition = service_definition(RequestKind(service_code), visitor.t)
    return answer(form, "service_definition", definition)
