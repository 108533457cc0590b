"""Visits of a machine to the streets of a leg by positions, pure: the best visit in order for each.

A driver works the streets of a leg one after the other. Where positions show several visits to a
street, those count that follow each other like that and show most: a truck that stands at the end
of a street comes to its last metres a second time, and one that has worked may drive through again
before its driver taps.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.model import EvidenceKind, Pass, Treatment
from data.policy.evidence_rules import EvidenceRules
from fleet.coverage.street_coverage import counting, union, visits

SENSED = frozenset({EvidenceKind.BLADE, EvidenceKind.SPREADER})


@dataclass(frozen=True, slots=True)
class StreetVisit:
    """What positions show of the machine's visit to a street.

    `worked_m` by a sensor that is believed; `hinted_m` where something tells of work that proves
    nothing by itself: its speed, or a sensor on a street that the matching is not sure of.
    `missing_m` was not seen.
    """

    began_at: datetime
    ended_at: datetime
    missing_m: float
    worked_m: float
    hinted_m: float

    @property
    def worked(self) -> bool:
        """Whether a believed sensor showed work."""
        return self.worked_m > 0.0

    @property
    def hinted(self) -> bool:
        """Whether something showed work that proves nothing by itself."""
        return self.hinted_m > 0.0

    def shown_m(self, length_m: float) -> float:
        """Return a score in metres: work shown on a street of this length, and its coverage."""
        return length_m - self.missing_m + 2.0 * self.worked_m + self.hinted_m


def street_visits(
    passes: Sequence[Pass],
    length_m: float,
    treatment: Treatment,
    since: datetime,
    until: datetime,
    rules: EvidenceRules,
) -> list[StreetVisit]:
    """Return a machine's visits to one direction in a time, by their ends."""
    sensed = [
        one
        for one in passes
        if one.evidence.kind in {*SENSED, EvidenceKind.SPEED}
        and one.ended_at >= since
        and one.started_at <= until
    ]
    return [_visit_of(visit, length_m, treatment, rules) for visit in visits(sensed)]


def _visit_of(
    visit: Sequence[Pass], length_m: float, treatment: Treatment, rules: EvidenceRules
) -> StreetVisit:
    work = [one for one in visit if one.treatment is treatment]
    good = counting(work, rules)
    worked_m = _covered_m(one for one in good if one.evidence.kind in SENSED)
    return StreetVisit(
        began_at=min(one.started_at for one in visit),
        ended_at=max(one.ended_at for one in visit),
        missing_m=max(length_m - _covered_m(visit), 0.0),
        worked_m=worked_m,
        hinted_m=max(_covered_m(work) - worked_m, 0.0) if len(good) < len(work) else 0.0,
    )


def _covered_m(passes: Iterable[Pass]) -> float:
    return sum(end - start for start, end in union((one.from_m, one.to_m) for one in passes))


def visits_in_order(
    visits_by_street: Sequence[Sequence[StreetVisit]], lengths_m: Sequence[float]
) -> list[StreetVisit | None]:
    """Return the visit of each street in a row that fits the others; `None` without one.

    The visits began one after the other, and show as many metres as any such row; of equal ones
    the later.
    """
    row = [(i, look) for i, some in enumerate(visits_by_street) for look in some]
    shown_m, before = list[float](), list[int | None]()
    for k, (i, look) in enumerate(row):
        fitting = [j for j in range(k) if row[j][0] < i and row[j][1].began_at <= look.began_at]
        best = max(fitting, key=lambda j: (shown_m[j], row[j][1].ended_at), default=None)
        before.append(best)
        shown_m.append(look.shown_m(lengths_m[i]) + (0.0 if best is None else shown_m[best]))
    chosen: list[StreetVisit | None] = [None] * len(visits_by_street)
    at = max(range(len(row)), key=lambda j: (shown_m[j], row[j][1].ended_at), default=None)
    while at is not None:
        chosen[row[at][0]] = row[at][1]
        at = before[at]
    return chosen
