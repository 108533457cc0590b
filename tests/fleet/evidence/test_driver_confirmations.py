from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from data.errors import ConflictError
from data.model import (
    Coverage,
    DeviceId,
    DirectedSegment,
    Evidence,
    EvidenceKind,
    JobState,
    Leg,
    LegKind,
    Pass,
    Plan,
    Position,
    ShiftId,
    Treatment,
    VehicleId,
)
from data.model.work import SkipReason
from data.store.accounts.accounts import add_device
from data.store.coverage.coverage import list_coverage, list_denied, list_passes
from data.store.coverage.track_windows import WindowChange, replace_windows
from data.store.database.engine import Tx
from data.store.schema import job as job_table
from data.store.storms.storms import get_storm
from data.store.tracking.positions import add_positions, list_last, list_unseen, mark_seen_until
from data.store.work import list_jobs_on_segment
from fleet.context import CityContext
from fleet.coverage.tap_rules import AGAINST_SENSOR, SEEN, UNSEEN
from fleet.evidence.driver_confirmations import (
    DEAD_AFTER,
    LONGEST,
    judge_again,
    late_since,
    prove_taps,
    taps_wait,
)
from fleet.evidence.proof_store import Proof
from fleet.shifts.shift_progress import (
    UNDO_WITHIN,
    Legs,
    complete_legs,
    skip_legs,
    start_shift,
    undo_last,
)
from fleet.storms.storm_start import start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg, add_published_plan

SHIFT = ShiftId(1)
TAPPED = v.NOW + timedelta(minutes=20)
LATER = TAPPED + UNDO_WITHIN


@pytest.fixture
def plan(tx: Tx) -> Plan:
    """A drive, School Street there and back, Tulip Alley salted."""
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    return on_the_road(
        tx,
        a_leg(LegKind.DRIVE, v.MAIN_WEST),
        a_leg(segment_id=v.SCHOOL),
        a_leg(segment_id=v.SCHOOL, forward=False),
        a_leg(segment_id=v.TULIP, blade=False, spreader=True),
    )


def on_the_road(tx: Tx, *legs: Leg) -> Plan:
    """A published plan of these legs whose driver has started."""
    plan = add_published_plan(tx, *legs)
    start_shift(tx, DISPATCHER, SHIFT, v.NOW)
    return plan


def done(tx: Tx, plan: Plan, first: int, last: int, at: datetime = TAPPED) -> None:
    complete_legs(tx, DISPATCHER, Legs(plan.id, SHIFT, first, last), at)


def proved(tx: Tx, plan: Plan, now: datetime = LATER) -> Proof:
    return prove_taps(CityContext(tx, v.village(), POLICY, now), get_storm(tx, plan.storm_id))


def coverage(tx: Tx, plan: Plan, street: int, *, forward: bool = True) -> Coverage | None:
    rows = list_coverage(tx, plan.storm_id, [v.SegmentId(street)])
    return next((row for row in rows if row.forward is forward), None)


def test_a_tap_becomes_evidence_when_it_can_no_longer_be_taken_back(tx: Tx, plan: Plan) -> None:
    storm = get_storm(tx, plan.storm_id)
    done(tx, plan, 0, 2)
    early = LATER - timedelta(seconds=1)
    assert not taps_wait(tx, storm, early)
    assert proved(tx, plan, early) == Proof()
    assert taps_wait(tx, storm, LATER)
    assert len(proved(tx, plan).coverage) == 2
    assert not taps_wait(tx, storm, LATER)
    row = coverage(tx, plan, v.SCHOOL)
    assert row is not None
    assert (row.passes_done, row.last_pass_at) == (1, TAPPED)
    assert row.evidence is not None
    assert row.evidence.kind is EvidenceKind.DRIVER
    with pytest.raises(ConflictError, match="counts as cleared"):
        undo_last(tx, DISPATCHER, SHIFT, LATER)


def test_a_job_is_done_by_the_taps_for_both_directions(tx: Tx, plan: Plan) -> None:
    tx.execute(job_table.update().values(passes=1))
    (job,) = list_jobs_on_segment(tx, plan.storm_id, v.SCHOOL)
    for leg, at in ((0, TAPPED), (1, TAPPED + timedelta(minutes=5))):
        done(tx, plan, leg, leg, at)
    assert proved(tx, plan, LATER + timedelta(minutes=5)).jobs == ()
    done(tx, plan, 2, 2, TAPPED + timedelta(minutes=9))
    closed = proved(tx, plan, LATER + timedelta(minutes=9)).jobs
    assert closed == (job.id,)
    assert list_jobs_on_segment(tx, plan.storm_id, v.SCHOOL)[0].state is JobState.DONE


def test_a_drive_and_what_was_left_out_prove_nothing(tx: Tx, plan: Plan) -> None:
    done(tx, plan, 0, 0)
    skip_legs(tx, DISPATCHER, Legs(plan.id, SHIFT, 1, 2), SkipReason.ALREADY_CLEAR, LATER)
    assert proved(tx, plan) == Proof()
    assert undo_last(tx, DISPATCHER, SHIFT, LATER + LONGEST).legs != ()


def test_what_is_said_at_the_end_of_the_shift_of_streets_nobody_saw_is_no_evidence(
    tx: Tx, plan: Plan
) -> None:
    storm = get_storm(tx, plan.storm_id)
    told = complete_legs(tx, DISPATCHER, Legs(plan.id, SHIFT, 0, 3), TAPPED, at_end=True)
    assert [each.at_end for each in told] == [True] * 4
    assert not taps_wait(tx, storm, LATER)
    assert proved(tx, plan) == Proof()
    city = CityContext(tx, v.village(), POLICY, LATER)
    assert judge_again(city, storm, {VehicleId(1): v.NOW}) == Proof()
    (job,) = list_jobs_on_segment(tx, plan.storm_id, v.SCHOOL)
    assert job.state is JobState.OPEN


def test_salt_is_salt(tx: Tx, plan: Plan) -> None:
    done(tx, plan, 3, 3)
    proved(tx, plan)
    (passes,) = list_passes(tx, plan.storm_id, [v.TULIP]).values()
    assert [one.treatment for one in passes] == [Treatment.SALT]


def test_a_pass_lasts_since_the_tap_before_but_not_for_hours(tx: Tx, plan: Plan) -> None:
    late = TAPPED + timedelta(hours=2)
    done(tx, plan, 0, 0, late - timedelta(minutes=7))
    done(tx, plan, 1, 1, late)
    done(tx, plan, 2, 2, late + timedelta(hours=1))
    proved(tx, plan, late + timedelta(hours=2))
    passes = [one for way in list_passes(tx, plan.storm_id, [v.SCHOOL]).values() for one in way]
    assert sorted(one.ended_at - one.started_at for one in passes) == [
        timedelta(minutes=7),
        LONGEST,
    ]


def a_fix(tx: Tx, minutes: float, **sensors: bool) -> None:
    device = add_device(tx, f"box {minutes}", VehicleId(1), f"hash {minutes}")
    at = TAPPED - timedelta(minutes=minutes)
    fix = Position(
        DeviceId(device.id), VehicleId(1), "api", at, at, v.node_at(4), speed_mps=7.0, **sensors
    )
    add_positions(tx, [fix])


def drive_by(tx: Tx, plan: Plan, treatment: Treatment | None, truck: int = 1) -> None:
    """Let positions show the truck on School Street, from its start to its end."""
    at = TAPPED - timedelta(minutes=1)
    length_m = v.village().segment(v.SCHOOL).length_m
    evidence = Evidence(EvidenceKind.SPEED, 0.5)
    seen = Pass(v.SCHOOL, True, 0.0, length_m, VehicleId(truck), at, at, treatment, evidence)
    way = DirectedSegment(v.SCHOOL, True)
    replace_windows(tx, [WindowChange(VehicleId(truck), 1, [way], [(plan.storm_id, seen)])])


def test_taps_from_before_a_sensor_was_known_to_be_dead_are_judged_again(
    tx: Tx, plan: Plan
) -> None:
    drive_by(tx, plan, None)
    a_fix(tx, 2, blade=False)
    done(tx, plan, 0, 1)
    assert proved(tx, plan) == Proof()
    later = TAPPED + DEAD_AFTER
    a_fix(tx, -DEAD_AFTER / timedelta(minutes=1), blade=False)
    done(tx, plan, 2, 2, later)
    proved(tx, plan, later + UNDO_WITHIN)
    there = coverage(tx, plan, v.SCHOOL)
    assert there is not None
    assert there.evidence == Evidence(EvidenceKind.DRIVER, AGAINST_SENSOR)


def see(
    tx: Tx, plan: Plan, number: int, at: datetime, lasts: timedelta, treatment: Treatment | None
) -> None:
    """Let positions show the truck along the street of a leg, until a moment."""
    leg = plan.routes[0].legs[number]
    seen = Pass(
        segment_id=leg.path[0].segment_id,
        forward=leg.path[0].forward,
        from_m=0.0,
        to_m=leg.length_m,
        vehicle_id=VehicleId(1),
        started_at=at - lasts,
        ended_at=at,
        treatment=treatment,
        evidence=Evidence(EvidenceKind.BLADE if treatment else EvidenceKind.SPEED, 0.9),
    )
    replace_windows(tx, [WindowChange(VehicleId(1), number, [], [(plan.storm_id, seen)])])


@pytest.mark.parametrize("silent", [True, False])
def test_streets_hidden_in_a_row_count_though_each_is_a_leg_of_its_own(
    tx: Tx, *, silent: bool
) -> None:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    row = (v.MAIN_WEST, v.MAIN_EAST, v.ROSE, v.SCHOOL)
    plan, minute = (
        on_the_road(tx, *(a_leg(segment_id=street) for street in row)),
        timedelta(minutes=1),
    )
    for minutes in (0, 1, 2) if silent else (0, 1, 1.2, 1.4, 1.6, 1.8, 2):
        a_fix(tx, 20 - minutes, blade=minutes > 0)
    for number, minutes in ((0, 1.0), (3, 2.5)):
        see(tx, plan, number, v.NOW + minutes * minute, minute / 2, Treatment.PLOW)
    for number, minutes in enumerate((1.0, 1.4, 1.8, 2.6)):
        done(tx, plan, number, number, v.NOW + minutes * minute)
    proved(tx, plan)
    found = list_passes(tx, plan.storm_id, row)
    told = {way.segment_id for way in found if found[way][0].evidence.kind is EvidenceKind.DRIVER}
    assert told == ({v.MAIN_EAST, v.ROSE} if silent else set())


@pytest.mark.parametrize("alongside", [True, False])
def test_a_truck_that_came_along_its_route_was_on_no_other_street_meanwhile(
    tx: Tx, *, alongside: bool
) -> None:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    row = (v.MAIN_WEST, v.MAIN_EAST, v.YARD)
    plan = on_the_road(tx, *(a_leg(segment_id=street) for street in row))
    minute, length_m = timedelta(minutes=1), v.village().segment(v.MAIN_EAST).length_m
    device = add_device(tx, "box", VehicleId(1), "hash")
    for i in range(13):
        along_m = length_m * min(max(i - 4, 0), 4) / 4
        place = v.village().point_at(v.MAIN_EAST, along_m if alongside else 0.0)
        at = v.NOW + (0.8 + 0.1 * i) * minute
        fix = Position(DeviceId(device.id), VehicleId(1), "api", at, at, place, blade=i > 0)
        add_positions(tx, [fix])
    mark_seen_until(tx, list_unseen(tx, 100)[1])
    for number, minutes in ((0, 1.2), (2, 2.0)):
        see(tx, plan, number, v.NOW + minutes * minute, 0.4 * minute, Treatment.PLOW)
    other = replace(plan, routes=(replace(plan.routes[0], legs=(a_leg(segment_id=v.SCHOOL),)),))
    see(tx, other, 0, v.NOW + 1.5 * minute, 0.2 * minute, Treatment.PLOW)
    for number, minutes in enumerate((1.2, 1.6, 2.1)):
        done(tx, plan, number, number, v.NOW + minutes * minute)
    proved(tx, plan)
    assert coverage(tx, plan, v.MAIN_EAST) is not None
    found = list_passes(tx, plan.storm_id, [v.SCHOOL])
    assert (DirectedSegment(v.SCHOOL, True) in found) is not alongside
    kept = list_denied(tx, plan.storm_id, VehicleId(1), v.NOW, LATER)
    judge_again(
        CityContext(tx, v.village(), POLICY, LATER),
        get_storm(tx, plan.storm_id),
        {VehicleId(1): v.NOW},
    )
    assert list_denied(tx, plan.storm_id, VehicleId(1), v.NOW, LATER) == kept


@pytest.mark.parametrize(("lasts_s", "counts"), [(29.0, True), (12.0, False)])
def test_a_sensor_is_dead_when_two_kilometres_at_works_pace_were_tapped_without_a_word_of_it(
    tx: Tx, lasts_s: float, *, counts: bool
) -> None:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
    legs = [a_leg(segment_id=street.id) for street in v.village().segments]
    plan = on_the_road(tx, *legs)
    for i in range(len(legs)):
        at = v.NOW + (i + 1) * timedelta(minutes=1)
        a_fix(tx, (TAPPED - at) / timedelta(minutes=1), blade=False)
        see(tx, plan, i, at, timedelta(seconds=lasts_s), None)
        done(tx, plan, i, i, at)
        proved(tx, plan, at + UNDO_WITHIN)
        known = list_coverage(tx, plan.storm_id)
        assert len(known) == (i + 1 if counts and i >= 10 else 0)


def test_a_tap_is_judged_again_when_positions_come_too_late_for_it(tx: Tx, plan: Plan) -> None:
    done(tx, plan, 0, 1)
    proved(tx, plan)
    taken = coverage(tx, plan, v.SCHOOL)
    assert taken is not None
    assert taken.passes_done == 1
    for minutes, blade in ((2, True), (1, False)):
        a_fix(tx, minutes, blade=blade)
    drive_by(tx, plan, None)
    last, storm = list_last(tx), get_storm(tx, plan.storm_id)
    assert late_since(last) == {}
    late = late_since(replace(one, received_at=LATER) for one in last)
    judge_again(CityContext(tx, v.village(), POLICY, LATER), storm, late)
    after = coverage(tx, plan, v.SCHOOL)
    assert after is not None
    assert (after.passes_done, after.evidence) == (0, None)
    assert not taps_wait(tx, storm, LATER)


def test_another_trucks_drive_makes_no_tap_more_credible(tx: Tx, plan: Plan) -> None:
    drive_by(tx, plan, None, truck=2)
    done(tx, plan, 0, 1)
    proved(tx, plan)
    there = coverage(tx, plan, v.SCHOOL)
    assert there is not None
    assert there.evidence == Evidence(EvidenceKind.DRIVER, UNSEEN)


def test_a_dead_sensor_does_not_outweigh_a_tap_where_the_truck_was_seen(tx: Tx, plan: Plan) -> None:
    drive_by(tx, plan, None)
    a_fix(tx, DEAD_AFTER / timedelta(minutes=1), blade=False)
    a_fix(tx, 1, blade=False)
    done(tx, plan, 0, 2)
    proved(tx, plan)
    there, back = coverage(tx, plan, v.SCHOOL), coverage(tx, plan, v.SCHOOL, forward=False)
    assert there is not None
    assert there.evidence == Evidence(EvidenceKind.DRIVER, AGAINST_SENSOR)
    assert back is None


@pytest.mark.parametrize(("pattern", "passes"), [(Treatment.PLOW, 1), (None, 0)])
def test_a_sensor_that_is_not_believed_leaves_the_tap_and_the_speed_pattern(
    tx: Tx, plan: Plan, pattern: Treatment | None, passes: int
) -> None:
    drive_by(tx, plan, pattern)
    a_fix(tx, 1, blade=True)
    done(tx, plan, 0, 2)
    assert len(proved(tx, plan).coverage) == passes


@pytest.mark.parametrize("down", [True, False])
def test_where_the_blade_has_a_sensor_the_sensor_decides(tx: Tx, plan: Plan, down: bool) -> None:
    a_fix(tx, 1, blade=down)
    done(tx, plan, 0, 2)
    assert proved(tx, plan) == Proof()


def test_an_older_word_of_a_sensor_and_another_sensor_do_not_matter(tx: Tx, plan: Plan) -> None:
    a_fix(tx, 31, blade=True)
    a_fix(tx, 1, spreader=False)
    done(tx, plan, 0, 2)
    assert len(proved(tx, plan).coverage) == 2


def test_positions_on_the_street_make_a_tap_more_credible(tx: Tx, plan: Plan) -> None:
    drive_by(tx, plan, None)
    done(tx, plan, 0, 2)
    proved(tx, plan)
    there, back = coverage(tx, plan, v.SCHOOL), coverage(tx, plan, v.SCHOOL, forward=False)
    assert there is not None
    assert there.evidence is not None
    assert back is not None
    assert back.evidence is not None
    assert (there.evidence.confidence, back.evidence.confidence) == (SEEN, UNSEEN)
