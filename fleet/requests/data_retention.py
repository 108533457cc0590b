"""Data retention: personal data goes after its time, or at a person's request; work stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.errors import InvalidError, Need
from data.geocode.text.normalization import normal
from data.model import Actor, LonLat, RequestId
from data.requests.phone_number import LEAST_DIGITS, plain_number
from data.store.audit.audit_log import add_event
from data.store.crews.crew_jobs import erase_crew_texts
from data.store.database.engine import Tx
from data.store.messages.handover_notes import erase_notes
from data.store.messages.messages import erase_messages
from data.store.public.street_watches import (
    count_watches_of,
    remove_ended_watches,
    remove_old_watches,
    remove_watches_of,
)
from data.store.requests.data_retention import (
    erase_people,
    erase_street_sightings,
    forget_photos,
    forget_photos_of,
    list_caller_names,
    list_reached_by,
    move_pins,
    placed_offsets,
    requests_of_email,
    requests_of_number,
    requests_with_people,
)
from data.store.shifts.blockages import erase_blockage_texts
from data.store.shifts.route_answers import erase_answer_texts
from data.store.shifts.vehicle_checks import erase_fault_texts
from data.streets.network import StreetNetwork
from fleet.requests.caller_privacy import read_callers
from fleet.requests.sms_limits import DAY

ERASED = "callers.erased"
"""Verb of an erasure; its line says how much went, not what."""

PERSON_ERASED = "person.erased"
"""Verb of an erasure; its line names requests, and neither the person nor what was searched."""

EVERY_STORM_FOR = timedelta(days=400)
"""A subscription to a street in every storm goes so long after it was made: after two winters."""

PURPOSE = "erasure"
"""What callers are looked at for before they are erased."""


@dataclass(frozen=True, slots=True)
class ErasedCounts:
    """Counts of erased data; the calling function removes the files of `photos`."""

    callers: int
    requests: int
    photos: tuple[str, ...]
    messages: int = 0
    notes: int = 0
    reports: int = 0
    jobs: int = 0
    watches: int = 0


def erase_old(
    tx: Tx,
    actor: Actor,
    network: StreetNetwork,
    keep_callers_for: timedelta,
    keep_photos_for: timedelta,
    now: datetime,
) -> ErasedCounts:
    """Erase callers, texts, pins and photos older than the retention times.

    What dispatchers and drivers wrote to each other, dispatchers to the next one, crews of their
    work, and drivers of blocked streets, their routes and machines goes as early as what callers
    said.

    The audit log stays as it is: of callers it only has salted digests, and the salt goes with
    the caller.
    """
    ids = requests_with_people(tx, now - keep_callers_for)
    move_pins(tx, on_streets(tx, network, ids))
    callers = erase_people(tx, ids)
    photos = forget_photos(tx, now - keep_photos_for)
    messages = erase_messages(tx, now - keep_callers_for)
    jobs = erase_crew_texts(tx, now - keep_callers_for)
    notes = erase_notes(tx, now - keep_callers_for)
    reports = erase_blockage_texts(tx, now - keep_callers_for)
    reports += erase_answer_texts(tx, now - keep_callers_for)
    reports += erase_fault_texts(tx, now - keep_callers_for)
    reports += erase_street_sightings(tx, now - keep_callers_for)
    watches = remove_old_watches(tx, now - keep_callers_for, now - EVERY_STORM_FOR)
    remove_ended_watches(tx, now - DAY)
    erased = ErasedCounts(callers, len(ids), tuple(photos), messages, notes, reports, jobs, watches)
    if ids or photos or messages or notes or reports or jobs or watches:
        after = {"callers": callers, "requests": len(ids), "photos": len(photos)}
        words = {"messages": messages, "notes": notes, "reports": reports, "jobs": jobs}
        words |= {"watches": watches}
        after |= {kind: n for kind, n in words.items() if n}
        add_event(tx, now, actor, ERASED, "callers", after=after)
    return erased


def on_streets(
    tx: Tx, network: StreetNetwork, ids: list[RequestId]
) -> list[tuple[RequestId, LonLat]]:
    """Return each request's point on its street, to replace the pin at a door."""
    return [
        (request_id, network.point_at(segment_id, offset_m))
        for request_id, (segment_id, offset_m) in placed_offsets(tx, ids).items()
        if network.find(segment_id) is not None
    ]


@dataclass(frozen=True, slots=True)
class PersonSought:
    """Whom to erase: by a phone's number, else an e-mail address, else the whole name."""

    phone: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class PersonFound:
    """What an erasure of a person is about: requests, and subscriptions to streets."""

    requests: Sequence[RequestId]
    watches: int


def requests_of_person(tx: Tx, sought: PersonSought) -> list[RequestId]:
    """Return the requests of a person; raise `InvalidError` where nobody is named.

    A number is compared by its last ten digits, an address however it is capitalized, a name as a
    whole, in any spelling of its letters.
    """
    if sought.phone.strip():
        number = plain_number(sought.phone)
        if not number:
            need = Need("at least {count} digits", count=LEAST_DIGITS)
            raise InvalidError("phone", sought.phone, need)
        return requests_of_number(tx, number)
    if email := sought.email.strip():
        return requests_of_email(tx, email)
    name = normal(sought.name)
    if not name:
        raise InvalidError("name", sought.name, Need("a name, a phone number or an e-mail address"))
    return sorted(key for key, known in list_caller_names(tx).items() if normal(known) == name)


def look_for_person(tx: Tx, actor: Actor, sought: PersonSought, now: datetime) -> PersonFound:
    """Return what an erasure would be about; the look is logged."""
    found = requests_of_person(tx, sought)
    read_callers(tx, actor, found, PURPOSE, now)
    return PersonFound(found, count_watches_of(tx, *_reached_by(tx, sought, found)))


def erase_person(
    tx: Tx, actor: Actor, sought: PersonSought, network: StreetNetwork, now: datetime
) -> ErasedCounts:
    """Erase a person from all their requests; the calling function removes the files of photos.

    Caller, words, address, comments, codes and photos go, pins move onto the street; what was done
    where stays. Subscriptions to streets go by the number or address that was sought, and by those
    that the callers of the requests gave.
    """
    ids = requests_of_person(tx, sought)
    watches = remove_watches_of(tx, *_reached_by(tx, sought, ids))
    move_pins(tx, on_streets(tx, network, ids))
    callers, photos = erase_people(tx, ids), forget_photos_of(tx, ids)
    if ids or watches:
        after = {"callers": callers, "requests": list(ids), "photos": len(photos)}
        after |= {"watches": watches} if watches else {}
        add_event(tx, now, actor, PERSON_ERASED, "callers", after=after)
    return ErasedCounts(callers, len(ids), tuple(photos), watches=watches)


def _reached_by(
    tx: Tx, sought: PersonSought, ids: Sequence[RequestId]
) -> tuple[set[str], set[str]]:
    """Return the numbers in plain digits, and the addresses, at which a person is reached."""
    numbers, emails = list_reached_by(tx, ids)
    return numbers | {plain_number(sought.phone)}, emails | {sought.email.strip()}
