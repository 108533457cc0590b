"""What another plan changes: properties of the difference of any two plans."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.model import JobId, Route, ShiftId, VehicleId
from fleet.planning.plan_difference import NEXT_MOVES, difference, job_ends
from tests import village as v
from tests.village_plan import a_leg

MINUTE = timedelta(minutes=1)
JOBS = tuple(range(1, 10))
"""Jobs of the village's streets, each once, on the street of the same number."""


def a_route(number: int, jobs: list[int]) -> Route:
    legs = (
        a_leg(segment_id=job, starts_at=v.NOW + i * MINUTE, job_ids=(JobId(job),))
        for i, job in enumerate(jobs)
    )
    return Route(ShiftId(number), VehicleId(number), tuple(legs))


@st.composite
def plans(draw: st.DrawFn) -> list[Route]:
    """Some jobs, in any order, on up to three trucks."""
    order = draw(st.permutations(JOBS))
    kept = order[: draw(st.integers(0, len(order)))]
    trucks = draw(st.lists(st.integers(1, 3), min_size=len(kept), max_size=len(kept)))
    return [
        a_route(number, [job for job, truck in zip(kept, trucks, strict=True) if truck == number])
        for number in (1, 2, 3)
    ]


@given(plans())
def test_a_plan_changes_nothing_against_itself(plan: list[Route]) -> None:
    found = difference(plan, plan)
    assert (found.trucks, found.delays, found.added, found.dropped) == ((), (), (), {})


@given(plans(), plans())
def test_what_one_truck_loses_another_gains_or_the_plan_drops(
    before: list[Route], after: list[Route]
) -> None:
    found = difference(before, after)
    gained = sorted(street for truck in found.trucks for street in truck.gained)
    lost = sorted(street for truck in found.trucks for street in truck.lost)
    assert sorted([*gained, *found.dropped]) == sorted([*lost, *found.added])


@given(plans(), plans())
def test_the_other_way_round_all_is_turned_around(before: list[Route], after: list[Route]) -> None:
    there, back = difference(before, after), difference(after, before)
    assert {*there.added} == {*back.dropped}
    assert {*there.dropped} == {*back.added}
    assert [(one.gained, one.moves_after, one.ends_after) for one in there.trucks] == [
        (one.lost, one.moves_before, one.ends_before) for one in back.trucks
    ]
    assert not {one.job_id for one in there.delays} & {one.job_id for one in back.delays}


@given(plans(), plans())
def test_a_truck_that_is_not_named_does_the_same_streets_with_the_same_next_moves(
    before: list[Route], after: list[Route]
) -> None:
    named = {truck.shift_id for truck in difference(before, after).trucks}
    for one, other in zip(before, after, strict=True):
        if one.shift_id not in named:
            assert set(job_ends([one])) == set(job_ends([other]))
            moves = [[leg.path for leg in route.legs][:NEXT_MOVES] for route in (one, other)]
            assert moves[0] == moves[1]


@given(plans(), plans())
def test_delays_are_of_jobs_that_end_a_minute_later_or_more(
    before: list[Route], after: list[Route]
) -> None:
    ends, then = job_ends(before), job_ends(after)
    late = {job for job in ends.keys() & then.keys() if then[job] - ends[job] >= MINUTE}
    delays = difference(before, after).delays
    assert {one.job_id for one in delays} == late
    assert [one.late for one in delays] == sorted((one.late for one in delays), reverse=True)


def test_a_truck_out_of_service_loses_all_and_has_no_end() -> None:
    (truck,) = difference([a_route(1, [1, 2])], []).trucks
    assert (truck.lost, truck.gained) == ((1, 2), ())
    assert (truck.moves_after, truck.ends_after) == ((), None)
    assert truck.next_moves_change


def test_what_is_dropped_is_named_in_the_order_in_which_it_would_have_been_done() -> None:
    before = [a_route(1, [7, 3, 5])]
    assert list(difference(before, [a_route(1, [3])]).dropped.values()) == [7, 5]
