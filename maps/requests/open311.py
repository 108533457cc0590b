"""Requests as Open311 GeoReport v2 records, with the field names of the standard.

Everybody may read these, so nothing here comes from a caller's words, and a place is that of the
street, not of the pin on somebody's door. Only the system that brought a request reads its words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from data.model import (
    ClosingReason,
    Event,
    PartnerReport,
    PartnerUpdate,
    RequestId,
    RequestState,
    ServiceRequest,
)
from data.streets.network import StreetNetwork
from fleet.requests.closing import UNPROVED
from maps.pages.i18n import Translator

type Value = str | int | float | bool | list[Value] | dict[str, Value] | None
"""What JSON can say."""

type Record = dict[str, Value]

OPEN, CLOSED = "open", "closed"

CLOSED_STATES = (RequestState.DONE, RequestState.CANCELLED, RequestState.HANDED_OVER)
"""What the standard, which knows two states only, calls closed."""

FINE: Mapping[RequestState, str] = {
    RequestState.NEW: "investigating",
    RequestState.OPEN: "action_scheduled",
    RequestState.DONE: "fixed",
    RequestState.HANDED_OVER: "internal_referral",
    RequestState.CANCELLED: "no_further_action",
}
"""Our states in the words of the extension that FixMyStreet reads."""

FINE_REASONS: Mapping[ClosingReason, str] = {
    ClosingReason.DUPLICATE: "duplicate",
    ClosingReason.NOT_OURS: "not_councils_responsibility",
    ClosingReason.OUTSIDE_CITY: "not_councils_responsibility",
}
"""Reasons of closing that the extension has a word of its own for."""

UPDATES: Mapping[str, RequestState] = {
    "request.placed": RequestState.NEW,
    "request.opened": RequestState.OPEN,
    "request.waits": RequestState.NEW,
    "request.done": RequestState.DONE,
    "request.cancelled": RequestState.CANCELLED,
    "request.handed_over": RequestState.HANDED_OVER,
    "request.reopened": RequestState.OPEN,
}
"""Lines of the audit log that are an update, and the state after them."""


@dataclass(frozen=True, slots=True)
class PublishedRequest:
    """A request with all its published data.

    `expected_at` is when its truck ends its work there, `due_at` has the deadlines of work.
    `agency` answers for it: the city, or the agency that it was referred to. `own` says whether
    whoever asks brought it; `media` are addresses of pictures, for them only.
    """

    asked: ServiceRequest
    changed_at: datetime
    due_at: Mapping[RequestId, datetime]
    expected_at: datetime | None
    agency: str
    own: bool = False
    media: Sequence[str] = ()
    told: PartnerReport | None = None
    notes: Sequence[Event] = ()


def request_record(
    one: PublishedRequest, network: StreetNetwork, t: Translator, now: datetime
) -> Record:
    """Return the record of a request in `GET requests`."""
    asked, due_at = one.asked, one.due_at.get(one.asked.id)
    return {
        "service_request_id": asked.reference,
        "status": CLOSED if asked.state in CLOSED_STATES else OPEN,
        "status_notes": status_notes(asked.state, asked.closed_for, t),
        "service_name": t(f"kind:{asked.kind}"),
        "service_code": str(asked.kind),
        "description": (asked.text or None) if one.own else None,
        "agency_responsible": one.agency,
        "service_notice": notice(asked, due_at, t, now),
        "requested_datetime": moment(asked.received_at, t),
        "updated_datetime": moment(one.changed_at, t),
        "expected_datetime": _moment_or_none(one.expected_at or due_at, t),
        **_place(asked, network, t.language),
        "media_url": one.media[0] if one.own and one.media else None,
    }


def extended(one: PublishedRequest, t: Translator) -> Record:
    """Return the fields that `extensions=true` adds to a request."""
    asked = one.asked
    answers = one.told.attributes if one.told is not None and one.own else {}
    return {
        "extended_attributes": {
            "channel": asked.channel,
            "status": fine_status(asked.state, asked.closed_for),
            "closing_reason": None if asked.closed_for is None else str(asked.closed_for),
            "photos": [{"media_url": address} for address in one.media] if one.own else [],
        },
        "attributes": [{"code": code, "values": list(values)} for code, values in answers.items()],
        "notes": [
            {
                "datetime": moment(line.at, t),
                "description": _happened(line, t),
                "type": line.verb.removeprefix("request."),
            }
            for line in one.notes
        ],
    }


def update_record(
    asked: ServiceRequest, line: Event, told: PartnerUpdate | None, t: Translator
) -> Record:
    """Return an update of a request as a record of FixMyStreet's extension.

    `told` is what whoever asks has said itself, where the line tells of that.
    """
    state = _state_after(line)
    return {
        "update_id": str(line.id),
        "service_request_id": asked.reference,
        "status": fine_status(state, _reason(line)) if told is None else told.status.lower(),
        "updated_datetime": moment(line.at, t),
        "description": _happened(line, t) if told is None else told.description,
        "media_url": told.media_url if told is not None and told.media_url else None,
    }


def fine_status(state: RequestState, reason: ClosingReason | None) -> str:
    """Return a request's state as a status of FixMyStreet's extension."""
    return FINE_REASONS.get(reason, FINE[state]) if reason is not None else FINE[state]


def status_notes(state: RequestState, reason: ClosingReason | None, t: Translator) -> str:
    """Return the `status_notes` of a request: its state, and the reason if it is closed."""
    return t(f"request:{state}" if reason is None else f"closing:{reason}")


def notice(
    asked: ServiceRequest, due_at: datetime | None, t: Translator, now: datetime
) -> str | None:
    """Return the `service_notice` for somebody who has just made a request."""
    if asked.state in CLOSED_STATES:
        return None
    if due_at is not None:
        when = t.deadline_as_said(due_at, now)
        return t("Accepted. The street is to be clear {when}.", when=when)
    if asked.snap is None:
        return t("Accepted. Somebody will check where this is.")
    return t("Accepted. It goes into the next plan.")


def _moment_or_none(at: datetime | None, t: Translator) -> str | None:
    return None if at is None else moment(at, t)


def moment(at: datetime, t: Translator) -> str:
    """Return a time in the standard's format: to the second, with the city's UTC offset."""
    return at.astimezone(ZoneInfo(t.timezone)).isoformat(timespec="seconds")


def street_name(network: StreetNetwork, segment_id: int, language: str) -> str:
    """Return the name of a street, in this language where the map has it."""
    segment = network.find(segment_id)
    if segment is None:
        return ""
    names = segment.names
    spelled = [*names.get(language, ()), *(name for each in names.values() for name in each)]
    return next(iter(spelled), "")


def _place(asked: ServiceRequest, network: StreetNetwork, language: str) -> Record:
    snap = asked.snap
    spot = None
    if snap is not None and network.find(snap.segment_id) is not None:
        spot = network.point_at(snap.segment_id, snap.offset_m)
    return {
        "address": (street_name(network, snap.segment_id, language) or None) if snap else None,
        "address_id": str(snap.segment_id) if snap else None,
        "zipcode": None,
        "lat": None if spot is None else round(spot.lat, 6),
        "long": None if spot is None else round(spot.lon, 6),
    }


def _happened(line: Event, t: Translator) -> str:
    if line.verb not in UPDATES:
        return t("The sender wrote something.")
    if line.verb == "request.reopened" and line.after.get("reason") == UNPROVED:
        return t("Opened again: it was not done.")
    if line.verb == "request.reopened":
        return t("Asked for again: not cleared as told.")
    return status_notes(_state_after(line), _reason(line), t)


def _state_after(line: Event) -> RequestState:
    told = line.after.get("state")
    return RequestState(str(told)) if told else UPDATES.get(line.verb, RequestState.NEW)


def _reason(line: Event) -> ClosingReason | None:
    told = line.after.get("reason")
    return ClosingReason(told) if isinstance(told, str) and told in set(ClosingReason) else None


def by_request(updates: Sequence[tuple[RequestId, Event]]) -> list[RequestId]:
    """Return the ids of the requests of updates, each once."""
    return list(dict.fromkeys(request_id for request_id, _ in updates))
