"""Alerts of the dispatchers' board: list, acknowledge, assign, put off and close."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.web.checked_route import CheckedRoute
from api.web.context import BoardContext, Context, DispatcherContext, WallContext
from api.web.page_context import shown_to
from api.web.schemas import Wire
from data.model import Alert, AlertId
from data.model.alerts import Snooze
from data.store.alerts import list_open_alerts, list_snoozes
from fleet.accounts.accounts import LOGIN_LETTERS
from fleet.accounts.people import all_people
from fleet.alerts.alert_register import acknowledge, give_alert, may_own
from fleet.alerts.snoozes import SnoozeWish, snooze, wake
from fleet.messages.sos import close_call
from fleet.storms.storm_lookup import active_storm, wanted_storm
from maps.alerts import AlertView, SnoozeView, alert_view, snooze_view

router = APIRouter(route_class=CheckedRoute)


class OwnerIn(Wire):
    """The user to whom an alert is assigned."""

    login: Annotated[str, Field(min_length=1, max_length=LOGIN_LETTERS)]


class SnoozeIn(Wire):
    """How many alerts a cause has now, or streets or trucks of them, and how grave they are."""

    weight: Annotated[int, Field(ge=0, le=1_000_000)]
    severity: Annotated[int, Field(ge=0, le=3)]


@router.get("/api/alerts")
def list_alerts(context: WallContext) -> list[AlertView]:
    """Return the open alerts, the oldest first."""
    with context.reading() as tx:
        alerts = list_open_alerts(tx)
        return [shown_to(context)(alert_view(one, context.app.network)) for one in alerts]


@router.post("/api/alerts/{alert_id}/acknowledge")
def acknowledge_alert(alert_id: AlertId, context: DispatcherContext) -> AlertView:
    """Acknowledge an alert; every board shows by whom."""
    with context.changing(f"alert:{alert_id}") as tx:
        known = acknowledge(tx, context.actor, alert_id, context.now)
    return _published(context, known)


@router.get("/api/alerts/owners")
def list_alert_owners(context: BoardContext) -> list[str]:
    """Return the users to whom alerts may be assigned."""
    with context.reading() as tx:
        return may_own(all_people(tx))


@router.get("/api/alerts/snoozes")
def list_put_off(context: BoardContext) -> list[SnoozeView]:
    """Return which alerts are put off now, by cause."""
    with context.reading() as tx:
        storm = wanted_storm(tx)
        found = list_snoozes(tx, storm.id, context.now) if storm else []
        return [snooze_view(one) for one in found]


@router.post("/api/alerts/snoozes/{cause}")
def put_off(cause: str, wanted: SnoozeIn, context: DispatcherContext) -> SnoozeView:
    """Put the alerts of a cause off for half an hour, on every board."""
    wish = SnoozeWish(cause, wanted.weight, wanted.severity)
    with context.writing() as tx:
        new = snooze(tx, context.actor, active_storm(tx).id, wish, context.now)
    return _told(context, new)


@router.post("/api/alerts/snoozes/{cause}/end")
def show_again(cause: str, context: DispatcherContext) -> SnoozeView:
    """Show the alerts of a cause again, on every board."""
    with context.writing() as tx:
        over = wake(tx, context.actor, active_storm(tx).id, cause, context.now)
    return _told(context, over)


@router.post("/api/alerts/{alert_id}/owner")
def assign_alert(alert_id: AlertId, wanted: OwnerIn, context: DispatcherContext) -> AlertView:
    """Assign an alert to a user."""
    with context.changing(f"alert:{alert_id}") as tx:
        given = give_alert(tx, context.actor, alert_id, wanted.login, context.now)
    return _published(context, given)


@router.post("/api/alerts/{alert_id}/close")
def close_alert(alert_id: AlertId, context: DispatcherContext) -> AlertView:
    """Close a call for help; other alerts close by themselves."""
    with context.changing(f"alert:{alert_id}") as tx:
        closed = close_call(tx, context.actor, alert_id, context.now)
    return _published(context, closed)


def _published(context: Context, changed: Alert) -> AlertView:
    """Publish a changed alert to every board."""
    view = alert_view(changed, context.app.network)
    context.app.hub.publish("alerts", [view])
    return view


def _told(context: Context, changed: Snooze) -> SnoozeView:
    """Publish a snooze, or its end, to every board."""
    view = snooze_view(changed)
    context.app.hub.publish("snoozes", [view])
    return view
