"""The cities whose callers are drawn, and how one is made without Latin names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from data.model import Place
from data.osm.osm_reader import read_osm
from data.streets.network import StreetNetwork, build_network
from tests.benchmarks.queries import latin, persian
from tests.benchmarks.queries.callers import Callers
from tests.benchmarks.queries.facts import Facts
from tests.benchmarks.queries.latin_callers import LatinCallers
from tests.benchmarks.queries.persian_callers import PersianCallers


@dataclass(frozen=True)
class City:
    """A city and how its callers speak."""

    name: str
    network: StreetNetwork
    places: tuple[Place, ...]
    persian: bool

    @cached_property
    def facts(self) -> Facts:
        return Facts(self.network, self.places, (persian if self.persian else latin).split)

    def callers(self, seed: int, *, held_out: bool) -> Callers:
        return (PersianCallers if self.persian else LatinCallers)(
            self.facts, seed, held_out=held_out
        )

    def without_latin(self) -> tuple[StreetNetwork, tuple[Place, ...]]:
        """Return streets and places with the names that are not in Latin letters."""
        segments = [replace(s, names=_eastern(s.names)) for s in self.network.segments]
        places = tuple(replace(place, names=_eastern(place.names)) for place in self.places)
        return build_network(segments, self.network.restrictions), places


def read_city(name: str, path: Path, *, persian: bool) -> City:
    draft = read_osm(path)
    network = build_network(draft.segments, draft.restrictions)
    return City(name, network, draft.places, persian)


def _eastern(names: dict[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    kept = {
        language: tuple(each for each in several if not any("a" <= c <= "z" for c in each.lower()))
        for language, several in names.items()
    }
    return {language: several for language, several in kept.items() if several}
