"""History of a direction's coverage, pure: what `coverage_of` would have returned after each pass.

Asking `coverage_of` after each of many passes would look at all earlier ones again and again.
Visits that are over cannot change any more, so only those that go on are looked at again.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from data.coverage import VISIT_GAP
from data.model import Coverage, DirectedSegment, Pass, Treatment
from data.policy.evidence_rules import EvidenceRules, Grade
from fleet.coverage.street_coverage import (
    BEGUN,
    Wholes,
    counts,
    union,
    visits,
)


class CoverageCourse:
    """Coverage of one direction as more and more passes end."""

    def __init__(
        self,
        directed: DirectedSegment,
        length_m: float,
        passes_needed: int,
        treatment: Treatment,
        rules: EvidenceRules,
    ) -> None:
        self._directed = directed
        self._length_m = length_m
        self._needed = passes_needed
        self._treatment = treatment
        self._rules = rules
        self._wholes = {each: Wholes(length_m, passes_needed) for each in Treatment}
        self._begun: list[tuple[float, float]] = []
        self._latest: Pass | None = None
        self._driven_at: datetime | None = None

    def known(self) -> Coverage:
        """Return what closed visits prove."""
        return self.after(())

    def steps(self, passes: Iterable[Pass]) -> Iterator[tuple[datetime, Coverage]]:
        """Yield, for each moment at which passes ended, what all passes until then prove."""
        for together in _clusters(passes):
            *earlier, last = sorted({one.ended_at for one in together})
            for at in earlier:
                yield at, self.after([one for one in together if one.ended_at <= at])
            self.close(together)
            yield last, self.known()

    def after(self, seen: Sequence[Pass]) -> Coverage:
        """Return what closed visits and these later passes prove together."""
        counted = [one for one in seen if counts(one, self._rules)]
        wholes = {each: self._with(each, counted) for each in Treatment}
        begun, latest = self._shown(seen)
        begun_m = sum(end_m - start_m for start_m, end_m in begun)
        return Coverage(
            segment_id=self._directed.segment_id,
            forward=self._directed.forward,
            passes_done=wholes[self._treatment].count,
            passes_needed=self._needed,
            last_pass_at=wholes[self._treatment].last_at,
            driven_at=self._driven(seen),
            evidence=latest.evidence if latest and begun_m >= BEGUN * self._length_m else None,
            plowed_at=wholes[Treatment.PLOW].last_at,
            salted_at=wholes[Treatment.SALT].last_at,
            worked_at=latest.ended_at if latest else None,
            cleared_at=wholes[self._treatment].cleared_at,
        )

    def _with(self, treatment: Treatment, counted: Sequence[Pass]) -> Wholes:
        mine = [one for one in counted if one.treatment is treatment]
        wholes = self._wholes[treatment]
        return wholes.with_visits(visits(mine)) if mine else wholes

    def close(self, seen: Sequence[Pass]) -> None:
        """Add closed visits: none of them goes on later, and none ended earlier."""
        for each, wholes in self._wholes.items():
            mine = (one for one in seen if one.treatment is each and counts(one, self._rules))
            for visit in visits(mine):
                wholes.add(visit)
            wholes.forget()
        self._begun, self._latest = self._shown(seen)
        self._driven_at = self._driven(seen)

    def _shown(self, seen: Sequence[Pass]) -> tuple[list[tuple[float, float]], Pass | None]:
        """Return which metres were worked on so far, and the latest pass that shows it."""
        shown = [
            one
            for one in seen
            if one.treatment is self._treatment
            and self._rules.grade_of(one.evidence) is not Grade.NOTHING
        ]
        if not shown:
            return self._begun, self._latest
        begun = union([*self._begun, *((one.from_m, one.to_m) for one in shown)])
        return begun, max(shown, key=lambda one: one.ended_at)

    def _driven(self, seen: Sequence[Pass]) -> datetime | None:
        drives = [one.ended_at for one in seen if not counts(one, self._rules)]
        return max(drives, default=self._driven_at)


def _clusters(passes: Iterable[Pass]) -> Iterator[list[Pass]]:
    """Yield groups of passes such that no visit spans two groups, each by its passes' ends."""
    together: list[Pass] = []
    last_at: datetime | None = None
    for one in sorted(passes, key=lambda each: (each.started_at, each.ended_at)):
        if last_at is not None and one.started_at > last_at + VISIT_GAP:
            yield sorted(together, key=lambda each: each.ended_at)
            together, last_at = [], None
        together.append(one)
        last_at = one.ended_at if last_at is None else max(last_at, one.ended_at)
    if together:
        yield sorted(together, key=lambda each: each.ended_at)
