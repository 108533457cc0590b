"""One fix of a recorded track from named fields; an error names place and field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite, nan

from data.errors import InvalidError
from data.files.csv_sheet import latin_digits, number_of
from data.model import LonLat
from data.units import mps_from_kmh, mps_from_knots
from fleet.tracking.field_parsers import MILLISECONDS_FROM, OFF, ON

ALIASES = {
    "truck": "vehicle",
    "vehicle_id": "vehicle",
    "device": "vehicle",
    "device_id": "vehicle",
    "time_utc": "time",
    "fixed_at": "time",
    "timestamp": "time",
    "latitude": "lat",
    "lng": "lon",
    "longitude": "lon",
    "speed_mps": "speed",
    "bearing": "heading",
    "heading_deg": "heading",
    "course": "heading",
    "accuracy_m": "accuracy",
    "rate_gm2": "rate",
}
"""Other names of columns; Syracuse writes `truck` and `time_utc`."""

SPEEDS: Mapping[str, Callable[[float], float]] = {
    "speed": float,
    "speed_kmh": mps_from_kmh,
    "speed_kn": mps_from_knots,
}
"""Columns of speed and what makes metres per second of each."""


@dataclass(frozen=True, slots=True)
class LoggedFix:
    """A fix of a log."""

    vehicle: str
    fixed_at: datetime
    location: LonLat
    speed_mps: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None
    blade: bool | None = None
    spreader: bool | None = None
    material: str = ""
    rate_gm2: float | None = None


def plain_name(text: str) -> str:
    """Return a vehicle's name; a number that a spreadsheet wrote as 977106.0 is 977106."""
    whole = text.strip().removesuffix(".0")
    return whole if whole.isdecimal() else text.strip()


def moment(where: str, text: str) -> datetime:
    """Return an aware time; without a zone it is UTC, a number is (milli)seconds since 1970."""
    plain = latin_digits(text)
    try:
        if plain.replace(".", "", 1).isdecimal():
            stamp = float(plain)
            return datetime.fromtimestamp(stamp / (1 if stamp < MILLISECONDS_FROM else 1000), UTC)
        at = datetime.fromisoformat(plain)
        return (at.replace(tzinfo=UTC) if at.tzinfo is None else at).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        expected = "a time such as 2026-01-10T06:00:00Z, or seconds since 1970"
        raise InvalidError(where, text, expected) from None


def number(where: str, text: str, least: float, most: float) -> float:
    """Return a number within limits; any digits, and a comma for the decimals, are understood."""
    try:
        found = float(text)
    except ValueError:
        read = number_of(text)
        found = read if isinstance(read, float) else nan
    if isfinite(found) and least <= found <= most:
        return found
    raise InvalidError(where, text, f"a number from {least:g} to {most:g}")


def switch(where: str, text: str) -> bool | None:
    """Return an on/off value; `None` where it is empty."""
    word = text.strip().lower()
    if word in ("", "none"):
        return None
    if word not in ON | OFF:
        raise InvalidError(where, text, "down, up, on, off or nothing")
    return word in ON


def fix_from(where: str, cells: Mapping[str, str]) -> LoggedFix:
    """Return the fix that fields by name mean.

    `where` is what the fix stands in, such as "line 7"; `InvalidError` tells it with the field.
    """

    def maybe(name: str, least: float, most: float) -> float | None:
        text = cells.get(name)
        return number(f"{where}, {name}", text, least, most) if text else None

    vehicle = plain_name(cells["vehicle"])
    if not vehicle:
        raise InvalidError(f"{where}, vehicle", "", "a name")
    fixed_at = moment(f"{where}, time", cells["time"])
    lon_deg = number(f"{where}, lon", cells["lon"], -180, 180)
    lat_deg = number(f"{where}, lat", cells["lat"], -90, 90)
    speeds = [(maybe(name, 0, 1_000), to_mps) for name, to_mps in SPEEDS.items()]
    heading_deg = maybe("heading", -360, 360)
    return LoggedFix(
        vehicle,
        fixed_at,
        LonLat(lon_deg, lat_deg),
        next((to_mps(speed) for speed, to_mps in speeds if speed is not None), None),
        None if heading_deg is None else heading_deg % 360.0,
        maybe("accuracy", 0, 100_000),
        switch(f"{where}, blade", cells.get("blade", "")),
        switch(f"{where}, spreader", cells.get("spreader", "")),
        cells.get("material", ""),
        maybe("rate", 0, 10_000),
    )
