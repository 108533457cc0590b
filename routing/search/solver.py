"""Solve a problem: first routes, better ones until told to stop, then exact times."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import NamedTuple

from routing.bounds.background_bound import BackgroundBound
from routing.bounds.lower_bound import rising_bounds
from routing.network.deadheads import line_graph
from routing.network.pinned_stops import unpinned_problem
from routing.network.route_timing import TimedRoute
from routing.network.shortest_deadheads import PathCache, PathFinder, SecondsSource
from routing.network.single_task_feasibility import SingleTaskFeasibility, feasibility_of_tasks
from routing.problem.problem import Problem, Solution, TaskRoute
from routing.problem.route_repair import repaired_routes
from routing.problem.stopping import (
    LeavingShare,
    StoppingCriterion,
    StopWhenAsked,
    by_iterations,
    clock_s,
    heed,
)
from routing.problem.stops import tasks_of
from routing.search.exact_schedule import ExactSchedule
from routing.search.ruin_recreate import CHUNK_ITERATIONS, RuinRecreate

type SearchReport = Callable[[float, float, int, int], None]
"""Called now and then with best cost, lower bound, tasks unserved and iterations done."""

HOT = 0.45
"""First temperature, as a share of the mean cost of a task."""
COLD = 0.1
"""Last temperature over the first; a large problem finds little below, and much around twice it."""
HOT_PARTS = 0.5
COLD_PARTS = 0.03
"""The same two where the search looks at one part at a time, and keeps what makes it cheaper."""
CORRECT = 0.02
"""Share of the effort after which estimated deadheads of the best routes become true ones."""
ROUNDS = 60
"""Least number of times that the search is asked to go on, so that it can cool down."""
HEARD_S = 0.1
"""How long the search goes on at most without asking whether it should stop, where time counts."""
CORRECTIONS = 4
"""Times at most that given routes are loaded until their distant deadheads are true."""
EQUAL = 1e-6
"""Relative difference between cost and bound that proves the best routes to be so."""
OVERFULL = 0.05
"""Share of tasks left out of first routes, beside those that nobody can do, above which shifts are
full: to look up a deadhead that was too low then drops work at the end of a route."""
CONSTRUCTION = 0.25
"""Share of the effort after which no other first routes are tried."""
FINISH = 4.0
"""What follows the search, over what timing the first routes exactly took: the same for the best
ones, the referee, and a plan made of them."""
MOST_FINISH = 0.8
"""Share of the effort that what follows the search is given at most."""
PROVABLE_TASKS = 60_000
"""Above so many tasks no bound rises: its linear program takes gigabytes and ends too late."""
BOUND_RESTS = {1: 9.0, 2: 1.0}
"""How long the bound rests for each second that it took, by threads of the search: a tenth of the
time is its own beside one, half a processor beside more."""
FEW_ITERATIONS = 20.0
"""Iterations per task below which there is no time for detours: the search starts colder."""


class FoundRoutes(NamedTuple):
    """A solution, its routes with exact times, and the shortest paths known by then."""

    solution: Solution
    timed: Sequence[TimedRoute]
    paths: PathCache


def ignore(best_cost: float, bound: float, unserved: int, iterations: int) -> None:
    """Report to nobody."""


def solve(
    problem: Problem,
    stop: StoppingCriterion,
    seed: int = 0,
    report: SearchReport = ignore,
    start: Solution | None = None,
    threads: int = 1,
    *,
    proving: bool = True,
) -> Solution:
    """Return the best solution found; with a stop by iterations the same for the same seed.

    Routes are reported once their exact times are known: who stops the search later gets them. A
    lower bound rises beside the search, which ends when it has reached that; only a stop by
    iterations does all of them and waits for the last bound.

    Parameters
    ----------
    start
        A solution to begin from; the answer costs no more.
    threads
        For the tables of distances, and for the parts of a problem too large to be one part, where
        the answer does not depend on their number. A smaller problem is divided among them, and the
        answer is that of so many threads.
    proving
        Whether the bound rises, of up to `PROVABLE_TASKS`; else it stays the first one, which takes
        no time.
    """
    paths = PathCache(PathFinder(problem, line_graph(problem)))
    how = _Effort(stop, seed, threads, report, proving=proving)
    return _solved(problem, paths, how, start).solution


def solve_with_paths(
    problem: Problem,
    stop: StoppingCriterion,
    seed: int = 0,
    report: SearchReport = ignore,
    start: Solution | None = None,
    threads: int = 1,
    known: PathCache | None = None,
    *,
    proving: bool = True,
) -> FoundRoutes:
    """Return what `solve` does, with exact times and paths.

    What is `known` of the same streets is not searched again.
    """
    heed(stop)
    paths = PathCache(PathFinder(problem, line_graph(problem))) if known is None else known
    return _solved(problem, paths, _Effort(stop, seed, threads, report, proving=proving), start)


@dataclass(frozen=True, slots=True)
class _Effort:
    """How long is searched, from which seed, on how many threads, and who hears of it."""

    stop: StoppingCriterion
    seed: int
    threads: int
    report: SearchReport
    proving: bool = True


def _solved(
    problem: Problem, paths: PathCache, how: _Effort, start: Solution | None
) -> FoundRoutes:
    stop, seed, threads, report = how.stop, how.seed, how.threads, how.report
    heed(stop)
    line = paths.line
    finder = PathFinder(problem, line)
    behind = unpinned_problem(problem, finder)
    single = feasibility_of_tasks(behind.problem, line)
    heed(stop)
    rising = how.proving and problem.tasks <= PROVABLE_TASKS
    bounds = islice(rising_bounds(behind.problem, single), None if rising else 1)
    rests = 0.0 if by_iterations(stop) else BOUND_RESTS[min(threads, 2)]
    with BackgroundBound(bounds, behind.cost, rests) as beside:
        if not problem.tasks or not problem.vehicles:
            bound = beside.last(wait=True)
            pinned = problem.rules.pinned
            return settled(problem, paths, single, bound, seed, pinned, threads)
        heed(stop)
        search = RuinRecreate(behind.problem, line, single, seed, threads, heed=partial(heed, stop))
        heed(stop)

        def tell(iterations: int) -> None:
            report(search.best_cost + behind.cost, beside.value, search.absent, iterations)

        def proven() -> bool:
            return search.best_cost + behind.cost <= beside.value * (1.0 + EQUAL)

        given = repaired_routes(problem, start.routes) if start else None
        left = 0
        if given:
            begin_from(search, paths, behind.rest(given))
            left = search.absent
            search.lengthen()
        else:
            search.construct(lambda: stop.progress(0, feasible=False) > CONSTRUCTION)
        search.correct(paths)
        if not given and (by_iterations(stop) or stop.progress(0, feasible=False) < 1.0):
            search.open()
        first: Sequence[TaskRoute] = given or ()
        if not given or search.absent < left:
            first = behind.whole(search.best_routes())
        before = stop.progress(0, feasible=False)
        floor = settled(problem, paths, single, beside.value, seed, first, threads)
        until = stop
        if not by_iterations(stop):
            took = stop.progress(0, feasible=False) - before
            until = StopWhenAsked(proven, leaving_finish(stop, took))
        tell(0)
        full = search.absent - len(single.hopeless) > OVERFULL * problem.tasks
        iterations = improve(search, finder, problem.tasks, until, tell, given=bool(given) or full)
        bound = beside.last(wait=by_iterations(stop))
        better = floor
        if iterations or given:
            best = behind.whole(search.best_routes())
            better = settled(problem, paths, single, bound, seed, best, threads)
        better = min(better, floor, key=lambda one: one.solution.cost.total)
        found = replace(better.solution, bound=bound, iterations=iterations)
        report(found.cost.total, bound, len(found.unserved), iterations)
        return better._replace(solution=found)


def leaving_finish(stop: StoppingCriterion, settling: float) -> LeavingShare:
    """Return a stop that leaves time for what follows the search.

    `settling` is the share of the effort that timing routes exactly took.
    """
    return LeavingShare(stop, min(FINISH * settling, MOST_FINISH))


def begin_from(search: RuinRecreate, exact: SecondsSource, routes: Sequence[TaskRoute]) -> None:
    """Load routes, again as long as estimates of far ways make one too long for its shift."""
    served = sum(len(tasks_of(route)) for route in routes)
    for _ in range(CORRECTIONS):
        search.begin(routes)
        search.correct(exact)
        if sum(len(tasks_of(route)) for route in search.best_routes()) == served:
            break


def improve(
    search: RuinRecreate,
    exact: SecondsSource,
    tasks: int,
    stop: StoppingCriterion,
    report: Callable[[int], None] = lambda _: None,
    *,
    given: bool = False,
) -> int:
    """Anneal until the stop says so; return the iterations done, which `report` hears of.

    Routes that were `given` are good already: what true deadheads show to be worse is undone. So it
    is where shifts are full, since each deadhead that was too low then drops work at their ends.
    """
    chunk = CHUNK_ITERATIONS
    iterations, told, corrected = 0, 0.0, 0.0
    hot, cold = (HOT, COLD) if search.whole else (HOT_PARTS, COLD_PARTS)
    scale = hot * search.cost_per_task
    progress = stop.progress(0, feasible=search.absent == 0)
    while progress < 1.0:
        heat = scale * cold**progress * _patience(iterations, progress, tasks)
        began_s = clock_s()
        done = search.run(chunk, heat)
        iterations += done
        took_s = clock_s() - began_s
        progress = stop.progress(iterations, feasible=search.absent == 0)
        chunk = int(iterations / max(progress, 1e-9) / ROUNDS)
        if not by_iterations(stop):
            chunk = min(chunk, int(done * HEARD_S / max(took_s, 1e-9)))
        chunk = max(CHUNK_ITERATIONS, chunk)
        if progress >= told + 0.01:
            told = progress
            report(iterations)
        if corrected + CORRECT <= progress < 1.0:
            corrected = progress
            search.correct(exact)
            if given:
                search.undo_losses()
    if iterations:
        search.correct(exact)
    return iterations


def _patience(iterations: int, progress: float, tasks: int) -> float:
    """Return the share of the temperature that the expected iterations can use, 0 to 1."""
    if progress <= 0.0:
        return 1.0
    expected = iterations / progress / tasks
    return min(1.0, expected / FEW_ITERATIONS) ** 2


def settled(
    problem: Problem,
    paths: PathCache,
    single: SingleTaskFeasibility,
    bound: float,
    seed: int,
    routes: Sequence[TaskRoute],
    threads: int = 1,
) -> FoundRoutes:
    """Return routes with exact times as a solution; what fits behind them comes in."""
    routes = routes or ((),) * problem.vehicles
    exact = ExactSchedule(problem, paths, single, routes, threads)
    solution = Solution(tuple(exact.routes), exact.unserved, exact.cost, bound, 0, seed)
    return FoundRoutes(solution, exact.timed, paths)
