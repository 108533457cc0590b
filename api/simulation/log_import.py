"""The import of a recorded log into a city's database, by the server's own functions."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

from api.config.console import CONSOLE
from api.config.garbage import uncollected
from data.model import DeviceId, Position, Storm, Vehicle, VehicleId
from data.policy.city_policy import Policy
from data.store.accounts.accounts import find_device_by_name
from data.store.database.engine import Database, Tx, transaction
from data.store.storms.storm_policies import get_policy_in_force
from data.store.storms.storms import find_active_storm
from data.store.streets.network import load_network
from data.store.tracking.positions import add_positions, find_newest, list_unseen, mark_seen_until
from data.streets.network import StreetNetwork
from fleet.audit.clock_lines import note_replay
from fleet.context import CityContext
from fleet.evidence.evidence_pipeline import digest, new_open_tracks
from fleet.setup.log_import import create_vehicles, refuse_unknown, storm_of_log, vehicles_of_log
from fleet.storms.storm_start import end_storm
from fleet.tracking.trackers import own_trackers

AT_ONCE = 400_000
"""Fixes in one transaction, where nobody else waits for the database: some 400 MB of memory.

After each portion the streets that it touched are looked at with all their passes of the storm, so
that many small ones would take a multiple of the time.
"""

AFTER = timedelta(hours=2)
"""Time after a log's last fix at which all its tracks are settled."""

LAST = timedelta(seconds=1)
"""How long after its last fix the storm of a log ends."""

Report = Callable[[str], None]


@dataclass(slots=True)
class Outcome:
    """The counts of an import: fixes stored, repeated, and refused by reason."""

    stored: int = 0
    repeated: int = 0
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Ready:
    """A city prepared for an import: its streets and the vehicles of the log.

    `vehicles` and `tokens` are by the names of the log, `storm` is `None` where none was named.
    """

    network: StreetNetwork
    policy: Policy
    vehicles: Mapping[str, Vehicle]
    devices: Mapping[VehicleId, DeviceId]
    tokens: Mapping[str, str]
    storm: Storm | None


def make_ready(
    engine: Database,
    names: Collection[str],
    first_at: datetime,
    now: datetime,
    *,
    storm: str = "",
    renamed: Mapping[str, str] | None = None,
    create: bool = False,
) -> Ready:
    """Find or create the log's vehicles, a tracker for each, and the storm if it is to have one.

    Raises `InvalidError` for vehicles that the city does not have, unless they are to be created.
    """
    with transaction(engine) as tx:
        network, policy = load_network(tx), get_policy_in_force(tx)
        vehicles, unknown = vehicles_of_log(tx, names, renamed or {})
        if unknown and create:
            create_vehicles(tx, CONSOLE, unknown, network, now)
            vehicles, unknown = vehicles_of_log(tx, names, renamed or {})
        refuse_unknown(unknown)
        tokens = own_trackers(tx, vehicles.values(), "log", now)
        devices = {one.id: find_device_by_name(tx, f"log {one.name}") for one in vehicles.values()}
        note_replay(tx, first_at)
        began = storm_of_log(tx, CONSOLE, storm, network, policy, first_at) if storm else None
    ids = {vehicle_id: device.id for vehicle_id, device in devices.items() if device is not None}
    by_name = {name: tokens[vehicle.id] for name, vehicle in vehicles.items()}
    return Ready(network, policy, vehicles, ids, by_name, began)


@uncollected()
def take_in(
    engine: Database,
    ready: Ready,
    positions: Sequence[Position],
    report: Report,
    at_once: int = AT_ONCE,
) -> Outcome:
    """Store and digest fixes, the oldest first, with `at_once` fixes per transaction.

    The city must be open in no other program. What a run that was cut off has stored is not stored
    again, and what it has not digested is.
    """
    outcome = Outcome()
    if not positions:
        return outcome
    tracks = new_open_tracks(ready.network)

    def take(tx: Tx, fresh: Sequence[Position], last: int, now: datetime) -> None:
        digest(
            CityContext(tx, ready.network, ready.policy, now), tracks, fresh, find_active_storm(tx)
        )
        mark_seen_until(tx, last)

    def digest_unseen(tx: Tx, now: datetime) -> int:
        """Digest unseen positions as of a time in the log; return how many there were."""
        fresh, last = list_unseen(tx, at_once)
        take(tx, fresh, last, now)
        return len(fresh)

    with transaction(engine) as tx:
        while digest_unseen(tx, positions[0].fixed_at):
            report("matching earlier positions first")
    for portion in batched(positions, at_once, strict=False):
        with transaction(engine) as tx:
            stored = add_positions(tx, portion)
            if stored == len(portion):
                take(tx, portion, find_newest(tx), portion[-1].fixed_at)
            elif stored:
                digest_unseen(tx, portion[-1].fixed_at)
        outcome.stored += stored
        outcome.repeated += len(portion) - stored
        done = outcome.stored + outcome.repeated
        report(f"{portion[-1].fixed_at:%Y-%m-%d %H:%M}Z  {done:,} of {len(positions):,}")
    end = positions[-1].fixed_at + AFTER
    with transaction(engine) as tx:
        digest_unseen(tx, end)
        while tracks.waits(end):
            digest_unseen(tx, end)
    return outcome


def close_storm_of_log(engine: Database, storm: Storm, last_at: datetime) -> None:
    """End the log's storm with its last fix, unless it has ended already."""
    with transaction(engine) as tx:
        active = find_active_storm(tx)
        if active is not None and active.id == storm.id:
            end_storm(tx, CONSOLE, storm.id, last_at + LAST)
