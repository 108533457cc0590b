"""The languages that pages speak: one folder each under `maps/locale`, with its catalogs.

The folder's name is the language's code, and its `language.toml` says what catalogs cannot.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated

from data.errors import InvalidError, Need
from data.files.toml_reader import TomlTable, read_table, read_toml
from data.files.toml_values import Flag, Text, Texts, one_of
from data.model import ByLanguage

LOCALE_DIR = Path(__file__).parents[1] / "maps" / "locale"

LANGUAGE_LETTERS = 8
"""The longest code of a language."""

CALENDARS = ("gregory", "persian")
"""As BCP 47 calls them."""


@dataclass(frozen=True, kw_only=True)
class PageLanguage(TomlTable):
    """A language that pages speak.

    `name` is what it calls itself, `also` what files may call it; `digits` are 0 to 9. Days of the
    week begin with Monday. `fallback` is the language of texts that its catalogs lack, and that of
    `default` is spoken where nobody chose one. `intl` is the tag with which browsers write numbers
    and clock times: as the server does only where its signs are `decimal` and `group`. `letters`
    are those that no other language here has; `aloud` and `fraction_aloud` are for
    `maps/guidance/reading.py`.
    """

    name: Text
    also: tuple[Text, ...] = ()
    default: Flag = False
    fallback: str = ""
    rtl: Flag = False
    intl: Text
    digits: Text = "0123456789"
    decimal: Text = "."
    group: str = ","
    percent: Text = "%"
    comma: str = ", "
    calendar: Annotated[str, one_of(CALENDARS)] = "gregory"
    months: Texts
    months_short: Texts
    weekdays: Texts
    date: Text = "{weekday} {day} {month} {year}"
    short_day: Text = "{day} {month}"
    date_mark: Text = "-"
    machines: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    letters: str = ""
    fraction_aloud: str = ""
    aloud: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    code: str

    @property
    def direction(self) -> str:
        """Writing direction for the `dir` attribute."""
        return "rtl" if self.rtl else "ltr"

    @cached_property
    def signs(self) -> dict[int, str]:
        """Return what becomes of Latin digits and the signs of a number."""
        own = (*self.digits, self.decimal, self.group, self.percent)
        return {ord(plain): sign for plain, sign in zip("0123456789.,%", own, strict=True)}

    @cached_property
    def own_digits(self) -> dict[int, str]:
        """Return what becomes of Latin digits."""
        return {ord(str(value)): digit for value, digit in enumerate(self.digits)}


@cache
def languages() -> Mapping[str, PageLanguage]:
    """Return every language by its code, the default first."""
    known = [_read(file) for file in sorted(LOCALE_DIR.glob("*/language.toml"))]
    return {one.code: one for one in sorted(known, key=lambda one: not one.default)}


def name_keys() -> dict[str, str]:
    """Return the columns of names in files: `name` for the main one, `name_fa` in Persian."""
    return {"name": "", **{f"name_{code}": code for code in languages()}}


def default_language() -> str:
    """Return the code of the language that is spoken where nobody chose one."""
    return next(iter(languages()))


def page_language(code: str) -> PageLanguage:
    """Return a language; the default one where pages do not speak it."""
    return languages().get(code) or languages()[default_language()]


def known_language(code: str, field: str = "language") -> str:
    """Return a code that pages speak; raise `InvalidError` for another."""
    if code not in languages():
        raise InvalidError(field, code, Need("one of {expected}", expected=", ".join(languages())))
    return code


def in_language(texts: ByLanguage, language: str) -> str:
    """Return the text in a language; else that of its fallback, else any; "" if there is none."""
    fallback = languages()[language].fallback if language in languages() else ""
    wanted = (texts.get(code) for code in (language, "", fallback))
    return next(filter(None, wanted), "") or next(filter(None, texts.values()), "")


def _read(file: Path) -> PageLanguage:
    values = read_toml(file.read_bytes(), file.name) | {"code": file.parent.name}
    return read_table(PageLanguage, values, str(file.relative_to(LOCALE_DIR)))
