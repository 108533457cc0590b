"""What phones ordered, by the key that came with it: an order that comes twice is answered once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select

from data.model import UserId
from data.store.database.engine import Tx
from data.store.database.records import first_record
from data.store.schema import tap


class Tap(NamedTuple):
    """Whose order it was and what was answered."""

    user_id: UserId
    answer: dict[str, Any]


def find_tap(tx: Tx, key: str) -> Tap | None:
    """Return the order that came with this key."""
    return first_record(Tap, tx.execute(select(tap).where(tap.c.key == key)))


def add_tap(tx: Tx, key: str, user_id: UserId, answer: Mapping[str, object], now: datetime) -> None:
    """Remember what was answered to an order."""
    tx.execute(insert(tap).values(key=key, user_id=user_id, at=now, answer=dict(answer)))


def remove_taps_before(tx: Tx, moment: datetime) -> None:
    """Forget orders that no phone will repeat any more."""
    tx.execute(delete(tap).where(tap.c.at < moment))
