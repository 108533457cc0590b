"""Referrals to agencies: the register, open referrals, the cover sheet, and answers."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response

from api.web.checked_route import CheckedRoute
from api.web.context import AdminContext, Context, IntakeContext
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Short, Wire
from data.model import Agency, AgencyId, AgencyKind, Referral, ReferralId, ReferralState
from data.store.database.engine import Tx
from data.store.followup.referrals import get_agency, get_referral, list_agencies, list_referrals
from fleet.followup.agencies import NAME_LETTERS, NEW, retire_agency, save_agency
from fleet.followup.referrals import agency_messages_of, take_answer
from fleet.requests.caller_privacy import read_caller
from fleet.requests.intake import TEXT_LETTERS
from fleet.requests.request_lookup import known_request
from maps.followup.referrals import (
    AgencyView,
    ReferralView,
    agencies_view,
    paper_view,
    referral_view,
)

LISTED = 200

router = APIRouter(route_class=CheckedRoute)

Key = Annotated[int, Path(ge=1, lt=2**63)]


class AgencyIn(Wire):
    """An agency as its form sends it."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_LETTERS)]
    kind: AgencyKind
    contact: Short = ""
    phone: Short = ""
    email: Short = ""
    address: Short = ""

    def agency(self, key: int) -> Agency:
        """Return the record."""
        return Agency(
            AgencyId(key),
            self.name.strip(),
            self.kind,
            self.contact.strip(),
            self.phone.strip(),
            self.email.strip(),
            self.address.strip(),
        )


class ReferralAnswerIn(Wire):
    """An agency's answer."""

    state: ReferralState
    answer: Annotated[str, Field(max_length=TEXT_LETTERS)] = ""


@router.get("/setup/agencies")
def agencies_page(request: Request, context: AdminContext) -> Response:
    """Show the register of agencies."""
    boot = boot_of(request, context) | {"agency_kinds": list(AgencyKind)}
    return page(request, "followup/agencies.html", {"boot": boot})


@router.get("/api/agencies")
def get_agencies(context: IntakeContext) -> list[AgencyView]:
    """Return the agencies to which requests may be referred."""
    with context.reading() as tx:
        return agencies_view(list_agencies(tx))


@router.post("/api/agencies", status_code=201)
def create_agency(wanted: AgencyIn, context: AdminContext) -> list[AgencyView]:
    """Add an agency; return the register."""
    return _saved(wanted.agency(NEW), context)


@router.post("/api/agencies/{key}")
def update_agency(key: Key, wanted: AgencyIn, context: AdminContext) -> list[AgencyView]:
    """Change an agency; return the register."""
    return _saved(wanted.agency(key), context)


@router.post("/api/agencies/{key}/retire")
def delete_agency(key: Key, context: AdminContext) -> list[AgencyView]:
    """Remove an agency from the register; return the rest."""
    with context.writing() as tx:
        retire_agency(tx, context.actor, AgencyId(key), context.now)
        return agencies_view(list_agencies(tx))


@router.get("/api/referrals")
def get_referrals(context: IntakeContext) -> list[ReferralView]:
    """Return open referrals, the oldest first, then closed ones."""
    with context.reading() as tx:
        found = list_referrals(tx, LISTED)
        letters = agency_messages_of(tx, [each.referral for each in found])
        return [referral_view(*each, letters.get(each.referral.id)) for each in found]


@router.post("/api/referrals/{key}/answer")
def answer_referral(key: Key, received: ReferralAnswerIn, context: IntakeContext) -> ReferralView:
    """Store an agency's answer; a declined request returns to the city."""
    args = (ReferralId(key), received.state, received.answer, context.now)
    with context.writing() as tx:
        answered = take_answer(tx, context.actor, *args)
        view, asked = _view(tx, answered), known_request(tx, answered.request_id)
    context.app.report_ingest.announce([asked])
    return view


@router.get("/requests/referrals/{key}")
def referral_page(request: Request, key: Key, context: IntakeContext) -> Response:
    """Show the cover sheet of a referral; access to the caller's number is logged."""
    with context.writing() as tx:
        one = get_referral(tx, ReferralId(key))
        asked, agency = known_request(tx, one.request_id), get_agency(tx, one.agency_id)
        caller = None
        if one.with_caller:
            caller = read_caller(tx, context.actor, asked.id, "referral", context.now)
    t = translator_of(request)
    phone = caller.phone if caller else ""
    view = paper_view(one, asked, agency, phone, context.app.network, t)
    return page(request, "followup/paper.html", {"paper": view, "boot": boot_of(request, context)})


def _saved(wanted: Agency, context: Context) -> list[AgencyView]:
    with context.writing() as tx:
        save_agency(tx, context.actor, wanted, context.now)
        return agencies_view(list_agencies(tx))


def _view(tx: Tx, one: Referral) -> ReferralView:
    asked, agency = known_request(tx, one.request_id), get_agency(tx, one.agency_id)
    return referral_view(one, asked, agency, agency_messages_of(tx, [one]).get(one.id))
