"""Scenarios: what happens in a rehearsed storm, hour by hour, as a TOML file of somebody's own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Annotated

from data.errors import InvalidError, Need
from data.files.toml_reader import (
    FieldMistake,
    TomlTable,
    read_table,
    read_toml,
    table_list,
)
from data.files.toml_values import BY_LANGUAGE, IF_ANY, Number, Text, one_of
from data.model import RequestKind

HOUR = timedelta(hours=1)
LONGEST_H = 96.0
"""The latest hour of a scenario; hours count from the beginning of the storm."""

PLACE = "{place}"
"""Stands in a caller's words for a street of the city where the scenario is played."""

SHIPPED = (
    "first-night",
    "morning-rush",
    "ice-after-rain",
    "short-of-machines",
    "power-cut",
    "storm-of-the-century",
)
"""Names of the scenarios that come with the product, the easiest first."""

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
    """A `[[snow]]` table: a spell of snow, so many cm in each hour."""

    cm_h: Annotated[float, Number(0.1, 30)]


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
class SpokenCall(TomlTable):
    """A `[[call]]` table: a caller with words of their own, in which `{place}` is a street.

    What everybody is to be sure of stands in the scenario; who calls beside them is drawn.
    """

    at_h: Hour
    kind: Annotated[RequestKind, one_of(tuple(RequestKind))]
    words: Words

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield the words that do not say where."""
        for language, text in self.words.items():
            if PLACE not in text:
                need = Need("words with {place} in them", place=PLACE)
                yield FieldMistake(("words", language), text, need)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario(TomlTable):
    """The root table: a title, what a trainee is told before it, and what happens when."""

    title: Words
    brief: Words
    lasts_h: Annotated[timedelta, Number(1, LONGEST_H, unit=HOUR)]
    snow: Annotated[tuple[Snow, ...], table_list("snow")]
    calls: Annotated[tuple[Calls, ...], table_list("calls"), IF_ANY] = ()
    call: Annotated[tuple[SpokenCall, ...], table_list("call"), IF_ANY] = ()
    trouble: Annotated[tuple[MachineTrouble, ...], table_list("trouble"), IF_ANY] = ()
    power_cut: Annotated[tuple[PowerCut, ...], table_list("power_cut"), IF_ANY] = ()

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield what begins only after the end, and spells of callers that overlap."""
        yield from self._after_the_end()
        spells = sorted(self.calls, key=lambda one: one.from_h)
        for before, after in pairwise(spells):
            if after.from_h < before.until_h:
                need = Need(
                    "spells one after the other, from hour {start}", start=before.until_h / HOUR
                )
                place = ("calls", self.calls.index(after), "from_h")
                yield FieldMistake(place, after.from_h / HOUR, need)

    def _after_the_end(self) -> Iterator[FieldMistake]:
        need = Need("before the end, hour {end}", end=self.lasts_h / HOUR)
        spells: Mapping[str, Iterable[TimeSpan]] = {
            "snow": self.snow,
            "calls": self.calls,
            "trouble": self.trouble,
            "power_cut": self.power_cut,
        }
        begins = [
            (key, number, "from_h", one.from_h)
            for key, listed in spells.items()
            for number, one in enumerate(listed)
        ]
        begins += [("call", number, "at_h", one.at_h) for number, one in enumerate(self.call)]
        for key, number, field, hour in begins:
            if hour >= self.lasts_h:
                yield FieldMistake((key, number, field), hour / HOUR, need)


def scenario_from_toml(text: str | bytes, file: str = "scenario.toml") -> Scenario:
    """Return the scenario of a file.

    Raises `InvalidFileError` with every mistake, or `InvalidError` for what is no TOML.
    """
    return read_table(Scenario, read_toml(text, file), file)


@cache
def shipped_scenario(name: str) -> Scenario:
    """Return a scenario that comes with the product; raise `InvalidError` for another name."""
    if name not in SHIPPED:
        raise InvalidError("scenario", name, Need("one of {expected}", expected=", ".join(SHIPPED)))
    file = f"{name}.toml"
    text = files("data.samples").joinpath("scenarios", file).read_text(encoding="utf-8")
    return scenario_from_toml(text, file)
