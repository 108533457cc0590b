"""Random rules for small towns, and random routes through them."""

from dataclasses import replace

import numpy as np

from routing.problem.problem import ReloadStop, RouteRules, TaskVisit
from tests.routing.towns import a_random_town

FEATURES = ("strict", "order", "tandem", "forbidden", "change", "rest", "metres", "home", "pinned")


def a_random_storm(seed, tasks, vehicles=2, features=FEATURES, **fields):
    """A random town with rules: each feature is there in about half of the storms."""
    random = np.random.default_rng(seed)
    town = replace(a_random_town(seed, tasks, vehicles), **fields)
    chosen = {name for name in features if random.random() < 0.6 or len(features) == 1}
    return replace(town, rules=random_rules(random, town, chosen))


def random_rules(random, town, chosen):
    """Rules with the chosen features."""
    tasks, vehicles = town.tasks, town.vehicles
    given = {"strict_classes": "strict" in chosen}
    if chosen & {"order", "tandem"} and tasks > 1:
        given |= _order(random, tasks, tandem="tandem" in chosen)
    if "forbidden" in chosen:
        count = int(random.integers(1, tasks + 1))
        given |= {
            "forbidden_task": random.integers(0, tasks, count).astype(np.int32),
            "forbidden_vehicle": random.integers(0, vehicles, count).astype(np.int32),
        }
    if "change" in chosen:
        given |= {
            "published_vehicle": random.integers(-1, vehicles, tasks).astype(np.int32),
            "change_price": random.integers(0, 80, tasks).astype(float),
        }
    if "rest" in chosen:
        given |= {
            "break_after_s": random.integers(50, 600, vehicles).astype(float),
            "break_s": random.integers(0, 2, vehicles) * 100.0,
        }
    if "metres" in chosen:
        given |= {"price_per_m": random.integers(0, 3, vehicles) * 0.1}
    if "home" in chosen:
        given |= {
            **{"last_home_price": float(random.integers(0, 3)), "balance_price": 0.5},
            "underway": random.random(vehicles) < 0.3,
            "worked_s": random.integers(0, 100, vehicles).astype(float),
        }
    if "pinned" in chosen:
        given |= {"pinned": _pins(random, town, given)}
    return RouteRules(**given)


def _order(random, tasks, *, tandem):
    """Pairs of tasks, always the lower number first."""
    first = random.integers(0, tasks - 1, max(1, tasks // 3))
    second = [int(random.integers(task + 1, tasks)) for task in first]
    within_s = np.where(
        random.random(len(first)) < 0.7, random.integers(0, 400, len(first)), np.inf
    )
    return {
        "earlier": first.astype(np.int32),
        "later": np.array(second, np.int32),
        "within_s": within_s if tandem else np.full(len(first), np.inf),
    }


def _pins(random, town, given):
    """A few tasks that each vehicle can do, reloads where the hopper is too empty."""
    late = set(given.get("later", np.zeros(0)).tolist())
    free = [task for task in range(town.tasks) if task not in late]
    random.shuffle(free)
    pins = []
    for v in range(town.vehicles):
        stops, load_kg = [], town.load_kg[v]
        for task in free[: int(random.integers(0, 3))]:
            if not np.isfinite(town.service_s[task, town.vehicle_type[v]]):
                continue
            if town.material_kg[task] > load_kg:
                stops.append(ReloadStop(0))
                load_kg = town.capacity_kg[v]
            load_kg -= town.material_kg[task]
            stops.append(TaskVisit(int(task), 0))
            free = [other for other in free if other != task]
        pins.append(tuple(stops))
    return tuple(pins)


def random_routes(seed, problem):
    """Most tasks in any order on any vehicle, in any direction, with a reload now and then."""
    random = np.random.default_rng(seed + 1)
    routes = [[] for _ in range(problem.vehicles)]
    for task in random.permutation(problem.tasks)[: int(random.integers(0, problem.tasks + 1))]:
        modes = np.flatnonzero(problem.mode_arc[task] >= 0)
        route = routes[int(random.integers(0, problem.vehicles))]
        if random.random() < 0.4:
            route.append(ReloadStop(0))
        route.append(TaskVisit(int(task), int(random.choice(modes))))
    return tuple(tuple(route) for route in routes)
