"""The generated Persian town, read as any street file is, for tests that need Persian streets."""

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from data.model import Place, Segment
from data.osm.osm_reader import read_osm
from data.osm.ways import CityDraft
from data.streets.network import StreetNetwork, build_network
from data.town import Town, draw_town, write_town

SEED = 1


class SampleTown(NamedTuple):
    """Streets and places of the town."""

    network: StreetNetwork
    places: tuple[Place, ...]


@cache
def drawn_town(seed: int = SEED) -> Town:
    """Return the town as it is drawn."""
    return draw_town(seed)


@cache
def sample_draft() -> CityDraft:
    """Return the town as the ordinary reader reads its file."""
    with tempfile.TemporaryDirectory() as folder:
        return read_osm(a_town_file(Path(folder)))


@cache
def sample_town() -> SampleTown:
    """Return the town's network and places."""
    draft = sample_draft()
    return SampleTown(build_network(draft.segments, draft.restrictions), draft.places)


def a_town_file(folder: Path) -> Path:
    """Write the town's street file into a folder."""
    path = folder / "barfabad.osm.pbf"
    write_town(drawn_town(), path)
    return path


def named(name: str) -> Sequence[Segment]:
    """Return the segments of a street by its main name."""
    return [s for s in sample_town().network.segments if s.names.get("", ("",))[0] == name]
