"""What drivers check of their machine before a shift: `[vehicle_check]` of `policy.toml`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator

from data.errors import Need
from data.files.toml_reader import FieldMistake, TomlTable, needed, table_list
from data.files.toml_values import IF_ANY, Flag, Text, some_of
from data.model import ByLanguage
from data.model.machines import VEHICLE_TYPES

MOST_ITEMS = 20
"""Points of a list: a longer one is ticked without looking."""

ITEM_LETTERS = 60
"""Length of a point: it is read at arm's length."""

_CODE = re.compile("[a-z][a-z0-9_]{0,31}")
_LANGUAGE = re.compile("[a-z]{2,3}")


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise needed("a word of small Latin letters")
    return text


def _named(texts: ByLanguage) -> ByLanguage:
    if not texts or not all(_LANGUAGE.fullmatch(code) for code in texts):
        raise needed("a text by the code of its language")
    if any(len(text) > ITEM_LETTERS for text in texts.values()):
        raise needed("1 to {count} characters", count=ITEM_LETTERS)
    return texts


@dataclass(frozen=True, slots=True)
class CheckItem(TomlTable):
    """A point of the check, by language; `machines` are the types that have it, none for all.

    A machine with a fault of a `grave` point does not go out: dispatch is called. `code` stands for
    the point in what was checked before, whatever it is called since.
    """

    code: Annotated[Text, AfterValidator(_code)]
    name: Annotated[Mapping[str, Text], AfterValidator(_named)]
    grave: Flag = False
    machines: Annotated[tuple[str, ...], some_of(VEHICLE_TYPES), IF_ANY] = ()

    def is_of(self, machine: str) -> bool:
        """Whether a type of machines has it."""
        return not self.machines or machine in self.machines


def _usual(code: str, en: str, fa: str, az: str, *, grave: bool = False) -> CheckItem:
    return CheckItem(code, {"en": en, "fa": fa, "az": az}, grave=grave)


USUAL_ITEMS = (
    _usual("lights", "Lights and beacon", "چراغ‌ها و چراغ گردان", "İşıqlar və mayak", grave=True),
    _usual("brakes", "Brakes", "ترمز", "Əyləc", grave=True),
    _usual("steering", "Steering", "فرمان", "Sükan", grave=True),
    _usual("tires", "Tires and chains", "لاستیک و زنجیر چرخ", "Şinlər və zəncirlər", grave=True),
    _usual("blade", "Blade and its edge", "تیغه و لبهٔ آن", "Bıçaq və onun tiyəsi"),
    _usual("hydraulics", "Hydraulics, no leak", "هیدرولیک، بدون نشتی", "Hidravlika, sızma yoxdur"),
    CheckItem(
        "spreader",
        {"en": "Spreader", "fa": "نمک‌پاش", "az": "Duzsəpən"},
        machines=("dump_truck", "salt_spreader"),
    ),
    _usual("wipers", "Wipers and windows", "برف‌پاک‌کن و شیشه‌ها", "Şüşəsilənlər və şüşələr"),
    _usual("radio", "Radio or phone", "بی‌سیم یا تلفن", "Rabitə və ya telefon"),
    _usual("fuel", "Fuel for the shift", "سوخت کافی برای شیفت", "Növbə üçün yanacaq"),
    _usual("extinguisher", "Fire extinguisher", "کپسول آتش‌نشانی", "Odsöndürən"),
    _usual("first_aid", "First-aid kit", "جعبهٔ کمک‌های اولیه", "İlk yardım qutusu"),
)
"""What is looked at on a plow truck, unless the city has its own list."""


@dataclass(frozen=True, slots=True)
class CheckRules(TomlTable):
    """The points that drivers check before a shift, in their order; none for no check."""

    items: Annotated[tuple[CheckItem, ...], table_list("items")] = USUAL_ITEMS

    def mistakes(self) -> Iterator[FieldMistake]:
        """Return a list that is too long, and codes that stand for two points."""
        if len(self.items) > MOST_ITEMS:
            yield FieldMistake(("items",), len(self.items), Need("at most {most}", most=MOST_ITEMS))
        codes = [item.code for item in self.items]
        for index, code in enumerate(codes):
            if code in codes[:index]:
                yield FieldMistake(("items", index, "code"), code, "every name once")

    def items_of(self, machine: str) -> tuple[CheckItem, ...]:
        """Return the points that a type of machines has."""
        return tuple(item for item in self.items if item.is_of(machine))
