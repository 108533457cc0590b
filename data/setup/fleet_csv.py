"""Machines as a CSV spreadsheet, as Excel and LibreOffice write it, in any language of pages."""

import csv
import io
from collections.abc import Mapping, Sequence

from data.errors import Need
from data.files.csv_sheet import Mistake, guarded, number_of, sheet_rows
from data.files.toml_reader import InvalidFileError, read_table, repeated_names
from data.model import Depot, Treatment, Vehicle
from data.setup.fleet_columns import COLUMNS, codes, machine_term, spelled
from data.setup.fleet_tables import VehicleTable, machine_names, unknown_depots, vehicles_from
from data.units import KMH_MPS

__all__ = ["Mistake", "csv_from_machines", "machines_from_csv"]

MOST_ROWS = 2_000

_NUMBERS = frozenset(
    {"plow_kmh", "salt_kmh", "drive_kmh", "blade_m", "hopper_kg", "min_street_m", "shift_h"}
    | {"arrive_min", "rate_h"}
)
_SPEED_OF = {"plow_kmh": "plow", "salt_kmh": "salt"}
_FIELD_OF = {f"work_kmh.{treatment}": field for field, treatment in _SPEED_OF.items()}
_EMPTY = frozenset({""})
_NOTHING = frozenset({"", "-", "—", "–", "ـ"})

_CODED = {"type": "types", "owner": "owners"}
"""Columns with coded values, each with the part of `machine_terms` that names them."""


def machines_from_csv(
    content: bytes, depots: Sequence[Depot]
) -> tuple[tuple[Vehicle, ...], list[Mistake]]:
    """Return the machines of a spreadsheet, and all mistakes in it.

    The machines count only while there is no mistake. Separators, digits, decimal signs, spellings
    of Persian letters and the language of heads and words are all recognized.
    """
    lines = sheet_rows(content)
    if not lines:
        return (), [Mistake(0, "", "", "a table with headers and a line for each machine")]
    head, body = lines[0], lines[1:]
    fields, mistakes = _fields(*head)
    if mistakes or not body:
        return (), mistakes or [
            Mistake(head[0], "", "", "a line for each machine below the headers")
        ]
    if len(body) > MOST_ROWS:
        need = Need("at most {count} machines", count=MOST_ROWS)
        return (), [Mistake(0, "", str(len(body)), need)]
    return _machines(fields, body, depots)


def csv_from_machines(
    vehicles: Sequence[Vehicle], depots: Sequence[Depot], language: str = "en"
) -> str:
    """Return the spreadsheet that `machines_from_csv` reads back; digits are Latin.

    Texts that a spreadsheet would take for a formula get an apostrophe before them.
    """
    names = {depot.id: depot.name for depot in depots}
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(machine_term("columns", column, language) for column in COLUMNS)
    for vehicle in vehicles:
        writer.writerow(map(guarded, _cells(vehicle, names.get(vehicle.depot_id, ""), language)))
    return sheet.getvalue()


def _cells(vehicle: Vehicle, depot: str, language: str) -> list[str]:
    speeds = vehicle.work_speed_mps
    return [
        vehicle.name,
        machine_term("types", vehicle.type, language),
        machine_term("owners", vehicle.owner, language),
        *(_kmh(speeds.get(treatment)) for treatment in (Treatment.PLOW, Treatment.SALT)),
        _kmh(vehicle.drive_speed_mps),
        *(f"{value:.9g}" for value in (vehicle.blade_m, vehicle.hopper_kg)),
        *(f"{value:.9g}" for value in (vehicle.min_street_m, vehicle.shift_h)),
        depot,
        machine_term("flags", "true" if vehicle.assumed else "false", language),
        vehicle.company,
        vehicle.contact,
        *(f"{value:.9g}" if value else "" for value in (vehicle.arrive_s / 60, vehicle.rate_h)),
    ]


def _kmh(speed_mps: float | None) -> str:
    return "" if speed_mps is None else f"{speed_mps / KMH_MPS:.9g}"


def _fields(line: int, head: Sequence[str]) -> tuple[list[str], list[Mistake]]:
    fields: list[str] = []
    mistakes: list[Mistake] = []
    for cell in head:
        field = codes("columns").get(spelled(cell), "")
        if cell and not field:
            mistakes.append(Mistake(line, "", cell, "a known column"))
        elif field and field in fields:
            mistakes.append(Mistake(line, field, cell, "every column once"))
        fields.append(field)
    missing = [field for field in ("name", "type", "drive_kmh") if field not in fields]
    mistakes += [Mistake(line, field, "", "a column") for field in missing]
    return fields, mistakes


def _machines(
    fields: Sequence[str], body: Sequence[tuple[int, Sequence[str]]], depots: Sequence[Depot]
) -> tuple[tuple[Vehicle, ...], list[Mistake]]:
    known = {spelled(depot.name): depot.name for depot in depots}
    lines = [line for line, _ in body]
    cells_of = [dict(zip(fields, cells, strict=False)) for _, cells in body]
    need = Need("{count} columns", count=len(fields))
    mistakes = [
        Mistake(line, "", str(len(cells)), need)
        for line, cells in body
        if any(cells[len(fields) :])
    ]
    values = [_values(cells, known) for cells in cells_of]
    found = list(repeated_names(values, machine_names))
    found += unknown_depots([value.get("depot") for value in values], depots)
    tables: dict[int, VehicleTable] = {}
    for index, value in enumerate(values):
        try:
            tables[index] = read_table(VehicleTable, value, "")
        except InvalidFileError as error:
            found += [each._replace(path=(index, *each.path)) for each in error.found]
    vehicles, too_many = vehicles_from(list(tables.values()), depots)
    found += too_many
    for each in found:
        index, code = int(each.path[0]), ".".join(map(str, each.path[1:]))
        field = _FIELD_OF.get(code, code)
        mistakes.append(Mistake(lines[index], field, cells_of[index].get(field, ""), each.expected))
    order = {field: n for n, field in enumerate(fields)}
    mistakes.sort(key=lambda mistake: (mistake.line, order.get(mistake.field, 0)))
    return vehicles, mistakes


def _values(cells: Mapping[str, str], depots: Mapping[str, str]) -> dict[str, object]:
    """Return a row as a `[[vehicle]]` table of `fleet.toml`; invalid values stay text."""
    values: dict[str, object] = {}
    for field, cell in cells.items():
        if field and cell not in (_EMPTY if field == "name" else _NOTHING):
            values[field] = _value(field, cell, depots)
    speeds = {
        treatment: values.pop(field) for field, treatment in _SPEED_OF.items() if field in values
    }
    defaults = {"blade_m": 0.0, "hopper_kg": 0.0, "min_street_m": 3.5, "shift_h": 8.0}
    return {**defaults, **values, "work_kmh": speeds}


def _value(field: str, cell: str, depots: Mapping[str, str]) -> object:
    if field in _NUMBERS or field == "count":
        return number_of(cell)
    word = spelled(cell)
    if field == "assumed":
        flag = codes("flags").get(word)
        return cell if flag is None else flag == "true"
    if field == "depot":
        return depots.get(word, cell)
    part = _CODED.get(field)
    return codes(part).get(word, cell) if part else cell
