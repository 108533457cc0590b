"""The processes beside the server: one for plans and files, one for answers in seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from api.config.clock import Clock
from api.processes.child_process import SupervisedProcess, stop_together
from data.errors import ConflictError
from data.store.database.city_lock import serving

WORKERS = (
    ("barfrub-worker", "api.processes.workers.plan_worker:work_as_child", 10),
    ("barfrub-quick", "api.processes.workers.dispatch_worker:answer_as_child", 0),
)
"""Name, entry point (`module:function`) and niceness of each worker: a plan in the making gets what
positions, their evidence and people who wait leave of the processor."""

ASK_S = 1.0
"""How often a server asks whether the one that has the workers is gone."""


@contextmanager
def running_workers(folder: Path, clock: Clock) -> Iterator[None]:
    """Keep worker processes for a city beside the caller, and end them at the end.

    Another one takes the place of a worker that dies.
    """
    children = [
        SupervisedProcess(name, work, (folder, clock), niceness=niceness)
        for name, work, niceness in WORKERS
    ]
    for child in children:
        child.start()
    try:
        yield
    finally:
        stop_together(children)


@contextmanager
def sharing_workers(folder: Path, clock: Clock) -> Iterator[None]:
    """Keep worker processes for a city while no other server of the same folder does."""
    over = Event()
    keeper = Thread(target=_keep_workers, args=(folder, clock, over), name="workers-keeper")
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _keep_workers(folder: Path, clock: Clock, over: Event) -> None:
    while not over.is_set():
        try:
            with serving(folder), running_workers(folder, clock):
                over.wait()
        except ConflictError:  # another server has them
            over.wait(ASK_S)
