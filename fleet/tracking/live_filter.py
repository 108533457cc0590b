"""Plausibility filter of incoming fixes, for the live map and the fault counts of trackers."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from data.model import DeviceId, Position, VehicleId
from fleet.tracking.fix_filters import DOUBTS


class LiveFilter:
    """The newest plausible fix of every vehicle."""

    def __init__(self) -> None:
        self._newest: dict[VehicleId, Position] = {}

    def plausible(
        self, positions: Iterable[Position]
    ) -> tuple[list[Position], Counter[tuple[DeviceId, str]]]:
        """Return the plausible fixes, and counts of the others by (tracker, reason)."""
        by_vehicle: dict[VehicleId, list[Position]] = defaultdict(list)
        for fix in positions:
            by_vehicle[fix.vehicle_id].append(fix)
        believed: list[Position] = []
        faults: Counter[tuple[DeviceId, str]] = Counter()
        for vehicle_id, fixes in by_vehicle.items():
            believed += self._sift_one(vehicle_id, fixes, faults)
        return believed, faults

    def _sift_one(
        self,
        vehicle_id: VehicleId,
        fixes: list[Position],
        faults: Counter[tuple[DeviceId, str]],
    ) -> list[Position]:
        newest = self._newest.get(vehicle_id)
        kept = sorted(fixes, key=lambda fix: fix.fixed_at)
        for reason, step in DOUBTS:
            came, (kept, fallen) = kept, step(kept, newest)
            if fallen:
                left = {id(fix) for fix in kept}
                faults.update((fix.device_id, reason) for fix in came if id(fix) not in left)
        if kept and (newest is None or newest.fixed_at < kept[-1].fixed_at):
            self._newest[vehicle_id] = kept[-1]
        return kept
