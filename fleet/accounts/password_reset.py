"""People who forgot their password: a code by text message, or a link from an administrator."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from data.errors import ConflictError
from data.model import Actor, ActorKind, CodeKind, SignInCode, User, UserId
from data.store.accounts.sign_in_codes import add_code, find_code, remove_codes
from data.store.audit.audit_log import add_event, last_events_by_subject
from data.store.database.engine import Tx
from fleet.accounts.accounts import set_password
from fleet.accounts.people import find_person

VALID_FOR = timedelta(minutes=15)
"""How long a code of a text message is worth something."""

WAITS_FOR = timedelta(days=3)
"""How long administrators see that somebody has asked."""

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
"""Letters that are not mistaken for each other: 40 bits, guessed at some codes an hour."""

ANYBODY = Actor(ActorKind.SYSTEM, "sign-in")
"""Who the audit log names: nobody has proved who they are."""

ASKED = "user.reset_asked"
SETTLED = ("user.password_reset", "user.password_set")


def ask_reset(
    tx: Tx, login: str, now: datetime, secret: bytes | None, expires_at: datetime
) -> tuple[User, str] | None:
    """Note that somebody forgot a password; return who it is and a code, for a text message.

    `None` where no code may be sent: an administrator has to help. Without a `secret` none is made.
    Password and sessions stay until the code is used, since anybody can ask.
    """
    user = find_person(tx, login)
    if user is None or user.disabled:
        return None
    add_event(tx, now, ANYBODY, ASKED, f"user:{user.id}")
    if secret is None or not user.phone or user.of_province or not user.has_password:
        return None
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    remove_codes(tx, user.id, CodeKind.RESET)
    digest = _digest(user.id, code, secret)
    add_code(tx, SignInCode(digest, CodeKind.RESET, user.id, expires_at))
    return user, code


def reset_by_code(
    tx: Tx, login: str, code: str, password_hash: str, secret: bytes, now: datetime, real: datetime
) -> User:
    """Give somebody a new password, which uses the code up and ends all sessions.

    `real` is the time by which codes expire. Raises `ConflictError` alike where the code does not
    fit, is too old, or nobody has this name.
    """
    user = find_person(tx, login)
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    digest = _digest(user.id if user else UserId(0), plain, secret)
    fits = find_code(tx, digest, CodeKind.RESET, real) is not None
    if user is None or user.disabled or not fits:
        raise ConflictError("the code does not fit, or is too old", reason="reset_code")
    remove_codes(tx, user.id, CodeKind.INVITATION)
    return set_password(tx, Actor(ActorKind.USER, user.login), user, password_hash, now)


def waiting_for_reset(tx: Tx, now: datetime) -> dict[UserId, datetime]:
    """Return who has asked for a new password some days ago at most and got none since, and when.

    Anybody can ask, and who remembers the password after all tells nobody: it ends by itself.
    """
    last = last_events_by_subject(tx, (ASKED, *SETTLED))
    return {
        UserId(int(subject.removeprefix("user:"))): event.at
        for subject, event in last.items()
        if event.verb == ASKED and now - event.at <= WAITS_FOR
    }


def _digest(user_id: UserId, code: str, secret: bytes) -> str:
    return hmac.new(secret, f"reset {user_id} {code}".encode(), hashlib.sha256).hexdigest()
