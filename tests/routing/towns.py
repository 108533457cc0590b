"""Small towns to solve: builders with good defaults."""

import numpy as np

from routing.problem.problem import Problem, RouteRules, turn_rows

U_TURN_S = 30.0


def a_town(streets, tasks, *, vehicles=1, u_turns=True, forbidden=(), **fields):
    """A problem on two-way streets (u, v, seconds) with the depot at junction 0.

    Arc 2i drives street i from u to v, arc 2i + 1 back; the depot is the last arc, and a reload
    site one before it where `site` names a junction. `tasks` are (arc, other arc or -1, ...).
    """
    arcs = [(a, b, s) for u, v, s in streets for a, b in ((u, v), (v, u))]
    site = fields.pop("site", None)
    rules = fields.pop("rules", RouteRules())
    places = ([site] if site is not None else []) + [0]
    first_place = len(arcs)
    arcs += [(node, node, 0.0) for node in places]
    turns = []
    for a, (_, head, _) in enumerate(arcs):
        for b, (tail, _, _) in enumerate(arcs):
            back = a // 2 == b // 2 and a != b and max(a, b) < first_place
            if head == tail and (a != b or a < first_place) and (a, b) not in forbidden:
                if back and not u_turns:
                    continue
                turns.append((a, b, U_TURN_S if back else 1.0 * (max(a, b) < first_place)))
    starts, to, turn_s = turn_rows(len(arcs), turns)
    count = len(tasks)
    drive_s = np.array([s for _, _, s in arcs], float)
    given = {
        "mode_arc": np.array(tasks, np.int32).reshape(count, -1 if count else 2),
        "service_s": 2.0 * drive_s[[t[0] for t in tasks]][:, None],
        "material_kg": np.zeros(count),
        "class_index": np.zeros(count, np.int32),
        "release_s": np.zeros(count),
        "due_s": np.full(count, np.inf),
        "completion_price": np.zeros(count),
        "lateness_price": np.zeros(count),
        "unserved_price": np.full(count, 1e5),
        "pace": np.ones(1),
        "vehicle_type": np.zeros(vehicles, np.int32),
        "start_arc": np.full(vehicles, len(arcs) - 1, np.int32),
        "end_arc": np.full(vehicles, len(arcs) - 1, np.int32),
        "capacity_kg": np.zeros(vehicles),
        "load_kg": np.zeros(vehicles),
        "shift_start_s": np.zeros(vehicles),
        "shift_end_s": np.full(vehicles, np.inf),
        "price_per_s": np.ones(vehicles),
        "fixed_price": np.zeros(vehicles),
        "reload_arc": np.array([first_place] if site is not None else [], np.int32),
        "fill_s": np.full(1 if site is not None else 0, 300.0),
    }
    kinds = {name: array.dtype for name, array in given.items()}
    given |= {name: np.array(value, kinds[name]) for name, value in fields.items()}
    return Problem(
        tail=np.array([a[0] for a in arcs], np.int32),
        head=np.array([a[1] for a in arcs], np.int32),
        length_m=10.0 * drive_s,
        drive_s=drive_s,
        place=np.arange(len(arcs)) >= first_place,
        turn_start=starts,
        turn_to=to,
        turn_s=turn_s,
        **given,
        rules=rules,
    )


def random_streets(random, nodes):
    """Streets `(node, node, seconds)` that reach every node, and as many more."""
    streets = [
        (i, int(random.integers(0, i)), float(random.integers(5, 60))) for i in range(1, nodes)
    ]
    more = [
        (*map(int, random.choice(nodes, 2, replace=False)), float(random.integers(5, 60)))
        for _ in range(nodes)
    ]
    return streets + more


def a_random_town(seed, tasks, vehicles=2):
    """A connected town of random streets with deadlines, classes, hopper, types and shifts."""
    random = np.random.default_rng(seed)
    nodes = max(4, tasks)
    streets = random_streets(random, nodes)
    arcs = random.integers(0, 2 * len(streets), tasks)
    both = random.random(tasks) < 0.4
    drive_s = np.array([street[2] for street in streets])[arcs // 2]
    service_s = np.column_stack((2.0 * drive_s, 3.0 * drive_s))
    service_s[random.random(tasks) < 0.3, 1] = np.inf
    return a_town(
        streets,
        [(int(arc), int(arc) ^ 1 if two else -1) for arc, two in zip(arcs, both, strict=True)],
        vehicles=vehicles,
        site=int(random.integers(0, nodes)),
        service_s=service_s,
        material_kg=np.where(random.random(tasks) < 0.3, random.integers(10, 200, tasks), 0.0),
        class_index=random.integers(0, 3, tasks),
        release_s=np.where(random.random(tasks) < 0.2, random.integers(0, 300, tasks), 0.0),
        due_s=random.integers(100, 2000, tasks),
        completion_price=random.random(tasks) * 0.5,
        lateness_price=random.random(tasks),
        pace=[1.0, 1.4],
        vehicle_type=random.integers(0, 2, vehicles),
        capacity_kg=np.full(vehicles, 250.0),
        load_kg=random.integers(0, 250, vehicles),
        shift_end_s=random.integers(300, 6000, vehicles),
        fixed_price=np.full(vehicles, 10.0),
    )
