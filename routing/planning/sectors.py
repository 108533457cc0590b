"""A situation split into sectors, and routes of sectors as those of the whole problem."""

from collections.abc import Sequence

import numpy as np

from data.model import Job, ReloadSiteId, ShiftId, WorkPass
from data.planning.sectors import PlanSector, SectorRoutes
from data.streets.network import StreetNetwork
from routing.planning.directed_passes import passes_of
from routing.planning.durations import service_s
from routing.planning.machine_kinds import machine_kinds, trucks_of
from routing.planning.problem_mapping import MappedProblem
from routing.planning.situation import PlanningSituation
from routing.problem.problem import (
    Flags,
    Floats,
    Ints,
    ReloadStop,
    Solution,
    TaskRoute,
    TaskVisit,
)
from routing.sectors.machines import sector_of_machines
from routing.sectors.partition import Box, box_of, split_into_boxes
from routing.sectors.seams import seam_distances


def split_into_sectors(situation: PlanningSituation, count: int) -> tuple[PlanSector, ...]:
    """Return sectors with even shares of the work, and machines by their work and distance.

    There are fewer than asked for where one would have no work or no machine.
    """
    passes = [one for job in situation.jobs for one in passes_of(job, situation)]
    if not passes or not situation.shifts:
        return ()
    points = _middles(situation.network, [one.job for one in passes])
    machines, kind = machine_kinds(situation)
    own_s = service_s(situation, passes, machines)
    able = np.isfinite(own_s)
    work_s = np.where(able.any(axis=1), own_s.min(axis=1), 0.0)
    speed = _speeds(work_s, own_s)
    boxes = split_into_boxes(points, work_s, [1.0] * count)
    sector = box_of(points, boxes)
    of_machine = sector_of_machines(
        _shared(work_s, able, sector, len(boxes)),
        kind,
        speed,
        _away_m(situation, _centers(points, work_s, sector, len(boxes))),
    )
    # Whole machines are no even shares: the work goes to where they are.
    use = speed * (work_s[:, None] * able).sum(axis=0) / max(work_s.sum(), 1e-9)
    power = np.bincount(of_machine, use[kind], len(boxes))
    boxes = split_into_boxes(points, work_s, np.maximum(power, 1e-9).tolist())
    sector = box_of(points, boxes)
    filled = set(sector.tolist()) & set(of_machine.tolist())
    return tuple(
        PlanSector(
            (box.west, box.south, box.east, box.north), _shifts(situation, of_machine == number)
        )
        for number, box in enumerate(boxes)
        if number in filled
    )


def jobs_in(network: StreetNetwork, jobs: Sequence[Job], sector: PlanSector) -> Flags:
    """Return bool[J], which jobs lie in a sector."""
    return Box(*sector.box).holds(_middles(network, jobs))


def routes_of(mapped: MappedProblem, solution: Solution) -> SectorRoutes:
    """Return the routes of a sector's solution by the passes and sites that they visit."""
    sites = [site.id for site in mapped.situation.reload_sites]
    works = [one.work for one in mapped.passes]
    return SectorRoutes(
        {
            shift.id: tuple(
                works[stop.task] if isinstance(stop, TaskVisit) else sites[stop.site]
                for stop in route
            )
            for shift, route in zip(mapped.situation.shifts, solution.routes, strict=True)
        }
    )


def joined_routes(mapped: MappedProblem, found: Sequence[SectorRoutes]) -> list[TaskRoute]:
    """Return the routes of all sectors as those of the whole problem.

    Passes done meanwhile are left out, and sites that are not in use any more.
    """
    number = mapped.number
    sites = {site.id: i for i, site in enumerate(mapped.situation.reload_sites)}
    stops = {shift: stops for one in found for shift, stops in one.stops.items()}
    return [
        tuple(_stops(stops.get(shift.id, ()), number, sites)) for shift in mapped.situation.shifts
    ]


def _stops(
    stops: Sequence[WorkPass | ReloadSiteId],
    number: dict[WorkPass, int],
    sites: dict[ReloadSiteId, int],
) -> list[TaskVisit | ReloadStop]:
    found: list[TaskVisit | ReloadStop] = []
    for stop in stops:
        if isinstance(stop, WorkPass):
            found += [TaskVisit(number[stop], 0)] if stop in number else []
        elif stop in sites:
            found.append(ReloadStop(sites[stop]))
    return found


def tasks_to_seams_m(mapped: MappedProblem, sectors: Sequence[PlanSector]) -> Floats:
    """Return float64[T], how far the street of each task is from the nearest of another sector.

    What no machine of its own sector is able to do is at no distance.
    """
    situation, problem = mapped.situation, mapped.problem
    points = _middles(situation.network, [one.job for one in mapped.passes])
    sector = box_of(points, [Box(*one.box) for one in sectors])
    away_m = seam_distances(situation.network.projection.planes(points), sector)
    able = np.isfinite(problem.service_s)
    for number, one in enumerate(sectors):
        own = np.array([shift.id in set(one.shifts) for shift in situation.shifts])
        kinds = np.unique(problem.vehicle_type[own])
        away_m[(sector == number) & ~able[:, kinds].any(axis=1) & able.any(axis=1)] = 0.0
    return away_m


def _middles(network: StreetNetwork, jobs: Sequence[Job]) -> Floats:
    """Return float64[J, 2], longitude and latitude of the middle between the ends of streets."""
    streets = [network.segment(job.segment_id) for job in jobs]
    ends = [(network.node_index(one.start), network.node_index(one.end)) for one in streets]
    middles: Floats = network.node_lonlat[np.array(ends, np.int64).reshape(-1, 2)].mean(axis=1)
    return middles


def _centers(points: Floats, work_s: Floats, sector: Ints, count: int) -> Floats:
    """Return float64[S, 2], the center of the work of each sector."""
    weight = np.maximum(work_s, 1e-9)
    total = np.maximum(np.bincount(sector, weight, count), 1e-9)
    sums = [np.bincount(sector, weight * column, count) for column in points.T]
    return np.column_stack(sums) / total[:, None]


def _shared(work_s: Floats, able: Flags, sector: Ints, count: int) -> Floats:
    """Return float64[K, S], the work of each sector that each kind is able to do."""
    return np.array([np.bincount(sector, work_s * doable, count) for doable in able.T])


def _speeds(work_s: Floats, own_s: Floats) -> Floats:
    """Return float64[K], how fast each kind works against the fastest one for the same work."""
    able = np.isfinite(own_s)
    least_s = (work_s[:, None] * able).sum(axis=0)
    needed_s = np.where(able, own_s, 0.0).sum(axis=0)
    return np.where(least_s > 0, least_s / np.maximum(needed_s, 1e-9), 1.0)


def _away_m(situation: PlanningSituation, centers: Floats) -> Floats:
    """Return float64[V, S], metres from where a machine is, and from its depot, to each sector."""
    network, starts = situation.network, situation.present.starts
    depots = {depot.id: tuple(depot.location) for depot in situation.depots}
    homes = np.array([depots[truck.depot_id] for truck in trucks_of(situation)], np.float64)
    begins = homes.copy()
    for v, shift in enumerate(situation.shifts):
        start = starts.get(shift.id)
        if start and start.at:
            street = network.segment(start.at.segment_id)
            begins[v] = network.node_lonlat[network.node_index(street.start)]
    goals = network.projection.planes(centers)
    away = [
        np.linalg.norm(network.projection.planes(places)[:, None] - goals[None], axis=2)
        for places in (begins, homes)
    ]
    return np.asarray(away[0] + away[1], np.float64)


def _shifts(situation: PlanningSituation, chosen: Flags) -> tuple[ShiftId, ...]:
    pairs = zip(situation.shifts, chosen.tolist(), strict=True)
    return tuple(shift.id for shift, own in pairs if own)
