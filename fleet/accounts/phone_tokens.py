"""Tokens by which somebody who is signed in lets their own phone in, as a QR code."""

import secrets
from datetime import datetime, timedelta

from data.model import Actor, CodeKind, SignInCode, User
from data.store.accounts.accounts import get_user
from data.store.accounts.sign_in_codes import (
    add_code,
    find_code,
    remove_codes,
    remove_expired_codes,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from fleet.accounts.accounts import TOKEN_BYTES, note_session, token_digest

LASTS = timedelta(minutes=10)
"""Time to scan it; it is used once."""


def give_phone_token(tx: Tx, actor: Actor, user: User, now: datetime) -> str:
    """Return a new token that lets one phone of somebody in; an older one is worth nothing."""
    remove_expired_codes(tx, now)
    remove_codes(tx, user.id, CodeKind.PHONE)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    add_code(tx, SignInCode(token_digest(token), CodeKind.PHONE, user.id, now + LASTS))
    add_event(tx, now, actor, "user.phone_token_given", f"user:{user.id}")
    return token


def enter_phone_token(tx: Tx, token: str, now: datetime) -> User | None:
    """Return whose phone a token lets in, or `None`; it is used up."""
    code = find_code(tx, token_digest(token), CodeKind.PHONE, now)
    if code is None:
        return None
    user = get_user(tx, code.user_id)
    remove_codes(tx, user.id, CodeKind.PHONE)
    if user.disabled:
        return None
    note_session(tx, user, "signed_in", now)
    return user
