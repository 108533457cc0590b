"""Trucks in a storm of the village: what the watch says of them, and what becomes of its alerts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import batched

import pytest

from data.model import (
    Alert,
    AlertKind,
    JobState,
    Leg,
    LegKind,
    Position,
    Storm,
    VehicleId,
)
from data.policy.alert_rules import AlertRules
from data.store.accounts.accounts import add_device
from data.store.alerts import get_alert, list_alerts, list_open_alerts
from data.store.audit.audit_log import list_events
from data.store.database.engine import Tx
from data.store.setup.machines import list_vehicles
from data.store.storms.storms import get_storm
from data.store.tracking.positions import add_positions
from data.store.work import list_jobs
from fleet.alerts.alert_conditions import (
    Course,
    Sign,
    TruckNow,
    silent_signs,
)
from fleet.alerts.alert_monitor import AlertMonitor, MonitorResult
from fleet.alerts.alert_register import AlertRegister, acknowledge
from fleet.alerts.rest_signs import hours_signs
from fleet.context import CityContext
from fleet.evidence.evidence_pipeline import digest, new_open_tracks
from fleet.routes.plan_vs_actual import LegState
from fleet.routes.route_progress import check_plan
from fleet.simulation.simulated_trucks import TruckBehavior, driven
from fleet.storms.storm_start import end_storm, start_storm
from fleet.tracking.geofences import Geofence
from fleet.tracking.live_fleet import LiveFleet
from tests import village as v
from tests.fleet.drives import Metres, a_drive, a_fix
from tests.village_database import DISPATCHER, POLICY
from tests.village_plan import a_leg, add_published_plan, legs_along

MINUTE = timedelta(minutes=1)
RULES = AlertRules()
ROUTE = ((v.MAIN_WEST, True), (v.MAIN_EAST, True), (v.ROSE, True))
EAST_ON_MAIN: tuple[Metres, ...] = ((0, 0), (400, 0))


class Desk:
    """A storm with a published plan for the first truck, and the watch over it."""

    def __init__(self, tx: Tx, streets: Sequence[tuple[int, bool]] = ROUTE) -> None:
        self.tx, self.now = tx, v.NOW
        self.storm = start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)
        legs = legs_along(tx, streets)
        self.plan = add_published_plan(tx, *legs)
        self.live, self.watch = LiveFleet(), AlertMonitor()
        self.live.meet(list_vehicles(tx))
        self.tracks = new_open_tracks(v.village())

    def drive(self, fixes: Sequence[Position], at_once: int = 1) -> list[Alert]:
        """Let fixes come, so many at once, and look after each time."""
        changed: list[Alert] = []
        for some in batched(fixes, at_once, strict=False):
            self.now = max(self.now, some[-1].fixed_at)
            changed += self.look(some)
        return changed

    def wait(self, minutes: float) -> list[Alert]:
        changed: list[Alert] = []
        for _ in range(round(minutes * 2)):
            self.now += MINUTE / 2
            changed += self.look()
        return changed

    def look(self, fixes: Sequence[Position] = ()) -> list[Alert]:
        found = digest(
            CityContext(self.tx, v.village(), POLICY, self.now), self.tracks, fixes, self.storm
        )
        self.live.see(fixes, self.now)
        streets = found.streets
        storm = get_storm(self.tx, self.storm.id)
        active = storm if storm.ended_at is None else None
        seen = self.seen = self.watch.check(
            CityContext(self.tx, v.village(), POLICY, self.now),
            active,
            self.live.picture(),
            streets,
        )
        return self.watch.store(self.tx, seen, RULES, self.now)

    @property
    def seen_route(self) -> list[LegState]:
        assert self.seen.check is not None
        return [leg.state for leg in self.seen.check.routes[0].legs]

    def open(self) -> list[AlertKind]:
        """Which alerts of trucks are open; the village has more streets than its plan."""
        return [one.kind for one in list_open_alerts(self.tx) if one.vehicle_id is not None]


LOOP = (
    (v.MAIN_WEST, True),
    (v.MAIN_EAST, True),
    (v.ROSE, True),
    (v.ORCHARD, False),
    (v.SCHOOL, False),
    (v.BACK, True),
    (v.MILL, False),
)
"""A way through the village, street after street, in a direction each."""


def simulated(desk: Desk, *legs: Leg) -> list[Position]:
    """Return what the tracker of the first truck sends where it drives these legs instead."""
    timed = [
        replace(leg, starts_at=v.NOW + i * MINUTE, ends_at=v.NOW + (i + 1) * MINUTE)
        for i, leg in enumerate(legs)
    ]
    route = replace(desk.plan.routes[0], legs=tuple(timed))
    calm = TruckBehavior(gap_chance=0.0)
    return [
        a_fix(
            fix.location,
            (fix.fixed_at - v.NOW).total_seconds(),
            speed_mps=fix.speed_mps,
            heading_deg=fix.heading_deg,
            blade=fix.blade,
        )
        for fix in driven(route, v.village(), v.NOW, 3, habits=calm)
    ]


def test_a_storm_driven_as_planned_is_done_in_order(tx: Tx) -> None:
    desk = Desk(tx, LOOP)
    desk.drive(simulated(desk, *desk.plan.routes[0].legs), 6)
    desk.wait(2)
    assert desk.seen_route == [LegState.DONE] * len(LOOP)
    assert desk.open() == []


def test_a_storm_with_a_shortcut_shows_what_was_skipped(tx: Tx) -> None:
    desk = Desk(tx, LOOP)
    west, *_, school, back, mill = desk.plan.routes[0].legs
    shortcut = a_leg(LegKind.DRIVE, v.MILL)
    desk.drive(simulated(desk, west, shortcut, school, back, mill), 6)
    desk.wait(2)
    done, skipped = [LegState.DONE], [LegState.SKIPPED]
    assert desk.seen_route == done + skipped * 3 + done * 3


def test_a_storm_driven_the_other_way_round_is_out_of_order(tx: Tx) -> None:
    desk = Desk(tx, LOOP)
    west, east, rose, orchard, school, back, mill = desk.plan.routes[0].legs
    again = a_leg(LegKind.DRIVE, v.MILL)
    desk.drive(simulated(desk, west, again, school, back, mill, east, rose, orchard), 6)
    desk.wait(2)
    assert LegState.SKIPPED not in desk.seen_route
    assert desk.seen_route.count(LegState.OUT_OF_ORDER) == 3


@pytest.fixture
def desk(tx: Tx) -> Desk:
    return Desk(tx)


def standing(at: Metres, since_s: float, minutes: int, **facts: object) -> list[Position]:
    place = v.at_m(*at)
    steps = range(0, minutes * 60 + 1, 30)
    return [a_fix(place, since_s + s, **({"speed_mps": 0.0} | facts)) for s in steps]


def test_a_truck_that_drives_its_plan_raises_nothing(desk: Desk) -> None:
    desk.drive(a_drive(*EAST_ON_MAIN, (400, 150), blade=True))
    desk.wait(2)
    assert desk.open() == []
    assert desk.seen_route == [LegState.DONE] * 3


def test_history_says_the_same_as_the_live_desk(desk: Desk) -> None:
    desk.drive(a_drive(*EAST_ON_MAIN, (400, 150), blade=True))
    desk.wait(2)
    history = check_plan(desk.tx, desk.plan.id, v.village(), POLICY, desk.now)
    assert history == desk.seen.check
    early = check_plan(desk.tx, desk.plan.id, v.village(), POLICY, v.NOW + MINUTE / 2)
    assert [leg.state for leg in early.routes[0].legs][1:] == [LegState.AHEAD] * 2


def test_a_long_stop_on_the_road_opens_once_and_closes_when_the_truck_goes_on(desk: Desk) -> None:
    desk.drive(a_drive((0, 0), (100, 0), blade=True))
    changed = desk.drive(standing((100, 0), 60, 14))
    assert [(one.kind, one.until) for one in changed if one.vehicle_id] == [
        (AlertKind.LONG_STOP, None)
    ]
    changed = desk.drive(a_drive((100, 0), (400, 0), start_s=15 * 60 + 30, blade=True))
    changed += desk.drive(a_drive((400, 0), (400, 150), start_s=16 * 60 + 30, every_s=20))
    assert [one.kind for one in changed if one.until] == [AlertKind.LONG_STOP]
    assert desk.open() == []


def test_nobody_asks_why_a_truck_stands_in_the_yard(desk: Desk) -> None:
    desk.drive(a_drive((0, 0), (100, 0), blade=True))
    desk.drive(standing((600, 0), 120, 20))
    assert AlertKind.LONG_STOP not in desk.open()


def test_a_truck_off_its_route_is_told_once(desk: Desk) -> None:
    desk.drive(a_drive((0, 0), (100, 0), blade=True))
    there_and_back = [((0, 150), (180, 150)), ((180, 150), (0, 150))] * 4
    changed: list[Alert] = []
    for i, points in enumerate(there_and_back):
        changed += desk.drive(a_drive(*points, start_s=60 + 60 * i, speed_mps=3.5, every_s=10))
    mine = [one for one in changed if one.vehicle_id]
    assert [(one.kind, one.until) for one in mine] == [(AlertKind.OFF_ROUTE, None)]


def test_a_few_steps_back_on_the_route_do_not_make_a_second_alert(desk: Desk) -> None:
    rules, register = RULES, AlertRegister()
    sign = Sign(AlertKind.OFF_ROUTE, VehicleId(1), v.NOW)
    steps = [(0, True), (1, False), (3, False), (5, True)]
    for minute, wrong in steps:
        register.store(desk.tx, desk.storm, [sign] if wrong else [], rules, v.NOW + minute * MINUTE)
    [alert] = list_alerts(desk.tx, desk.storm.id)
    assert alert.until is None
    verbs = [event.verb for event in list_events(desk.tx, f"alert:{alert.id}")]
    assert verbs == ["alert.opened", "alert.closed", "alert.opened"]


def test_speeding_wants_two_fixes_and_says_how_fast(desk: Desk) -> None:
    fast = a_drive(*EAST_ON_MAIN, speed_mps=25.0, blade=False)
    desk.drive(fast[:1])
    assert desk.open() == []
    desk.drive(fast[1:3])
    [alert] = [one for one in list_open_alerts(desk.tx) if one.vehicle_id]
    assert alert.kind is AlertKind.SPEEDING
    assert alert.facts == {"kmh": 90, "limit_kmh": 30}


def test_a_blade_down_far_from_all_work_is_told(desk: Desk) -> None:
    school = [((0, 150), (180, 150)), ((180, 150), (0, 150))] * 6
    for i, points in enumerate(school):
        desk.drive(a_drive(*points, start_s=30 * i, speed_mps=8.0, blade=True), 3)
    assert AlertKind.BLADE_DOWN in desk.open()
    desk.drive(a_drive(*EAST_ON_MAIN, start_s=400, blade=True))
    desk.wait(1.5)
    assert AlertKind.BLADE_DOWN not in desk.open()


def around(desk: Desk, down_until: int = 0) -> list[Position]:
    """Return the fixes of a truck that drives its loop with the blade down at first alone."""
    fixes = simulated(desk, *desk.plan.routes[0].legs)
    return [replace(fix, blade=number < down_until) for number, fix in enumerate(fixes)]


def test_a_blade_that_was_down_in_this_shift_and_stays_up_is_told(tx: Tx) -> None:
    desk = Desk(tx, LOOP)
    desk.drive(around(desk, down_until=4))
    assert AlertKind.BLADE_UP in desk.open()
    assert AlertKind.BLADE_SENSOR not in desk.open()


def test_a_sensor_that_never_says_down_is_to_be_checked_and_told_once(tx: Tx) -> None:
    desk = Desk(tx, LOOP)
    fixes = around(desk)
    changed = desk.drive(fixes)
    desk.wait(3)
    mine = [one for one in changed if one.vehicle_id is not None]
    assert [one.kind for one in mine] == [AlertKind.BLADE_SENSOR]
    assert AlertKind.BLADE_SENSOR in desk.open(), "a sensor is not well again at the next street"
    desk.look([replace(fixes[-1], fixed_at=desk.now, received_at=desk.now, blade=True)])
    desk.wait(2)
    assert AlertKind.BLADE_SENSOR not in desk.open()


def test_a_server_that_starts_anew_reads_whether_the_sensor_ever_said_down(tx: Tx) -> None:
    desk = Desk(tx, LOOP)
    first, rest = 4, around(desk, down_until=4)
    add_device(tx, "box", VehicleId(1), "box")
    add_positions(tx, rest[:first])
    desk.drive(rest[first:])
    assert AlertKind.BLADE_UP in desk.open()


def test_who_drives_past_his_work_too_fast_to_plow_has_no_broken_sensor(tx: Tx) -> None:
    desk = Desk(tx, LOOP)
    desk.drive([replace(fix, speed_mps=25.0) for fix in around(desk)])
    assert AlertKind.BLADE_UP in desk.open()
    assert AlertKind.BLADE_SENSOR not in desk.open()


def test_a_silent_truck_is_told_and_heard_again(desk: Desk) -> None:
    desk.drive(a_drive((0, 0), (100, 0), blade=True))
    changed = desk.wait(12)
    assert [one.kind for one in changed if one.vehicle_id] == [AlertKind.SILENT]
    desk.drive(standing((100, 0), 13 * 60, 2))
    assert AlertKind.SILENT not in desk.open()


def test_a_tracker_sleeps_in_a_yard_until_its_truck_is_late(tx: Tx) -> None:
    desk = Desk(tx, LOOP)
    desk.look(standing((100, 0), 0, 2))
    assert desk.seen.check is not None
    check, here = desk.seen.check.routes[0], desk.live.picture()
    yard = Geofence("Yard", v.at_m(100, 0), 50.0, yard=True)
    truck = TruckNow(VehicleId(1), here[VehicleId(1)], driving=True, check=check)
    late = replace(truck, check=replace(check, late=11 * MINUTE))

    def silent(one: TruckNow, *sites: Geofence) -> bool:
        later = v.NOW + 30 * MINUTE
        return bool(silent_signs([one], {}, sites, desk.storm.started_at, RULES, later))

    assert [silent(truck), silent(truck, yard), silent(late, yard)] == [True, False, True]


def test_late_and_repeated_fixes_raise_nothing_about_the_past(desk: Desk) -> None:
    desk.now = v.NOW + 30 * MINUTE
    desk.look(a_drive(*EAST_ON_MAIN, speed_mps=25.0))
    assert AlertKind.SPEEDING not in desk.open()


def test_streets_that_a_late_truck_will_miss_are_at_risk(tx: Tx) -> None:
    desk = Desk(tx)
    jobs = list_jobs(tx, desk.storm.id, JobState.OPEN)
    due = min(job.due_at for job in jobs)
    desk.now = due - 20 * MINUTE
    desk.look([a_fix(v.at_m(0, 0), (desk.now - v.NOW).total_seconds())])
    risky = [one for one in list_open_alerts(tx) if one.kind is AlertKind.AT_RISK]
    by_truck = {one.vehicle_id: one.facts for one in risky}
    assert by_truck.get(None, {}).get("count", 0) > 0, "nobody comes to the other streets"


def test_who_is_called_back_leaves_work_undone_and_is_told_of_only_after_its_hours(
    desk: Desk,
) -> None:
    desk.look()
    assert desk.seen.check is not None
    check, end = (
        replace(desk.seen.check.routes[0], ends_at=v.NOW + 60 * MINUTE),
        v.NOW + 10 * MINUTE,
    )
    truck = TruckNow(VehicleId(1), None, driving=True, check=check, shift_ends_at=end)
    home = replace(truck, called_back=True)

    def told(at: datetime) -> list[bool]:
        return [bool(list(hours_signs([one], RULES, at))) for one in (truck, home)]

    assert told(v.NOW) == [True, False]
    assert told(end + MINUTE) == [True, True]


def test_an_alert_is_acknowledged_once_by_name(desk: Desk) -> None:
    desk.drive(a_drive((0, 0), (100, 0), blade=True))
    [alert] = [one for one in desk.wait(12) if one.vehicle_id]
    known = acknowledge(desk.tx, DISPATCHER, alert.id, desk.now)
    assert (known.acknowledged_by, known.acknowledged_at) == ("leila", desk.now)
    other = DISPATCHER._replace(id="reza")
    assert acknowledge(desk.tx, other, alert.id, desk.now + MINUTE) == known
    assert get_alert(desk.tx, alert.id) == known


def test_alerts_survive_a_restart_and_end_with_the_storm(desk: Desk) -> None:
    desk.drive(a_drive((0, 0), (100, 0), blade=True))
    desk.wait(12)
    before = list_open_alerts(desk.tx)
    desk.watch = AlertMonitor()
    assert desk.wait(1) == []
    assert list_open_alerts(desk.tx) == before
    end_storm(desk.tx, DISPATCHER, desk.storm.id, desk.now)
    assert {one.until for one in desk.wait(0.5)} == {desk.now}
    assert list_open_alerts(desk.tx) == []


def test_when_most_trucks_are_silent_one_alert_tells_of_all() -> None:
    trucks = [TruckNow(VehicleId(i), None, driving=True) for i in range(6)]
    courses = {truck.vehicle_id: Course(wanted_at=v.NOW) for truck in trucks}
    later: datetime = v.NOW + 11 * MINUTE
    [sign] = silent_signs(trucks, courses, (), v.NOW, RULES, later)
    assert (sign.vehicle_id, sign.facts) == (None, {"count": 6})
    assert len(silent_signs(trucks[:4], courses, (), v.NOW, RULES, later)) == 4


def test_a_quiet_look_needs_no_writing(desk: Desk) -> None:
    desk.drive(a_drive((0, 0), (100, 0), blade=True))
    storm: Storm = desk.storm
    seen: MonitorResult = desk.seen
    assert desk.watch.is_unchanged(desk.tx, seen, desk.now)
    odd = Sign(AlertKind.OFF_ROUTE, VehicleId(1), desk.now)
    assert not desk.watch.register.is_unchanged(desk.tx, storm, [odd], desk.now)
