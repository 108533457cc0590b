"""Solving of a sector, and of the whole plan from the routes of all sectors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from data.model import Plan
from data.planning.sectors import PlanSector, SectorRoutes
from fleet.planning.plan_preparation import Prepared
from fleet.planning.plan_solving import Report, require_allowed, require_drivable
from routing.check.referee import violations
from routing.planning.preferred_orders import in_preferred_order
from routing.planning.problem_mapping import plan_from, problem_from
from routing.planning.proof_mapping import proved
from routing.planning.sectors import joined_routes, routes_of, tasks_to_seams_m
from routing.problem.stopping import MaxRuntime, StopWhenAsked, heed
from routing.search.solver import solve
from routing.sectors.seams import JoinedRoutes, mended


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search, from which seed, on how many threads, and whether to stop before."""

    seconds: float
    seed: int
    stop_requested: Callable[[], bool]
    threads: int = 1

    def begun(self) -> StopWhenAsked:
        """Return when to stop; the seconds run from now on."""
        stop = StopWhenAsked(self.stop_requested, MaxRuntime(self.seconds))
        heed(stop)
        return stop


def solve_sector(prepared: Prepared, effort: Effort, report: Report) -> SectorRoutes:
    """Return the best routes found for a sector.

    No bound rises beside the search: those of sectors do not add up to one of the whole plan.
    """
    stop = effort.begun()
    mapped = problem_from(prepared)
    heed(stop)
    solution = solve(
        mapped.problem, stop, effort.seed, report, threads=effort.threads, proving=False
    )
    return routes_of(mapped, solution)


def solve_joined(
    prepared: Prepared,
    sectors: Sequence[PlanSector],
    found: Sequence[SectorRoutes],
    effort: Effort,
    report: Report,
) -> Plan:
    """Return the plan of all sectors, improved where they meet, that the referee let through."""
    stop = effort.begun()
    mapped = problem_from(prepared)
    proofs = proved(mapped)
    whole = mended(
        mapped.problem,
        JoinedRoutes(joined_routes(mapped, found), tasks_to_seams_m(mapped, sectors)),
        stop,
        effort.seed,
        report,
        effort.threads,
    )
    whole = in_preferred_order(mapped, mapped.problem, whole)
    require_allowed(violations(mapped.problem, whole.solution, claimed=whole.paths.claimed_s))
    require_drivable(mapped, whole.solution)
    return replace(plan_from(mapped, whole.solution, whole.timed), proofs=proofs)
