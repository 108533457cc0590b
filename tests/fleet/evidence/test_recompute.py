from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from data.model import (
    Actor,
    ActorKind,
    ClosingReason,
    Coverage,
    DirectedSegment,
    Directions,
    EvidenceKind,
    JobState,
    LegKind,
    Match,
    Position,
    RequestState,
    RevisionCause,
    Storm,
)
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.policy.evidence_rules import EvidenceRules, Grade
from data.store.audit.audit_log import add_event, list_events
from data.store.coverage.coverage import list_coverage, list_work_and_drives
from data.store.coverage.coverage_revisions import list_changes, list_revisions
from data.store.database.engine import Tx, reading, transaction
from data.store.logbook import list_stale
from data.store.requests.requests import add_request, get_request
from data.store.requests.sla_clocks import get_clock
from data.store.schema import passage
from data.store.setup.city import get_city
from data.store.shifts.shifts import add_shifts
from data.store.storms.storms import close_storm
from data.store.tracking.positions import add_positions, list_unseen, mark_seen_until
from data.store.work import add_job, get_job
from data.streets.network import build_network
from fleet.context import CityContext
from fleet.coverage.track_windows import LENGTH, begins_at, number_at
from fleet.evidence.evidence_pipeline import OpenTracks, digest, new_open_tracks
from fleet.evidence.proof_store import refresh
from fleet.evidence.recompute import recompute
from fleet.logbook.log_store import LogAccess, LogFilter, note_fixes, part_of, read_parts
from fleet.matching.map_matching import StreetMatcher, Trail
from fleet.requests.closing import UNPROVED
from tests import village as v
from tests.fleet.drives import a_drive, a_request, ends_at
from tests.fleet.evidence.conftest import a_storm_with_trackers
from tests.village_database import a_village_database
from tests.village_plan import a_leg, add_published_plan

POLICY = policy_from_toml(DEFAULT_POLICY)
NETWORK = v.village()
STREETS = {segment.id for segment in NETWORK.segments}
AUDITOR = Actor(ActorKind.USER, "auditor")
HOUR = timedelta(hours=1)


def take_in(tx: Tx, storm: Storm | None, fixes: Sequence[Position], tracks: OpenTracks) -> None:
    add_positions(tx, fixes)
    unseen, last = list_unseen(tx, 10_000)
    at = max(fix.received_at for fix in fixes)
    digest(CityContext(tx, NETWORK, POLICY, at), tracks, unseen, storm)
    mark_seen_until(tx, last)


def rows(tx: Tx) -> list[tuple[object, ...]]:
    kept = [column for column in passage.c if column.name != "id"]
    return sorted(
        (tuple(row) for row in tx.execute(passage.select().with_only_columns(*kept))), key=str
    )


def coverage(tx: Tx, storm: Storm) -> list[Coverage]:
    return sorted(list_coverage(tx, storm.id), key=lambda row: (row.segment_id, row.forward))


def a_night(seed: int, *, stuck: bool = False) -> list[Position]:
    """Two trucks over the end of a half hour: one with a blade, one without any sensor."""
    chance = np.random.default_rng(seed)
    border_s = (begins_at(number_at(v.NOW) + 1) - v.NOW).total_seconds()
    round_ = [(-10, 0), (410, 0), (400, 155), (200, 150), (200, 0), (0, 0), (0, 150), (200, 150)]
    fixes: list[Position] = []
    for vehicle, blade in ((1, True), (2, None)):
        starts_s = border_s - float(chance.uniform(20, 200))
        fixes += a_drive(
            *round_, vehicle=vehicle, start_s=starts_s, blade=blade, noise_m=8, seed=seed
        )
    up = chance.random(len(fixes)) < (0.0 if stuck else 0.1)
    return [
        replace(f, blade=f.blade and not gone) if f.blade else f
        for f, gone in zip(fixes, up, strict=True)
    ]


def told_to_drive(tx: Tx, storm: Storm) -> None:
    """Publish a plan by which truck 1 works on Main Street and only drives on from there."""
    add_shifts(tx, [v.a_shift(one, vehicle_id=one, storm_id=storm.id) for one in (1, 2)])
    drives = (DirectedSegment(v.ROSE, True), DirectedSegment(v.ORCHARD, False))
    legs = [
        *(a_leg(segment_id=street) for street in (v.MAIN_WEST, v.MAIN_EAST)),
        a_leg(LegKind.DRIVE, path=drives),
    ]
    plan = add_published_plan(tx, *legs, storm_id=storm.id)
    add_event(tx, v.NOW, AUDITOR, "plan.published", f"plan:{plan.id}")


def as_it_came(fixes: Sequence[Position], seed: int) -> list[list[Position]]:
    """Batches in order of arrival: most fixes at once, some minutes later."""
    chance = np.random.default_rng(seed + 100)
    delays_s = np.where(chance.random(len(fixes)) < 0.25, chance.uniform(0, 400, len(fixes)), 1.0)
    sent = [
        replace(fix, received_at=fix.fixed_at + timedelta(seconds=float(delay_s)))
        for fix, delay_s in zip(fixes, delays_s, strict=True)
    ]
    sent.sort(key=lambda fix: fix.received_at)
    batches: list[list[Position]] = []
    while sent:
        size = int(chance.integers(1, 25))
        batches.append(sent[:size])
        sent = sent[size:]
    return batches


@pytest.mark.parametrize(("seed", "stuck"), [(0, False), (1, False), (2, True)])
def test_a_recomputed_night_is_what_the_stream_gave_whatever_came_late_or_restarted(
    tx: Tx, storm: Storm, seed: int, stuck: bool
) -> None:
    told_to_drive(tx, storm)
    tracks, fixes = new_open_tracks(NETWORK), a_night(seed, stuck=stuck)
    chance = np.random.default_rng(seed)
    for batch in as_it_came(fixes, seed):
        if chance.random() < 0.1:
            tracks = new_open_tracks(NETWORK)
        take_in(tx, storm, batch, tracks)
        if chance.random() < 0.2:  # nothing comes for a while, and what came last is settled
            silent_until = batch[-1].received_at + timedelta(minutes=7)
            digest(CityContext(tx, NETWORK, POLICY, silent_until), tracks, [], storm)
    later = ends_at(fixes) + HOUR
    digest(CityContext(tx, NETWORK, POLICY, later), new_open_tracks(NETWORK), [], storm)
    live = rows(tx), coverage(tx, storm)
    seen = list_work_and_drives(tx, storm.id, STREETS).values()
    kinds = {one.evidence.kind for way in seen for one in way}
    assert (EvidenceKind.BLADE in kinds, EvidenceKind.SPEED in kinds) == (not stuck, True)
    assert any(row.passes_done for row in live[1]) is not stuck
    again = recompute(CityContext(tx, NETWORK, POLICY, later), AUDITOR, storm.id)
    assert (rows(tx), coverage(tx, storm)) == live
    assert (again.revision, again.changed, again.doubtful) == (None, (), ())


def test_after_a_restart_the_last_fixes_prove_what_they_can_though_nothing_follows(
    tx: Tx, storm: Storm
) -> None:
    fixes = a_drive((-10, 0), (410, 0), blade=True)
    take_in(tx, storm, fixes, new_open_tracks(NETWORK))
    unsettled, later = rows(tx), ends_at(fixes) + HOUR
    digest(CityContext(tx, NETWORK, POLICY, later), new_open_tracks(NETWORK), [], storm)
    settled = rows(tx)
    assert settled != unsettled
    recompute(CityContext(tx, NETWORK, POLICY, later), AUDITOR, storm.id)
    assert rows(tx) == settled


class Breaking(StreetMatcher):
    """A matcher that breaks off at the second half hour that is matched."""

    def __init__(self) -> None:
        super().__init__(NETWORK)
        self.settled = 0

    def settle(self, trail: Trail) -> list[Match]:
        self.settled += 1
        if self.settled > 1:
            raise KeyboardInterrupt
        return super().settle(trail)


def test_a_computation_that_breaks_off_leaves_the_old_state() -> None:
    engine = a_village_database()
    fixes = a_night(0)
    with transaction(engine) as tx:
        storm = a_storm_with_trackers(tx)
        take_in(tx, storm, fixes, new_open_tracks(NETWORK))
    with reading(engine) as tx:
        before = rows(tx), coverage(tx, storm), len(list_events(tx))
    assert before[0]
    later, matcher = ends_at(fixes) + HOUR, Breaking()
    with pytest.raises(KeyboardInterrupt), transaction(engine) as tx:
        recompute(CityContext(tx, NETWORK, POLICY, later), AUDITOR, storm.id, matcher)
    with reading(engine) as tx:
        assert (rows(tx), coverage(tx, storm), len(list_events(tx))) == before


def test_a_recomputation_lets_logs_be_read_again_and_a_server_take_up_its_tracks(
    tx: Tx, storm: Storm
) -> None:
    fixes, later = a_night(0), v.NOW + 2 * HOUR
    take_in(tx, storm, fixes, new_open_tracks(NETWORK))
    shelf = LogAccess(
        lambda: nullcontext(tx), lambda: nullcontext(tx), NETWORK, StreetMatcher(NETWORK)
    )
    note_fixes(shelf)
    read = read_parts(shelf, LogFilter(None, later), later, 100)
    revision = get_city(tx).revision
    recompute(CityContext(tx, NETWORK, POLICY, later), AUDITOR, storm.id)
    assert get_city(tx).revision > revision
    again = list_stale(tx, None, later, later, 100)
    assert {part.starts_at for part in again} >= {part_of(fix.fixed_at) for fix in fixes}
    assert len(again) <= read


def test_what_comes_after_the_storm_makes_a_numbered_revision(tx: Tx, storm: Storm) -> None:
    tracks, fixes = new_open_tracks(NETWORK), a_drive((-10, 0), (410, 0), blade=True)
    job = add_job(tx, v.a_job(segment_id=v.MAIN_WEST, storm_id=storm.id, passes=1))
    take_in(tx, storm, fixes[:3], tracks)
    close_storm(tx, storm.id, "closed", v.NOW + HOUR)
    assert list_revisions(tx, storm.id) == []
    take_in(tx, None, [replace(f, received_at=v.NOW + 2 * HOUR) for f in fixes[3:]], tracks)
    (revision,) = list_revisions(tx, storm.id)
    assert (revision.number, revision.cause) == (1, RevisionCause.LATE)
    changes = {one.segment_id: one for one in list_changes(tx, storm.id, 1)}
    assert (changes[v.MAIN_WEST].passes_before, changes[v.MAIN_WEST].passes_after) == (0, 1)
    assert [one.number for one in list_revisions(tx, storm.id, v.MAIN_WEST)] == [1]
    assert list_revisions(tx, storm.id, v.ORCHARD) == []
    assert [one.verb for one in list_events(tx, f"storm:{storm.id}")] == ["storm.revised"]
    assert get_job(tx, job.id).state is JobState.OPEN


def test_fixes_made_after_a_storm_are_no_part_of_it(tx: Tx, storm: Storm) -> None:
    close_storm(tx, storm.id, "closed", v.NOW)
    take_in(tx, None, a_drive((-10, 0), (410, 0), blade=True), new_open_tracks(NETWORK))
    assert (rows(tx), list_revisions(tx, storm.id)) == ([], [])


def test_another_policy_is_applied_to_history_in_a_revision(tx: Tx, storm: Storm) -> None:
    fixes = a_drive((-10, 0), (410, 0), blade=None, speed_mps=6.0)
    take_in(tx, storm, fixes, new_open_tracks(NETWORK))
    digest(
        CityContext(tx, NETWORK, POLICY, ends_at(fixes) + HOUR), new_open_tracks(NETWORK), [], storm
    )
    assert not any(row.passes_done for row in coverage(tx, storm))
    rules = EvidenceRules(speed=Grade.CLOSES, least_confidence=0.1)
    lenient = replace(POLICY, evidence=rules)
    again = recompute(CityContext(tx, NETWORK, lenient, v.NOW + HOUR), AUDITOR, storm.id)
    assert again.revision is not None
    assert (again.revision.number, again.revision.cause) == (1, RevisionCause.RECOMPUTED)
    assert {row.segment_id for row in again.changed if row.passes_done} == {
        v.MAIN_WEST,
        v.MAIN_EAST,
    }
    events = [(one.verb, one.actor) for one in list_events(tx, f"storm:{storm.id}")]
    assert events == [("storm.recomputed", AUDITOR), ("storm.revised", AUDITOR)]


def test_corrected_streets_are_applied_to_history(tx: Tx, storm: Storm) -> None:
    fixes = a_drive((-10, 0), (410, 0), blade=True)
    later = ends_at(fixes) + HOUR
    add_positions(tx, fixes)
    before = build_network(one for one in v.village_segments() if one.id != v.MAIN_EAST)
    unseen, last = list_unseen(tx, 1000)
    digest(CityContext(tx, before, POLICY, later), new_open_tracks(before), unseen, storm)
    mark_seen_until(tx, last)
    assert {row.segment_id for row in coverage(tx, storm) if row.passes_done} == {v.MAIN_WEST}
    again = recompute(CityContext(tx, NETWORK, POLICY, later), AUDITOR, storm.id)
    assert {row.segment_id for row in again.changed} >= {v.MAIN_EAST}
    assert {row.segment_id for row in coverage(tx, storm) if row.passes_done} == {
        v.MAIN_WEST,
        v.MAIN_EAST,
    }


def test_a_job_whose_proof_is_gone_is_named_and_stays_done(tx: Tx, storm: Storm) -> None:
    job = add_job(
        tx,
        v.a_job(segment_id=v.MAIN_WEST, storm_id=storm.id, passes=1, directions=Directions.FORWARD),
    )
    fixes = a_drive((-10, 0), (410, 0), blade=True)
    take_in(tx, storm, fixes, new_open_tracks(NETWORK))
    digest(
        CityContext(tx, NETWORK, POLICY, ends_at(fixes) + HOUR), new_open_tracks(NETWORK), [], storm
    )
    assert get_job(tx, job.id).state is JobState.DONE
    (closing,) = list_events(tx, f"job:{job.id}")
    assert [one["kind"] for one in closing.after["evidence"]] == ["blade"]
    policy = replace(POLICY, evidence=EvidenceRules(blade=Grade.NOTHING))
    again = recompute(CityContext(tx, NETWORK, policy, v.NOW + HOUR), AUDITOR, storm.id)
    assert get_job(tx, job.id).state is JobState.DONE
    assert again.doubtful == (job.id,)


def test_what_a_stuck_sensor_had_closed_waits_again_and_so_does_who_asked(
    tx: Tx, storm: Storm
) -> None:
    told_to_drive(tx, storm)
    one_way = {"directions": Directions.FORWARD, "storm_id": storm.id, "passes": 1}
    job = add_job(tx, v.a_job(segment_id=v.MAIN_WEST, **one_way))
    add_request(tx, a_request(job.id))
    way = [(-10, 0), (410, 0), (400, 155), (200, 150), (200, 0), (0, 0)]
    tracks, fixes = new_open_tracks(NETWORK), a_drive(*way, blade=True, speed_mps=6.0)
    take_in(tx, storm, fixes[:16], tracks)
    assert get_job(tx, job.id).state is JobState.DONE
    assert get_request(tx, a_request().id).closed_for is ClosingReason.PLOWED
    take_in(tx, storm, fixes[16:], tracks)
    digest(CityContext(tx, NETWORK, POLICY, ends_at(fixes) + HOUR), tracks, [], storm)
    assert get_job(tx, job.id).state is JobState.OPEN
    assert [one.verb for one in list_events(tx, f"job:{job.id}")] == ["job.done", "job.reopened"]
    asked = get_request(tx, a_request().id)
    assert (asked.state, asked.job_id, asked.closed_for) == (RequestState.OPEN, job.id, None)
    closed, opened = list_events(tx, f"request:{asked.id}")
    assert (closed.verb, opened.verb) == ("request.done", "request.reopened")
    assert opened.after["reason"] == UNPROVED
    clock = get_clock(tx, asked.id)
    assert (clock.reopened, clock.unproved, clock.asked_again) == (1, 1, 0)


def test_a_request_whose_proof_is_gone_joins_the_job_that_is_open_there(
    tx: Tx, storm: Storm
) -> None:
    one_way = {"segment_id": v.MAIN_WEST, "directions": Directions.FORWARD, "storm_id": storm.id}
    job = add_job(tx, v.a_job(**one_way, passes=1))
    add_request(tx, a_request(job.id))
    fixes = a_drive((-10, 0), (410, 0), blade=True)
    take_in(tx, storm, fixes, new_open_tracks(NETWORK))
    again = add_job(tx, v.a_job(**one_way, passes=1, starts_at=v.NOW + HOUR))
    tx.execute(passage.delete())
    refresh(CityContext(tx, NETWORK, POLICY, v.NOW + HOUR), storm, [v.MAIN_WEST])
    assert get_job(tx, job.id).state is JobState.DONE
    assert get_request(tx, a_request().id).job_id == again.id


def test_a_window_is_half_an_hour() -> None:
    number = number_at(v.NOW)
    assert begins_at(number) <= v.NOW < begins_at(number) + LENGTH
    assert number_at(begins_at(number)) == number
