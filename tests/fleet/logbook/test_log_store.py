from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from data.model import (
    Evidence,
    EvidenceKind,
    Pass,
    Position,
    SegmentId,
    Treatment,
    VehicleId,
)
from data.store.accounts.accounts import add_device
from data.store.coverage.track_windows import WindowChange, replace_windows
from data.store.database.engine import reading, transaction
from data.store.logbook import forget_parts, list_stale, save_parts
from data.store.storms.storms import add_storm
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from fleet.context import CityContext
from fleet.coverage.tap_rules import SEEN, UNSEEN
from fleet.evidence.proof_store import store_evidence
from fleet.logbook.activities import Spell
from fleet.logbook.log_cache import LogMemory
from fleet.logbook.log_store import (
    FRESH,
    PART,
    LogAccess,
    LogFilter,
    note_fixes,
    part_of,
    read_again,
    read_parts,
    read_until,
    spells_between,
)
from fleet.logbook.trips import VehicleLog, log_of
from fleet.matching.map_matching import StreetMatcher
from fleet.tracking.geofences import sites_of
from tests import village as v
from tests.fleet.drives import a_drive, a_fix
from tests.village_database import POLICY, a_village_database

MATCHER = StreetMatcher(v.village())
LONG_AFTER = v.NOW + timedelta(hours=3)
HOUR = timedelta(hours=1)
ALL = LogFilter(None, LONG_AFTER)
TRUCK, OTHER = VehicleId(1), VehicleId(2)


def a_database() -> Engine:
    engine = a_village_database()
    with transaction(engine) as tx:
        for vehicle in (1, 2):
            add_device(tx, f"truck-{vehicle}", v.a_vehicle(vehicle).id, f"hash-{vehicle}")
    return engine


def a_shelf(engine: Engine) -> LogAccess:
    return LogAccess(lambda: reading(engine), lambda: transaction(engine), v.village(), MATCHER)


def arrived(engine: Engine, fixes: Sequence[Position]) -> None:
    """Store fixes and let the tracking see them."""
    with transaction(engine) as tx:
        add_positions(tx, fixes)
        mark_seen_until(tx, list_unseen(tx, 100_000)[1])


def spells(engine: Engine, vehicle_id: VehicleId = TRUCK) -> list[Spell]:
    with reading(engine) as tx:
        return dict(spells_between(tx, v.NOW, LONG_AFTER, [vehicle_id])).get(vehicle_id, [])


def read(engine: Engine, look: int = 0) -> list[Spell]:
    """Read all that is to be read, some minutes after the look before."""
    shelf = a_shelf(engine)
    note_fixes(shelf)
    read_parts(shelf, ALL, LONG_AFTER + look * FRESH * 2, 1000)
    return spells(engine)


def a_round(vehicle: int = 1) -> list[Position]:
    """Return forty minutes of a truck: at work, a long stand, at work again."""
    first = a_drive((0, 0), (400, 0), (400, 150), (0, 150), noise_m=3.0, blade=True)
    stand = [a_fix(v.at_m(0, 150), 200.0 + 20 * i, blade=False) for i in range(90)]
    second = a_drive((0, 150), (0, 0), (600, 0), start_s=2000, noise_m=3.0, blade=True)
    return [
        a_fix(
            fix.location,
            (fix.fixed_at - v.NOW).total_seconds(),
            vehicle=vehicle,
            blade=fix.blade,
        )
        for fix in (*first, *stand, *second)
    ]


ROUND = a_round()


@cache
def read_at_once() -> list[Spell]:
    engine = a_database()
    arrived(engine, ROUND)
    return read(engine)


def test_metres_are_those_of_the_tracker_though_the_phones_fixes_came_before_its() -> None:
    """Both counted 1,444 m for 1,299, and 169 of them as work: a phone knows no blade."""
    engine, way = a_database(), ((0, 0), (200, 0), (200, 150), (0, 150), (0, 0), (600, 0))
    arrived(engine, a_drive(*way, start_s=2, every_s=3, noise_m=12, seed=2, source="phone"))
    arrived(engine, tracker := a_drive(*way, blade=True, noise_m=3.0))
    alone = a_database()
    arrived(alone, tracker)
    assert read(engine) == read(alone)


def test_logs_are_read_until_the_oldest_fix_that_none_of_them_knows() -> None:
    engine, moments = a_database(), list[datetime]()

    def look() -> None:
        with reading(engine) as tx:
            moments.append(read_until(tx, LONG_AFTER))

    look()
    arrived(engine, [a_fix(v.at_m(0, 0), 7200.0)])
    look()
    note_fixes(a_shelf(engine))
    look()
    read(engine)
    look()
    before = v.NOW + 2 * HOUR - PART
    assert moments == [LONG_AFTER, before, before, LONG_AFTER]


@settings(max_examples=5)
@given(st.randoms(use_true_random=True), st.integers(2, 3))
def test_whatever_order_fixes_come_in_the_log_is_the_same(chance: Random, batches: int) -> None:
    engine = a_database()
    shuffled = chance.sample(ROUND, len(ROUND))
    for batch in range(batches):
        arrived(engine, shuffled[batch::batches])
        found = read(engine, batch)
    assert found == read_at_once()


def test_a_log_read_anew_is_the_same() -> None:
    engine = a_database()
    arrived(engine, [*ROUND, *a_round(vehicle=2)])
    before = (read(engine), spells(engine, OTHER))
    assert before[0]
    with transaction(engine) as tx:
        forget_parts(tx)
    assert spells(engine) == []
    assert (read(engine), spells(engine, OTHER)) == before


def test_a_log_in_memory_changes_with_its_parts_and_with_its_time() -> None:
    engine, memory, grounds = a_database(), LogMemory(), sites_of([], [])
    arrived(engine, ROUND[:100])
    read(engine)

    def kept(until: datetime) -> VehicleLog:
        with reading(engine) as tx:
            return memory.logs(tx, grounds, v.NOW, until)[TRUCK]

    for until in (LONG_AFTER, v.NOW + HOUR / 4, v.NOW + HOUR / 2):
        assert kept(until) == log_of(spells(engine), grounds, v.NOW, until)
    assert kept(LONG_AFTER) is kept(LONG_AFTER + HOUR)
    arrived(engine, ROUND[100:])
    read(engine, 1)
    assert kept(LONG_AFTER) == log_of(read_at_once(), grounds, v.NOW, LONG_AFTER)


def test_parts_hold_all_of_a_log_and_nothing_twice() -> None:
    found = sorted(read_at_once(), key=lambda spell: spell.starts_at)
    whole = ROUND[-1].fixed_at - ROUND[0].fixed_at
    assert sum(spell.seconds for spell in found) == whole.total_seconds()
    assert all(a.ends_at == b.starts_at for a, b in pairwise(found))
    log = log_of(found, sites_of([], []), v.NOW, LONG_AFTER)
    assert log.figures.sums.work_m == pytest.approx(400 + 150 + 400 + 150 + 600, rel=0.05)


def a_pass(street: SegmentId, since_s: float, until_s: float, **changes: Any) -> Pass:
    return Pass(
        **{
            "segment_id": street,
            "forward": True,
            "from_m": 0.0,
            "to_m": v.village().segment(street).length_m,
            "vehicle_id": TRUCK,
            "started_at": v.NOW + timedelta(seconds=since_s),
            "ended_at": v.NOW + timedelta(seconds=until_s),
            "treatment": Treatment.PLOW,
            "evidence": Evidence(EvidenceKind.DRIVER, SEEN),
        }
        | changes
    )


def test_work_of_a_truck_without_sensors_is_what_its_driver_and_its_speed_tell() -> None:
    engine = a_database()
    with transaction(engine) as tx:
        storm = add_storm(tx, "First snow", "active", v.NOW)
    arrived(engine, a_drive((0, 0), (600, 0)))
    assert sum(spell.sums.work_m for spell in read(engine)) == 0.0
    nobody_saw = Evidence(EvidenceKind.DRIVER, UNSEEN)
    passes = [a_pass(v.MAIN_WEST, 0, 25), a_pass(v.DEPOT_ROAD, 0, 75, evidence=nobody_saw)]
    with transaction(engine) as tx:
        store_evidence(CityContext(tx, v.village(), POLICY, LONG_AFTER), storm, passes)
    log = log_of(read(engine, 1), sites_of([], []), v.NOW, LONG_AFTER)
    assert log.figures.knows_work
    assert log.figures.sums.work_m == pytest.approx(200, abs=25)
    slow = a_pass(v.MAIN_EAST, 25, 50, evidence=Evidence(EvidenceKind.SPEED, 0.5))
    with transaction(engine) as tx:
        replace_windows(tx, [WindowChange(TRUCK, 1, [], [(storm.id, slow)])])
        read_again(tx, [slow])
    log = log_of(read(engine, 2), sites_of([], []), v.NOW, LONG_AFTER)
    assert log.figures.sums.work_m == pytest.approx(400, abs=25)


def test_where_a_sensor_speaks_no_word_makes_work() -> None:
    engine = a_database()
    with transaction(engine) as tx:
        storm = add_storm(tx, "First snow", "active", v.NOW)
    arrived(engine, a_drive((0, 0), (600, 0), blade=False))
    with transaction(engine) as tx:
        store_evidence(
            CityContext(tx, v.village(), POLICY, LONG_AFTER), storm, [a_pass(v.MAIN_WEST, 0, 25)]
        )
    assert sum(spell.sums.work_m for spell in read(engine)) == 0.0


def test_only_parts_that_a_late_fix_bears_on_are_read_again() -> None:
    engine = a_database()
    arrived(engine, ROUND)
    read(engine)
    arrived(engine, [a_fix(v.at_m(200, 2), 27.0, blade=True)])
    shelf = a_shelf(engine)
    assert note_fixes(shelf) == 1
    with reading(engine) as tx:
        parts = list_stale(tx, None, LONG_AFTER, LONG_AFTER + HOUR, 10)
    stale = [part.starts_at for part in parts]
    assert stale == [v.NOW - PART, v.NOW]
    assert note_fixes(shelf) == 0


def test_what_was_read_before_a_late_fix_is_not_stored_over_it() -> None:
    engine = a_database()
    arrived(engine, ROUND)
    shelf = a_shelf(engine)
    note_fixes(shelf)
    with reading(engine) as tx:
        (old, *_) = [
            one
            for one in list_stale(tx, v.NOW, LONG_AFTER, LONG_AFTER, 10)
            if one.starts_at == v.NOW
        ]
    arrived(engine, [a_fix(v.at_m(200, 2), 27.0, blade=True)])
    note_fixes(shelf)
    with transaction(engine) as tx:
        save_parts(tx, [(old, [])], LONG_AFTER)
    with reading(engine) as tx:
        stale = list_stale(tx, v.NOW, LONG_AFTER, LONG_AFTER, 10)
    assert v.NOW in {one.starts_at for one in stale}


def test_a_part_that_goes_on_is_not_read_at_every_look() -> None:
    engine = a_database()
    shelf = a_shelf(engine)
    now = v.NOW + timedelta(minutes=1)
    wanted = LogFilter(v.NOW, LONG_AFTER)
    arrived(engine, ROUND[:5])
    note_fixes(shelf)
    assert read_parts(shelf, wanted, now, 10) == 1
    arrived(engine, ROUND[5:8])
    note_fixes(shelf)
    assert read_parts(shelf, wanted, now + timedelta(seconds=30), 10) == 0
    assert read_parts(shelf, wanted, now + timedelta(seconds=61), 10) == 1


def test_a_part_begins_at_a_quarter_of_an_hour() -> None:
    assert part_of(v.NOW + timedelta(minutes=29, seconds=59)) == v.NOW + PART
