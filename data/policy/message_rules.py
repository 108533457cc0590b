"""Canned messages between dispatchers and drivers: the section `[messages]` of `policy.toml`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from data.files.toml_reader import TomlTable, needed, table_list
from data.files.toml_values import BY_LANGUAGE, Text, Texts
from data.model import ByLanguage

MESSAGE_LETTERS = 200
"""Length of a message: it must fit a tracker's display, and be read while a machine stands."""

MOST_CANNED = 20
"""Texts in a list: more of them nobody reads before writing himself."""

MOST_NUMBERS = 4
"""Phone numbers that an SOS offers: a list is nothing to read in need."""

COME_BACK: ByLanguage = {
    "en": "Come back to the depot.",
    "fa": "به پایگاه برگردید.",
    "az": "Bazaya qayıdın.",
}
"""What drivers are told who are called back."""

WAIT_AT: ByLanguage = {
    "en": "Go to this place and wait there: {place}.",
    "fa": "به این محل بروید و همان‌جا منتظر بمانید: {place}.",
    "az": "Bu yerə gedin və orada gözləyin: {place}.",
}
"""What drivers are told who are sent to wait at a place."""

CALL_DISPATCH: ByLanguage = {
    "en": "Please call dispatch.",
    "fa": "لطفاً با مسئول اعزام تماس بگیرید.",
    "az": "Zəhmət olmasa, dispetçerə zəng edin.",
}
"""What drivers are told with whom a dispatcher wants to speak."""

THANKS: ByLanguage = {
    "en": "Thank you, understood.",
    "fa": "سپاس، دریافت شد.",
    "az": "Sağ olun, aydındır.",
}
"""What ends a talk with a driver."""

TO_DRIVER: tuple[ByLanguage, ...] = (
    CALL_DISPATCH,
    {
        "en": "You have a new route.",
        "fa": "مسیر تازه‌ای برایتان فرستاده شد.",
        "az": "Sizə yeni marşrut göndərildi.",
    },
    {
        "en": "Please stop at a safe place and wait.",
        "fa": "لطفاً در جای امن بایستید و منتظر بمانید.",
        "az": "Zəhmət olmasa, təhlükəsiz yerdə dayanın və gözləyin.",
    },
    {
        "en": "Reload after this street.",
        "fa": "پس از این خیابان بارگیری کنید.",
        "az": "Bu küçədən sonra duz yükləyin.",
    },
    COME_BACK,
    THANKS,
)
"""What a dispatcher says, unless the city has its own list."""

UNDERSTOOD: ByLanguage = {"en": "Understood.", "fa": "دریافت شد.", "az": "Aydındır."}
"""What a driver says of what he has read."""

BLADE_IS_DOWN: ByLanguage = {
    "en": "The blade is down while I plow.",
    "fa": "هنگام برف‌روبی تیغه پایین است.",
    "az": "Qar təmizləyəndə bıçaq aşağıdadır.",
}
"""What simulated drivers answer whose blade sensor is wrong; phones do not offer it."""

FROM_DRIVER: tuple[ByLanguage, ...] = (
    UNDERSTOOD,
    {"en": "I need help.", "fa": "کمک لازم دارم.", "az": "Mənə kömək lazımdır."},
    {
        "en": "The road ahead is blocked.",
        "fa": "راه در پیش رو بسته است.",
        "az": "Qabaqda yol bağlıdır.",
    },
    {"en": "Call me.", "fa": "با من تماس بگیرید.", "az": "Mənə zəng edin."},
    {"en": "I am running out of salt.", "fa": "نمک یا ماسه‌ام تمام می‌شود.", "az": "Duzum qurtarır."},
    {"en": "I need a break.", "fa": "به استراحت نیاز دارم.", "az": "Mənə fasilə lazımdır."},
    {
        "en": "I am all right, there is no danger.",
        "fa": "حالم خوب است، خطری نیست.",
        "az": "Mən yaxşıyam, təhlükə yoxdur.",
    },
)
"""What a driver answers, unless the city has its own list."""


def _short(text: str) -> str:
    if len(text) > MESSAGE_LETTERS:
        raise needed("1 to {count} characters", count=MESSAGE_LETTERS)
    return text


def _few(texts: tuple[ByLanguage, ...]) -> tuple[ByLanguage, ...]:
    if len(texts) > MOST_CANNED:
        raise needed("at most {most}", most=MOST_CANNED)
    return texts


_Short = Annotated[Text, AfterValidator(_short)]


_Words = Annotated[Mapping[str, _Short], BY_LANGUAGE]


_PHONE_NUMBER = re.compile(r"\+?[0-9][0-9 -]{0,17}[0-9]")


def _phones(numbers: tuple[str, ...]) -> tuple[str, ...]:
    if len(numbers) > MOST_NUMBERS:
        raise needed("at most {most}", most=MOST_NUMBERS)
    if not all(_PHONE_NUMBER.fullmatch(number) for number in numbers):
        raise needed("phone numbers in Latin digits")
    return numbers


@dataclass(frozen=True, slots=True)
class MessageRules(TomlTable):
    """Canned messages, sent with one tap, each by language; numbers that an SOS offers to call."""

    to_driver: Annotated[tuple[_Words, ...], table_list("to_driver"), AfterValidator(_few)] = (
        TO_DRIVER
    )
    from_driver: Annotated[tuple[_Words, ...], table_list("from_driver"), AfterValidator(_few)] = (
        FROM_DRIVER
    )
    emergency: Annotated[Texts, AfterValidator(_phones)] = ("112",)


def words_of(text: str, canned: Iterable[ByLanguage]) -> ByLanguage:
    """Return a text in all its languages where it is one of a list; else it is for every one."""
    known = (one for one in canned if text in one.values())
    return next(known, {"": text})
