"""The runs of a printed route: work with the drive to it."""

from dataclasses import replace

from data.model import DirectedSegment, Leg, LegKind, SegmentId
from data.streets.network import build_network
from maps.routes.route_steps import NEAR_M, Surroundings
from maps.routes.sheet_runs import SheetRun, sheet_runs
from tests import village as v
from tests.village_plan import a_leg

AROUND = Surroundings(v.village(), [v.a_reload_site()], "Yard")


def drive(street: int, length_m: float = NEAR_M) -> Leg:
    path = (DirectedSegment(SegmentId(street), True),)
    return a_leg(LegKind.DRIVE, path=path, job_ids=(), length_m=length_m)


def told(*legs: Leg) -> list[SheetRun]:
    return sheet_runs(legs, AROUND)


def test_a_drive_is_part_of_the_run_that_it_leads_to() -> None:
    (run,) = told(drive(v.TULIP), drive(v.MAIN_WEST), a_leg(segment_id=v.ROSE))
    assert (run.run.kind, run.legs, len(run.works), len(run.ways)) == (
        LegKind.WORK,
        range(3),
        1,
        2,
    )
    assert [step.street["en"] for step in run.stage.steps] == ["Tulip Alley", "Imam Street"]


def test_a_drive_to_the_yard_is_a_run_of_its_own_at_the_end() -> None:
    work, home = told(a_leg(segment_id=v.ROSE), drive(v.MAIN_WEST))
    assert (work.run.kind, home.run.kind) == (LegKind.WORK, LegKind.DRIVE)
    assert home.stage.place == "Yard"


def test_a_reload_has_the_drive_to_it_and_stands_where_that_ends() -> None:
    reload = a_leg(LegKind.RELOAD, path=(), job_ids=())
    _, load = told(a_leg(segment_id=v.ROSE), drive(v.MAIN_WEST), reload)
    assert (load.run.kind, load.stage.kind) == (LegKind.RELOAD, LegKind.RELOAD)
    assert [step.street["en"] for step in load.stage.steps] == ["Imam Street"]
    assert load.start == load.ways[0][-1]


def test_work_that_follows_on_streets_without_a_name_is_one_run() -> None:
    bare = {v.ROSE, v.ORCHARD}
    streets = [replace(one, names={}) if one.id in bare else one for one in v.village_segments()]
    around = replace(AROUND, network=build_network(streets))
    rose, orchard, mill = (a_leg(segment_id=one) for one in (v.ROSE, v.ORCHARD, v.MILL))
    found = sheet_runs((rose, orchard, mill, rose, drive(v.TULIP), orchard), around)
    assert [run.worked for run in found] == [
        (v.ROSE, v.ORCHARD),
        (v.MILL,),
        (v.ROSE,),
        (v.ORCHARD,),
    ]


def test_a_run_knows_which_of_its_trucks_visits_it_is() -> None:
    street = a_leg(segment_id=v.ROSE)
    first, _, second = told(street, a_leg(segment_id=v.MILL), street)
    assert [(run.visits, run.passes) for run in (first, second)] == [((1,), 2), ((2,), 2)]


def test_a_run_does_not_name_the_street_that_its_truck_has_just_left() -> None:
    street = a_leg(segment_id=v.ROSE)
    (alone,) = told(street)
    assert alone.run.start is not None
    assert alone.run.start["en"] == "Imam Street"
    _, after = told(a_leg(segment_id=v.MAIN_WEST), street)
    (there,) = told(drive(v.MAIN_WEST), street)
    assert (after.run.start, there.run.start) == (None, None)
    assert after.run.end == alone.run.end
    _, other = told(a_leg(segment_id=v.MILL), street)
    assert other.run.start == alone.run.start
