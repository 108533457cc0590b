"""A scenario as a file: what happens in a rehearsed storm, hour by hour."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
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
from data.files.toml_values import IF_ANY, Number
from data.training.scenario_tables import (
    BRIEF_LETTERS,
    HOUR,
    LONGEST_H,
    TITLE_LETTERS,
    BlockedStreet,
    Calls,
    ClosedStreet,
    MachineTrouble,
    PowerCut,
    Snow,
    SpokenCall,
    TimeSpan,
    ToldWords,
    Words,
    too_long,
)

SHIPPED = (
    "first-night",
    "morning-rush",
    "ice-after-rain",
    "short-of-machines",
    "power-cut",
    "storm-of-the-century",
)
"""Names of the scenarios that come with the product, the easiest first."""


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
    blocked: Annotated[tuple[BlockedStreet, ...], table_list("blocked"), IF_ANY] = ()
    closure: Annotated[tuple[ClosedStreet, ...], table_list("closure"), IF_ANY] = ()
    message: Annotated[tuple[ToldWords, ...], table_list("message"), IF_ANY] = ()

    def mistakes(self) -> Iterator[FieldMistake]:
        """Yield what begins only after the end, spells of callers that overlap, and long texts."""
        yield from too_long("title", self.title, TITLE_LETTERS)
        yield from too_long("brief", self.brief, BRIEF_LETTERS)
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
            "blocked": self.blocked,
            "closure": self.closure,
        }
        begins = [
            (key, number, "from_h", one.from_h)
            for key, listed in spells.items()
            for number, one in enumerate(listed)
        ]
        moments: Mapping[str, Iterable[SpokenCall | ToldWords]] = {
            "call": self.call,
            "message": self.message,
        }
        begins += [
            (key, number, "at_h", one.at_h)
            for key, listed in moments.items()
            for number, one in enumerate(listed)
        ]
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
    return scenario_from_toml(shipped_text(name), f"{name}.toml")


def shipped_text(name: str) -> str:
    """Return the file of a scenario that comes with the product; errors as `shipped_scenario`."""
    if name not in SHIPPED:
        raise InvalidError("scenario", name, Need("one of {expected}", expected=", ".join(SHIPPED)))
    found = files("data.samples").joinpath("scenarios", f"{name}.toml")
    return found.read_text(encoding="utf-8")
