"""What no plan can do, and why: classes that cannot be clear in time, tasks nobody can do.

Each statement follows from a relaxation (work shared out in fractions, ways left out), never from
a search that failed.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from routing.bounds.completion_bounds import AbleVehicles, FleetAccess, earliest_finish, most_done
from routing.bounds.relaxation import IntArray
from routing.network.pinned_stops import unpinned_problem
from routing.network.shortest_deadheads import PathFinder
from routing.network.single_task_feasibility import SingleTaskFeasibility, feasibility_of_tasks
from routing.problem.problem import NONE, Flags, Floats, Problem, Reason
from routing.problem.stops import tasks_of

Argument = Literal["distance", "work", "material"]
"""Why: a single task is too far, the work is too much, or there is too little material."""

_SLACK_S = 1e-3
_SLACK_KG = 1e-6


@dataclass(frozen=True, slots=True)
class ClassProof:
    """The tasks of some classes cannot all be done before `earliest_s`, infinite for never.

    Attributes
    ----------
    classes
        One class, or all that are due by `due_s`.
    tasks
        How many they have, those that nobody can do aside.
    argument
        Why.
    task
        Which task is too far, -1 for other arguments.
    vehicles
        How many could do something of it.
    work_s, free_s
        Seconds that the tasks need at least and that the vehicles have by `due_s`, both in seconds
        of the most useful kind of vehicle; the work and the ways between are in it.
    most_share
        Share of their metres that any plan does by `due_s` at most, those counted that nobody can.
    """

    classes: tuple[int, ...]
    due_s: float
    earliest_s: float
    argument: Argument
    tasks: int
    task: int
    vehicles: int
    work_s: float
    free_s: float
    most_share: float

    @property
    def missing_s(self) -> float:
        """Seconds of the most useful vehicles that are missing at least."""
        return max(0.0, self.work_s - self.free_s)


@dataclass(frozen=True, slots=True)
class TaskProof:
    """A task that nobody can do, for a reason, or not before `earliest_s`, which is too late."""

    task: int
    reason: Reason | Literal["late"]
    earliest_s: float
    due_s: float


@dataclass(frozen=True, slots=True)
class Proofs:
    """Proofs of infeasibility; what is in none of them may be infeasible all the same."""

    classes: tuple[ClassProof, ...]
    tasks: tuple[TaskProof, ...]


def proofs(problem: Problem, finder: PathFinder) -> Proofs:
    """Return what no plan for a problem can do; what is pinned is taken as done.

    Classes are looked at one by one, and those due by the same time or sooner together where each
    by itself is possible.
    """
    pinned = np.zeros(problem.tasks, np.bool_)
    for pin in problem.rules.pinned:
        pinned[tasks_of(pin)] = True
    rest = unpinned_problem(problem, finder).problem
    single = feasibility_of_tasks(rest, finder.line)
    crews = FleetAccess(rest, finder.line, single)
    return Proofs(_of_classes(crews, single), _of_tasks(rest, single, ~pinned))


def _of_classes(crews: FleetAccess, single: SingleTaskFeasibility) -> tuple[ClassProof, ...]:
    problem = crews.problem
    groups = sorted({*zip(problem.class_index.tolist(), problem.due_s.tolist(), strict=True)})
    found = []
    for number, due_s in groups:
        tasks = (problem.class_index == number) & (problem.due_s == due_s)
        found.append(_too_much(crews, single, tasks, due_s))
    shown = {proof.due_s for proof in found if proof}
    found += [
        _too_much(crews, single, problem.due_s <= due_s, due_s)
        for due_s in sorted({due_s for _, due_s in groups} - shown)
    ]
    return tuple(proof for proof in found if proof)


def _too_much(
    crews: FleetAccess, single: SingleTaskFeasibility, tasks: Flags, due_s: float
) -> ClassProof | None:
    """Return why some tasks (bool[T]) cannot all be done by a time, nothing if they might."""
    problem = crews.problem
    chosen = np.flatnonzero(tasks & crews.fit)
    if not len(chosen) or np.isinf(due_s):
        return None
    team = crews.team(tasks)
    work = earliest_finish(team, due_s)
    farthest = int(chosen[single.earliest_s[chosen].argmax()])
    reasons: list[tuple[float, Argument, int]] = [
        (_material_s(problem, chosen, team), "material", NONE),
        (work.earliest_s, "work", NONE),
        (float(single.earliest_s[farthest]), "distance", farthest),
    ]
    earliest_s, argument, task = max(reasons, key=lambda reason: reason[0])
    if earliest_s <= due_s + _SLACK_S:
        return None
    classes = tuple(np.unique(problem.class_index[chosen]).tolist())
    length_m = _lengths_m(problem)
    whole_m = float(length_m[tasks].sum())
    most_m = most_done(team, length_m[chosen] * (single.earliest_s[chosen] <= due_s), due_s)
    return ClassProof(
        classes,
        due_s,
        earliest_s,
        argument,
        len(chosen),
        task,
        work.vehicles,
        work.work_s,
        work.free_s,
        most_m / whole_m if whole_m else 1.0,
    )


def _lengths_m(problem: Problem) -> Floats:
    """Return float64[T], the longest arc of each task's modes."""
    arcs = problem.mode_arc
    length_m: Floats = np.where(arcs == NONE, 0.0, problem.length_m[arcs]).max(axis=1)
    return length_m


def _material_s(problem: Problem, chosen: IntArray, team: AbleVehicles) -> float:
    """Return infinity where all hoppers together hold too little and nobody can reload."""
    able = team.kind != NONE
    short_kg = problem.material_kg[chosen].sum() - problem.load_kg[able].sum()
    return np.inf if not problem.sites and short_kg > _SLACK_KG * len(chosen) else -np.inf


def _of_tasks(
    problem: Problem, single: SingleTaskFeasibility, wanted: Flags
) -> tuple[TaskProof, ...]:
    late = single.earliest_s > problem.due_s + _SLACK_S
    return tuple(
        TaskProof(
            task,
            single.hopeless.get(task, "late"),
            float(single.earliest_s[task]),
            float(problem.due_s[task]),
        )
        for task in np.flatnonzero(wanted).tolist()
        if task in single.hopeless or late[task]
    )
