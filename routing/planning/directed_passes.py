"""Jobs as passes along arcs, and what each machine needs for them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.model import DirectedSegment, Directions, Job, Treatment, Vehicle, WorkPass
from routing.planning.limited_ways import limited_ways
from routing.planning.situation import PlanningSituation
from routing.problem.problem import Floats


@dataclass(frozen=True, slots=True)
class DirectedPass:
    """What a task is: a pass of a job along an arc."""

    job: Job
    arc: int
    work: WorkPass


def passes_of(job: Job, situation: PlanningSituation) -> list[DirectedPass]:
    """Return the passes of a job that are to be done.

    None is against a one-way, nor where the street is closed.
    """
    network, present = situation.network, situation.present
    passes = []
    for forward in (True, False):
        directed = DirectedSegment(job.segment_id, forward)
        arc = network.arc(directed)
        if arc is None or directed in present.closed or not covers(job, forward=forward):
            continue
        works = (WorkPass(job.id, forward, i) for i in range(job.passes))
        passes += [DirectedPass(job, arc, work) for work in works if work not in present.done]
    return passes


def numbered(passes: Sequence[DirectedPass]) -> dict[WorkPass, int]:
    """Return the place of each pass."""
    return {one.work: t for t, one in enumerate(passes)}


def covers(job: Job, *, forward: bool) -> bool:
    """Whether a job wants passes in a direction."""
    one_way = Directions.FORWARD if forward else Directions.BACKWARD
    return job.directions in (Directions.BOTH, one_way)


def material_kg(situation: PlanningSituation, work: DirectedPass) -> float:
    """Return the salt that a pass takes."""
    if work.job.treatment is not Treatment.SALT:
        return 0.0
    return situation.policy.salt_kg(situation.network.segment(work.job.segment_id))


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
            found[fits, k] = length_m[fits] / machine.work_speed_mps[treatment]
    return found
