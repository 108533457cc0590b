"""Alerts as rows."""

from datetime import datetime

from sqlalchemy import insert, select, update

from data.model import Alert, AlertId, AlertKind, StormId, VehicleId
from data.store.database.engine import Tx
from data.store.database.records import first_record, get_record, only_record, records, row_of
from data.store.schema import alert


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
