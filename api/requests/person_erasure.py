"""Erasing one person at their own request, on a page of the set-up."""

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.web.checked_route import CheckedRoute
from api.web.context import AdminContext, app_of
from api.web.page_context import boot_of, page
from api.web.schemas import Short, Wire
from fleet.requests.data_retention import PersonSought, look_for_person

router = APIRouter(route_class=CheckedRoute)


class PersonIn(Wire):
    """Whom to erase: by phone number, else by e-mail address, else by the whole name."""

    phone: Short = ""
    name: Short = ""
    email: Short = ""

    def sought(self) -> PersonSought:
        """Return the person that is sought."""
        return PersonSought(self.phone, self.name, self.email)


class ErasureOut(BaseModel):
    """How many requests have this caller, or had, and what else goes or went with them."""

    requests: int
    photos: int
    watches: int


@router.get("/setup/erasure")
def erasure_page(request: Request, context: AdminContext) -> Response:
    """Show the form that erases a person."""
    return page(request, "requests/erasure.html", {"boot": boot_of(request, context)})


@router.post("/api/people/look-up")
def find_person(wanted: PersonIn, context: AdminContext) -> ErasureOut:
    """Count the requests that an erasure would be about; the look is a line of the audit log."""
    with context.writing() as tx:
        found = look_for_person(tx, context.actor, wanted.sought(), context.now)
    return ErasureOut(requests=len(found.requests), photos=0, watches=found.watches)


@router.post("/api/people/erase")
def delete_person(request: Request, wanted: PersonIn, context: AdminContext) -> ErasureOut:
    """Erase a person from all their requests, for good."""
    erased = app_of(request).retention_task.erase_person(context.actor, wanted.sought())
    return ErasureOut(requests=erased.requests, photos=len(erased.photos), watches=erased.watches)
