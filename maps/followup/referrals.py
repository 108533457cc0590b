"""Agencies and the referrals to them, as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.model import Agency, Notice, Referral, ReferralState, ServiceRequest
from data.streets.network import StreetNetwork
from maps.pages.i18n import Translator
from maps.requests.notices import NoticeText
from maps.setup.city_setup import FactView
from maps.streets.street import called, street_name


@dataclass(frozen=True, slots=True)
class AgencyView:
    """An agency of the register."""

    id: int
    name: str
    kind: str
    contact: str
    phone: str
    email: str
    address: str


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral of a request to an agency, with its answer.

    `letter` is the state of its e-mail in the outbox, `None` where it went by paper.
    """

    id: int
    request_id: int
    reference: str
    kind: str
    words: str
    agency: str
    agency_phone: str
    agency_email: str
    at: datetime
    way: str
    note: str
    state: ReferralState
    answer: str
    answered_at: datetime | None
    letter: str | None
    letter_tries: int


def agencies_view(agencies: Iterable[Agency]) -> list[AgencyView]:
    """Return the agencies of the register that are not retired."""
    return [
        AgencyView(
            agency.id,
            agency.name,
            agency.kind,
            agency.contact,
            agency.phone,
            agency.email,
            agency.address,
        )
        for agency in agencies
        if not agency.retired
    ]


def referral_view(
    one: Referral, asked: ServiceRequest, agency: Agency, letter: Notice | None
) -> ReferralView:
    """Return a referral with its request and its agency, for a list."""
    return ReferralView(
        id=one.id,
        request_id=asked.id,
        reference=asked.reference,
        kind=asked.kind,
        words=asked.address or asked.text,
        agency=agency.name,
        agency_phone=agency.phone,
        agency_email=agency.email,
        at=one.at,
        way=one.way,
        note=one.note,
        state=one.state,
        answer=one.answer,
        answered_at=one.answered_at,
        letter=letter.state if letter else None,
        letter_tries=letter.tries if letter else 0,
    )


@dataclass(frozen=True, slots=True)
class PaperView:
    """The sheet for an agency: all that it needs to act and to answer."""

    agency: str
    to: tuple[str, ...]
    reference: str
    written: str
    facts: tuple[FactView, ...]
    words: str
    note: str


def paper_view(
    one: Referral,
    asked: ServiceRequest,
    agency: Agency,
    caller_phone: str,
    network: StreetNetwork,
    t: Translator,
) -> PaperView:
    """Return the sheet in the reader's language."""
    segment = network.find(asked.snap.segment_id) if asked.snap else None
    place = asked.location
    known = (
        (t("Reference"), asked.reference),
        (t("Received"), f"{t.date(asked.received_at)}{t(', ')}{t.time(asked.received_at)}"),
        (t("Subject"), t(f"kind:{asked.kind}")),
        (t("Danger"), t(", ").join(t(f"danger:{danger}") for danger in asked.dangers)),
        (t("Street"), called(street_name(segment), t) if segment else ""),
        (t("Address"), asked.address),
        (t("Coordinates"), f"{place.lat:.5f}, {place.lon:.5f}" if place else ""),
        (t("Caller's phone"), caller_phone),
    )
    return PaperView(
        agency=agency.name,
        to=tuple(filter(None, (agency.contact, agency.address, agency.phone, agency.email))),
        reference=asked.reference,
        written=f"{t.date(one.at)}{t(', ')}{t.time(one.at)}",
        facts=tuple(FactView(label, value) for label, value in known if value),
        words=asked.text,
        note=one.note,
    )


def letter_text(paper: PaperView, t: Translator) -> NoticeText:
    """Return the sheet as an e-mail; personal data come after its first sentence."""
    below = [f"{fact.label}: {fact.value}" for fact in paper.facts]
    below += [line for line in (paper.words, paper.note) if line]
    below.append(t("Please answer and name the reference."))
    return NoticeText(
        title=t("Request {reference}", reference=paper.reference),
        body=t("We ask you to look after what a resident has told us."),
        link="\n".join(below),
    )
