"""How much of each class any plan can do in time at most: what is missing beyond is no fleet's."""

from routing.bounds.completion_bounds import FleetAccess, most_done
from routing.network.deadheads import line_graph
from routing.network.single_task_feasibility import feasibility_of_tasks
from routing.problem.problem import Problem


def most_in_time(problem: Problem) -> list[float]:
    """Return for each class the share of its passes that no plan does more of in time.

    All machines that can do any of them work on nothing else until the last deadline of the class:
    their seconds behind the way there, against the work of each pass, the way to it from the
    nearest stop, and its share of a reload. What nobody can do, or not in time even as the first
    thing, counts as missing.
    """
    line = line_graph(problem)
    alone = feasibility_of_tasks(problem, line)
    access = FleetAccess(problem, line, alone)
    shares = []
    for level in range(int(problem.class_index.max()) + 1):
        tasks = problem.class_index == level
        if not tasks.any():
            shares.append(1.0)
            continue
        team, fit = access.team(tasks), tasks & access.fit
        soon = alone.earliest_s[fit] <= problem.due_s[fit]
        most = most_done(team, soon.astype(float), float(problem.due_s[tasks].max()))
        shares.append(most / float(tasks.sum()))
    return shares
