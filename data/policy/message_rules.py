"""What dispatchers and drivers say most often: the section `[messages]` of `policy.toml`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from data.files.toml_reader import TomlTable, needed, table_list, validated
from data.files.toml_values import Text
from data.model import Words

MESSAGE_LETTERS = 200
"""Length of a message: it must fit a tracker's display, and be read while a machine stands."""

MOST_CANNED = 20
"""Texts in a list: more of them nobody reads before writing himself."""

TO_DRIVER = (
    Words("لطفاً با مسئول اعزام تماس بگیرید.", "Please call dispatch."),
    Words("مسیر تازه‌ای برایتان فرستاده شد.", "You have a new route."),
    Words("لطفاً در جای امن بایستید و منتظر بمانید.", "Please stop at a safe place and wait."),
    Words("پس از این خیابان بارگیری کنید.", "Reload after this street."),
    Words("به پایگاه برگردید.", "Come back to the depot."),
    Words("سپاس، دریافت شد.", "Thank you, understood."),
)
"""What a dispatcher says, unless the city has its own list."""

FROM_DRIVER = (
    Words("دریافت شد.", "Understood."),
    Words("کمک لازم دارم.", "I need help."),
    Words("راه در پیش رو بسته است.", "The road ahead is blocked."),
    Words("با من تماس بگیرید.", "Call me."),
    Words("نمک یا ماسه‌ام تمام می‌شود.", "I am running out of salt."),
    Words("به استراحت نیاز دارم.", "I need a break."),
    Words("حالم خوب است، خطری نیست.", "I am all right, there is no danger."),
)
"""What a driver answers, unless the city has its own list."""


def _short(text: str) -> str:
    if len(text) > MESSAGE_LETTERS:
        raise needed("1 to {count} letters", count=MESSAGE_LETTERS)
    return text


def _few(texts: tuple[Words, ...]) -> tuple[Words, ...]:
    if len(texts) > MOST_CANNED:
        raise needed("at most {most}", most=MOST_CANNED)
    return texts


_Short = Annotated[Text, AfterValidator(_short)]


@dataclass(frozen=True, slots=True)
class _WordsTable(TomlTable):
    fa: _Short
    en: _Short


def _words(table: object) -> Words:
    words = validated(_WordsTable, table)
    return Words(words.fa, words.en)


_Words = Annotated[Words, BeforeValidator(_words)]


@dataclass(frozen=True, slots=True)
class MessageRules(TomlTable):
    """Texts that are sent with one tap, in both languages."""

    to_driver: Annotated[tuple[_Words, ...], table_list("to_driver"), AfterValidator(_few)] = (
        TO_DRIVER
    )
    from_driver: Annotated[tuple[_Words, ...], table_list("from_driver"), AfterValidator(_few)] = (
        FROM_DRIVER
    )


def words_of(text: str, canned: Iterable[Words]) -> Words:
    """Return a text in both languages where it is one of a list; else it is the same in both."""
    known = (one for one in canned if text in (one.fa, one.en))
    return next(known, Words(text, text))
