"""Streets as everybody may see them: as they were a while ago, so that nobody follows a machine."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.model import SegmentId, Storm
from data.policy.city_policy import Policy
from data.store.coverage.work_sums import list_last_streets
from data.store.database.engine import Tx
from data.store.setup.machines import list_depots, list_reload_sites
from data.store.tracking.positions import list_last_places
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_states import CoverageState
from fleet.public.street_passes import whole_minute
from fleet.replay.storm_history import StormHistory
from fleet.reports.storm_statistics import Account
from fleet.tracking.geofences import sites_of

HEARD_WITHIN = timedelta(minutes=5)
"""A machine that was not heard for so long is not said to be anywhere."""

WORKED_WITHIN = timedelta(minutes=45)
"""A machine that has not worked for so long stands there for something else than to reload."""

NEVER = (None, None)
"""Times of a street that was not cleared in the storm."""

type Cleared = Mapping[SegmentId, tuple[datetime | None, datetime | None]]
"""When the two directions of a street were last cleared whole; streets never cleared are absent."""


@dataclass(frozen=True, slots=True)
class DelayedStreets:
    """All streets of a storm at a moment that everybody may know.

    `storm` is `None` where none has begun by then; `states` are of the directions (forward,
    backward) of each street, `reloading` counts machines by the district that they work in.
    """

    storm: Storm | None
    at: datetime
    states: Mapping[SegmentId, tuple[int, int]]
    cleared: Cleared
    reloading: Mapping[str, int]


def public_moment(storm: Storm | None, policy: Policy, now: datetime) -> datetime:
    """Return the moment that everybody sees now: late by the policy's delay, at most its end."""
    at = now - policy.public.delay
    return at if storm is None or storm.ended_at is None else min(at, storm.ended_at)


def without_storm(network: StreetNetwork, at: datetime) -> DelayedStreets:
    """Return the streets where no storm has begun so far."""
    nothing = int(CoverageState.NOT_DUE)
    states = {each.id: (nothing, nothing) for each in network.segments}
    return DelayedStreets(None, at, states, {}, {})


def delayed_streets(
    tx: Tx,
    account: Account,
    history: StormHistory,
    network: StreetNetwork,
    policy: Policy,
    now: datetime,
) -> DelayedStreets:
    """Return the streets of a storm as everybody may see them now.

    One that is younger than the delay has not begun for them.
    """
    storm = account.storm
    at = public_moment(storm, policy, now)
    if at < storm.started_at:
        return without_storm(network, at)
    known_until, changes = history.changes(tx, storm, network, policy, now)
    at = min(at, known_until)
    colors = changes.at(int((at - storm.started_at).total_seconds())).tolist()
    states = {
        segment.id: (forward, backward)
        for segment, (forward, backward) in zip(network.segments, colors, strict=True)
    }
    reloading = {} if storm.ended_at else reloading_districts(tx, storm, network, at)
    return DelayedStreets(storm, at, states, cleared_until(account, at), reloading)


def cleared_until(account: Account, at: datetime) -> Cleared:
    """Return when all passes of each street were last complete by a moment, in whole minutes."""
    cleared: dict[SegmentId, tuple[datetime | None, datetime | None]] = {}
    for directed, times in account.served.items():
        street, forward = directed
        rounds = times[:: account.marks[directed].passes_needed]
        last = max((whole_minute(one) for one in rounds if one <= at), default=None)
        if last is not None:
            there, back = cleared.get(street, NEVER)
            cleared[street] = (last, back) if forward else (there, last)
    return cleared


def reloading_districts(
    tx: Tx, storm: Storm, network: StreetNetwork, at: datetime
) -> dict[str, int]:
    """Return how many machines stood at a reload site at a moment, by where they worked last."""
    sites = [site for site in sites_of(list_depots(tx), list_reload_sites(tx)) if site.reload]
    places = list_last_places(tx, at - HEARD_WITHIN, at) if sites else {}
    standing = [one for one, place in places.items() if any(site.holds(place) for site in sites)]
    worked = list_last_streets(tx, storm.id, at - WORKED_WITHIN, at) if standing else {}
    streets = (network.find(worked[one]) for one in standing if one in worked)
    return dict(Counter(street.district for street in streets if street and street.district))
