"""What streets carry in files for other programs: their level of service, and a storm's coverage.

Each function returns columns in the order of `network.segments`, as `data.exchange.gis` takes them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from data.model import Coverage, Job, Segment, Storm
from data.network import StreetNetwork
from data.policy import Policy
from fleet.coverage import CoverageState, drivable, painted

type Columns = dict[str, Sequence[object]]

WAYS = {"forward": True, "backward": False}
"""Ends of the names of columns that each direction has; forward is the line's own."""


def level_columns(network: StreetNetwork, policy: Policy) -> Columns:
    """Return the class of every street, why it has it, and how often it is promised."""
    levels = [policy.level_of(segment) for segment in network.segments]
    cycles = [policy.rule_of(segment).cycle for segment in network.segments]
    return {
        "service_class": [level.service_class.value for level in levels],
        "class_reason": [level.reason.value for level in levels],
        "class_subject": [level.subject for level in levels],
        "cycle_h": [None if cycle is None else cycle / timedelta(hours=1) for cycle in cycles],
    }


def coverage_columns(
    network: StreetNetwork,
    policy: Policy,
    storm: Storm,
    coverages: Iterable[Coverage],
    open_jobs: Iterable[Job],
    at: datetime,
) -> Columns:
    """Return what a storm's evidence proves of each direction at a moment.

    A direction that signs forbid has no values, one without evidence no times and no kind of proof.
    """
    known = {(one.segment_id, one.forward): one for one in coverages}
    states = painted(network, policy, storm, known.values(), open_jobs, at)
    columns: Columns = {"storm": [storm.name] * len(network.segments)}
    for way, forward in WAYS.items():
        columns[f"state_{way}"] = [
            CoverageState(states[segment.id][not forward]).name.lower()
            if drivable(segment, forward=forward)
            else None
            for segment in network.segments
        ]
        for name, fact in _FACTS.items():
            columns[f"{name}_{way}"] = [
                _known(fact, segment, known.get((segment.id, forward)), forward=forward)
                for segment in network.segments
            ]
    return columns


_FACTS: dict[str, Callable[[Coverage], object]] = {
    "passes": lambda coverage: coverage.passes_done,
    "passes_needed": lambda coverage: coverage.passes_needed,
    "last_pass_at": lambda coverage: coverage.last_pass_at,
    "driven_at": lambda coverage: coverage.driven_at,
    "evidence": lambda coverage: coverage.evidence.kind.value if coverage.evidence else None,
}


def _known(
    fact: Callable[[Coverage], object],
    segment: Segment,
    coverage: Coverage | None,
    *,
    forward: bool,
) -> object:
    if coverage is None or not drivable(segment, forward=forward):
        return None
    return fact(coverage)
