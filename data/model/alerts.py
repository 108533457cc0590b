"""What needs a dispatcher: opened, updated and closed by the watch, acknowledged by people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from data.model.ids import AlertId, LonLat, RequestId, StormId, VehicleId

AlertFacts = Mapping[str, int | float | str]
"""Numbers and codes of which a page makes an alert's sentence; `int` too, as JSON has it."""


def request_of(facts: AlertFacts) -> RequestId | None:
    """Return the request that the facts of an alert are about, if any."""
    known = facts.get("request")
    return None if known is None else RequestId(int(known))


def dangers_of(facts: AlertFacts) -> frozenset[str]:
    """Return the dangers to life that the facts of an alert tell."""
    return frozenset(filter(None, str(facts.get("dangers", "")).split(",")))


class AlertKind(StrEnum):
    """What is wrong, the gravest first."""

    SOS = "sos"
    REQUEST_DANGER = "request_danger"
    CLOCK = "clock"
    EVIDENCE_BEHIND = "evidence_behind"
    FORECAST_OLD = "forecast_old"
    SHIFTS_OVER = "shifts_over"
    SILENT = "silent"
    AT_RISK = "at_risk"
    ROUTE_DECLINED = "route_declined"
    VEHICLE_FAULT = "vehicle_fault"
    LONG_STOP = "long_stop"
    OFF_ROUTE = "off_route"
    RELOAD_OVERDUE = "reload_overdue"
    HOURS = "hours"
    REST_DUE = "rest_due"
    BLADE_UP = "blade_up"
    BLADE_DOWN = "blade_down"
    BLADE_SENSOR = "blade_sensor"
    SPEEDING = "speeding"
    NEXT_CYCLE = "next_cycle"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something wrong since a time; `until` is `None` while it lasts.

    `owner` is who sees to it now: whoever acknowledged it first, or was given it since, by
    `given_by`; `acknowledged_by` is another one until the owner has acknowledged it too.
    `vehicle_id` is `None` for what concerns the whole fleet, a crew, or a request: `request_id`.
    """

    id: AlertId
    storm_id: StormId
    kind: AlertKind
    vehicle_id: VehicleId | None
    since: datetime
    until: datetime | None = None
    location: LonLat | None = None
    facts: AlertFacts = field(default_factory=dict)
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    owner: str = ""
    given_by: str = ""

    @property
    def request_id(self) -> RequestId | None:
        """Return the request that it is about, if any."""
        return request_of(self.facts)


@dataclass(frozen=True, slots=True)
class Snooze:
    """Alerts of one cause that somebody put off in a storm, for all boards.

    It holds until `until` and while they are no worse than they were then: `weight` counts the
    alerts, or streets or trucks of them, the gravest has the highest `severity`.
    """

    id: int
    storm_id: StormId
    cause: str
    weight: int
    severity: int
    until: datetime
    snoozed_by: str
