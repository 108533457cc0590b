"""Progress of each class of service, summed over a city with arrays in a few milliseconds."""

from collections.abc import Mapping

import numpy as np

from data.model import ServiceClass
from data.policy.city_policy import Policy
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_states import CLEAR, LATE, NO_DIRECTION
from fleet.routes.class_finish import ClassFinish
from maps.board.board import ClassView, States


class ClassSums:
    """Class int64[S] and length float64[S] of a city's segments by one policy, in network order."""

    def __init__(self, network: StreetNetwork, policy: Policy) -> None:
        self._made_for = (network, policy)
        self._classes = tuple(policy.rules)
        self._on_request = [rule.cycle is None for rule in policy.rules.values()]
        number = {name: i for i, name in enumerate(self._classes)}
        segments = network.segments
        self._ids = [segment.id for segment in segments]
        self._class = np.array([number[policy.class_of(one)] for one in segments], np.int64)
        self._length_m = np.array([segment.length_m for segment in segments])

    def is_made_for(self, network: StreetNetwork, policy: Policy) -> bool:
        """Whether these sums were made for this network and policy (the same objects)."""
        return self._made_for[0] is network and self._made_for[1] is policy

    def views(
        self, states: States, finishes: Mapping[ServiceClass, ClassFinish]
    ) -> tuple[ClassView, ...]:
        """Return the progress of each class that has streets."""
        ways = np.array([states[street] for street in self._ids], np.int64).reshape(-1, 2)
        way_m = self._length_m / np.maximum((ways != NO_DIRECTION).sum(axis=1), 1)
        done_m = way_m * np.isin(ways, list(CLEAR)).sum(axis=1)
        late_m = way_m * np.isin(ways, list(LATE)).sum(axis=1)
        length_m, clear_m, behind_m = (
            np.bincount(self._class, weights, len(self._classes)).tolist()
            for weights in (self._length_m, done_m, late_m)
        )
        rows = zip(self._classes, length_m, clear_m, behind_m, self._on_request, strict=True)
        return tuple(
            ClassView(
                name,
                in_all_m,
                clear,
                late,
                finishes.get(name),
                idle=name not in finishes and not late and (on_request or not clear),
                on_request=on_request,
            )
            for name, in_all_m, clear, late, on_request in rows
            if in_all_m
        )
