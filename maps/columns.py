"""What streets carry in files for other programs: their level of service, and a storm's coverage.

Each function returns columns in the order of `network.segments`, as `data.exchange.gis` takes them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from data.model import Coverage, Job, Segment, Storm
from data.network import StreetNetwork
from data.policy import Policy
from fleet.coverage import NO_DIRECTION, CoverageState, painted

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
        shown = [
            _direction(
                states[segment.id][not forward], known.get((segment.id, forward)), segment, policy
            )
            for segment in network.segments
        ]
        for name in _NOTHING:
            columns[f"{name}_{way}"] = [facts[name] for facts in shown]
    return columns


_NOTHING: Mapping[str, object] = dict.fromkeys(
    ("state", "passes", "passes_needed", "last_pass_at", "driven_at", "evidence")
)


def _direction(
    state: int, coverage: Coverage | None, segment: Segment, policy: Policy
) -> Mapping[str, object]:
    if state == NO_DIRECTION:
        return _NOTHING
    facts = {**_NOTHING, "state": CoverageState(state).name.lower()}
    if coverage is None:
        return {**facts, "passes": 0, "passes_needed": policy.passes_for(segment)}
    return {
        **facts,
        "passes": coverage.passes_done,
        "passes_needed": coverage.passes_needed,
        "last_pass_at": coverage.last_pass_at,
        "driven_at": coverage.driven_at,
        "evidence": coverage.evidence.kind.value if coverage.evidence else None,
    }
