"""Parsers of tracker fields: numbers, places, times, switches; and the fix built of them.

Whatever is wrong is told by a reason code: "no_fix", or the name of the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import isfinite
from typing import Final

from data.errors import InvalidError
from data.model import Device, LonLat, Position, SensorKind, SpeedUnit
from data.units import mps_from_kmh, mps_from_knots, mps_from_mph

LATEST: Final = timedelta(minutes=5)
"""How far a device's clock may be ahead of ours."""

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Older fixes come from clocks that were never set."""

MILLISECONDS_FROM: Final = 2_147_483_647
"""OsmAnd: smaller time stamps are seconds (Traccar, OsmAndProtocolDecoder)."""

NO_FIX_DEG: Final = 0.01
"""So near to 0°, 0° a receiver means that it has no fix: there is nothing but sea."""

TEXT_LENGTH: Final = 200
"""What is kept of a text that a device sends."""

MOST_ATTRIBUTES: Final = 60
"""Keys kept of one message, apart from those that mean something to us."""

LARGEST: Final = 1e15
"""Larger numbers are no measurements; some of them nobody can even store."""

UNBELIEVED: Final = frozenset({"no_fix", "early"})
"""Reasons of fixes that are well written and wrong all the same: to send them again is no use."""

ON: Final = frozenset({"down", "on", "true", "1", "yes"})
OFF: Final = frozenset({"up", "off", "false", "0", "no"})

Attribute = str | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFix:
    """Values of one position report, in our units.

    `equipment` holds blade, spreader, material, rate and alarm by these names, and the keys that
    the device's inputs speak of.
    """

    fixed_at: datetime
    location: LonLat
    speed_mps: float | None
    heading_deg: float | None
    accuracy_m: float | None
    equipment: Mapping[str, object]
    attributes: Mapping[str, Attribute]


def built_position(device: Device, source: str, now: datetime, fix: ReportedFix) -> Position:
    """Return a tracker's fix; raise `InvalidError` for one that cannot be.

    One from the future is returned too: the clock that is wrong may be ours.
    """
    equipment = fix.equipment
    if fix.fixed_at < EARLIEST:
        raise InvalidError("early", fix.fixed_at, "a time after 2000")
    if abs(fix.location.lon) < NO_FIX_DEG and abs(fix.location.lat) < NO_FIX_DEG:
        raise InvalidError("no_fix", "0, 0", "a place")
    return Position(
        device_id=device.id,
        vehicle_id=device.vehicle_id,
        source=source,
        fixed_at=fix.fixed_at,
        received_at=now,
        location=fix.location,
        speed_mps=fix.speed_mps,
        heading_deg=fix.heading_deg,
        accuracy_m=fix.accuracy_m,
        blade=_sensed(device, SensorKind.BLADE, equipment),
        spreader=_sensed(device, SensorKind.SPREADER, equipment),
        material=text("material", equipment.get("material")),
        rate_gm2=number("rate", equipment.get("rate"), low=0.0),
        alarm=text("alarm", equipment.get("alarm")),
        attributes=fix.attributes,
    )


def mapping(field: str, value: object) -> Mapping[str, object]:
    """Return an object of JSON."""
    if not isinstance(value, Mapping):
        raise InvalidError(field, value, "an object")
    return value


def number(field: str, value: object, low: float | None = None) -> float | None:
    """Return a finite number, `None` where there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise InvalidError(field, value, "a number")
    try:
        found = float(value)
    except (ValueError, OverflowError):
        raise InvalidError(field, value, "a number") from None
    if not isfinite(found) or (low is not None and found < low):
        raise InvalidError(field, value, "a number" if low is None else f"at least {low:g}")
    return found


def known(found: float | None) -> float | None:
    """Return the number, unless it is one below zero that stands for "unknown"."""
    return None if found is None or found < 0 else found


def speed_mps(found: float | None, unit: SpeedUnit) -> float | None:
    """Return a speed in m/s, whatever unit it came in; below zero it is unknown."""
    if found is None or found < 0:
        return None
    if unit is SpeedUnit.KNOTS:
        return mps_from_knots(found)
    if unit is SpeedUnit.KMH:
        return mps_from_kmh(found)
    return found if unit is SpeedUnit.MPS else mps_from_mph(found)


def heading(value: object, field: str = "heading") -> float | None:
    """Return a direction in degrees from north, 0 to 360; below zero it is unknown."""
    degrees = known(number(field, value))
    return None if degrees is None else degrees % 360.0


def place(lat: object, lon: object) -> LonLat:
    """Return a place on the earth."""
    lat_deg, lon_deg = number("lat", lat), number("lon", lon)
    if lat_deg is None or not -90 <= lat_deg <= 90:
        raise InvalidError("lat", lat, "-90 to 90")
    if lon_deg is None or not -180 <= lon_deg <= 180:
        raise InvalidError("lon", lon, "-180 to 180")
    return LonLat(lon_deg, lat_deg)


def moment(field: str, value: object, now: datetime, zone: tzinfo | None) -> datetime:
    """Return a time in UTC, `now` where there is none.

    Takes seconds, milliseconds and ISO 8601; `zone` is meant where none is written, and without
    one a zone is required.
    """
    if value is None or value == "":
        return now
    written = str(value)
    try:
        if written.lstrip("-").replace(".", "", 1).isdecimal():
            stamp = float(written)
            return datetime.fromtimestamp(stamp / (1 if stamp < MILLISECONDS_FROM else 1000), UTC)
        # The + of a zone becomes a space where a sender does not escape it.
        found = datetime.fromisoformat(written.replace(" ", "+") if "T" in written else written)
        if found.tzinfo is None:
            if zone is None:
                raise InvalidError(field, value, "a time with its zone")
            found = found.replace(tzinfo=zone)
        return found.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidError(field, value, "a time") from None


def switch(field: str, value: object) -> bool | None:
    """Return an on/off value; `None` where it is unknown."""
    if value is None or isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in ("", "none"):
        return None
    if word not in ON | OFF:
        raise InvalidError(field, value, "down, up, on, off or none")
    return word in ON


def text(field: str, value: object) -> str:
    """Return the beginning of a text as `storable` does, empty where there is none."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidError(field, value, "a text")
    return storable(value)


def storable(word: str) -> str:
    """Return the beginning of a text, without characters that no database can store.

    These are the character zero and halves of surrogate pairs.
    """
    return word.replace("\0", "").encode(errors="ignore").decode()[:TEXT_LENGTH]


def parsed(word: str) -> Attribute:
    """Return a text as Traccar stores it: a number or a truth value where it reads as one."""
    if word in ("true", "false"):
        return word == "true"
    try:
        found = float(word)
    except ValueError:
        return word[:TEXT_LENGTH]
    return found if abs(found) <= LARGEST else word[:TEXT_LENGTH]


def battery_percent(share: object) -> float | None:
    """Return the battery level in percent from 0 to 1; `None` where it is unknown."""
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        return None
    return round(share * 100, 1)


def attributes_of(reported: Mapping[str, object]) -> dict[str, Attribute]:
    """Return the unknown keys to store: plain values, not too many."""
    kept: dict[str, Attribute] = {}
    for key, value in reported.items():
        if len(kept) == MOST_ATTRIBUTES:
            break
        if isinstance(value, str):
            kept[storable(key)] = storable(value)
        elif isinstance(value, int | float) and abs(value) <= LARGEST:  # nor is "not a number"
            kept[storable(key)] = value
    return kept


def _sensed(device: Device, which: SensorKind, equipment: Mapping[str, object]) -> bool | None:
    """Return a tracker's blade or spreader state: by our keys, else by its inputs."""
    reported = switch(which, equipment.get(which))
    if reported is not None:
        return reported
    for one in device.inputs:
        if one.equipment is which and one.key in equipment:
            signal = _signal(equipment[one.key])
            if signal is not None:
                return signal is not one.inverted
    return None


def _signal(value: object) -> bool | None:
    """Return the state of an input; any number but 0 is on."""
    if value is None or isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in ON | OFF:
        return word in ON
    try:
        return float(word) != 0
    except ValueError:
        return None
