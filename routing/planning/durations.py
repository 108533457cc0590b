"""How long everything in a plan takes: the one place where assumptions and what storms taught meet.

Without anything learned, work takes a street's length at the machine's working speed, a deadhead
the street's own time at a pace of the type of machine, turns and loading what is written down.
"""

from collections.abc import Sequence

import numpy as np

from data.model import Segment, Treatment, Vehicle
from data.model.planning.paces import Movement
from data.streets.turn_costs import TURN_COST_S, TurnKind
from routing.planning.directed_passes import DirectedPass
from routing.planning.limited_ways import limited_ways
from routing.planning.machine_kinds import machine_kinds
from routing.planning.situation import PlanningSituation
from routing.problem.problem import Floats


def service_s(
    situation: PlanningSituation, passes: Sequence[DirectedPass], machines: Sequence[Vehicle]
) -> Floats:
    """Return float64[T, K], infinite where the machine does not do that or cannot drive there."""
    limited = limited_ways(situation)
    segments = [situation.network.segment(work.job.segment_id) for work in passes]
    length_m = np.array([segment.length_m for segment in segments], np.float64)
    width_m = np.array([segment.width_m for segment in segments], np.float64)
    kinds = list(Treatment)
    wanted = np.array([kinds.index(work.job.treatment) for work in passes], np.int64)
    found = np.full((len(passes), len(machines)), np.inf)
    for k, machine in enumerate(machines):
        barred = [limited.bars(machine.type, work.arc) for work in passes]
        open_to = ~np.array(barred, np.bool_)
        for treatment in machine.capabilities:
            fits = (wanted == kinds.index(treatment)) & (width_m >= machine.min_street_m) & open_to
            times = _factors(situation, Movement(treatment), machine, segments)
            found[fits, k] = (length_m * times)[fits] / machine.work_speed_mps[treatment]
    return found


def drive_s(situation: PlanningSituation) -> Floats:
    """Return float64[A], the seconds of driving along each arc, at pace 1."""
    found: Floats = situation.network.arc_drive_s
    machines = machine_kinds(situation).machines
    if situation.pace.kinds and machines:
        found = np.mean([_own_drive_s(situation, machine) for machine in machines], axis=0)
    return found


def drive_paces(situation: PlanningSituation, machines: Sequence[Vehicle]) -> Floats:
    """Return float64[K], how much longer each machine takes through the city than `drive_s`."""
    whole_s = float(drive_s(situation).sum())
    own_s = [float(_own_drive_s(situation, machine).sum()) for machine in machines]
    return np.array([each / whole_s if whole_s else 1.0 for each in own_s], np.float64)


def turn_s(situation: PlanningSituation) -> Floats:
    """Return float64[M], the seconds of each turn of the network."""
    turns = situation.network.turns
    if not situation.pace.turns_s:
        return turns.cost_s.astype(np.float64)
    by_kind = [_kind_s(situation, kind) for kind in TurnKind]
    return np.array(by_kind, np.float64)[turns.kind]


def back_s(situation: PlanningSituation) -> float:
    """Return the seconds of turning around where a street has become a dead end."""
    return _kind_s(situation, TurnKind.U_TURN)


def fill_s(situation: PlanningSituation) -> Floats:
    """Return float64[X], the seconds of loading at each reload site."""
    known = situation.pace.fills_s
    return np.array([known.get(one.id, one.fill_s) for one in situation.reload_sites], np.float64)


def _kind_s(situation: PlanningSituation, kind: TurnKind) -> float:
    return situation.pace.turns_s.get(kind.name.lower(), TURN_COST_S[kind])


def _own_drive_s(situation: PlanningSituation, machine: Vehicle) -> Floats:
    """Return float64[A], the seconds of a machine that drives at its own speed or the street's."""
    network = situation.network
    own_s = np.maximum(network.arc_length_m / machine.drive_speed_mps, network.arc_drive_s)
    times = _factors(situation, Movement.DRIVE, machine, network.segments)
    found: Floats = own_s * np.broadcast_to(times, len(network.segments))[network.arc_segment]
    return found


def _factors(
    situation: PlanningSituation, movement: Movement, machine: Vehicle, streets: Sequence[Segment]
) -> Floats:
    """Return float64[S] or float64[1], how many times the assumed seconds streets take."""
    if not situation.pace.kinds:
        return np.ones(1)
    factor = situation.pace.factor
    return np.array([factor(movement, machine.type, street) for street in streets], np.float64)
