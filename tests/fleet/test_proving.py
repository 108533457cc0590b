import pytest

from data.model import DirectedSegment, Pass, Treatment
from fleet.equipment import Claim
from fleet.orders import Order
from fleet.proving import Sighted, proofs
from fleet.ways import Stretch
from tests import village as v
from tests.fleet.drives import a_fix

NETWORK = v.village()
HERE, BESIDE = DirectedSegment(v.MAIN_WEST, True), DirectedSegment(v.SCHOOL, True)


def proved(confidence: float, order: Order | None) -> Pass:
    """What a step at work along Main Street proves."""
    a, b = (
        Sighted(a_fix(v.at_m(3 * s, 0), s), Claim(blade=True, spreader=None)) for s in (0.0, 5.0)
    )
    step = [Stretch(HERE, 0.0, 15.0)]
    (one,) = proofs(NETWORK, a, b, step, confidence, order, 6.0, plows=True)
    return one


@pytest.mark.parametrize(("confidence", "left"), [(0.5, 0.09), (0.8, 0.29), (0.98, 0.83), (1.0, 1)])
def test_a_street_off_the_route_needs_a_surer_match(confidence: float, left: float) -> None:
    there = proved(confidence, Order(v.NOW, frozenset([BESIDE]), frozenset()))
    assert there.treatment is Treatment.PLOW
    assert there.evidence.confidence == pytest.approx(left, abs=0.005)


def test_on_the_route_and_without_one_a_match_is_as_sure_as_it_is() -> None:
    for order in (None, Order(v.NOW, frozenset([HERE]), frozenset())):
        assert proved(0.5, order).evidence.confidence == 0.5
