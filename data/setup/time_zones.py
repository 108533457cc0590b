"""The time zone of a place, without asking anybody."""

from tzfpy import get_tz

from data.model import LonLat

AT_SEA = "Etc/"
"""How zones of the open sea begin, which no city keeps."""


def time_zone_at(place: LonLat) -> str:
    """Return the name of a place's time zone, as in the tz database; "" at sea."""
    zone = get_tz(place.lon, place.lat)
    return "" if zone.startswith(AT_SEA) else zone
