"""A track for the eye: fewer points, and at any moment where the whole track is."""

from bisect import bisect_right
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.replay.track_history import THIN_M, Motion, TrackPoint, sparse, thinned
from tests.fleet.drives import a_drive
from tests.village import NOW, at_m

STEPS = st.tuples(
    st.floats(0.1, 30),
    st.sampled_from([0.0, 0.5, 8.0]),
    st.sampled_from([-2.0, 0.0, 0.5, 8.0]),
    st.sampled_from([Motion.DRIVING, Motion.DRIVING, Motion.WORKING]),
)


def a_track(steps):
    """Points some seconds apart, at speeds east and north in m/s."""
    points, at_s, east_m, north_m = [], 0.0, 0.0, 0.0
    for seconds, east_mps, north_mps, motion in steps:
        place = at_m(east_m, north_m)
        points.append(TrackPoint(NOW + timedelta(seconds=at_s), place, motion))
        at_s, east_m, north_m = (
            at_s + seconds,
            east_m + east_mps * seconds,
            north_m + north_mps * seconds,
        )
    return points


def place_on(points, at):
    """Where somebody is who goes evenly from point to point, and what he does."""
    i = min(bisect_right([p.at for p in points], at), len(points) - 1)
    a, b = points[i - 1], points[i]
    share = (at - a.at) / (b.at - a.at)
    lon, lat = (x + (y - x) * share for x, y in zip(a.place, b.place, strict=True))
    return lon, lat, a.motion


@settings(max_examples=60)
@given(st.lists(STEPS, min_size=2, max_size=30))
def test_a_thinned_track_is_at_any_moment_where_the_whole_is(steps):
    whole = a_track(steps)
    short = thinned(whole)
    step = at_m(THIN_M * 1.01, THIN_M * 1.01)
    near = [abs(a - b) for a, b in zip(step, at_m(0, 0), strict=True)]
    for a, b in pairwise(whole):
        at = a.at + (b.at - a.at) / 2
        there, here = place_on(whole, at), place_on(short, at)
        assert abs(there[0] - here[0]) <= near[0]
        assert abs(there[1] - here[1]) <= near[1]
        assert there[2] is here[2]
    assert {p.at for p in short} <= {p.at for p in whole}


def test_a_truck_that_goes_evenly_takes_two_points():
    assert len(thinned(a_track([(5, 8.0, 0.0, Motion.WORKING)] * 100))) == 2


def test_of_a_fix_a_second_every_third_is_shown_and_each_that_tells_of_the_blade():
    fixes = a_drive((0, 0), (100, 0), every_s=1, blade=False) + a_drive(
        (100, 0), (200, 0), start_s=100, every_s=1, blade=True
    )
    shown = sparse(fixes)
    assert len(shown) < len(fixes) / 2
    assert next(fix for fix in fixes if fix.blade) in shown
