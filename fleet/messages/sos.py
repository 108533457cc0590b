"""SOS calls: alerts that drivers, crews or trackers raise and only people close.

He holds a button of his page, or one that is wired to his tracker. A button that stays pressed,
or a fix that comes twice, is one call; pressing again after somebody answered is a new one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock

from data.errors import ConflictError
from data.model import Actor, Alert, AlertId, AlertKind, LonLat, Position, StormId, VehicleId
from data.model.alerts import AlertFacts
from data.model.crews import Crew
from data.store.alerts import add_alert, find_open_alert, get_alert, list_open_alerts, save_alert
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx

SOS = "sos"
"""What trackers call it, alone or among other alarms."""

STALE = timedelta(hours=2)
"""An older call came too late: whoever pressed was met meanwhile, or a log was sent again."""

NOT_YET = AlertId(0)


@dataclass(frozen=True, slots=True)
class SosCall:
    """An SOS: when, where if known, and its source, "driver", "tracker" or "crew".

    A crew has no vehicle, but an id and a name. `supposed` says that nobody measured the place.
    """

    vehicle_id: VehicleId | None
    at: datetime
    location: LonLat | None
    by: str
    crew: Crew | None = None
    supposed: bool = False

    @property
    def facts(self) -> AlertFacts:
        """Return what the alert tells."""
        told: dict[str, int | float | str] = {"by": self.by}
        if self.crew is not None:
            told |= {"crew": self.crew.id, "crew_name": self.crew.name}
        return told | {"supposed": 1} if self.supposed else told


@dataclass(slots=True)
class SosListener:
    """Collects SOS alarms from tracker fixes; safe from any thread.

    A tracker repeats its alarm while the button is down: its first fix is the call.
    """

    _last: dict[VehicleId, tuple[datetime, bool]] = field(default_factory=dict)
    _calls: list[SosCall] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def add_fixes(self, fixes: Iterable[Position], now: datetime) -> None:
        """Add fixes as they arrive."""
        with self._lock:
            for fix in sorted(fixes, key=lambda one: one.fixed_at):
                self._hear_one(fix, now)

    def take(self) -> list[SosCall]:
        """Return the calls since the last time."""
        with self._lock:
            calls, self._calls = self._calls, []
        return calls

    def put_back(self, calls: Iterable[SosCall]) -> None:
        """Put calls that could not be stored back for the next time."""
        with self._lock:
            self._calls[:0] = calls

    def _hear_one(self, fix: Position, now: datetime) -> None:
        pressed = calls_for_help(fix.alarm)
        at, was = self._last.get(fix.vehicle_id, (None, False))
        fresh = at is None or fix.fixed_at > at
        if fresh:
            self._last[fix.vehicle_id] = fix.fixed_at, pressed
        if pressed and fresh and not was and now - fix.fixed_at <= STALE:
            self._calls.append(SosCall(fix.vehicle_id, fix.fixed_at, fix.location, "tracker"))


def calls_for_help(alarm: str) -> bool:
    """Whether a tracker's alarm is an SOS; several are separated by commas."""
    return SOS in (one.strip().lower() for one in alarm.split(","))


def call_for_help(
    tx: Tx, actor: Actor, storm_id: StormId, call: SosCall, now: datetime
) -> Alert | None:
    """Open an SOS alert, or raise an acknowledged one again; `None` where nothing changes.

    Whoever sees to it keeps it, but must acknowledge the new call. A measured place that comes
    after its call takes that of the supposed one, and is no new call.
    """
    known = _open_call(tx, call)
    if known is None:
        alert = add_alert(
            tx,
            Alert(
                NOT_YET,
                storm_id,
                AlertKind.SOS,
                call.vehicle_id,
                since=call.at,
                location=call.location,
                facts=call.facts,
            ),
        )
    elif known.acknowledged_at is None or call.at <= known.acknowledged_at:
        return _placed(tx, actor, known, call, now)
    else:
        alert = replace(
            known,
            since=call.at,
            location=call.location or known.location,
            facts=call.facts,
            acknowledged_by="",
            acknowledged_at=None,
        )
        save_alert(tx, alert)
    after: dict[str, object] = {"kind": alert.kind, "vehicle": call.vehicle_id, "by": call.by}
    add_event(tx, now, actor, "alert.opened", f"alert:{alert.id}", after=after)
    return alert


def _placed(tx: Tx, actor: Actor, known: Alert, call: SosCall, now: datetime) -> Alert | None:
    """Put the alert of a call where its caller was measured since; `None` where nothing changes."""
    if call.supposed or "supposed" not in known.facts:
        return None
    alert = replace(known, location=call.location, facts=call.facts)
    save_alert(tx, alert)
    add_event(tx, now, actor, "alert.placed", f"alert:{alert.id}", after={"kind": alert.kind})
    return alert


def _open_call(tx: Tx, call: SosCall) -> Alert | None:
    """Return the alert of the same caller that lasts."""
    if call.vehicle_id is not None:
        return find_open_alert(tx, AlertKind.SOS, call.vehicle_id)
    calls = (one for one in list_open_alerts(tx) if one.kind is AlertKind.SOS)
    crew_id = call.facts.get("crew")
    return next((one for one in calls if one.facts.get("crew") == crew_id), None)


def close_call(tx: Tx, actor: Actor, alert_id: AlertId, now: datetime) -> Alert:
    """Close an SOS alert.

    Raises `ConflictError` for one that nobody has acknowledged, and for alerts of other kinds:
    those close by themselves.
    """
    alert = get_alert(tx, alert_id)
    if alert.kind is not AlertKind.SOS:
        raise ConflictError("this alert closes by itself", reason="alert_closes_itself")
    if alert.acknowledged_at is None:
        raise ConflictError("nobody has answered this call yet", reason="sos_unanswered")
    if alert.until is not None:
        return alert
    closed = replace(alert, until=now)
    save_alert(tx, closed)
    add_event(tx, now, actor, "alert.closed", f"alert:{alert.id}", {"kind": alert.kind})
    return closed
