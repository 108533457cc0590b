"""A sandbox seen from outside: how far it is, stopping it, deleting it."""

import os
import shutil
import signal
import time
from dataclasses import dataclass
from datetime import datetime

from api.config.training_clock import TrainingClock
from api.training.hosting.progress import (
    HostProgress,
    HostStep,
    find_host,
    find_progress,
    is_starting,
    told_by_language,
    unhosted,
)
from data.errors import BarfrubError, ConflictError, NotFoundError
from data.model.training.rehearsal import Training
from data.store.database.city_database import database_of
from data.store.database.engine import DatabaseUnreadable, reading
from fleet.training.rehearsal import training_of
from fleet.training.sandbox.folder import Sandbox

LEAVE_S = 60.0
"""How long a host may take to end its processes."""

LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class SandboxState:
    """What is known of a sandbox: of one that is being made, only how far that is.

    `now` is its clock's time while it runs, `pace` how fast that goes: 0 where somebody paused it.
    """

    progress: HostProgress
    training: Training | None
    now: datetime | None
    pace: float

    @property
    def running(self) -> bool:
        """Whether there is somebody who hosts or makes it."""
        return self.progress.step not in {HostStep.STOPPED, HostStep.FAILED}

    @property
    def scenario_name(self) -> str:
        """What people call the scenario, "" where nothing is known of it yet."""
        return self.training.scenario_name if self.training else ""


def state_of(sandbox: Sandbox) -> SandboxState:
    """Return what is known of a sandbox, also of one that was never made."""
    progress = find_progress(sandbox)
    if not sandbox.exists:
        return SandboxState(progress, None, None, 0.0)
    try:
        training = _training_in(sandbox)
    except DatabaseUnreadable as error:
        unread = ConflictError(
            f"the rehearsal's database cannot be read: {error}", reason="training_unreadable"
        )
        fault = HostProgress(progress.step, progress.port, str(unread), told_by_language(unread))
        return SandboxState(fault, None, None, 0.0)
    if progress.step is not HostStep.RUNNING:
        return SandboxState(progress, training, None, 0.0)
    clock = TrainingClock(sandbox.folder)
    pace = 0.0 if clock.paused else clock.speed
    return SandboxState(progress, training, clock.now(), pace)


def _training_in(sandbox: Sandbox) -> Training | None:
    engine = database_of(sandbox.city_folder)
    try:
        with reading(engine) as tx:
            return training_of(tx)
    finally:
        engine.dispose()


def stop_host(sandbox: Sandbox) -> None:
    """Stop a rehearsal and wait until all its processes have ended.

    Raises `NotFoundError` where none runs, `BarfrubError` where it does not end.
    """
    host = find_host(sandbox)
    if host is None or host.pid == os.getpid():  # never the server that was asked to stop it
        raise NotFoundError("training", sandbox.city)
    os.kill(host.pid, signal.SIGTERM)
    until_s = time.monotonic() + LEAVE_S
    while find_host(sandbox) is not None or is_starting(sandbox):
        if time.monotonic() > until_s:
            raise BarfrubError(f"the rehearsal (process {host.pid}) does not end")
        time.sleep(LOOK_S)


def delete_sandbox(sandbox: Sandbox) -> None:
    """Delete a sandbox; raise `ConflictError` while it runs, `NotFoundError` without one."""
    with unhosted(sandbox):
        if sandbox.gone.exists():  # left by a deletion that was cut off
            shutil.rmtree(sandbox.gone)
        if not sandbox.exists:
            raise NotFoundError("training", sandbox.city)
        sandbox.folder.rename(sandbox.gone)  # so that nobody meets half of it
        sandbox.progress.unlink(missing_ok=True)
        shutil.rmtree(sandbox.gone)
