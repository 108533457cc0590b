"""Coordinates within a text, as phones, map links and people give them."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from data.model import LonLat

REACH_DEG = 0.2
"""Coordinates farther than this outside the city are none of it."""

FEWEST_DECIMALS = 3
"""One of two numbers has as many decimals, a hundred metres, or they are no coordinates."""

_SIGNS = str.maketrans("٫−º˚′’″”“", '.-°°\'\'"""')
_SEXAGESIMAL = re.compile(
    r"(?P<before>\b[NSEW])?\s*(?P<sign>[-+])?(?P<degrees>\d{1,3})\s*°\s*"
    r"(?P<minutes>\d{1,2}(?:\.\d+)?)\s*'\s*(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:\"|''))?"
    r"\s*(?P<after>[NSEW]\b)?",
    re.IGNORECASE,
)
_DECIMAL = re.compile(
    r"(?P<before>\b[NSEW])?\s*(?<![\d.])(?P<sign>[-+])?(?P<degrees>\d{1,3}\.\d+)(?![\d.])"
    r"\s*°?\s*(?P<after>[NSEW]\b)?",
    re.IGNORECASE,
)
_DECIMAL_SIGNS = (
    re.compile(r"(?<![\d,.])(-?\d{1,3}),(\d{3,})(?![\d,.])"),
    re.compile(r"(?<![\d/.])(-?\d{2,3})/(\d{3,})(?![\d/.])"),
)
"""Patterns with other decimal signs: a comma as in Europe, a slash as in Iran."""


class _Angle(NamedTuple):
    degrees: float
    axis: str
    decimals: int


def gives_coordinates(text: str) -> bool:
    """Whether a text has two numbers that look like coordinates, in this city or elsewhere."""
    return any(True for _ in _pairs(text))


def coordinates(text: str, bounds: tuple[float, float, float, float]) -> LonLat | None:
    """Return the point of two angles, in the order that lies in the city; else `None`.

    Decimal degrees or degrees, minutes and seconds, with or without the letters of the compass,
    in the digits of any script; `bounds` are west, south, east and north.
    """
    west, south, east, north = bounds
    for one, other in _pairs(text):
        for lat, lon in ((one, other), (other, one)):
            if lat.axis == "lon" or lon.axis == "lat":
                continue
            inside_lon = west - REACH_DEG <= lon.degrees <= east + REACH_DEG
            if inside_lon and south - REACH_DEG <= lat.degrees <= north + REACH_DEG:
                return LonLat(lon.degrees, lat.degrees)
    return None


def _pairs(text: str) -> Iterator[tuple[_Angle, _Angle]]:
    """Yield adjacent pairs of angles with enough decimals to be coordinates."""
    for one, other in pairwise(_angles(_plain(text))):
        if max(one.decimals, other.decimals) >= FEWEST_DECIMALS:
            yield one, other


def _angles(text: str) -> list[_Angle]:
    found = [_angle(each) for each in _SEXAGESIMAL.finditer(text)]
    if len(found) > 1:
        return found
    for sign in _DECIMAL_SIGNS:
        if len(sign.findall(text)) > 1:
            text = sign.sub(r"\1.\2", text)
    return [_angle(each) for each in _DECIMAL.finditer(text)]


def _angle(found: re.Match[str]) -> _Angle:
    parts = found.groupdict()
    degrees = float(parts["degrees"]) + float(parts.get("minutes") or 0) / 60
    degrees += float(parts.get("seconds") or 0) / 3600
    letter = (parts["before"] or parts["after"] or "").upper()
    axis = {"N": "lat", "S": "lat", "E": "lon", "W": "lon"}.get(letter, "")
    decimals = FEWEST_DECIMALS if "minutes" in parts else len(parts["degrees"].partition(".")[2])
    negative = parts["sign"] == "-" or letter in ("S", "W")
    return _Angle(-degrees if negative else degrees, axis, decimals)


def _plain(text: str) -> str:
    """Return a text with Latin digits and one sign for each of degrees, minutes and seconds."""
    return "".join(_digit(each) for each in text).translate(_SIGNS)


def _digit(each: str) -> str:
    digit = unicodedata.decimal(each, None)
    return each if digit is None else str(digit)
