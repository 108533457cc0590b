"""Ends as windows, and deadlines that leave time for what nobody can foresee."""

from dataclasses import replace
from datetime import timedelta
from statistics import NormalDist

import numpy as np
import pytest

from data.model.planning.paces import Pace, Scatter
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from data.policy.class_rules import PunctualityRules
from maps.routes.end_window import EndView, end_view
from routing.planning.problem_mapping import problem_from
from routing.planning.proof_mapping import proved
from routing.problem.finish_odds import FinishOdds
from tests import village as v
from tests.routing.planning.test_problem_mapping import Situation

SCATTER = Scatter(storm_sd=0.1, own_s=60.0)
JOBS = (v.a_job(1, v.MILL), v.a_job(2, v.TULIP))
HOUR = timedelta(hours=1)
POLICY = policy_from_toml(DEFAULT_POLICY)


@pytest.mark.parametrize("kept", [0.6, 0.8, 0.9, 0.99])
@pytest.mark.parametrize("due_s", [30.0, 3_600.0, 40_000.0])
def test_an_end_planned_so_soon_keeps_its_deadline_with_the_probability_of_the_policy(kept, due_s):
    odds = FinishOdds(*SCATTER, kept)
    (by_s,) = odds.planned_by_s(np.array([due_s + 500.0]), 500.0) - 500.0
    assert 0.0 < by_s < due_s
    assert NormalDist(by_s, odds.sd_s(by_s)).cdf(due_s) == pytest.approx(kept)


def test_storms_that_nobody_can_foresee_at_all_still_have_a_moment():
    odds = FinishOdds(storm_sd=0.8, own_s=0.0, kept=0.99)
    (by_s,) = odds.planned_by_s(np.array([1_000.0]), 0.0)
    assert NormalDist(by_s, 0.8 * by_s).cdf(1_000.0) == pytest.approx(0.99)


def test_half_of_the_ends_in_time_needs_no_room_and_a_deadline_that_is_past_stays():
    due_s = np.array([-300.0, 0.0, 7_200.0])
    assert FinishOdds(*SCATTER, 0.5).planned_by_s(due_s, 0.0) == pytest.approx(due_s)
    assert FinishOdds(*SCATTER, 0.9).planned_by_s(due_s, 0.0)[:2].tolist() == [-300.0, 0.0]


def test_a_window_grows_with_the_time_ahead_and_ends_when_the_policy_is_sure():
    odds = FinishOdds(*SCATTER, 0.9)
    soon, late = (end_view(v.NOW + hours * HOUR, v.NOW, odds) for hours in (1, 6))
    assert late.latest_at - late.earliest_at > 3 * (soon.latest_at - soon.earliest_at)
    over_s = (soon.latest_at - v.NOW - HOUR).total_seconds()
    assert NormalDist(0.0, odds.sd_s(3600.0)).cdf(over_s) == pytest.approx(0.9, abs=1e-4)
    assert soon.kept_pct == 90.0


def test_an_end_that_is_past_is_sure_and_one_of_which_nothing_was_learned_is_not_told():
    past = v.NOW - HOUR
    assert end_view(past, v.NOW, FinishOdds(*SCATTER, 0.9)) == EndView(past, past, 90.0)
    assert end_view(past, v.NOW, None) is None


def test_plans_are_searched_against_the_sooner_moment_and_told_against_the_deadline():
    policy = replace(POLICY, punctuality=PunctualityRules(90.0))
    usual = problem_from(Situation(JOBS, policy=policy))
    found = problem_from(Situation(JOBS, policy=policy, pace=Pace(scatter=SCATTER)))
    assert (found.problem.due_s < usual.problem.due_s).all()
    assert found.due_s.tolist() == usual.due_s.tolist() == usual.problem.due_s.tolist()


def test_what_is_proved_late_is_late_for_the_deadline_itself():
    due_at = v.NOW + timedelta(minutes=2)
    hurried = tuple(replace(job, due_at=due_at) for job in JOBS)
    policy = replace(POLICY, punctuality=PunctualityRules(99.0))
    scatter = Scatter(storm_sd=0.5, own_s=600.0)
    sure = proved(problem_from(Situation(hurried, policy=policy, pace=Pace(scatter=scatter))))
    assert sure == proved(problem_from(Situation(hurried, policy=policy)))
    assert {one.due_at for one in sure} <= {due_at}
