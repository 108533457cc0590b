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
class BodyView:
    """An agency of the register."""

    id: int
    name: str
    kind: str
    contact: str
    phone: str
    email: str
    address: str


@dataclass(frozen=True, slots=True)
class HandOverView:
    """A referral of a request to an agency, with its answer.

    `letter` is the state of its e-mail in the outbox, `None` where it went by paper.
    """

    id: int
    request_id: int
    reference: str
    kind: str
    words: str
    body: str
    body_phone: str
    body_email: str
    at: datetime
    way: str
    note: str
    state: ReferralState
    answer: str
    answered_at: datetime | None
    letter: str | None
    letter_tries: int


def bodies_view(bodies: Iterable[Agency]) -> list[BodyView]:
    """Return the agencies of the register that are not retired."""
    return [
        BodyView(body.id, body.name, body.kind, body.contact, body.phone, body.email, body.address)
        for body in bodies
        if not body.retired
    ]


def hand_over_view(
    one: Referral, asked: ServiceRequest, body: Agency, letter: Notice | None
) -> HandOverView:
    """Return a referral with its request and its agency, for a list."""
    return HandOverView(
        id=one.id,
        request_id=asked.id,
        reference=asked.reference,
        kind=asked.kind,
        words=asked.address or asked.text,
        body=body.name,
        body_phone=body.phone,
        body_email=body.email,
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

    body: str
    to: tuple[str, ...]
    reference: str
    written: str
    facts: tuple[FactView, ...]
    words: str
    note: str


def paper_view(
    one: Referral,
    asked: ServiceRequest,
    body: Agency,
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
        (t("Asked for"), t(f"kind:{asked.kind}")),
        (t("Danger"), t(", ").join(t(f"danger:{danger}") for danger in asked.dangers)),
        (t("Street"), called(street_name(segment), t) if segment else ""),
        (t("Address"), asked.address),
        (t("Coordinates"), f"{place.lat:.5f}, {place.lon:.5f}" if place else ""),
        (t("Caller's phone"), caller_phone),
    )
    return PaperView(
        body=body.name,
        to=tuple(filter(None, (body.contact, body.address, body.phone, body.email))),
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
