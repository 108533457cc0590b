"""How evenly a storm was served, on cities whose figures are worked out by hand."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.model import DirectedSegment, SegmentId, ServiceClass, Storm
from data.streets.network import StreetNetwork, build_network
from fleet.reports.fairness import (
    UNKNOWN,
    Fairness,
    Kind,
    StormService,
    fairness,
    gini,
    mean_of_worst,
)
from fleet.reports.performance import late_spells, promised_lanes
from tests import village as v
from tests.snow import before_snow
from tests.village_database import POLICY

CYCLE = POLICY.rules[ServiceClass("P1")].cycle
assert CYCLE is not None
BLOCKS = 20
BLOCK_M = 150.0
STORM = v.a_storm()

shares = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def terrace(*districts: str, **changes: object) -> StreetNetwork:
    """A city of main streets in a row, all of one length: `BLOCKS` in each of the districts."""
    line = [v.at_m(BLOCK_M * number, 0) for number in range(BLOCKS * len(districts) + 1)]
    main = v.village_segments()[0]
    streets = [
        replace(
            main,
            id=SegmentId(number + 1),
            key=main.key._replace(osm_way_id=number, from_node=number, to_node=number + 1),
            start=number,
            end=number + 1,
            geometry=(line[number], line[number + 1]),
            length_m=BLOCK_M,
            district=districts[number // BLOCKS],
            **changes,
        )
        for number in range(BLOCKS * len(districts))
    ]
    return build_network(streets)


def judged(
    network: StreetNetwork,
    cleared: Iterable[int],
    asked: Iterable[int] = (),
    inhabitants: dict[str, int] | None = None,
    storm: Storm = STORM,
) -> Fairness:
    """How even it was after two cycles, with these streets cleared in time before the first end."""
    lanes = promised_lanes(network, POLICY)
    served = {
        DirectedSegment(SegmentId(number), forward): [storm.snow_at + CYCLE]
        for number in cleared
        for forward in (True, False)
    }
    service = StormService(
        lanes,
        late_spells(lanes, served, storm),
        served,
        {SegmentId(number) for number in asked},
        storm,
    )
    found = fairness(service, inhabitants or {}, storm.snow_at + 2 * CYCLE)
    assert found is not None
    return found


def group(found: Fairness, kind: Kind, name: str):
    return next(one for one in found.groups if (one.kind, one.name) == (kind, name))


def test_a_city_that_is_served_alike_has_no_gap_at_all():
    found = judged(terrace("east", "west"), cleared=range(1, 2 * BLOCKS + 1))
    assert (found.city.mean, found.city.worst, found.city.gini) == (1.0, 1.0, 0.0)
    assert found.gaps[Kind.DISTRICT].gap == 0.0


def test_of_two_districts_of_which_one_is_left_out():
    # All of the east is within its rule all the time, all of the west only for the first of two
    # cycles. Mean 3/4; two streets drawn at random differ by 1/4 on average: 1/4 / (2 * 3/4) = 1/6.
    found = judged(terrace("east", "west"), cleared=range(1, BLOCKS + 1))
    assert found.city.mean == pytest.approx(0.75)
    assert found.city.worst == pytest.approx(0.5)
    assert found.city.gini == pytest.approx(1 / 6)
    assert group(found, Kind.DISTRICT, "west").whole.gini == pytest.approx(0.0)
    gap = found.gaps[Kind.DISTRICT]
    assert (gap.best, gap.worst, gap.gap) == ("east", "west", pytest.approx(0.5))
    assert found.city.lane_m == pytest.approx(2 * BLOCKS * BLOCK_M * 2)
    assert found.city.streets == 2 * BLOCKS


def test_the_worst_tenth_is_cut_through_a_street_where_it_must_be():
    # Of 20 streets one is late half of the time: a twentieth of them. The tenth has one more.
    found = judged(terrace("east"), cleared=range(2, BLOCKS + 1))
    assert found.city.worst == pytest.approx((0.5 + 1.0) / 2)


def test_who_calls_is_told_apart_from_who_does_not():
    # Ten of the west are cleared, and just these were asked for.
    loud = range(BLOCKS + 1, BLOCKS + 11)
    found = judged(terrace("east", "west"), cleared=loud, asked=loud)
    assert found.asked is not None
    assert found.unasked is not None
    assert (found.asked.mean, found.unasked.mean) == pytest.approx((1.0, 0.5))
    assert found.gaps[Kind.DISTRICT].best == "west"
    assert found.unasked_gaps[Kind.DISTRICT].gap == pytest.approx(0.0)


def test_a_street_that_nobody_asked_for_is_in_no_figure_of_those():
    found = judged(terrace("east"), cleared=(), asked=range(1, BLOCKS + 1))
    assert found.unasked is None
    assert group(found, Kind.DISTRICT, "east").unasked is None


def test_small_parts_are_marked_and_make_no_gap():
    network = terrace("east", "west")
    few = [replace(one, district="yard") if one.id <= 3 else one for one in network.segments]
    found = judged(build_network(few), cleared=range(4, 2 * BLOCKS + 1))
    yard = group(found, Kind.DISTRICT, "yard")
    assert (yard.whole.small, yard.whole.mean) == (True, pytest.approx(0.5))
    assert found.gaps[Kind.DISTRICT].gap == pytest.approx(0.0)


def test_what_is_cleared_is_counted_each_time_and_for_each_inhabitant():
    found = judged(terrace("east", "west"), range(1, BLOCKS + 1), inhabitants={"east": 3_000})
    east, west = (group(found, Kind.DISTRICT, name) for name in ("east", "west"))
    assert east.cleared_m == pytest.approx(2 * BLOCKS * BLOCK_M)
    assert (east.cleared_m_each, west.cleared_m_each) == (pytest.approx(2.0), None)
    assert west.cleared_m == 0.0


@pytest.mark.parametrize(
    ("width_m", "name"), [(4.9, "-5"), (5.0, "5-8"), (11.9, "8-12"), (12.0, "12-")]
)
def test_streets_belong_to_a_band_of_their_width(width_m, name):
    found = judged(terrace("east", width_m=width_m), ())
    assert [one.name for one in found.groups if one.kind is Kind.WIDTH] == [name]


@pytest.mark.parametrize(
    ("incline", "name"), [("", UNKNOWN), ("steep", UNKNOWN), ("2 %", "-3"), ("-7.5%", "6-10")]
)
def test_slopes_up_and_down_are_one_and_what_nobody_measured_is_unknown(incline, name):
    found = judged(terrace("east", incline=incline), ())
    assert [one.name for one in found.groups if one.kind is Kind.SLOPE] == [name]
    assert Kind.SLOPE not in found.gaps


def test_the_hours_before_the_first_flake_are_no_time_in_which_streets_were_served():
    early = before_snow(v.NOW + 10 * CYCLE)
    assert judged(terrace("east"), (), storm=early) == judged(terrace("east"), ())
    lanes = promised_lanes(terrace("east"), POLICY)
    service = StormService(lanes, late_spells(lanes, {}, early), {}, (), early)
    assert fairness(service, {}, early.snow_at) is None


def test_before_any_time_has_gone_by_there_is_nothing_to_compare():
    lanes = promised_lanes(terrace("east"), POLICY)
    service = StormService(lanes, late_spells(lanes, {}, v.a_storm()), {}, (), v.a_storm())
    assert fairness(service, {}, v.NOW) is None
    assert fairness(service, {}, v.NOW + timedelta(seconds=1)) is not None


@given(shares, st.data())
def test_the_gini_coefficient_is_half_the_mean_difference_of_two_drawn_at_random(values, data):
    drawn = data.draw(
        st.lists(st.floats(0.1, 10), min_size=len(values), max_size=len(values)), label="weights"
    )
    value, weight = np.array(values), np.array(drawn) / sum(drawn)
    mean = float(value @ weight)
    difference = float(weight @ np.abs(value[:, None] - value) @ weight)
    wanted = difference / (2 * mean) if mean > 0 else 0.0
    assert gini(value, weight) == pytest.approx(wanted, abs=1e-9)


@given(shares)
def test_the_worst_are_never_better_off_than_all(values):
    value, weight = np.array(values), np.ones(len(values))
    means = [mean_of_worst(value, weight, part) for part in (0.1, 0.5, 1.0)]
    assert means[2] == pytest.approx(value.mean())
    assert means[0] <= means[1] + 1e-12
    assert means[1] <= means[2] + 1e-12
