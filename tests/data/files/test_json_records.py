from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.files.json_records import from_plain, packed, to_plain, unpacked
from data.model import (
    DirectedSegment,
    Job,
    Leg,
    Present,
    ReplanCause,
    ReplanWish,
    TruckStart,
    UrgentInsertion,
    WorkPass,
)
from tests import village as v
from tests.village_plan import a_leg

ids = st.integers(1, 10**9)
times = st.timedeltas(timedelta(0), timedelta(days=900)).map(lambda later: v.NOW + later)
numbers = st.floats(allow_nan=False, allow_infinity=False)
ways = st.builds(DirectedSegment, ids, st.booleans())
legs = st.builds(
    Leg,
    path=st.lists(ways, max_size=4).map(tuple),
    starts_at=times,
    ends_at=times,
    length_m=numbers,
    job_ids=st.lists(ids, max_size=3).map(tuple),
    load_kg=numbers,
)
starts = st.builds(
    TruckStart, at=st.none() | ways, ready_at=times, load_kg=numbers, finishing=st.none() | legs
)


@given(st.lists(legs, max_size=4).map(tuple))
def test_legs_that_are_packed_are_the_same_again_and_the_same_bytes(some):
    content = packed(tuple[Leg, ...], some)
    assert unpacked(tuple[Leg, ...], content) == some
    assert packed(tuple[Leg, ...], unpacked(tuple[Leg, ...], content)) == content


@given(
    st.builds(
        Present,
        starts=st.dictionaries(ids, starts, max_size=3),
        done=st.frozensets(st.builds(WorkPass, ids, st.booleans(), st.integers(0, 9)), max_size=3),
        closed=st.frozensets(ways, max_size=3),
    )
)
def test_how_a_storm_stands_survives(present):
    assert unpacked(Present, packed(Present, present)) == present
    assert from_plain(Present, to_plain(Present, present)) == present


def test_a_leg_is_short_and_says_its_times_in_utc():
    leg = a_leg(path=(DirectedSegment(v.TULIP, False),), length_m=100.0, job_ids=(7,))
    assert to_plain(Leg, leg) == {
        "kind": "work",
        "path": [[v.TULIP, False]],
        "starts_at": "2026-12-21T04:00:00Z",
        "ends_at": "2026-12-21T04:01:00Z",
        "length_m": 100.0,
        "pass_index": 0,
        "blade": True,
        "spreader": False,
        "job_ids": [7],
        "load_kg": 0.0,
    }


@given(st.timedeltas(timedelta(0), timedelta(days=2)), times)
def test_a_place_for_urgent_work_and_a_wish_survive(more, at):
    job = v.a_job(due_at=at)
    found = UrgentInsertion("key", job.storm_id, 3, job, 4, at, more, ())
    assert from_plain(UrgentInsertion, to_plain(UrgentInsertion, found)) == found
    wish = ReplanWish(ReplanCause.LATE, 3, 4, None, more)
    assert from_plain(ReplanWish, to_plain(ReplanWish, wish)) == wish
    assert from_plain(Job, to_plain(Job, job)) == job
