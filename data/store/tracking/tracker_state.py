"""State of trackers as rows: last contact, faults, messages, queued texts."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or

from data.model import (
    CommandId,
    DeviceCommand,
    DeviceFault,
    DeviceId,
    TrackerMessage,
)
from data.store.database.engine import Tx
from data.store.database.records import first_record, only_record, records
from data.store.schema import device, device_command, device_fault, device_word

MESSAGES_KEPT = 50
"""Words kept of one tracker; older ones go."""


def list_last_contacts(tx: Tx) -> dict[DeviceId, datetime]:
    """Return when each tracker was last heard."""
    query = select(device.c.id, device.c.heard_at).where(device.c.heard_at.is_not(None))
    return {DeviceId(row.id): row.heard_at for row in tx.execute(query)}


def set_last_contacts(tx: Tx, heard: Mapping[DeviceId, datetime]) -> None:
    """Store when trackers were last heard."""
    if not heard:
        return
    change = update(device).where(device.c.id == bindparam("one"))
    rows = [{"one": key, "at": at} for key, at in heard.items()]
    tx.execute(change.values(heard_at=bindparam("at")), rows)


def add_faults(tx: Tx, faults: Mapping[tuple[DeviceId, str], int], at: datetime) -> None:
    """Count rejected fixes of trackers by (tracker, reason)."""
    if not faults:
        return
    rows = [
        {"device_id": device_id, "reason": reason, "times": times, "last_at": at}
        for (device_id, reason), times in faults.items()
    ]
    new = insert_or(device_fault)
    more = new.on_conflict_do_update(
        index_elements=["device_id", "reason"],
        set_={
            "times": device_fault.c.times + new.excluded.times,
            "last_at": new.excluded.last_at,
        },
    )
    tx.execute(more, rows)


def list_faults(tx: Tx) -> list[DeviceFault]:
    """Return what trackers sent and could not be believed, the most frequent reason first."""
    query = select(device_fault).order_by(device_fault.c.device_id, device_fault.c.times.desc())
    return [
        DeviceFault(DeviceId(row.device_id), row.reason, row.times, row.last_at)
        for row in tx.execute(query)
    ]


def count_faults(tx: Tx) -> Counter[tuple[str, str]]:
    """Return how many faults there were, by (name of the tracker, reason)."""
    query = select(device.c.name, device_fault.c.reason, device_fault.c.times).join_from(
        device_fault, device
    )
    return Counter({(row.name, row.reason): row.times for row in tx.execute(query)})


def clear_faults(tx: Tx, device_id: DeviceId) -> None:
    """Reset a tracker's fault counts."""
    tx.execute(delete(device_fault).where(device_fault.c.device_id == device_id))


def add_tracker_message(tx: Tx, word: TrackerMessage) -> None:
    """Store a tracker's message; only the latest `MESSAGES_KEPT` of each stay."""
    values = {
        "device_id": word.device_id,
        "kind": word.kind,
        "told_at": word.told_at,
        "body": dict(word.body),
    }
    tx.execute(insert(device_word).values(**values))
    own = device_word.c.device_id == word.device_id
    kept = (
        select(device_word.c.id).where(own).order_by(device_word.c.id.desc()).limit(MESSAGES_KEPT)
    )
    tx.execute(delete(device_word).where(own, device_word.c.id.not_in(kept)))


def list_last_tracker_messages(tx: Tx) -> list[TrackerMessage]:
    """Return the last message of every tracker that sent any."""
    last = select(func.max(device_word.c.id)).group_by(device_word.c.device_id)
    return records(
        TrackerMessage, tx.execute(select(device_word).where(device_word.c.id.in_(last)))
    )


def list_tracker_messages(tx: Tx, device_id: DeviceId) -> list[TrackerMessage]:
    """Return a tracker's messages that are no positions, oldest first."""
    query = select(device_word).where(device_word.c.device_id == device_id)
    return records(TrackerMessage, tx.execute(query.order_by(device_word.c.id)))


def add_command(
    tx: Tx, device_id: DeviceId, text: str, asked_by: str, asked_at: datetime
) -> DeviceCommand:
    """Queue a text for a tracker."""
    values = {"device_id": device_id, "text": text, "asked_by": asked_by, "asked_at": asked_at}
    new = insert(device_command).values(**values).returning(device_command)
    return only_record(DeviceCommand, tx.execute(new))


def find_next_command(tx: Tx, device_id: DeviceId) -> DeviceCommand | None:
    """Return the oldest text that a tracker has not got."""
    query = select(device_command).where(
        device_command.c.device_id == device_id, device_command.c.sent_at.is_(None)
    )
    return first_record(DeviceCommand, tx.execute(query.order_by(device_command.c.id).limit(1)))


def set_sent(tx: Tx, command_id: CommandId, at: datetime) -> None:
    """Mark a text as sent."""
    tx.execute(update(device_command).where(device_command.c.id == command_id).values(sent_at=at))


def remove_command(tx: Tx, device_id: DeviceId, command_id: CommandId) -> bool:
    """Remove a text that was not sent yet; return whether it was still there."""
    wanted = delete(device_command).where(
        device_command.c.id == command_id,
        device_command.c.device_id == device_id,
        device_command.c.sent_at.is_(None),
    )
    return tx.execute(wanted).rowcount > 0


def list_commands(tx: Tx, limit: int) -> list[DeviceCommand]:
    """Return the latest texts for trackers, newest first."""
    query = select(device_command).order_by(device_command.c.id.desc()).limit(limit)
    return records(DeviceCommand, tx.execute(query))


def devices_with_commands(tx: Tx) -> Collection[DeviceId]:
    """Return the trackers for which a text waits."""
    query = select(device_command.c.device_id).where(device_command.c.sent_at.is_(None)).distinct()
    return {DeviceId(row.device_id) for row in tx.execute(query)}
