"""Alerts: what needs a dispatcher now, and who has seen it."""

from fastapi import APIRouter

from api.context import DispatcherContext, WallContext
from data.model import AlertId
from data.store.alerts import list_open_alerts
from fleet.alert_book import acknowledge
from maps.alerts import AlertView, alert_view

router = APIRouter()


@router.get("/api/alerts")
def show_alerts(context: WallContext) -> list[AlertView]:
    """Return what still lasts, the oldest first."""
    with context.reading() as tx:
        return [alert_view(one, context.app.network) for one in list_open_alerts(tx)]


@router.post("/api/alerts/{alert_id}/acknowledge")
def acknowledge_alert(alert_id: AlertId, context: DispatcherContext) -> AlertView:
    """Say that somebody has seen an alert; every board shows who did."""
    with context.changing(f"alert:{alert_id}") as tx:
        known = acknowledge(tx, context.actor, alert_id, context.now)
    view = alert_view(known, context.app.network)
    context.app.hub.publish("alerts", [view])
    return view
