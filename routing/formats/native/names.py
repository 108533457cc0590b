"""Everything that a file of ours names, by number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from routing.formats.native.schema import ProblemFile
from routing.formats.text.strict_json import wrong


class _Named(Protocol):
    @property
    def id(self) -> str:
        """What it is called."""
        ...


@dataclass(frozen=True, slots=True)
class IdIndex:
    """Numbers of things of one kind by their names; `what` says what they are."""

    what: str
    by_name: dict[str, int]

    def of(self, name: str, path: str) -> int:
        """Return the number of a name; raise `FormatError` where nothing is called so."""
        if name not in self.by_name:
            raise wrong(path, f"the id of {self.what}", name)
        return self.by_name[name]


@dataclass(frozen=True, slots=True)
class ProblemIds:
    """Numbers of junctions, streets, vehicle types, vehicles, sites and tasks."""

    junctions: IdIndex
    streets: IdIndex
    types: IdIndex
    vehicles: IdIndex
    sites: IdIndex
    tasks: IdIndex


def names_of(file: ProblemFile) -> ProblemIds:
    """Return the numbers of everything in a file; raise `FormatError` where an id stands twice."""
    return ProblemIds(
        junctions=_numbers(file.junctions, "junctions", "a junction"),
        streets=_numbers(file.streets, "streets", "a street"),
        types=_numbers(file.vehicle_types, "vehicle_types", "a vehicle type"),
        vehicles=_numbers(file.vehicles, "vehicles", "a vehicle"),
        sites=_numbers(file.sites, "sites", "a site"),
        tasks=_numbers(file.tasks, "tasks", "a task"),
    )


def _numbers(parts: Sequence[_Named], path: str, what: str) -> IdIndex:
    found: dict[str, int] = {}
    for i, part in enumerate(parts):
        if part.id in found:
            first = f"{path}[{found[part.id]}]"
            raise wrong(f"{path}[{i}].id", f"an id other than that of {first}", part.id)
        found[part.id] = i
    return IdIndex(what, found)
