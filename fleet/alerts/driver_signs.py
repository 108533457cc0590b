"""What drivers say that needs a dispatcher, pure: declined routes, and faults of machines."""

from collections.abc import Iterable, Iterator

from data.languages import in_language
from data.model import AlertFacts, AlertKind, RouteAnswer, Shift
from data.model.roster import VehicleCheck
from fleet.alerts.alert_conditions import Sign

JOINED = " · "
"""Between the names of several faults, in every language."""


def declined_signs(answers: Iterable[RouteAnswer], shifts: Iterable[Shift]) -> Iterator[Sign]:
    """Yield which drivers cannot drive the route that was published for them, and why."""
    vehicles = {shift.id: shift.vehicle_id for shift in shifts}
    for answer in answers:
        vehicle = vehicles.get(answer.shift_id)
        if vehicle is not None and answer.reason is not None:
            yield Sign(
                AlertKind.ROUTE_DECLINED, vehicle, answer.at, facts={"reason": answer.reason}
            )


def fault_signs(checks: Iterable[VehicleCheck]) -> Iterator[Sign]:
    """Yield the machines that are not to go out, by the last check of each; names by language."""
    for check in checks:
        grave = [fault.names for fault in check.faults if fault.grave]
        if grave:
            languages = dict.fromkeys(language for names in grave for language in names)
            facts: AlertFacts = {
                language: JOINED.join(in_language(names, language) for names in grave)
                for language in languages
            }
            yield Sign(AlertKind.VEHICLE_FAULT, check.vehicle_id, check.checked_at, facts=facts)
