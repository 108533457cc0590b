"""Costs of a storm, for its page and as CSV and Excel tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.model import Storm
from fleet.reports.storm_costs import MachineCost, StormCosts, TruckCost, owner_of
from maps.pages.i18n import Translator
from maps.pages.tables import FigureView, TableView, currency_text, district_text, table_csv
from maps.pages.workbook import Cell, WorkbookSheet, workbook
from maps.storms.call_outs import owner_text

COLUMNS = (
    "paid_h",
    "drive_h",
    "work_h",
    "km",
    "work_km",
    "material_kg",
    "machines_cost",
    "material_cost",
    "cost",
)
"""Columns of figures; their heads are texts of the catalog."""

CREW_COLUMNS = ("people", "duty_h", "people_h", "jobs_done", "cost")
"""Those of crews, who have neither kilometres nor material."""


class CostTable(StrEnum):
    """Tables of costs, by what they are summed up."""

    TRUCKS = "trucks"
    OWNERS = "owners"
    DISTRICTS = "districts"
    CREWS = "crews"


@dataclass(frozen=True, slots=True)
class CostsView:
    """The page of costs: figures, tables, and hires with more paid hours than tracks show.

    `at` is when the figures were counted, which go on while the storm does. `unpriced` tells that
    there is work but nobody has set a price.
    """

    storm: Storm
    at: datetime
    figures: tuple[FigureView, ...]
    tables: tuple[tuple[str, TableView], ...]
    doubtful: tuple[str, ...]
    unpriced: bool


def costs_view(costs: StormCosts, storm: Storm, t: Translator, now: datetime) -> CostsView:
    """Return the page of a storm's costs as they are now."""
    total = costs.total
    kg = sum(total.material_kg.values())
    figures = (
        FigureView(
            _number(costs.cost, t),
            t("Cost, {currency}", currency=currency_text(costs.currency, t)),
            "",
        ),
        FigureView(_number(total.paid_h, t, 1), t("Paid hours"), ""),
        FigureView(_number(total.work_m / 1000, t, 1), t("km at work"), ""),
        FigureView(_number(kg / 1000, t, 1), t("Material, t"), ""),
    )
    tables = tuple((str(which), _table(costs, which, t)) for which in _tables(costs))
    unpriced = total.paid_h > 0 and costs.cost == 0
    return CostsView(storm, now, figures, tables, tuple(_doubtful(costs.trucks, t)), unpriced)


def costs_csv(costs: StormCosts, which: CostTable, t: Translator) -> str:
    """Return one table as CSV, with Latin digits."""
    keys, rows = _rows(costs, which, t)
    cells = [["" if cell is None else cell for cell in row] for row in rows]
    money = currency_text(costs.currency, t)
    return table_csv((*keys, *_columns(which)), cells, t, currency=money)


def costs_workbook(costs: StormCosts, t: Translator) -> bytes:
    """Return all tables as an Excel file."""
    sheets = []
    for which in _tables(costs):
        keys, rows = _rows(costs, which, t)
        heads = _heads(costs, (*keys, *_columns(which)), t.plain)
        sheets.append(WorkbookSheet(t(f"costs:{which}"), heads, rows))
    return workbook(sheets, t)


def _rows(
    costs: StormCosts, which: CostTable, t: Translator
) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """Return the names of the first columns, and the rows with the sum as the last one."""
    lines: list[list[Cell]]
    if which is CostTable.TRUCKS:
        keys: tuple[str, ...] = ("vehicle", "owner")
        lines = [
            [one.vehicle.name, owner_text(owner_of(one.vehicle), t), *_cells(one.cost)]
            for one in costs.trucks
        ]
        return keys, [*lines, [t("Total"), "", *_cells(costs.total)]]
    if which is CostTable.OWNERS:
        lines = [[owner_text(one.name, t), *_cells(one)] for one in costs.owners]
        return ("owner",), [*lines, [t("Total"), *_cells(costs.total)]]
    if which is CostTable.CREWS:
        return ("crew",), [
            [
                one.crew.name,
                one.crew.size,
                *(round(hours, 2) for hours in (one.duty_h, one.people_h)),
                one.done,
                round(one.cost, 2),
            ]
            for one in costs.crews
        ]
    return ("district",), [[district_text(one.name, t), *_cells(one)] for one in costs.districts]


def _tables(costs: StormCosts) -> list[CostTable]:
    """Return the tables; that of crews only where crews were on duty."""
    return [which for which in CostTable if which is not CostTable.CREWS or costs.crews]


def _columns(which: CostTable) -> tuple[str, ...]:
    return CREW_COLUMNS if which is CostTable.CREWS else COLUMNS


def _heads(costs: StormCosts, names: Iterable[str], t: Translator) -> tuple[str, ...]:
    money = currency_text(costs.currency, t)
    return tuple(t(f"column:{name}", currency=money) for name in names)


def _cells(cost: MachineCost) -> list[Cell]:
    return [
        *(round(hours, 2) for hours in (cost.paid_h, cost.drive_h, cost.work_h)),
        *(round(metres / 1000, 2) for metres in (cost.moved_m, cost.work_m)),
        round(sum(cost.material_kg.values()), 1),
        *(round(money, 2) for money in (cost.machines_cost, cost.material_cost, cost.cost)),
    ]


def _table(costs: StormCosts, which: CostTable, t: Translator) -> TableView:
    keys, rows = _rows(costs, which, t)
    digits = (0, 1, 1, 0, 0) if which is CostTable.CREWS else (1, 1, 1, 1, 1, 0, 0, 0, 0)
    shown = tuple(
        (
            *(str(cell) for cell in row[: len(keys)]),
            *(
                _number(float(cell or 0), t, places)
                for cell, places in zip(row[len(keys) :], digits, strict=True)
            ),
        )
        for row in rows
    )
    heads = _heads(costs, (*keys, *_columns(which)), t)
    return TableView(t(f"costs:{which}"), heads, shown)


def _doubtful(trucks: Iterable[TruckCost], t: Translator) -> Iterator[str]:
    for truck in trucks:
        for hire in truck.hires:
            if hire.doubtful:
                yield t(
                    "{truck}: {hours} h from arrival to release, {seen} h on its track",
                    truck=truck.vehicle.name,
                    hours=round(hire.hours_h, 1),
                    seen=round(hire.tracked_h, 1),
                )


def _number(value: float, t: Translator, places: int = 0) -> str:
    return t.number(value, places)
