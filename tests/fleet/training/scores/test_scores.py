"""What a perfect and a careless robot score, by the rules that everybody can read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import Alert, AlertId, AlertKind, PlanId, Role, ServiceClass, VehicleId
from data.training import scenario_from_toml
from data.training.players import OPERATOR as SIMULATED_OPERATOR
from fleet.reports.performance import Response, late_spells, promised_lanes
from fleet.simulation.spoken_places import same_street
from fleet.training.clock_speeds import ClockSpeeds
from fleet.training.scores.alert_times import (
    AS_THE_STORM,
    AlertTimes,
    alert_times,
    judged_alerts,
    of_the_storm,
    silences,
)
from fleet.training.scores.dispatcher_score import (
    ClassLateness,
    DispatchFacts,
    dispatcher_score,
    lateness_by_class,
)
from fleet.training.scores.operator_score import CallRecord, operator_score
from fleet.training.scores.plan_changes import PlanChange, changes_per_truck
from fleet.training.scores.score_rules import FULL, RULES, Measured, score_of, together
from fleet.training.timeline import happenings
from tests import village as v
from tests.village_database import POLICY

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
LATER = v.NOW + 8 * HOUR
SILENCES = """
lasts_h = 6
title = { en = "Snow" }
brief = { en = "It snows." }
snow = [{ from_h = 0, until_h = 6, cm_h = 1 }]
trouble = [
  { from_h = 0.5, until_h = 2, machine = 4, kind = "absent" },
  { from_h = 0.5, until_h = 2, machine = 1, kind = "breakdown" },
]
power_cut = [{ from_h = 4, until_h = 5 }]
"""
P1, P2, P3 = (ServiceClass(name) for name in ("P1", "P2", "P3"))


def a_call(number: int, **changes) -> CallRecord:
    """Return a call that was taken at once and noted on the caller's own street in a minute."""
    rang_at = v.NOW + number * 3 * MINUTE
    call = CallRecord(
        rang_at=rang_at,
        taken_at=rang_at + 5 * SECOND,
        taken_by="sara",
        saved_at=rang_at + 60 * SECOND,
        lasted=60 * SECOND,
        meant=v.MILL,
        noted=v.MILL,
        repeats=number % 2 == 1,
        joined=number % 2 == 1,
        kept=True,
    )
    return replace(call, **changes)


def careless_call(number: int) -> CallRecord:
    """Return every third call lost, the others noted on a wrong street after six minutes."""
    call = a_call(number, noted=v.ROSE, joined=False, kept=False)
    if number % 3:
        return replace(call, saved_at=call.rang_at + 6 * MINUTE, lasted=6 * MINUTE)
    return CallRecord(call.rang_at, over_at=call.rang_at + 2 * MINUTE, meant=v.MILL)


def score(calls):
    return operator_score(calls, "sara", v.village(), LATER)


def by_name(scored):
    return {one.name: one for one in scored.measures}


def test_an_operator_without_a_fault_has_all_points_and_a_careless_one_hardly_any() -> None:
    perfect = score([a_call(number) for number in range(20)])
    careless = score([careless_call(number) for number in range(30)])
    assert perfect.points == FULL
    assert {one.points for one in perfect.measures} == {FULL}
    assert careless.points is not None
    assert careless.points < 10
    assert by_name(careless)["right_street"].value == 0.0
    assert by_name(careless)["taken"].value == pytest.approx(2 / 3)


def test_who_hangs_up_on_callers_or_stays_on_one_line_has_hardly_any_points() -> None:
    hung_up = [a_call(n, saved_at=None, noted=None, joined=False, kept=None) for n in range(99)]
    ended = [replace(one, over_at=one.rang_at + 6 * SECOND) for one in hung_up]
    cheating = score([a_call(99), *ended])
    assert cheating.points is not None
    assert cheating.points < 15
    assert by_name(cheating)["taken"].value == pytest.approx(0.01)
    assert by_name(cheating)["right_street"].of == 100
    lost = [careless_call(3 * number) for number in range(1, 30)]
    lazy = score([a_call(0, saved_at=None, noted=None, kept=None), *lost])
    assert lazy.points == 0.0


def test_who_loses_every_call_has_no_points_whatever_others_took() -> None:
    others = [
        a_call(number, taken_by=by) for number, by in enumerate((SIMULATED_OPERATOR, "omid") * 20)
    ]
    lost = [careless_call(3 * number) for number in range(5)]
    nobody = score([*others, *lost])
    assert nobody.points == 0.0
    assert (by_name(nobody)["taken"].value, by_name(nobody)["taken"].of) == (0.0, 5)
    assert score(others).points is None


def test_a_call_on_the_line_is_not_yet_one_without_a_request() -> None:
    talking = a_call(0, saved_at=None, noted=None, kept=None)
    assert by_name(score([talking]))["taken"].value == 1.0


def test_several_trucks_of_a_driver_are_kept_as_one_by_all_their_streets() -> None:
    first = score_of(Role.DRIVER, [Measured("cleared", 1.0, 2), Measured("blade", None, 0)])
    second = score_of(Role.DRIVER, [Measured("cleared", 0.5, 18), Measured("blade", 0.7, 9)])
    both = by_name(together(Role.DRIVER, [first, second]))
    assert (both["cleared"].value, both["cleared"].of) == (pytest.approx(0.55), 20)
    assert (both["blade"].value, both["blade"].of) == (pytest.approx(0.7), 9)


def test_what_nobody_could_show_counts_neither_way() -> None:
    one = score([a_call(0, kept=None)])
    assert one.points == FULL
    assert [each.name for each in one.measures if each.points is None] == ["duplicates", "promises"]
    assert score([]).points is None


def test_each_operator_answers_for_own_calls_and_all_for_those_that_were_lost() -> None:
    calls = [a_call(0), a_call(1, taken_by="omid", noted=v.ROSE), careless_call(3)]
    mine = by_name(score(calls))
    assert mine["right_street"].value == 1.0
    assert (mine["taken"].value, mine["taken"].of) == (pytest.approx(1 / 2), 2)


def test_a_call_that_still_rings_is_not_lost() -> None:
    ringing = CallRecord(v.NOW, over_at=LATER + MINUTE, meant=v.MILL)
    assert by_name(score([a_call(0), ringing]))["taken"].value == 1.0


def test_the_next_piece_of_the_same_street_is_the_right_one_too() -> None:
    network = v.village()
    assert same_street(network, v.MAIN_WEST, v.MAIN_EAST)  # both are Imam Street
    assert not same_street(network, v.MAIN_WEST, v.ROSE)
    assert not same_street(network, v.MAIN_WEST, None)
    assert same_street(network, v.YARD, v.YARD)  # it has no name


def test_what_fits_all_that_a_caller_says_is_as_right_as_where_he_stands() -> None:
    far = a_call(0, meant=v.MILL, noted=v.ROSE)
    for fitting, right in ((frozenset(), 0.0), (frozenset({v.ROSE}), 1.0)):
        measured = by_name(score([replace(far, fitting=fitting)]))["right_street"]
        assert (measured.value, measured.of) == (right, 1)
    unnamed = a_call(1, meant=None, noted=None)
    assert by_name(score([far, unnamed]))["right_street"].of == 1


def test_points_go_down_from_what_is_asked_for_to_what_is_worth_nothing() -> None:
    for rules in RULES.values():
        for rule in rules.values():
            middle = (rule.full_at + rule.none_at) / 2
            beyond = rule.full_at * 2 - rule.none_at
            points = [rule.points(at) for at in (beyond, rule.full_at, middle, rule.none_at)]
            assert points == pytest.approx([FULL, FULL, FULL / 2, 0.0])


def test_a_score_is_the_mean_of_its_measures_by_their_weights() -> None:
    found = score_of(Role.OPERATOR, [Measured("right_street", 1.0, 4), Measured("taken", 0.0, 4)])
    assert found.points == pytest.approx(FULL * 3 / 4)
    assert [one.name for one in found.measures] == ["taken", "right_street"]


def an_alert(kind: AlertKind, seen: timedelta | None, ended: timedelta | None = None) -> Alert:
    return Alert(
        AlertId(1),
        v.a_storm().id,
        kind,
        None,
        v.NOW,
        until=None if ended is None else v.NOW + ended,
        acknowledged_at=None if seen is None else v.NOW + seen,
    )


def times_of(alerts, now, speeds=AS_THE_STORM) -> tuple[AlertTimes, ...]:
    """Return how soon alerts were seen to."""
    return alert_times(judged_alerts(alerts, now, speeds))


def test_graver_alerts_are_to_be_seen_sooner() -> None:
    seen = [an_alert(kind, 5 * MINUTE) for kind in (AlertKind.SOS, AlertKind.AT_RISK)]
    danger, streets = times_of(seen, LATER)
    assert (danger.in_time, streets.in_time) == (0, 1)
    assert (danger.seen_s, danger.ended_s) == (300.0, None)


def test_alerts_that_needed_nobody_or_have_time_left_do_not_count() -> None:
    by_itself = an_alert(AlertKind.OFF_ROUTE, None, 5 * MINUTE)
    note = an_alert(AlertKind.SPEEDING, None)
    assert times_of([by_itself, note], LATER) == ()
    fresh = an_alert(AlertKind.SOS, None)
    assert times_of([fresh], v.NOW + MINUTE) == ()
    (never,) = times_of([fresh], LATER)
    assert (never.alerts, never.in_time) == (1, 0)


def test_what_comes_from_the_clocks_speed_is_no_alert_of_who_leads() -> None:
    assert of_the_storm([an_alert(AlertKind.EVIDENCE_BEHIND, None)], []) == []
    thirty = ClockSpeeds((), 30.0)
    over = an_alert(AlertKind.AT_RISK, None, 20 * MINUTE)  # after 40 s
    assert times_of([over], LATER, thirty) == ()
    (late,) = times_of([over], LATER)
    assert (late.alerts, late.in_time) == (1, 0)
    seen = [an_alert(AlertKind.SOS, soon * MINUTE) for soon in (20, 30)]
    (danger,) = times_of(seen, LATER, thirty)
    assert (danger.alerts, danger.in_time) == (2, 1)


def test_trucks_are_silent_where_the_scenario_says_so_and_else_only_left_behind() -> None:
    scenario = scenario_from_toml(SILENCES)
    quiet = silences(happenings(scenario, (), v.NOW), [VehicleId(1), VehicleId(2)])
    all_trucks = an_alert(AlertKind.SILENT, None, HOUR)
    first, second = (replace(all_trucks, vehicle_id=VehicleId(number)) for number in (1, 2))
    in_the_cut = replace(all_trucks, since=v.NOW + 4 * HOUR, until=None)
    assert of_the_storm([all_trucks, first, second, in_the_cut], quiet) == [second, in_the_cut]
    much_later = replace(second, since=v.NOW + 2 * HOUR, until=v.NOW + 3 * HOUR)
    assert of_the_storm([much_later], quiet) == []


def test_one_trouble_of_a_truck_that_comes_back_counts_once_by_who_saw_to_it_first() -> None:
    found = [
        an_alert(AlertKind.SILENT, seen, ended)
        for seen, ended in ((19 * MINUTE, 30 * MINUTE), (2 * HOUR, 3 * HOUR), (None, None))
    ]
    same = [replace(one, vehicle_id=VehicleId(6)) for one in found]
    (trucks,) = times_of(same, LATER)
    assert (trucks.alerts, trucks.in_time, trucks.seen_s) == (1, 1, 19 * 60.0)
    assert trucks.ended_s is None  # it lasts
    (trucks,) = times_of(same[:2], LATER)
    assert trucks.ended_s == 3 * 3600.0
    another = replace(same[1], vehicle_id=VehicleId(7))
    again = replace(same[0], since=v.NOW + HOUR, acknowledged_at=None, until=None)
    (trucks,) = times_of([*same, another, again], LATER)
    assert (trucks.alerts, trucks.in_time) == (3, 1)


def facts(**changes) -> DispatchFacts:
    """Return a storm that was led without a fault."""
    perfect = DispatchFacts(
        hours=8.0,
        lateness={name: ClassLateness(800.0, 0.0) for name in (P1, P2, P3)},
        response=Response(40, 40, 40, 0, 1800.0, 3600.0, None),
        alerts=times_of([an_alert(AlertKind.SOS, MINUTE)], LATER),
        changes=(PlanChange(PlanId(2), v.NOW, 10, 4),),
        moved_m=300_000.0,
        cleared_m=220_000.0,
        missed_min=0.0,
        points=16,
    )
    return replace(perfect, **changes)


def test_a_dispatcher_without_a_fault_has_all_points_and_a_careless_one_none() -> None:
    assert dispatcher_score(facts()).points == FULL
    careless = facts(
        lateness={name: ClassLateness(800.0, 600.0) for name in (P1, P2, P3)},
        response=Response(40, 5, 5, 30, 1800.0, 3600.0, 7200.0),
        alerts=times_of([an_alert(AlertKind.SOS, None)], LATER),
        changes=tuple(PlanChange(PlanId(n), v.NOW, 10, 10) for n in range(20)),
        moved_m=2_000_000.0,
        missed_min=400.0,
    )
    assert dispatcher_score(careless).points == 0.0


def test_without_decision_points_that_measure_has_no_points() -> None:
    found = by_name(dispatcher_score(facts(missed_min=None, points=0)))
    assert found["replanning_min"].points is None


def test_kilometres_count_once_the_logs_of_trucks_were_read() -> None:
    assert by_name(dispatcher_score(facts(moved_m=0.0)))["driven"].points is None
    assert by_name(dispatcher_score(facts(moved_m=0.0, cleared_m=0.0)))["driven"].points is None


def test_drivers_feel_a_change_of_their_next_streets_by_truck_and_hour() -> None:
    changes = [PlanChange(PlanId(n), v.NOW, 4, 2) for n in range(4)]
    assert changes_per_truck(changes, 2.0) == pytest.approx(8 / (4 * 2))
    assert changes_per_truck([], 2.0) is None


def test_lateness_is_of_all_lanes_and_hours_of_a_class() -> None:
    network, storm = v.village(), v.a_storm()
    lanes = promised_lanes(network, POLICY)
    never = lateness_by_class(lanes, late_spells(lanes, {}, storm), 6 * 3600.0)
    p1 = never[P1]  # three hours of six, since nobody came in its cycle of three
    assert p1.share == pytest.approx(0.5)
    assert p1.lane_km_h == pytest.approx(lanes.lane_m[lanes.class_no == 0].sum() / 1000 * 6)
    early = lateness_by_class(lanes, late_spells(lanes, {}, storm), 3600.0)
    assert {one.share for one in early.values()} == {0.0}
