"""Colors of all streets as boards show them, in memory; one writer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from data.model import Coverage, DirectedSegment, Job, JobState, SegmentId, Storm
from data.policy.city_policy import Policy
from data.store.coverage.coverage import list_coverage
from data.store.database.engine import Tx
from data.store.work import list_jobs
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_states import painted
from fleet.work.jobs import on_request

NEVER_PLOWED = (0, 0)
"""Times of a street that was not plowed in the storm."""


def plowed_s(at: datetime | None) -> int:
    """Return a time as whole seconds since 1970, 0 for none, as events of the board have it."""
    return 0 if at is None else int(at.timestamp())


@dataclass(frozen=True, slots=True)
class Whole:
    """The storm, streets and time of the last coloring of all streets."""

    storm: Storm | None
    network_version: str
    at: datetime

    def is_of(
        self, storm: Storm | None, network: StreetNetwork, since: datetime, until: datetime
    ) -> bool:
        """Whether that was in this time, of this storm and these streets."""
        here = (self.storm, self.network_version) == (storm, network.version)
        return here and since <= self.at <= until


class Colors:
    """Computes street colors and reports which changed since the last time.

    `whole` says when all streets were looked at last, `None` as long as they never were;
    `revision` grows with each change.
    """

    def __init__(self, network: StreetNetwork, policy: Policy) -> None:
        self._network = network
        self._policy = policy
        self._storm: Storm | None = None
        self._coverage: dict[DirectedSegment, Coverage] = {}
        self._jobs: list[Job] = []
        self._told: dict[SegmentId, tuple[int, int]] = {}
        self._plowed: dict[SegmentId, tuple[int, int]] = {}
        self.whole: Whole | None = None
        self.revision = 0

    @property
    def latest(self) -> dict[SegmentId, tuple[int, int]]:
        """The colors as last reported; all streets as of `whole`. From any thread."""
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

    def read_again(self, tx: Tx, streets: Collection[SegmentId]) -> None:
        """Read the coverage of some streets that another process has stored."""
        for street in streets:
            for forward in (True, False):
                self._coverage.pop(DirectedSegment(street, forward), None)
        if self._storm is not None:
            self.cover(list_coverage(tx, self._storm.id, streets))

    def cover(self, coverages: Iterable[Coverage]) -> None:
        """Add coverage that has changed."""
        self._coverage |= {DirectedSegment(one.segment_id, one.forward): one for one in coverages}

    def changed(
        self, now: datetime, only: Iterable[SegmentId] | None = None
    ) -> list[tuple[int, int, int]]:
        """Return (street, forward, backward) of all or some streets whose colors changed."""
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
        self.revision += bool(new)
        if only is None:
            self.whole = Whole(self._storm, self._network.version, now)
        return [(street, *two) for street, two in new.items()]

    def plowed(self, only: Iterable[SegmentId] | None = None) -> list[tuple[int, int, int]]:
        """Return (street, forward, backward) where the time of the last whole pass has changed.

        Of all streets, or of some; times are those of `plowed_s`.
        """
        touched = self._plowed_streets() if only is None else set(only)
        times = {street: self._plowed_times(street) for street in touched}
        before = self._plowed
        new = {one: two for one, two in times.items() if before.get(one, NEVER_PLOWED) != two}
        self._plowed |= new
        return [(street, *two) for street, two in new.items()]

    def _plowed_streets(self) -> set[SegmentId]:
        return {way.segment_id for way in self._coverage} | self._plowed.keys()

    def _plowed_times(self, street: SegmentId) -> tuple[int, int]:
        return self._plowed_at(street, forward=True), self._plowed_at(street, forward=False)

    def _plowed_at(self, street: SegmentId, *, forward: bool) -> int:
        known = self._coverage.get(DirectedSegment(street, forward))
        return plowed_s(known.plowed_at if known else None)


class ReceivedColors:
    """Street colors that another process computes: in memory, one writer.

    `revision` grows with each change.
    """

    def __init__(self) -> None:
        self._told: dict[SegmentId, tuple[int, int]] = {}
        self.whole: Whole | None = None
        self.revision = 0

    @property
    def latest(self) -> dict[SegmentId, tuple[int, int]]:
        """The colors as last received. From any thread."""
        return dict(self._told)

    def receive(self, rows: Iterable[tuple[int, int, int]], whole: Whole | None) -> None:
        """Add changed (street, forward, backward), and when all were last colored."""
        before, new = self.whole, {SegmentId(row[0]): (row[1], row[2]) for row in rows}
        anew = whole is None or before is None or whole.network_version != before.network_version
        self._told = ({} if anew else self._told) | new
        self.whole = whole
        self.revision += anew or bool(new)
