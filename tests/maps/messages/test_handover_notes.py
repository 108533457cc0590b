"""The draft of a handover note: whose each open alert is."""

from data.model import Alert, AlertId, AlertKind, StormId, VehicleId
from fleet.messages.handover_notes import HandoverFacts
from maps.messages.handover_notes import note_draft
from maps.pages.i18n import translator
from tests.village import NOW


def an_alert(kind: AlertKind, vehicle: int | None, **facts: int | float | str) -> Alert:
    truck = None if vehicle is None else VehicleId(vehicle)
    return Alert(AlertId(1), StormId(1), kind, truck, NOW, facts=facts)


def test_each_alert_is_named_by_its_truck_its_request_or_the_whole_fleet() -> None:
    alerts = (
        an_alert(AlertKind.SILENT, 1),
        an_alert(AlertKind.REQUEST_DANGER, None, request=4, reference="B-0004"),
        an_alert(AlertKind.SHIFTS_OVER, None),
    )
    facts = HandoverFacts(alerts, late=(), out=(), ending=(), runs=0, requests=2)
    draft = note_draft(facts, {VehicleId(1): "Truck 1"}, translator("en"))
    assert draft.splitlines()[1:] == [
        "- Alert, Truck 1: no signal",
        "- Alert, B-0004: danger to life",
        "- Alert, whole fleet: all shifts over",
    ]
