"""Seats of a rehearsal, as trainees and the instructor see them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import Event, LonLat, Role, ShiftId, User, UserId, Vehicle, VehicleId
from data.model.training.live_training import TrainingCall, TrainingSeat
from data.streets.network import StreetNetwork
from maps.pages.i18n import Translator
from maps.pages.menu import knows_page, name_of_page
from maps.reports.audit_log import sentence
from maps.streets.street import called, street_name
from maps.training.timeline import TimelineWords

NEAR_M = 60.0
"""As far from a street a truck is still on it."""

HOMES: Mapping[Role, str] = {
    Role.OPERATOR: "/operator",
    Role.DISPATCHER: "/",
    Role.SUPERVISOR: "/",
    Role.DRIVER: "/drive",
}
"""Where somebody works who plays a role."""


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A role, or a machine to drive, with who plays it; `open` whether the reader may take it."""

    role: Role
    vehicle_id: VehicleId | None
    machine: str
    players: tuple[str, ...]
    mine: bool
    open: bool
    home: str


@dataclass(frozen=True, slots=True)
class SeatView:
    """Who plays what: the role, a driver's machine, the person, and since when.

    `going` and `blade` are what a driver does with his truck, `doing` what the person did last or
    does now, `typed` what an operator has typed, `page` where an instructor sees what the trainee
    sees, and `page_name` what that page is called, "" where nobody knows what the trainee sees.
    """

    role: Role
    user_id: UserId
    vehicle_id: VehicleId | None
    machine: str
    login: str
    name: str
    since: datetime
    going: bool
    blade: bool
    page: str
    page_name: str
    doing: str
    typed: str


def seat_rows(
    seats: Sequence[TrainingSeat],
    reader: User,
    open_to_him: Collection[Role],
    people: Mapping[UserId, str],
    machines: Iterable[Vehicle],
) -> tuple[SeatRow, ...]:
    """Return all seats for a reader: desks first, then the machines."""
    desks = (Role.OPERATOR, Role.DISPATCHER, Role.SUPERVISOR)
    places: list[tuple[Role, Vehicle | None]] = [(role, None) for role in desks]
    places += [(Role.DRIVER, machine) for machine in machines]
    rows = []
    for role, machine in places:
        vehicle_id = machine.id if machine else None
        here = [one for one in seats if (one.role, one.vehicle_id) == (role, vehicle_id)]
        mine = any(one.user_id == reader.id for one in here)
        taken = role is Role.DRIVER and bool(here)
        rows.append(
            SeatRow(
                role=role,
                vehicle_id=vehicle_id,
                machine=machine.name if machine else "",
                players=tuple(people.get(one.user_id, "") for one in here),
                mine=mine,
                open=role in open_to_him and not taken,
                home=HOMES[role],
            )
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class WatchedScreen:
    """The page that somebody has open, by path and query, and what is typed on it."""

    page: str = ""
    typed: str = ""


NOTHING_SEEN = WatchedScreen()


@dataclass(frozen=True, slots=True)
class WatchedCity:
    """What tells what trainees do: people, machines with their shifts and places, and streets.

    `screens` is what they have on their screens, by sign-in name; `home` are the drivers who have
    ended their shifts.
    """

    users: Mapping[UserId, User]
    machines: Mapping[VehicleId, str]
    shifts: Mapping[VehicleId, ShiftId]
    places: Mapping[VehicleId, LonLat]
    screens: Mapping[str, WatchedScreen]
    home: Collection[UserId]
    network: StreetNetwork


def seat_views(
    seats: Iterable[TrainingSeat],
    city: WatchedCity,
    calls: Iterable[TrainingCall],
    last: Mapping[str, Event],
    around: TimelineWords,
) -> tuple[SeatView, ...]:
    """Return who plays what for the instructor; `last` is what each did last, by sign-in name."""
    on_the_line = {call.taken_by: call.words for call in calls if call.on_the_line}
    views = []
    for seat in seats:
        user = city.users[seat.user_id]
        screen = city.screens.get(user.login, NOTHING_SEEN)
        page = _page_in_view(seat, city, screen.page)
        doing = sentence(last[user.login], around.names, around.t) if user.login in last else ""
        if seat.role is Role.OPERATOR and user.login in on_the_line:
            doing = around.t("On the phone: {words}", words=on_the_line[user.login])
        elif seat.role is Role.DRIVER:
            doing = _driving(seat, city, around.t)
        views.append(
            SeatView(
                role=seat.role,
                user_id=seat.user_id,
                vehicle_id=seat.vehicle_id,
                machine=_machine(seat, city),
                login=user.login,
                name=user.name or user.login,
                since=seat.taken_at,
                going=seat.going,
                blade=seat.blade,
                page=page,
                page_name="" if seat.role is Role.DRIVER else name_of_page(screen.page, around.t),
                doing=doing,
                typed=screen.typed if seat.role is Role.OPERATOR else "",
            )
        )
    return tuple(views)


def _driving(seat: TrainingSeat, city: WatchedCity, t: Translator) -> str:
    if seat.user_id in city.home:
        return t("truck:shift_over")
    if not seat.going:
        does = t("Stands")
    else:
        does = t("Drives, blade down") if seat.blade else t("Drives, blade up")
    place = city.places.get(seat.vehicle_id) if seat.vehicle_id else None
    near = city.network.nearest(place, NEAR_M) if place else None
    if near is None:
        return does
    street = called(street_name(city.network.segment(near.segment_id)), t)
    return t("{what} ({place})", what=does, place=street)


def _machine(seat: TrainingSeat, city: WatchedCity) -> str:
    return city.machines.get(seat.vehicle_id, "") if seat.vehicle_id else ""


def _page_in_view(seat: TrainingSeat, city: WatchedCity, seen: str) -> str:
    """Return where an instructor sees what somebody sees who plays a role.

    A driver's page leads whoever opens it, so that his route is shown instead, and an operator's
    form is his own; of other pages only those of the menu and below are followed.
    """
    if seat.role is not Role.DRIVER:
        page = seen if knows_page(seen) else HOMES[seat.role]
        is_form = seat.role is Role.OPERATOR and page == HOMES[seat.role]
        return f"/training/desks/{seat.user_id}" if is_form else page
    shift = city.shifts.get(seat.vehicle_id) if seat.vehicle_id else None
    return "/" if shift is None else f"/routes/{shift}"
