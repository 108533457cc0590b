from dataclasses import replace
from datetime import timedelta

from data.model import DirectedSegment, Leg, LegKind, LegOutcome, LegProgress, PlanId, ShiftId
from data.streets.network import StreetNetwork, build_network
from maps.guidance.driver_runs import DriverRun, driver_runs
from maps.pages.i18n import translator
from maps.routes.route_steps import Surroundings
from tests import village as v
from tests.village_plan import a_leg

RELOAD = a_leg(LegKind.RELOAD, path=(), job_ids=())


def drive(*streets: int) -> Leg:
    network = v.village()
    path = tuple(DirectedSegment(v.SegmentId(abs(each)), each > 0) for each in streets)
    length_m = sum(network.segment(step.segment_id).length_m for step in path)
    return a_leg(LegKind.DRIVE, path=path, job_ids=(), length_m=length_m)


def led(
    *legs: Leg,
    language: str = "en",
    progress: tuple[LegProgress, ...] = (),
    network: StreetNetwork | None = None,
) -> tuple[DriverRun, ...]:
    around = Surroundings(network or v.village(), [v.a_reload_site()], "Yard")
    return driver_runs(legs, around, translator(language, "UTC").plain, progress)


def over(leg: int, *, proved: bool = False) -> LegProgress:
    at = v.NOW + timedelta(minutes=leg)
    return LegProgress(PlanId(1), ShiftId(1), leg, LegOutcome.DONE, ended_at=at, proved=proved)


SHIFT = (
    drive(-v.TULIP),
    a_leg(segment_id=v.MAIN_WEST),
    a_leg(segment_id=v.MAIN_EAST),
    drive(v.ROSE),
    a_leg(segment_id=v.ORCHARD, forward=False, blade=False, spreader=True),
    drive(-v.MILL, v.MAIN_EAST, v.DEPOT_ROAD),
    RELOAD,
    drive(-v.DEPOT_ROAD, v.DEPOT_ROAD, v.YARD),
)


def test_a_shift_is_a_few_runs_each_with_one_sentence() -> None:
    assert [run.sentence for run in led(*SHIFT)] == [
        "right lane of Imam Street to Depot Road, 400 m, blade down",
        "spread salt on Orchard Street to Mill Street, 200 m, spreader on",
        "drive to Salt heap, 550 m",
        "fill the hopper at Salt heap",
        "drive to Yard, 480 m",
    ]
    assert [run.sentence for run in led(*SHIFT, language="fa")][:2] == [
        "خط سمت راست خیابان امام تا راه انبار، ۴۰۰ متر، تیغه پایین",
        "نمک‌پاشی خیابان باغ تا خیابان آسیاب، ۲۰۰ متر، نمک‌پاش روشن",
    ]
    assert [run.sentence for run in led(*SHIFT, language="az")][:2] == [
        "خیابان امام: sağ zolaq, buraya qədər: راه انبار, 400 m, bıçaq aşağıda",
        "خیابان باغ: duz səpin, buraya qədər: خیابان آسیاب, 200 m, səpici açıq",
    ]


def test_maneuvers_stand_at_points_of_the_line_and_say_what_to_do_with_the_blade() -> None:
    runs = led(*SHIFT)
    assert [[(one.at, one.text) for one in run.maneuvers] for run in runs] == [
        [(1, "lower the blade")],
        [(0, "turn left into Rose Street, raise the blade"), (1, "turn the spreader on")],
        [
            (0, "turn left into Mill Street, turn the spreader off"),
            (1, "at the end of the street, turn left into Imam Street"),
            (2, "go straight on into Depot Road"),
        ],
        [(0, "fill the hopper at Salt heap")],
        [(0, "turn round"), (1, "turn round"), (3, "you are back at Yard")],
    ]


def test_the_work_of_a_run_begins_behind_the_way_to_it() -> None:
    first, second, *_ = led(*SHIFT)
    assert (first.work_from, second.work_from) == (1, 1)
    assert first.streets == (-v.TULIP, v.MAIN_WEST, v.MAIN_EAST)
    assert len(first.line) == 4


def test_nobody_lifts_the_blade_for_a_corner() -> None:
    corner = replace(drive(v.MAIN_EAST), length_m=40.0)
    (run,) = led(
        a_leg(segment_id=v.MAIN_WEST), corner, a_leg(segment_id=v.MAIN_EAST, forward=False)
    )
    assert [one.text for one in run.maneuvers] == ["lower the blade", "turn round"]
    assert run.both_ways is False
    assert "Imam Street" in run.sentence


def test_work_in_both_directions_is_one_run() -> None:
    (run,) = led(a_leg(segment_id=v.MILL), a_leg(segment_id=v.MILL, forward=False))
    assert run.both_ways
    assert run.sentence == "both directions of Mill Street to School Street, 300 m, blade down"


def test_without_a_route_there_are_no_runs() -> None:
    assert led() == ()


def test_streets_that_a_newer_file_lacks_are_left_out_of_an_old_plan() -> None:
    gone = {v.MAIN_EAST, v.ROSE, v.ORCHARD}
    newer = build_network([one for one in v.village_segments() if one.id not in gone])
    main, east, orchard, *_ = runs = led(*SHIFT, network=newer)
    assert main.streets == (-v.TULIP, v.MAIN_WEST)
    assert [(one.streets, one.first, one.last) for one in (east, orchard)] == [
        ((), 2, 2),
        ((), 3, 4),
    ]
    assert orchard.sentence == "spread salt on Unnamed street, 200 m, spreader on"
    assert runs[-1].last == len(SHIFT) - 1


def test_a_run_is_over_by_taps_or_by_proof() -> None:
    legs = a_leg(segment_id=v.MAIN_WEST), a_leg(segment_id=v.MILL)
    tapped, proved = led(*legs, progress=(over(0), over(1, proved=True)))
    assert [(run.state, run.proved) for run in (tapped, proved)] == [
        ("done", False),
        ("done", True),
    ]
