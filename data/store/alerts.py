"""Alerts, and those that were put off, as rows."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from data.model import Alert, AlertId, AlertKind, StormId, VehicleId
from data.model.alerts import Snooze
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, only_record, records, row_of
from data.store.schema import alert, alert_snooze


def add_alert(tx: Tx, new: Alert) -> Alert:
    """Add an alert; its id is ignored, the database gives a new one."""
    return only_record(Alert, tx.execute(insert(alert).values(row_of(new, alert)).returning(alert)))


def save_alert(tx: Tx, changed: Alert) -> None:
    """Write what changed of an alert; the caller writes the event."""
    tx.execute(update(alert).where(alert.c.id == changed.id).values(row_of(changed, alert)))


def get_alert(tx: Tx, alert_id: AlertId) -> Alert:
    """Return the alert."""
    return get_record(
        Alert, tx.execute(select(alert).where(alert.c.id == alert_id)), "alert", alert_id
    )


def find_open_alert(tx: Tx, kind: AlertKind, vehicle_id: VehicleId) -> Alert | None:
    """Return what of this kind lasts for a vehicle."""
    query = select(alert).where(
        alert.c.kind == kind, alert.c.vehicle_id == vehicle_id, alert.c.until.is_(None)
    )
    return first_record(Alert, tx.execute(query.order_by(alert.c.id.desc()).limit(1)))


def list_open_alerts(tx: Tx) -> list[Alert]:
    """Return what still lasts, the oldest first."""
    query = select(alert).where(alert.c.until.is_(None)).order_by(alert.c.since, alert.c.id)
    return records(Alert, tx.execute(query))


def list_alerts(tx: Tx, storm_id: StormId) -> list[Alert]:
    """Return all alerts of a storm, the newest first."""
    query = select(alert).where(alert.c.storm_id == storm_id)
    return records(Alert, tx.execute(query.order_by(alert.c.since.desc(), alert.c.id)))


def list_closed_since(tx: Tx, storm_id: StormId, since: datetime) -> list[Alert]:
    """Return what ended in a storm at a time or later, by id."""
    query = select(alert).where(alert.c.storm_id == storm_id, alert.c.until >= since)
    return records(Alert, tx.execute(query.order_by(alert.c.id)))


def save_snooze(tx: Tx, new: Snooze) -> Snooze:
    """Write a snooze in place of the one of the same cause; its id is ignored, or kept."""
    row = row_of(new, alert_snooze)
    cause = [alert_snooze.c.storm_id, alert_snooze.c.cause]
    made = insert_or_update(alert_snooze).values(row)
    changed = made.on_conflict_do_update(index_elements=cause, set_=row)
    return only_record(Snooze, tx.execute(changed.returning(alert_snooze)))


def find_snooze(tx: Tx, storm_id: StormId, cause: str) -> Snooze | None:
    """Return the last snooze of a cause in a storm, whether or not it still holds."""
    query = select(alert_snooze).where(
        alert_snooze.c.storm_id == storm_id, alert_snooze.c.cause == cause
    )
    return first_record(Snooze, tx.execute(query))


def list_snoozes(tx: Tx, storm_id: StormId, now: datetime) -> list[Snooze]:
    """Return the snoozes of a storm whose time is not over, by cause."""
    query = select(alert_snooze).where(
        alert_snooze.c.storm_id == storm_id, alert_snooze.c.until > now
    )
    return records(Snooze, tx.execute(query.order_by(alert_snooze.c.cause)))
