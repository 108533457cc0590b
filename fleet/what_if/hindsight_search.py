"""Searches for plans of a storm from its start, with one more machine and without it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from data.model import JobId, Plan
from data.model.planning.paces import AS_ASSUMED
from fleet.planning.plan_preparation import Prepared
from fleet.what_if.hindsight import SEEDS
from fleet.what_if.hindsight_gain import Hindsight, SearchOutcome, impossible_jobs, outcome_of
from fleet.what_if.question import changed

type Search = Callable[[Prepared, int], Plan | None]
"""Searches for a plan from nothing with a seed; `None` where it had to end before its time."""


@dataclass(slots=True)
class Searched:
    """What was found so far, with and without the machine in turn, as `SEEDS` has them.

    `impossible` are the jobs that the machine does not make possible either.
    """

    outcomes: list[SearchOutcome] = field(default_factory=list)
    impossible: frozenset[JobId] = frozenset()


class KnownSearches:
    """Cache of what was found for the question that had to wait last."""

    def __init__(self) -> None:
        self._key: tuple[str, str] | None = None
        self._kept = Searched()

    def of(self, digest: str, machine_type: str) -> Searched:
        """Return what was found for a storm's work and a type of machine; the caller adds to it."""
        if self._key != (digest, machine_type):
            self._key, self._kept = (digest, machine_type), Searched()
        return self._kept


def hindsight(
    prepared: Prepared, machine_type: str, searched: Searched, search: Search, now: datetime
) -> Hindsight | None:
    """Return the answer, made of what was searched and of all searches that it lacks.

    `None` where one of them had to end before its time; what was found until then is kept.
    """
    other, _ = changed(prepared, {machine_type: 1})
    machine, service = other.vehicles[-1], other.shifts[-1]
    seeds = [seed for pair in SEEDS for seed in pair]
    for number in range(len(searched.outcomes), len(seeds)):
        situation = prepared if number % 2 else other
        plan = search(situation, seeds[number])
        if plan is None:
            return None
        if situation is other:
            searched.impossible = impossible_jobs(plan)
        searched.outcomes.append(outcome_of(plan, situation, searched.impossible))
    return Hindsight(
        machine_type=machine_type,
        as_of=now,
        since=prepared.now,
        until=service.ends_at,
        jobs=len(prepared.jobs),
        impossible=len(searched.impossible),
        machines=len({shift.vehicle_id for shift in prepared.shifts}),
        without=tuple(searched.outcomes[1::2]),
        with_more=tuple(searched.outcomes[::2]),
        hours=(service.ends_at - service.starts_at).total_seconds() / 3600,
        rate_h=machine.rate_h,
        currency=prepared.policy.costs.currency,
        learned=prepared.pace is not AS_ASSUMED,
    )
