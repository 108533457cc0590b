"""Proofs about a problem as statements about streets, classes and times of the storm."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import isfinite

from data.model import PlanProof, SegmentId, ServiceClass
from routing.bounds.infeasibility import ClassProof, TaskProof, proofs
from routing.network.deadheads import line_graph
from routing.network.shortest_deadheads import PathFinder
from routing.planning.problem_mapping import MappedProblem, classes_of
from routing.problem.problem import NONE

SHOWN_STREETS = 5
"""Streets that a proof about many passes names."""


def proved(mapped: MappedProblem) -> tuple[PlanProof, ...]:
    """Return what no plan for the situation can do: whole classes first, then single passes.

    Passes that nobody can do, or not in time, are told together by class, reason and deadline.
    """
    problem = replace(mapped.problem, due_s=mapped.due_s)
    if not problem.tasks or not problem.vehicles:
        return ()
    found = proofs(problem, PathFinder(problem, line_graph(problem)))
    alike: dict[tuple[ServiceClass, str, float], list[TaskProof]] = defaultdict(list)
    for proof in found.tasks:
        service_class = mapped.passes[proof.task].job.service_class
        alike[service_class, proof.reason, proof.due_s].append(proof)
    classes = classes_of(mapped.situation)
    order = sorted(alike, key=lambda key: (classes.index(key[0]), *key[1:]))
    singles = [_of_passes(mapped, *key, alike[key]) for key in order]
    return (*(_of_classes(mapped, proof, classes) for proof in found.classes), *singles)


def _of_classes(
    mapped: MappedProblem, proof: ClassProof, classes: Sequence[ServiceClass]
) -> PlanProof:
    farthest = () if proof.task == NONE else (_segment(mapped, proof.task),)
    return PlanProof(
        classes=tuple(classes[number] for number in sorted(proof.classes)),
        argument=proof.argument,
        due_at=_time(mapped, proof.due_s),
        earliest_at=_time(mapped, proof.earliest_s),
        passes=proof.tasks,
        vehicles=proof.vehicles,
        work_s=proof.work_s,
        free_s=proof.free_s,
        segment_ids=farthest,
        most_share=proof.most_share,
    )


def _of_passes(
    mapped: MappedProblem,
    service_class: ServiceClass,
    reason: str,
    due_s: float,
    alike: list[TaskProof],
) -> PlanProof:
    streets = dict.fromkeys(_segment(mapped, proof.task) for proof in alike)
    last_s = max(proof.earliest_s for proof in alike) if reason == "late" else float("inf")
    return PlanProof(
        classes=(service_class,),
        argument=reason,
        due_at=_time(mapped, due_s),
        earliest_at=_time(mapped, last_s),
        passes=len(alike),
        vehicles=mapped.problem.vehicles,
        work_s=0.0,
        free_s=0.0,
        segment_ids=tuple(streets)[:SHOWN_STREETS],
    )


def _segment(mapped: MappedProblem, task: int) -> SegmentId:
    return mapped.passes[task].job.segment_id


def _time(mapped: MappedProblem, seconds: float) -> datetime | None:
    return mapped.situation.now + timedelta(seconds=seconds) if isfinite(seconds) else None
