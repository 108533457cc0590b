"""The runs of a shift as its driver sees them: some dozens, whatever the plan has of legs."""

import gzip
import json
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from data.model import DirectedSegment, Leg, LegKind, SegmentId
from data.streets.network import StreetNetwork
from maps.guidance.driver_runs import DriverRun, driver_runs
from maps.guidance.run_groups import MOST_GROUPS, MOST_RUNS, RunGroup, run_groups
from maps.pages.i18n import translator
from maps.routes.route_steps import Surroundings
from tests import village as v
from tests.town import sample_town
from tests.village_plan import a_leg

ROUTES = Path(__file__).with_name("barfabad-routes.json.gz")
"""Three whole shifts of a plan that the optimizer made for the sample town: kind, blade, spreader,
seconds and streets (less than 0 against their line) of each leg, by machine."""


@cache
def shifts() -> dict[str, list[Leg]]:
    network, found = sample_town().network, {}
    for name, rows in json.loads(gzip.decompress(ROUTES.read_bytes())).items():
        at, legs = v.NOW, []
        for kind, blade, spreader, lasts_s, streets in rows:
            path = tuple(DirectedSegment(SegmentId(abs(one)), one > 0) for one in streets)
            ends_at = at + timedelta(seconds=lasts_s)
            leg = a_leg(
                LegKind(kind),
                path=path,
                starts_at=at,
                ends_at=ends_at,
                length_m=sum(network.segment(step.segment_id).length_m for step in path),
                blade=bool(blade),
                spreader=bool(spreader),
            )
            legs.append(leg)
            at = ends_at
        found[name] = legs
    return found


def grouped(
    legs: list[Leg], network: StreetNetwork, language: str = "en"
) -> tuple[tuple[DriverRun, ...], tuple[RunGroup, ...]]:
    t = translator(language, "UTC").plain
    runs = driver_runs(legs, Surroundings(network, [v.a_reload_site()], "Yard"), t)
    return runs, run_groups(runs, network, t)


@pytest.mark.parametrize("machine", ["برف‌روب ۲", "برف‌روب ۴"])
def test_a_whole_shift_shows_forty_to_eighty_runs(machine: str) -> None:
    runs, groups = grouped(shifts()[machine], sample_town().network)
    assert len(runs) > 500
    assert 40 <= len(groups) <= 80


def test_a_shift_of_twice_the_length_shows_at_most_eighty_of_them_in_larger_quarters() -> None:
    one, other = shifts()["برف‌روب ۲"], shifts()["برف‌روب ۴"]
    town = sample_town().network
    _, groups = grouped([*one, *other], town)
    assert len(groups) <= MOST_GROUPS < sum(len(grouped(legs, town)[1]) for legs in (one, other))
    assert max(group.runs for group in groups) <= MOST_RUNS


def test_groups_hold_each_run_once_and_in_order_with_their_whole_length() -> None:
    runs, groups = grouped(shifts()["گریدر ۱"], sample_town().network)
    assert (groups[0].first, groups[-1].last) == (runs[0].first, runs[-1].last)
    assert all(one.last + 1 == other.first for one, other in pairwise(groups))
    assert max(one.runs for one in groups) <= MOST_RUNS
    work_m = sum(run.length_m for run in runs if run.kind == LegKind.WORK)
    home = runs[-1].length_m
    assert sum(one.length_m for one in groups) == pytest.approx(work_m + home)


def test_a_quarter_is_called_by_the_streets_that_it_lies_between() -> None:
    town, legs = sample_town().network, shifts()["گریدر ۱"]
    said = [
        next(one.sentence for one in grouped(legs, town, language)[1] if one.title)
        for language in ("en", "fa", "az")
    ]
    assert said == [
        "the streets around Shahid Beheshti Boulevard and Basij Square, 13 pieces, 2 km,"
        " blade down",
        "کوچه‌های اطراف بلوار شهید بهشتی و میدان بسیج، ۱۳ بخش، ۲ کیلومتر، تیغه پایین",
        "بلوار شهید بهشتی və میدان بسیج ətrafındakı küçələr, 13 hissə, 2 km, bıçaq aşağıda",
    ]


def test_a_group_of_one_street_for_the_most_part_is_called_by_it() -> None:
    streets = v.MAIN_WEST, v.ROSE, v.MAIN_EAST, v.MILL
    _, (group,) = grouped([a_leg(segment_id=one) for one in streets], v.village())
    assert group.sentence == "Imam Street and its side streets, 4 pieces, 700 m, blade down"
    behind = *streets, v.ORCHARD
    _, (group,) = grouped([a_leg(segment_id=one) for one in behind], v.village())
    assert group.title == "the streets between Imam Street and Depot Road"


def test_work_of_another_kind_and_few_streets_are_no_group() -> None:
    salt = {"blade": False, "spreader": True}
    legs = [a_leg(segment_id=one) for one in (v.MAIN_WEST, v.ROSE, v.MAIN_EAST)]
    runs, groups = grouped([*legs, a_leg(segment_id=v.MILL, **salt)], v.village())
    assert len(runs) == len(groups) == 4


def test_a_run_by_itself_keeps_its_own_sentence() -> None:
    runs, groups = grouped([a_leg(segment_id=v.MILL), a_leg(LegKind.RELOAD)], v.village())
    assert [one.sentence for one in groups] == [run.sentence for run in runs]
    assert [one.title for one in groups] == ["", ""]
