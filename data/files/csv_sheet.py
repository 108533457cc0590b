"""Spreadsheets as CSV: how Excel and LibreOffice write them, in Persian or in English."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from data.files.bidi import without_isolates

_SEPARATORS = ",;\t؛|"
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_GROUPED_BY_DOTS = re.compile(r"\d{1,3}(\.\d{3})+,\d+")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in a file and where; `line` counts from 1, 0 for the file as a whole."""

    line: int
    field: str
    got: str
    expected: str


def sheet_rows(content: bytes) -> list[tuple[int, list[str]]]:
    """Return the non-empty lines with their numbers, without marks around cells.

    Encoding and separator are recognized; nothing is left of a file with a stray quote.
    """
    return _rows(_text(content))


def guarded(cell: str) -> str:
    """Return a cell safe from formula injection; `sheet_rows` reads it back."""
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def guarded_row(cells: Iterable[object]) -> list[object]:
    """Return a line whose texts are safe from formula injection and without isolates.

    Numbers stay numbers.
    """
    plain = [without_isolates(cell) if isinstance(cell, str) else cell for cell in cells]
    return [
        guarded(cell) if isinstance(cell, str) and not _NUMBER.fullmatch(cell) else cell
        for cell in plain
    ]


def number_of(cell: str) -> float | str:
    """Return the number in any digits; comma, slash and the Persian sign may be decimal."""
    digits = latin_digits("".join(cell.split()))
    plain = digits.replace("٫", ".").replace("/", ".").replace("٬", ",")
    if _GROUPED_BY_DOTS.fullmatch(plain):
        plain = plain.replace(".", "")
    plain = plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain.replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        return cell


def latin_digits(text: str) -> str:
    """Return a text with the digits 0 to 9, whatever script they were written in."""
    return text if text.isascii() else "".join(map(_latin, text))


def _latin(letter: str) -> str:
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)


def _text(content: bytes) -> str:
    """Return the text: UTF-8, UTF-16 with its mark, else the code page of Persian Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1256", errors="replace")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the lines that say something, with their numbers."""
    lines = list(io.StringIO(text, newline=""))
    named = re.match(r"sep=(.)\s*$", lines[0], re.IGNORECASE) if lines else None
    first = next((line for line in lines[1 if named else 0 :] if line.strip()), "")
    separator = named[1] if named else max(_SEPARATORS, key=first.count)
    reader = csv.reader(lines, delimiter=separator, strict=False)
    rows = []
    try:
        for row in reader:
            cells = [_cleaned(cell) for cell in row]
            if any(cells) and not (named and reader.line_num == 1):
                rows.append((reader.line_num, cells))
    except csv.Error:  # a stray quote has swallowed the rest of the file
        return []
    return rows


def _cleaned(cell: str) -> str:
    if not cell.isascii():
        cell = cell.replace("\ufeff", "").replace("\u200f", "").replace("\u200e", "")
    bare = cell.strip()
    return bare[1:] if bare.startswith("'") else bare
