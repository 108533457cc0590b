"""People of the set-up: who may sign in, as what, and who has not come yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model import Role, SignInCode, User


class AccountState(StrEnum):
    """Whether somebody may sign in; `LAPSED` was invited in vain."""

    ACTIVE = "active"
    INVITED = "invited"
    LAPSED = "lapsed"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class PersonView:
    """A row of the list."""

    id: int
    login: str
    roles: tuple[Role, ...]
    language: str
    state: AccountState
    invited_until: datetime | None


def people_view(
    users: Iterable[User], invitations: Iterable[SignInCode], now: datetime
) -> list[PersonView]:
    """Return everybody who may or might sign in; `invitations` are those still kept."""
    open_until = {code.user_id: code.expires_at for code in invitations if code.expires_at > now}
    return [person_view(user, open_until.get(user.id)) for user in users]


def person_view(user: User, invited_until: datetime | None) -> PersonView:
    """Return one row."""
    return PersonView(
        id=user.id,
        login=user.login,
        roles=user.roles,
        language=user.language,
        state=_state(user, invited_until),
        invited_until=None if user.disabled else invited_until,
    )


def _state(user: User, invited_until: datetime | None) -> AccountState:
    if user.disabled:
        return AccountState.DISABLED
    if user.password_hash:
        return AccountState.ACTIVE
    return AccountState.LAPSED if invited_until is None else AccountState.INVITED
