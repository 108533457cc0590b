"""The answer to a caller as the operator sees it, with a sentence to say in each language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from data.languages import languages
from data.model import ByLanguage, RequestState, Segment, SegmentId, ServiceRequest, VehicleId
from data.streets.network import StreetNetwork
from fleet.requests.call_answer import CallAnswer, Cleared, Outlook, Prospect
from fleet.requests.promises import TrackRecord
from maps.pages.i18n import Translator, translator
from maps.streets.street import street_name

GOAL_SAID = frozenset({Outlook.NEXT_PLAN, Outlook.NO_PLAN, Outlook.UNSERVED})
"""Outlooks without a promised time, for which the deadline of the class is said."""

EXPECTED, AGAIN = "It should be clear {when}.", "The next pass is expected {when}."
"""What is said of a window, and of one of a street that was cleared already."""

NOT_AGAIN = "No truck comes there again by this plan, so we cannot promise a time."
NOT_WHOLE = (
    "The truck has gone past and only a part of your street is clear, so we cannot promise a time."
)
"""What is said where the trucks have gone past and all or a part of the street was cleared."""


@dataclass(frozen=True, slots=True)
class AssignedTruckView:
    """The truck whose route has the street, and its progress; `late_s` is its delay."""

    name: str
    streets_before: int
    heading_for: ByLanguage | None
    late_s: float


@dataclass(frozen=True, slots=True)
class WindowView:
    """The time window in which the work is expected to be done."""

    expected_at: datetime
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True, slots=True)
class RecordView:
    """Kept promises so far, of one class, or of the city where `service_class` is empty."""

    kept: int
    measured: int
    service_class: str


@dataclass(frozen=True, slots=True)
class EarlierRequestView:
    """An earlier request at a place or of a caller, as a row."""

    id: int
    reference: str
    kind: str
    state: RequestState
    received_at: datetime
    segment_id: int | None
    street: ByLanguage | None


@dataclass(frozen=True, slots=True)
class CallAnswerView:
    """The answer about a place, for a caller on the phone.

    `joins` is the street of the open job that covers the place, `waiting` counts who wait for it.
    `record` is `None` where promises have no history yet. `say` is the sentence to read out, `more`
    what can be said besides, in each language.
    """

    segment_id: SegmentId
    side: str
    lon: float
    lat: float
    street: ByLanguage
    address: Mapping[str, str]
    service_class: str
    last_cleared_at: datetime | None
    partly_cleared_at: datetime | None
    driven_at: datetime | None
    joins: ByLanguage | None
    job_id: int | None
    waiting: int
    due_at: datetime | None
    outlook: str
    reason: str
    truck: AssignedTruckView | None
    window: WindowView | None
    record: RecordView | None
    asked_here: tuple[EarlierRequestView, ...]
    say: Mapping[str, str]
    more: Mapping[str, tuple[str, ...]]


class KnownPlace(NamedTuple):
    """A spoken address in each language, and the earlier requests there."""

    address: Mapping[str, str]
    asked_here: Sequence[ServiceRequest]


def answer_view(
    answer: CallAnswer,
    network: StreetNetwork,
    vehicles: Mapping[VehicleId, str],
    place_known: KnownPlace,
    now: datetime,
    timezone: str,
    reference: str = "",
) -> CallAnswerView:
    """Return the answer; with a `reference` the number of the request is said before it."""
    segment, prospect, cleared = answer.segment, answer.prospect, answer.cleared
    place = network.point_at(segment.id, answer.snap.offset_m)
    job = answer.job
    spoken = {language: translator(language, timezone) for language in languages()}
    return CallAnswerView(
        segment_id=segment.id,
        side=answer.snap.side,
        lon=place.lon,
        lat=place.lat,
        street=street_name(segment),
        address=place_known.address,
        service_class=answer.service_class,
        last_cleared_at=cleared.last_at if cleared.whole else None,
        partly_cleared_at=None if cleared.whole else cleared.some_at,
        driven_at=cleared.driven_at,
        joins=street_name(network.segment(job.segment_id)) if job else None,
        job_id=job.id if job else None,
        waiting=answer.waiting,
        due_at=_goal(answer, now),
        outlook=prospect.outlook,
        reason=prospect.reason,
        truck=_truck(prospect, network, vehicles),
        window=_window(prospect),
        record=_record(prospect),
        asked_here=asked_views(place_known.asked_here, network),
        say={code: short_answer(answer, t, now, reference) for code, t in spoken.items()},
        more={code: more_to_say(answer, t, now) for code, t in spoken.items()},
    )


def asked_views(
    requests: Sequence[ServiceRequest], network: StreetNetwork
) -> tuple[EarlierRequestView, ...]:
    """Return earlier requests as rows, in their order, with their street if it still exists."""

    def street(asked: ServiceRequest) -> ByLanguage | None:
        segment = network.find(asked.snap.segment_id) if asked.snap else None
        return street_name(segment) if segment else None

    return tuple(
        EarlierRequestView(
            id=asked.id,
            reference=asked.reference,
            kind=asked.kind,
            state=asked.state,
            received_at=asked.received_at,
            segment_id=asked.snap.segment_id if asked.snap else None,
            street=street(asked),
        )
        for asked in requests
    )


def short_answer(answer: CallAnswer, t: Translator, now: datetime, reference: str = "") -> str:
    """Return the sentence to read out, with at most one window; before it the `reference`, if any.

    In the translator's language and the city's time. `more_to_say` has the rest.
    """
    said = [t("Your number is {reference}.", reference=reference)] if reference else []
    return " ".join((*said, _prospect_said(answer, t, now)))


def more_to_say(answer: CallAnswer, t: Translator, now: datetime) -> tuple[str, ...]:
    """Return the sentences for a caller who asks for more: evidence, others, record, goal."""
    return tuple(_more(answer, t, now))


def _more(answer: CallAnswer, t: Translator, now: datetime) -> Iterator[str]:
    prospect = answer.prospect
    if answer.storm is not None and not _cleared_in_window(answer):
        yield _cleared_said(answer.cleared, spoken_name(answer.segment, t), t, now)
    if answer.job is not None and answer.waiting:
        yield t.plural("{count} callers asked for the same before you.", answer.waiting)
    if prospect.window is not None:
        yield _record_said(prospect.record, t)
    due_at = _goal(answer, now)
    if prospect.outlook in GOAL_SAID and due_at is not None:
        goal = t.deadline_as_said(due_at, now)
        yield t("Our goal for a street like yours: {when}.", when=goal)


def _record_said(record: TrackRecord | None, t: Translator) -> str:
    if record is None:
        return t("There is no record yet of how well such times are kept.")
    share = t("{value} %", value=int(record.share * 100))
    return t("So far {share} of such promises were kept in time.", share=share)


def _cleared_in_window(answer: CallAnswer) -> bool:
    """Whether the street was cleared when it was expected: then that is all there is to say."""
    window, cleared = answer.prospect.window, answer.cleared
    if window is None or cleared.last_at is None or not cleared.whole:
        return False
    return cleared.last_at >= window.from_at


def _goal(answer: CallAnswer, now: datetime) -> datetime | None:
    """Return the deadline of the class while it is ahead; one that is past is no goal any more."""
    return answer.due_at if answer.due_at is not None and answer.due_at > now else None


def _cleared_said(cleared: Cleared, street: str, t: Translator, now: datetime) -> str:
    if cleared.whole and cleared.last_at is not None:
        when = t.moment_as_said(cleared.last_at, now)
        return t("{street} was last cleared {when}.", street=street, when=when)
    if cleared.some_at is not None:
        when = t.moment_as_said(cleared.some_at, now)
        return t("A part of {street} was cleared {when}.", street=street, when=when)
    return t("{street} has not been cleared in this storm yet.", street=street)


def _prospect_said(answer: CallAnswer, t: Translator, now: datetime) -> str:
    """Return what is expected; of a street that was cleared it is the next pass.

    Of a window that has begun the end is said alone.
    """
    prospect, cleared, window = answer.prospect, answer.cleared, answer.prospect.window
    if _cleared_in_window(answer):
        return _cleared_said(cleared, spoken_name(answer.segment, t), t, now)
    if window is not None:
        begun = window.from_at <= now
        by, within = (
            t.deadline_as_said(window.to_at, now),
            t.span_as_said(window.from_at, window.to_at, now),
        )
        return t(AGAIN if cleared.whole else EXPECTED, when=by if begun else within)
    if prospect.outlook is Outlook.PASSED and cleared.whole:
        return t(NOT_AGAIN)
    if prospect.outlook is Outlook.PASSED and cleared.some_at is not None:
        return t(NOT_WHOLE)
    return t(f"outlook:{prospect.outlook}")


def spoken_name(segment: Segment, t: Translator) -> str:
    """Return the name of a street in a language, as it is spoken."""
    name = street_name(segment)
    return name.get(t.language) or name.get("") or t("Your street")


def _truck(
    prospect: Prospect, network: StreetNetwork, vehicles: Mapping[VehicleId, str]
) -> AssignedTruckView | None:
    visit = prospect.visit
    if visit is None:
        return None
    heading_for = network.find(visit.heading_for)
    return AssignedTruckView(
        name=vehicles.get(visit.vehicle_id, ""),
        streets_before=visit.streets_before,
        heading_for=street_name(heading_for) if heading_for else None,
        late_s=visit.late.total_seconds(),
    )


def _window(prospect: Prospect) -> WindowView | None:
    window = prospect.window
    return WindowView(window.expected_at, window.from_at, window.to_at) if window else None


def _record(prospect: Prospect) -> RecordView | None:
    record = prospect.record
    if record is None:
        return None
    return RecordView(record.kept, record.measured, record.service_class or "")
