"""Reading our TOML files strictly: every value checked, every unknown key refused, all by name."""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import TypeIs

from data.errors import InvalidError, Need
from data.model import LonLat

_LISTED = re.compile(r"\s*\[\[\s*([\w.-]+)\s*\]\]")
_TABLE = re.compile(r"\s*\[\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


def read_toml(text: str, file: str, mistakes: list[InvalidError] | None = None) -> "TomlTable":
    """Return the root table of a file; raise `InvalidError` with the line where it is no TOML."""
    try:
        return TomlTable(file, tomllib.loads(text), mistakes)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidError(file, str(error), "TOML") from error


def line_finder(text: str) -> Callable[[str], int]:
    """Return what says in which line a field of a message stands, or its table; 0 for neither."""
    lines = _lines(text)

    def line_of(field: str) -> int:
        place = field.partition(".toml: ")[2] or field
        while place and place not in lines:
            place = place.rpartition(".")[0]
        return lines.get(place, 0)

    return line_of


def _lines(text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    counts: Counter[str] = Counter()
    path = ""
    for number, line in enumerate(text.splitlines(), 1):
        if listed := _LISTED.match(line):
            counts[listed[1]] += 1
            path = f"{listed[1]}[{counts[listed[1]]}]"
            lines[path] = number
        elif table := _TABLE.match(line):
            path = table[1]
            lines[path] = number
        elif key := _KEY.match(line):
            lines[f"{path}.{key[1]}" if path else key[1]] = number
    return lines


class TomlTable:
    """One table of a file; `path` names it in messages, like `class.P1`.

    A table with a list of `mistakes` writes them there instead of raising the first, and answers
    with whatever is harmless: what is built from it counts only while the list is empty.
    """

    def __init__(
        self,
        path: str,
        values: Mapping[str, object],
        mistakes: list[InvalidError] | None = None,
        refused: set[str] | None = None,
    ) -> None:
        self.path = path
        self._values = values
        self._mistakes = mistakes
        self._refused = set() if refused is None else refused
        self._read: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def _field(self, key: str) -> str:
        return f"{self.path}: {key}" if self.path.endswith(".toml") else f"{self.path}.{key}"

    def refuse(self, key: str, got: object, expected: str) -> None:
        """Raise that a value breaks a rule, or note it; only the first mistake of a field counts.

        An empty `key` means the table itself.
        """
        error = InvalidError(self._field(key) if key else self.path, got, expected)
        if self._mistakes is None:
            raise error
        field = str(error.values["field"])
        if field not in self._refused:
            self._refused.add(field)
            self._mistakes.append(error)

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
        need = (
            Need("a number of at least {low}", low=float(low))
            if high == math.inf
            else Need("{low} to {high}", low=float(low), high=float(high))
        )
        value = self._values.get(key)
        if not _is_number(value) or not low <= value <= high:  # also refuses nan
            self.refuse(key, value, need)
            return low
        return float(value)

    def whole(self, key: str, low: int, high: int) -> int:
        """Return a whole number within limits."""
        value = self.number(key, low, high)
        if not value.is_integer():
            self.refuse(key, value, "a whole number")
        return int(value)

    def text(self, key: str, default: str | None = None) -> str:
        """Return one line of text that is not empty, or the default where it is missing."""
        self._read.add(key)
        if default is not None and key not in self._values:
            return default
        value = self._values.get(key)
        if not isinstance(value, str) or not value.strip() or not _is_line(value):
            self.refuse(key, value, "a text of one line")
            return ""
        return value.strip()

    def choice(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """Return one of the allowed words."""
        value = self.text(key, default)
        if value not in allowed:
            self.refuse(key, value, Need("one of {expected}", expected=", ".join(allowed)))
            return next(iter(allowed), value)
        return value

    def choices(
        self, key: str, allowed: Collection[str], default: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """Return a list of different allowed words."""
        self._read.add(key)
        if default is not None and key not in self._values:
            return default
        value = self._values.get(key)
        words = value if isinstance(value, list) else [None]
        if len(set(map(str, words))) != len(words) or not all(word in allowed for word in words):
            expected = Need("a list of {expected}", expected=", ".join(allowed))
            self.refuse(key, value, expected)
            return ()
        return tuple(words)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of at least one text, each of one line and different from the others."""
        self._read.add(key)
        value = self._values.get(key)
        words = value if isinstance(value, list) else []
        lines = [word.strip() for word in words if isinstance(word, str) and _is_line(word)]
        if not lines or not all(lines) or len(set(lines)) != len(words):
            self.refuse(key, value, "a list of texts, each once")
            return ()
        return tuple(lines)

    def places(self, key: str, least: int) -> tuple[LonLat, ...]:
        """Return a list of at least so many [lon, lat] pairs in degrees."""
        self._read.add(key)
        value = self._values.get(key)
        pairs = value if isinstance(value, list) else []
        if len(pairs) < least or not all(_is_place(pair) for pair in pairs):
            self.refuse(
                key, value, Need("at least {least} places as [longitude, latitude]", least=least)
            )
            return ()
        return tuple(LonLat(float(lon), float(lat)) for lon, lat in pairs)

    def flag(self, key: str) -> bool:
        """Return a Boolean, false where it is missing."""
        self._read.add(key)
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            self.refuse(key, value, "true or false")
            return False
        return value

    def table(self, key: str) -> "TomlTable":
        """Return a table below this one."""
        self._read.add(key)
        value = self._values.get(key)
        path = key if self.path.endswith(".toml") else f"{self.path}.{key}"
        if not isinstance(value, dict):
            self.refuse(key, value, "a table")
            return TomlTable(path, {}, self._mistakes, self._refused)
        return TomlTable(path, value, self._mistakes, self._refused)

    def tables(self, key: str) -> list["TomlTable"]:
        """Return the tables of a list, none where it is missing; they count from 1 in messages."""
        self._read.add(key)
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            self.refuse(key, value, Need("[[{key}]] tables", key=key))
            return []
        return [TomlTable(f"{key}[{n}]", entry, self._mistakes) for n, entry in enumerate(value, 1)]

    def done(self) -> None:
        """Refuse keys that nobody has read: a misspelt setting must not be silently ignored."""
        for key in self._values:
            if key not in self._read:
                known = Need("only {known}", known=", ".join(sorted(self._read)))
                self.refuse(key, self._values[key], known)


def _is_number(value: object) -> TypeIs[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_place(pair: object) -> bool:
    """Whether it is [lon, lat] in degrees."""
    match pair:
        case [int() | float() as lon, int() | float() as lat]:
            return -180 <= lon <= 180 and -90 <= lat <= 90
    return False


def _is_line(text: str) -> bool:
    """Whether a text has no control characters; joiners belong to Persian words."""
    return all(letter.isprintable() or letter == "\u200c" for letter in text)
