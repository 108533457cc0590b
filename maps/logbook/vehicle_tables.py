"""Vehicles' days as CSV tables."""

from collections.abc import Iterable

from data.policy.city_policy import Policy
from fleet.logbook.trips import Doing
from fleet.logbook.vehicle_days import VehicleDay, material_kg, material_known
from fleet.work.totals import Sums
from maps.logbook.vehicle_days import LogPeriod
from maps.logbook.vehicle_words import Say, where_text
from maps.pages.i18n import Translator
from maps.pages.tables import table_csv

DAYS_COLUMNS = (
    "vehicle",
    "driver",
    "from",
    "to",
    "first_move",
    "last_move",
    "km",
    "work_km",
    "drive_min",
    "work_min",
    "service_min",
    "stops",
    "stop_min",
    "idle_min",
    "yard_visits",
    "yard_min",
    "reload_visits",
    "reload_min",
    "material_kg",
    "known_by",
)
"""Columns of the table of vehicles; their headings are texts of the catalog."""

LOG_COLUMNS = (
    "vehicle",
    "from",
    "to",
    "minutes",
    "doing",
    "place",
    "km",
    "work_km",
    "idle_min",
    "material_kg",
    "known_by",
)
"""Columns of the table of one vehicle's log."""


def days_csv(asked: LogPeriod, days: Iterable[VehicleDay], policy: Policy, t: Translator) -> str:
    """Return the vehicles of a period as CSV."""
    rows = []
    for day in days:
        figures = day.log.figures
        moved = (figures.first_moved_at, figures.last_moved_at)
        visits, stood = figures.visits, figures.stood_s
        rows.append(
            [
                day.vehicle.name,
                t(", ").join(day.drivers),
                t.stamp(asked.period.since),
                t.stamp(min(asked.period.until, asked.now)),
                *("" if at is None else t.stamp(at) for at in moved),
                *_km_cells(figures.sums),
                _minutes(figures.sums.drive_s),
                _minutes(figures.sums.work_s),
                _minutes(sum(one.duty.service_s for one in day.shifts)),
                visits[Doing.STOP],
                _minutes(stood[Doing.STOP]),
                _minutes(figures.idle_s),
                visits[Doing.YARD],
                _minutes(stood[Doing.YARD]),
                visits[Doing.RELOAD],
                _minutes(stood[Doing.RELOAD]),
                *_material_cells(figures.sums, policy, t),
            ]
        )
    return table_csv(DAYS_COLUMNS, rows, t)


def log_csv(day: VehicleDay, policy: Policy, say: Say, t: Translator) -> str:
    """Return a vehicle's log as CSV."""
    rows = [
        [
            day.vehicle.name,
            t.stamp(one.starts_at),
            t.stamp(one.ends_at),
            _minutes(one.seconds),
            t(f"doing:{one.doing}"),
            where_text(one, say, t),
            *_km_cells(one.sums),
            _minutes(one.idle_s),
            *_material_cells(one.sums, policy, t),
        ]
        for one in day.log.entries
    ]
    return table_csv(LOG_COLUMNS, rows, t)


def _material_cells(sums: Sums, policy: Policy, t: Translator) -> tuple[object, ...]:
    whole = round(sum(material_kg(sums, policy).values()), 1)
    return (whole, t(", ").join(t(f"known:{way}") for way in material_known(sums)))


def _km_cells(sums: Sums) -> tuple[object, ...]:
    return (round(sums.moved_m / 1000, 2), round(sums.work_m / 1000, 2) if sums.sensed_s else "")


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 1)
