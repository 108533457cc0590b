"""Reading our TOML files strictly: every value checked, every unknown key refused, all by name."""

import math
import tomllib
from collections.abc import Collection, Mapping

from data.errors import InvalidError


def read_toml(text: str, file: str) -> "TomlTable":
    """Return the root table of a file; raise `InvalidError` with the line where it is no TOML."""
    try:
        return TomlTable(file, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidError(file, str(error), "TOML") from error


class TomlTable:
    """One table of a file; `path` names it in messages, like `class.P1`."""

    def __init__(self, path: str, values: Mapping[str, object]) -> None:
        self.path = path
        self._values = values
        self._read: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def _field(self, key: str) -> str:
        return f"{self.path}: {key}" if self.path.endswith(".toml") else f"{self.path}.{key}"

    def _get(self, key: str, expected: str) -> object:
        self._read.add(key)
        if key not in self._values:
            raise InvalidError(self._field(key), None, expected)
        return self._values[key]

    def keys(self) -> list[str]:
        """Return the keys in the order of the file."""
        return list(self._values)

    def number(
        self, key: str, low: float, high: float = math.inf, default: float | None = None
    ) -> float:
        """Return a number within limits, or the default where it is missing."""
        self._read.add(key)
        if default is not None and key not in self._values:
            return default
        limits = f"a number of at least {low:g}" if high == math.inf else f"{low:g} to {high:g}"
        value = self._get(key, limits)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidError(self._field(key), value, limits)
        if not low <= value <= high:  # also refuses nan
            raise InvalidError(self._field(key), value, limits)
        return float(value)

    def whole(self, key: str, low: int, high: int) -> int:
        """Return a whole number within limits."""
        value = self.number(key, low, high)
        if not value.is_integer():
            raise InvalidError(self._field(key), value, "a whole number")
        return int(value)

    def text(self, key: str, default: str | None = None) -> str:
        """Return one line of text that is not empty, or the default where it is missing."""
        self._read.add(key)
        if default is not None and key not in self._values:
            return default
        value = self._get(key, "a text of one line")
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise InvalidError(self._field(key), value, "a text of one line")
        return value.strip()

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """Return one of the allowed words."""
        value = self.text(key, default)
        if value not in allowed:
            raise InvalidError(self._field(key), value, "one of " + ", ".join(allowed))
        return value

    def choices(
        self, key: str, allowed: Collection[str], default: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """Return a list of different allowed words."""
        self._read.add(key)
        if default is not None and key not in self._values:
            return default
        expected = "a list of " + ", ".join(allowed)
        value = self._get(key, expected)
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise InvalidError(self._field(key), value, expected)
        if len(set(value)) != len(value) or not set(value) <= set(allowed):
            raise InvalidError(self._field(key), value, expected)
        return tuple(value)

    def flag(self, key: str) -> bool:
        """Return a Boolean, false where it is missing."""
        value = self._get(key, "true or false") if key in self._values else False
        if not isinstance(value, bool):
            raise InvalidError(self._field(key), value, "true or false")
        return value

    def table(self, key: str) -> "TomlTable":
        """Return a table below this one."""
        value = self._get(key, "a table")
        if not isinstance(value, dict):
            raise InvalidError(self._field(key), value, "a table")
        path = key if self.path.endswith(".toml") else f"{self.path}.{key}"
        return TomlTable(path, value)

    def tables(self, key: str) -> list["TomlTable"]:
        """Return the tables of a list, none where it is missing; they count from 1 in messages."""
        value = self._get(key, "a list of tables") if key in self._values else []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise InvalidError(self._field(key), value, f"[[{key}]] tables")
        return [TomlTable(f"{key}[{n}]", entry) for n, entry in enumerate(value, 1)]

    def done(self) -> None:
        """Refuse keys that nobody has read: a misspelt setting must not be silently ignored."""
        unknown = [key for key in self._values if key not in self._read]
        if unknown:
            known = ", ".join(sorted(self._read))
            raise InvalidError(self._field(unknown[0]), self._values[unknown[0]], f"only {known}")
