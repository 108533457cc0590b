import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, pairwise

import pytest

from api.simulation.simulated_operator import FAR_M
from data.geocode import Geocoder
from data.model import (
    DeviceId,
    DirectedSegment,
    Leg,
    LegKind,
    Position,
    RequestKind,
    Route,
    ShiftId,
    VehicleId,
)
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.store.accounts.accounts import add_device
from data.store.coverage.coverage import list_coverage
from data.store.database.engine import Tx
from data.store.storms.storms import add_storm
from data.store.tracking.positions import add_positions, list_unseen
from data.streets.projection import distance_m
from fleet.context import CityContext
from fleet.evidence.evidence_pipeline import digest, new_open_tracks
from fleet.matching.driven_paths import DrivenPaths
from fleet.simulation.callers_speech import SPEECH
from fleet.simulation.simulated_calls import calls, steadily
from fleet.simulation.simulated_trucks import Fix, TruckBehavior, after_approach, drive_home, driven
from tests import village as v
from tests.town import sample_town

POLICY = policy_from_toml(DEFAULT_POLICY)
NETWORK = v.village()
CALM = TruckBehavior(gap_chance=0.0)
FORWARD_ROUND = [
    (LegKind.DRIVE, [(v.DEPOT_ROAD, False)]),
    (LegKind.WORK, [(v.MAIN_EAST, False)]),
    (LegKind.WORK, [(v.MAIN_WEST, False)]),
    (LegKind.DRIVE, [(v.TULIP, True)]),
    (LegKind.WORK, [(v.SCHOOL, True)]),
    (LegKind.WORK, [(v.BLIND, True)]),
    (LegKind.WORK, [(v.BLIND, False)]),
    (LegKind.DRIVE, [(v.ORCHARD, True)]),
]


def a_route(legs: Sequence[tuple[LegKind, Sequence[tuple[int, bool]]]] = FORWARD_ROUND) -> Route:
    """Return a route at 7 m/s, with a minute's turn where it goes back the same street."""
    made: list[Leg] = []
    at = v.NOW
    for kind, path in legs:
        steps = tuple(DirectedSegment(v.SegmentId(s), f) for s, f in path)
        length_m = sum(NETWORK.segment(step.segment_id).length_m for step in steps)
        turned = bool(made) and steps[0].segment_id == made[-1].path[-1].segment_id
        ends_at = at + timedelta(seconds=length_m / 7.0 + 60 * turned)
        made.append(Leg(kind, steps, at, ends_at, length_m, blade=kind is LegKind.WORK))
        at = ends_at
    return Route(ShiftId(1), VehicleId(1), tuple(made))


def fixes(seed: int = 1, habits: TruckBehavior = CALM, starts_at: datetime = v.NOW) -> list[Fix]:
    return list(driven(a_route(), NETWORK, starts_at, seed, habits=habits))


def as_position(fix: Fix) -> Position:
    return Position(
        DeviceId(1),
        VehicleId(1),
        "api",
        fix.fixed_at,
        fix.sent_at,
        fix.location,
        fix.speed_mps,
        fix.heading_deg,
        fix.accuracy_m,
        fix.blade,
        fix.spreader,
    )


def passed(tx: Tx, sent: Sequence[Fix]) -> set[DirectedSegment]:
    add_device(tx, "truck-1", VehicleId(1), "hash")
    storm = add_storm(tx, "First snow", "active", v.NOW)
    add_positions(tx, [as_position(fix) for fix in sent])
    unseen, _ = list_unseen(tx, 10_000)
    now = v.NOW + timedelta(hours=1)
    digest(CityContext(tx, NETWORK, POLICY, now), new_open_tracks(NETWORK), unseen, storm)
    rows = list_coverage(tx, storm.id)
    return {DirectedSegment(row.segment_id, row.forward) for row in rows if row.passes_done}


@pytest.mark.parametrize("seed", range(12))
def test_what_the_plan_works_on_is_proved_by_what_the_tracker_says(tx: Tx, seed: int) -> None:
    work = {leg.path[0] for leg in a_route().legs if leg.kind is LegKind.WORK}
    assert passed(tx, fixes(seed)) == work


def test_the_same_seed_drives_the_same_and_another_does_not() -> None:
    assert fixes(3) == fixes(3)
    assert fixes(3) != fixes(4)


def test_the_blade_is_down_on_work_legs_only_and_changes_are_sent_at_once() -> None:
    sent = fixes()
    changes = [(a, b) for a, b in pairwise(sent) if a.blade != b.blade]
    assert not sent[0].blade
    assert not sent[-1].blade
    assert len(changes) >= 4
    assert all((b.fixed_at - a.fixed_at).total_seconds() <= 5 for a, b in changes)


def test_a_truck_sends_every_five_seconds_and_never_jumps() -> None:
    for a, b in pairwise(fixes()):
        seconds = (b.fixed_at - a.fixed_at).total_seconds()
        assert 0 < seconds <= 5.001
        assert distance_m(a.location, b.location) < 60


def test_a_truck_leaves_when_its_plan_says_or_when_the_simulation_begins_if_that_is_later() -> None:
    late = v.NOW + timedelta(hours=1)
    assert v.NOW <= fixes()[0].fixed_at <= v.NOW + timedelta(minutes=3)
    assert late <= fixes(starts_at=late)[0].fixed_at <= late + timedelta(minutes=3)


def test_where_the_network_fails_fixes_come_late_together_or_not_at_all() -> None:
    torn = replace(CALM, gap_chance=0.1, gap_lost=0.0)
    sent = fixes(habits=torn)
    assert [fix.sent_at for fix in sent] == sorted(fix.sent_at for fix in sent)
    assert any(fix.sent_at > fix.fixed_at for fix in sent)
    lost = fixes(habits=replace(torn, gap_lost=1.0))
    assert len(lost) < len(sent)
    assert all(fix.sent_at == fix.fixed_at for fix in lost)


def test_a_route_without_a_way_sends_nothing() -> None:
    assert list(driven(Route(ShiftId(1), VehicleId(1), ()), NETWORK, v.NOW, 1)) == []


def test_callers_name_streets_of_the_city_in_its_language() -> None:
    spoken = list(islice(calls(NETWORK.segments, (), v.NOW, steadily(30.0), seed=1), 200))
    names = {s.names[""][0] for s in NETWORK.segments if s.names}
    placed = [call for call in spoken if call.address]
    assert all(any(name in call.text for name in names) for call in placed)
    assert 0 < len(spoken) - len(placed) < 40
    assert all("plow" not in call.text for call in spoken)
    assert {call.kind for call in spoken} >= {RequestKind.PLOW, RequestKind.ICE}


def test_persian_callers_say_numbers_in_persian_alleys_by_their_street_and_crossings() -> None:
    town = sample_town()
    spoken = [
        call.address
        for call in islice(
            calls(town.network.segments, town.places, v.NOW, steadily(30.0), seed=1), 600
        )
    ]
    words = " ".join(spoken)
    assert not any(digit in words for digit in "0123456789")
    assert any(re.fullmatch(r"خیابان [^،]+، پلاک [۰-۹]+", each) for each in spoken)
    assert any(re.fullmatch(r"(خیابان|بلوار) [^،]+، کوچهٔ [^،]+", each) for each in spoken)
    assert any(re.fullmatch(r"تقاطع .+ و .+", each) for each in spoken)


def test_nearly_all_callers_are_offered_a_place_near_them() -> None:
    town = sample_town()
    geocoder = Geocoder(*town)
    spoken = list(
        islice(calls(town.network.segments, town.places, v.NOW, steadily(30.0), seed=2), 200)
    )
    offered = [
        call
        for call in spoken
        if call.address
        and any(
            distance_m(one.point, call.location) <= FAR_M
            for one in geocoder.candidates(call.address)
        )
    ]
    assert len(offered) >= 0.95 * len(spoken)


def test_callers_of_a_city_with_latin_names_speak_english() -> None:
    streets = [v.a_segment(names={"": ("Storgatan",)})]
    (call,) = islice(calls(streets, (), v.NOW, steadily(30.0), seed=2), 1)
    assert "Storgatan" in call.text
    assert call.text.isascii()


def test_calls_come_as_often_as_asked_and_in_order() -> None:
    spoken = list(islice(calls(NETWORK.segments, (), v.NOW, steadily(60.0), seed=1), 300))
    assert all(a.at <= b.at for a, b in pairwise(spoken))
    assert timedelta(hours=4) < spoken[-1].at - v.NOW < timedelta(hours=6)


def test_nobody_calls_from_a_city_without_names() -> None:
    assert list(calls([v.a_segment(names={})], (), v.NOW, steadily(60.0), seed=1)) == []


def test_a_truck_that_gets_a_new_plan_drives_there_from_where_it_is() -> None:
    route = after_approach(a_route(), NETWORK, v.at_m(0, 150), v.NOW)
    approach = route.legs[0]
    assert approach.kind is LegKind.DRIVE
    assert approach.length_m > 300
    assert route.legs[1:] == a_route().legs
    for a, b in pairwise([*approach.path, route.legs[1].path[0]]):
        assert DrivenPaths(NETWORK).head(a) == DrivenPaths(NETWORK).tail(b)


def test_a_truck_that_is_called_back_drives_to_the_end_of_its_route() -> None:
    (drive,) = drive_home(a_route(), NETWORK, v.at_m(0, 150), v.NOW).legs
    assert (drive.kind, drive.starts_at) == (LegKind.DRIVE, v.NOW)
    assert drive.path[-1] == a_route().legs[-1].path[-1]
    for a, b in pairwise(drive.path):
        assert DrivenPaths(NETWORK).head(a) == DrivenPaths(NETWORK).tail(b)
    assert drive_home(a_route(), NETWORK, v.at_m(9_000, 0), v.NOW) == a_route()


def test_a_truck_off_every_street_takes_its_route_as_it_is() -> None:
    assert after_approach(a_route(), NETWORK, v.at_m(9_000, 0), v.NOW) == a_route()


def test_callers_of_an_azerbaijani_city_speak_as_it_does_but_for_streets_with_persian_names():
    latin, persian = (v.a_segment(names={"": (name,)}) for name in ("Nizami küçəsi", "خیابان امام"))
    said = [
        next(calls([street], (), v.NOW, steadily(30.0), seed=3, language="az")).text
        for street in (latin, persian)
    ]
    assert said == [
        SPEECH[language].sentences[number][1].format(place=place)
        for language, number, place in (("az", 5, "Nizami küçəsi"), ("fa", 5, "خیابان امام"))
    ]


def test_all_languages_have_as_many_sentences_each_with_its_place():
    assert len({len(one.sentences) for one in SPEECH.values()}) == 1
    assert all("{place}" in words for one in SPEECH.values() for _, words in one.sentences)
