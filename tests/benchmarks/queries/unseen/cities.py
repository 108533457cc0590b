"""Parts of cities, for fitting and for judging, with names that are left out of the map."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from data.samples import TOWN_FILE
from data.streets.network import build_network
from tests.benchmarks.geocode import HELSINKI
from tests.benchmarks.queries.chance import Chance
from tests.benchmarks.queries.cities import City, read_city
from tests.benchmarks.queries.facts import Street
from tests.benchmarks.queries.spelling import plain
from tests.benchmarks.queries.unseen.parts import AUTHORS
from tests.benchmarks.queries.unseen.towns import read_town

LEFT_OUT = 0.3
"""Share of the names that the map of the asked geocoder has not."""


@dataclass(frozen=True)
class GappedCity:
    """A city as its callers know it, and without the names that its map lacks."""

    whole: City
    seed: int
    strangers: tuple[Street, ...] = ()
    """Streets of the other cities of its part, in the same script."""

    @property
    def name(self) -> str:
        return self.whole.name

    @cached_property
    def gone(self) -> tuple[Street, ...]:
        """Streets that the map lacks: a share of all names without their kind."""
        streets = self.whole.facts.streets
        bases = sorted({plain(street.base) for street in streets})
        lost = set(Chance(self.seed).sample(bases, int(LEFT_OUT * len(bases))))
        return tuple(street for street in streets if plain(street.base) in lost)

    @cached_property
    def mapped(self) -> City:
        """The city with the streets that are gone as nameless streets, and without such places."""
        facts = self.whole.facts
        lost = {
            plain(facts.split(name).base) for street in self.gone for name in street.variants
        } | {plain(street.base) for street in self.gone}

        def is_lost(name: str) -> bool:
            return plain(facts.split(name).base) in lost

        def without(names: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
            return {} if any(map(is_lost, (n for s in names.values() for n in s))) else names

        network = self.whole.network
        segments = [replace(each, names=without(dict(each.names))) for each in network.segments]
        places = tuple(
            replace(place, names=without(dict(place.names))) for place in self.whole.places
        )
        return City(
            self.name, build_network(segments, network.restrictions), places, self.whole.persian
        )


def cities(part: str, folder: Path) -> Iterator[GappedCity]:
    """Yield the cities for one part, those on this machine.

    Both halves of two cities are for fitting. Judged are the eastern ones again, with other names
    left out, and the towns of the authors for judging, of which nothing has been seen.
    """
    authors = AUTHORS[part]
    if not authors:
        return
    gap = authors[0].gap
    town = read_city("Barfabad", TOWN_FILE, persian=True)
    written = [read_town(path) for author in authors for path in author.towns]
    several = [*([town] if part == "fit" else []), *_real(part, folder), *written]
    for city in several:
        others = [c for c in (*several, town) if c is not city and c.persian == city.persian]
        strangers = {street.name: street for c in others for street in c.facts.streets}
        yield GappedCity(city, gap, tuple(strangers.values()))


def _real(part: str, folder: Path) -> Iterator[City]:
    for name, persian in (("tehran-d6-south", True), ("syracuse-streets", False)):
        path = folder / f"{name}.osm.pbf"
        if path.is_file():
            city = read_city(name.partition("-")[0].title(), path, persian=persian)
            for side in ("west", "east") if part == "fit" else ("east",):
                yield _half(city, side)
    for name, path in (("Botoșani", folder / "botosani.osm.pbf"), ("Helsinki", HELSINKI)):
        if path.is_file():
            yield read_city(name, path, persian=False)


def _half(city: City, side: str) -> City:
    """Return the segments and places on one side of the meridian that halves them."""
    segments = city.network.segments
    lons = np.array([np.mean([point.lon for point in s.geometry]) for s in segments])
    middle = float(np.median(lons))

    def kept(lon: float) -> bool:
        return (lon < middle) == (side == "west")

    inside = [s for s, lon in zip(segments, lons.tolist(), strict=True) if kept(lon)]
    places = tuple(place for place in city.places if kept(place.location.lon))
    network = build_network(inside, ())
    return City(f"{city.name} {side}", network, places, city.persian)
