"""A truck's track of the last hours."""

from datetime import timedelta

from data.model.evidence import Breadcrumb
from fleet.logbook.breadcrumbs import WITHOUT_SHIFT, TrackSpan, thinned, track_since
from tests import village as v

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def crumbs(*blades: bool | None) -> list[Breadcrumb]:
    """Return a fix a second."""
    return [
        Breadcrumb(v.NOW + i * SECOND, v.at_m(10.0 * i, 0.0), 10.0, blade, None, "api")
        for i, blade in enumerate(blades)
    ]


def test_a_thinned_track_keeps_its_ends_and_every_change_of_a_sensor() -> None:
    fixes = crumbs(True, True, True, False, False, True, True, True, True, True)
    kept = [fixes.index(one) for one in thinned(fixes, 3 * SECOND)]
    assert kept == [0, 3, 5, 8, 9]
    assert thinned(fixes, SECOND) == fixes
    assert thinned([], SECOND) == []


def test_a_whole_shift_is_one_that_has_begun_else_some_hours() -> None:
    shift, now = v.a_shift(), v.NOW + 4 * HOUR
    assert track_since(TrackSpan.HOUR, shift, now) == now - HOUR
    assert track_since(TrackSpan.THREE_HOURS, None, now) == now - 3 * HOUR
    assert track_since(TrackSpan.SHIFT, shift, now) == v.NOW
    assert track_since(TrackSpan.SHIFT, None, now) == now - WITHOUT_SHIFT
    assert track_since(TrackSpan.SHIFT, shift, v.NOW) == v.NOW - WITHOUT_SHIFT
