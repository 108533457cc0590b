"""The time zone of a place, without asking anybody."""

from functools import cache
from importlib.resources import files

from tzfpy import get_tz

from data.model import LonLat

AT_SEA = "Etc/"
"""How zones of the open sea begin, which no city keeps."""


def time_zone_at(place: LonLat) -> str:
    """Return the name of a place's time zone, as in the tz database; "" at sea."""
    zone = get_tz(place.lon, place.lat)
    return "" if zone.startswith(AT_SEA) else zone


@cache
def country_of(zone: str) -> str:
    """Return the country of a time zone in two letters (ISO 3166); "ZZ", nobody's, for none."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[0] for row in rows if row[2] == zone), "ZZ")
