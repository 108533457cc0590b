"""Users and the record of who did what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import NamedTuple

from data.model.ids import SegmentId, SessionId, ShiftId, UserId


class Role(StrEnum):
    """What a user may do."""

    ADMINISTRATOR = "administrator"
    DISPATCHER = "dispatcher"
    OPERATOR = "operator"
    DRIVER = "driver"
    COUNCIL = "council"
    SUPERVISOR = "supervisor"
    WALL = "wall"
    CREW = "crew"


class ActorKind(StrEnum):
    """Who can cause an event."""

    USER = "user"
    DEVICE = "device"
    CITIZEN = "citizen"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in; who is `disabled` may not any more. `phone` is to call drivers.

    Of somebody `of_province`, the province keeps password, second step and roles. `name` is what
    colleagues call the user, empty where nobody wrote it down. `district` is the one that the
    council's page opens with, empty for the whole city.
    """

    id: UserId
    login: str
    roles: tuple[Role, ...]
    language: str
    password_hash: str
    disabled: bool = False
    phone: str = ""
    of_province: bool = False
    name: str = ""
    district: str = ""

    @property
    def has_password(self) -> bool:
        """Whether a password lets the user in; who is invited or drives by codes has none."""
        return self.password_hash != "" and not self.password_hash.startswith("!")


@dataclass(frozen=True, slots=True)
class CityRoles:
    """What a person of a province may do in one of its cities, by the name of its folder."""

    user_id: UserId
    city: str
    roles: tuple[Role, ...]


class CodeKind(StrEnum):
    """What a sign-in code is for."""

    DRIVER = "driver"
    CREW = "crew"
    PHONE = "phone"
    INVITATION = "invitation"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class SignInCode:
    """Lets somebody in without a password until it expires; only its digest is kept."""

    digest: str
    kind: CodeKind
    user_id: UserId
    expires_at: datetime
    shift_id: ShiftId | None = None


class SignInMethod(StrEnum):
    """How a session began."""

    PASSWORD = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody is signed in; of its secret text only the digest is kept."""

    id: SessionId
    digest: str
    user_id: UserId
    method: SignInMethod
    begun_at: datetime
    used_at: datetime
    expires_at: datetime
    address: str
    browser: str
    begun_from: SessionId | None = None


@dataclass(frozen=True, slots=True)
class EntryTicket:
    """A right, used once, to begin a session in a city from a session at its province.

    `state` is of the browser that asked for it; of its text only the digest is kept.
    """

    digest: str
    session_id: SessionId
    city: str
    state: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """A user's time-based codes: a salt of the secret, and the step of the last code used.

    It is asked for from `confirmed_at` on.
    """

    user_id: UserId
    salt: str
    begun_at: datetime
    confirmed_at: datetime | None
    last_step: int


class Actor(NamedTuple):
    """Who did it."""

    kind: ActorKind
    id: str


class SubjectName(NamedTuple):
    """What a subject of the audit log is called, "" without a name, and the segment it lies on."""

    name: str = ""
    segment_id: SegmentId | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit log: append-only and hash-chained."""

    id: int
    at: datetime
    actor: Actor
    verb: str
    subject: str
    before: Mapping[str, object]
    after: Mapping[str, object]
    previous_hash: str
    hash: str
