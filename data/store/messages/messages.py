"""What dispatchers and drivers write to each other, as rows."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from data.errors import NotFoundError
from data.model import (
    CommandId,
    Message,
    MessageId,
    ShiftId,
    StormId,
    VehicleId,
)
from data.model.crews import CrewShiftId
from data.store.database.engine import Tx
from data.store.database.records import record
from data.store.schema import device_command, message

_HANDED_OVER = func.coalesce(message.c.delivered_at, device_command.c.sent_at)
_ALL = select(message, _HANDED_OVER.label("handed_over_at")).join_from(
    message, device_command, isouter=True
)
"""Messages with when phone, board or tracker had them."""


def add_message(tx: Tx, new: Message, salt: bytes) -> Message:
    """Add a message; its id is ignored, the database gives a new one."""
    values = {
        "storm_id": new.storm_id,
        "vehicle_id": new.vehicle_id,
        "shift_id": new.shift_id,
        "from_driver": new.from_driver,
        "texts": dict(new.words),
        "salt": salt,
        "sent_by": new.sent_by,
        "sent_at": new.sent_at,
        "delivered_at": new.delivered_at,
        "command_id": new.command_id,
        "crew_shift_id": new.crew_shift_id,
    }
    row = insert(message).values(**values).returning(message.c.id)
    return get_message(tx, MessageId(tx.execute(row).scalar_one()))


def get_message(tx: Tx, message_id: MessageId) -> Message:
    """Return the message."""
    row = tx.execute(_ALL.where(message.c.id == message_id)).first()
    if row is None:
        raise NotFoundError("message", message_id)
    return _message(row)


def list_messages(tx: Tx, storm_id: StormId, limit: int) -> list[Message]:
    """Return the newest messages of a storm, in the order in which they were sent."""
    query = _ALL.where(message.c.storm_id == storm_id).order_by(message.c.id.desc())
    return [_message(row) for row in tx.execute(query.limit(limit))][::-1]


def list_messages_of_shift(tx: Tx, shift_id: ShiftId, limit: int) -> list[Message]:
    """Return the newest messages of a shift, in the order in which they were sent."""
    query = _ALL.where(message.c.shift_id == shift_id).order_by(message.c.id.desc())
    return [_message(row) for row in tx.execute(query.limit(limit))][::-1]


def list_messages_of_crew_shift(tx: Tx, shift_id: CrewShiftId, limit: int) -> list[Message]:
    """Return the newest messages of a crew's shift, in the order in which they were sent."""
    query = _ALL.where(message.c.crew_shift_id == shift_id).order_by(message.c.id.desc())
    return [_message(row) for row in tx.execute(query.limit(limit))][::-1]


def list_crew_shifts_unread(tx: Tx, storm_id: StormId) -> list[CrewShiftId]:
    """Return the crews' shifts of which something was written that nobody has looked at."""
    query = select(message.c.crew_shift_id).where(
        message.c.storm_id == storm_id,
        message.c.crew_shift_id.is_not(None),
        message.c.from_driver.is_(True),
        message.c.seen_at.is_(None),
    )
    query = query.distinct()
    return [CrewShiftId(one) for one in tx.execute(query).scalars()]


def list_unseen(tx: Tx, storm_id: StormId, vehicle_id: VehicleId) -> list[Message]:
    """Return what the driver of a vehicle wrote and nobody has looked at."""
    query = _ALL.where(
        message.c.storm_id == storm_id,
        message.c.vehicle_id == vehicle_id,
        message.c.from_driver.is_(True),
        message.c.seen_at.is_(None),
    )
    return [_message(row) for row in tx.execute(query.order_by(message.c.id))]


def list_unheard(tx: Tx, storm_id: StormId, until: datetime) -> list[Message]:
    """Return what was written to drivers' phones until a moment and none of them has looked at."""
    query = _ALL.where(
        message.c.storm_id == storm_id,
        message.c.shift_id.is_not(None),
        message.c.from_driver.is_(False),
        message.c.seen_at.is_(None),
        message.c.sent_at <= until,
    )
    return [_message(row) for row in tx.execute(query.order_by(message.c.id))]


def set_delivered(tx: Tx, ids: Collection[MessageId], at: datetime) -> None:
    """Remember when messages came to their reader; the first time counts."""
    new = message.c.id.in_(ids) & message.c.delivered_at.is_(None)
    tx.execute(update(message).where(new).values(delivered_at=at))


def set_seen(tx: Tx, ids: Collection[MessageId], at: datetime) -> None:
    """Remember when somebody looked at messages; the first time counts."""
    set_delivered(tx, ids, at)
    new = message.c.id.in_(ids) & message.c.seen_at.is_(None)
    tx.execute(update(message).where(new).values(seen_at=at))


def commands_of_messages(tx: Tx, ids: Iterable[CommandId]) -> set[CommandId]:
    """Return which texts for trackers are messages to their drivers."""
    query = select(message.c.command_id).where(message.c.command_id.in_(list(ids)))
    return {CommandId(one) for one in tx.execute(query).scalars()}


def erase_messages(tx: Tx, before: datetime) -> int:
    """Take the words away that were sent before a moment; return of how many messages."""
    old = (message.c.sent_at < before) & (message.c.salt.is_not(None))
    texts = select(message.c.command_id).where(old)
    tx.execute(update(device_command).where(device_command.c.id.in_(texts)).values(text=""))
    blank: dict[str, object] = {"texts": {}, "salt": None}
    return tx.execute(update(message).where(old).values(**blank)).rowcount


def _message(row: Row[Any]) -> Message:
    return record(Message, row, words=row.texts, delivered_at=row.handed_over_at)
