"""The callback list: the reason of each call and a sentence in the caller's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from data.languages import languages
from data.model import (
    Agency,
    Callback,
    CallbackReason,
    ClosingReason,
    Referral,
    RequestClock,
    RequestId,
    RequestKind,
    ServiceRequest,
)
from data.streets.network import StreetNetwork
from maps.pages.i18n import Translator, translator
from maps.streets.street import called, street_name

TOLD = (
    ClosingReason.HANDED_OVER,
    ClosingReason.MELTED,
    ClosingReason.NOTHING_FOUND,
    ClosingReason.OUTSIDE_CITY,
    ClosingReason.NOT_OURS,
    ClosingReason.UNPLACEABLE,
)
"""Reasons that have a sentence of their own: without anything that somebody proved."""


@dataclass(frozen=True, slots=True)
class CallbackContext:
    """Records for the sentences, by request, and the name of the city."""

    clocks: Mapping[RequestId, RequestClock]
    referrals: Mapping[RequestId, Referral]
    agencies: Mapping[int, Agency]
    network: StreetNetwork


@dataclass(frozen=True, slots=True)
class CallView:
    """A call to make: its reason and sentence, without the caller, who is looked up apart."""

    request_id: int
    reference: str
    news: str
    since: datetime
    language: str
    sentence: str
    tries: int
    tried_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallsView:
    """The next calls to make, the oldest reason first; `total` counts all."""

    total: int
    calls: tuple[CallView, ...]


def calls_view(
    total: int,
    calls: Iterable[Callback],
    told: CallbackContext,
    t: Translator,
    now: datetime,
) -> CallsView:
    """Return the list; sentences are in the reader's language where the caller's is unknown."""
    return CallsView(total, tuple(_call_view(call, told, t, now) for call in calls))


def sentence_of(call: Callback, told: CallbackContext, t: Translator, now: datetime) -> str:
    """Return the sentence to say: reference, place, and what happened."""
    asked = call.request
    about = t(
        "It is about your request {reference}, {place}.",
        reference=asked.reference,
        place=_place(asked, told.network, t),
    )
    return f"{about} {_news(call, told, t, now)}"


def _call_view(call: Callback, told: CallbackContext, t: Translator, now: datetime) -> CallView:
    spoken = translator(call.language, t.timezone) if call.language in languages() else t
    return CallView(
        request_id=call.request.id,
        reference=call.request.reference,
        news=call.news,
        since=call.since,
        language=spoken.language,
        sentence=sentence_of(call, told, spoken, now),
        tries=call.tries,
        tried_at=call.tried_at,
    )


def _news(call: Callback, told: CallbackContext, t: Translator, now: datetime) -> str:
    asked = call.request
    if call.news is CallbackReason.LATE:
        return t(
            "It should have been done {when}. We are late; it is still on our list.",
            when=t.deadline_as_said(call.since, now),
        )
    if call.news is CallbackReason.DONE:
        return _done(asked, told.clocks[asked.id], t, now)
    if call.news is CallbackReason.CLOSED:
        return t(f"tell:{asked.closed_for}")
    return _with_agency(call, told, t, now)


def _done(asked: ServiceRequest, clock: RequestClock, t: Translator, now: datetime) -> str:
    at = clock.done_at or clock.closed_at or asked.received_at
    if asked.closed_for is ClosingReason.CREW:
        return t("Our crew did it {when}.", when=t.deadline_as_said(at, now))
    when = t.moment_as_said(at, now)
    if asked.closed_for is not ClosingReason.INSPECTED:
        return t("Our machine was there {when}.", when=when)
    if asked.kind is RequestKind.ICE:
        return t("We inspected the place {when}: it is no longer slippery.", when=when)
    return t("We inspected the place {when}: it is clear.", when=when)


def _with_agency(call: Callback, told: CallbackContext, t: Translator, now: datetime) -> str:
    given = told.referrals.get(call.request.id)
    if given is None:
        return t("tell:handed_over")
    agency = told.agencies[given.agency_id]
    name = agency.name
    if call.news is CallbackReason.ANSWERED:
        return t("{agency} says that it is done.", agency=name)
    when = t.moment_as_said(given.at, now)
    sent = t("We passed it to {agency} {when}.", agency=name, when=when)
    return f"{sent} {t('Their phone is {phone}.', phone=agency.phone)}" if agency.phone else sent


def _place(asked: ServiceRequest, network: StreetNetwork, t: Translator) -> str:
    segment = network.find(asked.snap.segment_id) if asked.snap else None
    if segment is not None and segment.names:
        return called(street_name(segment), t)
    return asked.address or asked.text[:80]
