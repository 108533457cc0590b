"""Tables of who drove a vehicle and how long, and of what was found when it was checked."""

from collections.abc import Callable, Iterable
from datetime import datetime

from data.languages import in_language
from data.model.roster import VehicleCheck, VehicleFault
from fleet.logbook.vehicle_days import ShiftHours
from maps.logbook.vehicle_words import from_to_text, lasts_text
from maps.pages.i18n import Translator
from maps.pages.tables import TableView

SHIFT_HEADS = (
    "Shift",
    "Driver",
    "On the move",
    "Hours of service",
    "Deadhead",
    "At work",
    "Breaks",
    "Longest without a break",
    "Limit",
)
CHECK_HEADS = ("Checked", "Driver", "Found")
"""Headings of tables: texts of the catalog."""

type Clock = Callable[[datetime], str]


def shifts_table(shifts: Iterable[ShiftHours], t: Translator) -> TableView:
    """Return the hours of service of shifts."""
    rows = tuple(
        (
            from_to_text(one.shift.starts_at, one.shift.ends_at, t),
            one.driver or "–",
            from_to_text(one.duty.first_at, one.duty.last_at, t),
            lasts_text(one.duty.service_s, t),
            lasts_text(one.duty.drive_s, t),
            lasts_text(one.duty.work_s, t),
            lasts_text(one.duty.break_s, t),
            lasts_text(one.duty.longest_s, t),
            t("over the limit") if one.over else t("within limits"),
        )
        for one in shifts
    )
    return TableView(t("Hours of service"), tuple(t(head) for head in SHIFT_HEADS), rows)


def checks_table(checks: Iterable[VehicleCheck], clock: Clock, t: Translator) -> TableView:
    """Return what was found when a vehicle was checked before shifts."""
    rows = tuple(
        (
            clock(one.checked_at),
            one.checked_by,
            t.listed(_fault_text(fault, t) for fault in one.faults) or t("all fine"),
        )
        for one in checks
    )
    return TableView(t("Vehicle check"), tuple(t(head) for head in CHECK_HEADS), rows)


def _fault_text(fault: VehicleFault, t: Translator) -> str:
    name = in_language(fault.names, t.language)
    return f"{name} ({fault.text})" if fault.text else name
