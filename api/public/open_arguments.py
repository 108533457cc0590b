"""Query arguments of the open data, named as Digitraffic names them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from data.errors import InvalidError, Need
from data.files.moment_text import read_moment
from data.model import LonLat, Treatment
from fleet.public.street_passes import next_minute
from maps.public.maintenance_feed import TASKS

USUAL_PAGE = 1_000
LONGEST_PAGE = 5_000
LONGEST = timedelta(hours=24)
NEWEST_NUMBER = 2**53 - 1
"""The greatest number that every reader of JSON keeps whole."""

EDGE_STEPS = 1_000
"""Steps of a degree at which a box may end: some 100 m, so that many ask for the same."""

Edge = Annotated[float | None, Query(ge=-180, le=180)]


@dataclass(frozen=True, slots=True)
class RoutesSubject:
    """Which passes are asked for: the last one of each street, or all, of a time and a box.

    They ended at `end_from` or later, and before `end_before`; `None` where it was not said.
    `after` is the number of the last pass of the page before.
    """

    end_from: datetime | None
    end_before: datetime | None
    box: tuple[LonLat, LonLat] | None
    treatments: tuple[Treatment, ...]
    after: int
    limit: int
    latest: bool = False

    def within(self, end_from: datetime, end_before: datetime) -> "RoutesSubject":
        """Return the same with a time that is said."""
        return replace(self, end_from=end_from, end_before=end_before)

    def following(self, after: int) -> str:
        """Return the query of the page behind a pass."""
        asked: list[tuple[str, object]] = [
            (name, moment.isoformat().replace("+00:00", "Z"))
            for name, moment in (("endFrom", self.end_from), ("endBefore", self.end_before))
            if moment is not None
        ]
        if self.box is not None:
            low, high = self.box
            edges = {"xMin": low.lon, "yMin": low.lat, "xMax": high.lon, "yMax": high.lat}
            asked += edges.items()
        if len(self.treatments) < len(TASKS):
            asked += (("taskId", TASKS[each]) for each in self.treatments)
        return urlencode([*asked, ("limit", self.limit), ("after", after)])


def box_of(
    x_min: Annotated[Edge, Query(alias="xMin", description="West edge, degrees")] = None,
    y_min: Annotated[Edge, Query(alias="yMin", description="South edge, degrees")] = None,
    x_max: Annotated[Edge, Query(alias="xMax", description="East edge, degrees")] = None,
    y_max: Annotated[Edge, Query(alias="yMax", description="North edge, degrees")] = None,
) -> tuple[LonLat, LonLat] | None:
    """Return the box that streets must touch; `None` where no edge is said."""
    edges = {"xMin": x_min, "yMin": y_min, "xMax": x_max, "yMax": y_max}
    said = {name: edge for name, edge in edges.items() if edge is not None}
    if not said:
        return None
    for name in edges:
        if name not in said:
            raise InvalidError(name, "", "a number")
    for low, high in (("xMin", "xMax"), ("yMin", "yMax")):
        if said[high] <= said[low]:
            raise InvalidError(high, said[high], Need("more than {gt}", gt=said[low]))
    southwest = LonLat(_down(said["xMin"]), _down(said["yMin"]))
    return southwest, LonLat(_up(said["xMax"]), _up(said["yMax"]))


def _down(edge: float) -> float:
    return floor(round(edge * EDGE_STEPS, 6)) / EDGE_STEPS


def _up(edge: float) -> float:
    return ceil(round(edge * EDGE_STEPS, 6)) / EDGE_STEPS


def filter_of(
    box: Annotated[tuple[LonLat, LonLat] | None, Depends(box_of)],
    task_id: Annotated[list[str] | None, Query(alias="taskId")] = None,
    end_from: Annotated[str, Query(alias="endFrom", description="Ended then or later")] = "",
    end_before: Annotated[str, Query(alias="endBefore", description="Ended before then")] = "",
    after: Annotated[int, Query(ge=0, le=NEWEST_NUMBER)] = 0,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = USUAL_PAGE,
) -> RoutesSubject:
    """Return the passes that are asked for; at most a day of them."""
    since = read_moment("endFrom", end_from.strip()) if end_from.strip() else None
    before = read_moment("endBefore", end_before.strip()) if end_before.strip() else None
    if since is not None and before is not None:
        if before <= since:
            raise InvalidError("endBefore", end_before, "a time after endFrom")
        if before - since > LONGEST:
            raise InvalidError("endBefore", end_before, "at most 24 hours after endFrom")
    treatments = _treatments(task_id or [])
    since, before = since and next_minute(since), before and next_minute(before)
    return RoutesSubject(since, before, box, treatments, after, limit)


def _treatments(task_ids: list[str]) -> tuple[Treatment, ...]:
    by_task = {task: treatment for treatment, task in TASKS.items()}
    for each in task_ids:
        if each not in by_task:
            expected = ", ".join(by_task)
            raise InvalidError("taskId", each[:100], Need("one of {expected}", expected=expected))
    wanted = {by_task[each] for each in task_ids} or set(by_task.values())
    return tuple(each for each in by_task.values() if each in wanted)


WantedRoutes = Annotated[RoutesSubject, Depends(filter_of)]
