"""Arcs and turns of a problem, and what they are in the file."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from routing.formats.benchmarks.arcs import StreetArcs, TurnRows, onward
from routing.formats.benchmarks.instance import Instance
from routing.problem.problem import Flags, Floats, Ints, Longs

HUB_TURNS = 4_096
"""A junction with more turns gets an arc of no length that all of them lead over."""


@dataclass(frozen=True, slots=True, eq=False)
class ArcLayout:
    """Arcs with turns, and what they are in the file.

    Attributes
    ----------
    streets
        The first so many arcs are streets of the file.
    mode_arc
        int32[T, M].
    start
        Arc where each vehicle starts; one entry stands for all.
    end
        Where all end, -1 for anywhere.
    sites, site_node
        Arc and node of each reload site.
    ways_home
        Nodes from a site to the depot, by the arc that stands for that way.
    limit_s
        When the shift ends.
    farthest_s
        From a site home, at most.
    """

    tail: Ints
    head: Ints
    drive_s: Floats
    place: Flags
    turns: TurnRows
    streets: int
    mode_arc: Ints
    start: tuple[int, ...]
    end: int
    sites: tuple[int, ...] = ()
    site_node: tuple[int, ...] = ()
    ways_home: dict[int, tuple[int, ...]] = field(default_factory=dict)
    limit_s: float = np.inf
    farthest_s: float = 0.0


class ArcBuilder:
    """Arcs gathered so far, those of the streets first."""

    def __init__(self, streets: StreetArcs, drive_s: Floats, junctions: int) -> None:
        self.tail = streets.tail
        self.head = streets.head
        self.drive_s = drive_s
        self.place = np.zeros(len(streets.tail), np.bool_)
        self.junctions = junctions

    def add(self, tail: ArrayLike, head: ArrayLike, *, place: bool) -> Ints:
        """Add arcs of no length; return their numbers."""
        tail, head = np.asarray(tail, np.int32), np.asarray(head, np.int32)
        first, count = len(self.tail), len(tail)
        self.tail = np.concatenate((self.tail, tail))
        self.head = np.concatenate((self.head, head))
        self.drive_s = np.concatenate((self.drive_s, np.zeros(count)))
        self.place = np.concatenate((self.place, np.full(count, place)))
        return np.arange(first, first + count, dtype=np.int32)

    def split_hubs(self) -> None:
        """Let arcs leave busy junctions from a copy, to which one arc of no length leads."""
        arriving = np.bincount(self.head, minlength=self.junctions)
        leaving = np.bincount(self.tail, minlength=self.junctions)
        hubs = np.flatnonzero(arriving * leaving > HUB_TURNS)
        copy = np.arange(self.junctions)
        copy[hubs] = self.junctions + np.arange(len(hubs))
        self.tail = copy[self.tail].astype(np.int32)
        self.junctions += len(hubs)
        self.add(hubs, copy[hubs], place=False)

    def turns(self) -> tuple[Longs, Longs]:
        """Return all pairs of an arc and another that begins where it ends."""
        origin, to = onward(self.tail, self.head, self.junctions)
        other = (origin != to) | ~self.place[origin]
        return origin[other], to[other]


def link_modes(instance: Instance, streets: StreetArcs) -> Ints:
    """Return int32[T, 2], the arcs of each required street from u to v and back."""
    links = np.flatnonzero(instance.required).astype(np.int32)
    return np.column_stack((links, streets.back[links])).astype(np.int32)
