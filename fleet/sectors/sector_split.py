"""When and how a plan is split into sectors, and the situation of one of them."""

from dataclasses import replace

from data.model import JobId
from data.planning.sectors import PlanSector
from fleet.planning.plan_preparation import Prepared
from routing.planning.sectors import jobs_in, split_into_sectors

MOST_JOBS = 30_000
"""Jobs of a sector at most: with them a worker needs 2 GB, and all the time for first routes."""

LEAST_MACHINES = 4
"""Machines of a sector at least: with fewer, whole numbers share out the work too unevenly."""


def sector_count(jobs: int, machines: int, workers: int, least_jobs: int) -> int:
    """Return into how many sectors a plan is split, 1 for not at all.

    One for each worker, and as many times that as memory asks for; each of so many jobs at least.
    """
    workers = max(1, min(workers, jobs // least_jobs))
    turns = max(1, -(-jobs // (MOST_JOBS * workers)))
    return max(1, min(workers * turns, machines // LEAST_MACHINES))


def sectors_for(prepared: Prepared, workers: int, least_jobs: int) -> tuple[PlanSector, ...]:
    """Return the sectors of a plan; none where one process solves it as well."""
    count = sector_count(len(prepared.jobs), len(prepared.shifts), workers, least_jobs)
    sectors = split_into_sectors(prepared, count) if count > 1 else ()
    return sectors if len(sectors) > 1 else ()


def of_sector(prepared: Prepared, sector: PlanSector) -> Prepared:
    """Return the situation of a sector: its machines, its jobs and those locked to its machines."""
    inside = jobs_in(prepared.network, prepared.jobs, sector).tolist()
    shifts = set(sector.shifts)
    locked = _locked_jobs(prepared)
    jobs = tuple(
        job
        for job, own in zip(prepared.jobs, inside, strict=True)
        if (locked[job.id] in shifts if job.id in locked else own)
    )
    return replace(
        prepared,
        jobs=jobs,
        shifts=tuple(shift for shift in prepared.shifts if shift.id in shifts),
    )


def _locked_jobs(prepared: Prepared) -> dict[JobId, int]:
    """Return the shift that each job is locked to, where there is one."""
    return {
        work.job_id: shift_id
        for shift_id, legs in prepared.present.locked.items()
        for leg in legs
        for work in leg.works
    }
