"""What is kept of older passes never changes what is told of a street, whatever came when."""

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import delete, insert

from data.model import Evidence, EvidenceKind, JobState, Pass, Storm, StormId, Treatment, VehicleId
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.policy.evidence_rules import EvidenceRules
from data.store.accounts.accounts import add_device
from data.store.coverage.coverage import pass_row
from data.store.database.engine import Tx
from data.store.schema import passage
from data.store.storms.storms import add_storm
from data.store.work import add_job, get_job, list_jobs_on_segments
from fleet.context import CityContext
from fleet.coverage.coverage_cache import CoverageCache, CoverageReading
from fleet.coverage.track_windows import begins_at, number_at
from fleet.evidence.proof_store import derive
from tests import village as v

POLICY = policy_from_toml(DEFAULT_POLICY)
NETWORK = v.village()
STREETS = [v.MAIN_WEST, v.SCHOOL]
MINUTE = timedelta(minutes=1)


def a_storm(tx: Tx) -> Storm:
    for vehicle in (1, 2):
        add_device(tx, f"truck-{vehicle}", v.a_vehicle(vehicle).id, f"hash-{vehicle}")
    return add_storm(tx, "First snow", "active", v.NOW)


def add_pass(tx: Tx, storm_id: StormId, chance: np.random.Generator, minutes: float) -> None:
    """Store a pass over a whole street or a part of it, at work or not, some minutes after now."""
    street = STREETS[int(chance.integers(2))]
    length_m = NETWORK.segment(street).length_m
    ends_m = sorted(chance.choice([0.0, 0.3, 0.6, 1.0], 2, replace=False) * length_m)
    began = v.NOW + minutes * MINUTE
    one = Pass(
        segment_id=street,
        forward=bool(chance.random() < 0.5),
        from_m=float(ends_m[0]),
        to_m=float(ends_m[1]),
        vehicle_id=VehicleId(int(chance.integers(1, 3))),
        started_at=began,
        ended_at=began + float(chance.uniform(0.1, 1)) * MINUTE,
        treatment=[None, Treatment.PLOW, Treatment.SALT][int(chance.integers(3))],
        evidence=Evidence(
            [EvidenceKind.BLADE, EvidenceKind.SPEED][int(chance.integers(2))],
            float(chance.choice([0.2, 0.5, 0.9])),
        ),
    )
    add(tx, storm_id, one)


def looked(
    tx: Tx, cache: CoverageCache, storm_id: StormId, minutes: float | None
) -> CoverageReading:
    jobs = list_jobs_on_segments(tx, storm_id, STREETS)
    city = CityContext(tx, NETWORK, POLICY, v.NOW + (minutes or 0) * MINUTE)
    return cache.read(city, storm_id, STREETS, jobs, keep=minutes is not None)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_kept_says_what_all_passes_say(tx: Tx, seed: int) -> None:
    storm, chance, cache = a_storm(tx), np.random.default_rng(seed), CoverageCache()
    add_job(tx, v.a_job(segment_id=v.SCHOOL, storm_id=storm.id, passes=2))
    read = whole = 0
    for minutes in range(0, 240, 6):
        for _ in range(4):
            late = float(chance.uniform(0, 120)) if chance.random() < 0.03 else 0.0
            add_pass(tx, storm.id, chance, minutes + chance.uniform(0, 5) - min(late, minutes))
        if chance.random() < 0.05:  # evidence is taken back
            some = tx.scalars(passage.select().with_only_columns(passage.c.id)).all()
            tx.execute(delete(passage).where(passage.c.id == chance.choice(some)))
        found = looked(tx, cache, storm.id, minutes + 6)
        alone = looked(tx, CoverageCache(), storm.id, None)
        assert found.coverage == alone.coverage
        read += sum(map(len, found.passes.values()))
        whole += sum(map(len, alone.passes.values()))
    assert read < whole


def a_whole_pass(began: datetime, ended: datetime, *, forward: bool = True) -> Pass:
    return Pass(
        segment_id=v.SCHOOL,
        forward=forward,
        from_m=0.0,
        to_m=NETWORK.segment(v.SCHOOL).length_m,
        vehicle_id=VehicleId(1),
        started_at=began,
        ended_at=ended,
        treatment=Treatment.PLOW,
        evidence=Evidence(EvidenceKind.BLADE, 0.9),
    )


def add(tx: Tx, storm_id: StormId, one: Pass) -> None:
    tx.execute(insert(passage), [pass_row(storm_id, one, number_at(one.started_at))])


def test_a_visit_that_went_on_after_all_is_still_one(tx: Tx) -> None:
    storm, cache, until = a_storm(tx), CoverageCache(), begins_at(number_at(v.NOW) + 4)
    for minutes in (100, 80, 60, 50, 40, 30, 20, 10):
        began = until - minutes * MINUTE
        add(tx, storm.id, a_whole_pass(began, began + MINUTE))
    add(tx, storm.id, a_whole_pass(until - MINUTE, until - 0.1 * MINUTE))
    after = (until - v.NOW) / MINUTE + 31
    looked(tx, cache, storm.id, after)
    assert looked(tx, cache, storm.id, after).passes == {}
    add(tx, storm.id, a_whole_pass(until + 0.1 * MINUTE, until + MINUTE))
    (found,) = looked(tx, cache, storm.id, after).coverage.values()
    assert found.passes_done == 9


def test_an_open_job_is_closed_by_passes_from_before_and_after(tx: Tx) -> None:
    storm, cache = a_storm(tx), CoverageCache()
    job = add_job(tx, v.a_job(segment_id=v.SCHOOL, storm_id=storm.id, passes=12))
    for minutes in range(0, 120, 10):
        assert get_job(tx, job.id).state is JobState.OPEN
        for forward in (True, False):
            began = v.NOW + minutes * MINUTE
            add(tx, storm.id, a_whole_pass(began, began + MINUTE, forward=forward))
        now = v.NOW + (minutes + 2) * MINUTE
        derive(CityContext(tx, NETWORK, POLICY, now), storm, {v.SCHOOL}, cache=cache)
    assert get_job(tx, job.id).state is JobState.DONE


def test_another_policy_reads_everything_again(tx: Tx) -> None:
    storm, chance, cache = a_storm(tx), np.random.default_rng(1), CoverageCache()
    for minutes in range(0, 120, 3):
        add_pass(tx, storm.id, chance, minutes + chance.uniform(0, 2))
    looked(tx, cache, storm.id, 120)
    few = looked(tx, cache, storm.id, 120)
    strict = replace(POLICY, evidence=EvidenceRules(least_confidence=0.8))
    jobs = list_jobs_on_segments(tx, storm.id, STREETS)
    now = v.NOW + 120 * MINUTE
    city = CityContext(tx, NETWORK, strict, now)
    all_ = cache.read(city, storm.id, STREETS, jobs, keep=True)
    assert sum(map(len, few.passes.values())) < sum(map(len, all_.passes.values()))
