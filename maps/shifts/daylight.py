"""When the sun is up, for pages that are dark at night."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import acos, asin, cos, degrees, radians, sin

from data.model import LonLat

HORIZON_DEG = -0.833
"""Where the sun's middle is when its edge is seen first: refraction and half its width."""

TILT_DEG = 23.4397
_EPOCH = datetime(2000, 1, 1, 12, tzinfo=UTC)

type Daylight = tuple[datetime, datetime]
"""From sunrise until sunset."""


def daylight(day: date, place: LonLat) -> Daylight | None:
    """Return when the sun is up on a day, to two minutes; `None` where it does not rise.

    Where it does not set, from midnight to midnight by the sun. The sunrise equation with the
    equation of time: J. Meeus (1998), Astronomical Algorithms, chapters 15 and 25, shortened.
    """
    days = (day - _EPOCH.date()).days - place.lon / 360.0
    anomaly = radians((357.5291 + 0.98560028 * days) % 360.0)
    center = 1.9148 * sin(anomaly) + 0.02 * sin(2 * anomaly) + 0.0003 * sin(3 * anomaly)
    along = radians(degrees(anomaly) + center + 282.9372)
    noon = _EPOCH + timedelta(days=days + 0.0053 * sin(anomaly) - 0.0069 * sin(2 * along))
    up, height = asin(sin(along) * sin(radians(TILT_DEG))), radians(place.lat)
    turn = (sin(radians(HORIZON_DEG)) - sin(height) * sin(up)) / (cos(height) * cos(up))
    if turn >= 1.0:
        return None
    half = timedelta(days=degrees(acos(max(turn, -1.0))) / 360.0)
    return noon - half, noon + half


def daylight_around(now: datetime, place: LonLat) -> Iterator[Daylight]:
    """Yield when the sun is up from a day before a moment until a day after it."""
    today = now.astimezone(UTC).date()
    for days in (-1, 0, 1):
        spell = daylight(today + timedelta(days=days), place)
        if spell is not None:
            yield spell


def is_dark(now: datetime, place: LonLat) -> bool:
    """Whether the sun is below the horizon."""
    return not any(rise <= now < fall for rise, fall in daylight_around(now, place))
