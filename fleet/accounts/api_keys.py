"""Keys that let other systems write: made, shown once, and revoked."""

import secrets
from datetime import datetime

from data.errors import ConflictError, InvalidError, Need
from data.model import Actor, ApiKey, ApiKeyId
from data.store.accounts.api_keys import (
    add_api_key,
    find_api_key,
    find_api_key_by_name,
    get_api_key,
    set_revoked,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from fleet.accounts.accounts import token_digest

KEY_BYTES = 24
NAME_LETTERS = 80


def make_key(tx: Tx, actor: Actor, name: str, contact: str, now: datetime) -> tuple[ApiKey, str]:
    """Add a key for another system and return it with its text, which is not kept anywhere.

    Raises `ConflictError` where the name is taken, by a revoked key too: the audit log tells them
    apart by name.
    """
    name, contact = name.strip(), contact.strip()
    for field, text in (("name", name), ("contact", contact)):
        if not text or len(text) > NAME_LETTERS or not text.isprintable():
            raise InvalidError(field, text, Need("1 to {count} characters", count=NAME_LETTERS))
    if find_api_key_by_name(tx, name) is not None:
        raise ConflictError(f"there is a key {name!r} already", reason="key_taken", name=name)
    text = secrets.token_urlsafe(KEY_BYTES)
    key = add_api_key(tx, name, contact, token_digest(text), now)
    after = {"name": name, "contact": contact}
    add_event(tx, now, actor, "api_key.added", _subject(key), after=after)
    return key, text


def revoke_key(tx: Tx, actor: Actor, key_id: ApiKeyId, now: datetime) -> ApiKey:
    """Let a key in no more, from now on and for good."""
    key = get_api_key(tx, key_id)
    if key.revoked_at is not None:
        raise ConflictError(f"{key.name} is revoked", reason="key_revoked", name=key.name)
    add_event(tx, now, actor, "api_key.revoked", _subject(key))
    return set_revoked(tx, key.id, now)


def find_key(tx: Tx, text: str) -> ApiKey | None:
    """Return the key with this text, unless it is revoked."""
    return find_api_key(tx, token_digest(text))


def _subject(key: ApiKey) -> str:
    return f"api_key:{key.id}"
