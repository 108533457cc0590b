"""The streets as everybody may see them, made once for all who ask."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from data.errors import NotPublicError
from data.policy.city_policy import Policy
from data.store.database.engine import Database, reading
from fleet.public.delayed_streets import delayed_streets, without_storm
from fleet.replay.storm_history import StormHistory
from fleet.reports.storm_statistics import StormRecords
from fleet.storms.storm_lookup import shown_storm
from maps.public.street_map import PublicMap, public_map


@dataclass(frozen=True, slots=True)
class PublicSubject:
    """The public map, asked of the process that makes costly answers."""


class PublicSources(Protocol):
    """What the map is made from: the parts of a server, or of the process beside it."""

    folder: Path
    engine: Database
    clock: Clock
    city_state: CityStateHolder
    records: StormRecords
    history: StormHistory


def require_public_map(policy: Policy) -> None:
    """Raise `NotPublicError` where the city does not show its streets to everybody."""
    if not policy.public.map:
        raise NotPublicError


def public_streets(sources: PublicSources) -> PublicMap:
    """Return the public map of this moment."""
    now: datetime = sources.clock.now()
    network = sources.city_state.now.network
    with reading(sources.engine) as tx:
        storm = shown_storm(tx)
        policy = sources.city_state.policy_of(tx, storm)
        if storm is None:
            return public_map(without_storm(network, now), None, network, policy)
        account = sources.records.account(tx, storm, network, policy)
        seen = delayed_streets(tx, account, sources.history, network, policy, now)
    return public_map(seen, account.at(seen.at) if seen.storm else None, network, policy)
