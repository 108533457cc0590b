"""How grave an alert is, by what follows when nobody acts."""

from enum import IntEnum

from data.model import Alert, AlertKind


class Severity(IntEnum):
    """What follows: somebody is in danger, streets stay late, a truck loses time, or a note."""

    DANGER = 3
    STREETS = 2
    TRUCK = 1
    NOTE = 0


_BY_KIND = {
    AlertKind.SOS: Severity.DANGER,
    AlertKind.REQUEST_DANGER: Severity.DANGER,
    AlertKind.CLOCK: Severity.STREETS,
    AlertKind.EVIDENCE_BEHIND: Severity.STREETS,
    AlertKind.FORECAST_OLD: Severity.STREETS,
    AlertKind.SHIFTS_OVER: Severity.STREETS,
    AlertKind.AT_RISK: Severity.STREETS,
    AlertKind.ROUTE_DECLINED: Severity.STREETS,
    AlertKind.VEHICLE_FAULT: Severity.STREETS,
    AlertKind.SILENT: Severity.TRUCK,
    AlertKind.LONG_STOP: Severity.TRUCK,
    AlertKind.OFF_ROUTE: Severity.TRUCK,
    AlertKind.RELOAD_OVERDUE: Severity.TRUCK,
    AlertKind.HOURS: Severity.TRUCK,
    AlertKind.REST_DUE: Severity.TRUCK,
    AlertKind.BLADE_UP: Severity.TRUCK,
    AlertKind.BLADE_DOWN: Severity.NOTE,
    AlertKind.BLADE_SENSOR: Severity.NOTE,
    AlertKind.SPEEDING: Severity.NOTE,
    AlertKind.NEXT_CYCLE: Severity.NOTE,
}


def severity(alert: Alert) -> Severity:
    """Return the severity of an alert; many silent trucks hide all that is cleared."""
    if alert.kind is AlertKind.SILENT and alert.vehicle_id is None:
        return Severity.STREETS
    return _BY_KIND[alert.kind]
