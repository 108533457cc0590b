"""Reloads of a row: where they take least time, and what room for one more task would take.

A reload before a place takes some extra seconds, and the hopper lasts for the places of one trip.
Going through the places in order, the least extra of all reloads up to one is that of the cheapest
earlier reload that its trip can begin at: the first of a queue in which whatever is dearer and
earlier than another has been dropped (sliding minimum). The same from behind tells what the rest
takes; together they tell what it takes to have room between any two reloads.
"""

# mypy: no-warn-return-any

from routing.kernels.arrays.jit import kernel
from routing.kernels.arrays.subproblem_arrays import (
    AHEAD,
    BIG_S,
    CAPACITY,
    KIND,
    LOAD,
    MATERIAL,
    PACE,
    RESERVE,
    SERVICE,
    SITE,
    SPARE,
    Rows,
    Subproblem,
)
from routing.kernels.rows.between import seconds_between
from routing.problem.problem import Floats

TRIP, EXTRA, USED, CHEAP, BEFORE, REST, AFTER, FROM, QUEUE = range(9)
"""Columns from `first_column` on; an index behind the last place stands for the end.

TRIP is what the trip that a place belongs to leaves in the hopper, EXTRA the seconds that a reload
before the place takes when it is the only one, USED the material of all places before. CHEAP is
the least extra of reloads up to one before the place, after one before FROM; BEFORE the next
earlier place with less; REST and AFTER are the same from behind. QUEUE is scratch.
"""
COLUMNS = 9
SLACK_KG = 1e-6


def more_columns(modes: tuple[int, ...]) -> int:
    """Return how many columns of `Rows.place` reloads need."""
    return 2 * len(modes) * (1 + len(modes)) + COLUMNS


@kernel
def direct_column(sub: Subproblem) -> int:
    """Return the first of M M columns of `Rows.place` with deadheads that pass no site.

    As many that lead over the best site are behind it, then least seconds ahead and behind, M
    columns each, as if there were no reload.
    """
    return AHEAD + len(sub.modes) * (2 + len(sub.modes))


@kernel
def first_column(sub: Subproblem) -> int:
    """Return the column of `Rows.place` that is TRIP."""
    return direct_column(sub) + 2 * len(sub.modes) * (1 + len(sub.modes))


@kernel
def update_detours(sub: Subproblem, rows: Rows, row: int, place: int) -> None:
    """Compute the deadheads before `place` over the best site and, as they are now, past all."""
    modes = len(sub.modes)
    square = modes * modes
    link = AHEAD + 2 * modes
    direct = direct_column(sub)
    pace = sub.window[row, PACE]
    i = rows.order[row, place - 1]
    j = rows.order[row, place]
    rows.place[row, place, SITE] = 0.0
    for k in range(square):
        rows.place[row, place, direct + k] = rows.place[row, place, link + k]
        rows.place[row, place, direct + square + k] = BIG_S
    for x in range(len(sub.site)):
        s = sub.site[x]
        for a in range(modes):
            there = pace * seconds_between(sub, i, a, s, 0) + sub.fill_s[x]
            for m in range(modes):
                k = direct + square + modes * m + a
                rows.place[row, place, k] = min(
                    rows.place[row, place, k], there + pace * seconds_between(sub, s, 0, j, m)
                )


@kernel
def place_reloads(
    sub: Subproblem, rows: Rows, row: int, first: int, last: int
) -> tuple[bool, int, int]:
    """Put reloads where they take least time; return (whether the hopper suffices, first, last).

    These two are the places from and up to which deadheads have changed, given that those before
    `first` and from `last` on had not.
    """
    n = rows.size[row]
    _without_reloads(sub, rows, row, first, last)
    x = rows.place[row, :, first_column(sub) :]
    load = 0.0
    x[0, USED] = sub.window[row, LOAD] - sub.window[row, CAPACITY]
    for p in range(1, n + 2):
        x[p, USED] = load
        load += sub.window[row, RESERVE] if p > n else sub.node[rows.order[row, p], MATERIAL]
    x[n + 2, USED] = load
    cheapest_before(x, n + 2, sub.window[row, CAPACITY])
    _cheapest_behind(x, n + 2, sub.window[row, CAPACITY])
    fits = x[n + 2, CHEAP] < BIG_S
    behind = n + 2
    while behind > 0:
        p = int(x[behind, FROM]) if fits else 0
        spare = sub.window[row, CAPACITY] - (x[behind, USED] - x[p, USED])
        for q in range(p, behind):
            x[q, TRIP] = spare
            if q > 0 and (q == p) != (rows.place[row, q, SITE] > 0.0):
                _turn(sub, rows, row, q)
                first = min(first, q)
                last = max(last, q - 1)
        if behind == n + 2:
            rows.sum[row, SPARE] = spare
        behind = p
    return fits, first, last


@kernel
def _turn(sub: Subproblem, rows: Rows, row: int, place: int) -> None:
    """Lead the deadhead before `place` over a site, or past it again."""
    square = len(sub.modes) ** 2
    link = AHEAD + 2 * len(sub.modes)
    source = direct_column(sub)
    if rows.place[row, place, SITE] > 0.0:
        rows.place[row, place, SITE] = 0.0
    else:
        rows.place[row, place, SITE] = 1.0
        source += square
    for k in range(square):
        rows.place[row, place, link + k] = rows.place[row, place, source + k]


@kernel
def _without_reloads(sub: Subproblem, rows: Rows, row: int, first: int, last: int) -> None:
    """Compute least seconds as if there were no reloads, and what one alone takes more."""
    modes = len(sub.modes)
    square = modes * modes
    direct = direct_column(sub)
    ahead = direct + 2 * square
    behind = ahead + modes
    extra = first_column(sub) + EXTRA
    n = rows.size[row]
    kind = SERVICE + sub.which[row, KIND]
    for m in range(modes):
        rows.place[row, 0, ahead + m] = BIG_S if m > 0 else 0.0
        rows.place[row, n + 1, behind + m] = BIG_S if m > 0 else 0.0
    for p in range(first, n + 2):
        s = sub.node[rows.order[row, p], kind]
        for m in range(modes):
            x = BIG_S
            for a in range(modes):
                x = min(
                    x,
                    rows.place[row, p - 1, ahead + a] + rows.place[row, p, direct + modes * m + a],
                )
            rows.place[row, p, ahead + m] = s + x
    for p in range(last, -1, -1):
        s = sub.node[rows.order[row, p], kind]
        for a in range(modes):
            x = BIG_S
            for m in range(modes):
                x = min(
                    x,
                    rows.place[row, p + 1, behind + m]
                    + rows.place[row, p + 1, direct + modes * m + a],
                )
            rows.place[row, p, behind + a] = s + x
    for p in range(1, n + 2):
        least = BIG_S
        for m in range(modes):
            for a in range(modes):
                x = (
                    rows.place[row, p - 1, ahead + a]
                    + rows.place[row, p, direct + square + modes * m + a]
                )
                least = min(least, x + rows.place[row, p, behind + m])
        rows.place[row, p, extra] = max(least - rows.place[row, n + 1, ahead], 0.0)


@kernel
def cheapest_before(trips: Floats, end: int, capacity: float) -> None:
    """Fill CHEAP, FROM and BEFORE of the places up to `end`; FROM is -1 where no trip leads."""
    trips[0, CHEAP] = 0.0
    trips[0, BEFORE] = -1.0
    trips[0, QUEUE] = 0.0
    head = 0
    tail = 1
    for p in range(1, end + 1):
        while (
            head < tail
            and trips[p, USED] - trips[int(trips[head, QUEUE]), USED] > capacity + SLACK_KG
        ):
            head += 1
        trips[p, CHEAP] = BIG_S
        trips[p, FROM] = -1.0
        if head < tail:
            trips[p, FROM] = trips[head, QUEUE]
            trips[p, CHEAP] = min(trips[int(trips[head, QUEUE]), CHEAP], BIG_S)
        if p < end:
            trips[p, CHEAP] = min(trips[p, CHEAP] + trips[p, EXTRA], BIG_S)
        while tail > head and trips[int(trips[tail - 1, QUEUE]), CHEAP] >= trips[p, CHEAP]:
            tail -= 1
        trips[p, BEFORE] = trips[tail - 1, QUEUE] if tail > head else -1.0
        trips[tail, QUEUE] = p
        tail += 1


@kernel
def _cheapest_behind(trips: Floats, end: int, capacity: float) -> None:
    """Fill REST and AFTER of the places from `end` back to the first."""
    trips[end, REST] = 0.0
    trips[end, AFTER] = -1.0
    trips[0, QUEUE] = end
    head = 0
    tail = 1
    for p in range(end - 1, 0, -1):
        while (
            head < tail
            and trips[int(trips[head, QUEUE]), USED] - trips[p, USED] > capacity + SLACK_KG
        ):
            head += 1
        trips[p, REST] = BIG_S
        if head < tail:
            trips[p, REST] = min(trips[int(trips[head, QUEUE]), REST] + trips[p, EXTRA], BIG_S)
        while tail > head and trips[int(trips[tail - 1, QUEUE]), REST] >= trips[p, REST]:
            tail -= 1
        trips[p, AFTER] = trips[tail - 1, QUEUE] if tail > head else -1.0
        trips[tail, QUEUE] = p
        tail += 1


@kernel
def reload_detour_s(sub: Subproblem, rows: Rows, row: int, place: int, need: float) -> float:
    """Return the extra seconds of reloads such that `need` fits in before `place`."""
    column = first_column(sub)
    end = rows.size[row] + 2
    best = BIG_S
    before = place
    while before >= 0:
        most = sub.window[row, CAPACITY] + SLACK_KG - need + rows.place[row, before, column + USED]
        if rows.place[row, place, column + USED] > most:
            break
        behind = place
        while behind >= 0 and rows.place[row, behind, column + USED] <= most:
            least = rows.place[row, before, column + CHEAP] + rows.place[row, behind, column + REST]
            best = min(best, least)
            behind = int(rows.place[row, behind, column + AFTER])
        before = int(rows.place[row, before, column + BEFORE])
    return max(best - rows.place[row, end, column + CHEAP], 0.0)


@kernel
def insertion_at_reload(
    sub: Subproblem, rows: Rows, task: int, row: int, place: int
) -> tuple[float, float]:
    """Return (seconds of the row, seconds to `task`) with `task` at the reload before `place`.

    It may come before the reload or after it; what room for it takes is in the seconds of the row.
    """
    modes = len(sub.modes)
    behind = AHEAD + modes
    trip = first_column(sub) + TRIP
    pace = sub.window[row, PACE]
    need = sub.node[task, MATERIAL]
    i = rows.order[row, place - 1]
    j = rows.order[row, place]
    room = (
        reload_detour_s(sub, rows, row, place, need)
        if need > rows.place[row, place - 1, trip] + SLACK_KG
        else 0.0
    )
    room_after = room
    if need <= rows.place[row, place, trip] + SLACK_KG:
        room_after = 0.0
    elif need <= rows.place[row, place - 1, trip] + SLACK_KG:
        room_after = reload_detour_s(sub, rows, row, place, need)
    best = BIG_S * BIG_S
    arrive = 0.0
    for m in range(modes):
        to = BIG_S
        onward = BIG_S
        for a in range(modes):
            to = min(
                to,
                rows.place[row, place - 1, AHEAD + a] + pace * seconds_between(sub, i, a, task, m),
            )
            onward = min(
                onward,
                rows.place[row, place, behind + a] + pace * seconds_between(sub, task, m, j, a),
            )
        for y in range(len(sub.site)):
            s = sub.site[y]
            there = BIG_S
            rest = BIG_S
            for a in range(modes):
                there = min(
                    there,
                    rows.place[row, place - 1, AHEAD + a] + pace * seconds_between(sub, i, a, s, 0),
                )
                rest = min(
                    rest,
                    rows.place[row, place, behind + a] + pace * seconds_between(sub, s, 0, j, a),
                )
            first = to + pace * seconds_between(sub, task, m, s, 0) + sub.fill_s[y] + rest + room
            if first < best:
                best = first
                arrive = to
            filled = there + sub.fill_s[y] + pace * seconds_between(sub, s, 0, task, m)
            if filled + onward + room_after < best:
                best = filled + onward + room_after
                arrive = filled
    return best, arrive
