import pytest

from data.model import DirectedSegment, Pass, Treatment
from fleet.coverage.pass_detection import Sighted, WorkingVehicle, proofs
from fleet.coverage.route_expectations import ExpectedWork
from fleet.coverage.sensor_state import SensorReading
from fleet.matching.driven_paths import DrivenStretch
from tests import village as v
from tests.fleet.drives import a_fix

NETWORK = v.village()
HERE, BESIDE = DirectedSegment(v.MAIN_WEST, True), DirectedSegment(v.SCHOOL, True)


def proved(confidence: float, order: ExpectedWork | None, *, fresh: bool = False) -> Pass:
    """What a step at work along Main Street proves."""
    claim = SensorReading(blade=True, spreader=None, fresh=fresh)
    a, b = (Sighted(a_fix(v.at_m(3 * s, 0), s), claim) for s in (0.0, 5.0))
    step = [DrivenStretch(HERE, 0.0, 15.0)]
    vehicle = WorkingVehicle(order, 6.0, plows=True)
    (one,) = proofs(NETWORK, a, b, step, confidence, vehicle)
    return one


@pytest.mark.parametrize(("confidence", "left"), [(0.5, 0.09), (0.8, 0.29), (0.98, 0.83), (1.0, 1)])
def test_a_street_off_the_route_needs_a_surer_match(confidence: float, left: float) -> None:
    there = proved(confidence, ExpectedWork(v.NOW, frozenset([BESIDE]), frozenset()))
    assert there.treatment is Treatment.PLOW
    assert there.evidence.confidence == pytest.approx(left, abs=0.005)


def test_on_the_route_and_without_one_a_match_is_as_sure_as_it_is() -> None:
    for order in (None, ExpectedWork(v.NOW, frozenset([HERE]), frozenset())):
        assert proved(0.5, order).evidence.confidence == 0.5


def test_where_the_blade_has_just_moved_a_street_that_is_driven_too_is_one_of_two() -> None:
    ways = frozenset([HERE])
    for both, left in ((ways, 0.4), (frozenset[DirectedSegment](), 0.8)):
        order = ExpectedWork(v.NOW, ways, both, both)
        assert proved(0.8, order, fresh=True).evidence.confidence == left
        assert proved(0.8, order).evidence.confidence == 0.8
