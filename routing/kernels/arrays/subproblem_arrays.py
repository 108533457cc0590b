"""The arrays of a subproblem: some tasks, and the windows of routes they may move between.

A window is a stretch of one route between two arcs that stay; it may be the whole route.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.problem.problem import NONE, Flags, Floats, Floats32, Ints, Longs

BIG_S = 1.0e9
"""Seconds that stand for "no way", finite so that sums and differences stay numbers."""

MATERIAL, RELEASE, DUE, COMPLETION, LATENESS, UNSERVED, DISTANCE = range(7)
LEVEL, BEGIN_BY, OWN_RELEASE, OWN_BEGIN_BY, BEYOND, SERVICE = range(7, 13)
"""Columns of `Subproblem.node`; from SERVICE on one column for each vehicle type.

LEVEL is the class of a task, and of a node before or behind what it lets follow or go before.
RELEASE and BEGIN_BY, the times between which work begins, are written where passes have an order:
they then hold for the rows as they are. OWN_RELEASE and OWN_BEGIN_BY are those of the task itself.
Tasks that are not among the `NEAR_PLACES` nearest of one are at least BEYOND seconds away, before
or behind it, at a pace of 1; 0 where that is not known.
"""
NEAR_PLACES = 50
"""Nearest tasks whose rows are tried, and beside which every place is."""
PACE, CAPACITY, LOAD, RESERVE, BEGIN, LATEST, PRICE, FIXED, WHOLE = range(9)
REST_BY, REST, PER_M, TAIL, OUTSET, WINDOW_COLUMNS = range(9, 15)
"""Columns of `Subproblem.window`.

RESERVE is what must be left in the hopper for the tasks behind, BEGIN and LATEST are times, PRICE
is that of a second of delay. WHOLE is 1 where the window is a whole route, which costs nothing when
empty, and -1 where it is one that costs then too, but may end late. REST are the seconds of a rest
that is due before the first stop that ends after REST_BY, PER_M is the price of a metre, TAIL the
seconds from the end of the window until the vehicle is home, OUTSET when its service began.
"""
LAST_HOME, BALANCE, OTHERS_LATEST, OTHERS_LONGEST, OTHERS_SHORTEST = range(5)
"""Entries of `SubproblemRules.fleet`: two prices, and what vehicles outside of it add to them."""
KIND, START, FINISH, GROUP = range(4)
"""Columns of `Subproblem.which`: vehicle type, nodes before and behind, which are alike."""
DONE, LAG, SLOPE, SITE, AHEAD = range(5)
"""Columns of `Rows.place`; SITE is 1 where a reload comes before a place, else 0.

From AHEAD on, one column for each of M modes, there are the least seconds to have done the place;
from AHEAD + M on those from its beginning to the end; and from AHEAD + 2 M on the deadheads from
the place before, from mode a to mode m at M m + a. `intermediate_facilities` adds columns where
there are sites.
"""
ABSENT, ROWS, OVER, WEIGHT, WHOLE_FLEET, LAST, LONGEST, SHORTEST = range(8)
"""Entries of `Rows.total`: prices of the absent, and of all rows and the fleet; material that all
rows lack, and the price of a kilogram of it, 0 where none may lack any; the price of the fleet
alone; latest end, longest and shortest service when that was last looked at.
"""
COST, END, SPARE, EXCESS, SUMS = range(5)
"""Columns of `Rows.sum`, and how many; EXCESS is the material that a row lacks."""
UNCHANGED, CHANGED = range(2)
"""Slots of `InsertionCache.known`."""
INSERTION = np.dtype(
    [("version", "i8"), ("price", "f8"), ("second", "f8"), ("place", "i4"), ("then", "i4")],
    align=True,
)
"""The cheapest place of a task in a window and the `second` cheapest, `then`."""
DEARER = -2
"""A place that is only known to cost at least so much."""
ROUTE, PLACE, SLOT = range(3)
"""Columns of `Rows.spot`."""
CHANGED_ROWS, MOVED_TASKS = range(2)
"""Entries of `UndoLog.number`: how many rows have changed, and tasks moved."""


class SubproblemRules(NamedTuple):
    """Rules inside a subproblem: flags say which there are, so that the others cost nothing.

    `extra` float64[T, W] is the price of a task in a window beyond its time, `BIG_S` where it must
    not be, [1, 1] unless `priced_pairs`. `metres` float32 is as `Subproblem.apart_s` and `own_m`
    float32[N, M] the length of each node's modes, [1, 1] unless `metric`; `mps` is a usual speed.
    `fleet` float64[5]. Where passes have an order, `pair` int32[P, 4] has earlier and later tasks,
    and the next pairs with the same earlier and the same later one; `chain` int32[T, 2] the first
    pairs of each task, -1 for none; `within_s` float64[P]. `bounded` says that some tasks have a
    latest beginning.
    """

    strict: bool
    priced_pairs: bool
    rests: bool
    metric: bool
    fleet_priced: bool
    ordered: bool
    bounded: bool
    extra: Floats
    metres: Floats32
    own_m: Floats32
    mps: float
    fleet: Floats
    chain: Ints
    pair: Ints
    within_s: Floats


NO_RULES = SubproblemRules(
    *(False,) * 7,
    extra=np.zeros((1, 1)),
    metres=np.zeros((1, 1), np.float32),
    own_m=np.zeros((1, 1), np.float32),
    mps=0.0,
    fleet=np.zeros(5),
    chain=np.zeros((1, 2), np.int32),
    pair=np.zeros((0, 4), np.int32),
    within_s=np.zeros(0),
)
"""No rules."""


class Subproblem(NamedTuple):
    """What never changes: T tasks, then starts, finishes and sites, N nodes in all, W windows.

    A node has M modes. Deadheads are kept by what repeats: `apart_s` float32[S, E] are the seconds
    from each of S different ways out to each of E different ways in, `back_s` float32[E, S] is that
    turned over, `leave` and `enter` int32[N, M] are those of each node's modes. A mode that does
    not exist is `BIG_S` away from everything, as a start is from all that lies before it.
    `node` float64[N, SERVICE + K], `window` float64[W, 14], `which` int32[W, 4], `site` int32[R],
    `fill_s` float64[R], `near` int32[T, Q] other tasks by nearness, -1 after the last.
    `timeless` says that nothing but the duration counts. `modes` is a tuple of M
    zeros: its length is known when kernels are compiled, so that loops over modes are unrolled.
    `reloads` is empty where there are no sites and has one entry else: kernels are compiled twice.
    `ruled` is the same for rules: without any, `rules` are not read.
    """

    apart_s: Floats32
    back_s: Floats32
    leave: Ints
    enter: Ints
    node: Floats
    window: Floats
    which: Ints
    site: Ints
    fill_s: Floats
    near: Ints
    near_s: Floats32
    timeless: bool
    modes: tuple[int, ...]
    reloads: tuple[int, ...]
    rules: SubproblemRules = NO_RULES
    ruled: tuple[int, ...] = ()


class Rows(NamedTuple):
    """Windows with room for L places: 0 the node before, then tasks, then the node behind.

    `order` int32[W, L] nodes. `place` float64[W, L, AHEAD + 2 M + M M]. `sum` float64[W, SUMS].
    `size` int32[W] tasks. `version` int64[W + 1] differs whenever a row does; the last one counts.
    `spot` int32[T, 3] where each task is; `absent` int32[T] lists those without a place, `number`
    int64[1] of them; `total` float64[8]. `open` bool[W] are windows that a search may change: what
    is counted and added up is that of these. `modes` and `reloads` are as in `Subproblem`.
    """

    order: Ints
    place: Floats
    sum: Floats
    size: Ints
    version: Longs
    spot: Ints
    absent: Ints
    number: Longs
    total: Floats
    open: Flags
    modes: tuple[int, ...]
    reloads: tuple[int, ...]


class InsertionCache(NamedTuple):
    """The two cheapest places of each task in each window, as found at a version of the window.

    Most windows are as they were when a task last looked for a place, since what is not accepted is
    rolled back to its old version. `known` INSERTION[T, W, 2] has two answers for each: slot
    `UNCHANGED` is written where an iteration has not changed the window and outlives what is found
    in those that it has, slot `CHANGED`. Both lie in one line of the processor's cache. `beside`
    int32[T] is the task that last had this one among its nearest, `gap_s` float32[T] how far that
    was at least, `row` int32[W] the windows in which a task is tried, in that order, `nearest`
    int32[W] the nearest task in each, -1 for none.
    """

    known: Any
    beside: Ints
    gap_s: Floats32
    row: Ints
    nearest: Ints


class UndoLog(NamedTuple):
    """What an iteration changed: `before` of the rows `row` by `mark`, `task`s and if `absent`.

    `number` int64[2] of rows and tasks, `key` float64[T] sorts tasks, `seen` bool[2 W] is for
    kinds of empty rows and for rows that hold near tasks.
    """

    before: Rows
    mark: Flags
    row: Ints
    task: Ints
    absent: Flags
    number: Longs
    key: Floats
    seen: Flags


class BestRows(NamedTuple):
    """The best rows so far; `stale` bool[W] have changed since, `cost` float64[1]."""

    order: Ints
    size: Ints
    stale: Flags
    cost: Floats


class RowSearch(NamedTuple):
    """A subproblem being annealed: what never changes, its rows and what is known about them."""

    sub: Subproblem
    rows: Rows
    cache: InsertionCache
    undo: UndoLog
    best_rows: BestRows
    rng: NDArray[np.uint64]


def new_rows(
    tasks: int, windows: int, room: int, modes: tuple[int, ...], more_columns: int = 0
) -> Rows:
    """Return rows without tasks, every task absent from them still to be noted."""
    shape = (windows, room + 2)
    return Rows(
        order=np.zeros(shape, np.int32),
        place=np.zeros((*shape, AHEAD + len(modes) * (2 + len(modes)) + more_columns)),
        sum=np.zeros((windows, SUMS)),
        size=np.zeros(windows, np.int32),
        version=np.zeros(windows + 1, np.int64),
        spot=np.full((tasks, 3), -1, np.int32),
        absent=np.zeros(tasks, np.int32),
        number=np.zeros(1, np.int64),
        total=np.zeros(8),
        open=np.ones(windows, np.bool_),
        modes=modes,
        reloads=(0,) if more_columns else (),
    )


def new_cache(tasks: int, windows: int) -> InsertionCache:
    """Return an empty cache."""
    known = np.zeros((tasks, windows, 2), INSERTION)
    known["version"] = NONE
    return InsertionCache(
        known,
        beside=np.full(tasks, NONE, np.int32),
        gap_s=np.zeros(tasks, np.float32),
        row=np.zeros(windows, np.int32),
        nearest=np.full(windows, NONE, np.int32),
    )


def new_undo(
    tasks: int, windows: int, room: int, modes: tuple[int, ...], more_columns: int = 0
) -> UndoLog:
    """Return an empty log."""
    return UndoLog(
        before=new_rows(0, windows, room, modes, more_columns),
        mark=np.zeros(windows, np.bool_),
        row=np.zeros(windows, np.int32),
        task=np.zeros(tasks, np.int32),
        absent=np.zeros(tasks, np.bool_),
        number=np.zeros(2, np.int64),
        key=np.zeros(tasks),
        seen=np.zeros(2 * windows, np.bool_),
    )


def new_best(windows: int, room: int) -> BestRows:
    """Return the best rows while there are none."""
    order: Any = np.zeros((windows, room + 2), np.int32)
    return BestRows(
        order, np.zeros(windows, np.int32), np.ones(windows, np.bool_), np.array([np.inf])
    )
