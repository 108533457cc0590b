"""The street network as arrays for the matching: both directions of each street, turns priced."""

from collections.abc import Iterator

import numpy as np
import shapely

from data.model import Oneway
from data.streets.network import StreetNetwork
from data.streets.turn_costs import STRAIGHT_DEG, signs_of
from fleet.matching.kernels.arrays import PathTable, StreetArrays
from routing.problem.problem import Flags, Floats, Floats32, Ints, Longs

CELL_M = 40.0
"""Side of the squares in which streets are looked up."""

SLOTS = 1 << 23
"""Paths kept at least; 16 bytes each, taken only as they are needed."""

PATH = np.dtype(
    [("target", np.int32), ("metres", np.float32), ("price_m", np.float32), ("before", np.int32)]
)
"""One path in the table: what is read together lies together."""

BUCKETS = 1024
"""Parts of the queue of a search."""

TURN_M = 12.0
"""Price of a turn, in metres: of two equally long paths the one with fewer turns is likelier."""

U_TURN_M = 60.0
"""Price of turning round where a street goes on."""

DEAD_END_M = 5.0
"""Price of turning round at a dead end, which every plow does."""

FORBIDDEN_M = 60.0
"""Price of a turn that a sign forbids."""

AGAINST_M = 60.0
"""Price of entering a one-way street from its end."""

YARD_M = 60.0
"""Price of turning from a street into a service way that is no street: work is on streets."""


def streets_from(network: StreetNetwork, within_m: float) -> StreetArrays:
    """Return the streets of a network, to be looked up within so many metres of a point."""
    length_m = np.array([segment.length_m for segment in network.segments])
    pieces = _Pieces(network, length_m)
    cells = _Cells(pieces, within_m)
    head, follow_start, follow, price_m = _followers(network, pieces)
    return StreetArrays(
        west_m=cells.west_m,
        south_m=cells.south_m,
        cell_m=CELL_M,
        columns=cells.columns,
        cell_start=cells.start,
        cell_piece=cells.piece,
        piece_x=pieces.x,
        piece_y=pieces.y,
        piece_dx=pieces.dx,
        piece_dy=pieces.dy,
        piece_along_m=pieces.along_m,
        piece_length_m=pieces.length_m,
        piece_segment=pieces.segment,
        piece_start=pieces.start,
        length_m=length_m,
        head=head,
        follow_start=follow_start,
        follow=follow,
        follow_price_m=price_m,
    )


def path_table_for(streets: StreetArrays) -> PathTable:
    """Return an empty table of paths."""
    arcs = 2 * len(streets.length_m)
    slots = max(SLOTS, 8 * arcs)
    entries = len(streets.follow) + 1
    rows = np.empty(slots, PATH)
    return PathTable(
        row_start=np.full(arcs, -1, np.int64),
        row_slots=np.zeros(arcs, np.int64),
        row_reach_m=np.zeros(arcs),
        target=rows["target"],
        metres=rows["metres"],
        price_m=rows["price_m"],
        before=rows["before"],
        slots_used=np.zeros(1, np.int64),
        label_m=np.full(arcs, np.inf),
        label_price_m=np.zeros(arcs),
        parent=np.zeros(arcs, np.int32),
        labeled=np.zeros(arcs, np.int32),
        bucket=np.full(BUCKETS, -1, np.int32),
        entry_m=np.empty(entries),
        entry_arc=np.empty(entries, np.int32),
        entry_next=np.empty(entries, np.int32),
        around=np.empty(arcs, np.int32),
        around_m=np.empty(arcs),
    )


class _Pieces:
    """Straight parts of the segments, in order; lengths are true metres, places in the plane."""

    def __init__(self, network: StreetNetwork, length_m: Floats) -> None:
        points, line = shapely.get_coordinates(network.lines, return_index=True)
        inside = line[1:] == line[:-1]
        self.x, self.y = (np.ascontiguousarray(column) for column in points[:-1][inside].T)
        self.dx, self.dy = (np.ascontiguousarray(c) for c in (points[1:] - points[:-1])[inside].T)
        self.segment: Ints = line[:-1][inside].astype(np.int32)
        counts = np.bincount(self.segment, minlength=len(length_m))
        self.start: Ints = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        flat_m = np.hypot(self.dx, self.dy)
        whole_m = np.maximum(np.bincount(self.segment, flat_m, len(length_m)), 1e-9)
        self.length_m: Floats = flat_m * (length_m / whole_m)[self.segment]
        gone_m = np.cumsum(self.length_m) - self.length_m
        self.along_m: Floats = gone_m - gone_m[self.start[:-1]][self.segment]

    def headings_deg(self) -> tuple[Floats, Floats]:
        """Return the heading of each segment at its start and at its end."""
        degrees: Floats = np.degrees(np.arctan2(self.dx, self.dy))
        return degrees[self.start[:-1]], degrees[self.start[1:] - 1]


PIECES_AT_ONCE = 4_096
"""Pieces whose cells are looked for together: some ten megabytes."""


class _Cells:
    """Squares, each with the pieces that come within reach of it."""

    def __init__(self, pieces: _Pieces, within_m: float) -> None:
        low = np.minimum((pieces.x, pieces.y), (pieces.x + pieces.dx, pieces.y + pieces.dy))
        high = np.maximum((pieces.x, pieces.y), (pieces.x + pieces.dx, pieces.y + pieces.dy))
        self.west_m, self.south_m = (low.min(axis=1) - within_m - CELL_M).tolist()
        corner = np.array([[self.west_m], [self.south_m]])
        first = ((low - within_m - corner) // CELL_M).astype(np.int64)
        last = ((high + within_m - corner) // CELL_M).astype(np.int64)
        self.columns = int(last[0].max()) + 2
        rows = int(last[1].max()) + 2
        pairs = list(self._pairs(pieces, within_m, first, last))
        cell, piece = (np.concatenate(part) for part in zip(*pairs, strict=True))
        order = np.lexsort((piece, cell))
        counts = np.bincount(cell, minlength=self.columns * rows)
        self.start: Longs = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        self.piece: Ints = piece[order].astype(np.int32)

    def _pairs(
        self, pieces: _Pieces, within_m: float, first: Longs, last: Longs
    ) -> Iterator[tuple[Longs, Longs]]:
        """Yield cells and pieces whose middles are near enough to each other, for many at once."""
        near_m = within_m + CELL_M * 0.7072
        for at in range(0, len(pieces.x), PIECES_AT_ONCE):
            low, high = (corner[:, at : at + PIECES_AT_ONCE] for corner in (first, last))
            wide, tall = high - low + 1
            count = wide * tall
            mine = np.repeat(np.arange(len(count)), count)
            number = mine + at
            within = np.arange(len(mine)) - np.repeat(np.cumsum(count) - count, count)
            column, row = low[0, mine] + within % wide[mine], low[1, mine] + within // wide[mine]
            px = self.west_m + (column + 0.5) * CELL_M - pieces.x[number]
            py = self.south_m + (row + 0.5) * CELL_M - pieces.y[number]
            dx, dy = pieces.dx[number], pieces.dy[number]
            square = np.maximum(dx * dx + dy * dy, 1e-9)
            share = np.clip((px * dx + py * dy) / square, 0.0, 1.0)
            near = np.hypot(px - share * dx, py - share * dy) <= near_m
            yield (row * self.columns + column)[near], number[near]


def _followers(network: StreetNetwork, pieces: _Pieces) -> tuple[Ints, Ints, Ints, Floats32]:
    """Return where each arc ends, the arcs that follow it compressed rows, and prices of turns."""
    segments = len(network.segments)
    arcs = np.arange(2 * segments)
    backward = (arcs & 1).astype(np.bool_)
    start = np.array([network.node_index(s.start) for s in network.segments])[arcs >> 1]
    end = np.array([network.node_index(s.end) for s in network.segments])[arcs >> 1]
    tail, head = np.where(backward, end, start), np.where(backward, start, end)
    order = np.argsort(tail, kind="stable")
    degree = np.bincount(tail, minlength=len(network.node_ids))
    first = np.concatenate(([0], np.cumsum(degree)))
    count = degree[head]
    came = np.repeat(arcs, count)
    within = np.arange(len(came)) - np.repeat(np.cumsum(count) - count, count)
    goes = order[np.repeat(first[head], count) + within]
    at_start, at_end = (degrees[arcs >> 1] for degrees in pieces.headings_deg())
    heading_in = np.where(backward, at_start + 180.0, at_end)
    heading_out = np.where(backward, at_end + 180.0, at_start)
    change = (heading_out[goes] - heading_in[came] + 180.0) % 360.0 - 180.0
    ways = degree[head[came]]
    price_m = np.where((np.abs(change) > STRAIGHT_DEG) & (ways > 2), TURN_M, 0.0)
    price_m[goes == came ^ 1] = U_TURN_M
    price_m[(goes == came ^ 1) & (ways == 1)] = DEAD_END_M
    price_m += np.where(_against(network)[goes], AGAINST_M, 0.0)
    beside = np.array([segment.id < 0 for segment in network.segments])
    price_m += np.where(beside[goes >> 1] & ~beside[came >> 1], YARD_M, 0.0)
    price_m += np.where(_forbidden(network, head, came, goes), FORBIDDEN_M, 0.0)
    follow_start = np.concatenate(([0], np.cumsum(count))).astype(np.int32)
    rows = follow_start, goes.astype(np.int32), price_m.astype(np.float32)
    return head.astype(np.int32), *rows


def _against(network: StreetNetwork) -> Flags:
    """Return for each arc whether it leads against a one-way street."""
    wrong = {Oneway.NO: (False, False), Oneway.FORWARD: (False, True)}
    wrong[Oneway.BACKWARD] = (True, False)
    return np.array([wrong[segment.oneway] for segment in network.segments]).reshape(-1)


def _forbidden(network: StreetNetwork, head: Longs, came: Longs, goes: Longs) -> Flags:
    """Return for each turn whether a sign forbids it."""
    nodes = {node: i for i, node in enumerate(network.node_ids)}
    index = {segment.id: i for i, segment in enumerate(network.segments)}
    signs = signs_of(network.restrictions, nodes, index)
    forbidden = np.zeros(len(came), np.bool_)
    signed = {(came_by, via) for came_by, via, _ in signs.no} | set(signs.only)
    if not signed:
        return forbidden
    marked = np.array(
        [pair in signed for pair in zip((came >> 1).tolist(), head[came].tolist(), strict=True)]
    )
    for turn in np.flatnonzero(marked).tolist():
        key = int(came[turn]) >> 1, int(head[came[turn]])
        onto = int(goes[turn]) >> 1
        wanted = signs.only.get(key)
        forbidden[turn] = (*key, onto) in signs.no or (wanted is not None and onto not in wanted)
    return forbidden
