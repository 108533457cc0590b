"""Refills of a row: where they take least time, and what room for one more task would take.

A refill before a place takes some extra seconds, and the hopper lasts for the places of one trip.
Going through the places in order, the least extra of all refills up to one is that of the cheapest
earlier refill that its trip can begin at: the first of a queue in which whatever is dearer and
earlier than another has been dropped (sliding minimum). The same from behind tells what the rest
takes; together they tell what it takes to have room between any two refills.
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
from routing.problem.problem import Floats

TRIP, EXTRA, USED, CHEAP, BEFORE, REST, AFTER, FROM, QUEUE = range(9)
"""Columns from `first_column` on; an index behind the last place stands for the end.

TRIP is what the trip that a place belongs to leaves in the hopper, EXTRA the seconds that a refill
before the place takes when it is the only one, USED the material of all places before. CHEAP is
the least extra of refills up to one before the place, after one before FROM; BEFORE the next
earlier place with less; REST and AFTER are the same from behind. QUEUE is scratch.
"""
COLUMNS = 9
SLACK_KG = 1e-6


def more_columns(modes: tuple[int, ...]) -> int:
    """Return how many columns of `Rows.place` refills need."""
    return 2 * len(modes) * (1 + len(modes)) + COLUMNS


@kernel
def direct_column(f: Subproblem) -> int:
    """Return the first of M M columns of `Rows.place` with deadheads that pass no site.

    As many that lead over the best site are behind it, then least seconds ahead and behind, M
    columns each, as if there were no refill.
    """
    return AHEAD + len(f.modes) * (2 + len(f.modes))


@kernel
def first_column(f: Subproblem) -> int:
    """Return the column of `Rows.place` that is TRIP."""
    return direct_column(f) + 2 * len(f.modes) * (1 + len(f.modes))


@kernel
def detours(f: Subproblem, r: Rows, w: int, p: int) -> None:
    """Compute the deadheads before place `p` over the best site and, as they are now, past all."""
    modes = len(f.modes)
    square = modes * modes
    link = AHEAD + 2 * modes
    direct = direct_column(f)
    pace = f.window[w, PACE]
    i = r.order[w, p - 1]
    j = r.order[w, p]
    r.place[w, p, SITE] = 0.0
    for k in range(square):
        r.place[w, p, direct + k] = r.place[w, p, link + k]
        r.place[w, p, direct + square + k] = BIG_S
    for x in range(len(f.site)):
        s = f.site[x]
        for a in range(modes):
            there = pace * f.gap[s, i, a] + f.fill_s[x]
            for m in range(modes):
                k = direct + square + modes * m + a
                r.place[w, p, k] = min(r.place[w, p, k], there + pace * f.gap[j, s, modes * m])


@kernel
def place_refills(f: Subproblem, r: Rows, w: int, first: int, last: int) -> tuple[bool, int, int]:
    """Put refills where they take least time; return (whether the hopper suffices, first, last).

    These two are the places from and up to which deadheads have changed, given that those before
    `first` and from `last` on had not.
    """
    n = r.size[w]
    _without_refills(f, r, w, first, last)
    x = r.place[w, :, first_column(f) :]
    load = 0.0
    x[0, USED] = f.window[w, LOAD] - f.window[w, CAPACITY]
    for p in range(1, n + 2):
        x[p, USED] = load
        load += f.window[w, RESERVE] if p > n else f.node[r.order[w, p], MATERIAL]
    x[n + 2, USED] = load
    cheapest_before(x, n + 2, f.window[w, CAPACITY])
    _cheapest_behind(x, n + 2, f.window[w, CAPACITY])
    fits = x[n + 2, CHEAP] < BIG_S
    behind = n + 2
    while behind > 0:
        p = int(x[behind, FROM]) if fits else 0
        spare = f.window[w, CAPACITY] - (x[behind, USED] - x[p, USED])
        for q in range(p, behind):
            x[q, TRIP] = spare
            if q > 0 and (q == p) != (r.place[w, q, SITE] > 0.0):
                _turn(f, r, w, q)
                first = min(first, q)
                last = max(last, q - 1)
        if behind == n + 2:
            r.sum[w, SPARE] = spare
        behind = p
    return fits, first, last


@kernel
def _turn(f: Subproblem, r: Rows, w: int, p: int) -> None:
    """Lead the deadhead before place `p` over a site, or past it again."""
    square = len(f.modes) ** 2
    link = AHEAD + 2 * len(f.modes)
    source = direct_column(f)
    if r.place[w, p, SITE] > 0.0:
        r.place[w, p, SITE] = 0.0
    else:
        r.place[w, p, SITE] = 1.0
        source += square
    for k in range(square):
        r.place[w, p, link + k] = r.place[w, p, source + k]


@kernel
def _without_refills(f: Subproblem, r: Rows, w: int, first: int, last: int) -> None:
    """Compute least seconds as if there were no refills, and what one alone takes more."""
    modes = len(f.modes)
    square = modes * modes
    direct = direct_column(f)
    ahead = direct + 2 * square
    behind = ahead + modes
    extra = first_column(f) + EXTRA
    n = r.size[w]
    kind = SERVICE + f.which[w, KIND]
    for m in range(modes):
        r.place[w, 0, ahead + m] = BIG_S if m > 0 else 0.0
        r.place[w, n + 1, behind + m] = BIG_S if m > 0 else 0.0
    for p in range(first, n + 2):
        s = f.node[r.order[w, p], kind]
        for m in range(modes):
            x = BIG_S
            for a in range(modes):
                x = min(x, r.place[w, p - 1, ahead + a] + r.place[w, p, direct + modes * m + a])
            r.place[w, p, ahead + m] = s + x
    for p in range(last, -1, -1):
        s = f.node[r.order[w, p], kind]
        for a in range(modes):
            x = BIG_S
            for m in range(modes):
                x = min(
                    x, r.place[w, p + 1, behind + m] + r.place[w, p + 1, direct + modes * m + a]
                )
            r.place[w, p, behind + a] = s + x
    for p in range(1, n + 2):
        least = BIG_S
        for m in range(modes):
            for a in range(modes):
                x = r.place[w, p - 1, ahead + a] + r.place[w, p, direct + square + modes * m + a]
                least = min(least, x + r.place[w, p, behind + m])
        r.place[w, p, extra] = max(least - r.place[w, n + 1, ahead], 0.0)


@kernel
def cheapest_before(x: Floats, end: int, capacity: float) -> None:
    """Fill CHEAP, FROM and BEFORE of the places up to `end`; FROM is -1 where no trip leads."""
    x[0, CHEAP] = 0.0
    x[0, BEFORE] = -1.0
    x[0, QUEUE] = 0.0
    head = 0
    tail = 1
    for p in range(1, end + 1):
        while head < tail and x[p, USED] - x[int(x[head, QUEUE]), USED] > capacity + SLACK_KG:
            head += 1
        x[p, CHEAP] = BIG_S
        x[p, FROM] = -1.0
        if head < tail:
            x[p, FROM] = x[head, QUEUE]
            x[p, CHEAP] = min(x[int(x[head, QUEUE]), CHEAP], BIG_S)
        if p < end:
            x[p, CHEAP] = min(x[p, CHEAP] + x[p, EXTRA], BIG_S)
        while tail > head and x[int(x[tail - 1, QUEUE]), CHEAP] >= x[p, CHEAP]:
            tail -= 1
        x[p, BEFORE] = x[tail - 1, QUEUE] if tail > head else -1.0
        x[tail, QUEUE] = p
        tail += 1


@kernel
def _cheapest_behind(x: Floats, end: int, capacity: float) -> None:
    """Fill REST and AFTER of the places from `end` back to the first."""
    x[end, REST] = 0.0
    x[end, AFTER] = -1.0
    x[0, QUEUE] = end
    head = 0
    tail = 1
    for p in range(end - 1, 0, -1):
        while head < tail and x[int(x[head, QUEUE]), USED] - x[p, USED] > capacity + SLACK_KG:
            head += 1
        x[p, REST] = BIG_S
        if head < tail:
            x[p, REST] = min(x[int(x[head, QUEUE]), REST] + x[p, EXTRA], BIG_S)
        while tail > head and x[int(x[tail - 1, QUEUE]), REST] >= x[p, REST]:
            tail -= 1
        x[p, AFTER] = x[tail - 1, QUEUE] if tail > head else -1.0
        x[tail, QUEUE] = p
        tail += 1


@kernel
def room_s(f: Subproblem, r: Rows, w: int, p: int, need: float) -> float:
    """Return the extra seconds of refills such that `need` fits in before place `p`."""
    column = first_column(f)
    end = r.size[w] + 2
    best = BIG_S
    before = p
    while before >= 0:
        most = f.window[w, CAPACITY] + SLACK_KG - need + r.place[w, before, column + USED]
        if r.place[w, p, column + USED] > most:
            break
        behind = p
        while behind >= 0 and r.place[w, behind, column + USED] <= most:
            least = r.place[w, before, column + CHEAP] + r.place[w, behind, column + REST]
            best = min(best, least)
            behind = int(r.place[w, behind, column + AFTER])
        before = int(r.place[w, before, column + BEFORE])
    return max(best - r.place[w, end, column + CHEAP], 0.0)


@kernel
def beside_refill(f: Subproblem, r: Rows, t: int, w: int, p: int) -> tuple[float, float]:
    """Return (seconds of the row, seconds to task `t`) with `t` at the refill before place `p`.

    It may come before the refill or after it; what room for it takes is in the seconds of the row.
    """
    modes = len(f.modes)
    square = modes * modes
    behind = AHEAD + modes
    trip = first_column(f) + TRIP
    pace = f.window[w, PACE]
    need = f.node[t, MATERIAL]
    i = r.order[w, p - 1]
    j = r.order[w, p]
    room = room_s(f, r, w, p, need) if need > r.place[w, p - 1, trip] + SLACK_KG else 0.0
    room_after = room
    if need <= r.place[w, p, trip] + SLACK_KG:
        room_after = 0.0
    elif need <= r.place[w, p - 1, trip] + SLACK_KG:
        room_after = room_s(f, r, w, p, need)
    best = BIG_S * BIG_S
    arrive = 0.0
    for m in range(modes):
        to = BIG_S
        onward = BIG_S
        for a in range(modes):
            to = min(to, r.place[w, p - 1, AHEAD + a] + pace * f.gap[t, i, modes * m + a])
            onward = min(
                onward, r.place[w, p, behind + a] + pace * f.gap[t, j, square + modes * m + a]
            )
        for y in range(len(f.site)):
            s = f.site[y]
            there = BIG_S
            rest = BIG_S
            for a in range(modes):
                there = min(there, r.place[w, p - 1, AHEAD + a] + pace * f.gap[s, i, a])
                rest = min(rest, r.place[w, p, behind + a] + pace * f.gap[j, s, modes * a])
            first = to + pace * f.gap[t, s, square + modes * m] + f.fill_s[y] + rest + room
            if first < best:
                best = first
                arrive = to
            filled = there + f.fill_s[y] + pace * f.gap[t, s, modes * m]
            if filled + onward + room_after < best:
                best = filled + onward + room_after
                arrive = filled
    return best, arrive
