from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from data.model import LonLat, Position
from fleet.logbook.activities import Activity, Spell, spells_of
from fleet.logbook.trips import Doing, VehicleLog, duty_of, log_of
from fleet.matching.map_matching import StreetMatcher
from fleet.tracking.geofences import site_at, sites_of
from tests import village as v
from tests.fleet.drives import a_drive, a_fix

HOUR = timedelta(hours=1)
SITES = sites_of([v.a_depot(radius_m=40.0)], [v.a_reload_site(radius_m=40.0)])
DEPOT, HEAP = (600.0, 0.0), (600.0, -80.0)
MATCHER = StreetMatcher(v.village())


def standing(
    place_m: tuple[float, float], start_s: float, lasts_s: float, **changes: Any
) -> list[Position]:
    """Return the fixes of a truck that stands, its receiver trembling like real ones."""
    noise = np.random.default_rng(int(start_s))
    facts = {"every_s": 5.0, "noise_m": 6.0} | changes
    every_s, noise_m = facts.pop("every_s"), facts.pop("noise_m")
    return [
        a_fix(v.at_m(*(place_m + noise.normal(0.0, noise_m, 2)).tolist()), seconds, **facts)
        for seconds in np.arange(start_s, start_s + lasts_s, every_s).tolist()
    ]


def spells(fixes: Sequence[Position]) -> list[Spell]:
    return spells_of(fixes, MATCHER, v.village(), v.NOW, v.NOW + HOUR)


def log(fixes: Sequence[Position]) -> VehicleLog:
    return log_of(spells(fixes), SITES, v.NOW, v.NOW + HOUR)


def told(fixes: Sequence[Position]) -> list[tuple[Doing, str]]:
    return [(entry.doing, entry.site) for entry in log(fixes).entries]


def minutes(seconds: float) -> float:
    return seconds / 60


def a_morning() -> list[Position]:
    """Return a truck that leaves the yard, plows Main Street, stops, and comes home."""
    return [
        *standing(DEPOT, 0, 600),
        *a_drive(DEPOT, (400, 0), start_s=600, noise_m=2.0),
        *a_drive((400, 0), (0, 0), start_s=630, noise_m=2.0, blade=True),
        *standing((0, 0), 690, 480, blade=False),
        *a_drive((0, 0), DEPOT, start_s=1170, noise_m=2.0, blade=False),
        *standing(DEPOT, 1260, 600),
    ]


def test_a_morning_is_told_line_by_line() -> None:
    assert told(a_morning()) == [
        (Doing.YARD, "Depot"),
        (Doing.DRIVE, ""),
        (Doing.WORK, ""),
        (Doing.STOP, ""),
        (Doing.DRIVE, ""),
        (Doing.YARD, "Depot"),
    ]


def test_metres_come_from_the_streets_and_not_from_a_trembling_receiver() -> None:
    figures = log(a_morning()).figures
    assert figures.sums.work_m == pytest.approx(400, abs=30)
    assert figures.sums.drive_m == pytest.approx(800, abs=60)
    still = [*standing((200, 0), 0, 1800, every_s=1.0, noise_m=8.0)]
    assert log(still).figures.sums.moved_m == 0


def test_lines_follow_each_other_and_times_add_up() -> None:
    entries = log(a_morning()).entries
    assert all(a.ends_at == b.starts_at for a, b in pairwise(entries))
    whole_s = sum(one.sums.work_s + one.sums.drive_s + one.sums.stand_s for one in entries)
    assert whole_s == sum(entry.seconds for entry in entries) == 1855


def test_a_trip_goes_from_stop_to_stop() -> None:
    there, back = log(a_morning()).trips
    assert there.sums.moved_m == pytest.approx(600, abs=40)
    assert there.sums.work_m == pytest.approx(400, abs=30)
    assert back.starts_at - there.ends_at == pytest.approx(
        timedelta(seconds=480), abs=timedelta(seconds=30)
    )


@pytest.mark.parametrize(("lasts_s", "stops"), [(100, 0), (170, 0), (200, 1), (600, 1)])
def test_only_a_long_stand_is_a_stop(lasts_s: float, stops: int) -> None:
    fixes = [
        *a_drive((0, 0), (200, 0)),
        *standing((200, 0), 30, lasts_s, noise_m=2.0),
        *a_drive((200, 0), (400, 0), start_s=30 + lasts_s),
    ]
    assert log(fixes).figures.visits[Doing.STOP] == stops


def test_slow_work_is_no_stop() -> None:
    crawl = a_drive((0, 0), (400, 0), speed_mps=1.2, every_s=2.0, noise_m=2.0, blade=True)
    figures = log(crawl).figures
    assert figures.visits[Doing.STOP] == 0
    assert figures.sums.work_m == pytest.approx(400, abs=20)
    assert figures.sums.stand_s == 0


def test_an_engine_that_tells_of_itself_idles_as_told() -> None:
    stop = [
        *a_drive((0, 0), (200, 0)),
        *standing((200, 0), 30, 300, attributes={"ignition": True}),
        *standing((200, 0), 330, 900, attributes={"ignition": False}),
    ]
    (entry,) = [one for one in log(stop).entries if one.doing is Doing.STOP]
    assert minutes(entry.idle_s) == pytest.approx(5, abs=0.2)
    assert minutes(entry.seconds) == pytest.approx(20, abs=0.2)


def test_without_word_of_the_engine_a_stop_idles_but_not_in_the_yard() -> None:
    figures = log(a_morning()).figures
    assert minutes(figures.idle_s) == pytest.approx(8, abs=0.5)


def test_a_heap_is_a_reload_and_driving_about_it_ends_no_visit() -> None:
    fixes = [
        *a_drive(DEPOT, HEAP),
        *standing(HEAP, 15, 240, noise_m=2.0),
        *a_drive(HEAP, (600, -50), HEAP, start_s=255, speed_mps=3.0),
        *standing(HEAP, 280, 300, noise_m=2.0),
    ]
    figures = log(fixes).figures
    assert (figures.visits[Doing.RELOAD], figures.visits[Doing.YARD]) == (1, 0)
    assert minutes(figures.stood_s[Doing.RELOAD]) == pytest.approx(9.3, abs=0.3)


@pytest.mark.parametrize(("spreader", "doing"), [(True, Doing.RELOAD), (False, Doing.YARD)])
def test_a_yard_with_a_heap_is_a_reload_for_who_has_spread(spreader: bool, doing: Doing) -> None:
    both = sites_of([v.a_depot()], [v.a_reload_site(location=v.node_at(8))])
    fixes = [
        *a_drive((0, 0), (400, 0), spreader=spreader, rate_gm2=20.0),
        *a_drive((400, 0), (500, 0), start_s=55, spreader=False),
        *a_drive((500, 0), DEPOT, start_s=75, spreader=False),
        *standing(DEPOT, 90, 600, spreader=False),
    ]
    entries = log_of(spells(fixes), both, v.NOW, v.NOW + HOUR).entries
    assert entries[-1].doing is doing


def test_a_yard_may_be_drawn() -> None:
    corners = tuple(v.at_m(*corner) for corner in ((580, -20), (620, -20), (620, 20), (580, 20)))
    (yard,) = sites_of([v.a_depot(polygon=corners, radius_m=500.0)], [])
    assert site_at([yard], v.at_m(590, 10)) == yard
    assert site_at([yard], v.at_m(560, 0)) is None


def test_of_grounds_that_overlap_the_nearest_counts() -> None:
    wide = sites_of([v.a_depot(radius_m=300.0)], [v.a_reload_site(radius_m=300.0)])
    nearest = site_at(wide, v.at_m(600, -70))
    assert nearest is not None
    assert nearest.name == "Salt heap"


def test_a_tracker_that_sleeps_where_it_stands_tells_of_one_stop() -> None:
    fixes = [
        *a_drive((0, 0), (200, 0)),
        *standing((200, 0), 30, 120, noise_m=2.0),
        *standing((200, 0), 1500, 120, noise_m=2.0),
        *a_drive((200, 0), (400, 0), start_s=1620),
    ]
    figures = log(fixes).figures
    assert figures.visits[Doing.STOP] == 1
    assert minutes(figures.stood_s[Doing.STOP]) == pytest.approx(26.5, abs=0.5)
    assert minutes(figures.idle_s) == pytest.approx(4, abs=0.5)


def test_a_truck_that_went_on_unheard_is_silent_and_its_way_unknown() -> None:
    fixes = [*a_drive((0, 0), (200, 0)), *a_drive((200, 150), (0, 150), start_s=900)]
    assert [doing for doing, _ in told(fixes)] == [Doing.DRIVE, Doing.SILENT, Doing.DRIVE]
    assert log(fixes).figures.sums.moved_m == pytest.approx(400, abs=30)


def test_material_is_what_the_spreader_counts_else_rate_times_area() -> None:
    salting: dict[str, Any] = {"spreader": True, "noise_m": 1.0}
    area_m2 = 400 * 3.5
    by_rate = log(a_drive((0, 0), (400, 0), rate_gm2=20.0, **salting)).figures.sums
    assert by_rate.rated_kg["salt"] == pytest.approx(area_m2 * 0.02, rel=0.06)
    silent = log(a_drive((0, 0), (400, 0), material="sand", **salting)).figures.sums
    assert silent.spread_m2["sand"] == pytest.approx(area_m2, rel=0.06)
    counting = [
        a_fix(
            fix.location, 5.0 * i, spreader=True, rate_gm2=20.0, attributes={"spread_kg": 7.0 * i}
        )
        for i, fix in enumerate(a_drive((0, 0), (400, 0)))
    ]
    counted = log(counting).figures.sums
    assert counted.counted_kg["salt"] == 7.0 * (len(counting) - 1)
    assert not counted.rated_kg


def test_a_count_that_was_set_back_takes_nothing_away() -> None:
    counts = [100.0, 107.0, 0.0, 7.0]
    fixes = [
        a_fix(v.at_m(40.0 * i, 0), 5.0 * i, spreader=True, attributes={"spread_kg": kg})
        for i, kg in enumerate(counts)
    ]
    assert log(fixes).figures.sums.counted_kg == {"salt": 14.0}


def test_hours_of_service_end_with_the_last_move_and_leave_breaks_out() -> None:
    fixes = [
        *standing(DEPOT, 0, 300),
        *a_drive(DEPOT, (0, 0), start_s=300),
        *standing((0, 0), 375, 1200),
        *a_drive((0, 0), (400, 0), start_s=1575, blade=True),
        *standing((400, 0), 1625, 240),
        *a_drive((400, 0), DEPOT, start_s=1865),
        *standing(DEPOT, 1890, 1500),
    ]
    duty = duty_of(log(fixes).entries, v.NOW, v.NOW + HOUR)
    assert duty.first_at is not None
    assert duty.last_at is not None
    assert duty.first_at - v.NOW == pytest.approx(timedelta(seconds=300), abs=timedelta(seconds=15))
    assert minutes(duty.break_s) == pytest.approx(20, abs=0.5)
    assert minutes(duty.service_s) == pytest.approx(6.5, abs=0.7)
    assert minutes(duty.longest_s) == pytest.approx(5.2, abs=0.7)
    assert minutes(duty.work_s) == pytest.approx(0.8, abs=0.2)


def test_a_time_takes_its_share_of_what_goes_beyond_it() -> None:
    found = spells(a_morning())
    whole = log_of(found, SITES, v.NOW, v.NOW + HOUR).figures.sums
    middle = v.NOW + timedelta(seconds=650)
    parts = [
        log_of(found, SITES, a, b).figures.sums
        for a, b in ((v.NOW, middle), (middle, v.NOW + HOUR))
    ]
    assert sum(part.moved_m for part in parts) == pytest.approx(whole.moved_m)
    assert sum(part.stand_s for part in parts) == pytest.approx(whole.stand_s)


def test_nothing_heard_is_nothing_told() -> None:
    assert spells([]) == []
    assert spells([a_fix(v.at_m(0, 0))]) == []
    figures = log([]).figures
    assert figures.first_moved_at is None
    assert not figures.knows_work


def test_a_stand_lies_in_the_middle_of_its_fixes() -> None:
    (spell,) = spells(standing((100, 0), 0, 600))
    assert spell.activity is Activity.STAND
    middle: LonLat = v.at_m(100, 0)
    assert abs(spell.place.lon - middle.lon) < 3e-5
    assert abs(spell.place.lat - middle.lat) < 3e-5
