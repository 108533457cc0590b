"""The storms of the open data: the list of them, and the files of each."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from api.public.public_streets import PublicSources
from data.errors import NotFoundError
from data.exchange.gis import write_streets
from data.model import Storm, StormId
from data.store.database.engine import Tx, reading
from fleet.public.delayed_streets import delayed_streets
from fleet.public.kept_files import kept_file
from fleet.public.storm_origin import StormOrigin, find_origin
from fleet.public.street_passes import whole_minute
from fleet.storms.storm_lookup import listed_storms
from maps.public.storm_table import OpenStorm, open_storm, storm_columns

BASE = "/open/v1"
"""Where the addresses of the open data begin."""

STORMS = f"{BASE}/storms"

FORMAT = 1
"""Counted up with every change of what the files hold: earlier ones are made anew then."""

FOLDER = "open"
"""Folder of a city with the files of storms that are over."""


class _Origin(NamedTuple):
    """What the files of a storm that is over follow from.

    The street file is known by when it was imported.
    """

    format: int
    storm: StormOrigin
    imported_at: str
    licence: str


@dataclass(frozen=True, slots=True)
class StormSubject:
    """The streets of a storm as a file of a format."""

    storm_id: StormId
    ending: str


def public_minute(sources: PublicSources) -> datetime:
    """Return the last whole minute that everybody may know all of."""
    delay = sources.city_state.now.policy.public.delay
    return whole_minute(sources.clock.now() - delay)


def open_storms(sources: PublicSources, after: int, limit: int) -> tuple[list[OpenStorm], bool]:
    """Return the storms that everybody may know of, from one on, and whether there are more.

    The first one first: later ones are added behind.
    """
    at = public_minute(sources)
    with reading(sources.engine) as tx:
        known = sorted(_begun(tx, at), key=lambda storm: storm.id)
    rest = [storm for storm in known if storm.id > after]
    return [open_storm(storm, at, STORMS) for storm in rest[:limit]], len(rest) > limit


def storm_revision(sources: PublicSources, storm_id: StormId) -> Hashable:
    """Return what the files of a storm are of; raise `NotFoundError` where nobody may know of it.

    That is the last minute that everybody may know, until all of the storm is known.
    """
    with reading(sources.engine) as tx:
        storm = _known_storm(tx, sources, storm_id)
        return _origin(tx, sources, storm) or public_minute(sources)


def storm_file(sources: PublicSources, subject: StormSubject) -> bytes:
    """Return a storm's streets as they were at its end, or as late as everybody may know.

    Of a storm that is over it is read from the disk, until news of it come late or the streets, the
    levels of service or the licence are others.
    """
    with reading(sources.engine) as tx:
        storm = _known_storm(tx, sources, subject.storm_id)
        origin = _origin(tx, sources, storm)

    def make() -> bytes:
        return _written(sources, storm, subject.ending)

    if origin is None:
        return make()
    file = sources.folder / FOLDER / f"storm-{storm.id}-{subject.ending}.npz"
    return kept_file(file, sha256(repr(origin).encode()).hexdigest(), make)


def _known_storm(tx: Tx, sources: PublicSources, storm_id: StormId) -> Storm:
    begun = _begun(tx, public_minute(sources))
    storm = next((each for each in begun if each.id == storm_id), None)
    if storm is None:
        raise NotFoundError("storm", storm_id)
    return storm


def _origin(tx: Tx, sources: PublicSources, storm: Storm) -> _Origin | None:
    """Return what the files of a storm follow from, once everybody may know all of it."""
    state, policy = sources.city_state.now, sources.city_state.policy_of(tx, storm)
    found = find_origin(tx, storm, policy, public_minute(sources))
    return found and _Origin(FORMAT, found, state.imported_at, state.policy.public.licence)


def _written(sources: PublicSources, storm: Storm, ending: str) -> bytes:
    state, now = sources.city_state.now, sources.clock.now()
    network = state.network
    with reading(sources.engine) as tx:
        policy = sources.city_state.policy_of(tx, storm)
        account = sources.records.account(tx, storm, network, policy)
        seen = delayed_streets(tx, account, sources.history, network, policy, now)
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"streets.{ending}"
        columns = storm_columns(seen, network, policy)
        write_streets(network, columns, file, state.policy.public.licence, whole_minute(seen.at))
        return file.read_bytes()


def _begun(tx: Tx, at: datetime) -> list[Storm]:
    return [storm for storm in listed_storms(tx) if storm.started_at <= at]
