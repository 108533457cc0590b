from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import (
    DirectedSegment,
    Leg,
    LegKind,
    LegOutcome,
    LegProgress,
    PlanId,
    SegmentId,
    ShiftId,
)
from data.streets.network import StreetNetwork, build_network
from maps.routes.route_steps import NEAR_M, StageView, Surroundings, stages_of
from maps.shifts.driver import DriverSaid, progress_view
from tests import village as v
from tests.village_plan import a_leg


def steps(*ids: int) -> tuple[DirectedSegment, ...]:
    """Return a way over streets; a negative id is driven from its end to its start."""
    return tuple(DirectedSegment(SegmentId(abs(each)), each > 0) for each in ids)


def drive(*ids: int) -> Leg:
    return a_leg(LegKind.DRIVE, path=steps(*ids), job_ids=(), length_m=2 * NEAR_M)


def work(street: int, **changes: object) -> Leg:
    return a_leg(LegKind.WORK, path=steps(street), **changes)


RELOAD = a_leg(LegKind.RELOAD, path=(), job_ids=())


def shown(
    *legs: Leg,
    progress: tuple[LegProgress, ...] = (),
    network: StreetNetwork | None = None,
    spans: tuple[tuple[int, int], ...] | None = None,
) -> tuple[StageView, ...]:
    """Return a stage for each leg, or for each span of them."""
    around = Surroundings(
        network=network or v.village(),
        reload_sites=[
            v.a_reload_site(),
            v.a_reload_site(2, name="Far heap", location=v.node_at(4)),
        ],
        depot="Yard",
    )
    each = tuple((i, i) for i in range(len(legs)))
    return stages_of(legs, spans or each, around, progress)


def ended(
    leg: int, state: LegOutcome = LegOutcome.DONE, minutes: int = 0, reason: str = ""
) -> LegProgress:
    at = v.NOW + timedelta(minutes=minutes)
    return LegProgress(PlanId(1), ShiftId(1), leg, state, ended_at=at, reason=reason)


def test_blocks_of_one_street_are_one_stage() -> None:
    (whole,) = shown(work(v.MAIN_WEST), work(v.MAIN_EAST), spans=((0, 1),))
    assert (whole.first, whole.last) == (0, 1)
    assert whole.length_m == pytest.approx(400, abs=1)
    assert whole.line == tuple(pytest.approx(v.node_at(node), abs=1e-6) for node in (1, 2, 3))


def test_a_short_way_to_the_work_is_a_part_of_it() -> None:
    short = replace(drive(v.MAIN_WEST), length_m=200.0)
    over = ended(0), ended(1)
    (stage,) = shown(short, work(v.MILL, length_m=150.0), progress=over, spans=((0, 1),))
    assert (stage.kind, stage.first, stage.last, stage.state) == ("work", 0, 1, "done")
    assert stage.length_m == pytest.approx(150, abs=1)
    assert [(step.turn, round(step.length_m)) for step in stage.steps] == [("straight", 200)]
    assert stage.turn == "left"
    assert len(stage.line) == 3


def test_turns_are_told_as_one_drives_them() -> None:
    turns = [
        stage.turn
        for stage in shown(
            work(v.MAIN_WEST), work(v.MILL), work(v.ORCHARD), work(-v.ROSE), work(-v.MAIN_EAST)
        )
    ]
    assert turns == ["straight", "left", "right", "right", "right"]
    assert shown(work(v.MAIN_WEST), work(-v.MAIN_WEST))[1].turn == "back"


def test_a_drive_is_told_turn_by_turn_and_says_where_it_leads() -> None:
    to_work, _ = shown(drive(v.MAIN_WEST, v.MAIN_EAST, v.ROSE), work(-v.ORCHARD))
    assert to_work.street is not None
    assert to_work.street["en"] == "Orchard Street"
    assert [(step.turn, step.street["en"]) for step in to_work.steps] == [
        ("straight", "Imam Street"),
        ("left", "Rose Street"),
    ]
    assert to_work.steps[0].length_m == pytest.approx(400, abs=1)


def test_a_roundabout_is_one_step() -> None:
    ring = {"roundabout": True, "fa": "میدان", "en": "Square"}
    network = build_network(
        [v.a_segment(1, 1, 2), v.a_segment(2, 2, 5, **ring), v.a_segment(3, 5, 6, **ring)]
    )
    (way,) = shown(drive(1, 2, 3), network=network)
    assert [step.turn for step in way.steps] == ["straight", "roundabout"]
    assert way.steps[1].length_m == pytest.approx(350, abs=1)


def test_work_says_which_side_which_pass_and_how_far() -> None:
    both, one_way, again = shown(work(v.MILL), work(v.ROSE, pass_index=4), work(v.ROSE))
    assert (both.side, one_way.side) == ("right", "whole")
    assert [(each.pass_number, each.passes) for each in (both, one_way, again)] == [
        (1, 1),
        (1, 2),  # this truck's own first of two, whichever of all passes the plan gave it
        (2, 2),
    ]
    assert both.until is not None
    assert both.until["en"] == "School Street"
    assert both.steps == ()


def test_a_street_that_ends_nowhere_has_no_until() -> None:
    assert shown(work(v.BLIND))[0].until is None


def test_reloads_and_the_way_home_name_their_places() -> None:
    drive_there, fill, home = shown(drive(v.RING, v.DEPOT_ROAD, v.YARD), RELOAD, drive(-v.YARD))
    assert [stage.place for stage in (drive_there, fill, home)] == [
        "Salt heap",
        "Salt heap",
        "Yard",
    ]
    assert [stage.street for stage in (drive_there, fill, home)] == [None, None, None]
    assert fill.line == ()


def test_a_stage_is_open_until_its_last_leg_is_over() -> None:
    legs = work(v.MAIN_WEST), work(v.MAIN_EAST)
    skipped = ended(1, LegOutcome.SKIPPED, 3, "too_narrow")
    (half,) = shown(*legs, progress=(ended(0),), spans=((0, 1),))
    (whole,) = shown(*legs, progress=(ended(0), ended(1, minutes=3)), spans=((0, 1),))
    (left,) = shown(*legs, progress=(ended(0), skipped), spans=((0, 1),))
    assert (half.state, half.ended_at) == ("open", None)
    assert (whole.state, whole.ended_at) == ("done", v.NOW + timedelta(minutes=3))
    assert (left.state, left.reason) == ("skipped", "too_narrow")


def test_a_route_without_legs_has_no_stages() -> None:
    assert shown() == ()


def test_progress_names_the_next_street_and_the_last_reason() -> None:
    legs = [work(v.MAIN_WEST), work(v.MILL), work(v.ROSE)]
    over = [ended(1, LegOutcome.SKIPPED, 5, "blocked"), ended(0, minutes=1)]
    view = progress_view(v.a_shift(), PlanId(1), legs, over, DriverSaid(), {}, v.village())
    assert (view.done, view.skipped, view.total) == (1, 1, 3)
    assert (view.reason, view.at) == ("blocked", v.NOW + timedelta(minutes=5))
    assert view.street is not None
    assert view.street["en"] == "Rose Street"
    finished = progress_view(
        v.a_shift(), PlanId(1), legs[:1], [ended(0)], DriverSaid(), {}, v.village()
    )
    assert (finished.kind, finished.street) == ("", None)
