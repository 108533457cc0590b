"""A clock that is set while the server runs is told by a line of the audit log."""

from datetime import datetime, timedelta

import pytest

from api.config.clock import Clock
from api.processes.tasks.clock_task import ClockTask
from api.server.readiness import note_clock
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading
from tests import village as v


class MachineClock(Clock):
    """The machine's clock and the time since it was started, as a test sets them."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = v.NOW
        self.boot_s = 100.0

    def system_now(self) -> datetime:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.boot_s += seconds


@pytest.mark.parametrize("by", [timedelta(hours=-3), timedelta(days=400)])
def test_a_jump_of_the_clock_is_a_line(app, by):
    clock = MachineClock()
    task = ClockTask(app.engine, clock, lambda: clock.boot_s)
    task.run()
    clock.pass_by(5)
    assert task.run() == timedelta(0)
    clock.pass_by(5)
    clock.moment += by
    assert task.run() == by
    assert task.run() == timedelta(0)
    with reading(app.engine) as tx:
        (line,) = list_events(tx, "clock")
    assert (line.verb, line.at) == ("clock.jumped", clock.moment)
    assert line.after["by_s"] == by.total_seconds()


def test_a_training_clock_says_so_and_is_not_watched(app):
    clock = Clock(v.NOW, 30.0)
    assert ClockTask(app.engine, clock).run() == timedelta(0)
    note_clock(app)  # the village's clock is set by the test
    with reading(app.engine) as tx:
        (line,) = list_events(tx, "clock")
    assert (line.verb, line.after["training"]) == ("clock.started", True)
