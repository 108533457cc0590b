"""Road weather as a spreadsheet: one line for what a station (RWIS) measured at a time.

Columns by any of their headers; temperatures in °C unless the header says °F, snow in cm. A cell
that is empty, or says that its sensor measured nothing, is left out.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from data.errors import Need
from data.files.csv_sheet import Mistake, number_of, sheet_rows
from data.geocode.text.normalization import normal
from data.model.storm_conditions import RoadState, RoadWeather
from data.storms import NEED_TIME, moment_of

MOST_LINES = 20_000

_HEADS: Mapping[str, tuple[str, ...]] = {
    "station": ("site", "station id", "station name", "site id", "rwis", "ایستگاه", "stansiya"),
    "time": (
        "valid",
        "obtime",
        "observation time",
        "date",
        "date time",
        "datetime",
        "timestamp",
        "at",
        "زمان",
        "تاریخ",
        "vaxt",
    ),
    "road_c": (
        "road temperature",
        "surface temperature",
        "pavement temperature",
        "road temp",
        "surface temp",
        "tsf",
        "st",
        "دمای سطح جاده",
        "دمای جاده",
        "yolun temperaturu",
    ),
    "road_f": ("tfs0", "road temperature f", "surface temperature f", "pavement temperature f"),
    "air_c": ("air temperature", "air temp", "tmpc", "ta", "دمای هوا", "havanın temperaturu"),
    "air_f": ("tmpf", "air temperature f", "air temp f"),
    "state": (
        "road state",
        "surface state",
        "surface condition",
        "road condition",
        "tfs0 text",
        "surface status",
        "وضعیت جاده",
        "yolun vəziyyəti",
    ),
    "snow_cm": ("snow depth", "snow", "snow depth cm", "عمق برف", "ارتفاع برف", "qarın dərinliyi"),
}
_COLUMN_OF = {
    normal(head.replace("_", " ")): column
    for column, heads in _HEADS.items()
    for head in (column, *heads)
}

_MEASURES = ("road_c", "road_f", "air_c", "air_f", "state", "snow_cm")

_NOTHING = frozenset(
    ("", "-", "m", "na", "n/a", "nan", "null", "none", "other", "error", "no report", "-99", "-999")
)
"""What stations write where a sensor measured nothing."""

_STATES: Mapping[str, RoadState] = {
    normal(word): state
    for state, words in {
        RoadState.DRY: ("dry", "خشک", "quru"),
        RoadState.MOIST: ("moist", "damp", "trace moisture", "مرطوب", "nəm"),
        RoadState.WET: ("wet", "chemically wet", "خیس", "yaş"),
        RoadState.SLUSH: ("slush", "slushy", "برف‌آب", "sulu qar"),
        RoadState.FROST: ("frost", "یخبندان", "şaxta"),
        RoadState.SNOW: ("snow", "snowy", "snow watch", "snow warning", "برف", "qar"),
        RoadState.ICE: (
            "ice",
            "icy",
            "ice watch",
            "ice warning",
            "snow ice watch",
            "snow ice warning",
            "یخ",
            "buz",
        ),
    }.items()
    for word in words
}

NEED_STATE = Need("one of {expected}", expected=", ".join(RoadState))


class _Cells(NamedTuple):
    """A line of the file: its number, and its cells by column."""

    line: int
    named: Mapping[str, str]


def road_weather_from_csv(content: bytes, timezone: str) -> tuple[list[RoadWeather], list[Mistake]]:
    """Return what each line measured, and everything that is wrong.

    The rows count only while there is no mistake. Times without an offset are the city's, under a
    header that names UTC they are that.
    """
    rows = sheet_rows(content)
    if not rows:
        return [], [Mistake(0, "", "", "a table with headers and a line for each entry")]
    (number, head), body = rows[0], rows[1:]
    columns, mistakes = _columns(number, head)
    if "time" in columns and _names_utc(head[columns.index("time")]):
        timezone = "UTC"
    if len(body) > MOST_LINES:
        need = Need("at most {count} entries", count=MOST_LINES)
        mistakes.append(Mistake(0, "", str(len(body)), need))
    if mistakes:
        return [], mistakes
    found: list[RoadWeather] = []
    for line, cells in body:
        row = _Cells(line, dict(zip(columns, cells, strict=False)))
        one, wrong = _measured(row, timezone)
        found.extend(one)
        mistakes.extend(wrong)
    return found, mistakes


def _column(head: str) -> str:
    """Return the column of a header; `utc_valid` or `Time (UTC)` is one of time, too."""
    plain = " ".join(word for word in _words(head) if word != "utc")
    found = _COLUMN_OF.get(plain, "")
    return found if found == "time" or not _names_utc(head) else ""


def _names_utc(head: str) -> bool:
    return "utc" in _words(head)


def _words(head: str) -> list[str]:
    return normal(head.replace("_", " ")).split()


def _columns(line: int, head: Sequence[str]) -> tuple[list[str], list[Mistake]]:
    columns = [_column(cell) for cell in head]
    mistakes = [
        Mistake(line, column, "", "one column of this kind")
        for column in ("station", "time")
        if columns.count(column) != 1
    ]
    if not any(each in columns for each in _MEASURES):
        mistakes.append(Mistake(line, "road_c", "", "a column that is measured"))
    return columns, mistakes


def _measured(row: _Cells, timezone: str) -> tuple[list[RoadWeather], list[Mistake]]:
    station, time = row.named.get("station", "").strip(), row.named.get("time", "")
    at, wrong = moment_of(time, timezone), []
    if not 0 < len(station) <= 80:
        need = Need("at most {max_length} characters", max_length=80)
        wrong.append(Mistake(row.line, "station", station, need))
    if at is None:
        wrong.append(Mistake(row.line, "time", time, NEED_TIME))
    road_c = _degrees(row, "road", wrong)
    air_c = _degrees(row, "air", wrong)
    snow_cm = _number(row, "snow_cm", 0.0, 1000.0, wrong)
    state = _state(row, wrong)
    if wrong or at is None:
        return [], wrong
    snow_mm = None if snow_cm is None else snow_cm * 10
    return [RoadWeather(station, at, road_c, air_c, state, snow_mm)], []


def _degrees(row: _Cells, of: str, wrong: list[Mistake]) -> float | None:
    celsius = _number(row, f"{of}_c", -80.0, 80.0, wrong)
    fahrenheit = _number(row, f"{of}_f", -112.0, 176.0, wrong)
    if celsius is None and fahrenheit is not None:
        return (fahrenheit - 32) / 1.8
    return celsius


def _number(
    row: _Cells, column: str, low: float, high: float, wrong: list[Mistake]
) -> float | None:
    cell = row.named.get(column, "")
    if _is_nothing(cell):
        return None
    value = number_of(cell)
    if isinstance(value, str) or not low <= value <= high:
        wrong.append(Mistake(row.line, column, cell, Need("{low} to {high}", low=low, high=high)))
        return None
    return value


def _state(row: _Cells, wrong: list[Mistake]) -> RoadState | None:
    cell = row.named.get("state", "")
    if _is_nothing(cell):
        return None
    found = _STATES.get(normal(cell))
    if found is None:
        wrong.append(Mistake(row.line, "state", cell, NEED_STATE))
    return found


def _is_nothing(cell: str) -> bool:
    return cell.strip().casefold() in _NOTHING
