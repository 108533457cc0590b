"""Requests as a spreadsheet of another system, with heads and words in Persian or in English."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite

from data.errors import Need
from data.files.csv_sheet import Mistake, number_of, sheet_rows
from data.geocode.text.normalization import normal
from data.languages import languages
from data.model import LonLat, RequestKind

MOST_LINES = 2_000
MOST_LETTERS = 2_000
SHORT_LETTERS = 200

_HEADS: Mapping[str, tuple[str, ...]] = {
    "number": ("no", "ref", "reference", "شماره", "شماره درخواست", "کد پیگیری"),
    "text": ("words", "description", "request", "شرح", "متن", "درخواست", "سخن تماس‌گیرنده"),
    "address": ("place", "street", "نشانی", "آدرس", "خیابان"),
    "kind": ("type", "subject", "نوع", "موضوع"),
    "name": ("caller", "caller name", "نام", "نام تماس‌گیرنده"),
    "phone": ("mobile", "caller phone", "تلفن", "شماره تماس", "موبایل"),
    "language": ("زبان",),
    "lon": ("lng", "longitude", "طول جغرافیایی", "طول"),
    "lat": ("latitude", "عرض جغرافیایی", "عرض"),
}
COLUMNS = tuple(_HEADS)
_IGNORED = (
    "received",
    "state",
    "class",
    "district",
    "due",
    "next step due",
    "channel",
    "dangers",
    "دریافت",
    "وضعیت",
    "درجه",
    "منطقه",
    "مهلت",
    "مهلت رسیدگی",
    "راه تماس",
    "خطرها",
)
"""Columns of our own files that another system's requests do not bring."""

_KINDS: Mapping[RequestKind, tuple[str, ...]] = {
    RequestKind.PLOW: (
        "snow",
        "snow removal",
        "snow to clear",
        "plowing",
        "برف",
        "برف روبی",
        "برفروبی",
    ),
    RequestKind.ICE: ("salt", "slippery", "یخ", "یخ زدگی", "نمک پاشی", "لغزندگی"),
    RequestKind.SIDEWALK: (
        "stairs",
        "sidewalk or stairs",
        "پیاده رو یا پله",
        "پیاده رو",
        "پیادهرو",
        "پله",
    ),
    RequestKind.TREE: ("fallen tree", "درخت", "درخت افتاده"),
    RequestKind.HAUL: ("snow hauling", "snow to haul", "حمل برف", "بارگیری و حمل برف", "تخلیه برف"),
    RequestKind.BLOCKED: ("blocked street", "انسداد", "راه بسته", "خیابان بسته"),
}


type Refuse = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request as a file tells it; `number` is the other system's own."""

    line: int
    number: str
    text: str
    address: str
    kind: RequestKind
    name: str
    phone: str
    language: str
    location: LonLat | None


def requests_from_csv(content: bytes) -> tuple[list[RequestLine], list[Mistake]]:
    """Return the requests of a spreadsheet and everything that is wrong in it.

    The requests count only while there is no mistake. A line needs words, an address or a place.
    """
    rows = sheet_rows(content)
    if not rows:
        return [], [Mistake(0, "", "", "a table with headers and a line for each request")]
    (number, head), body = rows[0], rows[1:]
    columns, mistakes = _columns(number, head)
    if not mistakes and not body:
        mistakes = [Mistake(number, "", "", "a line for each request below the headers")]
    if len(body) > MOST_LINES:
        need = Need("at most {count} requests", count=MOST_LINES)
        mistakes = [Mistake(0, "", str(len(body)), need)]
    if mistakes:
        return [], mistakes
    found = [_line(line, dict(zip(columns, cells, strict=False)), mistakes) for line, cells in body]
    return found, mistakes


def _columns(line: int, head: Sequence[str]) -> tuple[list[str], list[Mistake]]:
    columns: list[str] = []
    mistakes: list[Mistake] = []
    for cell in head:
        column = _COLUMN_OF.get(_plain(cell))
        if cell and column is None:
            mistakes.append(Mistake(line, "", cell, "a known column"))
        elif column and column in columns:
            mistakes.append(Mistake(line, column, cell, "every column once"))
        columns.append(column or "")
    if not mistakes and not {"text", "address", "lon"} & set(columns):
        mistakes.append(Mistake(line, "text", "", "a column"))
    return columns, mistakes


def _line(line: int, cells: Mapping[str, str], mistakes: list[Mistake]) -> RequestLine:
    def refuse(column: str, need: str) -> None:
        mistakes.append(Mistake(line, column, cells.get(column, ""), need))

    for column in COLUMNS:
        most = MOST_LETTERS if column == "text" else SHORT_LETTERS
        if len(cells.get(column, "")) > most:
            refuse(column, Need("at most {max_length} characters", max_length=most))
    kind = _KIND_OF.get(_plain(cells.get("kind", "")))
    if kind is None:
        refuse("kind", Need("one of {expected}", expected=", ".join(RequestKind)))
    language = _languages().get(_plain(cells.get("language", "")), "")
    if cells.get("language") and not language:
        refuse("language", Need("one of {expected}", expected=", ".join(languages())))
    location = _location(cells, refuse)
    if not (cells.get("text") or cells.get("address") or location):
        refuse("text", "words, an address or a place")
    return RequestLine(
        line,
        cells.get("number", ""),
        cells.get("text", ""),
        cells.get("address", ""),
        kind or RequestKind.PLOW,
        cells.get("name", ""),
        cells.get("phone", ""),
        language,
        location,
    )


def _location(cells: Mapping[str, str], refuse: Refuse) -> LonLat | None:
    if not (cells.get("lon") or cells.get("lat")):
        return None
    found: list[float] = []
    for column, most in (("lon", 180.0), ("lat", 90.0)):
        value = number_of(cells.get(column, ""))
        if isinstance(value, str) or not isfinite(value):
            refuse(column, "a number")
        elif abs(value) > most:
            refuse(column, Need("{low} to {high}", low=-most, high=most))
        else:
            found.append(value)
    return LonLat(*found) if len(found) == 2 else None


@cache
def _languages() -> Mapping[str, str]:
    """Return the code of a language by what it is called, in itself or in another one."""
    return {
        _plain(name): code
        for code, one in languages().items()
        for name in (code, one.name, *one.also)
    }


def _plain(text: str) -> str:
    return normal(text.replace("_", " "))


_COLUMN_OF = {
    **{_plain(column): "" for column in _IGNORED},
    **{_plain(head): column for column, heads in _HEADS.items() for head in (column, *heads)},
}
_KIND_OF = {
    "": RequestKind.PLOW,
    **{_plain(word): kind for kind, words in _KINDS.items() for word in (kind, *words)},
}
