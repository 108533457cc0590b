"""Storms in the database, read as the figures need them."""

from dataclasses import replace
from datetime import datetime, timedelta

from data.geocode import Geocoder
from data.model import (
    DirectedSegment,
    Evidence,
    EvidenceKind,
    Pass,
    RequestKind,
    SegmentId,
    Storm,
    Treatment,
    VehicleId,
)
from data.store.database.engine import Tx
from data.store.requests.requests import get_request
from data.store.storms.storms import get_storm, set_quiet
from data.streets.network import build_network
from fleet.evidence.proof_store import store_evidence
from fleet.reports import storm_statistics
from fleet.reports.performance import late_at
from fleet.reports.storm_statistics import StormRecords
from fleet.requests.closing import cancel_request
from fleet.requests.intake import Report, receive
from fleet.requests.placing import locate
from fleet.routes.published_plan import PublishedPlanCache
from fleet.storms.storm_start import end_storm, start_storm
from tests import village as v
from tests.village_database import DISPATCHER, POLICY, a_city

HOUR = timedelta(hours=1)
GEOCODER = Geocoder(v.village(), v.village_places())
MAIN = DirectedSegment(v.MAIN_EAST, True)
"""A P1 street: every three hours; two passes each way with the blade of the village's trucks."""


def plow(tx: Tx, storm: Storm, at: datetime, times: int = 1, street: SegmentId = MAIN[0]) -> None:
    """Let a truck go over a street some times, the last until `at`, one way."""
    length_m = v.village().segment(street).length_m
    for back in reversed(range(times)):
        ended_at = at - back * timedelta(minutes=10)
        one = Pass(
            street,
            forward=True,
            from_m=0.0,
            to_m=length_m,
            vehicle_id=VehicleId(1),
            started_at=ended_at - timedelta(minutes=1),
            ended_at=ended_at,
            treatment=Treatment.PLOW,
            evidence=Evidence(EvidenceKind.BLADE, 0.9),
        )
        store_evidence(a_city(tx, ended_at), storm, [one])


def needed() -> int:
    return POLICY.passes_for(v.village().segment(MAIN.segment_id))


def late(tx: Tx, storm: Storm, known: StormRecords, hours: float) -> bool:
    account = known.account(tx, storm, v.village(), POLICY)
    return bool(late_at(account.lanes, account.spells, hours * 3600)[account.lanes.index[MAIN]])


def call(tx: Tx, now: datetime, text: str = "خیابان مدرسه"):
    new = receive(tx, DISPATCHER, Report("phone", RequestKind.PLOW, text), now)
    return locate(a_city(tx, now), DISPATCHER, new.id, GEOCODER, PublishedPlanCache())


def test_a_street_is_served_when_all_its_passes_are_made(tx, storm):
    plow(tx, storm, v.NOW + HOUR, needed() - 1)
    known = StormRecords()
    assert late(tx, storm, known, 3.5)

    plow(tx, storm, v.NOW + 2 * HOUR)
    assert not late(tx, storm, known, 3.5)
    assert late(tx, storm, known, 5.1)


def test_every_earlier_service_is_remembered_for_its_own_time(tx, storm):
    plow(tx, storm, v.NOW + HOUR, needed())
    plow(tx, storm, v.NOW + 6 * HOUR, needed())
    known = StormRecords()

    assert [late(tx, storm, known, hours) for hours in (3.9, 4.1, 5.5, 6.5)] == [
        False,
        True,
        True,
        False,
    ]


def test_what_was_read_bit_by_bit_equals_what_is_read_at_once(tx, storm):
    followed = StormRecords()
    for hours in (1, 2.5, 4, 8):
        plow(tx, storm, v.NOW + hours * HOUR)
        plow(tx, storm, v.NOW + hours * HOUR, 2, street=v.ROSE)
        followed.account(tx, storm, v.village(), POLICY)
    bit_by_bit = followed.account(tx, storm, v.village(), POLICY)
    at_once = StormRecords().account(tx, storm, v.village(), POLICY)

    for name in ("lane", "from_s", "to_s", "first_s"):
        assert getattr(bit_by_bit.spells, name).tolist() == getattr(at_once.spells, name).tolist()


def test_a_storm_that_has_ended_is_read_once(tx, storm, monkeypatch):
    plow(tx, storm, v.NOW + HOUR, needed())
    ended = end_storm(tx, DISPATCHER, storm.id, v.NOW + 5 * HOUR)
    known = StormRecords()
    first = known.account(tx, ended, v.village(), POLICY)
    monkeypatch.setattr(storm_statistics, "list_served_marks", None)

    assert known.account(tx, ended, v.village(), POLICY).spells is first.spells


def test_what_was_proved_just_before_the_end_is_not_missed(tx, storm):
    known = StormRecords()
    assert known.account(tx, storm, v.village(), POLICY).at(v.NOW + HOUR).city.share.clear_m == 0
    plow(tx, storm, v.NOW + 2 * HOUR, needed())
    ended = end_storm(tx, DISPATCHER, storm.id, v.NOW + 3 * HOUR)

    shown = known.account(tx, ended, v.village(), POLICY).at(v.NOW + 3 * HOUR)
    assert shown.city.share.clear_m > 0


def test_a_policy_that_was_read_again_and_says_the_same_costs_nothing(tx, storm):
    known = StormRecords()
    before = known.account(tx, storm, v.village(), POLICY)
    after = known.account(tx, storm, v.village(), replace(POLICY))

    assert after.lanes is before.lanes


def test_an_ended_storm_stands_as_it_stood_at_its_end(tx, storm):
    ended = end_storm(tx, DISPATCHER, storm.id, v.NOW + 2 * HOUR)
    account = StormRecords().account(tx, ended, v.village(), POLICY)

    assert account.at(v.NOW + 48 * HOUR).at == v.NOW + 2 * HOUR
    assert account.at(v.NOW + 48 * HOUR).city.share.within == 1.0


def test_streets_that_changed_are_measured_anew(tx, storm):
    known = StormRecords()
    before = known.account(tx, storm, v.village(), POLICY)
    wider = build_network(replace(one, lanes=4) for one in v.village_segments())
    after = known.account(tx, storm, wider, POLICY)

    assert after.lanes.lane_m.sum() > before.lanes.lane_m.sum()


def test_streets_that_are_gone_are_left_out_and_disturb_nobody(tx, storm):
    plow(tx, storm, v.NOW + HOUR, needed() + 1)
    fewer = build_network(one for one in v.village_segments() if one.id != MAIN.segment_id)
    account = StormRecords().account(tx, storm, fewer, POLICY)

    assert MAIN not in account.lanes.index
    assert account.at(v.NOW + HOUR).city.share.clear_m == 0.0


def test_a_request_is_promised_the_deadline_of_its_street(tx, storm):
    call(tx, v.NOW + HOUR)
    (asked,) = StormRecords().account(tx, storm, v.village(), POLICY).asked
    deadline = POLICY.rule_of(v.village().segment(v.SCHOOL)).deadline

    assert (asked.since, asked.due_at) == (v.NOW + HOUR, v.NOW + HOUR + deadline)


def test_a_request_is_answered_by_evidence(tx, storm):
    request = call(tx, v.NOW + HOUR, "خیابان گل‌سرخ")
    plow(tx, storm, v.NOW + 3 * HOUR, 4, street=v.ROSE)
    (asked,) = StormRecords().account(tx, storm, v.village(), POLICY).asked

    assert get_request(tx, request.id).state == "done"
    assert v.NOW + HOUR < asked.answered_at <= v.NOW + 3 * HOUR


def test_a_request_that_a_storm_left_waiting_still_counts_against_it(tx, storm):
    call(tx, v.NOW + HOUR)
    ended = end_storm(tx, DISPATCHER, storm.id, v.NOW + 20 * HOUR)
    shown = StormRecords().account(tx, ended, v.village(), POLICY).at(v.NOW + 20 * HOUR)

    response = shown.city.response
    assert (response.asked, response.answered, response.late) == (1, 0, 1)


def test_all_figures_of_a_storm_begun_before_its_snow_count_from_the_first_flake(tx, storm):
    flake_at = v.NOW + 6 * HOUR
    set_quiet(tx, storm.id, [(v.NOW, flake_at)])
    call(tx, v.NOW + HOUR)
    account = StormRecords().account(tx, get_storm(tx, storm.id), v.village(), POLICY)

    assert account.asked[0].since == flake_at
    assert account.at(flake_at + 2 * HOUR).city.share.within == 1.0
    ages = account.ages(flake_at + HOUR).values()
    assert {(each.worst_s, each.median_s) for each in ages} == {(3600.0, None)}  # none was cleared
    assert {each.worst_s for each in account.ages(v.NOW + HOUR).values()} == {0.0}
    fair = account.fairness({}, flake_at + 4 * HOUR)
    assert fair is not None
    assert fair.city.worst == 0.75  # main streets, promised three hours of these four


def test_a_request_between_two_storms_starts_its_clock_with_the_second(tx, storm):
    end_storm(tx, DISPATCHER, storm.id, v.NOW + HOUR)
    call(tx, v.NOW + 2 * HOUR)
    second = start_storm(tx, DISPATCHER, "Second", v.village(), POLICY, v.NOW + 9 * HOUR)
    known = StormRecords()
    first = get_storm(tx, storm.id)

    assert known.account(tx, first, v.village(), POLICY).asked == ()
    (asked,) = known.account(tx, second, v.village(), POLICY).asked
    assert asked.since == v.NOW + 9 * HOUR


def test_a_withdrawn_request_is_not_counted(tx, storm):
    request = call(tx, v.NOW + HOUR)
    cancel_request(tx, DISPATCHER, request.id, "called twice", v.NOW + HOUR)

    assert StormRecords().account(tx, storm, v.village(), POLICY).asked == ()


def test_a_request_nobody_has_placed_is_promised_the_longest_deadline(tx, storm):
    call(tx, v.NOW + HOUR, "somewhere")
    (asked,) = StormRecords().account(tx, storm, v.village(), POLICY).asked

    longest = max(rule.deadline for rule in POLICY.rules.values())
    assert (asked.service_class, asked.due_at) == (None, v.NOW + HOUR + longest)


def test_only_some_storms_stay_in_memory(tx, storm, monkeypatch):
    monkeypatch.setattr(storm_statistics, "STORMS_KEPT", 1)
    known = StormRecords()
    ended = end_storm(tx, DISPATCHER, storm.id, v.NOW + HOUR)
    first = known.account(tx, ended, v.village(), POLICY)
    second = start_storm(tx, DISPATCHER, "Second", v.village(), POLICY, v.NOW + 9 * HOUR)
    known.account(tx, second, v.village(), POLICY)

    assert known.account(tx, ended, v.village(), POLICY).spells is not first.spells
