"""The drawn Persian town, read as any street file is, for tests that need Persian streets."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from data.model import Place, Segment
from data.osm.osm_reader import read_osm
from data.osm.ways import CityDraft
from data.samples import TOWN_FILE
from data.streets.network import StreetNetwork, build_network


class SampleTown(NamedTuple):
    """Streets and places of the town."""

    network: StreetNetwork
    places: tuple[Place, ...]


@cache
def sample_draft() -> CityDraft:
    """Return the town as the ordinary reader reads its file."""
    return read_osm(TOWN_FILE)


@cache
def sample_town() -> SampleTown:
    """Return the town's network and places."""
    draft = sample_draft()
    return SampleTown(build_network(draft.segments, draft.restrictions), draft.places)


def named(name: str) -> Sequence[Segment]:
    """Return the segments of a street by its main name."""
    return [s for s in sample_town().network.segments if s.names.get("", ("",))[0] == name]
