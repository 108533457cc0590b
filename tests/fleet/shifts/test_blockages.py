from datetime import timedelta

import pytest

from data.errors import ConflictError, InvalidError
from data.model import Blockage, LegKind, LonLat, Plan, ShiftId
from data.model.work import SkipReason
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.shifts.blockages import get_blockage, list_open_blockages
from data.store.shifts.shifts import list_progress
from fleet.shifts.blockages import (
    TEXT_LETTERS,
    BlockageReport,
    add_photo,
    add_voice,
    clear_blockage,
    report_blockage,
)
from fleet.shifts.shift_progress import Legs, start_shift
from fleet.storms.storm_start import start_storm
from fleet.streets.closed_streets import closed_streets
from tests import village as v
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg, add_published_plan

SHIFT = ShiftId(1)
LATER = v.NOW + timedelta(minutes=5)


@pytest.fixture
def plan(tx: Tx) -> Plan:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    way = a_leg(LegKind.DRIVE, v.MAIN_WEST)
    fill = a_leg(LegKind.RELOAD, path=(), job_ids=())
    plan = add_published_plan(tx, way, a_leg(segment_id=v.MAIN_EAST), fill)
    start_shift(tx, DISPATCHER, SHIFT, v.NOW)
    return plan


def reported(
    tx: Tx, plan: Plan, first: int, last: int, here: LonLat | None, text: str = ""
) -> Blockage:
    legs = Legs(plan.id, SHIFT, first, last)
    return report_blockage(tx, DISPATCHER, legs, v.village(), BlockageReport(here, text), LATER)


def test_a_blocked_street_is_left_out_and_told_to_the_board(tx: Tx, plan: Plan) -> None:
    here = v.at_m(390, 4)
    blocked = reported(tx, plan, 0, 1, here, "  a lorry across the road ")
    assert (blocked.segment_id, blocked.location) == (v.MAIN_EAST, here)
    assert blocked.text == "a lorry across the road"
    assert list_open_blockages(tx, plan.storm_id) == [blocked]
    skipped = list_progress(tx, plan.id, SHIFT)
    assert [(each.leg, each.reason, each.ended_at) for each in skipped] == [
        (0, "blocked", blocked.reported_at),
        (1, "blocked", blocked.reported_at),
    ]


@pytest.mark.parametrize("here", [None, v.at_m(5_000, 5_000)], ids=["no GPS", "far away"])
def test_without_a_place_nearby_the_street_itself_is_the_place(
    tx: Tx, plan: Plan, here: LonLat | None
) -> None:
    blocked = reported(tx, plan, 1, 1, here)
    assert blocked.segment_id == v.MAIN_EAST
    assert blocked.location == pytest.approx(v.at_m(300, 0), abs=1e-6)


def test_at_a_stop_the_nearest_street_is_meant_and_else_the_first_of_the_route(
    tx: Tx, plan: Plan
) -> None:
    assert reported(tx, plan, 2, 2, v.at_m(210, 75)).segment_id == v.MILL
    assert reported(tx, plan, 2, 2, None).segment_id == v.MAIN_WEST


def test_only_what_is_blocked_is_closed_and_the_stage_is_kept_with_its_reason(
    tx: Tx, plan: Plan
) -> None:
    far = v.at_m(5_000, 0)
    legs = Legs(plan.id, SHIFT, 1, 1)
    report = BlockageReport(far, "", None, SkipReason.ICE, 12.0)
    icy = report_blockage(tx, DISPATCHER, legs, v.village(), report, LATER)
    assert (icy.segment_id, icy.location, icy.accuracy_m) == (v.MAIN_EAST, far, 12.0)
    assert (icy.plan_id, icy.leg, icy.last) == (plan.id, 1, 1)
    assert [each.reason for each in list_progress(tx, plan.id, SHIFT)] == ["ice"]
    assert closed_streets(tx, plan.storm_id, LATER) == frozenset()
    blocked = reported(tx, plan, 0, 0, None)
    assert {way.segment_id for way in closed_streets(tx, plan.storm_id, LATER)} == {v.MAIN_WEST}
    assert add_voice(tx, DISPATCHER, icy.id, "a.webm", LATER)[0].voice == "a.webm"
    clear_blockage(tx, DISPATCHER, icy.id, LATER)
    assert list_open_blockages(tx, plan.storm_id) == [blocked]
    verbs = [event.verb for event in list_events(tx, f"blockage:{icy.id}")]
    assert verbs == ["blockage.noted", "blockage.spoken", "blockage.settled"]


def test_a_long_story_is_refused(tx: Tx, plan: Plan) -> None:
    with pytest.raises(InvalidError, match="at most"):
        reported(tx, plan, 1, 1, None, "x" * (TEXT_LETTERS + 1))


def test_a_second_photo_takes_the_place_of_the_first(tx: Tx, plan: Plan) -> None:
    blocked = reported(tx, plan, 1, 1, None)
    assert add_photo(tx, DISPATCHER, blocked.id, "a.jpg", LATER)[1] == ""
    shown, former = add_photo(tx, DISPATCHER, blocked.id, "b.jpg", LATER)
    assert (shown.photo, former) == ("b.jpg", "a.jpg")
    assert get_blockage(tx, blocked.id).photo == "b.jpg"


def test_a_street_is_cleared_once(tx: Tx, plan: Plan) -> None:
    blocked = reported(tx, plan, 1, 1, None)
    assert clear_blockage(tx, DISPATCHER, blocked.id, LATER).cleared_at == LATER
    assert list_open_blockages(tx, plan.storm_id) == []
    with pytest.raises(ConflictError, match="cleared already"):
        clear_blockage(tx, DISPATCHER, blocked.id, LATER)
    verbs = [event.verb for event in list_events(tx, f"blockage:{blocked.id}")]
    assert verbs == ["blockage.reported", "blockage.cleared"]
