"""Texts in the reader's language: catalogs, digits, dates, direction.

A msgid is the English sentence, or `kind:value` for a name of ours (`state:fresh`).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import jdatetime
import polib

from data import languages as registry
from data.errors import Need
from data.files.bidi import isolated
from data.languages import PageLanguage, default_language, languages, page_language
from data.model import District, ServiceClass
from data.policy.city_policy import Policy

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
MORNING_H, NOON_H, EVENING_H = 6, 12, 18
"""Hours at which a night ends, a morning ends and a night begins, as people speak of them."""

_NIGHTS = {-1: "last night", 0: "tonight", 1: "tomorrow night"}
_DAYS = {-1: "yesterday", 0: "today", 1: "tomorrow"}
"""What a night and a day are called, by how many days they are ahead."""

_DAY_NAME = re.compile(r"(\d{4}-\d\d-\d\d)( \(\d+\))?")
_ARABIC = re.compile("[\u0600-\u06ff]")

type Texts = dict[str, str | list[str]]
"""One text per msgid; two, for one and for many, where a number decides."""


@lru_cache
def catalog(language: str) -> Texts:
    """Return every text of a language, by msgid, from all its files: one for each room.

    What they lack is said in the language's fallback. Each language is called as it calls itself.
    """
    files = sorted((registry.LOCALE_DIR / language / "LC_MESSAGES").glob("*.po"))
    fallback = page_language(language).fallback
    others: Texts = catalog(fallback) if fallback else {}
    names: Texts = {f"language:{code}": one.name for code, one in languages().items()}
    own: Texts = {
        entry.msgid: [entry.msgstr_plural[0], entry.msgstr_plural[1]]
        if entry.msgid_plural
        else entry.msgstr
        for file in files
        for entry in polib.pofile(str(file))
    }
    return others | own | names


def read_catalogs() -> None:
    """Read the texts of all languages now: else many first readers would, each for himself."""
    for code in languages():
        catalog(code)


type _Day = tuple[int, int, int]

_CALENDARS: Mapping[str, Callable[[date], _Day]] = {
    "gregory": lambda day: (day.year, day.month, day.day),
    "persian": lambda day: _jalali(jdatetime.date.fromgregorian(date=day)),
}
"""Year, month and day of a date by the calendars that languages name."""


def _jalali(day: jdatetime.date) -> _Day:
    return day.year, day.month, day.day


@dataclass(frozen=True, slots=True)
class Translator:
    """Translates into one language, with one city's time zone; calling it is the same as `t`.

    Values that could reorder a sentence are isolated in it (`data/files/bidi.py`); not by the
    translator `plain`, for texts that leave the pages: messages, other systems, documents.
    `classes` are the city's classes of service, the most urgent first, and `city_texts` what they
    and the districts are called, by msgid.
    """

    language: str
    timezone: str = "UTC"
    classes: tuple[ServiceClass, ...] = ()
    city_texts: Mapping[str, str] = field(default_factory=dict, compare=False)
    isolating: bool = True

    @property
    def speech(self) -> PageLanguage:
        """Formats of the language for numbers and dates."""
        return page_language(self.language)

    @property
    def direction(self) -> str:
        """Writing direction for the `dir` attribute."""
        return self.speech.direction

    @property
    def plain(self) -> "Translator":
        """The same translator without isolates in its texts."""
        return replace(self, isolating=False)

    def languages(self) -> list[PageLanguage]:
        """Return all languages of pages, the default first."""
        return list(languages().values())

    def listed(self, words: Iterable[str]) -> str:
        """Return texts as a list within a sentence."""
        return self.speech.comma.join(map(self._isolated, words))

    def texts(self) -> Texts:
        """Return the whole catalog with the names of classes and districts, for the browser."""
        return {**catalog(self.language), **self.city_texts}

    def of_city(self, policy: Policy, districts: Iterable[District] = ()) -> "Translator":
        """Return the same translator with a city's classes of service, and more districts."""
        names = {
            f"district:{one.name}": one.names[self.language][0]
            for one in districts
            if one.names.get(self.language)
        }
        texts = {**self.city_texts, **policy.class_texts(self.language), **names}
        return replace(self, classes=tuple(policy.rules), city_texts=texts)

    def named(self, kind: str, value: str) -> str:
        """Return the text of `kind:value`, such as `class:P1`; the value where there is no text."""
        msgid = f"{kind}:{value}"
        text = self._text(msgid)
        return value if text == msgid or not isinstance(text, str) else text

    def classes_in_order(self, codes: Iterable[str]) -> list[ServiceClass]:
        """Return classes without repetition, the most urgent first; unknown ones last."""
        wanted = {ServiceClass(code) for code in codes}
        known = [code for code in self.classes if code in wanted]
        return known + sorted(wanted.difference(self.classes))

    def t(self, msgid: str, **values: object) -> str:
        """Return the text with its placeholders filled; numbers in the language's digits.

        Where the text has forms, the one that fits the value `count`. A msgid that the catalog
        lacks comes back as it is; a test keeps the catalogs whole.
        """
        text = self._text(msgid)
        form = text if isinstance(text, str) else text[0 if values.get("count") == 1 else 1]
        return self._filled(form, values)

    def __call__(self, msgid: str, **values: object) -> str:
        """Return the same as `t`, for templates."""
        return self.t(msgid, **values)

    def plural(self, msgid: str, count: int, **values: object) -> str:
        """Return the form of a text that fits `count`, which also fills `{count}`."""
        return self.t(msgid, count=count, **values)

    def need(self, text: str) -> str:
        """Return the text of what a field should be, with its limits in all digits."""
        if not isinstance(text, Need):
            return self.t(text)
        exact = {
            name: self.number(value, len(f"{value:g}".partition(".")[2]))
            for name, value in text.values.items()
            if isinstance(value, float)
        }
        return self.t(text.msgid, **{**text.values, **exact})

    def name_here(self, name: str) -> str:
        """Return the part of a name in two languages ("برف / Snow") that is in the reader's script.

        All of any other name. A storm that nobody has named is called by its day, which the
        reader's calendar says.
        """
        unnamed = _DAY_NAME.fullmatch(name)
        if unnamed:
            noon = datetime.fromisoformat(f"{unnamed[1]}T12:00Z")
            number = (unnamed[2] or "").translate(self.speech.own_digits)
            return self.t("Snow of {date}", date=self.short_day(noon) + number)
        mine = [
            part
            for part in name.split(" / ")
            if bool(_ARABIC.search(part)) == (self.direction == "rtl")
        ]
        return mine[0] if len(mine) == 1 else name

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with grouped thousands in the language's digits."""
        return f"{value:,.{digits}f}".translate(self.speech.signs)

    def date(self, moment: datetime) -> str:
        """Return the day of an aware moment in the city, by the language's calendar."""
        return self._said(self.speech.date, moment, self.speech.months)

    def time(self, moment: datetime) -> str:
        """Return the clock time of an aware moment in the city, on 24 hours."""
        return f"{self._local(moment):%H:%M}".translate(self.speech.own_digits)

    def times(self, since: datetime, until: datetime) -> str:
        """Return "from 13:34 to 17:59" as short as the language says it."""
        return self.t("{from}–{until}", **{"from": self.time(since), "until": self.time(until)})

    def day_time(self, moment: datetime) -> str:
        """Return the day without its year, and the clock time."""
        return self.listed((self.short_day(moment), self.time(moment)))

    def short_day(self, moment: datetime) -> str:
        """Return the day without its year."""
        return self._said(self.speech.short_day, moment, self.speech.months_short)

    def day_as_said(self, moment: datetime, now: datetime) -> str:
        """Return the day of a moment as people say it: last night, today, tomorrow morning.

        A night lasts from 18:00 to 6:00 and belongs to the day on which it begins.
        """
        said = _day_as_said(self._local(moment), self._local(now))
        return self.t(said) if said else self.t("on {day}", day=self.short_day(moment))

    def moment_as_said(self, moment: datetime, now: datetime) -> str:
        """Return day and clock time as people say them: last night at 23:40."""
        day = self.day_as_said(moment, now)
        return self.t("{day} at {time}", day=day, time=self.time(moment))

    def deadline_as_said(self, moment: datetime, now: datetime) -> str:
        """Return day and clock time by which something is wanted: today by 09:00."""
        day = self.day_as_said(moment, now)
        return self.t("{day} by {time}", day=day, time=self.time(moment))

    def span_as_said(self, since: datetime, until: datetime, now: datetime) -> str:
        """Return a window as people say it: tonight between 00:20 and 05:40.

        One that begins in the night and ends after it is of the day.
        """
        day, last_day = (self.day_as_said(each, now) for each in (since, until))
        if day != last_day and self._local(since).date() != self._local(until).date():
            ends = [self.moment_as_said(each, now) for each in (since, until)]
            return self.t("between {start} and {end}", start=ends[0], end=ends[1])
        if self._local(since).hour < MORNING_H:
            day = last_day
        times = {"start": self.time(since), "end": self.time(until)}
        return self.t("{day} between {start} and {end}", day=day, **times)

    def stamp(self, moment: datetime) -> str:
        """Return day and time in the city for a spreadsheet: sortable, in Latin digits."""
        local = self._local(moment)
        year, month, day = _CALENDARS[self.speech.calendar](local.date())
        return f"{year:04}-{month:02}-{day:02} {local:%H:%M}"

    def written(self, moment: datetime) -> str:
        """Return day and time in the city for a form field, in the reader's digits."""
        text = self.stamp(moment).replace("-", self.speech.date_mark)
        return text.translate(self.speech.own_digits)

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.timezone))

    def _said(self, pattern: str, moment: datetime, months: Sequence[str]) -> str:
        local = self._local(moment)
        year, month, day = _CALENDARS[self.speech.calendar](local.date())
        weekday = self.speech.weekdays[local.weekday()]
        numbers = {"year": str(year), "day": str(day)}
        own = {name: text.translate(self.speech.own_digits) for name, text in numbers.items()}
        return pattern.format(weekday=weekday, month=months[month - 1], **own)

    def _text(self, msgid: str) -> str | list[str]:
        return self.city_texts.get(msgid) or catalog(self.language).get(msgid, msgid)

    def _filled(self, text: str, values: Mapping[str, object]) -> str:
        return _PLACEHOLDER.sub(lambda match: self._shown(values.get(match[1], match[0])), text)

    def _shown(self, value: object) -> str:
        if isinstance(value, Need):
            return self.need(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self.number(value, 0 if float(value).is_integer() else 1)
        return self._isolated(str(value))

    def _isolated(self, text: str) -> str:
        return isolated(text, rtl=self.speech.rtl) if self.isolating else text


def _day_as_said(local: datetime, now: datetime) -> str:
    """Return the msgid of a day near `now`, empty for one farther away."""
    (day, night), (this_day, this_night) = _day_and_night(local), _day_and_night(now)
    ahead = (day - this_day).days
    nights = None if night is None else (night - (this_night or this_day)).days
    if nights in _NIGHTS and not nights > ahead:
        return _NIGHTS[nights]
    return "tomorrow morning" if ahead == 1 and local.hour < NOON_H else _DAYS.get(ahead, "")


def _day_and_night(local: datetime) -> tuple[date, date | None]:
    """Return the day of a moment, and on which day the night around it began."""
    day = local.date()
    if local.hour < MORNING_H:
        return day, day - timedelta(days=1)
    return day, day if local.hour >= EVENING_H else None


@lru_cache
def translator(language: str, timezone: str = "UTC") -> Translator:
    """Return the translator of a language; of the default language where there is no catalog."""
    return Translator(language if language in languages() else default_language(), timezone)
