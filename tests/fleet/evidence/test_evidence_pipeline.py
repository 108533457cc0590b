from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from data.model import (
    Actor,
    ActorKind,
    Coverage,
    DirectedSegment,
    JobState,
    Position,
    RequestState,
    Storm,
    Treatment,
    VehicleId,
)
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.store.audit.audit_log import list_events
from data.store.coverage.coverage import list_coverage, list_passes
from data.store.database.engine import Tx
from data.store.requests.requests import add_request, list_requests
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from data.store.work import add_job, get_job
from fleet.context import CityContext
from fleet.evidence.evidence_pipeline import Digest, OpenTracks, digest, new_open_tracks
from tests import village as v
from tests.fleet.drives import a_drive, a_fix, a_request, ends_at

POLICY = policy_from_toml(DEFAULT_POLICY)
MAIN_WEST = DirectedSegment(v.MAIN_WEST, True)
MAIN_EAST = DirectedSegment(v.MAIN_EAST, True)
LATER = timedelta(minutes=10)


def sent(
    tx: Tx, storm: Storm | None, fixes: Sequence[Position], tracks: OpenTracks | None = None
) -> Digest:
    """Store fixes and digest what was not seen, as the consumer does."""
    add_positions(tx, fixes)
    unseen, last = list_unseen(tx, 10_000)
    open_tracks = tracks or new_open_tracks(v.village())
    found = digest(
        CityContext(tx, v.village(), POLICY, ends_at(fixes) + LATER), open_tracks, unseen, storm
    )
    mark_seen_until(tx, last)
    return found


def covered(tx: Tx, storm: Storm) -> dict[DirectedSegment, Coverage]:
    rows = list_coverage(tx, storm.id)
    return {DirectedSegment(row.segment_id, row.forward): row for row in rows}


def passed(tx: Tx, storm: Storm) -> set[DirectedSegment]:
    return {d for d, row in covered(tx, storm).items() if row.passes_done}


def along_main(**changes: Any) -> list[Position]:
    return a_drive((-10, 0), (410, 0), **({"blade": True} | changes))


def test_a_truck_with_its_blade_down_clears_the_street(tx: Tx, storm: Storm) -> None:
    sent(tx, storm, along_main())
    assert passed(tx, storm) == {MAIN_WEST, MAIN_EAST}
    row = covered(tx, storm)[MAIN_WEST]
    assert row.last_pass_at is not None
    assert timedelta(seconds=20) < row.last_pass_at - v.NOW < timedelta(seconds=35)


@pytest.mark.parametrize("blade", [False, None])
def test_a_truck_without_its_blade_down_only_drives_through(
    tx: Tx, storm: Storm, blade: bool | None
) -> None:
    sent(tx, storm, along_main(blade=blade))
    assert passed(tx, storm) == set()
    assert covered(tx, storm)[MAIN_WEST].driven_at is not None


def test_what_a_phone_told_counts_no_more_once_the_trackers_fixes_have_come(
    tx: Tx, storm: Storm
) -> None:
    """The second truck has the same tracker, in time, and no phone."""
    tracks, block = new_open_tracks(v.village()), ((0, 0), (200, 0), (200, 150), (0, 150), (0, 0))
    told = {"blade": None, "noise_m": 8.0, "start_s": 2.0, "every_s": 3.0, "source": "phone"}
    sent(tx, storm, a_drive(*block, (400, 0), **told), tracks)
    for vehicle in (1, 2):
        tracker = a_drive(*block, (400, 0), blade=True, noise_m=3.0, vehicle=vehicle)
        sent(tx, storm, tracker, tracks)
    streets = [v.MAIN_WEST, v.MAIN_EAST, v.MILL, v.SCHOOL, v.TULIP]
    found = [one for some in list_passes(tx, storm.id, streets).values() for one in some]
    with_phone, alone = ([p for p in found if p.vehicle_id == one] for one in (1, 2))
    assert len(alone) == 6
    assert [replace(one, vehicle_id=VehicleId(2)) for one in with_phone] == alone


@pytest.mark.parametrize("seed", range(8))
def test_noise_moves_no_pass_to_another_street(tx: Tx, storm: Storm, seed: int) -> None:
    sent(tx, storm, along_main(noise_m=4.0, seed=seed))
    assert passed(tx, storm) == {MAIN_WEST, MAIN_EAST}


def test_a_drive_round_the_block_clears_the_streets_it_took(tx: Tx, storm: Storm) -> None:
    block = [(0, 0), (200, 0), (200, 150), (0, 150), (0, 0)]
    sent(tx, storm, a_drive(*block, blade=True, noise_m=3.0))
    forward = {v.MAIN_WEST: True, v.MILL: True, v.SCHOOL: False, v.TULIP: False}
    assert passed(tx, storm) == {DirectedSegment(*item) for item in forward.items()}


def test_a_truck_that_stands_at_the_end_of_its_street_has_cleared_it(tx: Tx, storm: Storm) -> None:
    stands = [a_fix(v.at_m(398, 0), 100.0 + 5 * i, speed_mps=0.0, blade=True) for i in range(30)]
    add_positions(tx, [*a_drive((-10, 0), (398, 0), blade=True), *stands])
    unseen, _ = list_unseen(tx, 1000)
    tracks = new_open_tracks(v.village())
    digest(CityContext(tx, v.village(), POLICY, stands[-1].fixed_at), tracks, unseen, storm)
    assert passed(tx, storm) == {MAIN_WEST, MAIN_EAST}


def test_salt_makes_no_plow_pass_but_is_kept(tx: Tx, storm: Storm) -> None:
    sent(tx, storm, along_main(blade=False, spreader=True, rate_gm2=20.0))
    assert passed(tx, storm) == set()
    (one,) = list_passes(tx, storm.id, [v.MAIN_WEST])[MAIN_WEST]
    assert one.treatment is Treatment.SALT
    assert one.material_kg == pytest.approx(20 * 3.5 * 200 / 1000, rel=0.05)


def test_a_plow_against_a_one_way_street_is_tracked_backward(tx: Tx, storm: Storm) -> None:
    sent(tx, storm, a_drive((400, 155), (400, -5), blade=True))
    assert passed(tx, storm) == {DirectedSegment(v.ROSE, False)}


def test_a_dead_end_is_cleared_there_and_back(tx: Tx, storm: Storm) -> None:
    sent(tx, storm, a_drive((200, 140), (200, 300), (200, 140), blade=True))
    assert {DirectedSegment(v.BLIND, f) for f in (True, False)} <= passed(tx, storm)


def test_half_a_drive_is_not_a_pass_and_another_truck_completes_it(tx: Tx, storm: Storm) -> None:
    sent(tx, storm, a_drive((-10, 0), (100, 0), blade=True))
    assert MAIN_WEST not in passed(tx, storm)
    rest = a_drive((90, 0), (230, 0), blade=True, start_s=600, vehicle=2)
    sent(tx, storm, rest)
    assert MAIN_WEST in passed(tx, storm)


def test_a_short_gap_is_bridged_and_a_long_one_is_not(tx: Tx, storm: Storm) -> None:
    fixes = along_main()
    sent(tx, storm, [fix for i, fix in enumerate(fixes) if not 3 <= i < 5])
    assert MAIN_WEST in passed(tx, storm)


def test_a_gap_of_minutes_is_not_bridged(tx: Tx, storm: Storm) -> None:
    before = a_drive((-10, 0), (40, 0), blade=True)
    after = a_drive((380, 0), (410, 0), blade=True, start_s=360)
    sent(tx, storm, [*before, *after])
    assert passed(tx, storm) == set()


def test_a_jump_across_the_village_is_dropped_and_counted(tx: Tx, storm: Storm) -> None:
    fixes = along_main()
    fixes[4] = replace(fixes[4], location=v.at_m(-5000, 9000))
    assert sent(tx, storm, fixes).dropped == {"jump": 1}
    assert passed(tx, storm) == {MAIN_WEST, MAIN_EAST}


def test_the_same_fixes_twice_change_nothing(tx: Tx, storm: Storm) -> None:
    fixes, tracks = along_main(), new_open_tracks(v.village())
    assert add_positions(tx, fixes) == len(fixes)
    assert add_positions(tx, fixes) == 0
    sent(tx, storm, fixes, tracks)
    before = covered(tx, storm)
    assert sent(tx, storm, fixes, tracks).positions == ()
    assert covered(tx, storm) == before


@pytest.mark.parametrize("cut", [1, 4, 7, 9])
def test_a_restart_in_the_middle_of_a_street_loses_nothing(tx: Tx, storm: Storm, cut: int) -> None:
    fixes = along_main()
    unsettled = new_open_tracks(v.village())
    add_positions(tx, fixes[:cut])
    unseen, last = list_unseen(tx, 1000)
    digest(CityContext(tx, v.village(), POLICY, fixes[cut - 1].fixed_at), unsettled, unseen, storm)
    mark_seen_until(tx, last)
    sent(tx, storm, fixes[cut:])
    assert passed(tx, storm) == {MAIN_WEST, MAIN_EAST}
    assert all(row.passes_done <= 1 for row in covered(tx, storm).values())


def test_late_fixes_fill_the_hole_that_they_left(tx: Tx, storm: Storm) -> None:
    fixes, tracks = (
        a_drive((-10, 0), (410, 0), blade=True, every_s=15),
        new_open_tracks(v.village()),
    )
    sent(
        tx,
        storm,
        [*fixes[:2], *[replace(f, fixed_at=f.fixed_at + LATER) for f in fixes[-1:]]],
        tracks,
    )
    assert passed(tx, storm) == set()
    sent(tx, storm, fixes[2:], tracks)
    assert MAIN_WEST in passed(tx, storm)
    assert covered(tx, storm)[MAIN_WEST].passes_done == 1


@pytest.mark.parametrize("seed", range(4))
def test_fixes_in_any_order_prove_the_same(tx: Tx, storm: Storm, seed: int) -> None:
    fixes, tracks = along_main(), new_open_tracks(v.village())
    for i in np.random.default_rng(seed).permutation(len(fixes)):
        sent(tx, storm, [fixes[i]], tracks)
    assert passed(tx, storm) == {MAIN_WEST, MAIN_EAST}
    assert all(row.passes_done == 1 for row in covered(tx, storm).values() if row.passes_done)


def test_a_restart_with_an_old_fix_in_the_first_batch_loses_nothing(tx: Tx, storm: Storm) -> None:
    old = a_fix(v.at_m(0, 0), 1.0, blade=False)
    fixes = along_main(start_s=3600)
    unsettled = new_open_tracks(v.village())
    add_positions(tx, fixes[:4])
    unseen, last = list_unseen(tx, 1000)
    digest(CityContext(tx, v.village(), POLICY, fixes[3].fixed_at), unsettled, unseen, storm)
    mark_seen_until(tx, last)
    sent(tx, storm, [old, *fixes[4:]])
    assert passed(tx, storm) == {MAIN_WEST, MAIN_EAST}


def test_a_fix_before_the_storm_proves_nothing_for_it(tx: Tx, storm: Storm) -> None:
    sent(tx, storm, along_main(start_s=-600))
    assert covered(tx, storm) == {}


def test_without_a_storm_nothing_is_proved(tx: Tx, storm: Storm) -> None:
    found = sent(tx, None, along_main())
    assert found.coverage == ()
    assert covered(tx, storm) == {}


def test_a_truck_off_every_street_clears_nothing(tx: Tx, storm: Storm) -> None:
    sent(tx, storm, [a_fix(v.at_m(100 + i, 75), 5.0 * i, blade=True) for i in range(9)])
    assert passed(tx, storm) == set()


def test_evidence_closes_the_job_and_its_requests_with_events(tx: Tx, storm: Storm) -> None:
    job = add_job(tx, v.a_job(segment_id=v.MAIN_WEST, storm_id=storm.id))
    add_request(tx, a_request(job.id))
    there, back = along_main(), a_drive((410, 0), (-10, 0), blade=True, start_s=60)
    tracks = new_open_tracks(v.village())
    assert sent(tx, storm, there, tracks).jobs == ()
    assert sent(tx, storm, back, tracks).jobs == (job.id,)
    assert get_job(tx, job.id).state is JobState.DONE
    (line,) = list_events(tx, f"job:{job.id}")
    assert (line.verb, line.actor) == ("job.done", Actor(ActorKind.SYSTEM, "tracking"))
    assert [request.state for request in list_requests(tx)] == [RequestState.DONE]
    assert [line.verb for line in list_events(tx, "request:1")] == ["request.done"]
