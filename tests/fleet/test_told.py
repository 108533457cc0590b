from datetime import timedelta

import pytest

from data.evidence_rules import EvidenceRules
from data.model import DirectedSegment, Evidence, EvidenceKind, Pass, SegmentId, Treatment
from data.model import VehicleId as Truck
from fleet.told import (
    AGAINST_SENSOR,
    SEEN,
    UNSEEN,
    Look,
    Sensor,
    Street,
    Told,
    look_at,
    told_by,
)
from tests import village as v

RULES = EvidenceRules()
BEGAN, TAPPED = v.NOW, v.NOW + timedelta(minutes=10)


def at(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def a_look(since_s: float, until_s: float, **facts: float | bool) -> Look:
    usual = {"missing_m": 0.0, "worked_m": 0.0, "hinted": False} | facts
    return Look(v.NOW + at(since_s), v.NOW + at(until_s), **usual)


def streets(*looks: Look | None, length_m: float = 80.0) -> list[Street]:
    return [
        Street(DirectedSegment(SegmentId(i), True), length_m, True, look)
        for i, look in enumerate(looks, start=1)
    ]


def told(sensor: Sensor, silence_s: float, *looks: Look | None) -> dict[int, Told]:
    proved = told_by(sensor, streets(*looks), BEGAN, TAPPED, lambda _a, _b: at(silence_s))
    return {one.directed.segment_id: one for one in proved}


PLOWED, AFTER = a_look(0, 20, worked_m=80.0), a_look(60, 80, worked_m=80.0)
IDLE = a_look(25, 55)


def test_a_live_sensor_leaves_a_tap_only_what_positions_cannot_show() -> None:
    assert told(Sensor.ALIVE, 5, PLOWED, IDLE, AFTER) == {}
    found = told(Sensor.ALIVE, 5, PLOWED, None, AFTER)
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
    found = told(Sensor.ALIVE, silence_s, PLOWED, *[None] * hidden, again)
    assert list(found) == [2, 3, 4][:hidden] * proved


def test_nothing_is_filled_in_between_streets_that_were_only_driven_along() -> None:
    assert told(Sensor.ALIVE, 60, IDLE, None, a_look(60, 80)) == {}


def test_nothing_is_filled_in_at_the_end_of_what_was_seen() -> None:
    assert told(Sensor.ALIVE, 60, PLOWED, AFTER, None) == {}


@pytest.mark.parametrize(("worked_m", "proved"), [(55.0, True), (30.0, False)])
def test_a_blade_that_moved_within_a_receivers_error_of_the_end_leaves_the_tap(
    worked_m: float, proved: bool
) -> None:
    found = told(Sensor.ALIVE, 0, a_look(0, 20, worked_m=worked_m))
    assert [one.confidence for one in found.values()] == [AGAINST_SENSOR] * proved


@pytest.mark.parametrize(
    ("sensor", "seen", "unseen"),
    [(Sensor.SILENT, SEEN, UNSEEN), (Sensor.DEAD, AGAINST_SENSOR, None)],
)
def test_without_a_sensor_worth_the_name_the_driver_is_believed(
    sensor: Sensor, seen: float, unseen: float | None
) -> None:
    found = told(sensor, 0, IDLE, None)
    assert (found[1].began_at, found[1].confidence) == (IDLE.began_at, seen)
    assert (found[2].confidence if 2 in found else None) == unseen


def test_a_sensor_that_never_said_up_and_the_driver_agree() -> None:
    assert told(Sensor.ALIVE, 0, PLOWED) == {}
    assert told(Sensor.UNPROVED, 0, PLOWED)[1].confidence == AGAINST_SENSOR


def a_pass(since_s: float, until_s: float, to_m: float, **changes: object) -> Pass:
    facts: dict[str, object] = {
        "treatment": Treatment.PLOW,
        "evidence": Evidence(EvidenceKind.BLADE, 0.8),
    } | changes
    return Pass(
        SegmentId(1), True, 0.0, to_m, Truck(1), v.NOW + at(since_s), v.NOW + at(until_s), **facts
    )


def test_a_truck_that_stands_at_the_end_of_its_street_was_there_once() -> None:
    passes = [a_pass(0, 20, 100.0), a_pass(60, 61, 3.0)]
    look = look_at(passes, 100.0, Treatment.PLOW, BEGAN, TAPPED, RULES)
    assert look == a_look(0, 20, worked_m=100.0)


@pytest.mark.parametrize(("share", "meant"), [(1.0, 0), (0.5, 90)])
def test_of_two_visits_the_one_at_work_is_the_one_that_was_tapped_else_the_last_whole_one(
    share: float, meant: float
) -> None:
    driven = {"treatment": None, "evidence": Evidence(EvidenceKind.SPEED, 0.5)}
    passes = [a_pass(0, 20, share * 100.0), a_pass(90, 110, 100.0, **driven)]
    look = look_at(passes, 100.0, Treatment.PLOW, BEGAN, TAPPED, RULES)
    assert look is not None
    assert look.began_at == v.NOW + at(meant)
    assert look_at(passes, 100.0, Treatment.PLOW, BEGAN, v.NOW - at(1), RULES) is None


def test_what_positions_only_hint_at_the_driver_confirms() -> None:
    unsure = a_pass(0, 20, 100.0, evidence=Evidence(EvidenceKind.BLADE, 0.1))
    look = look_at([unsure], 100.0, Treatment.PLOW, BEGAN, TAPPED, RULES)
    assert look == a_look(0, 20, hinted=True)
    assert told(Sensor.ALIVE, 0, look)[1].confidence == AGAINST_SENSOR
