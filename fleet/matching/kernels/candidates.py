"""Candidates: the streets around a point, and the nearest place on each."""

from math import inf, sqrt

from fleet.matching.kernels.arrays import NearbySegments, StreetArrays
from routing.kernels.arrays.jit import kernel
from routing.problem.problem import Floats, Ints


@kernel
def project_on_piece(streets: StreetArrays, piece: int, x: float, y: float) -> tuple[float, float]:
    """Return metres from a point to a piece, and along the segment to the nearest place on it."""
    dx = streets.piece_dx[piece]
    dy = streets.piece_dy[piece]
    px = x - streets.piece_x[piece]
    py = y - streets.piece_y[piece]
    square = dx * dx + dy * dy
    share = 0.0
    if square > 0.0:
        share = min(max((px * dx + py * dy) / square, 0.0), 1.0)
    ex = px - share * dx
    ey = py - share * dy
    along_m = streets.piece_along_m[piece] + share * streets.piece_length_m[piece]
    return sqrt(ex * ex + ey * ey), along_m


@kernel
def nearest_segments(
    streets: StreetArrays,
    x: float,
    y: float,
    within_m: float,
    nearby: NearbySegments,
) -> int:
    """Fill in the nearest segments within reach, nearest first; return how many."""
    segment, piece, along_m, away_m = nearby
    column = int((x - streets.west_m) // streets.cell_m)
    row = int((y - streets.south_m) // streets.cell_m)
    rows = (len(streets.cell_start) - 1) // streets.columns
    if column < 0 or row < 0 or column >= streets.columns or row >= rows:
        return 0
    most = len(segment)
    found = 0
    cell = row * streets.columns + column
    at = streets.cell_start[cell]
    last = streets.cell_start[cell + 1]
    while at < last:
        current = streets.piece_segment[streets.cell_piece[at]]
        least_m = inf
        least_along_m = 0.0
        least_piece = 0
        while at < last and streets.piece_segment[streets.cell_piece[at]] == current:
            candidate = streets.cell_piece[at]
            away, along = project_on_piece(streets, candidate, x, y)
            if away < least_m:
                least_m = away
                least_along_m = along
                least_piece = candidate
            at += 1
        if least_m > within_m or (found == most and least_m >= away_m[found - 1]):
            continue
        place = found if found < most else most - 1
        while place > 0 and away_m[place - 1] > least_m:
            segment[place] = segment[place - 1]
            piece[place] = piece[place - 1]
            along_m[place] = along_m[place - 1]
            away_m[place] = away_m[place - 1]
            place -= 1
        segment[place] = current
        piece[place] = least_piece
        along_m[place] = least_along_m
        away_m[place] = least_m
        found = min(found + 1, most)
    return found


@kernel
def project_on_segment(
    streets: StreetArrays, segment: int, x: float, y: float, from_m: float, to_m: float
) -> tuple[float, float]:
    """Return metres to a part of a segment, and along it to the nearest place.

    `from_m`, `to_m` and the metres along count from the start of the segment.
    """
    least_m = inf
    least_along_m = from_m
    for piece in range(streets.piece_start[segment], streets.piece_start[segment + 1]):
        length_m = streets.piece_length_m[piece]
        start_m = streets.piece_along_m[piece]
        if start_m > to_m or start_m + length_m < from_m:
            continue
        _, along = project_on_piece(streets, piece, x, y)
        along = min(max(along, from_m), to_m)
        share = (along - start_m) / length_m if length_m > 0.0 else 0.0
        ex = x - streets.piece_x[piece] - share * streets.piece_dx[piece]
        ey = y - streets.piece_y[piece] - share * streets.piece_dy[piece]
        away = sqrt(ex * ex + ey * ey)
        if away < least_m:
            least_m = away
            least_along_m = along
    return least_m, least_along_m


@kernel
def point_on_arc(streets: StreetArrays, arc: int, along_m: float) -> tuple[float, float]:
    """Return where a place on an arc is, in metres about the city's centre."""
    segment = arc >> 1
    offset_m = streets.length_m[segment] - along_m if arc & 1 else along_m
    piece = streets.piece_start[segment]
    last = streets.piece_start[segment + 1] - 1
    while piece < last and streets.piece_along_m[piece + 1] <= offset_m:
        piece += 1
    length_m = streets.piece_length_m[piece]
    share = 0.0
    if length_m > 0.0:
        share = min(max((offset_m - streets.piece_along_m[piece]) / length_m, 0.0), 1.0)
    x = streets.piece_x[piece] + share * streets.piece_dx[piece]
    y = streets.piece_y[piece] + share * streets.piece_dy[piece]
    return x, y


@kernel
def points_on_arcs(
    streets: StreetArrays, arcs: Ints, along_m: Floats, x: Floats, y: Floats
) -> None:
    """Fill in where many places on arcs are, as `point_on_arc` says of one."""
    for i in range(len(arcs)):
        x[i], y[i] = point_on_arc(streets, arcs[i], along_m[i])
