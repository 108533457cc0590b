"""Seats of a rehearsal: what trainees play, taken and left by themselves."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse

from api.training.leading import leads
from api.web.checked_route import CheckedRoute
from api.web.context import Allowed, Context
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Wire
from data.errors import ForbiddenError
from data.model import Role, UserId, VehicleId
from data.store.database.engine import Tx
from fleet.accounts.people import all_people, known_person
from fleet.setup.machine_list import machines_in_use
from fleet.training.events import scenario_of
from fleet.training.rehearsal import known_training
from fleet.training.seats import PLAYED, leave_seat, open_roles, seats_of, take_seat
from maps.training.instructor import scenario_head
from maps.training.seats import SeatRow, seat_rows

router = APIRouter(route_class=CheckedRoute)

TraineeContext = Annotated[Context, Depends(Allowed((Role.ADMINISTRATOR, *PLAYED)))]


class LeftSeatIn(Wire):
    """A role that is left to the simulation; an instructor may say whose."""

    role: Role
    user_id: UserId | None = None


class SeatIn(Wire):
    """A role, for a driver with his machine."""

    role: Role
    vehicle_id: VehicleId | None = None


@router.get("/training/seats")
def seats_page(request: Request, context: TraineeContext) -> HTMLResponse:
    """Show who plays what in the rehearsal, and let the reader take a seat."""
    with context.reading() as tx:
        training = known_training(tx)
        rows = _rows(tx, context)
    view = {
        "boot": boot_of(request, context),
        "head": scenario_head(scenario_of(training), translator_of(request)),
        "desks": [row for row in rows if row.vehicle_id is None],
        "machines": [row for row in rows if row.vehicle_id is not None],
        "leads": leads(context),
    }
    return page(request, "training/seats.html", view)


@router.post("/api/training/seats")
def take_one_seat(wanted: SeatIn, context: TraineeContext) -> tuple[SeatRow, ...]:
    """Play a role from now on, in the simulation's place."""
    with context.writing() as tx:
        known_training(tx)
        role, vehicle_id = wanted.role, wanted.vehicle_id
        take_seat(tx, context.actor, context.user, role, vehicle_id, context.now)
        return _rows(tx, context)


@router.post("/api/training/seats/leave")
def leave_one_seat(wanted: LeftSeatIn, context: TraineeContext) -> tuple[SeatRow, ...]:
    """Leave a role to the simulation: one's own, or who leads, that of somebody who has gone."""
    with context.writing() as tx:
        known_training(tx)
        user = context.user if wanted.user_id is None else known_person(tx, wanted.user_id)
        if user.id != context.user.id and not leads(context):
            raise ForbiddenError("your role does not allow this")
        leave_seat(tx, context.actor, user, wanted.role, context.now)
        return _rows(tx, context)


def names_of_people(tx: Tx) -> dict[UserId, str]:
    """Return what everybody is called, by the sign-in name where nobody wrote a name down."""
    return {one.id: one.name or one.login for one in all_people(tx)}


def _rows(tx: Tx, context: Context) -> tuple[SeatRow, ...]:
    roles = open_roles(context.user)
    people, machines = names_of_people(tx), machines_in_use(tx)
    return seat_rows(seats_of(tx), context.user, roles, people, machines)
