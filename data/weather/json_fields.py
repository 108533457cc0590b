"""Values of a weather service's JSON, each refused by its field with what came and what is read."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from data.errors import InvalidError, Need

type Fields = Mapping[str, object]
"""An object of the JSON."""

NEED_OBJECT = "an object"
NEED_LIST = "a list"

YEARS = range(1970, 2200)
"""Of a forecast."""


def fields_of(content: bytes) -> Fields:
    """Return the object that a file holds."""
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidError("file", shown(content[:40]), "a forecast as JSON") from error
    if not isinstance(found, dict):
        raise InvalidError("file", shown(content[:40]), NEED_OBJECT)
    return found


def shown(content: bytes) -> str:
    """Return the beginning of a file as text, for a message."""
    return content.decode("utf-8", errors="replace")


def object_in(of: Fields, path: str, name: str) -> Fields:
    """Return the object of this name; `path` says where in the file that is."""
    found = of.get(name)
    if not isinstance(found, dict):
        raise InvalidError(_at(path, name), found, NEED_OBJECT)
    return found


def list_in(of: Fields, path: str, name: str) -> list[object]:
    """Return the list of this name."""
    found = of.get(name)
    if not isinstance(found, list):
        raise InvalidError(_at(path, name), found, NEED_LIST)
    return found


def number_in(of: Fields, path: str, name: str, low: float, high: float) -> float | None:
    """Return the number of this name within limits, or `None` where there is none."""
    return number(of.get(name), _at(path, name), low, high)


def number(value: object, path: str, low: float, high: float) -> float | None:
    """Return a number within limits; `None` stays."""
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise InvalidError(path, value, Need("{low} to {high}", low=low, high=high))


def utc_in(of: Fields, path: str, name: str) -> datetime:
    """Return the time of this name, which says its offset."""
    text = of.get(name)
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidError(_at(path, name), text, NEED_MOMENT) from error
    if at.tzinfo is None or at.year not in YEARS:
        raise InvalidError(_at(path, name), text, NEED_MOMENT)
    return at.astimezone(UTC)


NEED_MOMENT = Need("a time like {example}", example="2026-12-21T06:00:00Z")


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
