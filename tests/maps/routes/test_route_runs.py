"""Runs of a route: what one says of it over the radio, not its blocks."""

from datetime import datetime

from data.model import DirectedSegment, Leg, LegKind, SegmentId
from maps.routes.route_runs import RouteRunView, run_view, runs
from maps.routes.route_steps import NEAR_M
from tests import village as v
from tests.village_plan import a_leg

NETWORK = v.village()


def work(street: int, *, forward: bool = True, **changes: object) -> Leg:
    return a_leg(segment_id=street, forward=forward, **changes)


def drive(street: int, length_m: float) -> Leg:
    path = (DirectedSegment(SegmentId(street), True),)
    return a_leg(LegKind.DRIVE, path=path, job_ids=(), length_m=length_m)


def told(*legs: Leg, ahead: range | None = None) -> list[RouteRunView]:
    numbers = list(range(len(legs))) if ahead is None else list(ahead)

    def expected_end(leg: int) -> datetime:
        return legs[leg].ends_at

    return [run_view(legs, one, NETWORK, expected_end) for one in runs(legs, numbers, NETWORK)]


def test_blocks_of_one_street_are_one_run_between_two_crossings() -> None:
    (run,) = told(work(v.MAIN_WEST), work(v.MAIN_EAST))
    assert run.street is not None
    assert run.street["en"] == "Imam Street"
    assert run.length_m == sum(NETWORK.segment(one).length_m for one in (v.MAIN_WEST, v.MAIN_EAST))
    assert run.start != run.end
    assert not run.both_ways


def test_there_and_back_on_one_street_is_one_run_of_both_ways() -> None:
    (run,) = told(
        work(v.MAIN_WEST),
        work(v.MAIN_EAST),
        work(v.MAIN_EAST, forward=False),
        work(v.MAIN_WEST, forward=False),
    )
    assert run.both_ways
    there = told(work(v.MAIN_WEST), work(v.MAIN_EAST))[0]
    assert (run.start, run.end) == (there.start, there.end)


def test_a_short_way_between_does_not_break_a_run_and_a_long_one_does() -> None:
    near, far = (
        told(work(v.MAIN_WEST), drive(v.TULIP, length_m), work(v.MAIN_EAST))
        for length_m in (NEAR_M - 1, NEAR_M)
    )
    assert [run.kind for run in near] == [LegKind.WORK]
    assert [run.kind for run in far] == [LegKind.WORK, LegKind.DRIVE, LegKind.WORK]


def test_other_work_on_a_street_and_a_reload_are_runs_of_their_own() -> None:
    salted = work(v.MAIN_EAST, blade=False, spreader=True)
    reload = a_leg(LegKind.RELOAD, path=(), job_ids=())
    found = told(work(v.MAIN_WEST), salted, reload, work(v.MAIN_WEST))
    assert [run.kind for run in found] == [LegKind.WORK, LegKind.WORK, LegKind.RELOAD, LegKind.WORK]
    assert (found[2].street, found[2].segment_id) == (None, None)


def test_only_what_is_ahead_is_told() -> None:
    found = told(work(v.ROSE), work(v.MAIN_WEST), work(v.MAIN_EAST), ahead=range(1, 3))
    assert [(run.leg, run.late_min) for run in found] == [(1, 0)]
