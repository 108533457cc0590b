"""The processes beside the server: one for plans that take minutes, one for answers in seconds."""

import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event as ProcessEvent
from pathlib import Path
from pkgutil import resolve_name

from api.config.clock import Clock
from api.config.logs import configure_logs
from api.config.settings import Settings, prepare_numba
from api.processes.workers.stop_signal import LOOK_S, Stopped

LEAVE_S = 10.0
"""How long a worker may take to leave after it was told to."""
RESTART_S = 1.0
"""Pause before a worker that died is replaced."""
SPAWN = multiprocessing.get_context("spawn")
"""How child processes start: without what the server has in memory."""

type Work = Callable[[Path, Clock, Stopped, Callable[[], object]], None]
"""What a worker does with a city's folder until it is told to leave."""

WORKERS = {
    "barfrub-worker": "api.processes.workers.plan_worker:work_until",
    "barfrub-quick": "api.processes.workers.dispatch_worker:answer_until",
}
"""What each worker of a city does, `module:function` by the name of its process.

Only the worker's process imports the module, and with it the optimizer.
"""

_log = logging.getLogger(__name__)


@contextmanager
def running_workers(folder: Path, clock: Clock) -> Iterator[None]:
    """Keep worker processes for a city beside the caller, and end them at the end.

    Another one takes the place of a worker that dies.
    """
    stopped = SPAWN.Event()
    keepers = [
        threading.Thread(target=_keep, args=(name, work, folder, clock, stopped))
        for name, work in WORKERS.items()
    ]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        stopped.set()
        for keeper in keepers:
            keeper.join()


def _keep(name: str, work: str, folder: Path, clock: Clock, stopped: ProcessEvent) -> None:
    while not stopped.is_set():
        ready = SPAWN.Event()
        words = (work, folder, clock, stopped, ready)
        child = SPAWN.Process(target=_work_as_child, args=words, name=name, daemon=True)
        child.start()
        while child.is_alive() and not stopped.is_set():
            child.join(LOOK_S)
        if not stopped.is_set():
            _log.error("%s died (%s); another one takes its place", name, child.exitcode)
            stopped.wait(RESTART_S)
    if ready.is_set():
        child.join(LEAVE_S)
    if child.is_alive():
        child.terminate()
        child.join()


def _work_as_child(
    work: str, folder: Path, clock: Clock, stopped: ProcessEvent, ready: ProcessEvent
) -> None:
    # Ctrl+C reaches the whole group; the server tells us when it is done.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = Settings()
    configure_logs(settings.log)
    prepare_numba(settings)
    run: Work = resolve_name(work)
    run(folder, clock, stopped, ready.set)
