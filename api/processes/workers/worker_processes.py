"""The processes beside the server: one for plans that take minutes, one for answers in seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.config.clock import Clock
from api.processes.child_process import SupervisedProcess, stop_together

WORKERS = {
    "barfrub-worker": "api.processes.workers.plan_worker:work_as_child",
    "barfrub-quick": "api.processes.workers.dispatch_worker:answer_as_child",
}
"""Entry point of each worker, `module:function` by the name of its process."""


@contextmanager
def running_workers(folder: Path, clock: Clock) -> Iterator[None]:
    """Keep worker processes for a city beside the caller, and end them at the end.

    Another one takes the place of a worker that dies.
    """
    children = [SupervisedProcess(name, work, (folder, clock)) for name, work in WORKERS.items()]
    for child in children:
        child.start()
    try:
        yield
    finally:
        stop_together(children)
