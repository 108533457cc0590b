from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from itertools import count
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from api.processes.ingest import board_publisher
from api.processes.ingest import evidence_pipeline as digester_module
from data.errors import DiskFullError
from data.model import (
    DeviceId,
    Position,
    RunWish,
    Storm,
    VehicleId,
)
from data.policy.city_policy import DEFAULT_POLICY
from data.store.accounts.accounts import add_device
from data.store.coverage.coverage import list_work_and_drives
from data.store.database.engine import (
    Database,
    DatabaseUnavailable,
    Tx,
    transaction,
)
from data.store.planning.plan_runs import add_run
from data.store.schema import passage
from data.store.setup.machines import save_fleet
from data.store.storms.storms import add_storm, close_storm
from data.store.tracking.positions import add_positions, list_unseen
from fleet.coverage.coverage_states import CoverageState
from fleet.coverage.track_windows import TrackWindow
from fleet.setup.city_setup import set_policy
from fleet.tracking.live_fleet import Hub, Subscription
from tests import village as v
from tests.api.conftest import StillClock
from tests.api.processes.ingest.tracked_village import a_consumer, a_tracked_village, told
from tests.fleet.drives import a_drive, a_fix
from tests.postgres import WANTED
from tests.village_database import DISPATCHER, FLEET

ONE_OF_TWO, DUE, NOT_DUE = CoverageState.PROGRESS, CoverageState.DUE, CoverageState.NOT_DUE
PARTLY = CoverageState.PARTLY_FRESH


@pytest.fixture(autouse=True)
def _no_rest_by_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_publisher, "REPAINT_S", 0.0)


def store(engine: Database, fixes: list[Position]) -> None:
    with transaction(engine) as tx:
        add_positions(tx, fixes)


def on_school_street() -> list[Position]:
    return a_drive((-10, 150), (210, 150), start_s=60, blade=True)


def test_the_first_run_publishes_every_color_and_last_position(
    engine: Database, clock: StillClock, hub: Hub, heard: Subscription, storm: Storm
) -> None:
    store(engine, on_school_street())
    clock.moment += timedelta(minutes=20)
    a_consumer(engine, clock, hub).run()
    heard_now = told(heard)
    assert len(heard_now["coverage"]) == 12
    assert (v.SCHOOL, PARTLY, NOT_DUE) in heard_now["coverage"]
    assert [one.id for one in heard_now["vehicles"]] == [1]
    assert heard_now["storm"][0].name == "First snow"


def test_boards_hear_when_each_direction_was_plowed_last(
    engine: Database, clock: StillClock, hub: Hub, heard: Subscription, storm: Storm
) -> None:
    fixes = on_school_street()
    consumer = a_consumer(engine, clock, hub)
    consumer.run()
    assert "plowed" not in told(heard)
    store(engine, fixes)
    clock.moment += timedelta(minutes=20)
    consumer.run()
    [(street, there, back)] = told(heard)["plowed"]
    assert street == v.SCHOOL
    assert fixes[0].fixed_at.timestamp() < there <= fixes[-1].fixed_at.timestamp()
    assert back == 0
    consumer.run()
    assert "plowed" not in told(heard)


def test_streets_age_without_positions_and_only_changes_are_published(
    engine: Database, clock: StillClock, hub: Hub, heard: Subscription, storm: Storm
) -> None:
    consumer = a_consumer(engine, clock, hub)
    consumer.run()
    told(heard)
    clock.moment += timedelta(minutes=1)
    consumer.run()
    assert "coverage" not in told(heard)
    clock.moment += timedelta(hours=3, minutes=30)
    consumer.run()
    due = told(heard)["coverage"]
    assert {row[0] for row in due} == {v.MAIN_WEST, v.MAIN_EAST, v.MILL}
    assert all(set(row[1:]) == {DUE} for row in due)


def test_a_restart_goes_on_where_the_last_run_ended(
    engine: Database, clock: StillClock, hub: Hub, heard: Subscription, storm: Storm
) -> None:
    fixes = on_school_street()
    store(engine, fixes[:3])
    clock.moment = fixes[2].fixed_at
    a_consumer(engine, clock, hub).run()
    store(engine, fixes[3:])
    clock.moment += timedelta(minutes=5)
    a_consumer(engine, clock, hub).run()
    assert (v.SCHOOL, ONE_OF_TWO, NOT_DUE) in told(heard)["coverage"]


def test_positions_come_in_portions_and_are_seen_once(
    engine: Database,
    clock: StillClock,
    hub: Hub,
    storm: Storm,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(digester_module, "AT_ONCE", 100)
    place = v.at_m(0, 0)
    store(engine, [a_fix(place, float(i)) for i in range(120)])
    clock.moment += timedelta(hours=1)
    consumer = a_consumer(engine, clock, hub)
    assert [consumer.run() for _ in range(3)] == [100, 20, 0]
    with transaction(engine) as tx:
        assert list_unseen(tx, 10) == ([], 0)


@pytest.mark.parametrize(
    ("step", "breaks_at"),
    [("keep", 0), ("keep", 1), ("keep", 2), ("mark_seen_until", 0), ("mark_seen_until", 1)],
)
def test_a_run_that_breaks_off_between_two_transactions_comes_to_the_same_again(
    engine: Database,
    clock: StillClock,
    hub: Hub,
    storm: Storm,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    breaks_at: int,
) -> None:
    first = on_school_street()
    second = [replace(fix, device_id=DeviceId(2), vehicle_id=VehicleId(2)) for fix in first]
    clock.moment += timedelta(hours=1)
    undisturbed = a_tracked_village()
    with transaction(undisturbed) as tx:
        add_storm(tx, "First snow", "active", v.NOW)
    store(undisturbed, [*first, *second])
    a_consumer(undisturbed, clock, hub).run()

    honest, calls = getattr(digester_module, step), count()

    def failing(*arguments: Any) -> Any:
        if next(calls) == breaks_at:
            raise DiskFullError
        return honest(*arguments)

    monkeypatch.setattr(digester_module, "WINDOWS_AT_ONCE", 1)
    monkeypatch.setattr(digester_module, "MARKED_AT_ONCE", len(first))
    monkeypatch.setattr(digester_module, step, failing)
    store(engine, [*first, *second])
    with pytest.raises(DatabaseUnavailable):
        a_consumer(engine, clock, hub).run()
    consumer = a_consumer(engine, clock, hub)  # as after a restart
    while consumer.run():
        pass
    assert next(calls) > 2
    assert len(passes_of(undisturbed)) >= 2
    assert passes_of(engine) == passes_of(undisturbed)
    with transaction(engine) as tx:
        assert list_unseen(tx, 10) == ([], 0)
    undisturbed.dispose()


def test_nobody_counts_as_silent_while_later_positions_wait(
    engine: Database,
    clock: StillClock,
    hub: Hub,
    storm: Storm,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest, settled = TrackWindow.settle, list[TrackWindow]()

    def counting(window: TrackWindow, *args: Any) -> None:
        settled.append(window)
        honest(window, *args)

    monkeypatch.setattr(TrackWindow, "settle", counting)
    monkeypatch.setattr(digester_module, "AT_ONCE", 8)
    fixes = on_school_street()
    store(engine, fixes)
    clock.moment += timedelta(hours=1)
    consumer = a_consumer(engine, clock, hub)
    while consumer.run() == 8:
        assert not settled
    assert len(fixes) % 8
    assert {window.vehicle_id for window in settled} == {fixes[0].vehicle_id}


def passes_of(engine: Database) -> list[tuple[Any, ...]]:
    """What was stored of passes, their own numbers left out."""
    with transaction(engine) as tx:
        return sorted(tuple(row)[1:] for row in tx.execute(select(passage)))


def test_the_end_of_a_storm_and_a_plan_run_are_published(
    engine: Database, clock: StillClock, hub: Hub, heard: Subscription, storm: Storm
) -> None:
    consumer = a_consumer(engine, clock, hub)
    consumer.run()
    told(heard)
    with transaction(engine) as tx:
        add_run(tx, storm.id, "leila", v.NOW, RunWish(30.0))
    consumer.run()
    assert told(heard)["runs"][0].asked_by == "leila"
    with transaction(engine) as tx:
        close_storm(tx, storm.id, "closed", v.NOW)
    consumer.run()
    heard_now = told(heard)
    assert heard_now["storm"][0].phase == "closed"
    assert "runs" not in heard_now


def test_a_vehicle_that_joined_the_fleet_later_is_shown(
    engine: Database, clock: StillClock, hub: Hub, heard: Subscription, storm: Storm
) -> None:
    consumer = a_consumer(engine, clock, hub)
    consumer.run()
    told(heard)
    with transaction(engine) as tx:
        bigger = (*FLEET.vehicles, v.a_vehicle(3))
        save_fleet(tx, replace(FLEET, vehicles=bigger))
        add_device(tx, "truck-3", v.a_vehicle(3).id, "hash-3")
    store(engine, [a_fix(v.at_m(0, 0), vehicle=3)])
    consumer.run()
    assert [one.name for one in told(heard)["vehicles"]] == ["Truck 3"]


def test_a_policy_set_while_the_server_runs_paints_all_streets_anew(
    engine: Database, clock: StillClock, hub: Hub, heard: Subscription, storm: Storm
) -> None:
    consumer = a_consumer(engine, clock, hub)
    clock.moment += timedelta(hours=2)
    consumer.run()
    told(heard)
    stricter = DEFAULT_POLICY.replace("cycle_h = 3", "cycle_h = 1.5")
    with transaction(engine) as tx:
        set_policy(tx, DISPATCHER, stricter, v.village(), clock.now())
    consumer.run()
    news = told(heard)
    assert [one.id for one in news["city"]] == [1]
    assert (v.MAIN_WEST, DUE, DUE) in news["coverage"]
    consumer.run()
    assert "city" not in told(heard)


def test_a_stop_does_not_wait_until_kernels_are_compiled(
    engine: Database, clock: StillClock, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, compiled = Event(), Event()

    def compile_for_long() -> None:
        begun.set()
        compiled.wait()

    monkeypatch.setattr(digester_module, "warm_up", compile_for_long)
    store(engine, on_school_street())
    consumer = a_consumer(engine, clock, hub)

    consumer.start()
    begun.wait()
    consumer.stop()
    assert not consumer.kernels_ready
    compiled.set()
    assert consumer.tally["digested"] == 0
    with transaction(engine) as tx:
        assert list_unseen(tx, 10)[0]  # they wait for the next start


def test_a_storm_that_ends_while_positions_are_matched_gets_their_passes_once(
    engine: Database, clock: StillClock, hub: Hub, storm: Storm, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = digester_module.follow

    def followed_while_it_ends(tx: Tx, *words: Any) -> Any:
        followed = honest(tx, *words)
        # The database in memory has one connection; on PostgreSQL who reads cannot write.
        with transaction(engine) if WANTED else nullcontext(tx) as writing:
            close_storm(writing, storm.id, "closed", clock.now())
        return followed

    monkeypatch.setattr(digester_module, "follow", followed_while_it_ends)
    store(engine, on_school_street())
    clock.moment += timedelta(minutes=20)
    a_consumer(engine, clock, hub).run()
    with transaction(engine) as tx:
        seen = list_work_and_drives(tx, storm.id, {v.SCHOOL})
        assert len(tx.execute(select(passage).where(passage.c.segment_id == v.SCHOOL)).all()) == 1
    assert [len(passes) for passes in seen.values()] == [1]
