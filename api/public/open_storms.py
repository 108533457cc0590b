"""The storms of the open data: the list of them, and the files of each."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from api.public.public_streets import PublicSources
from data.errors import NotFoundError
from data.exchange.gis import write_streets
from data.model import Storm, StormId
from data.store.database.engine import Tx, reading
from fleet.public.delayed_streets import delayed_streets
from fleet.public.street_passes import whole_minute
from fleet.storms.storm_lookup import listed_storms
from maps.public.storm_table import OpenStorm, open_storm, storm_columns

BASE = "/open/v1"
"""Where the addresses of the open data begin."""

STORMS = f"{BASE}/storms"


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


def storm_file(sources: PublicSources, subject: StormSubject) -> bytes:
    """Return a storm's streets as they were at its end, or as late as everybody may know."""
    network = sources.city_state.now.network
    with reading(sources.engine) as tx:
        begun = _begun(tx, public_minute(sources))
        storm = next((each for each in begun if each.id == subject.storm_id), None)
        if storm is None:
            raise NotFoundError("storm", subject.storm_id)
        policy = sources.city_state.policy_of(tx, storm)
        account = sources.records.account(tx, storm, network, policy)
        seen = delayed_streets(tx, account, sources.history, network, policy, sources.clock.now())
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"streets.{subject.ending}"
        licence = sources.city_state.now.policy.public.licence
        write_streets(network, storm_columns(seen, network, policy), file, licence)
        return file.read_bytes()


def _begun(tx: Tx, at: datetime) -> list[Storm]:
    return [storm for storm in listed_storms(tx) if storm.started_at <= at]
