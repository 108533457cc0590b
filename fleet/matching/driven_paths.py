"""What a vehicle drove between two matched fixes: short paths through the streets.

What a truck did is not what signs allow: one-way streets and forbidden turns have a price only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import hypot, inf

import numpy as np

from data.model import DirectedSegment
from data.streets.network import StreetNetwork
from fleet.matching.hmm_parameters import HMM
from fleet.matching.kernels.arrays import HmmParameters, MatchingModel
from fleet.matching.kernels.candidates import point_on_arc
from fleet.matching.kernels.driven_stretches import driven_path
from fleet.matching.kernels.transition_cost import ALONG, THROUGH, TURNED
from fleet.matching.street_arrays import path_table_for, streets_from


@dataclass(frozen=True, slots=True)
class PointOnStreet:
    """A place on a street in a direction of travel; `along_m` counts in that direction."""

    directed: DirectedSegment
    along_m: float


@dataclass(frozen=True, slots=True)
class DrivenStretch:
    """A part of a street that was driven; metres count in the direction of travel."""

    directed: DirectedSegment
    from_m: float
    to_m: float


class DrivenPaths:
    """Likeliest paths of some hundred metres over a network, kept by their start.

    Attributes
    ----------
    model
        Streets, paths found so far and the numbers of the hidden Markov model, for the kernels.
    directed : list of DirectedSegment
        By arc, as `fleet.matching.kernels.arrays` numbers them.
    arc_length_m : list of float
        By arc.
    """

    def __init__(self, network: StreetNetwork, hmm: HmmParameters = HMM) -> None:
        streets = streets_from(network, hmm.candidates_within_m)
        self.model = MatchingModel(streets, path_table_for(streets), hmm)
        self.directed = [
            DirectedSegment(segment.id, forward)
            for segment in network.segments
            for forward in (True, False)
        ]
        self.arc_length_m: list[float] = np.repeat(streets.length_m, 2).tolist()
        self._network = network
        self._inner = np.zeros(len(self.directed), np.int32)
        self._ambiguous = np.zeros(2, np.int32)

    def arc(self, directed: DirectedSegment) -> int:
        """Return the number of a direction of a segment; raise `NotFoundError`."""
        return 2 * self._network.index_of(directed.segment_id) + (not directed.forward)

    def tail(self, directed: DirectedSegment) -> int:
        """Return the junction where this direction begins."""
        segment = self._network.segment(directed.segment_id)
        return segment.start if directed.forward else segment.end

    def head(self, directed: DirectedSegment) -> int:
        """Return the junction where this direction ends."""
        return self.tail(reverse(directed))

    def path_m(self, a: PointOnStreet, b: PointOnStreet) -> float | None:
        """Return the metres driven from one spot to the other; `None` without a short path."""
        metres, _, _ = self._path(a, b)
        return metres if metres < inf else None

    def beeline_m(self, a: PointOnStreet, b: PointOnStreet) -> float:
        """Return how far two spots are apart."""
        ax, ay = point_on_arc(self.model.streets, self.arc(a.directed), a.along_m)
        bx, by = point_on_arc(self.model.streets, self.arc(b.directed), b.along_m)
        return hypot(ax - bx, ay - by)

    def stretches(
        self, a: PointOnStreet, b: PointOnStreet, *, sure: bool = False
    ) -> list[DrivenStretch]:
        """Return what was driven from one spot to the other, in order; empty without a path.

        `sure` leaves out streets that another plausible path does not share.
        """
        _, how, count = self._path(a, b)
        length_m = self.arc_length_m[self.arc(a.directed)]
        if how == ALONG:
            whole = [DrivenStretch(a.directed, a.along_m, b.along_m)]
        elif how == TURNED:
            there, back = length_m - b.along_m, length_m - a.along_m
            whole = [
                DrivenStretch(a.directed, a.along_m, there),
                DrivenStretch(b.directed, back, b.along_m),
            ]
        elif how == THROUGH:
            whole = self._through(a, b, count)
            start, stop = self._ambiguous.tolist()
            if sure and start < stop:
                whole = whole[: start + 1] + whole[stop + 1 :]
        else:
            whole = []
        return [stretch for stretch in whole if stretch.to_m > stretch.from_m]

    def _through(self, a: PointOnStreet, b: PointOnStreet, count: int) -> list[DrivenStretch]:
        inner = self._inner[:count].tolist()
        return [
            DrivenStretch(a.directed, a.along_m, self.arc_length_m[self.arc(a.directed)]),
            *(DrivenStretch(self.directed[arc], 0.0, self.arc_length_m[arc]) for arc in inner),
            DrivenStretch(b.directed, 0.0, b.along_m),
        ]

    def _path(self, a: PointOnStreet, b: PointOnStreet) -> tuple[float, int, int]:
        from_arc, to_arc = self.arc(a.directed), self.arc(b.directed)
        return driven_path(
            self.model, from_arc, a.along_m, to_arc, b.along_m, self._inner, self._ambiguous
        )


def reverse(directed: DirectedSegment) -> DirectedSegment:
    """Return the other direction of the same street."""
    return DirectedSegment(directed.segment_id, not directed.forward)


def total_m(stretches: Iterable[DrivenStretch]) -> float:
    """Return the metres of the stretches together."""
    return sum(one.to_m - one.from_m for one in stretches)
