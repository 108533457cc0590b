"""What columns and kinds of machines are called in spreadsheets, in each language."""

from collections.abc import Mapping

from data.geocode.text.normalization import normal

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "name": "Name",
        "type": "Type",
        "owner": "Owner",
        "plow_kmh": "Plowing speed (km/h)",
        "salt_kmh": "Salting speed (km/h)",
        "drive_kmh": "Driving speed (km/h)",
        "blade_m": "Blade (m)",
        "hopper_kg": "Hopper (kg)",
        "min_street_m": "Narrowest street (m)",
        "shift_h": "Shift (h)",
        "depot": "Depot",
        "assumed": "Estimated",
        "company": "Company",
        "contact": "Contact",
        "arrive_min": "Time to arrive (min)",
        "rate_h": "Price of an hour",
    },
    "fa": {
        "name": "نام",
        "type": "نوع",
        "owner": "مالک",
        "plow_kmh": "سرعت برف‌روبی (کیلومتر در ساعت)",
        "salt_kmh": "سرعت نمک‌پاشی (کیلومتر در ساعت)",
        "drive_kmh": "سرعت رفت‌وآمد (کیلومتر در ساعت)",
        "blade_m": "پهنای تیغه (متر)",
        "hopper_kg": "ظرفیت مخزن (کیلوگرم)",
        "min_street_m": "باریک‌ترین خیابان (متر)",
        "shift_h": "نوبت کاری (ساعت)",
        "depot": "پایگاه",
        "assumed": "برآوردی",
        "company": "شرکت",
        "contact": "تماس",
        "arrive_min": "زمان رسیدن (دقیقه)",
        "rate_h": "بهای یک ساعت",
    },
}
"""Heads of the columns, in their order."""

TYPES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "dump_truck": "Dump truck with plow",
        "blade_truck": "Truck with plow",
        "grader": "Grader",
        "loader": "Loader",
        "mini_loader": "Mini loader",
        "backhoe": "Backhoe loader",
        "salt_spreader": "Salt spreader",
        "tractor": "Tractor",
        "pickup": "Pickup",
    },
    "fa": {
        "dump_truck": "کامیون کمپرسی با تیغه",
        "blade_truck": "کامیون تیغه‌دار",
        "grader": "گریدر",
        "loader": "لودر",
        "mini_loader": "مینی‌لودر",
        "backhoe": "بیل مکانیکی",
        "salt_spreader": "نمک‌پاش",
        "tractor": "تراکتور",
        "pickup": "وانت",
    },
}
OWNERS: Mapping[str, Mapping[str, str]] = {
    "en": {"own": "Municipality", "reserve": "Reserve", "contractor": "Contractor"},
    "fa": {"own": "شهرداری", "reserve": "ذخیره", "contractor": "پیمانکار"},
}
FLAGS: Mapping[str, Mapping[str, str]] = {
    "en": {"true": "Yes", "false": "No"},
    "fa": {"true": "بله", "false": "خیر"},
}

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


def _lexicon(
    words: Mapping[str, Mapping[str, str]], more: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """Return the code of every spelling, normalized; a code is a spelling of itself."""
    spellings = [(code, code) for code in more]
    for language in words.values():
        spellings += [(text, code) for code, text in language.items()]
        spellings += [(code, code) for code in language]
    spellings += [(text, code) for code, texts in more.items() for text in texts]
    return {spelled(text): code for text, code in spellings}


def spelled(text: str) -> str:
    """Return a word of a spreadsheet in the one spelling in which words are compared."""
    return normal(text.replace("_", " ")) or text.strip()


COLUMN_OF = _lexicon(COLUMNS, _MORE_COLUMNS)
"""Field by the head of its column, in any language; `count` stands for several alike."""

CODES = {
    "type": _lexicon(TYPES, _MORE_TYPES),
    "owner": _lexicon(OWNERS, _MORE_OWNERS),
    "assumed": _lexicon(FLAGS, _MORE_FLAGS),
}
"""Code by the word that people write, for the fields that allow only some."""
