"""Child processes that talk, die, hang and leave."""

import os
import signal
from collections.abc import Callable
from contextlib import contextmanager
from queue import Queue
from threading import Event

from api.processes import child_process
from api.processes.child_process import ParentLine, SupervisedProcess, stop_together

LONGEST_S = 600


def echo(line: ParentLine, greeting: str) -> None:
    line.send((greeting, os.getpid()))
    line.ready()
    while not line.stopped.is_set():
        for message in line.receive(LONGEST_S):
            line.send(message)


def hang(line: ParentLine) -> None:
    line.ready()
    line.send(os.getpid())
    Event().wait(LONGEST_S)


@contextmanager
def running(work: Callable[..., None], *values: object):
    """Run a child whose messages are put into a queue; one of them cannot be taken after that."""
    heard = Queue[object]()

    def on_message(message: object) -> None:
        heard.put(message)
        if message == "poison":
            raise ValueError("poison")

    child = SupervisedProcess("child", f"{__name__}:{work.__name__}", values, on_message)
    child.start()
    try:
        yield child, heard
    finally:
        child.stop()


def fail(_: ParentLine) -> None:
    raise SystemExit(3)


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_child_receives_and_answers_and_stops_when_ordered():
    with running(echo, "hello") as (child, heard):
        greeting, pid = heard.get(timeout=LONGEST_S)
        assert (greeting, pid) == ("hello", child.pid)
        child.send([1, 2])
        assert heard.get(timeout=LONGEST_S) == [1, 2]
    assert child.pid is None
    assert not is_there(pid)


def test_a_child_that_dies_is_replaced(caplog):
    with running(echo, "hello") as (_, heard):
        _, killed = heard.get(timeout=LONGEST_S)
        os.kill(killed, signal.SIGKILL)
        _, another = heard.get(timeout=LONGEST_S)
        assert another != killed
    assert "child died (-9); another one takes its place in 1 s" in caplog.text


def test_a_child_that_dies_again_and_again_is_replaced_ever_more_rarely(monkeypatch, caplog):
    monkeypatch.setattr(child_process, "RESTART_S", 0.01)
    monkeypatch.setattr(child_process, "LONGEST_RESTART_S", 0.03)
    with running(fail):
        while caplog.text.count("child died") < 4:
            Event().wait(0.01)
    pauses = [record.args[-1] for record in caplog.records if "died" in record.msg]
    assert pauses[:4] == [0.01, 0.02, 0.03, 0.03]


def test_children_that_do_not_leave_are_killed_together(monkeypatch):
    with running(hang) as (first, heard), running(hang) as (second, also):
        pids = [each.get(timeout=LONGEST_S) for each in (heard, also)]
        monkeypatch.setattr(child_process, "LEAVE_S", 0.1)
        stop_together([first, second])
        assert not any(map(is_there, pids))


def test_a_message_that_cannot_be_taken_does_not_stop_the_next(caplog):
    with running(echo, "hello") as (child, heard):
        heard.get(timeout=LONGEST_S)
        for message in ("poison", "once more"):
            child.send(message)
            assert heard.get(timeout=LONGEST_S) == message
    assert "a message of child could not be taken" in caplog.text


def test_what_was_never_started_can_be_stopped():
    SupervisedProcess("child", f"{__name__}:hang", ()).stop()
