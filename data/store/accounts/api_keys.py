"""Keys of other systems, as rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from data.errors import NotFoundError
from data.model import ApiKey, ApiKeyId
from data.store.database.engine import Tx
from data.store.schema import api_key


def add_api_key(tx: Tx, name: str, contact: str, digest: str, now: datetime) -> ApiKey:
    """Add a key by its digest."""
    values = {"name": name, "contact": contact, "digest": digest, "made_at": now}
    return _key(tx.execute(insert(api_key).values(**values).returning(api_key)).one())


def get_api_key(tx: Tx, key_id: ApiKeyId) -> ApiKey:
    """Return the key, revoked or not."""
    row = tx.execute(select(api_key).where(api_key.c.id == key_id)).first()
    if row is None:
        raise NotFoundError("api_key", key_id)
    return _key(row)


def find_api_key(tx: Tx, digest: str) -> ApiKey | None:
    """Return the key with this digest unless it is revoked."""
    wanted = (api_key.c.digest == digest) & api_key.c.revoked_at.is_(None)
    row = tx.execute(select(api_key).where(wanted)).first()
    return None if row is None else _key(row)


def find_api_key_by_name(tx: Tx, name: str) -> ApiKey | None:
    """Return the key of this name, revoked or not."""
    row = tx.execute(select(api_key).where(api_key.c.name == name)).first()
    return None if row is None else _key(row)


def list_api_keys(tx: Tx) -> list[ApiKey]:
    """Return all keys by name, those that are revoked too."""
    return [_key(row) for row in tx.execute(select(api_key).order_by(api_key.c.name))]


def set_revoked(tx: Tx, key_id: ApiKeyId, revoked_at: datetime) -> ApiKey:
    """Say since when a key lets nobody in; the caller writes the event."""
    change = update(api_key).where(api_key.c.id == key_id).values(revoked_at=revoked_at)
    return _key(tx.execute(change.returning(api_key)).one())


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(ApiKeyId(row.id), row.name, row.contact, row.made_at, row.revoked_at)
