"""The least that each piece of a plan can cost, whoever does it."""

from dataclasses import dataclass

import numpy as np

from routing.problem.problem import NONE, Flags, Floats, Problem


@dataclass(frozen=True, slots=True, eq=False)
class LeastCosts:
    """Least prices over the vehicles that are of use.

    `serve` float64[T, M] of a task in a mode, infinite where nobody may; `drive` float64[A] of
    driving along an arc; `turn` float64[turns]; `fill` float64[R].
    """

    serve: Floats
    drive: Floats
    turn: Floats
    fill: Floats


def useful(problem: Problem) -> Flags:
    """Return bool[V], the vehicles that may do any task at all, or are out already."""
    flags = np.isfinite(problem.service_s).any(axis=0)[problem.vehicle_type]
    out = problem.rules.underway
    return flags | out if len(out) else flags


def least_prices(problem: Problem, fit: Flags) -> LeastCosts:
    """Return the least prices; tasks that are not `fit` (bool[T]) cannot be done by anybody."""
    serve = np.full(problem.mode_arc.shape, np.inf)
    drive, turn, fill = (
        np.full(size, np.inf) for size in (problem.arcs, len(problem.turn_s), problem.sites)
    )
    length_m = np.where(problem.mode_arc == NONE, np.inf, problem.length_m[problem.mode_arc])
    for kind, per_s, per_m in _kinds(problem):
        moving = per_s * float(problem.pace[kind])
        np.minimum(drive, moving * problem.drive_s + per_m * problem.length_m, out=drive)
        np.minimum(turn, moving * problem.turn_s, out=turn)
        np.minimum(fill, per_s * problem.fill_s, out=fill)
        work = _times(per_s, problem.service_s[:, kind])
        np.minimum(serve, work[:, None] + _times(per_m, length_m), out=serve)
    serve[~fit] = np.inf
    return LeastCosts(serve, drive, turn, fill)


def _kinds(problem: Problem) -> list[tuple[int, float, float]]:
    """Return type, price of a second and of a metre, each combination of useful vehicles once."""
    return sorted(
        {
            (int(problem.vehicle_type[v]), float(problem.price_per_s[v]), problem.rules.per_m(v))
            for v in np.flatnonzero(useful(problem)).tolist()
        }
    )


def _times(price: float, amounts: Floats) -> Floats:
    """Return price times amounts, where even for nothing an infinite amount stays so."""
    known = np.isfinite(amounts)
    return np.where(known, price * np.where(known, amounts, 0.0), np.inf)


def whole(problem: Problem) -> bool:
    """Return whether every plan costs a whole number."""
    rules = problem.rules
    fluid = (problem.completion_price, problem.lateness_price)
    if (
        len(rules.earlier)
        or rules.last_home_price
        or rules.balance_price
        or any(bool(np.any(part)) for part in fluid)
    ):
        return False
    amounts = [problem.fixed_price, problem.unserved_price, rules.change_price]
    times = (problem.release_s, problem.shift_start_s, problem.fill_s, rules.break_s)
    for kind, per_s, per_m in _kinds(problem):
        work_s = problem.service_s[:, kind]
        amounts += [per_s * seconds for seconds in (*times, work_s[np.isfinite(work_s)])]
        moving = per_s * float(problem.pace[kind])
        amounts += [moving * problem.drive_s, moving * problem.turn_s, per_m * problem.length_m]
    return all(bool(np.all(values == np.round(values))) for values in amounts)
