"""What a vehicle does one after the other."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskVisit:
    """A task done in one of its modes."""

    task: int
    mode: int


@dataclass(frozen=True, slots=True)
class ReloadStop:
    """A stop at a reload site; the hopper leaves full."""

    site: int


type TaskRoute = tuple[TaskVisit | ReloadStop, ...]


def tasks_of(route: TaskRoute) -> list[int]:
    """Return the tasks of a route in order."""
    return [stop.task for stop in route if isinstance(stop, TaskVisit)]
