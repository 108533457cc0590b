"""Import of a recorded log: the vehicles of its fixes, and the storm they belong to."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.errors import ConflictError, InvalidError
from data.model import Actor, DeviceId, Position, Storm, Vehicle, VehicleId
from data.policy.city_policy import Policy
from data.setup.fleet_file import DEFAULT_FLEET, fleet_from_toml
from data.store.database.engine import Tx
from data.store.setup.machines import get_fleet, list_vehicles
from data.store.storms.storms import list_storms
from data.streets.network import StreetNetwork
from fleet.setup.city_setup import set_fleet
from fleet.setup.machine_register import text_of
from fleet.storms.storm_start import require_none_on, start_storm
from fleet.tracking.field_parsers import EARLIEST, LATEST, NO_FIX_DEG
from fleet.tracking.track_fixes import LoggedFix

SOURCE = "api"
"""As what fixes are stored: the same as through the door for batches, so that none comes twice."""

NAMES_TOLD = 8
"""Unknown vehicles named in an error."""

LEAD = timedelta(seconds=1)
"""How long before its first fix the storm of a log begins."""


def vehicles_of_log(
    tx: Tx, names: Collection[str], renamed: Mapping[str, str]
) -> tuple[dict[str, Vehicle], list[str]]:
    """Return the vehicle of each name in a log, and the unknown names.

    `renamed` says what vehicles of the log are called here; it may name only vehicles of the log.
    """
    for name in renamed:
        if name not in names:
            raise InvalidError("--map", name, "a vehicle of the log")
    known = {vehicle.name: vehicle for vehicle in list_vehicles(tx)}
    wanted = {name: renamed.get(name, name) for name in sorted(names)}
    found = {name: known[ours] for name, ours in wanted.items() if ours in known}
    return found, [ours for ours in dict.fromkeys(wanted.values()) if ours not in known]


def refuse_unknown(unknown: Sequence[str]) -> None:
    """Raise `InvalidError` that names the unknown vehicles of a log."""
    if unknown:
        listed = ", ".join(unknown[:NAMES_TOLD])
        more = f" and {len(unknown) - NAMES_TOLD} more" if len(unknown) > NAMES_TOLD else ""
        expected = "vehicles of this city: --create-vehicles adds them, --map LOG=OURS renames"
        raise InvalidError("vehicle", listed + more, expected)


def create_vehicles(
    tx: Tx, actor: Actor, names: Iterable[str], network: StreetNetwork, now: datetime
) -> None:
    """Add a machine of estimated speeds for each name, like the first of the sample fleet."""
    present = get_fleet(tx)
    sample = fleet_from_toml(DEFAULT_FLEET).vehicles[0]
    new = tuple(
        replace(sample, id=VehicleId(0), name=name, depot_id=present.depots[0].id, assumed=True)
        if present.depots
        else replace(sample, id=VehicleId(0), name=name, assumed=True)
        for name in names
    )
    fleet = replace(present, vehicles=(*present.vehicles, *new))
    set_fleet(tx, actor, text_of(tx, fleet), network, now)


def storm_of_log(
    tx: Tx, actor: Actor, name: str, network: StreetNetwork, policy: Policy, first_at: datetime
) -> Storm:
    """Return the storm of this name that begins with a log, started where it is not there yet.

    Raises `ConflictError` while another storm goes on, or where the name is another storm's.
    """
    begins_at = first_at - LEAD
    for storm in list_storms(tx):
        if storm.name == name and storm.started_at == begins_at:
            return storm
        if storm.name == name:
            raise ConflictError(
                f"storm {name!r} began at {storm.started_at.isoformat()}, not with this log",
                reason="storm_other_log",
                name=name,
            )
    require_none_on(tx)
    return start_storm(tx, actor, name, network, policy, begins_at)


def positions_of_log(
    fixes: Iterable[LoggedFix],
    vehicles: Mapping[str, Vehicle],
    devices: Mapping[VehicleId, DeviceId],
    now: datetime,
) -> tuple[list[Position], Counter[str]]:
    """Return the fixes as batch upload would store them, oldest first, each once.

    Those that nobody can believe are left out and counted, with the door's reasons.
    """
    owners = {name: (devices[one.id], one.id) for name, one in vehicles.items()}
    positions: dict[tuple[VehicleId, datetime], Position] = {}
    wrong: Counter[str] = Counter()
    for fix in fixes:
        reason = _unbelieved(fix, now)
        if reason is not None:
            wrong[reason] += 1
            continue
        device_id, vehicle_id = owners[fix.vehicle]
        if (vehicle_id, fix.fixed_at) not in positions:
            positions[vehicle_id, fix.fixed_at] = Position(
                device_id,
                vehicle_id,
                SOURCE,
                fix.fixed_at,
                now,
                fix.location,
                fix.speed_mps,
                fix.heading_deg,
                fix.accuracy_m,
                fix.blade,
                fix.spreader,
                fix.material,
                fix.rate_gm2,
            )
    return sorted(positions.values(), key=lambda fix: (fix.fixed_at, fix.vehicle_id)), wrong


def _unbelieved(fix: LoggedFix, now: datetime) -> str | None:
    if fix.fixed_at > now + LATEST:
        return "future"
    if fix.fixed_at < EARLIEST:
        return "early"
    nowhere = abs(fix.location.lon) < NO_FIX_DEG and abs(fix.location.lat) < NO_FIX_DEG
    return "no_fix" if nowhere else None
