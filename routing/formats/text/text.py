"""Lines and numbers of text files, with errors that name the place."""

import re
from collections.abc import Iterator
from math import isfinite

from routing.formats.text.format_error import FormatError, fault

LARGEST = 1e9
"""Costs, times and demands above this are taken for mistakes."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+(\.0*)?", re.ASCII)
_NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8 or Latin-1; raise `FormatError` if it is no text."""
    if not content.strip():
        raise FormatError("the file is empty")
    if b"\0" in content:
        at = content[: content.index(b"\0")].count(b"\n") + 1
        raise FormatError(f"line {at}: expected text, got a binary file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold something, stripped, with their numbers from 1."""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        stripped = line.strip()
        if stripped:
            yield number, stripped


def number(token: str, line: int, field: str, least: float = 0.0) -> float:
    """Return a number from `least` to `LARGEST`."""
    if not _NUMBER.fullmatch(token):
        what = "a finite number" if _NO_NUMBER.fullmatch(token) else "a number"
        raise fault(line, field, what, token)
    value = float(token)
    if not least <= value:
        raise fault(line, field, f"at least {least:g}", token)
    if not (isfinite(value) and value <= LARGEST):
        raise fault(line, field, f"at most {LARGEST:g}", token)
    return value


def whole(token: str, line: int, field: str, least: int = 0) -> int:
    """Return a whole number from `least` to `LARGEST`."""
    if not _WHOLE.fullmatch(token):
        raise fault(line, field, "a whole number", token)
    return int(number(token, line, field, least))
