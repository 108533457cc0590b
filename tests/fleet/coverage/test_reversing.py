from datetime import timedelta

import pytest

from data.model import Evidence, EvidenceKind, Pass, Treatment, VehicleId
from fleet.coverage.reversing import without_backing
from tests import village as v

FORTH, BACK = True, False


def a_part(since_s: float, until_s: float, forward: bool, to_m: float = 46.0) -> Pass:
    return Pass(
        segment_id=v.SCHOOL,
        forward=forward,
        from_m=0.0,
        to_m=to_m,
        vehicle_id=VehicleId(1),
        started_at=v.NOW + timedelta(seconds=since_s),
        ended_at=v.NOW + timedelta(seconds=until_s),
        treatment=Treatment.PLOW,
        evidence=Evidence(EvidenceKind.BLADE, 0.8),
    )


def kept(*parts: Pass) -> list[Pass]:
    ways = {way: [one for one in parts if one.forward is way] for way in (FORTH, BACK)}
    return [*without_backing(ways[FORTH], ways[BACK]), *without_backing(ways[BACK], ways[FORTH])]


def test_who_goes_forth_back_and_forth_again_has_backed_up() -> None:
    first, back, again = a_part(0, 8, FORTH), a_part(8, 27, BACK), a_part(27, 41, FORTH)
    assert kept(first, back, again) == [first, again]


def test_who_turns_at_the_end_has_worked_both_ways() -> None:
    forth, back = a_part(0, 8, FORTH), a_part(8, 27, BACK)
    assert kept(forth, back) == [forth, back]


def test_one_who_backs_up_and_then_turns_has_been_there_in_each_direction() -> None:
    parts = [
        a_part(0, 9, BACK),
        a_part(9, 25, FORTH),
        a_part(25, 35, BACK),
        a_part(35, 48, FORTH),
    ]
    assert kept(*parts) == [parts[3], parts[0], parts[2]]


@pytest.mark.parametrize(
    ("until_s", "again_s", "to_m"),
    [(80.0, 80.0, 46.0), (27.0, 40.0, 46.0), (27.0, 27.0, 90.0)],
)
def test_longer_farther_or_from_elsewhere_it_is_a_visit_of_its_own(
    until_s: float, again_s: float, to_m: float
) -> None:
    first, back = a_part(0, 8, FORTH, to_m), a_part(8, until_s, BACK, to_m)
    again = a_part(again_s, again_s + 14, FORTH, to_m)
    assert kept(first, back, again) == [first, again, back]
