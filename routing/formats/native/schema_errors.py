"""Faults that pydantic finds, in our words: the path, what came and what was expected."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from routing.formats.text.format_error import FormatError
from routing.formats.text.strict_json import wrong

_UNITS = {"_s": "seconds", "_m": "metres", "_kg": "kilograms", "_price": "a price"}
_SAYINGS = {
    "string_type": "a text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "finite_number": "a finite number",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a text of at most 200 signs",
    "too_short": "at least one entry",
}
_SIGNS = {"greater_than_equal": ">=", "greater_than": ">", "less_than_equal": "<="}


def format_error(error: ValidationError) -> FormatError:
    """Return the first fault of a value, and how many more there are."""
    faults = error.errors(include_url=False)
    first = faults[0]
    path = path_of(first["loc"])
    more = f" (and {len(faults) - 1} more faults)" if len(faults) > 1 else ""
    if first["type"] == "missing":
        return FormatError(f"{path}: is missing{more}")
    if first["type"] == "extra_forbidden":
        return FormatError(f"{path}: is not known here{more}")
    expected = _expected(first["type"], str(first["loc"][-1]) if first["loc"] else "", first)
    return FormatError(f"{wrong(path, expected, first['input'])}{more}")


def path_of(place: tuple[int | str, ...]) -> str:
    """Return where a value stands, as `tasks[3].service_s`."""
    path = ""
    for step in place:
        path += f"[{step}]" if isinstance(step, int) else f"{'.' if path else ''}{step}"
    return path


def _expected(kind: str, field: str, fault: ErrorDetails) -> str:
    noun = "a price" if field.startswith("price") else _noun(field)
    limits = fault.get("ctx", {})
    if kind in _SIGNS:
        (limit,) = limits.values()
        return f"{noun} {_SIGNS[kind]} {limit:g}"
    if kind in ("float_type", "int_type", "int_from_float"):
        return "a whole number" if kind.startswith("int") else noun
    if kind == "literal_error":
        return str(limits["expected"]).replace("'", '"')
    return _SAYINGS.get(kind, fault["msg"])


def _noun(field: str) -> str:
    return next((noun for end, noun in _UNITS.items() if field.endswith(end)), "a number")
