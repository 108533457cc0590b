"""A solution as the JSON that judges of public instances read."""

from math import ceil

from routing.formats.benchmarks.instance_problem import InstanceProblem
from routing.formats.benchmarks.walks import service_of, walks_of
from routing.network.deadheads import line_graph
from routing.network.shortest_deadheads import PathFinder
from routing.problem.problem import Solution

WHOLE = 1e-6
"""A lower bound of costs that are whole numbers is rounded up, but for errors of this size."""


def solution_json(model: InstanceProblem, solution: Solution, seconds: float) -> dict[str, object]:
    """Return a solution with cost, lower bound and gap in the file's own terms.

    Where something is left out, the cost is that of the routes; there is no bound and no gap then.

    Parameters
    ----------
    seconds
        How long the search took.
    """
    finder = PathFinder(model.problem, line_graph(model.problem))
    walks = walks_of(model, finder, solution.routes)
    cost = _tidy((solution.cost.total - solution.cost.unserved) * model.unit)
    bound = None if solution.unserved else lower_bound(model, solution)
    return {
        "instance": model.instance.name,
        "format": model.instance.kind,
        "cost": cost,
        "lower_bound": bound,
        "gap": None if not bound else round(cost / bound - 1.0, 6),
        "routes": [{"services": walk.services, "path": walk.path} for walk in walks],
        "unserved": [
            {"service": service_of(model, task, 0), "reason": reason}
            for task, reason in sorted(solution.unserved.items())
        ],
        "seed": solution.seed,
        "iterations": solution.iterations,
        "seconds": round(seconds, 3),
    }


def lower_bound(model: InstanceProblem, solution: Solution) -> float:
    """Return the bound in the file's terms, never above the cost, whole where costs are."""
    bound = solution.bound * model.unit
    if model.whole_costs:
        bound = float(ceil(bound - WHOLE * max(1.0, bound)))
    return _tidy(min(bound, solution.cost.total * model.unit))


def _tidy(value: float) -> float:
    """Return a number without the noise of sums, whole ones as such."""
    rounded = round(value, 6)
    return int(rounded) if rounded.is_integer() else rounded
