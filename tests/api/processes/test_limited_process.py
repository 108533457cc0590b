"""Reading files of others in a child process: what it may take, and what it answers."""

import os
import resource
from typing import Any

import pytest

from api.processes.limited_process import ImportLimitError, ProcessLimits, run_limited
from data.errors import InvalidError, Need

ENOUGH = ProcessLimits(megabytes=1_500, minutes=5)


def pid_and(*words: str, **named: int) -> tuple[int, Any, Any]:
    return os.getpid(), words, named


def refuse(text: str) -> None:
    raise InvalidError("file", text, Need("at most {count} MB", count=4))


def fill(megabytes: int) -> int:
    return sum(len(bytearray(1024**2)) for _ in [[bytearray(1024**2) for _ in range(megabytes)]])


def die() -> None:
    os.abort()


def loop() -> None:
    while True:
        pass


def test_work_is_done_in_another_process_and_its_result_comes_back() -> None:
    pid, words, named = run_limited(ENOUGH, "a.osm", pid_and, "one", "two", most=3)
    assert pid != os.getpid()
    assert (words, named) == (("one", "two"), {"most": 3})


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
        (ENOUGH, die, ()),
        (ProcessLimits(megabytes=1_500, minutes=0.005), loop, ()),
    ],
    ids=["memory", "death", "time"],
)
def test_what_takes_too_much_is_given_up_with_the_files_name(limits, work, given) -> None:
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ImportLimitError) as refused:
        run_limited(limits, "town.osm", work, *given)
    assert refused.value.values["file"] == "town.osm"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 50_000
