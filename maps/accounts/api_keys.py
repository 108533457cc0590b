"""Other systems of the set-up: which may bring requests."""

from dataclasses import dataclass
from datetime import datetime

from data.model import ApiKey


@dataclass(frozen=True, slots=True)
class KeyView:
    """A row of the list; of the key itself nothing is known any more."""

    id: int
    name: str
    contact: str
    made_at: datetime
    revoked_at: datetime | None


def key_view(key: ApiKey) -> KeyView:
    """Return one row."""
    return KeyView(key.id, key.name, key.contact, key.made_at, key.revoked_at)
