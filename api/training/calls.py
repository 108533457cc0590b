"""The operator's phone in a rehearsal: what rings, who is on the line, and what came of it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import HTMLResponse

from api.training.leading import InstructorContext
from api.training.seats import names_of_people
from api.web.checked_route import CheckedRoute
from api.web.context import CallerContext
from api.web.page_context import boot_of, page
from api.web.schemas import Wire
from data.model import Role, User, UserId
from data.model.training.live_training import TrainingCallId
from data.store.database.engine import Tx
from fleet.accounts.people import known_person
from fleet.requests.intake import SHORT_LETTERS, TEXT_LETTERS
from fleet.training.calls import answer_call, end_call, open_calls
from fleet.training.rehearsal import known_training
from fleet.training.seats import plays, require_seat, seats_of
from maps.training.calls import DeskView, PhoneView, desk_view, phone_view

router = APIRouter(route_class=CheckedRoute)


class ScreenIn(Wire):
    """What an operator has typed so far, and the place that he has chosen."""

    words: Annotated[str, Field(max_length=TEXT_LETTERS)] = ""
    place: Annotated[str, Field(max_length=SHORT_LETTERS)] = ""


@router.post("/api/training/screen", status_code=204)
def show_screen(screen: ScreenIn, context: CallerContext) -> None:
    """Let who leads the training see what the reader has typed."""
    with context.reading() as tx:
        known_training(tx)
    context.app.desk_screens.type_in(context.user.login, screen.words, screen.place)


@router.get("/api/training/calls")
def get_phone(context: CallerContext) -> PhoneView:
    """Return what rings, and who is on the line with the reader."""
    with context.reading() as tx:
        known_training(tx)
        return _phone(tx, context.user)


@router.post("/api/training/calls/{call_id}/take")
def take_one_call(call_id: TrainingCallId, context: CallerContext) -> PhoneView:
    """Take a call in the operator's seat, or the next one where it rings no more.

    The call that was on the line ends.
    """
    with context.writing() as tx:
        known_training(tx)
        require_seat(tx, context.user, Role.OPERATOR)
        answer_call(tx, context.actor, call_id, context.now, context.app.clock.speed)
        return _phone(tx, context.user)


@router.post("/api/training/calls/{call_id}/end")
def end_one_call(call_id: TrainingCallId, context: CallerContext) -> PhoneView:
    """Hang up without a request: one that is recorded ends its call by itself."""
    with context.writing() as tx:
        known_training(tx)
        end_call(tx, context.actor, call_id, context.now)
        return _phone(tx, context.user)


@router.get("/training/desks/{user_id}")
def desk_page(user_id: UserId, request: Request, context: InstructorContext) -> HTMLResponse:
    """Show the desk of an operator to who leads the training."""
    with context.reading() as tx:
        known_training(tx)
        person = known_person(tx, user_id)
    view = {"boot": boot_of(request, context), "name": person.name or person.login}
    return page(request, "training/desk.html", view)


@router.get("/api/training/desks/{user_id}")
def get_desk(user_id: UserId, context: InstructorContext) -> DeskView:
    """Return what rings on the desk of an operator, who is on the line, and what is typed."""
    with context.reading() as tx:
        known_training(tx)
        person = known_person(tx, user_id)
        phone = _phone(tx, person)
    screen = context.app.desk_screens.of(person.login)
    return desk_view(person.name or person.login, phone, screen.words, screen.place)


def _phone(tx: Tx, user: User) -> PhoneView:
    seated = plays(tx, user, Role.OPERATOR)
    players = () if seated else _players(tx)
    return phone_view(open_calls(tx), user.login, players, seated=seated)


def _players(tx: Tx) -> Sequence[str]:
    """Return the names of those who play the operator."""
    seated = [one.user_id for one in seats_of(tx) if one.role is Role.OPERATOR]
    names = names_of_people(tx) if seated else {}
    return [names[one] for one in seated]
