"""Three processes digest the positions of a storm, one is killed, and two go on after a restart."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from multiprocessing import active_children
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Engine, select

from api.config.clock import Clock
from api.processes.city_state import CityStateHolder
from api.processes.ingest.evidence_pipeline import Digester
from api.processes.ingest.evidence_process import Apart
from api.processes.ingest.live_positions import Consumer
from api.processes.ingest.part_ownership import ProcessShare
from data.model import Position, Storm, VehicleId
from data.store.accounts.accounts import add_device
from data.store.database.city_database import database_of
from data.store.database.engine import reading, transaction
from data.store.database.vehicle_parts import part_of
from data.store.schema import coverage, evidence_part, passage
from data.store.setup.machines import save_fleet
from data.store.storms.storms import add_storm
from data.store.tracking.positions import add_positions, list_unseen
from fleet.tracking.live_fleet import Hub, LiveFleet
from tests import village as v
from tests.api.conftest import StillClock
from tests.fleet.drives import a_drive
from tests.village_database import FLEET, a_village_database

LONGEST_S = 300
AFTER_ALL = v.NOW + timedelta(hours=2)
VEHICLES = [VehicleId(one) for one in range(1, 13)]
MINUTE_S = 60.0


def begin_storm(engine: Engine) -> Storm:
    with transaction(engine) as tx:
        save_fleet(tx, replace(FLEET, vehicles=tuple(v.a_vehicle(one) for one in VEHICLES)))
        for one in VEHICLES:
            add_device(tx, f"truck-{one}", one, f"hash-{one}")
        return add_storm(tx, "First snow", "active", v.NOW)


def night() -> list[Position]:
    """All trucks plow the same streets, one behind the other."""
    fixes: list[Position] = []
    for one in VEHICLES:
        behind_s, facts = 10.0 * one, {"blade": True, "vehicle": one}
        fixes += a_drive((-10, 150), (410, 150), start_s=behind_s, **facts)
        fixes += a_drive((-10, 0), (410, 0), start_s=25 * MINUTE_S + behind_s, **facts)
        fixes += a_drive((410, 0), (-10, 0), start_s=40 * MINUTE_S + behind_s, **facts)
    return sorted(fixes, key=lambda fix: fix.fixed_at)


def store(engine: Engine, fixes: list[Position]) -> None:
    with transaction(engine) as tx:
        add_positions(tx, fixes)


def until(happened: Callable[[], object]) -> None:
    pause, over_s = Event(), time.monotonic() + LONGEST_S
    while not happened():
        assert time.monotonic() < over_s
        pause.wait(0.05)


@contextmanager
def digesting(engine: Engine, folder: Path, processes: int) -> Iterator[Consumer]:
    """Run the evidence processes of a city; each has run once at the begin."""
    parts = CityStateHolder(engine), Hub(), LiveFleet()
    consumer = Consumer(engine, Clock(AFTER_ALL), *parts, Apart(folder, processes))
    consumer.start()
    consumer.lead()
    begun_s = time.monotonic()
    try:
        until(lambda: consumer.digested_s > begun_s)
        yield consumer
    finally:
        consumer.stop()
        assert not children()


def children() -> dict[str, int | None]:
    """The process ids of the evidence processes, by name."""
    return {one.name: one.pid for one in active_children() if "digesting" in one.name}


def color_of_school(consumer: Consumer, storm: Storm) -> tuple[int, int] | None:
    times = v.NOW, AFTER_ALL + timedelta(hours=1)
    colors = consumer.published_colors(storm, v.village(), *times)
    return None if colors is None else colors[v.SCHOOL]


def all_digested(engine: Engine) -> bool:
    with reading(engine) as tx:
        return not list_unseen(tx, 1)[0]


def passes_and_coverage(engine: Engine) -> list[list[tuple[Any, ...]]]:
    with reading(engine) as tx:
        passes = sorted(tuple(row)[1:] for row in tx.execute(select(passage)))
        return [passes, sorted(map(tuple, tx.execute(select(coverage))))]


def holders(engine: Engine) -> list[str]:
    """Who digests each part, in the order of the parts."""
    with reading(engine) as tx:
        return [*tx.scalars(select(evidence_part.c.holder).order_by(evidence_part.c.part))]


def assert_as_by_one_process(
    engine: Engine, storm: Storm, fixes: list[Position], clock: StillClock
) -> None:
    """What was found in a storm is what one process alone finds in these positions."""
    alone = a_village_database()
    assert begin_storm(alone).id == storm.id
    store(alone, fixes)
    digester = Digester(alone, clock, CityStateHolder(alone), Hub(), lambda: False)
    while digester.digest().positions:
        pass
    found = passes_and_coverage(engine)
    assert len(found[0]) > 3 * len(VEHICLES)
    assert found == passes_and_coverage(alone)
    alone.dispose()


def test_passes_are_those_of_one_process_though_one_of_three_was_killed_and_two_went_on(
    city_folder: Path, clock: StillClock
) -> None:
    fixes, leading = night(), ProcessShare(0, 3).parts
    evening = [fix for fix in fixes[: len(fixes) // 2] if part_of(fix.vehicle_id) not in leading]
    rest = [fix for fix in fixes if fix not in evening]
    engine = database_of(city_folder)
    storm = begin_storm(engine)
    with digesting(engine, city_folder, 3) as consumer:
        until(lambda: len({*holders(engine)}) == 3)
        first, before = holders(engine), color_of_school(consumer, storm)
        assert before is not None
        store(engine, evening)
        # Published by who leads, which has not proved it itself.
        until(lambda: color_of_school(consumer, storm) not in {None, before})
        store(engine, rest[: len(rest) // 2])
        killed = int(first[-1].split(":")[1])  # which does not lead
        assert killed in children().values()
        os.kill(killed, signal.SIGKILL)
        until(lambda: all_digested(engine))
        until(lambda: len({*first} & {*holders(engine)}) == 2)  # another has the third part
        assert killed not in children().values()
    store(engine, rest[len(rest) // 2 :])
    with digesting(engine, city_folder, 2):
        until(lambda: all_digested(engine))
        until(lambda: len({*holders(engine)}) == 2)

    clock.moment = AFTER_ALL
    assert_as_by_one_process(engine, storm, fixes, clock)
    engine.dispose()
