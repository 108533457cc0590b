"""Reading files of others in a child process: what it may take, and what it answers."""

import errno
import importlib
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import SpawnProcess
from typing import Any

import pytest

from api.processes.limited_process import (
    ImportFaultError,
    ImportLimitError,
    ImportStartError,
    ProcessLimits,
    run_limited,
    run_reporting,
)
from data.errors import InvalidError, Need

ENOUGH = ProcessLimits(megabytes=1_500, minutes=5)


def pid_and(*words: str, **named: int) -> tuple[int, Any, Any]:
    return os.getpid(), words, named


def two_steps(report: Callable[[str], object]) -> str:
    report("read")
    report("network")
    return "done"


def refuse(text: str) -> None:
    raise InvalidError("file", text, Need("at most {count} MB", count=4))


def fill(megabytes: int) -> int:
    return sum(len(bytearray(1024**2)) for _ in [[bytearray(1024**2) for _ in range(megabytes)]])


def die() -> None:
    os.abort()


def loop() -> None:
    while True:
        pass


def say_pid_and_loop() -> None:
    os.write(sys.stdout.fileno(), b"%d\n" % os.getpid())
    loop()


def divide(by: int) -> float:
    return 1 / by


def make_a_function() -> Callable[[], None]:
    return lambda: None


def fill_in_a_library() -> None:
    raise RuntimeError("std::bad_alloc")


def test_work_is_done_in_another_process_and_its_result_comes_back() -> None:
    pid, words, named = run_limited(ENOUGH, "a.osm", pid_and, "one", "two", most=3)
    assert pid != os.getpid()
    assert (words, named) == (("one", "two"), {"most": 3})


def test_steps_of_the_work_are_heard_before_its_result() -> None:
    heard: list[str] = []
    assert run_reporting(heard.append, ENOUGH, "a.osm", two_steps) == "done"
    assert heard == ["read", "network"]


def test_an_error_of_ours_comes_back_with_its_values() -> None:
    with pytest.raises(InvalidError) as refused:
        run_limited(ENOUGH, "a.osm", refuse, "{9} MB")
    assert refused.value.values["got"] == "{9} MB"
    need = refused.value.values["expected"]
    assert isinstance(need, Need)
    assert (need, need.msgid, need.values) == ("at most 4 MB", "at most {count} MB", {"count": 4})


@pytest.mark.parametrize(
    ("limits", "work", "given"),
    [
        (ENOUGH, fill, (4_000,)),
        (ENOUGH, fill_in_a_library, ()),
        (ENOUGH, die, ()),
        (ProcessLimits(megabytes=1_500, minutes=0.005), loop, ()),
    ],
    ids=["memory", "memory of a library", "death", "time"],
)
def test_what_takes_too_much_is_given_up_with_the_files_name(limits, work, given) -> None:
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ImportLimitError) as refused:
        run_limited(limits, "town.osm", work, *given)
    assert refused.value.values["file"] == "town.osm"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 50_000


@pytest.mark.parametrize(
    ("work", "given", "fault"),
    [
        (divide, (0,), "ZeroDivisionError"),
        (make_a_function, (), "(PicklingError|AttributeError)"),
    ],
    ids=["bug", "result that cannot be sent"],
)
def test_a_fault_of_the_program_is_not_told_as_too_much(work, given, fault, caplog) -> None:
    with pytest.raises(ImportFaultError, match=f"town.osm: {fault}$") as refused:
        run_limited(ENOUGH, "town.osm", work, *given)
    assert refused.value.code == "server"
    assert "Traceback" in caplog.text


class Unreadable:
    """What a child cannot make anew, so that it dies before it works."""

    def __reduce__(self) -> tuple[Any, ...]:
        return importlib.import_module, ("a_module_that_is_missing",)


def test_a_child_that_dies_at_its_start_is_not_told_as_too_much() -> None:
    with pytest.raises(ImportStartError, match=r"for town\.osm could not start") as refused:
        run_limited(ENOUGH, "town.osm", pid_and, Unreadable())
    assert refused.value.retry_s


def test_a_server_without_room_for_another_process_says_so(monkeypatch: Any) -> None:
    def refuse_to_start(_child: object) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(SpawnProcess, "start", refuse_to_start)
    with pytest.raises(ImportStartError):
        run_limited(ENOUGH, "town.osm", pid_and)


def test_a_child_ends_when_the_server_is_killed() -> None:
    here = say_pid_and_loop.__module__
    script = (
        "from api.processes.limited_process import ProcessLimits, run_limited\n"
        f"from {here} import say_pid_and_loop\n"
        "run_limited(ProcessLimits(1_500, 5), 'a.osm', say_pid_and_loop)\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert server.stdout is not None
    child = int(server.stdout.readline())
    server.kill()
    try:
        server.communicate(timeout=240)  # until the child has closed its end too
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        raise
