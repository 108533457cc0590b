"""Costly answers that a child process makes: when it is started, and what goes on without it."""

import gzip
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from api.config.clock import Clock
from api.processes.answer_process import AnswerProcess, AnswersBusyError, answer_until_stopped
from api.processes.cached_response import COSTLY_S, MadeElsewhere
from api.processes.child_process import ParentLine
from data.errors import NotFoundError

FOLDER = Path("/nowhere")


def shout(line: ParentLine, folder: Path, _: Clock) -> None:
    def made(subject: str) -> bytes:
        if subject == "nonsense":
            raise ValueError(subject)
        if subject == "nowhere":
            raise NotFoundError("pass", 7)
        return f"{folder}: {subject.upper()}".encode()

    line.ready()
    answer_until_stopped(line, made)


class Costs:
    """The processor time that answers made in the server have taken."""

    spent_s = 0.0

    def make(self, cost_s: float) -> bytes:
        self.spent_s += cost_s
        return b"made here"


@contextmanager
def answering(costs: Costs, folder: Path | None = FOLDER) -> Iterator[AnswerProcess]:
    answers = AnswerProcess(f"{__name__}:shout", folder, Clock(), lambda: costs.spent_s)
    try:
        yield answers
    finally:
        answers.stop()


def wait_for_child(answers: AnswerProcess) -> int:
    while (pid := answers.pid) is None:
        Event().wait(0.01)
    return pid


def test_a_city_whose_answers_are_cheap_has_no_child():
    costs = Costs()
    with answering(costs) as answers:
        assert answers.made("rose", lambda: costs.make(COSTLY_S / 2)) == b"made here"
        assert not answers.started


def test_a_server_without_processes_beside_it_makes_costly_answers_itself():
    costs = Costs()
    with answering(costs, None) as answers:
        assert answers.made("rose", lambda: costs.make(2 * COSTLY_S)) == b"made here"
        assert not answers.started


def test_after_a_costly_answer_a_child_makes_them_and_the_server_where_it_cannot(caplog):
    costs = Costs()

    def here() -> bytes:
        return costs.make(2 * COSTLY_S)

    with answering(costs) as answers:
        assert answers.made("rose", here) == b"made here"
        pid = wait_for_child(answers)
        found = answers.made("rose", here)
        assert isinstance(found, MadeElsewhere)
        assert gzip.decompress(found.packed.content) == b"/nowhere: ROSE"
        assert answers.made("nonsense", here) == b"made here"
        spent_s = costs.spent_s
        with pytest.raises(AnswersBusyError):
            answers.made("nonsense", here, spare_server=True)
        logged = len(caplog.records)
        with pytest.raises(NotFoundError, match="there is no pass 7") as raised:
            answers.made("nowhere", here)
        assert raised.value.values == {"kind": "pass", "key": 7}
        assert (costs.spent_s, len(caplog.records)) == (spent_s, logged)
        os.kill(pid, signal.SIGKILL)
        while answers.pid == pid:
            Event().wait(0.01)
        assert answers.made("rose", here) == b"made here"
    assert answers.pid is None
