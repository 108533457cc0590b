"""Keys of other systems, as rows."""

from datetime import datetime

from sqlalchemy import insert, select, update

from data.model import ApiKey, ApiKeyId
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, only_record, records
from data.store.schema import api_key


def add_api_key(tx: Tx, name: str, contact: str, digest: str, now: datetime) -> ApiKey:
    """Add a key by its digest."""
    values = {"name": name, "contact": contact, "digest": digest, "made_at": now}
    return only_record(ApiKey, tx.execute(insert(api_key).values(**values).returning(api_key)))


def get_api_key(tx: Tx, key_id: ApiKeyId) -> ApiKey:
    """Return the key, revoked or not."""
    return get_record(
        ApiKey, tx.execute(select(api_key).where(api_key.c.id == key_id)), "api_key", key_id
    )


def find_api_key(tx: Tx, digest: str) -> ApiKey | None:
    """Return the key with this digest unless it is revoked."""
    wanted = (api_key.c.digest == digest) & api_key.c.revoked_at.is_(None)
    return first_record(ApiKey, tx.execute(select(api_key).where(wanted)))


def find_api_key_by_name(tx: Tx, name: str) -> ApiKey | None:
    """Return the key of this name, revoked or not."""
    return first_record(ApiKey, tx.execute(select(api_key).where(api_key.c.name == name)))


def list_api_keys(tx: Tx) -> list[ApiKey]:
    """Return all keys by name, those that are revoked too."""
    return records(ApiKey, tx.execute(select(api_key).order_by(api_key.c.name)))


def set_revoked(tx: Tx, key_id: ApiKeyId, revoked_at: datetime) -> ApiKey:
    """Say since when a key lets nobody in; the caller writes the event."""
    change = update(api_key).where(api_key.c.id == key_id).values(revoked_at=revoked_at)
    return only_record(ApiKey, tx.execute(change.returning(api_key)))
