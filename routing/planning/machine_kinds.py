"""Machines in service by kind: those of one kind are the same to the optimizer."""

from typing import NamedTuple

import numpy as np

from data.model import Vehicle
from routing.planning.limited_ways import limited_ways
from routing.planning.situation import PlanningSituation
from routing.problem.problem import Ints


class MachineKinds(NamedTuple):
    """One machine of each kind, and int32[V], the kind of each shift's machine."""

    machines: tuple[Vehicle, ...]
    of_shift: Ints


def trucks_of(situation: PlanningSituation) -> list[Vehicle]:
    """Return the machine of each shift."""
    vehicles = {vehicle.id: vehicle for vehicle in situation.vehicles}
    return [vehicles[shift.vehicle_id] for shift in situation.shifts]


def machine_kinds(situation: PlanningSituation) -> MachineKinds:
    """Return the kinds of the machines in service, in the order of their shifts.

    Machines of types that different streets are barred to are of different kinds, and those of
    different types where plans know how long each type takes.
    """
    learned = bool(situation.pace.kinds)
    barred = limited_ways(situation).barred
    first: dict[tuple[object, ...], Vehicle] = {}
    keys = []
    for truck in trucks_of(situation):
        speeds = tuple(sorted(truck.work_speed_mps.items()))
        key = (truck.capabilities, speeds, truck.min_street_m, truck.drive_speed_mps)
        keys.append((*key, barred.get(truck.type, frozenset()), truck.type if learned else ""))
        first.setdefault(keys[-1], truck)
    number = {key: k for k, key in enumerate(first)}
    return MachineKinds(tuple(first.values()), np.array([number[key] for key in keys], np.int32))
