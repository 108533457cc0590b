"""Alerts from signs: each opens once, changes, closes by itself, and is acknowledged by people."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from data.errors import ConflictError
from data.model import (
    Actor,
    ActorKind,
    Alert,
    AlertId,
    AlertKind,
    RequestId,
    Role,
    Storm,
    StormId,
    User,
    VehicleId,
)
from data.model.alerts import dangers_of, request_of
from data.policy.alert_rules import AlertRules
from data.store.accounts.accounts import list_users
from data.store.alerts import (
    add_alert,
    get_alert,
    list_alerts,
    list_closed_since,
    list_open_alerts,
    save_alert,
)
from data.store.audit.audit_log import add_event
from data.store.database.engine import Tx
from data.training.players import is_simulated
from fleet.alerts.alert_conditions import Sign

WATCH = Actor(ActorKind.SYSTEM, "watch")
"""Who the audit log names where an alert opens or closes by itself."""

NOT_YET = AlertId(0)
"""Id of an alert that the database has not numbered yet."""

Key = tuple[AlertKind, VehicleId | None, RequestId | None]


@dataclass(slots=True)
class AlertRegister:
    """When each open alert last had a sign; the alerts themselves are in the database."""

    seen_at: dict[AlertId, datetime] = field(default_factory=dict)

    def is_unchanged(
        self, tx: Tx, storm: Storm | None, signs: Iterable[Sign], now: datetime
    ) -> bool:
        """Whether `store` would write nothing."""
        mine = {_key(sign): sign for sign in signs} if storm else {}
        calm = True
        for alert in _watched(tx):
            sign = mine.pop(_key(alert), None)
            if sign is None or _changed(alert, sign):
                calm = False
            else:
                self.seen_at[alert.id] = now
        return calm and not mine

    def store(
        self,
        tx: Tx,
        storm: Storm | None,
        signs: Iterable[Sign],
        rules: AlertRules,
        now: datetime,
    ) -> list[Alert]:
        """Open, change and close alerts as the signs say; return those that changed.

        Alerts of a storm that is over close at once; a call for help is closed by people.
        """
        mine = {_key(sign): sign for sign in signs} if storm else {}
        changed: list[Alert] = []
        for alert in _watched(tx):
            sign = mine.get(_key(alert))
            over = storm is None or alert.storm_id != storm.id
            if sign is not None and not over:
                del mine[_key(alert)]
                self.seen_at[alert.id] = now
                changed += _changed_by(tx, alert, sign, now)
            elif over or now - self.seen_at.setdefault(alert.id, now) >= rules.calm:
                self.seen_at.pop(alert.id, None)
                changed.append(closed(tx, WATCH, alert, now))
        if storm is not None and mine:
            past = {_key(one): one for one in list_closed_since(tx, storm.id, now - rules.again)}
            for key, sign in mine.items():
                opened = _opened(tx, storm, sign, past.get(key), now)
                self.seen_at[opened.id] = now
                changed.append(opened)
        return changed


def acknowledge(tx: Tx, actor: Actor, alert_id: AlertId, now: datetime) -> Alert:
    """Acknowledge an alert; the first who did is its owner, until he gives it to another one.

    Who was given it acknowledges it too: until then nobody knows whether he has heard of it.
    """
    alert = get_alert(tx, alert_id)
    taken = alert.acknowledged_by == actor.id or alert.owner != actor.id
    if alert.acknowledged_at is not None and taken:
        return alert
    known = replace(
        alert,
        acknowledged_by=actor.id,
        acknowledged_at=alert.acknowledged_at or now,
        owner=alert.owner or actor.id,
    )
    save_alert(tx, known)
    after = {**_about(alert), "owner": known.owner}
    add_event(tx, now, actor, "alert.acknowledged", _subject(alert), after=after)
    return known


def give_alert(tx: Tx, actor: Actor, alert_id: AlertId, login: str, now: datetime) -> Alert:
    """Assign an alert to somebody; whoever assigns it has acknowledged it.

    Raises `ConflictError` where the alert is over, or this is nobody who dispatches.
    """
    alert = get_alert(tx, alert_id)
    if alert.until is not None:
        raise ConflictError("this alert is over", reason="alert_over")
    if login not in may_own(list_users(tx)):
        raise ConflictError(f"{login} does not dispatch", reason="no_dispatcher", login=login)
    if alert.owner == login and alert.acknowledged_at is not None:
        return acknowledge(tx, actor, alert_id, now)
    given = replace(
        alert,
        owner=login,
        given_by="" if login == actor.id else actor.id,
        acknowledged_by=actor.id,
        acknowledged_at=alert.acknowledged_at or now,
    )
    save_alert(tx, given)
    before: dict[str, object] = {"owner": alert.owner}
    after = {**_about(alert), "owner": login}
    add_event(tx, now, actor, "alert.given", _subject(alert), before, after)
    return given


def may_own(users: Iterable[User]) -> list[str]:
    """Return the dispatchers, by login, who may own alerts."""
    return [
        one.login
        for one in users
        if not one.disabled
        and not is_simulated(one)
        and {Role.DISPATCHER, Role.ADMINISTRATOR} & set(one.roles)
    ]


def _watched(tx: Tx) -> list[Alert]:
    """Return the open alerts that the monitor changes and closes."""
    return [one for one in list_open_alerts(tx) if one.kind is not AlertKind.SOS]


def _key(one: Alert | Sign) -> Key:
    return one.kind, one.vehicle_id, request_of(one.facts)


def _about(alert: Alert) -> dict[str, object]:
    """Return what an event says of an alert: its number says nothing to a reader."""
    about: dict[str, object] = {"kind": alert.kind, "vehicle": alert.vehicle_id}
    return about if alert.request_id is None else about | {"request": alert.request_id}


def _subject(alert: Alert) -> str:
    return f"alert:{alert.id}"


def _changed(alert: Alert, sign: Sign) -> bool:
    return dict(alert.facts) != dict(sign.facts)


def _changed_by(tx: Tx, alert: Alert, sign: Sign, now: datetime) -> list[Alert]:
    if not _changed(alert, sign):
        return []
    changed = replace(alert, facts=sign.facts, location=sign.location or alert.location)
    if dangers_of(sign.facts) - dangers_of(alert.facts):
        changed = _told_anew(changed, now)
    save_alert(tx, changed)
    return [changed]


def _told_anew(alert: Alert, now: datetime) -> Alert:
    """Return an alert of which nobody has heard yet, since now, as it tells of a danger anew."""
    return replace(alert, since=now, acknowledged_by="", acknowledged_at=None)


def closed(tx: Tx, actor: Actor, alert: Alert, now: datetime) -> Alert:
    """Close an alert whose cause is over for sure."""
    over = replace(alert, until=now)
    save_alert(tx, over)
    add_event(tx, now, actor, "alert.closed", _subject(alert), _about(alert))
    return over


def _opened(tx: Tx, storm: Storm, sign: Sign, past: Alert | None, now: datetime) -> Alert:
    """Open the alert of a sign; one that has just closed goes on.

    Somebody in danger again is told anew, also where the alert was acknowledged.
    """
    if past is not None:
        opened = replace(past, until=None, facts=sign.facts, location=sign.location)
        if sign.kind is AlertKind.REQUEST_DANGER:
            opened = _told_anew(opened, now)
        save_alert(tx, opened)
    else:
        opened = add_alert(
            tx,
            Alert(
                NOT_YET,
                storm.id,
                sign.kind,
                sign.vehicle_id,
                since=sign.since,
                location=sign.location,
                facts=sign.facts,
            ),
        )
    after: dict[str, object] = {"kind": sign.kind, "vehicle": sign.vehicle_id, **sign.facts}
    add_event(tx, now, WATCH, "alert.opened", _subject(opened), after=after)
    return opened


def time_off_route(
    tx: Tx, storm_id: StormId, since: datetime, until: datetime
) -> dict[VehicleId, timedelta]:
    """Return how long each truck was off its route in a time, as the alerts of a storm say."""
    away: dict[VehicleId, timedelta] = {}
    for one in list_alerts(tx, storm_id):
        if one.kind is AlertKind.OFF_ROUTE and one.vehicle_id is not None:
            ends_at = min(one.until or until, until)
            spent = ends_at - max(one.since, since)
            known = away.get(one.vehicle_id, timedelta(0))
            away[one.vehicle_id] = known + max(spent, timedelta(0))
    return away
