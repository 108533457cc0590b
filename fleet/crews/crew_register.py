"""The register of crews, their hours in a storm, and the code that lets a crew's leader in."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from data.errors import ConflictError, ForbiddenError, InvalidError, Need
from data.model import (
    Actor,
    ActorKind,
    CodeKind,
    Role,
    SignInCode,
    SignInMethod,
    StormId,
    User,
    UserId,
)
from data.model.crews import (
    Crew,
    CrewId,
    CrewJobState,
    CrewShift,
    CrewShiftId,
    CrewWork,
)
from data.store.accounts.accounts import add_user, get_user
from data.store.accounts.sessions import remove_sessions
from data.store.accounts.sign_in_codes import (
    add_code,
    find_code,
    remove_codes,
    remove_expired_codes,
)
from data.store.audit.audit_log import add_event
from data.store.crews.crew_jobs import list_crew_jobs
from data.store.crews.crew_register import (
    add_crew,
    add_crew_shift,
    find_crew_by_name,
    find_crew_of_user,
    get_crew,
    get_crew_shift,
    list_crew_shifts,
    save_crew,
    save_crew_shift,
)
from data.store.database.engine import Tx
from data.store.storms.storms import open_storm
from fleet.accounts.accounts import TOKEN_BYTES, digits_alone, token_digest
from fleet.shifts.driver_codes import NO_PASSWORD, code_digest, new_digits

NOT_YET = CrewId(0)
"""Id of a crew that the database has not numbered yet."""

NO_SHIFT_YET = CrewShiftId(0)

NAME_LETTERS = 60
MOST_PEOPLE = 50
MOST_SHIFT_H = 24.0

OVERTIME = timedelta(hours=2)
"""A code given near the end of a shift lasts at least so long."""


@dataclass(frozen=True, slots=True)
class CrewCode:
    """A code in plain digits and a token that does the same, shown once; the crew, until when."""

    digits: str
    token: str
    crew: Crew
    expires_at: datetime


def enroll_crew(tx: Tx, actor: Actor, wanted: Crew, now: datetime) -> Crew:
    """Add a crew, which gets its id; raise `ConflictError` where its name is taken."""
    crew = add_crew(tx, _checked(tx, replace(wanted, id=NOT_YET)))
    add_event(tx, now, actor, "crew.added", _subject(crew.id), after=_facts(crew))
    return crew


def change_crew(tx: Tx, actor: Actor, crew_id: CrewId, wanted: Crew, now: datetime) -> Crew:
    """Change the description of a crew; its sign-in and retirement stay."""
    before = get_crew(tx, crew_id)
    kept = replace(wanted, id=crew_id, user_id=before.user_id, retired=before.retired)
    after = _checked(tx, kept)
    save_crew(tx, after)
    add_event(tx, now, actor, "crew.changed", _subject(crew_id), _facts(before), _facts(after))
    return after


def retire_crew(tx: Tx, actor: Actor, crew_id: CrewId, now: datetime) -> Crew:
    """Take a crew out of the register, or bring it back; its past stays."""
    before = get_crew(tx, crew_id)
    after = replace(before, retired=not before.retired)
    save_crew(tx, after)
    change = {"retired": before.retired}, {"retired": after.retired}
    add_event(tx, now, actor, "crew.retired", _subject(crew_id), *change)
    return after


def put_on_duty(
    tx: Tx,
    actor: Actor,
    storm_id: StormId,
    crew_id: CrewId,
    now: datetime,
    starts_at: datetime | None = None,
    hours_h: float | None = None,
) -> CrewShift:
    """Give a crew hours in a storm, from now and for its usual hours where nothing is said.

    Raises `ConflictError` where it has hours at that time already.
    """
    open_storm(tx, storm_id)
    crew = get_crew(tx, crew_id)
    begins, hours = starts_at or now, crew.shift_h if hours_h is None else hours_h
    if not 0 < hours <= MOST_SHIFT_H:
        raise InvalidError("hours_h", hours, Need("at most {most}", most=MOST_SHIFT_H))
    shift = CrewShift(NO_SHIFT_YET, storm_id, crew_id, begins, begins + timedelta(hours=hours))
    if crew.retired:
        raise ConflictError(f"{crew.name} is retired", reason="crew_retired", name=crew.name)
    if any(_same_hours(shift, other) for other in list_crew_shifts(tx, storm_id)):
        raise ConflictError(f"{crew.name} is on duty then", reason="crew_on_duty", name=crew.name)
    added = add_crew_shift(tx, shift)
    after = {
        "storm": storm_id,
        "starts_at": added.starts_at.isoformat(),
        "ends_at": added.ends_at.isoformat(),
    }
    add_event(tx, now, actor, "crew.on_duty", _subject(crew_id), after=after)
    return added


def send_home(tx: Tx, actor: Actor, shift_id: CrewShiftId, now: datetime) -> CrewShift:
    """End a crew's shift; jobs not begun reopen, and its code expires.

    Raises `ConflictError` while it is at a job.
    """
    shift = get_crew_shift(tx, shift_id)
    open_storm(tx, shift.storm_id)
    crew = get_crew(tx, shift.crew_id)
    if shift.ended_at is not None:
        return shift
    begun = list_crew_jobs(tx, shift.storm_id, {CrewJobState.STARTED})
    if any(job.crew_id == crew.id for job in begun):
        raise ConflictError(f"{crew.name} is at a job", reason="crew_busy")
    ended = replace(shift, ended_at=max(now, shift.starts_at))
    save_crew_shift(tx, ended)
    if crew.user_id is not None:
        remove_codes(tx, crew.user_id, CodeKind.CREW)
    add_event(tx, now, actor, "crew.sent_home", _subject(crew.id), after={"storm": shift.storm_id})
    return ended


def find_duty(tx: Tx, storm_id: StormId, crew_id: CrewId, now: datetime) -> CrewShift | None:
    """Return the hours that a crew has now, else the next ones, else the last."""
    mine = [one for one in list_crew_shifts(tx, storm_id) if one.crew_id == crew_id]
    ahead = [one for one in mine if one.ended_at is None and one.ends_at > now]
    return next(iter(ahead), mine[-1] if mine else None)


def give_crew_code(
    tx: Tx, actor: Actor, shift_id: CrewShiftId, secret: bytes, language: str, now: datetime
) -> CrewCode:
    """Issue a new sign-in code for a crew's shift; older codes, and sessions by them, end."""
    shift = get_crew_shift(tx, shift_id)
    crew = get_crew(tx, shift.crew_id)
    if shift.ended_at is not None:
        raise ConflictError(f"{crew.name} has gone home", reason="crew_at_home", name=crew.name)
    remove_expired_codes(tx, now)
    leader = _leader(tx, actor, crew, language, now)
    remove_codes(tx, leader.id, CodeKind.CREW)
    remove_sessions(tx, leader.id, method=SignInMethod.CODE)
    digits = new_digits(tx, secret, now)
    expires_at = max(shift.ends_at, now + OVERTIME)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    for digest in (code_digest(digits, secret), token_digest(token)):
        add_code(tx, SignInCode(digest, CodeKind.CREW, leader.id, expires_at))
    after = {"expires_at": expires_at.isoformat()}
    add_event(tx, now, actor, "crew.code_given", _subject(crew.id), after=after)
    return CrewCode(digits, token, get_crew(tx, crew.id), expires_at)


def enter_crew_code(tx: Tx, text: str, secret: bytes, now: datetime) -> User | None:
    """Return who signs in for the crew that a code lets in, or `None`."""
    return _entered(tx, code_digest(digits_alone(text), secret), now)


def own_shift_of_crew(tx: Tx, leader_id: UserId, shift_id: CrewShiftId) -> CrewShift:
    """Return a shift of the crew that somebody leads; raise `ForbiddenError` for another's."""
    shift, crew = get_crew_shift(tx, shift_id), find_crew_of_user(tx, leader_id)
    if crew is None or shift.crew_id != crew.id:
        raise ForbiddenError("this is another crew's shift")
    return shift


def known_crew_shift(tx: Tx, shift_id: CrewShiftId) -> tuple[Crew, CrewShift]:
    """Return a shift of a crew, and which crew it is."""
    shift = get_crew_shift(tx, shift_id)
    return get_crew(tx, shift.crew_id), shift


def enter_crew_token(tx: Tx, token: str, now: datetime) -> User | None:
    """Return who signs in for the crew that a token lets in, which a QR code holds, or `None`."""
    return _entered(tx, token_digest(token), now)


def _entered(tx: Tx, digest: str, now: datetime) -> User | None:
    code = find_code(tx, digest, CodeKind.CREW, now)
    if code is None:
        return None
    leader, crew = get_user(tx, code.user_id), find_crew_of_user(tx, code.user_id)
    if crew is None or leader.disabled or leader.roles != (Role.CREW,):
        return None
    actor = Actor(ActorKind.USER, leader.login)
    add_event(tx, now, actor, "crew.signed_in", _subject(crew.id))
    return leader


def _same_hours(shift: CrewShift, other: CrewShift) -> bool:
    mine = other.crew_id == shift.crew_id and other.ended_at is None
    return mine and other.starts_at < shift.ends_at and shift.starts_at < other.ends_at


def _leader(tx: Tx, actor: Actor, crew: Crew, language: str, now: datetime) -> User:
    """Return the user account of a crew's leader, made at first use."""
    if crew.user_id is not None:
        return get_user(tx, crew.user_id)
    spoken = crew.language or language
    leader = add_user(tx, f"crew-{crew.id}", [Role.CREW], spoken, NO_PASSWORD)
    save_crew(tx, replace(crew, user_id=UserId(leader.id)))
    after = {"login": leader.login, "roles": [Role.CREW], "language": spoken}
    add_event(tx, now, actor, "user.added", f"user:{leader.id}", after=after)
    return leader


def _checked(tx: Tx, wanted: Crew) -> Crew:
    """Return a normalized crew; raise `InvalidError` for a field that breaks a rule."""
    crew = replace(
        wanted,
        name=wanted.name.strip(),
        works=tuple(work for work in CrewWork if work in wanted.works),
        base_name=wanted.base_name.strip(),
        contact=wanted.contact.strip(),
    )
    if not 0 < len(crew.name) <= NAME_LETTERS:
        raise InvalidError(
            "name", crew.name, Need("at most {max_length} characters", max_length=NAME_LETTERS)
        )
    other = find_crew_by_name(tx, crew.name)
    if other is not None and other.id != crew.id:
        raise ConflictError(f"there is a crew {other.name}", reason="crew_name", name=other.name)
    if crew.size > MOST_PEOPLE:
        raise InvalidError("size", crew.size, Need("at most {most}", most=MOST_PEOPLE))
    if not 0 < crew.shift_h <= MOST_SHIFT_H:
        raise InvalidError("shift_h", crew.shift_h, Need("at most {most}", most=MOST_SHIFT_H))
    return crew


def _facts(crew: Crew) -> dict[str, object]:
    """Return the crew's fields for the audit log; the contact is somebody's phone and left out."""
    return {
        "name": crew.name,
        "size": crew.size,
        "works": list(crew.works),
        "drives": crew.drives,
        "shift_h": crew.shift_h,
        "rate_h": crew.rate_h,
    }


def _subject(crew_id: CrewId) -> str:
    return f"crew:{crew_id}"


def lead_crew(tx: Tx, crew_id: CrewId, user_id: UserId) -> None:
    """Let somebody sign in for a crew."""
    save_crew(tx, replace(get_crew(tx, crew_id), user_id=user_id))
