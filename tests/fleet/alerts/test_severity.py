"""How grave alerts are: every kind has a severity, and what follows decides it."""

from data.model import Alert, AlertId, AlertKind, StormId, VehicleId
from fleet.alerts.severity import Severity, severity
from tests.village import NOW


def an_alert(kind: AlertKind, vehicle: int | None = 1) -> Alert:
    truck = None if vehicle is None else VehicleId(vehicle)
    return Alert(AlertId(1), StormId(1), kind, truck, NOW)


def test_every_kind_of_alert_has_a_severity() -> None:
    assert {kind: severity(an_alert(kind)) for kind in AlertKind}.keys() == set(AlertKind)


def test_somebody_in_danger_is_graver_than_all_else() -> None:
    dangers = {AlertKind.SOS, AlertKind.REQUEST_DANGER}
    others = [severity(an_alert(kind)) for kind in AlertKind if kind not in dangers]
    assert min(severity(an_alert(kind)) for kind in dangers) > max(others)


def test_a_silent_fleet_is_graver_than_a_silent_truck() -> None:
    assert severity(an_alert(AlertKind.SILENT, None)) > severity(an_alert(AlertKind.SILENT))
    assert severity(an_alert(AlertKind.SILENT)) is Severity.TRUCK
