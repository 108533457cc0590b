"""Work on large files in a child process, with limits of memory and time.

What a file of others makes of itself in memory is known only once it is read, and a large one that
is made leaves gigabytes to a process that goes on: whoever works on it may run out of memory, and a
web server that does so takes all other people with it.
"""

import errno
import logging
import multiprocessing
import os
import pickle
import resource
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Thread
from typing import Any

from api.config.settings import Settings
from data.errors import BarfrubError

MEGABYTE = 1024**2
MINUTE_S = 60.0

LOOK_S = 0.2
"""How often to ask whether the work is still wanted."""

LEAVE_S = 5.0
"""How long a child that has answered may take to end."""

_SPAWN = multiprocessing.get_context("spawn")
"""Start method: children do not inherit the parent's memory."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """The memory and the time that a child process may take."""

    megabytes: int
    minutes: float


class ImportLimitError(BarfrubError):
    """A file that takes more memory or time than a server gives it."""

    code = "import_limit"

    def __init__(self, file: str, limits: ProcessLimits) -> None:
        super().__init__(
            f"{file} takes more than {limits.megabytes} MB of memory or {limits.minutes:g} minutes",
            file=file,
            megabytes=limits.megabytes,
            minutes=limits.minutes,
        )


class ImportStartError(BarfrubError):
    """The process for a file could not start: a lack of the server, not of the file."""

    code = "import_start"
    retry_s = 60

    def __init__(self, file: str) -> None:
        super().__init__(f"the process for {file} could not start", file=file)


class ImportFaultError(BarfrubError):
    """A fault of the program in work on a file: not the file's, and not a matter of limits."""

    code = "server"

    def __init__(self, file: str, fault: str) -> None:
        super().__init__(f"internal error in work on {file}: {fault}", file=file, fault=fault)


class WorkStoppedError(Exception):
    """Raised where the work is not wanted any more."""


@dataclass(frozen=True, slots=True)
class _Failed:
    """An error of ours that the work has raised, in parts: errors cannot be made anew by name."""

    kind: type[BarfrubError]
    arguments: tuple[object, ...]
    state: dict[str, object]

    def error(self) -> BarfrubError:
        found = self.kind.__new__(self.kind, *self.arguments)
        found.__dict__.update(self.state)
        return found


@dataclass(frozen=True, slots=True)
class _Done:
    result: Any


@dataclass(frozen=True, slots=True)
class _Fault:
    """An error that is not ours: the name of its type, and where it was raised, for the log."""

    name: str
    trace: str


@dataclass(frozen=True, slots=True)
class _Step:
    """The name of a step that has begun, sent before the answer."""

    name: str


class _TooMuch:
    """Sent where the memory was not enough."""


class _NotBegun:
    """Where the child was gone before it began to work."""


class _Stopped:
    """In place of an answer that nobody wants any more."""


@dataclass(frozen=True, slots=True)
class _Caller:
    """Whoever waits: whether the work is not wanted any more, and what its steps are told to."""

    stopped: Callable[[], bool]
    report: Callable[[str], object] | None = None


_BEGUN = b"begun"
"""What the child sends before it begins to work."""


def run_limited[**P, R](
    limits: ProcessLimits, file: str, work: Callable[P, R], *given: P.args, **named: P.kwargs
) -> R:
    """Return what a function returns that runs in a child process; raise what it raises.

    The function is one of a module, and `file` the name of what it reads or makes. Raises
    `ImportLimitError` where the child takes more than the limits, `ImportStartError` where it dies
    before it begins, and `ImportFaultError` where the function raises an error that is not a
    `BarfrubError`. A child ends when its parent is killed.
    """
    return run_unless(_never, limits, file, work, *given, **named)


def run_unless[**P, R](
    stopped: Callable[[], bool],
    limits: ProcessLimits,
    file: str,
    work: Callable[P, R],
    *given: P.args,
    **named: P.kwargs,
) -> R:
    """Return what `run_limited` does; raise `WorkStoppedError` soon after `stopped` says so."""
    return _run(_Caller(stopped), limits, file, partial(work, *given, **named))


def run_reporting[R](
    report: Callable[[str], object], limits: ProcessLimits, file: str, work: Callable[..., R]
) -> R:
    """Return what `run_limited` does; the function gets a `report` of its own to name its steps."""
    return _run(_Caller(_never, report), limits, file, work)


def _run[R](caller: _Caller, limits: ProcessLimits, file: str, work: Callable[..., R]) -> R:
    if caller.stopped():
        raise WorkStoppedError
    ours, theirs = _SPAWN.Pipe()
    words = theirs, limits, work, caller.report is not None
    child = _SPAWN.Process(target=_work_as_child, args=words, name="barfrub-import", daemon=True)
    _start(child, file)
    theirs.close()  # else nobody notices that the child is gone
    try:
        answer = _answer(ours, limits, caller)
    finally:
        ours.close()
        child.join(LEAVE_S)
        child.kill()
        child.join()
    if isinstance(answer, _Done):
        result: R = answer.result
        return result
    if isinstance(answer, _Failed):
        raise answer.error()
    if isinstance(answer, _Fault):
        _log.error("work on %s failed\n%s", file, answer.trace)
        raise ImportFaultError(file, answer.name)
    if isinstance(answer, _Stopped):
        raise WorkStoppedError
    if isinstance(answer, _NotBegun):
        _log.error("%s: the process for it died at its start (%s)", file, child.exitcode)
        raise ImportStartError(file)
    _log.warning("%s was given up: the process at work on it ended with %s", file, child.exitcode)
    raise ImportLimitError(file, limits)


def limits_of(settings: Settings) -> ProcessLimits:
    """Return the limits of reading or making one file."""
    return ProcessLimits(settings.import_memory_mb, settings.import_minutes)


def _never() -> bool:
    return False


def _start(child: SpawnProcess, file: str) -> None:
    try:
        child.start()
    except OSError as error:  # no memory or no number for another process
        _log.exception("%s: the process for it could not start", file)
        raise ImportStartError(file) from error


def _answer(pipe: Connection, limits: ProcessLimits, caller: _Caller) -> object:
    """Return the child's answer; report the steps that it names before.

    `_TooMuch` where it is late or the child has died at work, `_NotBegun` where before that.
    """
    until_s = time.monotonic() + limits.minutes * MINUTE_S
    try:
        if (missing := _missing(pipe, until_s, caller.stopped)) is not None:
            return missing
        pipe.recv_bytes(len(_BEGUN))
    except (EOFError, OSError):
        return _NotBegun()
    while True:
        try:
            if (missing := _missing(pipe, until_s, caller.stopped)) is not None:
                return missing
            sent = pipe.recv_bytes(limits.megabytes * MEGABYTE)
        except (EOFError, OSError):  # it died, or what it made is too large
            return _TooMuch()
        answer = pickle.loads(sent)  # noqa: S301 - of our own child
        if not isinstance(answer, _Step):
            return answer
        if caller.report is not None:
            caller.report(answer.name)


def _missing(
    pipe: Connection, until_s: float, stopped: Callable[[], bool]
) -> _TooMuch | _Stopped | None:
    """Wait for the child's next words; return why there are none, `None` where there are."""
    while not pipe.poll(min(max(until_s - time.monotonic(), 0.0), LOOK_S)):
        if stopped():
            return _Stopped()
        if time.monotonic() >= until_s:
            return _TooMuch()
    return None


def _work_as_child(
    pipe: Connection,
    limits: ProcessLimits,
    work: Callable[..., object],
    reports: bool,
) -> None:
    Thread(target=_end_with_parent, args=(pipe,), name="parent", daemon=True).start()
    memory_bytes = limits.megabytes * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # nobody waits any more
        pipe.send_bytes(_BEGUN)
    if reports:
        work = partial(work, report=partial(_send_step, pipe))
    try:
        answer = pickle.dumps(_outcome(work))
    except Exception as error:  # whoever waits must hear what kind it is
        answer = pickle.dumps(_fault_of(error))
    with suppress(OSError):  # nobody waits any more
        pipe.send_bytes(answer)


def _end_with_parent(pipe: Connection) -> None:
    """End this process once the parent has closed its end of the pipe, or was killed."""
    with suppress(OSError):
        pipe.poll(None)  # the parent sends nothing
    os._exit(1)


def _fault_of(error: Exception) -> _Fault | _TooMuch:
    """Return what to send for an error that is not ours; libraries have errors for full memory."""
    full = isinstance(error, OSError) and error.errno == errno.ENOMEM
    if full or isinstance(error, MemoryError) or "std::bad_alloc" in str(error):
        return _TooMuch()
    return _Fault(type(error).__name__, "".join(traceback.format_exception(error)))


def _send_step(pipe: Connection, name: str) -> None:
    with suppress(OSError):  # nobody waits any more
        pipe.send_bytes(pickle.dumps(_Step(name)))


def _outcome(work: Callable[..., object]) -> object:
    try:
        return _Done(work())
    except BarfrubError as error:
        return _Failed(type(error), error.args, dict(error.__dict__))
