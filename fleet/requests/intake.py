"""A request arrives, is placed on a street, and becomes a job or joins the open one."""

import hashlib
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from data.errors import ConflictError, InvalidError
from data.geocode import Geocoder
from data.model import (
    Actor,
    Danger,
    Language,
    LonLat,
    NoticeKind,
    RequestId,
    RequestKind,
    RequestState,
    SegmentId,
    ServiceRequest,
    Snap,
    Storm,
    Treatment,
)
from data.policy.city_policy import Policy
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.requests.requests import (
    Caller,
    add_caller,
    add_request,
    find_request_by_key,
    get_request,
    next_request_id,
    save_request,
)
from data.store.requests.sla_clocks import mark_one_planned, mark_placed
from data.store.requests.tracking_codes import add_tracking_code
from data.store.setup.machines import list_vehicles
from data.store.storms.storms import find_active_storm
from data.store.work import add_job, is_planned
from data.streets.network import StreetNetwork
from fleet.requests.notices import tell
from fleet.requests.tracking_codes import new_code
from fleet.streets.loaded_streets import require_present
from fleet.work.crew_jobs import job_of_request
from fleet.work.duplicate_jobs import covering_job
from fleet.work.jobs import new_job, typical_blade_m

PIN_M = 200.0
"""A pin farther than this from every street is a mistake."""

BESIDE_M = 25.0
"""A street this much farther than the nearest may still be the one that a pin means."""

TEXT_LETTERS = 4000
SHORT_LETTERS = 200
SALT_BYTES = 16

CALLER_FIELDS = ("caller_name", "caller_phone", "caller_email")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
"""Enough to catch a slip; only a message can tell whether an address is somebody's."""

TREATMENTS: Mapping[RequestKind, Treatment] = {
    RequestKind.PLOW: Treatment.PLOW,
    RequestKind.ICE: Treatment.SALT,
    RequestKind.BLOCKED: Treatment.PLOW,
}
"""What the machines on streets can do; a plow proves nothing of a sidewalk or a tree."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came in: the caller's words, and where they were said, a pin and who called.

    `consent` is the caller's wish for messages, in `language` where it is known.
    """

    channel: str
    kind: RequestKind
    text: str = ""
    address: str = ""
    location: LonLat | None = None
    caller_name: str = ""
    caller_phone: str = ""
    caller_email: str = ""
    language: Language = ""
    consent: bool = False
    idempotency_key: str | None = None
    dangers: tuple[Danger, ...] = ()

    def __post_init__(self) -> None:
        """Reject a report that says nothing, or too much."""
        if not (self.text.strip() or self.address.strip() or self.location):
            raise InvalidError("text", self.text, "words, an address or a place")
        if len(self.text) > TEXT_LETTERS:
            raise InvalidError("text", f"{len(self.text)} letters", f"at most {TEXT_LETTERS}")
        for name in ("channel", "address", *CALLER_FIELDS, "language"):
            if len(getattr(self, name)) > SHORT_LETTERS:
                raise InvalidError(name, getattr(self, name), f"at most {SHORT_LETTERS} letters")
        if self.caller_email and not EMAIL.fullmatch(self.caller_email):
            raise InvalidError("caller_email", self.caller_email, "an e-mail address")
        if self.consent and not (self.caller_phone or self.caller_email):
            raise InvalidError("consent", self.consent, "a phone number or an e-mail address")

    def under(self, key: str) -> "Report":
        """Return the report with the key that tells it when it comes again."""
        return replace(self, idempotency_key=key)

    @property
    def says_who(self) -> bool:
        """Whether the caller said who they are, or how to reach them."""
        return any(getattr(self, name) for name in CALLER_FIELDS)


def receive(tx: Tx, actor: Actor, report: Report, now: datetime) -> ServiceRequest:
    """Store a request; the same idempotency key again returns the one already stored.

    The storm book gets a salted digest of who called, so that erasing the caller erases all.
    """
    if report.idempotency_key is not None:
        known = find_request_by_key(tx, report.idempotency_key)
        if known is not None:
            return known
    request_id = next_request_id(tx)
    asked = ServiceRequest(
        id=request_id,
        reference=f"B-{request_id:04d}",
        received_at=now,
        channel=report.channel,
        text=report.text.strip(),
        kind=report.kind,
        state=RequestState.NEW,
        address=report.address.strip(),
        location=report.location,
        dangers=report.dangers,
    )
    salt = secrets.token_bytes(SALT_BYTES)
    add_request(tx, asked, report.idempotency_key, salt)
    after: dict[str, object] = {
        "reference": asked.reference,
        "channel": asked.channel,
        "kind": asked.kind,
        "state": asked.state,
        "dangers": list(asked.dangers),
        "words_digest": salted_digest(salt, asked.text),
    }
    if report.says_who:
        who = _caller(report)
        add_caller(tx, request_id, who)
        after["caller_digest"] = caller_digest(who)
    add_event(tx, now, actor, "request.received", subject_of(asked), after=after)
    add_tracking_code(tx, request_id, new_code())
    tell(tx, request_id, NoticeKind.ACKNOWLEDGED, {}, now)
    return asked


def locate(
    tx: Tx,
    actor: Actor,
    request_id: RequestId,
    network: StreetNetwork,
    geocoder: Geocoder,
    policy: Policy,
    now: datetime,
    *,
    join: bool = True,
) -> ServiceRequest:
    """Place a request by its pin, else by its words where they leave no doubt.

    Else it stays new and waits for a human. Raises `ConflictError` where it is placed already.
    """
    asked = _get_waiting(tx, request_id)
    found = find_place(asked, network, geocoder)
    if found is None:
        add_event(tx, now, actor, "request.waits", subject_of(asked), after={"state": asked.state})
        return asked
    location, snap = found
    placed = replace(asked, location=location, snap=snap)
    return _place(tx, actor, placed, network, policy, now, join=join)


def place_by_hand(
    tx: Tx,
    actor: Actor,
    request_id: RequestId,
    place: LonLat | Snap,
    network: StreetNetwork,
    policy: Policy,
    now: datetime,
    *,
    join: bool = True,
) -> ServiceRequest:
    """Place a waiting request where a human put the pin; it gets work of its own without `join`.

    Raises `ConflictError` where it is placed already, `InvalidError` for a pin off every street.
    """
    asked = _get_waiting(tx, request_id)
    if isinstance(place, Snap):
        location, snap = network.point_at(place.segment_id, place.offset_m), place
    else:
        near = network.nearest(place, PIN_M)
        if near is None:
            raise InvalidError(
                "location", tuple(place), f"a place within {PIN_M:.0f} m of a street"
            )
        location, snap = place, near
    placed = replace(asked, location=location, snap=snap)
    return _place(tx, actor, placed, network, policy, now, join=join)


def open_work(
    tx: Tx,
    actor: Actor,
    placed: ServiceRequest,
    storm: Storm,
    network: StreetNetwork,
    policy: Policy,
    now: datetime,
    *,
    join: bool = True,
) -> ServiceRequest:
    """Join a placed request to the open job of its street and treatment, or add that job.

    Without `join` a job is added whatever is open: the operator heard that it is another matter.
    What no machine on the street does is a crew's job, or open without one until somebody looked.
    """
    if placed.snap is None:
        raise ConflictError(
            f"request {placed.reference} has no place",
            reason="request_unplaced",
            request=placed.id,
            reference=placed.reference,
        )
    require_present(tx, network)
    mark_placed(tx, placed.id, now)
    treatment = TREATMENTS.get(placed.kind)
    segment = network.segment(placed.snap.segment_id)
    if treatment is None:
        opened = _open_by_hand(tx, actor, placed, segment.id, now)
        job_of_request(tx, actor, opened, storm.id, segment, policy, now)
        return opened

    job = covering_job(tx, storm.id, placed.snap, treatment, network, policy) if join else None
    joined = job is not None
    if job is None:
        blade_m = typical_blade_m(list_vehicles(tx))
        job = add_job(tx, new_job(storm.id, segment, policy, blade_m, treatment, now))
        born = {
            "segment": segment.id,
            "treatment": treatment,
            "passes": job.passes,
            "service_class": job.service_class,
        }
        add_event(tx, now, actor, "job.added", f"job:{job.id}", after=born)

    opened = replace(placed, state=RequestState.OPEN, job_id=job.id)
    save_request(tx, opened)
    if joined and is_planned(tx, job.id):
        mark_one_planned(tx, opened.id, now)
    after = {"state": opened.state, "job": job.id, "joined": joined, "segment": segment.id}
    add_event(tx, now, actor, "request.opened", subject_of(opened), {"state": placed.state}, after)
    return opened


def back_to_waiting(tx: Tx, actor: Actor, asked: ServiceRequest, now: datetime) -> ServiceRequest:
    """Take a request off a job that will not be done; its place is kept for the next storm."""
    if asked.state is not RequestState.OPEN:
        raise wrong_state(asked)
    waiting = replace(asked, state=RequestState.NEW, job_id=None)
    save_request(tx, waiting)
    before = {"state": asked.state, "job": asked.job_id}
    add_event(tx, now, actor, "request.waits", subject_of(asked), before, {"state": waiting.state})
    return waiting


def place_anew(
    tx: Tx,
    actor: Actor,
    asked: ServiceRequest,
    network: StreetNetwork,
    policy: Policy,
    likely: Collection[SegmentId],
    now: datetime,
) -> ServiceRequest:
    """Place a waiting request by its pin on streets that have changed, `likely` ones before others.

    Where no street is near, it loses its place and waits for a human.
    """
    snap = likeliest(network, asked.location, likely) if asked.location else None
    placed = replace(asked, snap=snap)
    if snap is not None:
        return _place(tx, actor, placed, network, policy, now)
    save_request(tx, placed)
    add_event(tx, now, actor, "request.waits", subject_of(asked), after={"state": asked.state})
    return placed


def likeliest(network: StreetNetwork, pin: LonLat, likely: Collection[SegmentId]) -> Snap | None:
    """Return the street that a pin means: one of `likely` where it is near, else the nearest."""
    near = network.nearby(pin, PIN_M)
    close = [snap for snap in near if snap.distance_m <= near[0].distance_m + BESIDE_M]
    return next((snap for snap in close if snap.segment_id in likely), near[0] if near else None)


def wrong_state(asked: ServiceRequest) -> ConflictError:
    """Return what says that the request is in no state for a change."""
    return ConflictError(
        f"request {asked.reference} is {asked.state}",
        reason="request_state",
        request=asked.id,
        reference=asked.reference,
        state=str(asked.state),
    )


def subject_of(asked: ServiceRequest) -> str:
    """Return what the storm book calls a request."""
    return f"request:{asked.id}"


def _place(
    tx: Tx,
    actor: Actor,
    placed: ServiceRequest,
    network: StreetNetwork,
    policy: Policy,
    now: datetime,
    *,
    join: bool = True,
) -> ServiceRequest:
    storm = find_active_storm(tx)
    if storm is not None:
        return open_work(tx, actor, placed, storm, network, policy, now, join=join)
    require_present(tx, network)
    mark_placed(tx, placed.id, now)
    save_request(tx, placed)
    segment_id = placed.snap.segment_id if placed.snap else None
    add_event(tx, now, actor, "request.placed", subject_of(placed), after={"segment": segment_id})
    return placed


def _open_by_hand(
    tx: Tx, actor: Actor, placed: ServiceRequest, segment_id: SegmentId, now: datetime
) -> ServiceRequest:
    opened = replace(placed, state=RequestState.OPEN)
    save_request(tx, opened)
    after = {"state": opened.state, "segment": segment_id}
    add_event(tx, now, actor, "request.opened", subject_of(opened), {"state": placed.state}, after)
    return opened


def find_place(
    asked: ServiceRequest, network: StreetNetwork, geocoder: Geocoder
) -> tuple[LonLat, Snap] | None:
    """Return where a request is: by its pin, else by its words where they leave no doubt."""
    if asked.location is not None:
        snap = network.nearest(asked.location, PIN_M)
        return None if snap is None else (asked.location, snap)
    candidates = geocoder.candidates(asked.address) or geocoder.candidates(asked.text)
    if not candidates or not candidates[0].confident:
        return None
    best = candidates[0]
    near = network.nearby(best.point, PIN_M)
    found = next((each for each in near if each.segment_id == best.segment_id), None)
    return None if found is None else (best.point, replace(found, side=best.side))


def _get_waiting(tx: Tx, request_id: RequestId) -> ServiceRequest:
    asked = get_request(tx, request_id)
    if asked.state is not RequestState.NEW:
        raise wrong_state(asked)
    return asked


def _caller(report: Report) -> Caller:
    return Caller(
        name=report.caller_name,
        phone=report.caller_phone,
        salt=secrets.token_bytes(SALT_BYTES),
        email=report.caller_email,
        language=report.language,
        consent=report.consent,
    )


def caller_digest(who: Caller) -> str:
    """Return what the storm book says in place of who called."""
    return salted_digest(who.salt, "\n".join((who.name, who.phone, *filter(None, [who.email]))))


def salted_digest(salt: bytes, text: str) -> str:
    """Return what nobody can turn back into the text, nor guess once the salt is gone."""
    return hashlib.sha256(salt + text.encode()).hexdigest()
