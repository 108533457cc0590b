"""Accounts and invitations as the set-up lists them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model import Role, SignInCode, User, UserId


class AccountState(StrEnum):
    """State of an account or invitation; `LAPSED` is an invitation that expired unused.

    Of an account `OF_PROVINCE`, password and roles are not the city's.
    """

    ACTIVE = "active"
    INVITED = "invited"
    LAPSED = "lapsed"
    DISABLED = "disabled"
    OF_PROVINCE = "province"


@dataclass(frozen=True, slots=True)
class PersonView:
    """An account or invitation as a row of the list."""

    id: int
    login: str
    name: str
    phone: str
    roles: tuple[Role, ...]
    language: str
    state: AccountState
    invited_until: datetime | None
    sessions: int
    forgot_at: datetime | None


def people_view(
    users: Iterable[User],
    invitations: Iterable[SignInCode],
    sessions: Mapping[UserId, int],
    waiting: Mapping[UserId, datetime],
    now: datetime,
) -> list[PersonView]:
    """Return a row for each account and for each stored invitation.

    `sessions` says in how many browsers each user is signed in, `waiting` who asked for a new
    password when.
    """
    open_until = {code.user_id: code.expires_at for code in invitations if code.expires_at > now}
    return [
        PersonView(
            id=user.id,
            login=user.login,
            name=user.name,
            phone=user.phone,
            roles=user.roles,
            language=user.language,
            state=_state(user, open_until.get(user.id)),
            invited_until=None if user.disabled else open_until.get(user.id),
            sessions=sessions.get(user.id, 0),
            forgot_at=None if user.disabled else waiting.get(user.id),
        )
        for user in users
    ]


def _state(user: User, invited_until: datetime | None) -> AccountState:
    if user.disabled:
        return AccountState.DISABLED
    if user.of_province:
        return AccountState.OF_PROVINCE
    if user.password_hash:
        return AccountState.ACTIVE
    return AccountState.LAPSED if invited_until is None else AccountState.INVITED
