"""Position formats of trackers: our JSON batches, OsmAnd, and Traccar's app and server.

Whatever is wrong is told by a reason code: "no_fix", or the name of the field.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

from data.errors import InvalidError
from data.model import Device, LonLat, Position, SpeedUnit
from fleet.tracking.field_parsers import (
    ON,
    Attribute,
    ReportedFix,
    attributes_of,
    battery_percent,
    built_position,
    heading,
    known,
    mapping,
    moment,
    number,
    parsed,
    place,
    speed_mps,
)

QUERY_KEYS: Final = frozenset(
    """
    id deviceid token timestamp lat lon location valid speed bearing heading accuracy
    blade spreader material rate alarm
    """.split()  # noqa: SIM905 - a list of one word a line would hide the page
)
"""What the query form means to us; every other key is kept as an attribute."""

REPEATED: Final = frozenset({"cell", "wifi"})
"""Keys of the query form that may come several times, one value for each mast that is heard."""

TRACCAR_KEYS: Final = {"batt": "batteryLevel"}
"""Keys of the query form that a Traccar server keeps under another name, as we do."""

WORDS: Final = frozenset({"driverUniqueId", "notificationToken", *REPEATED})
"""Keys whose values stay texts, even where they look like numbers."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejected entry of a batch: its index and why."""

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class PositionBatch:
    """A parsed batch."""

    positions: tuple[Position, ...]
    rejected: tuple[Rejected, ...]


def positions_from_batch(entries: Sequence[object], device: Device, now: datetime) -> PositionBatch:
    """Return the valid fixes of `{"positions": [...]}`, and the rejected ones."""
    positions, rejected = [], []
    for index, entry in enumerate(entries):
        try:
            positions.append(_position_from_entry(entry, device, now))
        except InvalidError as error:
            rejected.append(Rejected(index, str(error.values["field"])))
    return PositionBatch(tuple(positions), tuple(rejected))


def query_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the values of a query by key: of several the last, of masts all with `;` between."""
    found: dict[str, str] = {}
    for key, value in pairs:
        more = key in REPEATED and key in found
        found[key] = f"{found[key]};{value}" if more else value
    return found


def position_from_osmand(
    params: Mapping[str, str],
    device: Device,
    last: LonLat | None,
    now: datetime,
    zone: tzinfo = UTC,
) -> Position | None:
    """Return the fix of OsmAnd's query form; speed comes in the device's unit, usually knots.

    A message without a place repeats the device's `last` one; `None` where that is unknown too.
    `zone` is meant by time stamps without one. Raises `InvalidError`.
    """
    location = _place_from_query(params) or last
    if location is None:
        return None
    extras: dict[str, Attribute] = {
        TRACCAR_KEYS.get(key, key): word if key in WORDS else parsed(word)
        for key, word in params.items()
        if key not in QUERY_KEYS
    }
    if params.get("valid", "true").lower() not in ON:
        extras = {"valid": False, **extras}
    reported = ReportedFix(
        fixed_at=moment("timestamp", params.get("timestamp"), now, zone),
        location=location,
        speed_mps=speed_mps(number("speed", params.get("speed")), device.speed_unit),
        heading_deg=heading(params.get("bearing") or params.get("heading")),
        accuracy_m=known(number("accuracy", params.get("accuracy"))),
        equipment=params,
        attributes=attributes_of(extras),
    )
    return built_position(device, "osmand", now, reported)


def position_from_traccar(
    body: object, device: Device, last: LonLat | None, now: datetime
) -> Position | None:
    """Return the fix of the JSON that Traccar Client 9 sends; speed comes in m/s, < 0 unknown.

    A heartbeat without `coords` repeats the device's `last` place; `None` where that is unknown.
    Raises `InvalidError`.
    """
    message = mapping("location", mapping("body", body).get("location"))
    coords = mapping("coords", message.get("coords") or {})
    location = place(coords.get("latitude"), coords.get("longitude")) if coords else last
    if location is None:
        return None
    extras = mapping("extras", message.get("extras") or {})
    equipment = {**extras, "alarm": message.get("alarm") or extras.get("alarm")}
    reported = ReportedFix(
        fixed_at=moment("timestamp", message.get("timestamp"), now, UTC),
        location=location,
        speed_mps=known(number("speed", coords.get("speed"))),
        heading_deg=heading(coords.get("heading")),
        accuracy_m=known(number("accuracy", coords.get("accuracy"))),
        equipment=equipment,
        attributes=_traccar_attributes(message, coords, extras),
    )
    return built_position(device, "osmand", now, reported)


def position_from_forward(
    body: object, device: Device, last: LonLat | None, now: datetime
) -> Position | None:
    """Return the fix that a Traccar server passes on as JSON; its speeds are in knots.

    What the tracker's own protocol told beside the place - inputs, ignition - is in `attributes`.
    A position without a place repeats the `last` one. Raises `InvalidError`.
    """
    fix = mapping("position", mapping("body", body).get("position"))
    told = fix.get("latitude") is not None or fix.get("longitude") is not None
    location = place(fix.get("latitude"), fix.get("longitude")) if told else last
    if location is None:
        return None
    extras = mapping("attributes", fix.get("attributes") or {})
    kept = {} if fix.get("valid") is not False else {"valid": False}
    # Traccar writes 0 where a receiver does not know its accuracy.
    accuracy_m = known(number("accuracy", fix.get("accuracy"))) or None
    reported = ReportedFix(
        fixed_at=moment("fixTime", fix.get("fixTime"), now, UTC),
        location=location,
        speed_mps=speed_mps(number("speed", fix.get("speed")), SpeedUnit.KNOTS),
        heading_deg=heading(fix.get("course"), "course"),
        accuracy_m=accuracy_m,
        equipment=extras,
        attributes=attributes_of({**kept, **_others(extras), "altitude": fix.get("altitude")}),
    )
    return built_position(device, "osmand", now, reported)


def _position_from_entry(entry: object, device: Device, now: datetime) -> Position:
    fix = mapping("position", entry)
    fixed_at = fix.get("fixed_at")
    if not isinstance(fixed_at, str):
        raise InvalidError("fixed_at", fixed_at, "a time in ISO 8601 with its zone")
    reported = ReportedFix(
        fixed_at=moment("fixed_at", fixed_at, now, None),
        location=place(fix.get("lat"), fix.get("lon")),
        speed_mps=number("speed_mps", fix.get("speed_mps"), low=0.0),
        heading_deg=heading(fix.get("heading_deg"), "heading_deg"),
        accuracy_m=number("accuracy_m", fix.get("accuracy_m"), low=0.0),
        equipment={**fix, "rate": fix.get("rate_gm2")},
        attributes={},
    )
    return built_position(device, "api", now, reported)


def _place_from_query(params: Mapping[str, str]) -> LonLat | None:
    if "location" in params:
        lat, _, lon = params["location"].partition(",")
        return place(lat, lon)
    if "lat" in params or "lon" in params:
        return place(params.get("lat"), params.get("lon"))
    return None


def _traccar_attributes(
    message: Mapping[str, object], coords: Mapping[str, object], extras: Mapping[str, object]
) -> dict[str, Attribute]:
    """Return the app's other fields, by the names that a Traccar server uses."""
    battery, activity = message.get("battery"), message.get("activity")
    told = battery if isinstance(battery, Mapping) else {}
    return attributes_of(
        {
            **_others(extras),
            **{key: message.get(key) for key in ("odometer", "event", "mock")},
            "motion": message.get("is_moving"),
            "altitude": coords.get("altitude"),
            "batteryLevel": battery_percent(told.get("level")),
            "charge": told.get("is_charging"),
            "activity": activity.get("type") if isinstance(activity, Mapping) else None,
        }
    )


def _others(extras: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in extras.items() if key not in QUERY_KEYS}
