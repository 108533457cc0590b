"""A request on its tracking page: its promise and the steps so far, with evidence.

No truck, no driver, and nothing that the caller said: whoever has the code may be anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from data.errors import BarfrubError, InvalidError
from data.model import (
    ClosingReason,
    Job,
    Notice,
    RequestClock,
    RequestKind,
    RequestState,
    ServiceRequest,
    Sighting,
)
from maps.pages.error_texts import message_of
from maps.pages.i18n import Translator
from maps.requests.notices import done_sentence

FORM_KINDS = (
    RequestKind.PLOW,
    RequestKind.ICE,
    RequestKind.SIDEWALK,
    RequestKind.TREE,
    RequestKind.HAUL,
    RequestKind.BLOCKED,
)
"""Kinds of requests on the public form, the most frequent first."""

KIND_ICONS = {
    RequestKind.PLOW: "snowflake",
    RequestKind.ICE: "thermometer-snowflake",
    RequestKind.SIDEWALK: "footprints",
    RequestKind.TREE: "tree-pine",
    RequestKind.HAUL: "shovel",
    RequestKind.BLOCKED: "construction",
}

PHOTO_ERRORS = frozenset({"photos_busy", "photos_full"})
"""Errors of the photo alone: the form is taken without it."""

WHYS = ("not_cleared", "one_side", "berm", "ice_again", "other")
"""Reasons for opening a request again; their texts are in the catalogs."""

AGAIN_WITHIN = timedelta(days=3)
"""Time after its end in which its caller may open a request again; later snow is a new one."""

AGAIN_TIMES = 3
"""How often a caller may open one request again; after that, the office calls."""

MAP_CONTROLS = (
    "Zoom in",
    "Zoom out",
    "Who made this map",
    "Map",
    "Hold Ctrl and scroll to zoom the map",
    "Hold ⌘ and scroll to zoom the map",
    "Move the map with two fingers",
)
"""Texts of the controls of a map."""

MAP_TEXTS = (
    *MAP_CONTROLS,
    "Place is set. Tap the map to correct it.",
    "Your phone did not give its location. Tap the place on the map.",
    "Location from your phone, accurate to {meters} m. Tap the map to correct it.",
    "Looking for your place",
    "Now tap the exact place.",
    "Choose a photo",
    "No photo chosen",
)
"""Texts that the form's script needs."""


@dataclass(frozen=True, slots=True)
class RequestEvent:
    """A step of a request: its time and text."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class TrackView:
    """The tracking page of a request.

    `may_again` is whether it may be opened again, `awaits_code` whether a message asks its reader
    for a code, `callers` how many have reported it. `now` is when it was looked at.
    """

    reference: str
    kind: str
    icon: str
    state: RequestState
    headline: str
    steps: tuple[RequestEvent, ...]
    may_again: bool
    open: bool
    wants_messages: bool
    awaits_code: bool
    callers: int
    now: datetime


@dataclass(frozen=True, slots=True)
class RequestHistory:
    """Records of a request for its tracking page."""

    asked: ServiceRequest
    clock: RequestClock
    street: str
    job: Job | None
    done_at: datetime | None
    window: tuple[datetime, datetime] | None
    told: Sequence[Notice]
    inspections: Sequence[Sighting]
    wants_messages: bool
    awaits_code: bool
    callers: int


@dataclass(frozen=True, slots=True)
class FormMistake:
    """Why the form was not taken, at the field it concerns; at its head where `field` is ""."""

    field: str
    text: str


FORM_MISTAKES: Mapping[str, tuple[str, str]] = {
    "kind": ("kind", "Choose what it is."),
    "lon": ("address", "This place cannot be read. Choose it on the map again."),
    "text": ("address", "Say where it is or what you saw: on the map or in words."),
    "caller_email": ("email", "This is not an e-mail address."),
    "consent": ("phone", "We need a phone number or an e-mail address to send you messages."),
    "homepage": ("", "The form was not taken: a hidden field was filled in. Send it again."),
}
"""Where on the form an invalid field of a report is told, and what is said there."""


def mistake_of(error: BarfrubError, t: Translator) -> FormMistake:
    """Return why the form was not taken, without names of fields and without what was typed."""
    wrong = str(error.values.get("field", ""))
    if isinstance(error, InvalidError) and wrong in FORM_MISTAKES:
        field, msgid = FORM_MISTAKES[wrong]
        return FormMistake(field, t(msgid))
    if isinstance(error, InvalidError) and wrong == "photo":
        needed = t.need(cast("str", error.values["expected"]))
        return FormMistake("photo", t("The photo was not taken: it has to be {kind}.", kind=needed))
    field = "address" if wrong == "location" else ""
    return FormMistake("photo" if error.code in PHOTO_ERRORS else field, message_of(error, t))


def track_view(story: RequestHistory, now: datetime, t: Translator) -> TrackView:
    """Return the tracking page of a request."""
    asked = story.asked
    ended = asked.state not in {RequestState.NEW, RequestState.OPEN}
    return TrackView(
        reference=asked.reference,
        kind=t(f"kind:{asked.kind}"),
        icon=KIND_ICONS[asked.kind],
        state=asked.state,
        headline=_headline(story, now, t),
        steps=tuple(_steps(story, now, t)),
        may_again=ended and may_open_again(asked, story.clock, now),
        open=not ended,
        wants_messages=story.wants_messages,
        awaits_code=story.awaits_code,
        callers=story.callers,
        now=now,
    )


def may_open_again(asked: ServiceRequest, clock: RequestClock, now: datetime) -> bool:
    """Whether its caller may open a request again, by `AGAIN_WITHIN` and `AGAIN_TIMES`."""
    ended_at = clock.closed_at or asked.received_at
    return now <= ended_at + AGAIN_WITHIN and clock.asked_again < AGAIN_TIMES


def _headline(story: RequestHistory, now: datetime, t: Translator) -> str:
    asked = story.asked
    if asked.state is RequestState.NEW:
        return _waiting(story, t)
    if asked.state is RequestState.OPEN:
        return _promised(story, now, t)
    return _ending(story, now, t)


def _waiting(story: RequestHistory, t: Translator) -> str:
    if story.asked.snap is None:
        return t("We have your request. We are checking where it is.")
    return t("We know the place. Work is planned as soon as the storm's service begins.")


def _promised(story: RequestHistory, now: datetime, t: Translator) -> str:
    if story.window is None:
        return t("Your street is on the list. There is no time for it yet.")
    if now > story.window[1]:
        when = t.deadline_as_said(story.window[1], now)
        return t("We meant to be there {when} and are late. It stays on the list.", when=when)
    return t("We expect to be there {when}.", when=t.span_as_said(*story.window, now))


def _ending(story: RequestHistory, now: datetime, t: Translator) -> str:
    reason, at = story.asked.closed_for, story.done_at or story.clock.closed_at
    if at is None or reason is None:
        return t(f"request:{story.asked.state}")
    if reason is ClosingReason.PLOWED and story.job is not None:
        job = story.job
        facts = {"directions": job.directions.value, "treatment": job.treatment.value}
        facts |= {"reason": reason.value, "at": at.isoformat()}
        return _sentence(facts, story.street, now, t)
    if reason in {ClosingReason.INSPECTED, ClosingReason.CREW}:
        facts = {"reason": reason.value, "at": at.isoformat(), "kind": story.asked.kind.value}
        return _sentence(facts, story.street, now, t)
    return t("Closed: {reason}.", reason=t(f"closing:{reason}"))


def _sentence(facts: dict[str, str], street: str, now: datetime, t: Translator) -> str:
    text = done_sentence(facts, street, t, now)
    return text[:1].upper() + text[1:]


def _steps(story: RequestHistory, now: datetime, t: Translator) -> list[RequestEvent]:
    asked, clock = story.asked, story.clock
    steps = [RequestEvent(asked.received_at, t("We received your request."))]
    if clock.placed_at is not None:
        place = story.street or t("your street")
        steps.append(
            RequestEvent(clock.placed_at, t("The place is known: {street}.", street=place))
        )
    for notice in story.told:
        first, last = (datetime.fromisoformat(notice.facts[name]) for name in ("from", "until"))
        when = t.span_as_said(first, last, now)
        steps.append(RequestEvent(notice.written_at, t("Promised: {when}.", when=when)))
    steps += [
        RequestEvent(seen.seen_at, t(_inspected(asked.kind, seen)))
        for seen in story.inspections
        if clock.closed_at is None or seen.seen_at < clock.closed_at
    ]
    if clock.reopened_at is not None:
        steps.append(RequestEvent(clock.reopened_at, t("Opened again: it was not done.")))
    if clock.closed_at is not None and asked.closed_for is not None:
        steps.append(RequestEvent(clock.closed_at, _ending(story, now, t)))
    own = [step for step in steps if step.at >= asked.received_at]  # not of a kept one before it
    return sorted(own, key=lambda step: step.at)


def _inspected(kind: RequestKind, seen: Sighting) -> str:
    if not seen.clear:
        return "We inspected the place: it is not done yet."
    if kind is RequestKind.ICE:
        return "We inspected the place: it is no longer slippery."
    return "We inspected the place: it was done."
