"""Hand-overs to agencies: the register, open hand-overs, the cover sheet, and answers."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import Field
from starlette.responses import Response

from api.web.context import AdminContext, Context, IntakeContext
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Short, Wire
from data.model import Agency, AgencyKind, BodyId, Referral, ReferralId, ReferralState
from data.store.database.engine import Tx
from data.store.followup.referrals import get_agency, get_referral, list_agencies, list_referrals
from fleet.followup.agencies import NAME_LETTERS, NEW, retire_agency, save_agency
from fleet.followup.referrals import agency_messages_of, take_answer
from fleet.requests.caller_privacy import read_caller
from fleet.requests.intake import TEXT_LETTERS
from fleet.requests.request_lookup import known_request
from maps.followup.referrals import BodyView, HandOverView, bodies_view, hand_over_view, paper_view

LISTED = 200

router = APIRouter()

Key = Annotated[int, Path(ge=1, lt=2**63)]


class BodyIn(Wire):
    """An agency as its form sends it."""

    name: Annotated[str, Field(min_length=1, max_length=NAME_LETTERS)]
    kind: AgencyKind
    contact: Short = ""
    phone: Short = ""
    email: Short = ""
    address: Short = ""

    def body(self, key: int) -> Agency:
        """Return the record."""
        return Agency(
            BodyId(key),
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


@router.get("/setup/bodies")
def bodies_page(request: Request, context: AdminContext) -> Response:
    """Show the register of agencies."""
    boot = boot_of(request, context) | {"body_kinds": list(AgencyKind)}
    return page(request, "followup/agencies.html", {"boot": boot})


@router.get("/api/bodies")
def read_bodies(context: IntakeContext) -> list[BodyView]:
    """Return the agencies to which requests may be handed over."""
    with context.reading() as tx:
        return bodies_view(list_agencies(tx))


@router.post("/api/bodies", status_code=201)
def add_body(wanted: BodyIn, context: AdminContext) -> list[BodyView]:
    """Add an agency; return the register."""
    return _kept(wanted.body(NEW), context)


@router.post("/api/bodies/{key}")
def change_body(key: Key, wanted: BodyIn, context: AdminContext) -> list[BodyView]:
    """Change an agency; return the register."""
    return _kept(wanted.body(key), context)


@router.post("/api/bodies/{key}/retire")
def delete_agency(key: Key, context: AdminContext) -> list[BodyView]:
    """Remove an agency from the register; return the rest."""
    with context.writing() as tx:
        retire_agency(tx, context.actor, BodyId(key), context.now)
        return bodies_view(list_agencies(tx))


@router.get("/api/hand-overs")
def read_hand_overs(context: IntakeContext) -> list[HandOverView]:
    """Return open hand-overs, the oldest first, then closed ones."""
    with context.reading() as tx:
        found = list_referrals(tx, LISTED)
        letters = agency_messages_of(tx, [each.hand_over for each in found])
        return [hand_over_view(*each, letters.get(each.hand_over.id)) for each in found]


@router.post("/api/hand-overs/{key}/answer")
def note_answer(key: Key, received: ReferralAnswerIn, context: IntakeContext) -> HandOverView:
    """Store an agency's answer; a declined request returns to the city."""
    args = (ReferralId(key), received.state, received.answer, context.now)
    with context.writing() as tx:
        answered = take_answer(tx, context.actor, *args)
        view, asked = _view(tx, answered), known_request(tx, answered.request_id)
    context.app.report_ingest.announce([asked])
    return view


@router.get("/requests/hand-overs/{key}")
def paper(request: Request, key: Key, context: IntakeContext) -> Response:
    """Show the cover sheet of a hand-over; access to the caller's number is logged."""
    with context.writing() as tx:
        one = get_referral(tx, ReferralId(key))
        asked, body = known_request(tx, one.request_id), get_agency(tx, one.body_id)
        caller = None
        if one.with_caller:
            caller = read_caller(tx, context.actor, asked.id, "hand_over", context.now)
    t = translator_of(request)
    phone = caller.phone if caller else ""
    view = paper_view(one, asked, body, phone, context.app.network, t)
    return page(request, "followup/paper.html", {"paper": view, "boot": boot_of(request, context)})


def _kept(wanted: Agency, context: Context) -> list[BodyView]:
    with context.writing() as tx:
        save_agency(tx, context.actor, wanted, context.now)
        return bodies_view(list_agencies(tx))


def _view(tx: Tx, one: Referral) -> HandOverView:
    asked, body = known_request(tx, one.request_id), get_agency(tx, one.body_id)
    return hand_over_view(one, asked, body, agency_messages_of(tx, [one]).get(one.id))
