from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from api.processes.city_state import CityStateHolder
from api.processes.ingest import evidence_pipeline as digester_module
from api.processes.ingest.live_positions import Consumer
from data.errors import ConflictError
from data.model import VehicleId
from data.store.accounts.accounts import add_device
from data.store.audit.audit_log import list_events
from data.store.database.engine import Database, DatabaseUnavailable, reading, transaction
from data.store.setup.machines import save_fleet
from data.store.storms.storms import add_storm
from data.store.tracking.positions import add_positions, count_unseen, list_between, list_last
from fleet.tracking.live_fleet import Hub, LiveFleet
from tests import village as v
from tests.api.conftest import StillClock
from tests.fleet.drives import a_drive, a_fix
from tests.village_database import FLEET, a_village_database

POISON = "poison"
AT_ONCE = 50


@pytest.fixture
def engine() -> Iterator[Database]:
    engine = a_village_database()
    with transaction(engine) as tx:
        add_storm(tx, "First snow", "active", v.NOW)
        for vehicle in (1, 2):
            add_device(tx, f"truck-{vehicle}", v.a_vehicle(vehicle).id, f"hash-{vehicle}")
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def _some_fixes_cannot_be_digested(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = digester_module.keep

    def failing(city, tracks, followed):
        found = honest(city, tracks, followed)  # the tracks have moved on by then
        if any(fix.alarm == POISON for fix in followed.batch):
            raise ZeroDivisionError(POISON)
        return found

    monkeypatch.setattr(digester_module, "keep", failing)
    monkeypatch.setattr(digester_module, "AT_ONCE", AT_ONCE)


@pytest.fixture
def consumer(engine: Database, clock: StillClock) -> Consumer:
    clock.moment += timedelta(hours=1)
    return Consumer(engine, clock, CityStateHolder(engine), Hub(), LiveFleet())


def store(engine: Database, *fixes) -> None:
    with transaction(engine) as tx:
        add_positions(tx, fixes)


def waiting(engine: Database) -> int:
    with reading(engine) as tx:
        return count_unseen(tx)[0]


def looked_at_all(engine: Database, consumer: Consumer) -> int:
    for looks in range(1, 40):
        consumer.run()
        if not waiting(engine):
            return looks
    raise AssertionError("positions wait for ever")


def a_hundred_with(*poisoned: int):
    fixes = [a_fix(v.at_m(0, 0), float(second)) for second in range(100)]
    for second in poisoned:
        fixes[second] = a_fix(v.at_m(0, 0), float(second), alarm=POISON)
    return fixes


def test_one_position_that_cannot_be_digested_is_set_aside_and_the_others_go_on(
    engine: Database, consumer: Consumer
) -> None:
    store(engine, *a_hundred_with(33))
    assert looked_at_all(engine, consumer) < 15
    assert (consumer.tally["digested"], consumer.tally["set_aside"]) == (99, 1)
    with reading(engine) as tx:
        told = list_events(tx)[-1]
    assert (told.verb, told.subject, told.actor.id) == (
        "position.set_aside",
        "position:34",
        "tracking",
    )
    assert told.after["fault"] == "ZeroDivisionError"


def test_several_bad_positions_cost_a_few_runs_each(engine: Database, consumer: Consumer) -> None:
    store(engine, *a_hundred_with(0, 1, 2, 99))
    assert looked_at_all(engine, consumer) < 30
    assert (consumer.tally["digested"], consumer.tally["set_aside"]) == (96, 4)


def test_when_nothing_can_be_digested_positions_wait_instead_of_being_lost(
    engine: Database, consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(engine) as tx:
        save_fleet(tx, replace(FLEET, vehicles=tuple(v.a_vehicle(n) for n in range(1, 6))))
        for vehicle in (3, 4, 5):
            add_device(tx, f"truck-{vehicle}", v.a_vehicle(vehicle).id, f"hash-{vehicle}")
    honest = digester_module.keep
    monkeypatch.setattr(digester_module, "keep", lambda *_: 1 / 0)
    store(engine, *(a_fix(v.at_m(0, 0), float(n), vehicle=1 + n % 5) for n in range(100)))
    for _ in range(2):
        consumer.run()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            consumer.run()
    assert waiting(engine) == 98
    monkeypatch.setattr(digester_module, "keep", honest)
    looked_at_all(engine, consumer)
    assert consumer.tally["digested"] == 98


def test_a_tracker_gone_mad_does_not_hold_up_the_others(
    engine: Database, consumer: Consumer
) -> None:
    bad = [a_fix(v.at_m(0, 0), float(n), alarm=POISON) for n in range(12)]
    store(engine, *bad, a_fix(v.at_m(0, 0), 0.0, vehicle=2))
    looked_at_all(engine, consumer)
    assert (consumer.tally["digested"], consumer.tally["set_aside"]) == (1, 12)


def test_what_was_set_aside_is_not_digested_again(engine: Database, consumer: Consumer) -> None:
    good = a_fix(v.at_m(0, 0), 0.0)
    store(engine, good, a_fix(v.at_m(0, 0), 10.0, alarm=POISON))
    looked_at_all(engine, consumer)
    with reading(engine) as tx:
        around = list_between(tx, VehicleId(1), v.NOW, v.NOW + timedelta(minutes=1))
        assert [fix.fixed_at for fix in around] == [good.fixed_at]
        assert [fix.fixed_at for fix in list_last(tx)] == [good.fixed_at]


def test_evidence_beside_a_bad_position_is_the_same_as_without_it(clock: StillClock) -> None:
    colors = []
    for bad in ([], [a_fix(v.at_m(0, 0), 61.0, vehicle=2, alarm=POISON)]):
        engine = a_village_database()
        with transaction(engine) as tx:
            add_storm(tx, "First snow", "active", v.NOW)
            for vehicle in (1, 2):
                add_device(tx, f"truck-{vehicle}", v.a_vehicle(vehicle).id, f"hash-{vehicle}")
        drive = a_drive((-10, 150), (210, 150), start_s=60, blade=True)
        store(engine, *drive[:3], *bad, *drive[3:])
        clock.moment = v.NOW + timedelta(minutes=20)
        hub = Hub()
        heard = hub.subscribe(lambda: None)
        looked_at_all(engine, Consumer(engine, clock, CityStateHolder(engine), hub, LiveFleet()))
        colors.append(sorted(dict(heard.take())["coverage"]))
        engine.dispose()
    assert colors[0] == colors[1]
    assert any(set(row[1:]) - {6, -1} for row in colors[0])


def test_a_database_that_is_busy_is_nobodys_fault(
    engine: Database, consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_):
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    store(engine, *a_hundred_with())
    monkeypatch.setattr(digester_module, "keep", busy)
    with pytest.raises(DatabaseUnavailable):
        consumer.run()
    assert waiting(engine) == 100
    assert consumer.tally["set_aside"] == 0


def test_new_streets_set_no_position_aside(
    engine: Database, consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replaced(*_):
        raise ConflictError("the streets have changed", reason="streets_changed")

    store(engine, *a_hundred_with())
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(digester_module, "keep", replaced)
        assert consumer.run() == 0
    assert waiting(engine) == 100
    assert consumer.run() == AT_ONCE
    assert consumer.tally["set_aside"] == 0


def test_a_run_takes_no_more_than_a_portion(engine: Database, consumer: Consumer) -> None:
    store(engine, *a_hundred_with())
    assert [consumer.run(), consumer.run(), consumer.run()] == [AT_ONCE, AT_ONCE, 0]
