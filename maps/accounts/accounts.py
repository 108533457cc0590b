"""People of the set-up: who may sign in, as what, and who has not come yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from data.model import Role, SignInCode, User


@dataclass(frozen=True, slots=True)
class PersonView:
    """A row of the list; `state` is active, invited, lapsed (invited in vain) or disabled."""

    id: int
    login: str
    roles: tuple[Role, ...]
    language: str
    state: str
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


def _state(user: User, invited_until: datetime | None) -> str:
    if user.disabled:
        return "disabled"
    if user.password_hash:
        return "active"
    return "lapsed" if invited_until is None else "invited"
