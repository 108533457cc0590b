"""User accounts: the list in the set-up, and the page that accepts an invitation."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.access.auth import hash_password
from api.access.password_rules import checked_password
from api.accounts.second_step import let_in
from api.web.checked_route import CheckedRoute
from api.web.context import (
    AdminContext,
    Context,
    app_of,
    language_of,
    require_csrf,
)
from api.web.errors import STATUS
from api.web.page_context import boot_of, page, translator_of
from api.web.schemas import Wire
from data.errors import ConflictError, WeakPasswordError
from data.languages import known_language
from data.model import CodeKind, Role, User, UserId
from data.store.accounts.accounts import get_user, list_users
from data.store.accounts.sessions import session_counts
from data.store.accounts.sign_in_codes import list_codes
from data.store.database.engine import Tx, reading, transaction
from fleet.accounts.accounts import (
    LOGIN_LETTERS,
    NAME_LETTERS,
    PHONE_LETTERS,
    accept_invitation,
    change_roles,
    disable,
    enable,
    find_invited,
    give_name,
    invite,
    note_phone,
    reset_password,
)
from fleet.accounts.password_reset import waiting_for_reset
from fleet.accounts.sessions import end_sessions
from maps.accounts.accounts import PersonView, people_view
from maps.pages.error_texts import message_of

router = APIRouter(route_class=CheckedRoute)

Roles = Annotated[list[Role], Field(max_length=len(Role))]
Token = Annotated[str, Path(max_length=100)]
Name = Annotated[str, Field(max_length=NAME_LETTERS)]
Phone = Annotated[str, Field(max_length=PHONE_LETTERS)]
PersonId = Annotated[int, Path(ge=1, lt=2**63)]


class InvitationIn(Wire):
    """A person to invite with a role; `language` is the first language of their pages."""

    login: Annotated[str, Field(min_length=1, max_length=LOGIN_LETTERS)]
    roles: Roles
    language: str
    name: Name = ""
    phone: Phone = ""


class RolesIn(Wire):
    """The new roles of a person."""

    roles: Roles


class ContactIn(Wire):
    """What colleagues call a person, and the number; empty forgets them."""

    name: Name
    phone: Phone


class InvitedOut(BaseModel):
    """A person with their invitation link, which works once and is not shown again."""

    person: PersonView
    path: str


@router.get("/setup/people")
def people_page(request: Request, context: AdminContext) -> Response:
    """Show the users and their roles."""
    return page(request, "accounts/accounts.html", {"boot": boot_of(request, context)})


@router.get("/api/people")
def list_accounts(context: AdminContext) -> list[PersonView]:
    """Return all users: active, invited and disabled."""
    with context.reading() as tx:
        return _people(tx, list_users(tx), context)


@router.post("/api/people", status_code=201)
def create_invitation(wanted: InvitationIn, context: AdminContext) -> InvitedOut:
    """Create a user with an invitation link, by which they choose a password."""
    known_language(wanted.language)
    login = wanted.login.strip()
    with context.writing() as tx:
        args = (login, wanted.roles, wanted.language, context.now)
        user, token = invite(tx, context.actor, *args)
        if wanted.name.strip():
            user = give_name(tx, context.actor, user.id, wanted.name, context.now)
        if wanted.phone.strip():
            user = note_phone(tx, context.actor, user.login, wanted.phone, context.now)
        return InvitedOut(person=_person(tx, user, context), path=f"/welcome/{token}")


@router.post("/api/people/{person_id}/invitation", status_code=201)
def renew_invitation(person_id: PersonId, context: AdminContext) -> InvitedOut:
    """Create a new invitation link, for choosing another password."""
    with context.writing() as tx:
        token = reset_password(tx, context.actor, UserId(person_id), context.now)
        user = get_user(tx, UserId(person_id))
        return InvitedOut(person=_person(tx, user, context), path=f"/welcome/{token}")


@router.post("/api/people/{person_id}/roles")
def update_roles(person_id: PersonId, wanted: RolesIn, context: AdminContext) -> PersonView:
    """Change a person's roles."""
    with context.writing() as tx:
        user = change_roles(tx, context.actor, UserId(person_id), wanted.roles, context.now)
        return _person(tx, user, context)


@router.post("/api/people/{person_id}/contact")
def update_contact(person_id: PersonId, wanted: ContactIn, context: AdminContext) -> PersonView:
    """Write down what colleagues call a person, and the number for calls and new passwords."""
    with context.writing() as tx:
        user = get_user(tx, UserId(person_id))
        if wanted.name.strip() != user.name:
            user = give_name(tx, context.actor, user.id, wanted.name, context.now)
        user = note_phone(tx, context.actor, user.login, wanted.phone, context.now)
        return _person(tx, user, context)


@router.post("/api/people/{person_id}/disable")
def disable_account(person_id: PersonId, context: AdminContext) -> PersonView:
    """Disable a person's account at once."""
    with context.writing() as tx:
        user = disable(tx, context.actor, UserId(person_id), context.now)
        return _person(tx, user, context)


@router.post("/api/people/{person_id}/enable")
def enable_account(person_id: PersonId, context: AdminContext) -> PersonView:
    """Enable a person's account again."""
    with context.writing() as tx:
        user = enable(tx, context.actor, UserId(person_id), context.now)
        return _person(tx, user, context)


@router.post("/api/people/{person_id}/sign-out")
def sign_somebody_out(person_id: PersonId, context: AdminContext) -> PersonView:
    """End all sessions of a person."""
    with context.writing() as tx:
        end_sessions(tx, context.actor, UserId(person_id), context.now)
        return _person(tx, get_user(tx, UserId(person_id)), context)


@router.get("/welcome/{token}")
def welcome_page(request: Request, token: Token) -> Response:
    """Show the page where an invited person chooses a password."""
    app = app_of(request)
    with reading(app.engine) as tx:
        user = find_invited(tx, token, app.clock.now())
    request.state.language = language_of(request, user)
    if user is None:
        return _welcome(request, None, _over(request), STATUS["conflict"])
    return _welcome(request, user.login)


@router.post("/welcome/{token}", dependencies=[Depends(require_csrf)])
def accept_invitation_form(
    request: Request, token: Token, password: Annotated[str, Form(max_length=1000)]
) -> Response:
    """Set the password of an invited person and sign them in, with the second step if it is on."""
    app = app_of(request)
    now = app.clock.now()
    with reading(app.engine) as tx:
        invited = find_invited(tx, token, now)
    if invited is None:
        return _welcome(request, None, _over(request), STATUS["conflict"])
    try:
        names = (invited.login, app.city.name)
        password_hash = hash_password(checked_password("password", password, *names))
    except WeakPasswordError as error:
        message = message_of(error, translator_of(request))
        return _welcome(request, invited.login, message, STATUS[error.code])
    with transaction(app.engine) as tx:
        user = accept_invitation(tx, token, password_hash, now)
    return let_in(request, user, "/")


def _person(tx: Tx, user: User, context: Context) -> PersonView:
    return _people(tx, [user], context)[0]


def _people(tx: Tx, users: Sequence[User], context: Context) -> list[PersonView]:
    sessions = session_counts(tx, context.app.sessions.now())
    invitations = list_codes(tx, CodeKind.INVITATION)
    waiting = waiting_for_reset(tx, context.now)
    return people_view(users, invitations, sessions, waiting, context.now)


def _over(request: Request) -> str:
    over = ConflictError("the invitation is used or too old", reason="invitation_over")
    return message_of(over, translator_of(request))


def _welcome(request: Request, login: str | None, error: str = "", status: int = 200) -> Response:
    return page(request, "accounts/welcome.html", {"login": login, "error": error}, status)
