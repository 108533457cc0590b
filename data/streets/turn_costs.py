"""Which arc may follow which, and what the turn costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from data.model import Restriction, SegmentId
from data.streets.strong_parts import strong_parts


class TurnKind(IntEnum):
    """Shape of a turn, as numbered in `TurnCosts.kind`."""

    STRAIGHT = 0
    RIGHT = 1
    LEFT = 2
    U_TURN = 3


TURN_COST_S: Mapping[TurnKind, float] = {
    TurnKind.STRAIGHT: 0.0,
    TurnKind.RIGHT: 3.0,
    TurnKind.LEFT: 8.0,
    TurnKind.U_TURN: 60.0,
}
"""Seconds lost; for traffic on the right. Field-facts 5.3 gives 60-120 s for a three-point turn."""

STRAIGHT_DEG = 40.0
"""A smaller change of heading counts as going straight on."""


@dataclass(frozen=True, slots=True, eq=False)
class TurnCosts:
    """Allowed turns in compressed rows; forbidden ones are absent.

    From arc `a` one may drive on to the arcs `to[start[a]:start[a + 1]]`.

    Attributes
    ----------
    start : int32[A + 1]
    to : int32[T]
    cost_s : float32[T]
    kind : int8[T], a `TurnKind`
    """

    start: NDArray[np.int32]
    to: NDArray[np.int32]
    cost_s: NDArray[np.float32]
    kind: NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class TurnArcs:
    """What the turns are made from; headings in degrees clockwise from north."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    segment: NDArray[np.int32]
    heading_in_deg: NDArray[np.float64]
    heading_out_deg: NDArray[np.float64]
    nodes: int


@dataclass(frozen=True, slots=True, eq=False)
class Signs:
    """Restrictions in the numbers of the network: nodes and segments by index."""

    no: frozenset[tuple[int, int, int]]
    only: Mapping[tuple[int, int], frozenset[int]]


def signs_of(
    restrictions: Sequence[Restriction],
    node_index: Mapping[int, int],
    segment_index: Mapping[SegmentId, int],
) -> Signs:
    """Return the restrictions as look-ups by (from segment, via node)."""
    no: set[tuple[int, int, int]] = set()
    only: dict[tuple[int, int], set[int]] = {}
    for restriction in restrictions:
        came = segment_index[restriction.from_segment]
        via = node_index[restriction.via]
        goes = segment_index[restriction.to_segment]
        if restriction.kind == "only":
            only.setdefault((came, via), set()).add(goes)
        else:
            no.add((came, via, goes))
    return Signs(frozenset(no), {key: frozenset(goes) for key, goes in only.items()})


def build_turns(arcs: TurnArcs, signs: Signs) -> TurnCosts:
    """Return every turn that geometry and signs allow.

    A U-turn is allowed only where nothing else leads back into the same part of the city: at dead
    ends, and where a street goes on only out of the file. Where a junction joins just two
    segments the street bends and nobody turns, so it costs nothing.
    """
    came, goes = _candidates(arcs)
    allowed = ~_forbidden(arcs, signs, came, goes)
    came, goes = came[allowed], goes[allowed]
    back = (arcs.segment[came] == arcs.segment[goes]) & (came != goes)
    part = strong_parts(arcs.tail, arcs.head, arcs.nodes)
    home = ~back & (part[arcs.head[goes]] == part[arcs.head[came]])
    has_way_on = np.bincount(came[home], minlength=len(arcs.tail)) > 0
    kept = ~back | ~has_way_on[came]
    came, goes, back = came[kept], goes[kept], back[kept]
    kind = _kinds(arcs, came, goes, back)
    start = np.zeros(len(arcs.tail) + 1, np.int32)
    np.cumsum(np.bincount(came, minlength=len(arcs.tail)), out=start[1:])
    cost_s = np.array([TURN_COST_S[k] for k in TurnKind], np.float32)[kind]
    return TurnCosts(start, goes.astype(np.int32), cost_s, kind)


def _candidates(arcs: TurnArcs) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    order = np.argsort(arcs.tail, kind="stable")
    degree = np.bincount(arcs.tail, minlength=arcs.nodes)
    first = np.concatenate(([0], np.cumsum(degree)))
    count = degree[arcs.head]
    came = np.repeat(np.arange(len(arcs.tail)), count)
    within = np.arange(len(came)) - np.repeat(np.cumsum(count) - count, count)
    return came, order[np.repeat(first[arcs.head], count) + within]


def _forbidden(
    arcs: TurnArcs, signs: Signs, came: NDArray[np.int64], goes: NDArray[np.int64]
) -> NDArray[np.bool_]:
    signed = {(came_by, via) for came_by, via, _ in signs.no} | set(signs.only)
    forbidden = np.zeros(len(came), np.bool_)
    if not signed:
        return forbidden
    arc_signed = np.array(
        [key in signed for key in zip(arcs.segment.tolist(), arcs.head.tolist(), strict=True)]
    )
    for turn in np.flatnonzero(arc_signed[came]).tolist():
        key = int(arcs.segment[came[turn]]), int(arcs.head[came[turn]])
        onto = int(arcs.segment[goes[turn]])
        wanted = signs.only.get(key)
        forbidden[turn] = (*key, onto) in signs.no or (wanted is not None and onto not in wanted)
    return forbidden


def _kinds(
    arcs: TurnArcs, came: NDArray[np.int64], goes: NDArray[np.int64], back: NDArray[np.bool_]
) -> NDArray[np.int8]:
    change = arcs.heading_out_deg[goes] - arcs.heading_in_deg[came]
    change = (change + 180.0) % 360.0 - 180.0
    kind = np.where(change > 0, TurnKind.RIGHT, TurnKind.LEFT).astype(np.int8)
    bend = _segments_at_node(arcs)[arcs.head[came]] == 2
    kind[(np.abs(change) <= STRAIGHT_DEG) | bend] = TurnKind.STRAIGHT
    kind[back] = TurnKind.U_TURN
    return kind


def _segments_at_node(arcs: TurnArcs) -> NDArray[np.int64]:
    ends = np.concatenate(
        (
            np.stack((arcs.tail, arcs.segment), axis=1),
            np.stack((arcs.head, arcs.segment), axis=1),
        )
    )
    return np.bincount(np.unique(ends, axis=0)[:, 0], minlength=arcs.nodes)
