"""Gains and their ranges, on searches and plans made by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from data.files.json_records import from_plain, to_plain
from data.model import Storm, Unserved
from data.store.database.engine import Tx
from fleet.planning.plan_preparation import Prepared
from fleet.what_if.hindsight_gain import (
    Gain,
    Hindsight,
    SearchOutcome,
    avoided_cost,
    gain_of,
    impossible_jobs,
    outcome_of,
    part_gains,
)
from fleet.what_if.hindsight_search import Searched, hindsight
from fleet.what_if.question import machines_of
from tests import village as v
from tests.fleet.what_if.conftest import LATER
from tests.fleet.what_if.test_searches import first_routes

MINUTE = 60.0
TYPE = v.a_vehicle(1).type


def a_search(done_min: float | None, late: float, in_time: float = 10.0) -> SearchOutcome:
    done_s = None if done_min is None else done_min * MINUTE
    return SearchOutcome({"P1": done_s}, {"P1": late, "P2": 1.0}, {"P1": in_time, "P2": 5.0})


def found(without: list[SearchOutcome], with_more: list[SearchOutcome]) -> Hindsight:
    return Hindsight(
        machine_type=TYPE,
        as_of=LATER,
        since=v.NOW,
        until=v.NOW + timedelta(hours=8),
        jobs=12,
        impossible=0,
        machines=2,
        without=tuple(without),
        with_more=tuple(with_more),
        hours=8.0,
        rate_h=90.0,
        currency="EUR",
    )


CLEAR = found(
    [a_search(120, 20.0, 6.0), a_search(130, 22.0, 6.5), a_search(126, 21.0, 7.0)],
    [a_search(90, 10.0, 9.0), a_search(95, 12.0, 8.0), a_search(88, 11.0, 9.5)],
)


def test_a_gain_is_of_medians_and_its_range_of_all_nine_differences() -> None:
    gain = gain_of([120.0, 130.0, 126.0], [90.0, 95.0, 88.0])
    assert gain == Gain(low=25.0, middle=36.0, high=42.0)  # 25 30 31 32 35 36 38 40 42
    assert gain.clear(1.0)


def test_a_gain_whose_range_touches_nothing_is_not_clear() -> None:
    gain = gain_of([120.0, 130.0, 126.0], [122.0, 110.0, 118.0])
    assert (gain.low, gain.high) == (-2.0, 20.0)
    assert not gain.clear(0.0)
    assert not gain_of([5.0, 5.0, 5.0], [5.0, 5.0, 5.0]).clear(1.0)


def test_each_class_and_all_of_them_have_their_gains() -> None:
    first, second, whole = part_gains(CLEAR)
    assert [first.name, second.name, whole.name] == ["P1", "P2", ""]
    assert first.done_s is not None
    assert (first.done_s.without, first.done_s.with_more) == (126 * MINUTE, 90 * MINUTE)
    assert first.done_s.gain == Gain(25 * MINUTE, 36 * MINUTE, 42 * MINUTE)
    assert first.late_km_h.gain == Gain(8.0, 10.0, 12.0)
    assert first.in_time_km.gain == Gain(1.0, 2.5, 3.5)  # more is better
    assert (second.done_s, second.late_km_h.gain) == (None, Gain(0.0, 0.0, 0.0))
    assert (whole.done_s, whole.late_km_h.without) == (None, 22.0)


def test_a_class_that_one_search_leaves_unfinished_has_no_time() -> None:
    open_end = replace(CLEAR, without=(*CLEAR.without[:2], a_search(None, 30.0)))
    assert part_gains(open_end)[0].done_s is None


def test_lateness_has_a_price_where_it_is_clearly_less() -> None:
    assert avoided_cost(CLEAR, Gain(8.0, 10.0, 12.0)) == Gain(60.0, 72.0, 90.0)
    assert avoided_cost(CLEAR, Gain(-1.0, 2.0, 5.0)) is None
    assert avoided_cost(replace(CLEAR, rate_h=0.0), Gain(8.0, 10.0, 12.0)) is None


def test_an_answer_is_kept_as_plain_values() -> None:
    assert from_plain(Hindsight, to_plain(Hindsight, CLEAR)) == CLEAR


def test_a_pass_that_is_never_done_is_late_until_the_last_shift_ends(prepared: Prepared) -> None:
    plan = first_routes(prepared, 1, None, 1.0)
    nothing = replace(plan, routes=())
    outcome = outcome_of(nothing, prepared, frozenset())
    until = max(shift.ends_at for shift in prepared.shifts)
    main = [job for job in prepared.jobs if job.service_class == "P1"]
    expected = sum(
        prepared.network.segment(job.segment_id).length_m
        / 1000
        * job.passes
        * ways(job)
        * max((until - job.due_at) / timedelta(hours=1), 0.0)
        for job in main
    )
    assert outcome.late_km_h["P1"] == pytest.approx(expected)
    assert outcome.done_s["P1"] is None
    assert outcome.in_time_km["P1"] == 0.0
    done = outcome_of(plan, prepared, frozenset())
    assert done.done_s["P1"] is not None
    assert done.late_km_h["P1"] < expected


def ways(job) -> int:
    return 2 if job.directions == "both" else 1


def test_what_no_machine_can_do_is_in_no_figure(prepared: Prepared) -> None:
    left = prepared.jobs[0]
    plan = replace(
        first_routes(prepared, 1, None, 1.0),
        unserved=(Unserved(left.id, "no_vehicle"), Unserved(prepared.jobs[1].id, "time")),
    )
    assert impossible_jobs(plan) == {left.id}
    nothing = replace(plan, routes=())
    whole, without = (
        outcome_of(nothing, prepared, one) for one in (frozenset(), impossible_jobs(plan))
    )
    name = str(left.service_class)
    assert without.late_km_h.get(name, 0.0) < whole.late_km_h[name]


def test_six_searches_answer_and_those_before_a_pause_are_not_made_again(
    tx: Tx, storm: Storm, prepared: Prepared
) -> None:
    asked: list[tuple[int, int]] = []
    searched = Searched()

    def search(situation: Prepared, seed: int):
        if len(asked) == 3:
            asked.clear()
            return None
        asked.append((seed, machines_of(situation)[TYPE]))
        return first_routes(situation, seed, None, 1.0)

    assert hindsight(prepared, TYPE, searched, search, LATER) is None
    assert len(searched.outcomes) == 3
    answer = hindsight(prepared, TYPE, searched, search, LATER)
    assert asked == [(4, 2), (5, 3), (6, 2)]
    assert answer is not None
    assert (len(answer.without), len(answer.with_more), answer.machines) == (3, 3, 2)
    served = max(shift.ends_at for shift in prepared.shifts) - prepared.now
    assert answer.hours == pytest.approx(served / timedelta(hours=1))
