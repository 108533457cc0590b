"""Small random towns small enough for `every_plan`, with all that may be asked of one route."""

from dataclasses import replace

import numpy as np

from routing.problem.rules import RouteRules
from tests.routing.towns import a_random_town


def any_town(seed, tasks, vehicles):
    """A random town where all that may be asked of a plan is asked now and then."""
    random = np.random.default_rng(seed)
    town = a_random_town(seed, tasks, vehicles)
    streets = np.flatnonzero(~town.place)
    depot = town.start_arc[0]
    given = {
        "start_arc": np.where(random.random(vehicles) < 0.3, random.choice(streets), depot),
        "end_arc": np.where(random.random(vehicles) < 0.3, -1, depot),
        "unserved_price": random.choice([30.0, 200.0, 1e5], tasks),
        "load_kg": random.choice([0.0, 120.0, 250.0], vehicles),
        "price_per_s": random.choice([0.5, 1.0], vehicles),
        "fixed_price": random.choice([0.0, 50.0], vehicles),
        "turn_s": town.turn_s * random.choice([0.0, 1.0]),
        "completion_price": town.completion_price * random.choice([0.0, 1.0]),
        "lateness_price": town.lateness_price * random.choice([0.0, 1.0]),
    }
    given = {name: np.asarray(a, getattr(town, name).dtype) for name, a in given.items()}
    pairs = np.argwhere(random.random((tasks, vehicles)) < 0.1)
    rules = RouteRules(
        forbidden_task=pairs[:, 0].astype(np.int32),
        forbidden_vehicle=pairs[:, 1].astype(np.int32),
        price_per_m=random.choice([0.0, 0.1], vehicles),
    )
    return replace(town, **given, rules=rules)
