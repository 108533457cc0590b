"""The kinds of values in our TOML files: what is read, and what is needed where it is not that."""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, TypeIs

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, WrapValidator
from pydantic_core import CoreSchema
from pydantic_core.core_schema import (
    ValidatorFunctionWrapHandler,
    no_info_before_validator_function,
    plain_serializer_function_ser_schema,
)

from data.files.toml_reader import needed
from data.model import LonLat


@dataclass(frozen=True, slots=True)
class Number:
    """Marks a number within limits, or a duration that is written in so many of its `unit`."""

    low: float
    high: float = math.inf
    unit: timedelta | None = None
    whole: bool = False

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Return the schema of what is read after the check of the number."""
        schema = no_info_before_validator_function(self._read, handler(source))
        if self.unit is not None:
            schema["serialization"] = plain_serializer_function_ser_schema(self._written)
        return schema

    def _read(self, value: object) -> float | timedelta:
        if not _is_number(value) or not self.low <= value <= self.high:  # also refuses nan
            if self.high == math.inf:
                raise needed("a number of at least {low}", low=float(self.low))
            raise needed("{low} to {high}", low=float(self.low), high=float(self.high))
        if self.whole and not float(value).is_integer():
            raise needed("a whole number")
        return value if self.unit is None else value * self.unit

    def _written(self, value: timedelta) -> float:
        return value / (self.unit or timedelta(seconds=1))


IF_ANY = Field(exclude_if=lambda value: not value)
"""Marks a value that is written only where there is any."""


_LANGUAGE = re.compile("[a-z]{2,3}")


def _by_language(texts: object, handler: ValidatorFunctionWrapHandler) -> object:
    known = isinstance(texts, Mapping) and all(_LANGUAGE.fullmatch(str(key)) for key in texts)
    if not texts or not known:
        raise needed("a text by the code of its language")
    return handler(texts)


BY_LANGUAGE = WrapValidator(_by_language)
"""Marks a mapping as texts by language, at least one."""


def one_of(allowed: Collection[str]) -> BeforeValidator:
    """Mark a text as one of the allowed words."""

    def read(value: object) -> str:
        word = value.strip() if isinstance(value, str) else None
        if word is None or word not in allowed:
            raise needed("one of {expected}", expected=", ".join(allowed))
        return word

    return BeforeValidator(read)


def some_of(allowed: Collection[str]) -> BeforeValidator:
    """Mark a list as one of different allowed words."""

    def read(value: object) -> object:
        words = value if isinstance(value, list) else [None]
        if len(set(map(str, words))) != len(words) or not all(word in allowed for word in words):
            raise needed("a list of {expected}", expected=", ".join(allowed))
        return words

    return BeforeValidator(read)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise needed("true or false")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not _is_line(value):
        raise needed("a text of one line")
    return value.strip()


def _texts(value: object) -> list[str]:
    words = value if isinstance(value, list) else []
    lines = [word.strip() for word in words if isinstance(word, str) and _is_line(word)]
    if not lines or not all(lines) or len(set(lines)) != len(words):
        raise needed("a list of texts, each once")
    return lines


def _corners(value: object) -> list[LonLat]:
    pairs = value if isinstance(value, list) else []
    if len(pairs) < 3 or not all(map(_is_place, pairs)):
        raise needed("at least {least} places as [longitude, latitude]", least=3)
    return [LonLat(float(lon), float(lat)) for lon, lat in pairs]


Flag = Annotated[bool, BeforeValidator(_flag)]
Text = Annotated[str, BeforeValidator(_text)]
"""One line of text that is not empty."""
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
"""At least one text, each of one line and different from the others."""
Polygon = Annotated[tuple[LonLat, ...], BeforeValidator(_corners)]
"""At least three corners of an area, [lon, lat] in degrees."""


def _is_number(value: object) -> TypeIs[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_place(pair: object) -> bool:
    """Whether it is [lon, lat] in degrees."""
    match pair:
        case [int() | float() as lon, int() | float() as lat]:
            return -180 <= lon <= 180 and -90 <= lat <= 90
    return False


def _is_line(text: str) -> bool:
    """Whether a text has no control characters; joiners belong to Persian words."""
    return all(letter.isprintable() or letter == "\u200c" for letter in text)
