"""Work by street and whole minute, with numbers that tell no machine."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from data.model import (
    DirectedSegment,
    Evidence,
    EvidenceKind,
    Pass,
    SegmentId,
    Treatment,
    VehicleId,
)
from data.policy.evidence_rules import EvidenceRules, Grade
from data.store.coverage.coverage import list_denials_between, pass_row
from data.store.schema import passage
from fleet.public.street_passes import (
    last_of_each_street,
    list_street_passes,
    minute_of,
    next_minute,
    street_of,
    street_passes,
)
from tests.village import NOW

SECOND = timedelta(seconds=1)
HERE = DirectedSegment(SegmentId(7), forward=False)


BLADE = Evidence(EvidenceKind.BLADE, 0.9)
RULES = EvidenceRules(spreader=Grade.NOTHING)


def work(
    ended_s,
    from_m=0.0,
    to_m=100.0,
    treatment=Treatment.PLOW,
    vehicle=1,
    street=HERE,
    evidence=BLADE,
):
    ended_at = NOW + ended_s * SECOND
    return Pass(
        street.segment_id,
        street.forward,
        from_m,
        to_m,
        VehicleId(vehicle),
        ended_at - 50 * SECOND,
        ended_at,
        treatment,
        evidence,
    )


def told(*passes):
    return list(street_passes({HERE: passes}, RULES))


def test_times_are_whole_minutes_and_no_pass_ends_before_it_did():
    (one,) = told(work(61))
    assert one.started_at == NOW
    assert one.ended_at == NOW + timedelta(minutes=2)


def test_a_pass_that_ends_on_the_minute_ends_in_it():
    assert next_minute(NOW) == NOW
    assert next_minute(NOW + timedelta(microseconds=1)) == NOW + timedelta(minutes=1)


def test_machines_that_end_in_one_minute_cannot_be_told_apart():
    one, other = work(10, to_m=30.0), work(40, treatment=Treatment.SALT, vehicle=2)
    (both,) = told(one, other)
    assert (both.from_m, both.to_m) == (0.0, 100.0)
    assert both.treatments == (Treatment.PLOW, Treatment.SALT)
    assert [both] == told(other, one)


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(EvidenceKind.SPEED, 0.9),
        Evidence(EvidenceKind.SPREADER, 0.9),
        Evidence(EvidenceKind.BLADE, 0.1),
    ],
    ids=["only shows", "good for nothing", "too unsure"],
)
def test_what_the_city_takes_for_no_proof_is_no_pass(evidence):
    assert told(work(10, evidence=evidence)) == []


def test_a_number_says_minute_street_and_direction_and_nothing_else():
    (one,) = told(work(10, vehicle=1))
    assert [one.number] == [each.number for each in told(work(20, vehicle=2))]
    assert minute_of(one.number) == one.ended_at
    assert street_of(one.number) == HERE
    assert one.number < 2**53


def test_later_passes_have_greater_numbers():
    early, late = told(work(10), work(130))
    elsewhere = DirectedSegment(SegmentId(2), forward=True)
    (between,) = street_passes({elsewhere: [work(70, street=elsewhere)]}, RULES)
    assert early.number < between.number < late.number
    assert last_of_each_street([early, between, late]) == [between, late]


def test_denials_are_read_once_and_only_those_of_the_time_asked_for(tx, storm, monkeypatch):
    def denial(ended_s):
        return replace(work(ended_s), treatment=None, evidence=Evidence(EvidenceKind.DRIVER, 1.0))

    seen = (work(60), denial(60), denial(7200))
    tx.execute(insert(passage), [pass_row(storm.id, one) for one in seen])
    until = NOW + timedelta(hours=1)
    assert len(list_denials_between(tx, storm.id, NOW, until)[HERE]) == 1

    reads = []

    def counted(*asked):
        reads.append(asked)
        return list_denials_between(*asked)

    monkeypatch.setattr("fleet.public.street_passes.list_denials_between", counted)
    day = NOW + timedelta(hours=24)
    assert list(list_street_passes(tx, NOW, day, lambda _: RULES)) == []
    assert len(reads) == 1
