"""Options by which first routes are constructed; the cheapest result is taken."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from routing.kernels.arrays.route_arrays import FAR_S
from routing.problem.problem import Flags, Floats, Problem

REACHES_S = (30.0, 60.0, 120.0, 240.0, 480.0, FAR_S)
"""Farther no vehicle goes while others may be nearer."""


class ConstructionOptions(NamedTuple):
    """How first routes are made: reach in seconds, one vehicle after the other, who is spared."""

    reach_s: float
    in_turn: bool
    spared: Flags


def construction_options(problem: Problem) -> Iterator[ConstructionOptions]:
    """Yield the options to try: by reach, in turn, and with ever more dear vehicles spared."""
    nobody = np.zeros(problem.vehicles, np.bool_)
    for reach_s in REACHES_S:
        yield ConstructionOptions(reach_s, False, nobody)
    yield ConstructionOptions(FAR_S, True, nobody)
    dearness = _dearness(problem)
    for most in np.unique(dearness)[:-1].tolist():
        yield ConstructionOptions(FAR_S, False, dearness > most)


def _dearness(problem: Problem) -> Floats:
    """Return float64[V], what work costs with each vehicle over what it costs with the cheapest."""
    able = np.isfinite(problem.service_s)
    service_s = np.where(able, problem.service_s, 0.0)
    quickest_s = np.where(able, problem.service_s, np.inf).min(axis=1, initial=np.inf)
    base_s = (able * np.where(np.isfinite(quickest_s), quickest_s, 0.0)[:, None]).sum(axis=0)
    slowness = service_s.sum(axis=0) / np.maximum(base_s, 1e-9)
    dearness: Floats = np.round(slowness[problem.vehicle_type] * problem.price_per_s, 6)
    return dearness
