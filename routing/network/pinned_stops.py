"""The problem behind pinned stops: vehicles start where those end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from routing.network.route_timing import PathSource, TimedRoute, timed_routes
from routing.problem.problem import Floats, Problem, RouteRules, TaskRoute


@dataclass(frozen=True, slots=True, eq=False)
class UnpinnedProblem:
    """The rest of a problem, with the same numbers of tasks and vehicles, and what is cut off.

    Pinned tasks can be done by nobody in `problem` and cost nothing there; `cost` is the part of
    theirs that no rest of a route changes.
    """

    problem: Problem
    pins: tuple[TaskRoute, ...]
    cost: float

    def whole(self, routes: Sequence[TaskRoute]) -> tuple[TaskRoute, ...]:
        """Return routes of the rest with the pins before them."""
        if not self.pins:
            return tuple(routes)
        return tuple((*pin, *route) for pin, route in zip(self.pins, routes, strict=True))

    def rest(self, routes: Sequence[TaskRoute]) -> tuple[TaskRoute, ...]:
        """Return whole routes without their pins."""
        if not self.pins:
            return tuple(routes)
        return tuple(route[len(pin) :] for pin, route in zip(self.pins, routes, strict=True))


class _Standing(NamedTuple):
    """Where a vehicle is behind its pin, and what driving so far has cost it."""

    arc: int
    clock_s: float
    load_kg: float
    rested: bool
    cost: float


def unpinned_problem(problem: Problem, paths: PathSource) -> UnpinnedProblem:
    """Return the problem behind the pins; the problem itself where there are none."""
    pins, rules = problem.rules.pinned, problem.rules
    if not any(pins):
        return UnpinnedProblem(problem, (), 0.0)
    timed = timed_routes(problem, paths, pins)
    standing = [_standing(problem, v, route) for v, route in enumerate(timed)]
    legs = (leg for route in timed for leg in route.legs)
    done_s = {leg.task: leg.ends_s for leg in legs if leg.kind == "work"}
    start_s = np.array([here.clock_s for here in standing])
    gone_s = start_s - problem.shift_start_s
    pinned = np.array([bool(pin) for pin in pins])
    rest = replace(
        _without_tasks(problem, list(done_s)),
        start_arc=np.array([here.arc for here in standing], np.int32),
        shift_start_s=start_s,
        load_kg=np.array([here.load_kg for here in standing]),
        fixed_price=np.where(pinned, 0.0, problem.fixed_price),
        release_s=_release_s(problem, done_s),
        rules=replace(
            _rules_without(problem, done_s),
            break_s=rules.break_s * ~np.array([here.rested for here in standing])
            if len(rules.break_s)
            else rules.break_s,
            break_after_s=np.maximum(rules.break_after_s - gone_s, 0.0)
            if len(rules.break_s)
            else rules.break_s,
            underway=pinned | np.array([rules.is_out(v) for v in range(problem.vehicles)]),
            worked_s=gone_s + [rules.before_s(v) for v in range(problem.vehicles)],
        ),
    )
    cost = sum(r.completion_cost + r.lateness_cost + r.change_cost for r in timed)
    return UnpinnedProblem(rest, pins, cost + sum(here.cost for here in standing))


def _standing(problem: Problem, v: int, timed: TimedRoute) -> _Standing:
    """Return where a vehicle is after the last stop of its pin."""
    start_s = float(problem.shift_start_s[v])
    stops = [i for i, leg in enumerate(timed.legs) if leg.kind in ("work", "reload")]
    if not stops:
        load_kg = float(problem.load_kg[v])
        return _Standing(int(problem.start_arc[v]), start_s, load_kg, rested=False, cost=0.0)
    so_far = timed.legs[: stops[-1] + 1]
    last = so_far[-1]
    arc = last.arcs[-1] if last.kind == "work" else int(problem.reload_arc[last.site])
    metres = sum(float(problem.length_m[list(leg.arcs)].sum()) for leg in so_far)
    cost = float(problem.fixed_price[v]) + problem.rules.per_m(v) * metres
    cost += float(problem.price_per_s[v]) * (last.ends_s - start_s)
    rested = any(leg.kind == "rest" for leg in so_far)
    return _Standing(arc, last.ends_s, max(last.load_kg, 0.0), rested, cost)


def _without_tasks(problem: Problem, pinned: list[int]) -> Problem:
    """Return the problem without rules, with tasks that nobody can do or misses."""
    service_s, unserved_price = problem.service_s.copy(), problem.unserved_price.copy()
    service_s[pinned] = np.inf
    unserved_price[pinned] = 0.0
    return replace(problem, service_s=service_s, unserved_price=unserved_price, rules=RouteRules())


def _release_s(problem: Problem, done_s: dict[int, float]) -> Floats:
    """Return when work may begin, for tasks behind a pinned pass not before that is done."""
    release_s = problem.release_s.copy()
    for later, pairs in problem.rules.before().items():
        ends_s = [done_s[earlier] for earlier, _ in pairs if earlier in done_s]
        release_s[later] = max(release_s[later], *ends_s, 0.0)
    return release_s


def _rules_without(problem: Problem, done_s: dict[int, float]) -> RouteRules:
    """Return the rules without pins, and order only among what is not pinned."""
    rules = problem.rules
    begin_by_s = np.array([rules.begin_by(task) for task in range(problem.tasks)])
    for later, pairs in rules.before().items():
        for earlier, within_s in pairs:
            if earlier in done_s:
                begin_by_s[later] = min(begin_by_s[later], done_s[earlier] + within_s)
    kept = ~np.isin(rules.earlier, list(done_s))
    return replace(
        rules,
        pinned=(),
        earlier=rules.earlier[kept],
        later=rules.later[kept],
        within_s=rules.within_s[kept],
        begin_by_s=begin_by_s if np.isfinite(begin_by_s).any() else np.zeros(0),
    )
