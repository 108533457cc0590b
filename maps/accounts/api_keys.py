"""API keys of other systems as the set-up lists them."""

from dataclasses import dataclass
from datetime import datetime

from data.model import ApiKey


@dataclass(frozen=True, slots=True)
class KeyView:
    """An API key as a row of the list, without the key itself, of which only a digest is stored."""

    id: int
    name: str
    contact: str
    made_at: datetime
    revoked_at: datetime | None


def key_view(key: ApiKey) -> KeyView:
    """Return one row."""
    return KeyView(key.id, key.name, key.contact, key.made_at, key.revoked_at)
