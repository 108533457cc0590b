"""Alerts as rows."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from data.errors import NotFoundError
from data.model import Alert, AlertId, AlertKind, LonLat, StormId, VehicleId
from data.store.database.engine import Tx
from data.store.schema import alert


def add_alert(tx: Tx, new: Alert) -> Alert:
    """Add an alert; its id is ignored, the database gives a new one."""
    values = _values(new) | {"storm_id": new.storm_id, "kind": new.kind}
    values["vehicle_id"] = new.vehicle_id
    return _alert(tx.execute(insert(alert).values(**values).returning(alert)).one())


def save_alert(tx: Tx, changed: Alert) -> None:
    """Write what changed of an alert; the caller writes the event."""
    tx.execute(update(alert).where(alert.c.id == changed.id).values(**_values(changed)))


def get_alert(tx: Tx, alert_id: AlertId) -> Alert:
    """Return the alert."""
    row = tx.execute(select(alert).where(alert.c.id == alert_id)).first()
    if row is None:
        raise NotFoundError("alert", alert_id)
    return _alert(row)


def find_open_alert(tx: Tx, kind: AlertKind, vehicle_id: VehicleId) -> Alert | None:
    """Return what of this kind lasts for a vehicle."""
    query = select(alert).where(
        alert.c.kind == kind, alert.c.vehicle_id == vehicle_id, alert.c.until.is_(None)
    )
    row = tx.execute(query.order_by(alert.c.id.desc()).limit(1)).first()
    return None if row is None else _alert(row)


def list_open_alerts(tx: Tx) -> list[Alert]:
    """Return what still lasts, the oldest first."""
    query = select(alert).where(alert.c.until.is_(None)).order_by(alert.c.since, alert.c.id)
    return [_alert(row) for row in tx.execute(query)]


def list_alerts(tx: Tx, storm_id: StormId) -> list[Alert]:
    """Return all alerts of a storm, the newest first."""
    query = select(alert).where(alert.c.storm_id == storm_id)
    return [_alert(row) for row in tx.execute(query.order_by(alert.c.since.desc(), alert.c.id))]


def list_closed_since(tx: Tx, storm_id: StormId, since: datetime) -> list[Alert]:
    """Return what ended in a storm at a time or later, by id."""
    query = select(alert).where(alert.c.storm_id == storm_id, alert.c.until >= since)
    return [_alert(row) for row in tx.execute(query.order_by(alert.c.id))]


def _values(one: Alert) -> dict[str, object]:
    return {
        "since": one.since,
        "until": one.until,
        "lon": one.location.lon if one.location else None,
        "lat": one.location.lat if one.location else None,
        "facts": dict(one.facts),
        "acknowledged_by": one.acknowledged_by,
        "acknowledged_at": one.acknowledged_at,
        "owner": one.owner,
    }


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        id=AlertId(row.id),
        storm_id=StormId(row.storm_id),
        kind=AlertKind(row.kind),
        vehicle_id=None if row.vehicle_id is None else VehicleId(row.vehicle_id),
        since=row.since,
        until=row.until,
        location=None if row.lon is None else LonLat(row.lon, row.lat),
        facts=row.facts,
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        owner=row.owner,
    )
