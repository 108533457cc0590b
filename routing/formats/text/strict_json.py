"""Strict JSON: no NaN, no key twice, and faults with the line or the path where they stand."""

import json
from math import isfinite

from routing.formats.text.format_error import FormatError, shown
from routing.formats.text.text import LARGEST, decoded

_DEPTH = "the JSON is nested too deep"


def json_value(text: str) -> object:
    """Return the value in a JSON text; raise `FormatError` naming the line."""
    try:
        return json.loads(text, parse_constant=_refuse, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise FormatError(f"line {error.lineno}: no valid JSON: {error.msg}") from error
    except RecursionError as error:
        raise FormatError(_DEPTH) from error
    except FormatError:
        raise
    except ValueError as error:  # a number of more than 4,300 digits
        raise FormatError(f"no valid JSON: {error}") from error


def _refuse(constant: str) -> None:
    raise FormatError(f"expected finite numbers, got {constant}")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise FormatError(f"the key {shown(twice)} stands twice in one object")
    return found


def json_in(content: bytes) -> object:
    """Return the value in the bytes of a JSON file."""
    return json_value(decoded(content))


def wrong(path: str, expected: str, got: object) -> FormatError:
    """Return the error of a value, named by its path."""
    return FormatError(f"{path or 'file'}: {shown(got)}, expected {expected}")


def member(value: object, path: str, key: str) -> tuple[object, str]:
    """Return a value of an object and its path."""
    if not isinstance(value, dict):
        raise wrong(path, "an object", value)
    inner = f"{path}.{key}" if path else key
    if key not in value:
        raise FormatError(f"{inner}: is missing")
    return value[key], inner


def items(value: object, path: str, key: str) -> list[tuple[object, str]]:
    """Return the entries of a list in an object, each with its path."""
    return entries_of(*member(value, path, key))


def entries_of(value: object, path: str) -> list[tuple[object, str]]:
    """Return the entries of a list, each with its path."""
    if not isinstance(value, list):
        raise wrong(path, "a list", value)
    return [(entry, f"{path}[{i}]") for i, entry in enumerate(value)]


def number_in(value: object, path: str, key: str, *, above_zero: bool = False) -> float:
    """Return a number of an object: finite, not negative, at most `LARGEST`."""
    found, inner = member(value, path, key)
    if not isinstance(found, int | float) or isinstance(found, bool):
        raise wrong(inner, "a number", found)
    if not (isfinite(found) and 0 <= found <= LARGEST) or (above_zero and not found):
        raise wrong(inner, f"{'more than' if above_zero else 'at least'} 0, up to 1e9", found)
    return float(found)


def text_in(value: object, path: str, key: str) -> str:
    """Return a text of an object."""
    found, inner = member(value, path, key)
    if not isinstance(found, str):
        raise wrong(inner, "a text", found)
    return found
