"""The lines "key : value" before the lists of a file."""

import re
from dataclasses import dataclass, field

from routing.formats.text.format_error import FormatError, fault
from routing.formats.text.text import number, whole


def key_of(text: str) -> str:
    """Return a key in capitals, with one underscore for each run of other signs."""
    return re.sub(r"[^A-Z0-9#]+", "_", text.upper()).strip("_")


@dataclass(slots=True)
class Header:
    """Values by key, with the line where each stands."""

    entries: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, line: int, text: str) -> None:
        """Take a line; raise `FormatError` where its key came before."""
        key, _, value = text.partition(":")
        name = key_of(key)
        if name in self.entries:
            first = self.entries[name][0]
            raise FormatError(f"line {line}: {key.strip()} stands twice, first in line {first}")
        self.entries[name] = (line, value.strip())

    def text(self, *names: str) -> str:
        """Return the value of the first key that is there, else nothing."""
        return self._find(names)[2]

    def whole(self, *names: str, least: int = 0) -> int | None:
        """Return a whole number, `None` where no such key stands or it has no value."""
        line, name, value = self._find(names)
        return whole(value, line, name, least) if value else None

    def number(self, *names: str) -> float | None:
        """Return a number that is not negative, `None` where no such key stands."""
        line, name, value = self._find(names)
        return number(value, line, name) if value else None

    def capacity(self, *names: str) -> float:
        """Return the capacity; it must be there and above 0."""
        value = self.number(*names)
        if value is None:
            raise FormatError(f"the header lacks {names[0]}")
        if value == 0:
            raise fault(*self._find(names)[:2], "more than 0", "0")
        return value

    def expect(self, found: int, *names: str, also: int | None = None) -> None:
        """Raise `FormatError` where a stated count is not what was found (or `also`)."""
        stated = self.whole(*names)
        if stated is not None and stated not in (found, also):
            line, name, _ = self._find(names)
            raise FormatError(f"line {line}: {name}: states {stated}, but {found} are in the file")

    def place(self, *names: str) -> tuple[int, str]:
        """Return the line of the first of these keys that is there, and that key; else line 0."""
        return self._find(names)[:2]

    def _find(self, names: tuple[str, ...]) -> tuple[int, str, str]:
        for name in names:
            if name in self.entries:
                line, value = self.entries[name]
                return line, name, value
        return 0, names[0], ""
