"""From the village's jobs to a plan of streets and times."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from statistics import mean

from data.model import (
    Depot,
    Directions,
    Job,
    JobId,
    LegKind,
    PlanId,
    Present,
    ReloadSite,
    SegmentId,
    ServiceClass,
    Shift,
    Storm,
    Treatment,
    Vehicle,
)
from data.model.planning.paces import AS_ASSUMED, Pace
from data.policy.city_policy import DEFAULT_POLICY, Policy, policy_from_toml
from data.streets.network import StreetNetwork
from routing.check.referee import violations
from routing.planning.problem_mapping import plan_from, problem_from
from routing.problem.stopping import MaxIterations
from routing.search.solver import solve
from tests import village as v


@dataclass(frozen=True)
class Situation:
    jobs: tuple[Job, ...]
    shifts: tuple[Shift, ...] = (v.a_shift(),)
    vehicles: tuple[Vehicle, ...] = (v.a_vehicle(), v.a_vehicle(2))
    network: StreetNetwork = field(default_factory=v.village)
    storm: Storm = field(default_factory=v.a_storm)
    policy: Policy = field(default_factory=lambda: policy_from_toml(DEFAULT_POLICY))
    depots: tuple[Depot, ...] = (v.a_depot(),)
    reload_sites: tuple[ReloadSite, ...] = (v.a_reload_site(),)
    parent_id: PlanId | None = None
    present: Present = field(default_factory=Present)
    pace: Pace = AS_ASSUMED
    now = v.NOW


def planned(*jobs, **changes):
    """A plan for the jobs that the referee lets through."""
    mapped = problem_from(Situation(jobs, **changes))
    solution = solve(mapped.problem, MaxIterations(400))
    assert violations(mapped.problem, solution) == []
    return plan_from(mapped, solution)


def work_of(plan):
    return [leg for route in plan.routes for leg in route.legs if leg.kind is LegKind.WORK]


def test_a_street_is_plowed_once_in_each_direction_for_each_pass():
    plan = planned(v.a_job(1, v.MILL, passes=2))
    done = sorted((leg.path[0].forward, leg.pass_index) for leg in work_of(plan))
    assert done == [(False, 0), (False, 1), (True, 0), (True, 1)]
    assert all(leg.blade and not leg.spreader for leg in work_of(plan))
    assert plan.unserved == ()


def test_a_one_way_street_is_served_only_as_its_signs_allow():
    plan = planned(v.a_job(1, v.ROSE))
    assert [leg.path[0].forward for leg in work_of(plan)] == [True]


def test_legs_follow_each_other_in_space_and_time():
    plan = planned(*(v.a_job(i, i) for i in range(1, 12)))
    village = v.village()
    legs = plan.routes[0].legs
    streets = [directed for leg in legs for directed in leg.path]
    ends = [
        (s.start, s.end) if directed.forward else (s.end, s.start)
        for directed in streets
        for s in (village.segment(directed.segment_id),)
    ]
    assert ends[0][0] == ends[-1][1] == 8
    assert all(a[1] == b[0] for a, b in pairwise(ends))
    assert all(a.ends_at == b.starts_at for a, b in pairwise(legs))
    assert all(leg.starts_at < leg.ends_at for leg in legs)


def test_salt_is_taken_from_the_hopper_and_reloaded():
    small = v.a_vehicle(hopper_kg=60.0)
    jobs = [v.a_job(i, i, treatment=Treatment.SALT) for i in (2, 4, 6)]
    plan = planned(*jobs, vehicles=(small,))
    kinds = [leg.kind for leg in plan.routes[0].legs]
    loads = [leg.load_kg for leg in plan.routes[0].legs if leg.kind is not LegKind.DRIVE]
    assert LegKind.RELOAD in kinds
    assert 0 <= min(loads) <= max(loads) <= 60.0
    assert all(leg.spreader and not leg.blade for leg in work_of(plan))


def test_a_machine_too_wide_for_an_alley_leaves_it_for_want_of_a_vehicle():
    wide = v.a_vehicle(min_street_m=5.0)
    plan = planned(v.a_job(1, v.ORCHARD), v.a_job(2, v.BLIND), vehicles=(wide,))
    assert [(left.job_id, left.reason) for left in plan.unserved] == [(2, "no_vehicle")]
    assert {leg.job_ids for leg in work_of(plan)} == {(JobId(1),)}


def test_a_job_against_the_one_way_is_unreachable():
    plan = planned(v.a_job(1, v.ROSE, directions=Directions.BACKWARD))
    assert [left.reason for left in plan.unserved] == ["unreachable"]


def test_a_shift_that_is_nearly_over_says_that_time_is_lacking():
    over = v.a_shift(ends_at=v.NOW + timedelta(minutes=6))
    plan = planned(*(v.a_job(i, i) for i in range(1, 10)), shifts=(over,))
    assert {left.reason for left in plan.unserved} == {"time"}
    assert all(leg.ends_at <= over.ends_at for leg in plan.routes[0].legs)


def test_a_slow_machine_arrives_later_than_a_fast_one():
    fast = planned(v.a_job(1, v.TULIP))
    slow = planned(v.a_job(1, v.TULIP), vehicles=(v.a_vehicle(drive_speed_mps=2.0),))
    assert slow.routes[0].legs[0].ends_at > fast.routes[0].legs[0].ends_at


def test_every_shift_has_a_route_and_two_trucks_share_urgent_work():
    shifts = (v.a_shift(1, 1), v.a_shift(2, 2))
    jobs = [v.a_job(i, i, passes=6) for i in range(1, 10)]
    plan = planned(*jobs, shifts=shifts)
    assert [route.shift_id for route in plan.routes] == [1, 2]
    assert all(route.legs for route in plan.routes)


def test_main_streets_come_before_others():
    def class_of(segment_id):
        return ServiceClass("P1") if segment_id <= 2 else ServiceClass("P3")

    jobs = [
        v.a_job(i, i, service_class=class_of(i), weight=8.0 if i <= 2 else 2.0)
        for i in range(1, 10)
    ]
    ends = {True: [], False: []}
    for leg in work_of(planned(*jobs)):
        ends[leg.job_ids[0] <= 2].append((leg.ends_at - v.NOW).total_seconds())
    assert mean(ends[True]) < mean(ends[False])


def test_the_plan_says_which_streets_it_was_made_for():
    plan = planned(v.a_job(1, v.MILL), parent_id=PlanId(7))
    assert plan.network_version == v.village().version
    assert (plan.parent_id, plan.made_at, plan.storm_id) == (7, v.NOW, 1)
    assert plan.bound <= plan.cost.total
    assert SegmentId(v.MILL) in {d.segment_id for leg in work_of(plan) for d in leg.path}
