"""Several digesters share out the vehicles: each digests its own, and one publishes for all."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.processes.city_state import CityStateHolder
from api.processes.ingest import board_publisher, evidence_pipeline, part_ownership
from api.processes.ingest.evidence_pipeline import AT_ONCE, Digester
from api.processes.ingest.part_ownership import (
    Ownership,
    PartsLostError,
    ProcessShare,
    SharedOwnership,
)
from data.model import Directions, Position, SegmentId, Storm, VehicleId
from data.store.audit.audit_log import list_events
from data.store.coverage.coverage import list_work_and_drives
from data.store.coverage.track_windows import remove_sensed
from data.store.database.engine import Database, reading, transaction
from data.store.database.part_locks import PartLocks, part_locks
from data.store.database.vehicle_parts import ALL_PARTS, LEADING_PART, PARTS, Parts, part_of
from data.store.logbook import list_unnoted
from data.store.schema import coverage, passage
from data.store.storms.storms import add_storm, get_storm
from data.store.tracking.positions import add_positions, list_unseen
from data.store.work import add_job
from fleet.coverage.coverage_states import CoverageState
from fleet.evidence.proof_store import refresh
from fleet.tracking.live_fleet import Hub
from tests import village as v
from tests.api.conftest import StillClock
from tests.api.processes.ingest.tracked_village import a_tracked_village
from tests.fleet.drives import a_drive
from tests.village_database import a_city

VEHICLES = [VehicleId(one) for one in range(1, 9)]
LEADING, OTHER = ProcessShare(0, 2), ProcessShare(1, 2)


def a_village_in_a_storm() -> Database:
    engine = a_tracked_village(len(VEHICLES))
    with transaction(engine) as tx:
        add_storm(tx, "First snow", "active", v.NOW)
    return engine


@pytest.fixture
def engine() -> Iterator[Database]:
    engine = a_village_in_a_storm()
    yield engine
    engine.dispose()


@pytest.fixture
def storm(engine: Database) -> Storm:
    with reading(engine) as tx:
        return get_storm(tx, 1)


@pytest.fixture(autouse=True)
def _asked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_ownership, "CLAIM_S", 0.0)
    monkeypatch.setattr(board_publisher, "REPAINT_S", 1e9)


@pytest.fixture
def locks(engine: Database, tmp_path: Path) -> Iterator[tuple[PartLocks, PartLocks]]:
    both = part_locks(engine, tmp_path), part_locks(engine, tmp_path)
    yield both
    for one in both:
        one.close()


def store(engine: Database, *drives: list[Position]) -> None:
    with transaction(engine) as tx:
        add_positions(tx, [fix for drive in drives for fix in drive])


def fixed(parts: Parts) -> Callable[[], Parts]:
    return lambda: parts


def along_school(vehicle: int, start_s: float = 60.0) -> list[Position]:
    return a_drive((-10, 150), (210, 150), start_s=start_s, blade=True, vehicle=vehicle)


def a_digester(
    engine: Database, clock: StillClock, hub: Hub, ownership: Ownership | None = None
) -> Digester:
    return Digester(engine, clock, CityStateHolder(engine), hub, lambda: False, ownership)


def rows_of(engine: Database) -> list[list[tuple[Any, ...]]]:
    """What was stored of passes, their own numbers left out, and of coverage."""
    with reading(engine) as tx:
        passes = sorted(tuple(row)[1:] for row in tx.execute(select(passage)))
        return [passes, sorted(map(tuple, tx.execute(select(coverage))))]


def test_evidence_is_dated_after_the_kernels_were_compiled(
    engine: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.moment += timedelta(minutes=10)
    begun_at, warm_up = clock.moment, evidence_pipeline.warm_up

    def warm_up_for_minutes() -> None:
        clock.moment += timedelta(minutes=10)
        warm_up()

    monkeypatch.setattr(evidence_pipeline, "warm_up", warm_up_for_minutes)
    with transaction(engine) as tx:
        add_job(tx, v.a_job(1, v.SCHOOL, directions=Directions.FORWARD))
    store(engine, along_school(1))
    a_digester(engine, clock, Hub()).digest()
    with reading(engine) as tx:
        (line,) = (one for one in list_events(tx) if one.verb == "job.done")
    assert line.at > begun_at


@pytest.mark.parametrize("of", [1, 2, 3, 7, PARTS])
def test_every_part_belongs_to_one_process_and_the_first_leads(of: int) -> None:
    shares = [ProcessShare(number, of).parts for number in range(of)]
    assert sorted(one for share in shares for one in share) == sorted(ALL_PARTS)
    assert LEADING_PART in shares[0]


def test_two_digesters_come_to_what_one_comes_to(
    engine: Database, clock: StillClock, locks: tuple[PartLocks, PartLocks]
) -> None:
    drives = [along_school(one, 60.0 + 15 * one) for one in VEHICLES]
    alone = a_village_in_a_storm()
    clock.moment += timedelta(minutes=10)
    for digesters in (
        [a_digester(alone, clock, Hub())],
        [
            a_digester(engine, clock, Hub(), SharedOwnership(engine, mine, fixed(share.parts)))
            for mine, share in zip(locks, (OTHER, LEADING), strict=True)
        ],
    ):
        there = alone if len(digesters) == 1 else engine
        for half in (slice(0, 3), slice(3, None)):
            store(there, *(drive[half] for drive in drives))
            found = [len(one.digest().positions) for one in digesters]
            assert all(found)
            assert sum(found) == sum(len(drive[half]) for drive in drives)
        with reading(there) as tx:
            assert list_unseen(tx, 1) == ([], 0)
    assert len(rows_of(alone)[0]) >= len(VEHICLES)
    assert rows_of(engine) == rows_of(alone)
    alone.dispose()


def test_who_leads_publishes_what_others_proved_once_it_is_announced(
    engine: Database, clock: StillClock, storm: Storm, locks: tuple[PartLocks, PartLocks]
) -> None:
    vehicle = next(one for one in VEHICLES if part_of(one) in OTHER.parts)
    hub = Hub()
    heard = hub.subscribe(lambda: None)
    leading = a_digester(
        engine, clock, hub, SharedOwnership(engine, locks[0], fixed(LEADING.parts))
    )
    other = a_digester(engine, clock, hub, SharedOwnership(engine, locks[1], fixed(OTHER.parts)))
    leading.digest()
    assert len(dict(heard.take())["coverage"]) == len(v.village().segments)
    store(engine, along_school(vehicle))
    clock.moment += timedelta(minutes=10)
    assert other.digest().coverage
    streets = other.take_streets()
    assert v.SCHOOL in streets
    assert not dict(heard.take())
    assert not other.take_streets()

    leading.announce_streets([*streets, SegmentId(4711)])
    leading.digest()
    told = dict(heard.take())
    (color,) = [row[1:] for row in told["coverage"] if row[0] == v.SCHOOL]
    assert CoverageState.PROGRESS in color
    assert (v.SCHOOL,) in told["evidence"]

    with transaction(engine) as tx:  # and another one takes all of it back
        remove_sensed(tx, storm.id)
        refresh(a_city(tx, clock.now()), storm, streets)
        assert not list_work_and_drives(tx, storm.id, streets)
    leading.announce_streets(streets)
    leading.digest()
    (gone,) = [row[1:] for row in dict(heard.take())["coverage"] if row[0] == v.SCHOOL]
    assert CoverageState.PROGRESS not in gone


def test_parts_of_who_has_gone_are_taken_over_with_what_was_open(
    engine: Database, clock: StillClock, locks: tuple[PartLocks, PartLocks]
) -> None:
    first, second = (SharedOwnership(engine, one, fixed(ALL_PARTS)) for one in locks)
    drive = along_school(1)
    store(engine, drive[:3])
    clock.moment = drive[2].fixed_at
    a_digester(engine, clock, Hub(), first).digest()
    next_one = a_digester(engine, clock, Hub(), second)
    store(engine, drive[3:])
    clock.moment += timedelta(minutes=10)
    assert not next_one.digest().positions
    assert not second.parts

    locks[0].close()
    assert len(next_one.digest().positions) == len(drive) - 3
    assert second.parts == ALL_PARTS
    assert next_one.leads
    alone = a_village_in_a_storm()
    store(alone, drive)
    a_digester(alone, clock, Hub()).digest()
    assert rows_of(engine) == rows_of(alone)
    alone.dispose()


def test_a_process_that_begins_is_handed_its_share_with_what_was_open(
    engine: Database, clock: StillClock, locks: tuple[PartLocks, PartLocks]
) -> None:
    vehicle = next(one for one in VEHICLES if part_of(one) in OTHER.parts)
    wanted = [ALL_PARTS]
    first = SharedOwnership(engine, locks[0], lambda: wanted[-1])
    second = SharedOwnership(engine, locks[1], fixed(OTHER.parts))
    drive = along_school(vehicle)
    store(engine, drive[:3])
    clock.moment = drive[2].fixed_at
    before = a_digester(engine, clock, Hub(), first)
    before.digest()
    store(engine, drive[3:])
    clock.moment += timedelta(minutes=10)
    after = a_digester(engine, clock, Hub(), second)
    assert not after.digest().positions
    wanted.append(LEADING.parts)
    assert not before.digest().positions
    assert first.parts == LEADING.parts
    assert len(after.digest().positions) == len(drive) - 3
    assert before.leads
    assert not after.leads
    alone = a_village_in_a_storm()
    store(alone, drive)
    a_digester(alone, clock, Hub()).digest()
    assert rows_of(engine) == rows_of(alone)
    alone.dispose()


def test_who_lost_its_parts_without_noticing_stores_nothing_any_more(
    engine: Database,
    clock: StillClock,
    locks: tuple[PartLocks, PartLocks],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = (SharedOwnership(engine, one, fixed(ALL_PARTS)) for one in locks)
    digester = a_digester(engine, clock, Hub(), first)
    digester.digest()
    locks[0].close()
    monkeypatch.setattr(part_ownership, "CLAIM_S", inf)  # so it does not look at its locks again
    second.claim()
    assert second.parts == ALL_PARTS
    store(engine, along_school(1))
    clock.moment += timedelta(minutes=10)
    with pytest.raises(PartsLostError):
        digester.digest()
    assert rows_of(engine) == [[], []]


def test_a_process_without_its_locks_ends(
    engine: Database, clock: StillClock, locks: tuple[PartLocks, PartLocks]
) -> None:
    class Dead:
        def lock(self, part: int) -> bool:
            return True

        def unlock(self, part: int) -> None: ...

        def alive(self) -> bool:
            return False

        def close(self) -> None: ...

    with pytest.raises(PartsLostError):
        a_digester(engine, clock, Hub(), SharedOwnership(engine, Dead(), fixed(ALL_PARTS))).digest()


def test_fixes_behind_one_that_waits_are_noted_in_vehicle_logs_only_after_it(
    engine: Database, clock: StillClock, locks: tuple[PartLocks, PartLocks]
) -> None:
    early = next(one for one in VEHICLES if part_of(one) in OTHER.parts)
    late = next(one for one in VEHICLES if part_of(one) in LEADING.parts)
    store(engine, along_school(early), along_school(late))
    clock.moment += timedelta(minutes=10)
    a_digester(
        engine, clock, Hub(), SharedOwnership(engine, locks[0], fixed(LEADING.parts))
    ).digest()
    with reading(engine) as tx:
        assert list_unnoted(tx, 1000) == []
    a_digester(engine, clock, Hub(), SharedOwnership(engine, locks[1], fixed(OTHER.parts))).digest()
    with reading(engine) as tx:
        assert {vehicle for _, vehicle, _ in list_unnoted(tx, 1000)} == {early, late}


def test_the_more_positions_a_run_had_the_later_the_next_one_begins(
    engine: Database, clock: StillClock
) -> None:
    digester = a_digester(engine, clock, Hub())
    rests_s = [digester.rest_s(seen) for seen in (0, 500, 5_000)]
    assert rests_s == sorted(set(rests_s))
    assert digester.rest_s(AT_ONCE) == 0.0
