"""API keys of other systems: list, create and revoke."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.web.checked_route import CheckedRoute
from api.web.context import AdminContext
from api.web.page_context import boot_of, page
from api.web.schemas import Wire
from data.model import ApiKeyId
from data.store.accounts.api_keys import list_api_keys
from fleet.accounts.api_keys import NAME_LETTERS, make_key, revoke_key
from maps.accounts.api_keys import KeyView, key_view

router = APIRouter(route_class=CheckedRoute)

KeyId = Annotated[int, Path(ge=1, lt=2**63)]
Named = Annotated[str, Field(min_length=1, max_length=NAME_LETTERS)]


class KeyIn(Wire):
    """The name of another system and its contact."""

    name: Named
    contact: Named


class KeyOut(BaseModel):
    """A new key with its text, which is not shown again."""

    key: KeyView
    text: str


@router.get("/setup/systems")
def systems_page(request: Request, context: AdminContext) -> Response:
    """Show the systems that may send requests."""
    view = {"boot": boot_of(request, context)}
    view["boot"]["base"] = f"{str(request.base_url).rstrip('/')}/open311/v2"
    return page(request, "accounts/api_keys.html", view)


@router.get("/api/api-keys")
def get_api_keys(context: AdminContext) -> list[KeyView]:
    """Return all keys by name, revoked ones too."""
    with context.reading() as tx:
        return [key_view(each) for each in list_api_keys(tx)]


@router.post("/api/api-keys", status_code=201)
def create_api_key(wanted: KeyIn, context: AdminContext) -> KeyOut:
    """Create a key for another system."""
    with context.writing() as tx:
        args = (wanted.name, wanted.contact, context.now)
        key, text = make_key(tx, context.actor, *args)
    return KeyOut(key=key_view(key), text=text)


@router.post("/api/api-keys/{key_id}/revoke")
def revoke_api_key(key_id: KeyId, context: AdminContext) -> KeyView:
    """Revoke a key for good."""
    with context.writing() as tx:
        return key_view(revoke_key(tx, context.actor, ApiKeyId(key_id), context.now))
