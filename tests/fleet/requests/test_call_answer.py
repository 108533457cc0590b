from dataclasses import replace
from datetime import timedelta

import pytest

from data.model import (
    Coverage,
    JobState,
    RequestKind,
    SegmentId,
    ShiftId,
    ShiftState,
    Side,
    Snap,
    Treatment,
    Unserved,
)
from data.policy.city_policy import JoinRule
from data.store.coverage.coverage import save_coverage
from data.store.database.engine import Tx
from data.store.shifts.shifts import set_shift_state
from data.store.work import find_open_job, get_job, set_job_state
from data.streets.network import build_network
from fleet.requests.call_answer import CallAnswer, Outlook, Prospect, answer_call, cleared_of
from fleet.requests.intake import Report, receive
from fleet.requests.placing import place_by_hand
from fleet.requests.promises import TrackRecord
from fleet.routes.published_plan import PublishedPlanCache
from fleet.storms.closures import ClosureWish, close_street
from fleet.storms.storm_start import start_storm
from fleet.work.duplicate_jobs import covering_job
from maps.pages.i18n import Translator, translator
from maps.requests.call_answer import KnownPlace, answer_view, more_to_say, short_answer
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_city, estimates
from tests.village_plan import a_leg, add_published_plan

MINUTE = timedelta(minutes=1)
ZONE = "Asia/Tehran"


def on(segment_id: int, offset_m: float = 20.0) -> Snap:
    return Snap(SegmentId(segment_id), Side.RIGHT, offset_m, 3.0)


def answered(tx: Tx, segment_id: int, kind: RequestKind = RequestKind.PLOW) -> CallAnswer:
    return answer_call(tx, on(segment_id), kind, estimates(), v.NOW)


def a_storm(tx: Tx) -> None:
    start_storm(tx, DISPATCHER, "First snow", v.village(), POLICY, v.NOW)


def job_of(tx: Tx, segment_id: int, treatment: Treatment = Treatment.PLOW):
    return find_open_job(tx, v.a_storm().id, SegmentId(segment_id), treatment)


def a_published_plan(tx: Tx, segment_id: int, *left: int) -> None:
    a_storm(tx)
    job = job_of(tx, segment_id)
    leg = a_leg(segment_id=segment_id, starts_at=v.NOW + 59 * MINUTE, job_ids=(job.id,))
    unserved = tuple(Unserved(job_of(tx, each).id, "capacity") for each in left)
    add_published_plan(tx, leg, unserved=unserved)


def in_english(answer: CallAnswer, reference: str = "") -> str:
    return in_full(answer, translator("en", ZONE), reference)


def in_full(answer: CallAnswer, t: Translator, reference: str = "") -> str:
    """The sentence to read out, and all that can be said besides."""
    return " ".join((short_answer(answer, t, v.NOW, reference), *more_to_say(answer, t, v.NOW)))


def test_between_storms_nothing_is_promised(tx: Tx) -> None:
    answer = answered(tx, v.MILL)
    assert answer.prospect.outlook is Outlook.NO_STORM
    assert answer.due_at is None
    assert "next snowfall" in in_english(answer)


def test_without_a_plan_the_answer_says_so_and_names_the_goal(tx: Tx) -> None:
    a_storm(tx)
    answer = answered(tx, v.MILL)
    assert (answer.prospect.outlook, answer.prospect.window) == (Outlook.NO_PLAN, None)
    assert in_english(answer) == (
        "The trucks have no plan yet, so we cannot promise a time. "
        "Mill Street has not been cleared in this storm yet. "
        "Our goal for a street like yours: today by 11:30."
    )


def test_a_street_of_the_plan_has_a_truck_and_a_window(tx: Tx) -> None:
    a_published_plan(tx, v.MILL)
    answer = answered(tx, v.MILL)
    assert answer.prospect.outlook is Outlook.PLANNED
    assert answer.vehicle_id == 1
    window = answer.prospect.window
    assert window is not None
    assert window.from_at < v.NOW + 60 * MINUTE < window.to_at
    said = in_english(answer, "B-0007")
    assert "Your number is B-0007." in said
    assert "It should be clear today between 08:20 and 08:55." in said
    assert "There is no record yet of how well such times are kept." in said


def test_the_sentence_is_said_in_persian_too(tx: Tx) -> None:
    a_published_plan(tx, v.MILL)
    said = in_full(answered(tx, v.MILL), translator("fa", ZONE))
    assert said.startswith("قرار است امروز بین ۰۸:۲۰ و ۰۸:۵۵ پاک شود.")
    assert "خیابان آسیاب در این بارش هنوز پاک نشده است." in said


@pytest.mark.parametrize(
    ("segment_id", "outlook"),
    [(v.SCHOOL, Outlook.UNSERVED), (v.MAIN_WEST, Outlook.NEXT_PLAN), (v.BLIND, Outlook.NEXT_PLAN)],
)
def test_a_street_that_the_plan_leaves_out_is_promised_nothing(
    tx: Tx, segment_id: int, outlook: Outlook
) -> None:
    a_published_plan(tx, v.MILL, v.SCHOOL)
    prospect = answered(tx, segment_id).prospect
    assert (prospect.outlook, prospect.window, prospect.visit) == (outlook, None, None)


def test_a_closed_street_is_said_to_be_closed_and_promised_nothing(tx: Tx) -> None:
    a_published_plan(tx, v.MILL)
    wish = ClosureWish(v.MILL, None, v.NOW, None, "a burst pipe")
    close_street(tx, DISPATCHER, v.a_storm().id, v.village(), wish, v.NOW)
    answer = answered(tx, v.MILL)
    assert (answer.prospect.outlook, answer.prospect.window) == (Outlook.CLOSED, None)
    assert "Your street is closed now" in in_english(answer)


def test_a_street_that_a_shift_left_undone_goes_into_the_next_plan(tx: Tx) -> None:
    a_published_plan(tx, v.MILL)
    set_shift_state(tx, ShiftId(1), ShiftState.ENDED)
    assert answered(tx, v.MILL).prospect.outlook is Outlook.NEXT_PLAN


def test_who_waits_for_the_same_job_is_counted(tx: Tx) -> None:
    a_storm(tx)
    for _ in range(2):
        asked = receive(tx, DISPATCHER, Report("phone", RequestKind.PLOW, "snow"), v.NOW)
        place_by_hand(
            a_city(tx, v.NOW),
            DISPATCHER,
            asked.id,
            on(v.MILL),
            PublishedPlanCache(),
        )
    answer = answered(tx, v.MILL)
    assert answer.waiting == 2
    assert answer.job == job_of(tx, v.MILL)
    assert "2 callers asked for the same before you." in in_english(answer)


def test_ice_is_other_work_than_snow(tx: Tx) -> None:
    a_published_plan(tx, v.MILL)
    answer = answered(tx, v.MILL, RequestKind.ICE)
    assert (answer.job, answer.prospect.outlook) == (None, Outlook.NEXT_PLAN)


def a_row(*, forward: bool, minutes: int | None) -> Coverage:
    at = None if minutes is None else v.NOW + minutes * MINUTE
    return Coverage(v.MILL, forward, int(at is not None), 1, at)


@pytest.mark.parametrize(
    ("minutes", "whole", "some"),
    [((10, 30), 10, 30), ((10, None), None, 10), ((None, None), None, None)],
)
def test_a_street_is_as_fresh_as_its_older_direction(
    minutes: tuple[int | None, int | None], whole: int | None, some: int | None
) -> None:
    rows = [a_row(forward=True, minutes=minutes[0]), a_row(forward=False, minutes=minutes[1])]
    cleared = cleared_of(rows, v.village().segment(v.MILL))

    def moment(value: int | None):
        return None if value is None else v.NOW + value * MINUTE

    assert (cleared.last_at, cleared.some_at) == (moment(whole), moment(some))
    assert cleared.whole is (whole is not None)


def test_of_a_one_way_street_one_direction_is_all(tx: Tx) -> None:
    a_storm(tx)
    save_coverage(tx, v.a_storm().id, [Coverage(v.ROSE, True, 1, 1, v.NOW)])
    assert answered(tx, v.ROSE).cleared.whole
    assert "Rose Street was last cleared today at 07:30." in in_english(answered(tx, v.ROSE))


def test_a_street_that_was_cleared_just_now_is_told_its_next_pass(tx: Tx) -> None:
    a_published_plan(tx, v.MILL)
    rows = [a_row(forward=True, minutes=-5), a_row(forward=False, minutes=-5)]
    save_coverage(tx, v.a_storm().id, rows)
    said = in_english(answered(tx, v.MILL))

    assert "Mill Street was last cleared today at 07:25." in said
    assert "The next pass is expected today between 08:20 and 08:55." in said
    assert "It should be clear" not in said


def test_nothing_shows_it_clear_is_not_said_of_a_street_that_was_cleared(tx: Tx) -> None:
    a_published_plan(tx, v.MILL)
    rows = [a_row(forward=True, minutes=-5), a_row(forward=False, minutes=-5)]
    save_coverage(tx, v.a_storm().id, rows)
    gone_past = replace(answered(tx, v.MILL), prospect=Prospect(Outlook.PASSED))

    assert "nothing shows" not in in_english(gone_past)
    assert "No truck comes there again by this plan" in in_english(gone_past)


def test_a_goal_that_is_past_is_neither_said_nor_shown(tx: Tx) -> None:
    a_storm(tx)
    answer = answered(tx, v.MILL)
    late = replace(answer, due_at=v.NOW - MINUTE)
    views = [
        answer_view(each, v.village(), {}, KnownPlace({}, ()), v.NOW, ZONE)
        for each in (answer, late)
    ]

    assert "Our goal" in in_english(answer)
    assert "Our goal" not in in_english(late)
    assert [view.due_at for view in views] == [answer.due_at, None]


def test_how_often_promises_were_kept_is_said_as_a_share(tx: Tx) -> None:
    a_published_plan(tx, v.MILL)
    answer = answered(tx, v.MILL)
    kept = replace(answer, prospect=replace(answer.prospect, record=TrackRecord(20, 24, None)))
    persian = in_full(kept, translator("fa", ZONE).plain)

    assert "So far 83 % of such promises were kept in time." in in_english(kept)
    assert "تاکنون ۸۳٪ این وعده‌ها به‌موقع انجام شده است." in persian


def split_street():
    """Imam Street in its two parts, and Mill Street that meets both."""
    first, second = v.a_segment(1, 1, 2), v.a_segment(2, 2, 3)
    return build_network([first, second, v.a_segment(4, 2, 5, fa="خیابان آسیاب", en="Mill Street")])


def covering(tx: Tx, policy=POLICY, offset_m: float = 195.0):
    snap = on(1, offset_m)
    return covering_job(tx, v.a_storm().id, snap, Treatment.PLOW, split_street(), policy)


def test_a_caller_joins_the_work_on_the_next_part_of_his_street(tx: Tx) -> None:
    a_storm(tx)
    own, next_part = job_of(tx, v.MAIN_WEST), job_of(tx, v.MAIN_EAST)
    assert covering(tx) == own
    set_job_state(tx, [own.id], JobState.DONE, v.NOW)
    assert covering(tx) == next_part
    assert covering(tx, offset_m=100.0) is None


def test_how_near_is_a_rule_of_the_city(tx: Tx) -> None:
    a_storm(tx)
    set_job_state(tx, [job_of(tx, v.MAIN_WEST).id], JobState.DONE, v.NOW)
    never = replace(POLICY, join=JoinRule(radius_m=0))
    far = replace(POLICY, join=JoinRule(radius_m=150))
    assert covering(tx, never) is None
    assert covering(tx, far, offset_m=100.0) == job_of(tx, v.MAIN_EAST)


def test_work_on_another_street_at_the_corner_is_not_joined(tx: Tx) -> None:
    a_storm(tx)
    done = [job_of(tx, each).id for each in (v.MAIN_WEST, v.MAIN_EAST)]
    set_job_state(tx, done, JobState.DONE, v.NOW)
    assert get_job(tx, job_of(tx, v.MILL).id).state is JobState.OPEN
    assert covering(tx) is None
