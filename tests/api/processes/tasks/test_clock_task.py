"""The machine's clock is set while the server runs, forward and back, and nothing is lost."""

from datetime import datetime, timedelta

import pytest

from api.config.clock import Clock, SteadyClock
from api.processes.tasks.clock_task import DOUBT_S, ClockTask
from api.server.readiness import note_clock
from data.model import Alert, AlertKind, VehicleId
from data.store.accounts.accounts import add_device
from data.store.alerts import list_open_alerts
from data.store.audit.audit_log import list_events
from data.store.database.engine import reading, transaction
from data.store.tracking.early_positions import count_early
from data.store.tracking.positions import list_between
from fleet.accounts.accounts import token_digest
from tests import village as v

HOURS = timedelta(hours=1)
BACK_AND_FORWARD = [-3 * HOURS, 400 * 24 * HOURS]


class MachineClock(Clock):
    """The machine's clock and the time since it was started, as a test sets them."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = Clock.system_now(self)
        self.boot_s = 100.0

    def system_now(self) -> datetime:
        return self.moment

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        self.boot_s += seconds


@pytest.fixture
def clock():
    return MachineClock()


@pytest.fixture
def task(app, clock):
    """What looks after the clock, with the test's clock for machine and sessions."""
    steady = SteadyClock(lambda: clock.moment, lambda: clock.boot_s)
    app.sessions.now = steady.now
    clocks = app.position_ingest.tracker_stats.clocks
    return ClockTask(app.engine, clock, steady, clocks.forget, lambda: clock.boot_s)


@pytest.fixture
def trackers(app):
    """Three trackers, whose clocks are right."""
    with transaction(app.engine) as tx:
        for number in (1, 2, 3):
            name, vehicle_id = f"truck-{number}", VehicleId(1 + number % 2)
            add_device(tx, name, vehicle_id, token_digest(f"token-{number}"))
    return [f"token-{number}" for number in (1, 2, 3)]


def send(client, token, at, source="osmand"):
    pin = {"lat": "37.55", "lon": "45.07"}
    answer = client.get("/osmand", params={"id": token, "timestamp": str(at.timestamp()), **pin})
    assert answer.status_code == 200


def stored(app, since, until):
    with reading(app.engine) as tx:
        while app.consumer.run():
            pass
        return [fix for one in (1, 2) for fix in list_between(tx, VehicleId(one), since, until)]


@pytest.mark.parametrize("by", BACK_AND_FORWARD)
def test_a_jump_of_the_clock_is_a_line(app, clock, task, by):
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


@pytest.mark.parametrize("by", BACK_AND_FORWARD)
def test_a_jump_of_the_clock_signs_nobody_out(client, sign_in, clock, task, by):
    sign_in("dispatcher")
    clock.pass_by(3600)
    assert client.get("/api/board").status_code == 200
    clock.moment += by
    assert client.get("/api/board").status_code == 200  # before anybody has noticed
    task.run()
    assert client.get("/api/board").status_code == 200
    clock.pass_by(10 * 3600)
    assert client.get("/api/board").status_code == 200
    clock.pass_by(2 * 3600)
    assert client.get("/api/board").status_code == 401  # a session is a shift all the same


def test_positions_from_the_future_of_a_wrong_clock_are_used_once_it_is_right(
    client, app, clock, task, trackers
):
    right = clock.moment
    clock.moment -= 3 * HOURS  # set back before the server was started
    task.run()
    for second in range(3):
        send(client, trackers[0], right + timedelta(seconds=second))
    assert stored(app, right - HOURS, right + HOURS) == []
    clock.pass_by(60)
    clock.moment += 3 * HOURS
    task.run()
    with reading(app.engine) as tx:
        assert count_early(tx) == 0
    used = stored(app, right - HOURS, right + HOURS)
    assert [fix.fixed_at.timestamp() for fix in used] == [
        pytest.approx((right + timedelta(seconds=second)).timestamp()) for second in range(3)
    ]
    assert all(fix.received_at == clock.moment for fix in used)
    assert "came_at" in used[0].attributes


def test_what_a_tracker_alone_sends_from_the_future_is_not_used(client, app, clock, task, trackers):
    ahead = clock.moment + HOURS
    send(client, trackers[0], ahead)
    clock.pass_by(2 * 3600)
    task.run()
    assert stored(app, ahead - HOURS, ahead + HOURS) == []
    with reading(app.engine) as tx:
        assert count_early(tx) == 1


def test_what_several_trackers_agree_on_is_used_when_its_time_has_come(
    client, app, clock, task, trackers
):
    ahead = clock.moment + HOURS
    for number, token in enumerate(trackers):
        send(client, token, ahead + timedelta(seconds=number))
    task.run()
    assert stored(app, ahead - HOURS, ahead + HOURS) == []
    clock.pass_by(3600)  # the server was started anew meanwhile, with the right time
    task.run()
    assert len(stored(app, ahead - HOURS, ahead + HOURS)) == 3


def test_positions_of_a_clock_that_ran_ahead_are_kept_with_their_own_times(
    client, app, clock, task, trackers
):
    right = clock.moment
    clock.moment += 400 * 24 * HOURS
    task.run()
    send(client, trackers[0], right)
    clock.moment -= 400 * 24 * HOURS
    task.run()
    (fix,) = stored(app, right - HOURS, right + HOURS)
    assert fix.fixed_at.timestamp() == pytest.approx(right.timestamp())


def test_several_trackers_that_disagree_with_the_clock_are_an_alert(
    client, sign_in, app, clock, task, trackers
):
    sign_in("dispatcher")
    assert client.post("/api/storms", json={"name": "First snow"}).status_code == 201
    for token in trackers[:2]:
        send(client, token, clock.moment + 3 * HOURS)
    app.alert_task.run()
    assert clock_alerts(app) == []
    send(client, trackers[2], clock.moment + 3 * HOURS)
    app.alert_task.run()
    (alert,) = clock_alerts(app)
    assert (alert.vehicle_id, alert.facts) == (None, {"ahead_min": 180, "count": 3})
    clock.moment += 3 * HOURS
    task.run()
    app.alert_task.run()
    clock.pass_by(300)
    app.alert_task.run()
    assert clock_alerts(app) == []


def clock_alerts(app) -> list[Alert]:
    with reading(app.engine) as tx:
        return [one for one in list_open_alerts(tx) if one.kind is AlertKind.CLOCK]


def test_nothing_is_erased_by_a_clock_that_was_just_set_far_forward(app, clock, task):
    assert not task.doubtful()
    clock.moment += 400 * 24 * HOURS
    task.run()
    assert task.doubtful()
    clock.pass_by(DOUBT_S + 1)
    task.run()
    assert not task.doubtful()


def test_a_start_long_after_the_last_line_waits_with_erasing(app, clock):
    note_clock(app)
    clock.moment += 30 * 24 * HOURS
    assert ClockTask(app.engine, clock, SteadyClock()).doubtful()


def test_a_training_clock_says_so_and_keeps_no_times(app):
    training = Clock(v.NOW, 30.0)
    steady = SteadyClock(lambda: v.NOW, lambda: 0.0)
    assert ClockTask(app.engine, training, steady).run() == timedelta(0)
    assert not ClockTask(app.engine, training, steady).doubtful()


def test_a_server_that_does_not_lead_follows_the_clock_and_writes_nothing(app, task, clock):
    clock.moment += 400 * 24 * HOURS
    with reading(app.engine) as tx:
        before = len(list_events(tx))
    task.step_beside()
    assert app.sessions.now() == clock.moment
    assert task.doubtful()
    with reading(app.engine) as tx:
        assert len(list_events(tx)) == before
