"""A driver's tap is judged by where the truck was, however long positions wait for matching."""

from datetime import timedelta

import pytest

from api.processes.city_state import CityStateHolder
from api.processes.ingest import evidence_pipeline
from api.processes.ingest.evidence_pipeline import Digester
from data.model import Evidence, EvidenceKind, ShiftId, Storm
from data.store.coverage.coverage import list_coverage
from data.store.database.engine import Database, reading, transaction
from data.store.shifts.shifts import add_shifts
from data.store.tracking.positions import add_positions, list_unseen
from fleet.coverage.tap_rules import SEEN
from fleet.shifts.shift_progress import Legs, complete_legs, start_shift
from fleet.storms.storm_start import end_storm
from fleet.tracking.live_fleet import Hub
from tests import village as v
from tests.api.conftest import StillClock
from tests.fleet.drives import a_drive
from tests.village_database import DISPATCHER
from tests.village_plan import a_leg, add_published_plan


@pytest.mark.parametrize("ended", [False, True], ids=["storm goes on", "storm has ended"])
def test_a_tap_waits_for_the_positions_from_before_it(
    engine: Database,
    clock: StillClock,
    storm: Storm,
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    ended: bool,
) -> None:
    drive = a_drive((-10, 150), (210, 150), start_s=60)
    tapped_at = drive[-1].fixed_at
    with transaction(engine) as tx:
        add_shifts(tx, [v.a_shift(1), v.a_shift(2, 2)])
        plan = add_published_plan(tx, a_leg(segment_id=v.SCHOOL))
        start_shift(tx, DISPATCHER, ShiftId(1), v.NOW)
        complete_legs(tx, DISPATCHER, Legs(plan.id, ShiftId(1), 0, 0), tapped_at)
        add_positions(tx, drive)
        if ended:
            end_storm(tx, DISPATCHER, storm.id, tapped_at + timedelta(minutes=1))
    clock.moment += timedelta(hours=1)
    monkeypatch.setattr(evidence_pipeline, "AT_ONCE", len(drive) // 2)
    digester = Digester(engine, clock, CityStateHolder(engine), hub, lambda: False)
    digester.digest()
    assert taken_of_school(engine, storm) is None
    while unseen(engine):
        digester.digest()
    assert taken_of_school(engine, storm) == Evidence(EvidenceKind.DRIVER, SEEN)


def taken_of_school(engine: Database, storm: Storm) -> Evidence | None:
    with reading(engine) as tx:
        rows = list_coverage(tx, storm.id, [v.SCHOOL])
    found = [row.evidence for row in rows if row.evidence]
    return next((one for one in found if one.kind is EvidenceKind.DRIVER), None)


def unseen(engine: Database) -> bool:
    with reading(engine) as tx:
        return bool(list_unseen(tx, 1)[0])
