"""Jobs as passes along arcs, and the material that they take."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.model import DirectedSegment, Directions, Job, Treatment, WorkPass
from routing.planning.situation import PlanningSituation


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
