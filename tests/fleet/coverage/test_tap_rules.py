from datetime import timedelta

import pytest

from data.model import DirectedSegment, Evidence, EvidenceKind, Pass, SegmentId, Treatment
from data.model import VehicleId as Truck
from data.policy.evidence_rules import EvidenceRules
from fleet.coverage.tap_rules import (
    AGAINST_SENSOR,
    SEEN,
    UNSEEN,
    ConfirmedStreet,
    SensorKnowledge,
    TappedStreet,
    confirmed_streets,
)
from fleet.coverage.visits import StreetVisit, street_visits, visits_in_order
from tests import village as v

RULES = EvidenceRules()
BEGAN, TAPPED = v.NOW, v.NOW + timedelta(minutes=10)


def at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def a_look(since_s: float, until_s: float, **facts: float | bool) -> StreetVisit:
    usual = {"missing_m": 0.0, "worked_m": 0.0, "hinted_m": 0.0} | facts
    return StreetVisit(v.NOW + at(since_s), v.NOW + at(until_s), **usual)


def streets(*looks: StreetVisit | None, length_m: float = 80.0) -> list[TappedStreet]:
    return [
        TappedStreet(DirectedSegment(SegmentId(i), True), length_m, True, look)
        for i, look in enumerate(looks, start=1)
    ]


def told(
    sensor: SensorKnowledge,
    silence_s: float,
    *looks: StreetVisit | None,
    alongside: bool = False,
    length_m: float = 80.0,
) -> dict[int, ConfirmedStreet]:
    row = streets(*looks, length_m=length_m)
    asked = (lambda _a, _b: at(silence_s), lambda _a, _b, _ways: alongside)
    return {
        one.directed.segment_id: one
        for one in confirmed_streets(sensor, row, BEGAN, TAPPED, *asked)
    }


PLOWED, AFTER = a_look(0, 20, worked_m=80.0), a_look(60, 80, worked_m=80.0)
IDLE = a_look(25, 55)


def test_a_live_sensor_leaves_a_tap_only_what_positions_cannot_show() -> None:
    assert told(SensorKnowledge.ALIVE, 5, PLOWED, IDLE, AFTER) == {}
    found = told(SensorKnowledge.ALIVE, 5, PLOWED, None, AFTER)
    assert list(found) == [2]
    assert (found[2].began_at, found[2].ended_at) == (PLOWED.ended_at, AFTER.began_at)
    assert found[2].confidence == UNSEEN


@pytest.mark.parametrize(
    ("hidden", "again_s", "silence_s", "proved"),
    [(1, 20, 5, True), (2, 30, 5, False), (2, 60, 5, True), (3, 60, 5, False), (3, 60, 30, True)],
)
def test_a_longer_way_needs_the_time_for_it_and_a_still_longer_one_a_silence(
    hidden: int, again_s: float, silence_s: float, proved: bool
) -> None:
    again = a_look(again_s, again_s + 20, worked_m=80.0)
    found = told(SensorKnowledge.ALIVE, silence_s, PLOWED, *[None] * hidden, again)
    assert list(found) == [2, 3, 4][:hidden] * proved


@pytest.mark.parametrize(("again_s", "proved"), [(80, True), (30, False)])
def test_however_long_a_way_counts_along_which_positions_came_in_the_time_for_it(
    again_s: float, proved: bool
) -> None:
    again = a_look(again_s, again_s + 20, worked_m=80.0)
    found = told(SensorKnowledge.ALIVE, 5, PLOWED, *[None] * 5, again, alongside=True)
    assert list(found) == [2, 3, 4, 5, 6] * proved
    assert told(SensorKnowledge.ALIVE, 5, PLOWED, *[None] * 5, again) == {}


@pytest.mark.parametrize(("length_m", "proved"), [(14.0, [2, 3]), (29.0, [2]), (31.0, [])])
def test_a_blade_may_have_moved_on_streets_shorter_than_a_receivers_error(
    length_m: float, proved: list[int]
) -> None:
    at_work = a_look(0, 20, worked_m=length_m)
    idle = [a_look(20, 22), a_look(22, 24), a_look(24, 26)]
    assert list(told(SensorKnowledge.ALIVE, 5, at_work, *idle, length_m=length_m)) == proved
    assert told(SensorKnowledge.ALIVE, 5, at_work, a_look(60, 62), length_m=length_m) == {}


def test_nothing_is_filled_in_between_streets_that_were_only_driven_along() -> None:
    assert told(SensorKnowledge.ALIVE, 60, IDLE, None, a_look(60, 80)) == {}


def test_nothing_is_filled_in_at_the_end_of_what_was_seen() -> None:
    assert told(SensorKnowledge.ALIVE, 60, PLOWED, AFTER, None) == {}


@pytest.mark.parametrize(("worked_m", "proved"), [(55.0, True), (30.0, False)])
def test_a_blade_that_moved_within_a_receivers_error_of_the_end_leaves_the_tap(
    worked_m: float, proved: bool
) -> None:
    found = told(SensorKnowledge.ALIVE, 0, a_look(0, 20, worked_m=worked_m))
    assert [one.confidence for one in found.values()] == [AGAINST_SENSOR] * proved


@pytest.mark.parametrize(
    ("sensor", "seen", "unseen"),
    [(SensorKnowledge.SILENT, SEEN, UNSEEN), (SensorKnowledge.DEAD, AGAINST_SENSOR, None)],
)
def test_without_a_sensor_worth_the_name_the_driver_is_believed(
    sensor: SensorKnowledge, seen: float, unseen: float | None
) -> None:
    found = told(sensor, 0, IDLE, None)
    assert (found[1].began_at, found[1].confidence) == (IDLE.began_at, seen)
    assert (found[2].confidence if 2 in found else None) == unseen


def test_a_sensor_that_never_said_up_and_the_driver_agree() -> None:
    assert told(SensorKnowledge.ALIVE, 0, PLOWED) == {}
    assert told(SensorKnowledge.UNPROVED, 0, PLOWED)[1].confidence == AGAINST_SENSOR


def a_pass(since_s: float, until_s: float, to_m: float, **changes: object) -> Pass:
    facts: dict[str, object] = {
        "treatment": Treatment.PLOW,
        "evidence": Evidence(EvidenceKind.BLADE, 0.8),
    } | changes
    return Pass(
        SegmentId(1), True, 0.0, to_m, Truck(1), v.NOW + at(since_s), v.NOW + at(until_s), **facts
    )


def seen_visits(*passes: Pass) -> list[StreetVisit]:
    return street_visits(passes, 100.0, Treatment.PLOW, BEGAN, TAPPED, RULES)


def test_a_truck_that_stands_at_the_end_of_its_street_was_there_once() -> None:
    looks = seen_visits(a_pass(0, 20, 100.0), a_pass(60, 61, 3.0))
    assert visits_in_order([looks], [100.0]) == [a_look(0, 20, worked_m=100.0)]


@pytest.mark.parametrize(("share", "meant"), [(1.0, 0), (0.2, 90)])
def test_of_two_visits_the_one_is_meant_that_shows_more_work_else_more_of_the_street(
    share: float, meant: float
) -> None:
    driven = {"treatment": None, "evidence": Evidence(EvidenceKind.SPEED, 0.5)}
    looks = seen_visits(a_pass(0, 20, share * 100.0), a_pass(90, 110, 100.0, **driven))
    (look,) = visits_in_order([looks], [100.0])
    assert look is not None
    assert look.began_at == v.NOW + at(meant)
    early = v.NOW - at(1)
    assert street_visits([a_pass(0, 20, 9.0)], 100.0, Treatment.PLOW, BEGAN, early, RULES) == []


def test_visits_follow_each_other_as_the_leg_does() -> None:
    working = [a_look(20 * i, 20 * i + 20, hinted_m=80.0) for i in range(3)]
    again = [a_look(200 + 5 * i, 205 + 5 * i) for i in range(3)]
    looks = [[one, two] for one, two in zip(working, again, strict=True)]
    assert visits_in_order(looks, [80.0] * 3) == working
    assert visits_in_order([looks[0], [], looks[2]], [80.0] * 3) == [working[0], None, working[2]]


def test_a_street_that_a_leg_has_twice_has_two_visits() -> None:
    first, second = PLOWED, AFTER
    between = a_look(30, 50, worked_m=80.0)
    assert visits_in_order([[first, second], [between], [first, second]], [80.0] * 3) == [
        first,
        between,
        second,
    ]


def test_what_positions_only_hint_at_the_driver_confirms() -> None:
    unsure = a_pass(0, 20, 100.0, evidence=Evidence(EvidenceKind.BLADE, 0.1))
    (look,) = seen_visits(unsure)
    assert look == a_look(0, 20, hinted_m=100.0)
    assert told(SensorKnowledge.ALIVE, 0, look)[1].confidence == AGAINST_SENSOR
