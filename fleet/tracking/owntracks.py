"""Messages of the OwnTracks apps: sender, and the fix of a `location`.

OwnTracks Booklet, "JSON"; speeds come in km/h, times in seconds.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from data.errors import InvalidError
from data.model import Device, Position, SpeedUnit
from fleet.tracking.field_parsers import (
    ReportedFix,
    attributes_of,
    built_position,
    heading,
    known,
    mapping,
    moment,
    number,
    place,
    speed_mps,
)

LOCATION: Final = "location"
ENCRYPTED: Final = "encrypted"

KEPT_KINDS: Final = frozenset({"lwt", "transition", "waypoint", "waypoints", "status"})
"""Other messages that say something of a vehicle; they are kept as told."""

PLACED: Final = frozenset({"_type", "lat", "lon", "tst", "acc", "cog", "vel"})
"""What the place is made of; every other plain value is kept as an attribute."""

PREFIX: Final = "owntracks/"


def kind_of(body: object) -> str:
    """Return the `_type` of a message; raise `InvalidError` where there is none."""
    kind = mapping("body", body).get("_type")
    if not isinstance(kind, str):
        raise InvalidError("_type", kind, "a text")
    return kind


def names_of(topic: object, user: str, device: str, tid: object) -> tuple[str, ...]:
    """Return the possible names of a sender, the one to list it under first.

    The topic comes before the headers X-Limit-U and X-Limit-D, those before the tracker id.
    """
    if isinstance(topic, str) and topic.startswith(PREFIX):
        user, _, rest = topic.removeprefix(PREFIX).partition("/")
        device = rest.partition("/")[0]
    if user or device:
        whole = f"{user}/{device}" if user and device else user or device
        return tuple(dict.fromkeys(name for name in (whole, user, device) if name))
    return (tid,) if isinstance(tid, str) and tid else ()


def position_from_owntracks(body: object, device: Device, now: datetime) -> Position:
    """Return the fix of a `location` message; raise `InvalidError` for one that cannot be."""
    fix = mapping("body", body)
    tst = fix.get("tst")
    if isinstance(tst, bool) or not isinstance(tst, int | float):
        raise InvalidError("tst", tst, "seconds since 1970")
    others = {key: value for key, value in fix.items() if key not in PLACED}
    others["batteryLevel"] = others.pop("batt", None)
    reported = ReportedFix(
        fixed_at=moment("tst", tst, now, UTC),
        location=place(fix.get("lat"), fix.get("lon")),
        speed_mps=speed_mps(number("vel", fix.get("vel")), SpeedUnit.KMH),
        heading_deg=heading(fix.get("cog"), "cog"),
        accuracy_m=known(number("acc", fix.get("acc"))),
        equipment=fix,
        attributes=attributes_of(others),
    )
    return built_position(device, "owntracks", now, reported)


def sent_at(body: Mapping[str, object], now: datetime) -> datetime:
    """Return the sending time of a message; `now` where it has no credible one."""
    try:
        return min(moment("tst", body.get("tst"), now, UTC), now)
    except InvalidError:
        return now
