"""What vehicles drove in storms, by passes: one stretch for each street that they were on, pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from data.model import DirectedSegment, EvidenceKind, Pass, Treatment, VehicleId
from data.model.planning.paces import Movement
from fleet.logbook.trips import STOP

SURE_BY_SPEED = 0.5
"""How sure it must be that a slow drive was work; only on streets of the vehicle's route it is."""

SURE_PLACE = 0.3
"""How sure the street of a mere drive must be, or of any pass that says where a vehicle was."""

_MOVEMENTS = {Treatment.PLOW: Movement.PLOW, Treatment.SALT: Movement.SALT}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A vehicle on one street in one go."""

    directed: DirectedSegment
    movement: Movement
    from_m: float
    to_m: float
    started_at: datetime
    ended_at: datetime

    @property
    def length_m(self) -> float:
        """How much of the street."""
        return self.to_m - self.from_m


type Rows = Mapping[VehicleId, Sequence[Stretch]]
"""What each vehicle drove, in order."""


def rows_of(passes: Iterable[Pass], vehicles: Collection[VehicleId]) -> Rows:
    """Return what these vehicles drove, by the passes of a storm.

    Of which nobody can tell work from driving are left out, and what people told.
    """
    known = _by_vehicle(passes, vehicles, _movement)
    return {
        vehicle_id: _joined(_alone(row))
        for vehicle_id, row in known.items()
        if any(one.movement is not Movement.DRIVE for one in row)
    }


def places_of(passes: Iterable[Pass], vehicles: Collection[VehicleId]) -> Rows:
    """Return where these vehicles surely were, whatever they did there, as mere driving."""
    known = _by_vehicle(passes, vehicles, _presence)
    return {vehicle_id: _joined(row) for vehicle_id, row in known.items()}


def _by_vehicle(
    passes: Iterable[Pass],
    vehicles: Collection[VehicleId],
    movement_of: Callable[[Pass], Movement | None],
) -> dict[VehicleId, list[Stretch]]:
    """Return passes as stretches of each vehicle in order, without those that are no movement."""
    found: dict[VehicleId, list[Stretch]] = defaultdict(list)
    for one in passes:
        movement, vehicle_id = movement_of(one), one.vehicle_id
        if movement is not None and vehicle_id is not None and vehicle_id in vehicles:
            directed = DirectedSegment(one.segment_id, one.forward)
            found[vehicle_id].append(
                Stretch(directed, movement, one.from_m, one.to_m, one.started_at, one.ended_at)
            )
    return {vehicle_id: sorted(row, key=_begin) for vehicle_id, row in found.items()}


def _presence(one: Pass) -> Movement | None:
    return Movement.DRIVE if one.evidence.confidence >= SURE_PLACE else None


def _movement(one: Pass) -> Movement | None:
    """Return what a pass was; `None` where that, its street or its time is not sure."""
    sure, kind = one.evidence.confidence, one.evidence.kind
    if kind not in (EvidenceKind.BLADE, EvidenceKind.SPREADER, EvidenceKind.SPEED):
        return None
    if one.treatment is None:
        return Movement.DRIVE if sure >= SURE_PLACE else None
    least = SURE_BY_SPEED if kind is EvidenceKind.SPEED else SURE_PLACE
    return _MOVEMENTS[one.treatment] if sure >= least else None


def _begin(one: Stretch) -> tuple[datetime, datetime]:
    return one.started_at, one.ended_at


def _alone(row: Sequence[Stretch]) -> list[Stretch]:
    """Leave out spreading while the same machine plows: it is one drive."""
    plowed: dict[DirectedSegment, list[Stretch]] = defaultdict(list)
    for one in row:
        if one.movement is Movement.PLOW:
            plowed[one.directed].append(one)
    return [
        one
        for one in row
        if one.movement is not Movement.SALT
        or not any(
            other.started_at < one.ended_at and one.started_at < other.ended_at
            for other in plowed[one.directed]
        )
    ]


def _joined(row: Iterable[Stretch]) -> list[Stretch]:
    """Join what a vehicle drove on a street in one go, short stands included."""
    joined: list[Stretch] = []
    for one in row:
        last = joined[-1] if joined else None
        if last is not None and _goes_on(last, one):
            joined[-1] = replace(
                last,
                from_m=min(last.from_m, one.from_m),
                to_m=max(last.to_m, one.to_m),
                ended_at=max(last.ended_at, one.ended_at),
            )
        else:
            joined.append(one)
    return joined


def _goes_on(last: Stretch, one: Stretch) -> bool:
    """Whether a stretch goes on where the one before it ended."""
    if (last.directed, last.movement) != (one.directed, one.movement):
        return False
    ahead = one.from_m > last.from_m if one.directed.forward else one.to_m < last.to_m
    return ahead and one.started_at - last.ended_at < STOP
