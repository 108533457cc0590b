"""How far a sandbox is, as its host says in a file, for the page of the real city."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock

from data.errors import BarfrubError, ConflictError
from data.languages import in_language, languages
from data.store.database.city_lock import Server, find_server, serving, unserved
from fleet.training.sandbox.folder import Sandbox
from maps.pages.error_texts import message_of
from maps.pages.i18n import translator

STARTING = "starting"
"""File on the desk that is locked by who starts a host, and by that host as long as it lives."""


class HostStep(StrEnum):
    """What the host of a sandbox does; `COPY` and `STORM` are the steps of filling it.

    While it is `LOADING` it does not say so itself: whoever has started it does.
    """

    LOADING = "loading"
    COPY = "copy"
    STORM = "storm"
    SERVER = "server"
    RUNNING = "running"
    SETTING_BACK = "setting_back"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class HostProgress:
    """Where a host is, the port of its server, and what went wrong where it has failed.

    `fault` is English, for logs; `told` the same by language, where there are texts for it.
    """

    step: HostStep
    port: int = 0
    fault: str = ""
    told: Mapping[str, str] = field(default_factory=dict)

    def fault_in(self, language: str) -> str:
        """Return what went wrong, in a language where there is a text for it, "" where nothing."""
        return in_language(self.told, language) if self.told else self.fault


def told_by_language(error: Exception) -> Mapping[str, str]:
    """Return the text of an error in every language, nothing where there is none."""
    if not isinstance(error, BarfrubError):
        return {}
    return {language: message_of(error, translator(language)) for language in languages()}


def write_progress(sandbox: Sandbox, progress: HostProgress) -> None:
    """Say how far it is; the file is whole at any time."""
    new = sandbox.progress.with_name("progress.new")
    new.write_text(json.dumps(asdict(progress)), encoding="utf-8")
    new.replace(sandbox.progress)


def find_progress(sandbox: Sandbox) -> HostProgress:
    """Return how far it is; a host that was killed has stopped, one that loads has not begun."""
    progress = last_progress(sandbox)
    over = progress.step in {HostStep.FAILED, HostStep.STOPPED}
    if over or find_host(sandbox) is not None:
        return progress
    if progress.step is HostStep.LOADING and is_starting(sandbox):
        return progress
    return HostProgress(HostStep.STOPPED, progress.port)


def last_progress(sandbox: Sandbox) -> HostProgress:
    """Return what was said last, also by a host that is gone."""
    try:
        said = json.loads(sandbox.progress.read_text(encoding="utf-8"))
        return HostProgress(
            HostStep(said["step"]), int(said["port"]), str(said["fault"]), dict(said["told"])
        )
    except (FileNotFoundError, KeyError, ValueError):
        return HostProgress(HostStep.STOPPED)


def find_host(sandbox: Sandbox) -> Server | None:
    """Return the process that hosts a sandbox or makes it, `None` where none does."""
    return find_server(sandbox.desk)


def require_none(sandbox: Sandbox) -> None:
    """Raise `ConflictError` where a sandbox is hosted."""
    host = find_host(sandbox)
    if host is not None:
        raise _running(sandbox, f"is running (process {host.pid}): stop it first")


def is_starting(sandbox: Sandbox) -> bool:
    """Whether somebody starts a host, or one lives that was started by `starting`."""
    try:
        with (sandbox.desk / STARTING).open() as file:
            flock(file, LOCK_SH | LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def starting(sandbox: Sandbox) -> Iterator[int]:
    """Be the only one who starts a host; raise `ConflictError` where another does or has.

    Gives a handle that the host's process is to inherit: as long as it lives it is not forgotten,
    however long it takes to load.
    """
    sandbox.desk.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (sandbox.desk / STARTING).open("a") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError as error:
            require_none(sandbox)
            raise _running(sandbox, "is being started") from error
        require_none(sandbox)
        yield file.fileno()


@contextmanager
def unhosted(sandbox: Sandbox) -> Iterator[None]:
    """Keep everybody from starting or being a host, without being one that could be stopped.

    Raises `ConflictError` where there is one.
    """
    with starting(sandbox), unserved(sandbox.desk):
        yield


def _running(sandbox: Sandbox, how: str) -> ConflictError:
    told = f"a rehearsal of {sandbox.city!r} {how}"
    return ConflictError(told, reason="training_runs", city=sandbox.city)


@contextmanager
def hosting(sandbox: Sandbox) -> Iterator[None]:
    """Be the one host of a city's sandbox; ends with the process in any case.

    Raises `ConflictError` where there is another.
    """
    sandbox.desk.mkdir(parents=True, exist_ok=True, mode=0o700)
    require_none(sandbox)
    with serving(sandbox.desk):
        yield
