"""People who sign in, and trackers that send positions."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from data.errors import ConflictError, InvalidError, Need, NotFoundError
from data.files.csv_sheet import latin_digits
from data.model import (
    Actor,
    ActorKind,
    CodeKind,
    Device,
    Role,
    SessionId,
    SignInCode,
    User,
    UserId,
)
from data.store.accounts.accounts import (
    add_device,
    add_user,
    find_device_by_name,
    find_user_by_login,
    get_user,
    list_users,
    set_disabled,
    set_name,
    set_password_hash,
    set_phone,
    set_roles,
)
from data.store.accounts.sessions import remove_sessions
from data.store.accounts.sign_in_codes import add_code, find_code, remove_codes
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.store.setup.machines import find_vehicle_by_name
from data.training.players import PLAYED_BY_SIMULATION

LOGIN_LETTERS = 64
TOKEN_BYTES = 32
TRACKER_LETTERS = 60
"""Length of a tracker's name, the `id` of the OsmAnd protocol."""

NO_PASSWORD = ""
"""What is stored until somebody has chosen a password: fits none."""

PHONE_SIGNS = frozenset("+0123456789 -()/")
"""Of what a number consists that a phone can dial."""

PHONE_LETTERS = 30
NAME_LETTERS = 80

INVITED_FOR = timedelta(days=7)
"""How long an invitation stays open."""


def checked_login(login: str) -> str:
    """Return a name to sign in with; raise `InvalidError` for one that nobody can type.

    Raises `ConflictError` for the names of a training's simulation, to which nothing is given.
    """
    if not login or len(login) > LOGIN_LETTERS or not login.isprintable() or " " in login:
        raise InvalidError("login", login, f"1 to {LOGIN_LETTERS} characters without a space")
    if login in PLAYED_BY_SIMULATION:
        raise _login_taken(login)
    return login


def enroll(
    tx: Tx,
    actor: Actor,
    login: str,
    roles: Sequence[Role],
    language: str,
    password_hash: str,
    now: datetime,
) -> User:
    """Add somebody who signs in; raise `ConflictError` where the login is taken."""
    return _add(tx, actor, checked_login(login), roles, language, password_hash, now)


def enroll_player(tx: Tx, actor: Actor, login: str, password_hash: str, now: datetime) -> User:
    """Add an account under which the simulation of a training acts."""
    return _add(tx, actor, login, [PLAYED_BY_SIMULATION[login]], "en", password_hash, now)


def _login_taken(login: str) -> ConflictError:
    return ConflictError(f"there is a user {login!r} already", reason="login_taken", login=login)


def _add(
    tx: Tx,
    actor: Actor,
    login: str,
    roles: Sequence[Role],
    language: str,
    password_hash: str,
    now: datetime,
) -> User:
    if find_user_by_login(tx, login) is not None:
        raise _login_taken(login)
    user = add_user(tx, login, _checked_roles(roles), language, password_hash)
    after = {"login": login, "roles": list(user.roles), "language": language}
    add_event(tx, now, actor, "user.added", _subject(user), after=after)
    return user


def invite(
    tx: Tx, actor: Actor, login: str, roles: Sequence[Role], language: str, now: datetime
) -> tuple[User, str]:
    """Add somebody who chooses the password, and return the token of the invitation.

    The token is not kept anywhere; it lets in once, within `INVITED_FOR`.
    """
    user = enroll(tx, actor, login, roles, language, NO_PASSWORD, now)
    return user, _new_invitation(tx, user, now)


def reset_password(tx: Tx, actor: Actor, user_id: UserId, now: datetime) -> str:
    """Return the token of a new invitation, which ends all earlier ones.

    The password of today and every session end too, except one's own: who asks for a link for
    oneself must not be locked out before the link is used.
    """
    user = get_user(tx, user_id)
    if user.disabled:
        raise ConflictError(f"{user.login} is shut out", reason="user_disabled", login=user.login)
    _require_own(user)
    if actor != _actor(user):
        user = set_password_hash(tx, user.id, NO_PASSWORD)
        remove_codes(tx, user.id, CodeKind.RESET)
        remove_sessions(tx, user.id)
    add_event(tx, now, actor, "user.password_reset", _subject(user))
    return _new_invitation(tx, user, now)


def find_invited(tx: Tx, token: str, now: datetime) -> User | None:
    """Return who holds this invitation, unless it is used, too old, or the user is shut out."""
    code = find_code(tx, token_digest(token), CodeKind.INVITATION, now)
    user = None if code is None else get_user(tx, code.user_id)
    return None if user is None or user.disabled else user


def accept_invitation(tx: Tx, token: str, password_hash: str, now: datetime) -> User:
    """Give the holder of an invitation a password, which uses the invitation up."""
    user = find_invited(tx, token, now)
    if user is None:
        raise ConflictError("the invitation is used or too old", reason="invitation_over")
    remove_codes(tx, user.id, CodeKind.INVITATION)
    return set_password(tx, _actor(user), user, password_hash, now)


def set_password(
    tx: Tx,
    actor: Actor,
    user: User,
    password_hash: str,
    now: datetime,
    keep: SessionId | None = None,
) -> User:
    """Give somebody another password; ends codes for that and every session but that to `keep`."""
    _require_own(user)
    changed = set_password_hash(tx, user.id, password_hash)
    remove_codes(tx, user.id, CodeKind.RESET)
    remove_sessions(tx, user.id, keep)
    add_event(tx, now, actor, "user.password_set", _subject(user))
    return changed


def change_roles(
    tx: Tx, actor: Actor, user_id: UserId, roles: Sequence[Role], now: datetime
) -> User:
    """Let somebody do something else from now on; somebody stays administrator."""
    user, wanted = get_user(tx, user_id), _checked_roles(roles)
    _require_own(user)
    if set(wanted) == set(user.roles):
        return user
    if Role.ADMINISTRATOR not in wanted:
        _require_another_administrator(tx, user)
    before, after = {"roles": list(user.roles)}, {"roles": list(wanted)}
    add_event(tx, now, actor, "user.roles_set", _subject(user), before, after)
    return set_roles(tx, user.id, wanted)


def note_session(tx: Tx, user: User, what: str, now: datetime) -> None:
    """Write down that somebody `signed_in` or `signed_out`, by their own means."""
    add_event(tx, now, _actor(user), f"user.{what}", _subject(user))


def disable(tx: Tx, actor: Actor, user_id: UserId, now: datetime) -> User:
    """Shut somebody out: sessions, invitations and sign-in codes end at once."""
    user = get_user(tx, user_id)
    if user.disabled:
        raise ConflictError(f"{user.login} is shut out", reason="user_disabled", login=user.login)
    _require_another_administrator(tx, user)
    for kind in CodeKind:
        remove_codes(tx, user.id, kind)
    remove_sessions(tx, user.id)
    add_event(tx, now, actor, "user.disabled", _subject(user))
    return set_disabled(tx, user.id, disabled=True)


def enable(tx: Tx, actor: Actor, user_id: UserId, now: datetime) -> User:
    """Let somebody in again, with the password and the roles of before."""
    user = get_user(tx, user_id)
    if not user.disabled:
        raise ConflictError(f"{user.login} may sign in", reason="user_enabled", login=user.login)
    add_event(tx, now, actor, "user.enabled", _subject(user))
    return set_disabled(tx, user.id, disabled=False)


def administers(user: User) -> bool:
    """Whether the user is an administrator who can sign in."""
    able = user.has_password and not user.disabled
    return able and Role.ADMINISTRATOR in user.roles


def add_tracker(
    tx: Tx,
    actor: Actor,
    name: str,
    vehicle_name: str,
    now: datetime,
    *,
    trusted: bool = False,
) -> tuple[Device, str]:
    """Add a tracker for a vehicle and return it with its token, which is not kept anywhere.

    Of a `trusted` one the name is enough.
    """
    if not name.strip() or len(name) > TRACKER_LETTERS or not name.isprintable():
        raise InvalidError("name", name, Need("1 to {count} characters", count=TRACKER_LETTERS))
    vehicle = find_vehicle_by_name(tx, vehicle_name)
    if vehicle is None:
        raise NotFoundError("vehicle", vehicle_name)
    if find_device_by_name(tx, name) is not None:
        raise ConflictError(
            f"there is a device {name!r} already", reason="device_taken", device=name
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device = add_device(tx, name, vehicle.id, token_digest(token), trusted=trusted)
    after = {"name": name, "vehicle": vehicle.id, "trusted": trusted}
    add_event(tx, now, actor, "device.added", f"device:{device.id}", after=after)
    return device, token


def token_digest(token: str) -> str:
    """Return what is kept of a token: 32 random bytes need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def digits_alone(text: str) -> str:
    """Return the digits of a text as 0 to 9, from any script, without what stands between."""
    return "".join(letter for letter in latin_digits(text) if letter.isdecimal())


def _new_invitation(tx: Tx, user: User, now: datetime) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    remove_codes(tx, user.id, CodeKind.INVITATION)
    code = SignInCode(token_digest(token), CodeKind.INVITATION, user.id, now + INVITED_FOR)
    add_code(tx, code)
    return token


def _require_own(user: User) -> None:
    if user.of_province:
        raise ConflictError(
            f"the account of {user.login} is kept at the province",
            reason="province_account",
            login=user.login,
        )


def _require_another_administrator(tx: Tx, user: User) -> None:
    if not administers(user):
        return
    if not any(administers(other) for other in list_users(tx) if other.id != user.id):
        raise ConflictError(
            f"{user.login} is the last administrator",
            reason="last_administrator",
            login=user.login,
        )


def _checked_roles(roles: Sequence[Role]) -> list[Role]:
    wanted = [role for role in Role if role in roles]
    if not wanted:
        raise InvalidError("roles", "", "at least one role")
    return wanted


def _actor(user: User) -> Actor:
    return Actor(ActorKind.USER, user.login)


def _subject(user: User) -> str:
    return f"user:{user.id}"


def note_phone(tx: Tx, actor: Actor, login: str, phone: str, now: datetime) -> User:
    """Write down the number of somebody, or forget it where `phone` is empty.

    The same number in digits of another script changes nothing. The audit log tells that it was
    changed, but not the number: a line of it is for ever.
    """
    phone = latin_digits(phone.strip())
    if len(phone) > PHONE_LETTERS or not set(phone) <= PHONE_SIGNS:
        raise InvalidError("phone", phone, Need("a phone number"))
    known = find_user_by_login(tx, login)
    if known is None:
        raise NotFoundError("user", login)
    if phone == known.phone:
        return known
    user = set_phone(tx, known.id, phone)
    add_event(tx, now, actor, "user.phone_set", _subject(user), after={"kept": bool(user.phone)})
    return user


def give_name(tx: Tx, actor: Actor, user_id: UserId, name: str, now: datetime) -> User:
    """Write down what colleagues call somebody, or forget it where `name` is empty.

    The audit log tells that it was changed, but not the name: a line of it is for ever.
    """
    name = name.strip()
    if len(name) > NAME_LETTERS or not name.replace("\u200c", "").isprintable():
        raise InvalidError(
            "name", name, Need("at most {max_length} characters", max_length=NAME_LETTERS)
        )
    user = set_name(tx, user_id, name)
    add_event(tx, now, actor, "user.named", _subject(user), after={"kept": bool(user.name)})
    return user
