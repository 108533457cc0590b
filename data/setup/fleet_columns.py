"""Names of columns and kinds of machines in spreadsheets, in each language."""

from collections.abc import Mapping
from functools import cache

from data.geocode.text.normalization import normal
from data.languages import languages, page_language

COLUMNS = (
    "name",
    "type",
    "owner",
    "plow_kmh",
    "salt_kmh",
    "drive_kmh",
    "blade_m",
    "hopper_kg",
    "min_street_m",
    "shift_h",
    "depot",
    "assumed",
    "company",
    "contact",
    "arrive_min",
    "rate_h",
)
"""Columns in their order."""

_MORE_COLUMNS = {
    "count": ("count", "number", "quantity", "تعداد"),
    "name": ("machine", "vehicle", "نام دستگاه", "دستگاه"),
    "type": ("kind", "نوع دستگاه"),
    "owner": ("مالکیت",),
    "plow_kmh": ("plow", "plow km/h", "سرعت برف‌روبی", "برف‌روبی", "سرعت برف‌روبی (کیلومتر بر ساعت)"),
    "salt_kmh": ("salt", "salt km/h", "سرعت نمک‌پاشی", "نمک‌پاشی"),
    "drive_kmh": ("drive", "drive km/h", "سرعت رفت‌وآمد", "سرعت حرکت"),
    "blade_m": ("blade", "blade width", "تیغه", "پهنای تیغه", "عرض تیغه", "عرض تیغه (متر)"),
    "hopper_kg": ("hopper", "salt capacity", "مخزن", "ظرفیت مخزن", "ظرفیت نمک"),
    "min_street_m": ("narrowest street", "باریک‌ترین خیابان", "کم‌ترین عرض خیابان"),
    "shift_h": ("shift", "hours", "نوبت کاری", "ساعت کار", "شیفت"),
    "depot": ("yard", "station", "انبار", "توقفگاه", "پارکینگ"),
    "assumed": ("assumed", "guess", "تخمینی", "فرضی"),
    "company": ("contractor company", "firm", "شرکت پیمانکار"),
    "contact": ("phone", "telephone", "تلفن", "شماره تماس"),
    "arrive_min": ("time to arrive", "arrival", "زمان رسیدن"),
    "rate_h": ("rate", "hourly rate", "نرخ ساعتی", "ساعتی"),
}
_MORE_TYPES = {
    "dump_truck": ("dump truck", "کمپرسی", "کامیون کمپرسی", "کامیون"),
    "blade_truck": ("blade truck", "plow truck", "کامیون تیغه دار", "برف‌روب"),
    "backhoe": ("بیل بکهو", "بکهو"),
    "mini_loader": ("بابکت", "bobcat", "skid steer"),
    "salt_spreader": ("spreader", "شن‌پاش", "نمک‌پاش و شن‌پاش"),
    "pickup": ("پیکاپ", "نیسان"),
}
_MORE_OWNERS = {
    "own": ("city", "ملکی", "خودی"),
    "reserve": ("spare", "یدکی", "رزرو"),
    "contractor": ("private", "hired", "پیمانکاری", "استیجاری", "اجاره‌ای"),
}
_MORE_FLAGS = {
    "true": ("1", "x", "y", "بلی", "آری"),
    "false": ("0", "n", "نه", "-"),
}


_MORE = {
    "columns": _MORE_COLUMNS,
    "types": _MORE_TYPES,
    "owners": _MORE_OWNERS,
    "flags": _MORE_FLAGS,
}


def machine_terms(part: str, language: str) -> Mapping[str, str]:
    """Return the names of columns, types, owners or flags in a language, by code."""
    known = page_language(language)
    own = known.machines.get(part, {})
    return {**machine_terms(part, known.fallback), **own} if known.fallback else own


def machine_term(part: str, code: str, language: str) -> str:
    """Return the name of one column, type, owner or flag; its code where it has no name."""
    return machine_terms(part, language).get(code, code)


@cache
def codes(part: str) -> Mapping[str, str]:
    """Return the codes of columns, types, owners or flags by spelling, of all languages.

    A code is a spelling of itself. The column `count` stands for several machines alike.
    """
    spellings = [(code, code) for code in _MORE[part]]
    for language in languages().values():
        words = language.machines.get(part, {})
        spellings += [(text, code) for code, text in words.items()]
        spellings += [(code, code) for code in words]
    spellings += [(text, code) for code, texts in _MORE[part].items() for text in texts]
    return {spelled(text): code for text, code in spellings}


def spelled(text: str) -> str:
    """Return a word of a spreadsheet in the normalized spelling, for comparison."""
    return normal(text.replace("_", " ")) or text.strip()
