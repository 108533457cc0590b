"""The tables of a scenario: snow, callers and what goes wrong, each with its hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from data.errors import Need
from data.files.toml_reader import FieldMistake, TomlTable
from data.files.toml_values import BY_LANGUAGE, Number, Text, one_of
from data.model import RequestKind

HOUR = timedelta(hours=1)
LONGEST_H = 96.0
"""The latest hour of a scenario; hours count from the beginning of the storm."""

PLACE = "{place}"
"""Stands in somebody's words for a street of the city where the scenario is played."""

TITLE_LETTERS, BRIEF_LETTERS, WORDS_LETTERS = 80, 500, 400
"""How long a title is at most, what is told before a scenario, and what somebody says in it."""

type Words = Annotated[Mapping[str, Text], BY_LANGUAGE]
"""A text by language; a language without one has that of its fallback, or any."""

type Hour = Annotated[timedelta, Number(0, LONGEST_H, unit=HOUR)]


class Trouble(StrEnum):
    """What goes wrong with a machine, or with what its tracker says."""

    ABSENT = "absent"
    BREAKDOWN = "breakdown"
    SILENT = "silent"
    STUCK = "stuck"
    DEAD = "dead"
    FLAPPING = "flapping"
    MUTE = "mute"


class CityPart(StrEnum):
    """A part of any city, about half of its streets: on one side of its middle, near it or far."""

    NORTH = "north"
    SOUTH = "south"
    EAST = "east"
    WEST = "west"
    CENTER = "center"
    EDGE = "edge"


class StreetKind(StrEnum):
    """How large a street is."""

    MAIN = "main"
    CONNECTING = "connecting"
    RESIDENTIAL = "residential"


@dataclass(frozen=True, slots=True)
class TimeSpan(TomlTable):
    """Common fields of what goes on for a while: hours since the storm began."""

    from_h: Hour
    until_h: Hour

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield the mistake of an end that is not after its beginning."""
        if self.until_h <= self.from_h:
            later = Need("later than hour {start}", start=self.from_h / HOUR)
            yield FieldMistake(("until_h",), self.until_h / HOUR, later)

    def within(self, elapsed: timedelta) -> bool:
        """Return whether it goes on so long after the storm began."""
        return self.from_h <= elapsed < self.until_h


@dataclass(frozen=True, slots=True)
class Snow(TimeSpan):
    """A `[[snow]]` table: a spell of snow, so many cm in each hour; `None`: in all of the city."""

    cm_h: Annotated[float, Number(0.1, 30)]
    place: Annotated[CityPart | None, one_of(tuple(CityPart))] = None


@dataclass(frozen=True, slots=True)
class Calls(TimeSpan):
    """A `[[calls]]` table: so many callers in an hour, from all of the city."""

    per_hour: Annotated[float, Number(0.1, 2_000)]


@dataclass(frozen=True, slots=True)
class PowerCut(TimeSpan):
    """A `[[power_cut]]` table: no telephone, and trackers deliver only when it is over."""


@dataclass(frozen=True, slots=True)
class MachineTrouble(TimeSpan):
    """A `[[trouble]]` table: what goes wrong with the machine of that number.

    Machines are counted from 1 in the order of the fleet, and from its beginning again where it has
    fewer.
    """

    machine: Annotated[int, Number(1, 10_000, whole=True)]
    kind: Annotated[Trouble, one_of(tuple(Trouble))]


@dataclass(frozen=True, slots=True)
class BlockedStreet(TimeSpan):
    """A `[[blocked]]` table: a truck finds a street of that kind blocked; its driver says `words`.

    Which one is drawn from those that the routes in force are about to come to.
    """

    street: Annotated[StreetKind, one_of(tuple(StreetKind))]
    words: Words

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield an end that is not after the beginning, and words that are too long."""
        yield from TimeSpan.mistakes(self)
        yield from too_long("words", self.words, WORDS_LETTERS)


@dataclass(frozen=True, slots=True)
class ClosedStreet(TimeSpan):
    """A `[[closure]]` table: a street of that kind is closed, as the dispatchers are told."""

    street: Annotated[StreetKind, one_of(tuple(StreetKind))]
    words: Words

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield an end that is not after the beginning, words that do not say where or too much."""
        yield from TimeSpan.mistakes(self)
        yield from _without_place(self.words)
        yield from too_long("words", self.words, WORDS_LETTERS)


@dataclass(frozen=True, slots=True)
class ToldWords(TomlTable):
    """A `[[message]]` table: what somebody tells the dispatchers, such as a minister's office."""

    at_h: Hour
    words: Words

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield the words that are too long."""
        yield from too_long("words", self.words, WORDS_LETTERS)


@dataclass(frozen=True, slots=True)
class SpokenCall(TomlTable):
    """A `[[call]]` table: a caller with words of their own, in which `{place}` is a street.

    What everybody is to be sure of stands in the scenario; who calls beside them is drawn.
    """

    at_h: Hour
    kind: Annotated[RequestKind, one_of(tuple(RequestKind))]
    words: Words

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield the words that do not say where, or are too long."""
        yield from _without_place(self.words)
        yield from too_long("words", self.words, WORDS_LETTERS)


def _without_place(words: Words) -> Iterator[FieldMistake]:
    for language, text in words.items():
        if PLACE not in text:
            need = Need("words with {place} in them", place=PLACE)
            yield FieldMistake(("words", language), text, need)


def too_long(field: str, words: Words, most: int) -> Iterator[FieldMistake]:
    """Yield the texts with more letters than a field may have, with how many they have."""
    for language, text in words.items():
        if len(text) > most:
            need = Need("at most {max_length} characters", max_length=most)
            yield FieldMistake((field, language), len(text), need)
