"""Positions as trackers say them: our JSON batches, and OsmAnd as Traccar Client speaks it.

Whatever is wrong is told by a reason code: "future", or the name of the field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import isfinite
from typing import Final

from data.errors import InvalidError
from data.model import Device, LonLat, Position
from data.units import mps_from_knots

LATEST: Final = timedelta(minutes=5)
"""How far a device's clock may be ahead of ours."""

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Older fixes come from clocks that were never set."""

MILLISECONDS_FROM: Final = 2_147_483_647
"""OsmAnd: smaller time stamps are seconds (Traccar, OsmAndProtocolDecoder)."""

TEXT_LENGTH: Final = 200
"""What is kept of a text that a device sends."""

ON: Final = frozenset({"down", "on", "true", "1", "yes"})
OFF: Final = frozenset({"up", "off", "false", "0", "no"})

QUERY_KEYS: Final = frozenset(
    """
    id deviceid token timestamp lat lon location valid speed bearing heading accuracy
    blade spreader material rate alarm
    """.split()  # noqa: SIM905 - a list of one word a line would hide the page
)
"""What the query form means to us; every other key is kept as an attribute."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """An entry of a batch that cannot be believed: its place and why."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A batch as understood."""

    positions: tuple[Position, ...]
    rejected: tuple[Rejected, ...]


def positions_from_batch(entries: Sequence[object], device: Device, now: datetime) -> Reading:
    """Return the believable fixes of `{"positions": [...]}`, and the others with a reason."""
    positions, rejected = [], []
    for index, entry in enumerate(entries):
        try:
            positions.append(_position_from_entry(entry, device, now))
        except InvalidError as error:
            rejected.append(Rejected(index, str(error.values["field"])))
    return Reading(tuple(positions), tuple(rejected))


def position_from_osmand(
    params: Mapping[str, str],
    device: Device,
    last: LonLat | None,
    now: datetime,
    zone: tzinfo = UTC,
) -> Position | None:
    """Return the fix of OsmAnd's query form; speed comes in knots.

    A message without a place repeats the device's `last` one; `None` where that is unknown too.
    `zone` is meant by time stamps without one. Raises `InvalidError`.
    """
    location = _location_from_query(params) or last
    if location is None:
        return None
    extras = {key: _parsed(text) for key, text in params.items() if key not in QUERY_KEYS}
    if params.get("valid", "true").lower() not in ON:
        extras["valid"] = False
    speed_kn = _number("speed", params.get("speed"), low=0.0)
    return _position(
        device,
        "osmand",
        now,
        fixed_at=_moment("timestamp", params.get("timestamp"), now, zone),
        location=location,
        speed_mps=None if speed_kn is None else mps_from_knots(speed_kn),
        heading_deg=_heading(params.get("bearing") or params.get("heading")),
        accuracy_m=_number("accuracy", params.get("accuracy"), low=0.0),
        equipment=params,
        attributes=extras,
    )


def position_from_traccar(
    body: object, device: Device, last: LonLat | None, now: datetime
) -> Position | None:
    """Return the fix of the JSON that Traccar Client 9 sends; speed comes in m/s, < 0 unknown.

    A heartbeat without `coords` repeats the device's `last` place; `None` where that is unknown.
    Raises `InvalidError`.
    """
    message = _mapping("location", _mapping("body", body).get("location"))
    coords = _mapping("coords", message.get("coords") or {})
    location = _location(coords.get("latitude"), coords.get("longitude")) if coords else last
    if location is None:
        return None
    extras = _mapping("extras", message.get("extras") or {})
    equipment = {**extras, "alarm": message.get("alarm") or extras.get("alarm")}
    return _position(
        device,
        "osmand",
        now,
        fixed_at=_moment("timestamp", message.get("timestamp"), now, UTC),
        location=location,
        speed_mps=_known(_number("speed", coords.get("speed"))),
        heading_deg=_heading(_known(_number("heading", coords.get("heading")))),
        accuracy_m=_known(_number("accuracy", coords.get("accuracy"))),
        equipment=equipment,
        attributes=_traccar_attributes(message, extras),
    )


def _position_from_entry(entry: object, device: Device, now: datetime) -> Position:
    fix = _mapping("position", entry)
    fixed_at = fix.get("fixed_at")
    if not isinstance(fixed_at, str):
        raise InvalidError("fixed_at", fixed_at, "a time in ISO 8601 with its zone")
    return _position(
        device,
        "api",
        now,
        fixed_at=_moment("fixed_at", fixed_at, now, None),
        location=_location(fix.get("lat"), fix.get("lon")),
        speed_mps=_number("speed_mps", fix.get("speed_mps"), low=0.0),
        heading_deg=_heading(fix.get("heading_deg"), "heading_deg"),
        accuracy_m=_number("accuracy_m", fix.get("accuracy_m"), low=0.0),
        equipment={**fix, "rate": fix.get("rate_gm2")},
        attributes={},
    )


def _position(
    device: Device,
    source: str,
    now: datetime,
    *,
    fixed_at: datetime,
    location: LonLat,
    speed_mps: float | None,
    heading_deg: float | None,
    accuracy_m: float | None,
    equipment: Mapping[str, object],
    attributes: Mapping[str, str | float | bool],
) -> Position:
    if fixed_at > now + LATEST:
        raise InvalidError("future", fixed_at, "a time that has come")
    if fixed_at < EARLIEST:
        raise InvalidError("fixed_at", fixed_at, "a time after 2000")
    return Position(
        device_id=device.id,
        vehicle_id=device.vehicle_id,
        source=source,
        fixed_at=fixed_at,
        received_at=now,
        location=location,
        speed_mps=speed_mps,
        heading_deg=heading_deg,
        accuracy_m=accuracy_m,
        blade=_switch("blade", equipment.get("blade")),
        spreader=_switch("spreader", equipment.get("spreader")),
        material=_text("material", equipment.get("material")),
        rate_gm2=_number("rate", equipment.get("rate"), low=0.0),
        alarm=_text("alarm", equipment.get("alarm")),
        attributes=attributes,
    )


def _mapping(field: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise InvalidError(field, value, "an object")
    return value


def _number(field: str, value: object, low: float | None = None) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise InvalidError(field, value, "a number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise InvalidError(field, value, "a number") from None
    if not isfinite(number) or (low is not None and number < low):
        raise InvalidError(field, value, "a number" if low is None else f"at least {low:g}")
    return number


def _known(number: float | None) -> float | None:
    return None if number is None or number < 0 else number


def _heading(value: object, field: str = "heading") -> float | None:
    degrees = _number(field, value)
    return None if degrees is None else degrees % 360.0


def _location(lat: object, lon: object) -> LonLat:
    lat_deg, lon_deg = _number("lat", lat), _number("lon", lon)
    if lat_deg is None or not -90 <= lat_deg <= 90:
        raise InvalidError("lat", lat, "-90 to 90")
    if lon_deg is None or not -180 <= lon_deg <= 180:
        raise InvalidError("lon", lon, "-180 to 180")
    return LonLat(lon_deg, lat_deg)


def _location_from_query(params: Mapping[str, str]) -> LonLat | None:
    if "location" in params:
        lat, _, lon = params["location"].partition(",")
        return _location(lat, lon)
    if "lat" in params or "lon" in params:
        return _location(params.get("lat"), params.get("lon"))
    return None


def _moment(field: str, value: object, now: datetime, zone: tzinfo | None) -> datetime:
    if value is None or value == "":
        return now
    text = str(value)
    try:
        if text.lstrip("-").isdecimal():
            stamp = int(text)
            return datetime.fromtimestamp(stamp / (1 if stamp < MILLISECONDS_FROM else 1000), UTC)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            if zone is None:
                raise InvalidError(field, value, "a time with its zone")
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidError(field, value, "a time") from None


def _switch(field: str, value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in ("", "none"):
        return None
    if word not in ON | OFF:
        raise InvalidError(field, value, "down, up, on, off or none")
    return word in ON


def _text(field: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise InvalidError(field, value, "a text")
    return value[:TEXT_LENGTH]


def _parsed(text: str) -> str | float | bool:
    if text in ("true", "false"):
        return text == "true"
    try:
        number = float(text)
    except ValueError:
        return text[:TEXT_LENGTH]
    return number if isfinite(number) else text[:TEXT_LENGTH]


def _traccar_attributes(
    message: Mapping[str, object], extras: Mapping[str, object]
) -> dict[str, str | float | bool]:
    battery, activity = message.get("battery"), message.get("activity")
    told: dict[str, object] = {
        **{key: value for key, value in extras.items() if key not in QUERY_KEYS},
        **{key: message.get(key) for key in ("is_moving", "odometer", "event", "mock")},
        "battery": battery.get("level") if isinstance(battery, Mapping) else None,
        "charging": battery.get("is_charging") if isinstance(battery, Mapping) else None,
        "activity": activity.get("type") if isinstance(activity, Mapping) else None,
    }
    plain = {key: value for key, value in told.items() if isinstance(value, str | float | int)}
    return {key: v[:TEXT_LENGTH] if isinstance(v, str) else v for key, v in plain.items()}
