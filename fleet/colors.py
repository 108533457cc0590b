"""The color of every street as last told, and what it follows from: in memory, one writer."""

from collections.abc import Iterable
from datetime import datetime

from data.model import Coverage, DirectedSegment, Job, JobState, SegmentId, Storm
from data.network import StreetNetwork
from data.policy import Policy
from data.store.coverage import list_coverage
from data.store.engine import Tx
from data.store.jobs import list_jobs
from fleet.coverage import painted
from fleet.jobs import on_request


class Colors:
    """Paints streets anew and says which have changed since they were last told."""

    def __init__(self, network: StreetNetwork, policy: Policy) -> None:
        self._network = network
        self._policy = policy
        self._storm: Storm | None = None
        self._coverage: dict[DirectedSegment, Coverage] = {}
        self._jobs: list[Job] = []
        self._told: dict[SegmentId, tuple[int, int]] = {}
        self._whole_at: datetime | None = None

    def told(
        self, storm: Storm | None, network: StreetNetwork, since: datetime, until: datetime
    ) -> dict[SegmentId, tuple[int, int]] | None:
        """Return the colors of all streets as told, if all were looked at in this time.

        `None` as well where the storm or the streets have changed. From any thread.
        """
        whole_at = self._whole_at
        if whole_at is None or not since <= whole_at <= until:
            return None
        if self._storm != storm or self._network is not network:
            return None
        return dict(self._told)

    def load(self, tx: Tx, storm: Storm | None) -> None:
        """Read a storm's coverage and open jobs."""
        self._storm = storm
        self._coverage.clear()
        self._jobs = []
        if storm is not None:
            self.cover(list_coverage(tx, storm.id))
            self._jobs = [
                job
                for job in list_jobs(tx, storm.id, JobState.OPEN)
                if on_request(job, self._policy)
            ]

    def cover(self, coverages: Iterable[Coverage]) -> None:
        """Take in coverage that has changed."""
        self._coverage |= {DirectedSegment(one.segment_id, one.forward): one for one in coverages}

    def changed(
        self, now: datetime, only: Iterable[SegmentId] | None = None
    ) -> list[tuple[int, int, int]]:
        """Return (street, forward, backward) of all or some streets that look different now."""
        touched = None if only is None else set(only)
        coverages: Iterable[Coverage] = self._coverage.values()
        if touched is not None:
            sides = (DirectedSegment(one, way) for one in touched for way in (True, False))
            coverages = [self._coverage[side] for side in sides if side in self._coverage]
        states = painted(
            self._network, self._policy, self._storm, coverages, self._jobs, now, touched
        )
        new = {street: two for street, two in states.items() if self._told.get(street) != two}
        self._told |= new
        if only is None:
            self._whole_at = now
        return [(street, *two) for street, two in new.items()]
