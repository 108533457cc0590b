"""Solving of plans by the optimizer, checked by the referee; loaded by workers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from data.errors import ConflictError
from data.model import (
    Plan,
)
from fleet.planning.plan_preparation import Prepared
from routing.check.referee import violations
from routing.planning.preferred_orders import in_preferred_order
from routing.planning.problem_mapping import MappedProblem, plan_from, problem_from
from routing.planning.proof_mapping import proved
from routing.planning.warm_start import no_later_than, start_from
from routing.problem.problem import Solution
from routing.problem.stopping import MaxRuntime, StoppingCriterion, StopWhenAsked, heed
from routing.replanning.path_cache import LineGraphCache, cached_line_graph
from routing.search.solver import solve_with_paths

SHOWN_VIOLATIONS = 5
"""So many broken rules are named in an error."""

type Report = Callable[[float, float, int, int], None]
"""Called now and then with best cost, lower bound, tasks unserved and iterations done."""


@dataclass(frozen=True, slots=True)
class Start:
    """A plan of the same work to start from; `keeps` is whether no class may finish later.

    Only a plan whose vehicles are all there still can be kept to.
    """

    plan: Plan
    keeps: bool


def solve_prepared(
    prepared: Prepared,
    seconds: float,
    seed: int,
    report: Report,
    stop_requested: Callable[[], bool],
    threads: int = 1,
    start: Start | None = None,
) -> Plan:
    """Return the best plan found in so many seconds, or until asked to stop.

    The seconds are for everything, see `solve_until`.
    """
    stop = StopWhenAsked(stop_requested, MaxRuntime(seconds))
    return solve_until(prepared, stop, seed, report, threads, start)


def solve_until(
    prepared: Prepared,
    stop: StoppingCriterion,
    seed: int,
    report: Report,
    threads: int = 1,
    start: Start | None = None,
    streets: LineGraphCache | None = None,
    *,
    proving: bool = True,
) -> Plan:
    """Return the best plan found until a stop.

    It is for everything: the problem, the search, exact times and the referee. The referee looked
    at the plan: what it refuses is an error here, never a plan. Where `proving`, with it comes what
    is proved that no plan can do, which is found before the search: who stops that waits for no
    more than exact times and the referee. The stop may raise as long as nothing was reported. Of
    `streets` that were searched before, what is known is not searched again.
    """
    heed(stop)
    mapped = problem_from(prepared)
    heed(stop)
    proofs = proved(mapped) if proving else ()
    heed(stop)
    problem = no_later_than(mapped, start.plan) if start and start.keeps else mapped.problem
    begun = start_from(mapped, start.plan) if start else None
    known = streets.get(problem) if streets else cached_line_graph(problem)
    found = solve_with_paths(
        problem, stop, seed, report, begun, threads, known.paths, proving=proving
    )
    found = in_preferred_order(mapped, problem, found)
    require_allowed(violations(problem, found.solution, known.checked, found.paths.claimed_s))
    require_drivable(mapped, found.solution)
    return replace(plan_from(mapped, found.solution, found.timed), proofs=proofs)


def require_drivable(mapped: MappedProblem, found: Solution) -> None:
    """Raise `ConflictError` where machines that no limit concerns break rules on ways of theirs."""
    if mapped.unlimited is not None:
        require_allowed(mapped.unlimited.broken(mapped.problem, found.routes))


def require_allowed(broken: Sequence[str], what: str = "the plan") -> None:
    """Raise `ConflictError` where the referee found broken rules."""
    if broken:
        shown = "; ".join(broken[:SHOWN_VIOLATIONS])
        raise ConflictError(f"the referee refused {what}: {shown}", reason="plan_refused")
