from datetime import timedelta

import numpy as np
import pytest

from data.model import DirectedSegment, SegmentId, VehicleId
from fleet.coverage.sensor_state import DRIVES_M, FAST_S, SensorPair, SensorReading, Switch
from fleet.simulation.simulated_faults import SensorFault, broken
from fleet.simulation.simulated_trucks import Fix
from tests import village as v
from tests.fleet.drives import a_fix

LIMIT_MPS = 14.0


def heard(
    blades: list[bool | None], speed_mps: float = 6.0, start_s: float = 0.0
) -> list[SensorReading]:
    """What is believed at fixes five seconds apart."""
    equipment = SensorPair()
    return [
        equipment.read(
            a_fix(v.at_m(0, 0), start_s + 5.0 * i, blade=blade, speed_mps=speed_mps), LIMIT_MPS
        )
        for i, blade in enumerate(blades)
    ]


def test_a_sound_sensor_is_believed_at_every_fix() -> None:
    said: list[bool | None] = [False] * 10 + [True] * 20 + [False] * 5
    assert [claim.blade for claim in heard(said)] == said


def test_a_sensor_that_flaps_is_not_believed_until_it_is_calm_again() -> None:
    flaps: list[bool | None] = [i % 2 == 0 for i in range(20)]
    claims = heard([*flaps, *[True] * 50])
    assert claims[3].blade is False
    assert claims[19].blade is None
    assert claims[-1].blade is True


@pytest.mark.parametrize("every_s", [1.0, 5.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_loose_contact_is_found_out_at_work_and_on_the_way(seed: int, every_s: float) -> None:
    chance = np.random.default_rng(seed)
    for truth in (True, False):
        equipment, believed = SensorPair(), 0
        for i in range(360):
            gone_m = 6.0 * every_s * i
            street = DirectedSegment(SegmentId(int(gone_m // 80)), True)
            blade = truth != bool(chance.random() < 0.3)
            fix = a_fix(v.at_m(gone_m, 0), every_s * i, blade=blade, speed_mps=6.0)
            believed += equipment.read(fix, LIMIT_MPS, street).blade is not None
        assert believed < 180


@pytest.mark.parametrize("every_s", [1.0, 5.0, 10.0])
@pytest.mark.parametrize(("works_s", "lifts_s"), [(12, 5), (10, 4), (20, 6)])
def test_a_small_machine_that_lifts_its_blade_at_every_corner_is_believed(
    works_s: int, lifts_s: int, every_s: float
) -> None:
    equipment = SensorPair()
    for i in range(int(600 / every_s)):
        corner, on_s = divmod(every_s * i, works_s + lifts_s)
        street = DirectedSegment(SegmentId(int(corner + (on_s > works_s + lifts_s / 2))), True)
        fix = a_fix(v.at_m(0, 0), every_s * i, blade=on_s < works_s, speed_mps=3.0)
        assert equipment.read(fix, LIMIT_MPS, street).blade is (on_s < works_s)


def test_a_blade_that_is_down_at_full_speed_is_stuck_until_it_says_up() -> None:
    fast = int(FAST_S / 5) + 3
    equipment = SensorPair()
    fixes = [a_fix(v.at_m(0, 0), 5.0 * i, blade=True, speed_mps=20.0) for i in range(fast)]
    assert [equipment.read(fix, LIMIT_MPS).blade for fix in fixes][-1] is None
    slow = a_fix(v.at_m(0, 0), 5.0 * fast, blade=True, speed_mps=6.0)
    assert equipment.read(slow, LIMIT_MPS).blade is None
    up = a_fix(v.at_m(0, 0), 5.0 * fast + 5, blade=False, speed_mps=6.0)
    assert equipment.read(up, LIMIT_MPS).blade is False


@pytest.mark.parametrize(("was_up", "believed"), [(False, None), (True, True)])
def test_a_blade_that_never_was_up_where_the_route_drives_is_stuck(
    was_up: bool, believed: bool | None
) -> None:
    equipment = SensorPair()
    if was_up:
        equipment.read(a_fix(v.at_m(0, 0), 0.0, blade=False), LIMIT_MPS)
    equipment.read(a_fix(v.at_m(0, 0), 5.0, blade=True), LIMIT_MPS)
    equipment.drive(DRIVES_M + 1)
    assert equipment.read(a_fix(v.at_m(0, 0), 10.0, blade=True), LIMIT_MPS).blade is believed


def test_only_a_sensor_that_never_said_up_was_stuck_all_along() -> None:
    equipment = SensorPair()
    equipment.read(a_fix(v.at_m(0, 0), 0.0, blade=True, spreader=False), LIMIT_MPS)
    assert (equipment.unproved, equipment.stuck) == (True, frozenset())
    equipment.drive(DRIVES_M + 1)
    assert equipment.stuck == {Switch.BLADE}
    equipment.read(a_fix(v.at_m(0, 0), 5.0, blade=False, spreader=False), LIMIT_MPS)
    assert (equipment.unproved, equipment.stuck) == (False, frozenset())
    claim = SensorReading(True, False, fresh=True)
    assert claim.without(frozenset({Switch.BLADE})) == SensorReading(None, False, fresh=True)


def test_a_phone_beside_the_tracker_does_not_hide_what_the_sensor_said() -> None:
    claims = heard([True, None, True, None, None, None, None, None, None, None, None])
    assert [claim.blade for claim in claims[:4]] == [True] * 4
    assert claims[-1].blade is None


@pytest.mark.parametrize("fault", SensorFault)
def test_a_simulated_fault_says_what_its_name_says(fault: SensorFault) -> None:
    at = v.NOW + timedelta(seconds=1)
    truth = [Fix(at, at, v.at_m(0, 0), 6.0, 0.0, 4.0, i < 50, False, "", None) for i in range(100)]
    told = [fix.blade for fix in broken(truth, fault, int(VehicleId(1)))]
    real = [fix.blade for fix in truth]
    differing = sum(a != b for a, b in zip(told, real, strict=True))
    wanted = {"stuck": {True}, "dead": {False}, "mute": {None}, "flapping": {True, False}}
    assert set(told) == wanted[fault]
    assert (differing == 50) if fault in ("stuck", "dead") else differing > 10
    assert [fix.blade for fix in broken(truth, None, 1)] == real
