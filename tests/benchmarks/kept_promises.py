"""Promises to callers in storms after learning: how many are said to be kept, and how many are.

Nothing was learned from these storms. Windows, and how many are said to hold, come of the promises
of the storms before, as at the desk: none are known of in the first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

import numpy as np

from data.model import (
    JobId,
    JobState,
    Plan,
    PlanId,
    Promise,
    PromiseOutcome,
    RequestId,
    ServiceClass,
)
from fleet.requests.promises import REMEMBERED, late_share, track_record, was_kept, widened
from tests.benchmarks.learned_town import (
    BEGAN,
    Ended,
    Night,
    Town,
    begun,
    job_ends,
    nights,
    over,
    planned,
)

STORMS, FIRST = 10, 200
PROMISES = 120
"""Promises in each storm, of streets drawn at random."""

FAR_LATER = BEGAN + timedelta(days=3_650)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a caller was promised, the share of promises said to be kept, and what came of it."""

    given: PromiseOutcome
    said: float | None

    @property
    def kept(self) -> bool:
        return was_kept(self.given, FAR_LATER) is True


def rows_of(town: Town) -> Iterator[tuple[str, str, str]]:
    """Yield what was said of promises and what became of them, storm by storm and by class."""
    told = list[list[_Told]]()
    for night in nights(STORMS, FIRST):
        storm, prepared = begun(town, night)
        plan = planned(replace(prepared, pace=replace(prepared.pace, scatter=None)), night)
        classes = {job.id: job.service_class for job in prepared.jobs}
        before = [one.given for each in told for one in each][-REMEMBERED:]
        told.append(_promised(town, plan, night, classes, before))
        over(town, storm, night)
    recorded = [[one for one in each if one.said is not None] for each in told]
    everything = [one for each in recorded for one in each]
    yield f"promises in {STORMS} storms after, of a record", _words(everything), "5 points"
    yield "the same, storm by storm", ", ".join(_short(each) for each in recorded if each), ""
    for name in sorted({one.given.service_class for one in everything}):
        its = [one for one in everything if one.given.service_class == name]
        yield f"the same, {name}", _words(its), ""
    first = [one for one in told[0] if one.said is None]
    yield "promises in the first storm after, of no record", _words(first), ""


def _words(told: Sequence[_Told]) -> str:
    wide = median((one.given.promise.to_at - one.given.promise.from_at) for one in told)
    said = [one.said for one in told if one.said is not None]
    shown = f"{float(np.mean(said)):.0%} shown, " if said else ""
    kept = float(np.mean([one.kept for one in told]))
    return (
        f"{shown}{kept:.0%} kept of {len(told)}, windows of {wide / timedelta(minutes=1):.0f} min"
    )


def _short(told: Sequence[_Told]) -> str:
    said = float(np.mean([one.said for one in told if one.said is not None]))
    return f"{said:.0%}/{float(np.mean([one.kept for one in told])):.0%}"


def _promised(
    town: Town,
    plan: Plan,
    night: Night,
    classes: dict[JobId, ServiceClass],
    before: Sequence[PromiseOutcome],
) -> list[_Told]:
    """Promise callers some streets at the start of a storm, as the server does, and keep it."""
    jobs = job_ends(town, plan, night)
    chance = np.random.default_rng(night.number)
    drawn = chance.choice(len(jobs), min(PROMISES, len(jobs)), replace=False).tolist()
    share, found = late_share(before, night.starts_at), list[_Told]()
    for i in drawn:
        its_class = classes[JobId(jobs[i].job_id)]
        record = track_record(before, its_class, night.starts_at)
        given = _outcome(jobs[i], its_class, share, night.starts_at)
        found.append(_Told(given, None if record is None else record.share))
    return found


def _outcome(job: Ended, its_class: ServiceClass, share: float, now: datetime) -> PromiseOutcome:
    window = widened(job.planned_at, share, now)
    promise = Promise(
        request_id=RequestId(job.job_id),
        job_id=JobId(job.job_id),
        plan_id=PlanId(1),
        made_at=now,
        expected_at=window.expected_at,
        from_at=window.from_at,
        to_at=window.to_at,
    )
    return PromiseOutcome(promise, its_class, JobState.DONE, None, job.ended_at)
