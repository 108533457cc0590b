"""Schemas of incoming data; outgoing data are the views of `maps`."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from data.errors import InvalidError
from data.languages import known_language
from data.model import (
    ClosingReason,
    Danger,
    JobId,
    LonLat,
    PlanOptions,
    ReplanCause,
    ReplanWish,
    RequestId,
    RequestKind,
    SegmentId,
    ServiceClass,
    Side,
    VehicleId,
)
from data.model.work import SkipReason
from data.policy.class_rules import MOST_CLASSES
from data.storms import NEED_NEXT_TIME, NEED_TIME, moment_of, next_moment_of
from fleet.replanning.replan_requests import FEW_TRUCKS
from fleet.requests.intake import SHORT_LETTERS, TEXT_LETTERS, Report
from fleet.requests.promises import SaidWindow
from fleet.what_if.question import LONGEST_S, SECONDS

Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


def _spoken(code: str) -> str:
    return known_language(code) if code else code


Short = Annotated[str, Field(max_length=SHORT_LETTERS)]
Spoken = Annotated[str, AfterValidator(_spoken)]
"""Language of messages; empty for the city's own."""

_anything: TypeAdapter[Any] = TypeAdapter(Any)


Moment = Annotated[str, Field(min_length=1, max_length=40)]
"""A time in ISO 8601 or in the city's calendar, such as 1405/09/30 06:30."""


class Wire(BaseModel):
    """Base of incoming schemas; unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SaidWindowIn(Wire):
    """The time window that the operator read out before the request was stored."""

    from_at: AwareDatetime
    to_at: AwareDatetime

    def said(self) -> SaidWindow:
        """Return the window in UTC, as promises are stored; raise `InvalidError` for none."""
        try:
            window = SaidWindow(self.from_at.astimezone(UTC), self.to_at.astimezone(UTC))
        except OverflowError as error:
            raise InvalidError("window", f"{self.from_at} {self.to_at}", "two moments") from error
        if window.from_at > window.to_at:
            raise InvalidError("to_at", f"{self.to_at}", "a moment behind from_at")
        return window


class ReportIn(Wire):
    """A caller's report, with pin and street where the operator chose them.

    Without `join` the request gets work of its own, whatever is open on its street. The `window`
    that the caller heard is promised, while it can be kept. In a training, `call_id` is the call of
    its phone that the report was typed for.
    """

    kind: RequestKind
    text: Annotated[str, Field(max_length=TEXT_LETTERS)] = ""
    address: Short = ""
    lon: Lon | None = None
    lat: Lat | None = None
    segment_id: int | None = None
    side: Side | None = None
    caller_name: Short = ""
    caller_phone: Short = ""
    caller_email: Short = ""
    language: Spoken = ""
    consent: bool = False
    channel: Annotated[str, Field(min_length=1, max_length=40)] = "phone"
    idempotency_key: Annotated[str, Field(min_length=8, max_length=100)] | None = None
    dangers: Annotated[tuple[Danger, ...], Field(max_length=len(Danger))] = ()
    join: bool = True
    window: SaidWindowIn | None = None
    call_id: Annotated[int, Field(ge=0, lt=2**63)] | None = None

    def report(self) -> Report:
        """Return the record that `fleet.requests.intake` takes; half a pin is an `InvalidError`."""
        for name, half, other in (("lon", self.lon, self.lat), ("lat", self.lat, self.lon)):
            if half is None and other is not None:
                raise InvalidError(name, "", "a value")
        pin = None if self.lon is None or self.lat is None else LonLat(self.lon, self.lat)
        return Report(
            channel=self.channel,
            kind=self.kind,
            text=self.text,
            address=self.address,
            location=pin,
            caller_name=self.caller_name,
            caller_phone=self.caller_phone,
            caller_email=self.caller_email,
            language=self.language,
            consent=self.consent,
            idempotency_key=self.idempotency_key,
            dangers=self.dangers,
        )


class PinIn(Wire):
    """A request's place, chosen by hand."""

    lon: Lon
    lat: Lat


class CancelIn(Wire):
    """The reason for cancelling a request."""

    reason: Short = ""


class DangerOverIn(Wire):
    """The dangers that whoever says that they are over was shown."""

    dangers: Annotated[tuple[Danger, ...], Field(max_length=len(Danger))]


class CloseIn(Wire):
    """The reason for closing a request, and a note."""

    reason: ClosingReason
    note: Annotated[str, Field(max_length=TEXT_LETTERS)] = ""


class ReopenIn(Wire):
    """The reason for reopening a request."""

    why: Annotated[str, Field(max_length=TEXT_LETTERS)] = ""


def moment_in(text: str, timezone: str, field: str, *, after: datetime | None = None) -> datetime:
    """Parse a time; without an offset it is in the city's time zone.

    A time without a day is the next such one `after` a moment, where that is given.
    """
    if after is not None:
        at = next_moment_of(text, timezone, after)
        if at is not None:
            return at
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is not None and read.tzinfo is not None:
        return read
    found = moment_of(text, timezone)
    if found is None:
        raise InvalidError(field, text, NEED_TIME if after is None else NEED_NEXT_TIME)
    return found


class StormIn(Wire):
    """The name of a new storm."""

    name: Annotated[str, Field(min_length=1, max_length=80)]


class PlanIn(Wire):
    """The search time and scope of a plan; an empty list means everything."""

    seconds: Annotated[float, Field(ge=1, le=3600, allow_inf_nan=False)] = 30.0
    classes: Annotated[tuple[ServiceClass, ...], Field(max_length=MOST_CLASSES)] = ()
    districts: Annotated[tuple[Short, ...], Field(max_length=500)] = ()
    vehicles: Annotated[tuple[VehicleId, ...], Field(max_length=5000)] = ()

    def options(self) -> PlanOptions:
        """Return the record that `fleet.planning` takes; what is named twice counts once."""
        return PlanOptions(
            tuple(sorted(set(self.classes))),
            tuple(sorted(set(self.districts))),
            tuple(sorted(set(self.vehicles))),
        )


class WhatIfIn(Wire):
    """Machines added per type, or removed where negative; seconds of all searches."""

    machines: Annotated[dict[Short, int], Field(min_length=1, max_length=50)]
    seconds: Annotated[float, Field(ge=1, le=LONGEST_S, allow_inf_nan=False)] = SECONDS


class ReplanIn(Wire):
    """An event on the road, and how many trucks may get other next legs for it."""

    cause: ReplanCause
    vehicle_id: VehicleId | None = None
    segment_id: SegmentId | None = None
    minutes: Annotated[float, Field(ge=0, le=720, allow_inf_nan=False)] = 0.0
    budget: Annotated[int, Field(ge=0, le=1000)] = FEW_TRUCKS

    def wish(self) -> ReplanWish:
        """Return the record that `fleet.replanning.replan_requests` takes."""
        delay = timedelta(minutes=self.minutes)
        return ReplanWish(self.cause, self.budget, self.vehicle_id, self.segment_id, delay)


class InsertionIn(Wire):
    """Urgent work: exactly one of a request, a job or a street."""

    request_id: RequestId | None = None
    job_id: JobId | None = None
    segment_id: SegmentId | None = None


class PublishIn(Wire):
    """Whether jobs may be dropped that trucks have ahead and the plan leaves out."""

    dropping: bool = False


Key = Annotated[str, Field(min_length=8, max_length=100)]


class TapIn(Wire):
    """A driver's or crew's tap; a repeated key gets the first answer.

    `tapped_at` is when it was given, where the phone was out of reach then.
    """

    key: Key | None = None
    tapped_at: AwareDatetime | None = None


class LegsIn(TapIn):
    """A tap for one leg, or all up to `last`."""

    last: Annotated[int, Field(ge=0)] | None = None


class DoneIn(LegsIn):
    """Legs that are done; `at_end` is said at the end of the shift, and no evidence."""

    at_end: bool = False


class SkipIn(LegsIn):
    """The reason for skipping legs."""

    reason: SkipReason


class BlockageIn(LegsIn):
    """Why a driver leaves legs out, with the phone's position where it is known."""

    plan_id: int
    leg: Annotated[int, Field(ge=0)]
    reason: SkipReason = SkipReason.BLOCKED
    lon: Lon | None = None
    lat: Lat | None = None
    accuracy_m: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    turn_lon: Lon | None = None
    turn_lat: Lat | None = None
    text: Annotated[str, Field(max_length=TEXT_LETTERS)] = ""

    def place(self) -> LonLat | None:
        """Return where the phone was; half a place is none."""
        return None if self.lon is None or self.lat is None else LonLat(self.lon, self.lat)

    def turn(self) -> LonLat | None:
        """Return where the turn is that the machine cannot make, in place of the whole street."""
        if self.turn_lon is None or self.turn_lat is None:
            return None
        return LonLat(self.turn_lon, self.turn_lat)


class CodeIn(Wire):
    """The driver of a shift; by default the machine's own driver."""

    login: Short = ""


class CallerOut(Wire):
    """A request's caller."""

    name: str
    phone: str
    email: str
    language: str
    consent: bool


class CandidateOut(Wire):
    """A place that an address may mean; `question` is what to ask before the first is taken.

    `said` tells a street from others of its name by the streets around it, in words to say.
    `houses_near` are the nearest numbers of a street that lacks the `number` that was said.
    """

    segment_id: SegmentId
    name: str
    said: str
    kind: str
    lon: float
    lat: float
    side: str
    confident: bool
    confidence: float
    matched: str
    number: str
    houses_near: tuple[str, ...]
    district: str
    reasons: tuple[str, ...]
    uncertain_m: float
    question: str


def plain(view: object) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return a view as JSON values for the stream, with times in ISO 8601."""
    return _anything.dump_python(view, mode="json")


Base = Annotated[int, Field(ge=0, lt=2**63)]


class UndoIn(Wire):
    """The change to undo, which must be the last one."""

    change: Base
