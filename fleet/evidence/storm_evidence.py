"""Queries of a storm's evidence: of one street, of one machine, of all streets at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from data.model import (
    Coverage,
    CoverageChange,
    CoverageRevision,
    DirectedSegment,
    EvidenceTotal,
    Job,
    JobState,
    Pass,
    SegmentId,
    Storm,
    StormId,
    StreetStorm,
    VehicleId,
)
from data.policy.city_policy import Policy
from data.store.coverage.coverage import list_coverage, list_passes, list_plowed_times
from data.store.coverage.coverage_revisions import list_all_changes, list_revisions
from data.store.coverage.work_sums import find_last_work_of, sum_storms_of_street, sum_work_of
from data.store.database.engine import Tx
from data.store.work import list_jobs, list_jobs_on_segment
from data.streets.network import StreetNetwork
from fleet.coverage.coverage_states import painted
from fleet.coverage.street_colors import NEVER_PLOWED, plowed_s


class StreetEvidence(NamedTuple):
    """The jobs of a storm on a street, its coverage and its passes."""

    jobs: list[Job]
    coverage: list[Coverage]
    passes: dict[DirectedSegment, list[Pass]]


class MachineWork(NamedTuple):
    """A machine's work in a storm by kind of evidence, and its last pass."""

    totals: list[EvidenceTotal]
    last: Pass | None


def street_evidence(tx: Tx, storm: Storm | None, segment_id: SegmentId) -> StreetEvidence:
    """Return jobs, coverage and passes of a street; nothing without a storm."""
    if storm is None:
        return StreetEvidence([], [], {})
    return StreetEvidence(
        list_jobs_on_segment(tx, storm.id, segment_id),
        list_coverage(tx, storm.id, [segment_id]),
        list_passes(tx, storm.id, [segment_id]),
    )


def storms_of_street(tx: Tx, segment_id: SegmentId, storms: Sequence[Storm]) -> list[StreetStorm]:
    """Return in which of these storms work was seen on a street, the newest first."""
    return sum_storms_of_street(tx, segment_id, [storm.id for storm in storms])


def machine_work(tx: Tx, storm: Storm | None, vehicle_id: VehicleId) -> MachineWork:
    """Return a machine's work in a storm; nothing without a storm."""
    if storm is None:
        return MachineWork([], None)
    return MachineWork(
        sum_work_of(tx, storm.id, vehicle_id), find_last_work_of(tx, storm.id, vehicle_id)
    )


def painted_storm(
    tx: Tx, network: StreetNetwork, policy: Policy, storm: Storm | None, at: datetime
) -> tuple[dict[SegmentId, tuple[int, int]], list[Coverage]]:
    """Return the states of all streets of a storm at a moment, and the coverage behind them."""
    coverage = list_coverage(tx, storm.id) if storm else []
    jobs = list_jobs(tx, storm.id, JobState.OPEN) if storm else []
    return painted(network, policy, storm, coverage, jobs, at), coverage


def plowed_times(
    tx: Tx, network: StreetNetwork, storm: Storm | None
) -> dict[SegmentId, tuple[int, int]]:
    """Return the streets plowed in a storm, and when each direction was last (see `plowed_s`)."""
    times: dict[SegmentId, tuple[int, int]] = {}
    for street, forward, at in list_plowed_times(tx, storm.id) if storm else ():
        if network.find(street) is not None:
            there, back = times.get(street, NEVER_PLOWED)
            times[street] = (plowed_s(at), back) if forward else (there, plowed_s(at))
    return times


def coverage_revisions(
    tx: Tx, storm_id: StormId
) -> tuple[list[CoverageRevision], dict[int, list[CoverageChange]]]:
    """Return the numbered revisions of a storm's coverage, and what each changed."""
    return list_revisions(tx, storm_id), list_all_changes(tx, storm_id)
