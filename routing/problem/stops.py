"""What a vehicle does one after the other."""

from typing import NamedTuple


class TaskVisit(NamedTuple):
    """A task done in one of its modes."""

    task: int
    mode: int


class ReloadStop(NamedTuple):
    """A stop at a reload site; the hopper leaves full."""

    site: int


type TaskRoute = tuple[TaskVisit | ReloadStop, ...]


def tasks_of(route: TaskRoute) -> list[int]:
    """Return the tasks of a route in order."""
    return [stop.task for stop in route if isinstance(stop, TaskVisit)]
