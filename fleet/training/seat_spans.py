"""Who sat in which seat of a rehearsal, and from when to when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from data.model import Event, Role, UserId, VehicleId
from data.store.accounts.accounts import list_users
from data.store.database.engine import Tx
from data.store.replay import list_events_between

TAKEN, LEFT = "training.seat_taken", "training.seat_left"

MOST_LINES = 2_000
"""Lines about seats that are looked at."""


@dataclass(frozen=True, slots=True)
class Trainee:
    """Somebody who played a role; drivers a vehicle's."""

    login: str
    role: Role
    vehicle_id: VehicleId | None = None


class Sitting(NamedTuple):
    """A time in which somebody sat in a seat."""

    since: datetime
    until: datetime

    def has(self, at: datetime) -> bool:
        """Whether a moment is within it."""
        return self.since <= at <= self.until


Sittings = Sequence[Sitting]


def seat_spans(tx: Tx, since: datetime, until: datetime) -> dict[Trainee, Sittings]:
    """Return when people sat in their seats, who sat down first first.

    Who changes to another vehicle leaves the one before.
    """
    logins = {one.id: one.login for one in list_users(tx)}
    lines = list_events_between(tx, [TAKEN, LEFT], since, until, MOST_LINES)
    found: dict[Trainee, list[Sitting]] = {}
    sits: dict[tuple[str, Role], tuple[Trainee, datetime]] = {}
    for line in lines:
        seat = _seat_of(line, logins)
        if seat is None:
            continue
        _stand_up(found, sits.pop((seat.login, seat.role), None), line.at)
        if line.verb == TAKEN:
            found.setdefault(seat, [])
            sits[seat.login, seat.role] = seat, line.at
    for one in sits.values():
        _stand_up(found, one, until)
    return {seat: tuple(spans) for seat, spans in found.items()}


def seated_share(spans: Iterable[Sitting], since: datetime, until: datetime) -> float:
    """Return the share of a time in which somebody sat, 0 to 1."""
    times = (min(one.until, until) - max(one.since, since) for one in spans)
    sat = sum((max(each, timedelta(0)) for each in times), timedelta(0))
    return sat / (until - since) if until > since else 1.0


def _stand_up(
    found: Mapping[Trainee, list[Sitting]], sat: tuple[Trainee, datetime] | None, at: datetime
) -> None:
    if sat is not None:
        seat, since = sat
        found[seat].append(Sitting(since, at))


def _seat_of(line: Event, logins: Mapping[UserId, str]) -> Trainee | None:
    """Return whose seat a line of the audit log is about; `None` where nobody knows them."""
    login = logins.get(UserId(int(line.subject.partition(":")[2])))
    after = line.after or {}
    if login is None:
        return None
    vehicle_id = after.get("vehicle")
    return Trainee(
        login,
        Role(str(after["role"])),
        None if vehicle_id is None else VehicleId(int(str(vehicle_id))),
    )
