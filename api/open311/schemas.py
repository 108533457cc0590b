"""The OpenAPI schemas of Open311's answers and forms."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

XML: dict[str, Any] = {"text/xml": {"schema": {"type": "string"}}}
Responses = dict[int | str, dict[str, Any]]


class Open311ErrorOut(BaseModel):
    """An error; `code` begins with the HTTP status."""

    code: str
    description: str


class EndpointOut(BaseModel):
    """An endpoint of the interface."""

    specification: str
    url: str
    changeset: str
    type: str
    formats: list[str]


class DiscoveryOut(BaseModel):
    """The endpoints of the interface and the contact for keys."""

    changeset: str
    contact: str
    key_service: str
    endpoints: list[EndpointOut]


class ServiceOut(BaseModel):
    """A service that can be requested."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: str
    keywords: str
    group: str


class OptionOut(BaseModel):
    """A choice of a question."""

    key: str
    name: str


class AttributeOut(BaseModel):
    """A question of a service; one that is not variable is an information text."""

    variable: bool
    code: str
    datatype: str
    required: bool
    datatype_description: str | None
    order: int
    description: str
    values: list[OptionOut]


class DefinitionOut(BaseModel):
    """The questions of a service."""

    service_code: str
    attributes: list[AttributeOut]


class RequestOut(BaseModel):
    """A public request; `extensions=true` adds three fields."""

    service_request_id: str
    status: str
    status_notes: str | None
    service_name: str
    service_code: str
    description: str | None
    agency_responsible: str | None
    service_notice: str | None
    requested_datetime: str
    updated_datetime: str
    expected_datetime: str | None
    address: str | None
    address_id: str | None
    zipcode: str | None
    lat: float | None
    long: float | None
    media_url: str | None


class TakenOut(BaseModel):
    """The number of a created request."""

    service_request_id: str
    service_notice: str | None
    account_id: str | None


class RequestTokenOut(BaseModel):
    """The number of a request, by the token given for it."""

    service_request_id: str
    token: str


class UpdateOut(BaseModel):
    """An update of a request."""

    update_id: str
    service_request_id: str
    status: str
    updated_datetime: str
    description: str
    media_url: str | None


class UpdateTakenOut(BaseModel):
    """The number of a created update."""

    update_id: str


def _responses(model: object, status: int = 200, *faults: int) -> Responses:
    found: Responses = {status: {"model": model, "content": XML, "description": "The answer"}}
    for code in (400, 403, 404, 429, *faults):
        found[code] = {
            "model": list[Open311ErrorOut],
            "content": XML,
            "description": "What is wrong",
        }
    return found


MEDIA = {code: fault for code, fault in _responses(str).items() if code != 200}
DISCOVERY = _responses(DiscoveryOut)
SERVICES = _responses(list[ServiceOut])
DEFINITION = _responses(DefinitionOut)
REQUESTS = _responses(list[RequestOut])
TOKENS = _responses(list[RequestTokenOut])
UPDATES = _responses(list[UpdateOut])
TAKEN = _responses(list[TakenOut], 201) | {200: _responses(list[TakenOut])[200]}
UPDATE_TAKEN = _responses(list[UpdateTakenOut], 201)


def form_body(fields: Mapping[str, str], required: tuple[str, ...]) -> dict[str, Any]:
    """Return the OpenAPI request body of a form: names of fields and their descriptions."""
    schema = {
        "type": "object",
        "properties": {
            name: {"type": "string", "description": meaning} for name, meaning in fields.items()
        },
        "required": list(required),
    }
    kinds = ("application/x-www-form-urlencoded", "multipart/form-data")
    return {
        "requestBody": {"required": True, "content": {each: {"schema": schema} for each in kinds}}
    }


REQUEST_FORM = form_body(
    {
        "api_key": "The key of the system that sends",
        "jurisdiction_id": "The city's name, for clients that know several",
        "service_code": "What is asked for: one of the services",
        "lat": "Latitude in degrees, WGS 84, together with long",
        "long": "Longitude in degrees, WGS 84",
        "address_string": "The place in words, where there is no lat and long",
        "address_id": "The number of a street of ours, as requests tell it",
        "description": "What it is about, up to 4,000 letters",
        "email": "Where the caller reads e-mail",
        "phone": "Where the caller is called back",
        "first_name": "The caller's name",
        "last_name": "The caller's name",
        "device_id": "The phone it was sent from",
        "account_id": "The caller's account at the system that sends; comes back in the answer",
        "media_url": "Address of a picture; may come several times",
        "media": "A picture itself, JPEG, PNG or WebP, in multipart forms; may come several times",
    },
    ("api_key", "service_code"),
)

UPDATE_FORM = form_body(
    {
        "api_key": "The key of the system that sends",
        "jurisdiction_id": "The city's name, for clients that know several",
        "service_request_id": "The request",
        "update_id": "The sender's own number of this update",
        "status": "OPEN, CLOSED, or a finer word of the extension",
        "description": "What was said, up to 4,000 letters",
        "updated_datetime": "When it was said",
        "media_url": "Address of a picture",
    },
    ("api_key", "service_request_id", "status"),
)
