from dataclasses import replace

from data.model import JobId, ServiceClass, Treatment, Unserved, Vehicle
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml
from fleet.work.left_undone import Lack, LeftUndone, left_undone
from tests import village as v
from tests.maps.plans import a_plan

POLICY = policy_from_toml(DEFAULT_POLICY)
SALT_JOB = v.a_job(3, v.MAIN_WEST, treatment=Treatment.SALT)
ALLEY_JOB = v.a_job(7, v.BACK, service_class=ServiceClass("P3"))


def groups(*reasons: tuple[int, str], vehicles: list[Vehicle]) -> list[LeftUndone]:
    """Return what a plan with trucks 1 and 2 leaves undone."""
    plan = a_plan(unserved=tuple(Unserved(JobId(job), reason) for job, reason in reasons))
    jobs = [SALT_JOB, ALLEY_JOB, v.a_job(8, v.BLIND, service_class=ServiceClass("P3"))]
    return list(left_undone(plan, jobs, vehicles, v.village(), POLICY))


def machine(number: int, **changes) -> Vehicle:
    return replace(v.a_vehicle(number, capabilities=(Treatment.PLOW,)), **changes)


def test_streets_too_narrow_say_how_wide_they_are_and_which_machine_out_of_the_plan_fits():
    trucks = [machine(1, min_street_m=5.0), machine(2, min_street_m=4.5)]
    mini, wide = machine(3, min_street_m=3.0), machine(4, min_street_m=4.0)
    (found,) = groups((7, "no_vehicle"), (8, "no_vehicle"), vehicles=[*trucks, mini, wide])
    assert (found.lack, found.needed, found.best) == (Lack.WIDTH, 3.5, 4.5)
    assert (found.jobs, set(found.segment_ids)) == (2, {v.BACK, v.BLIND})
    assert found.segment_ids[0] == v.BACK
    assert found.others == (mini,)


def test_work_that_no_machine_is_equipped_for_says_so():
    spreader = machine(3, capabilities=(Treatment.SALT,), hopper_kg=5000.0)
    (found,) = groups((3, "no_vehicle"), vehicles=[machine(1), machine(2), spreader])
    assert (found.lack, found.treatment) == (Lack.EQUIPMENT, Treatment.SALT)
    assert found.others == (spreader,)


def test_a_machine_that_fits_and_was_kept_off_lacks_permission():
    (found,) = groups((7, "no_vehicle"), vehicles=[machine(1, min_street_m=3.0), machine(2)])
    assert found.lack is Lack.PERMISSION


def test_a_hopper_too_small_says_how_large_it_must_be():
    small = machine(1, capabilities=(Treatment.SALT,), hopper_kg=1.0)
    large = machine(3, capabilities=(Treatment.SALT,), hopper_kg=5000.0)
    (found,) = groups((3, "capacity"), vehicles=[small, large])
    assert found.lack is Lack.HOPPER
    assert found.needed == POLICY.salt_kg(v.village().segment(v.MAIN_WEST)) > found.best == 1.0
    assert found.others == (large,)


def test_a_large_hopper_that_fits_none_of_the_streets_is_not_the_largest():
    small = machine(1, capabilities=(Treatment.SALT,), hopper_kg=1.0, min_street_m=1.0)
    wide = machine(2, capabilities=(Treatment.SALT,), hopper_kg=5000.0, min_street_m=99.0)
    (found,) = groups((3, "capacity"), vehicles=[small, wide])
    assert (found.lack, found.best) == (Lack.HOPPER, 1.0)


def test_a_hopper_that_is_large_enough_lacks_nothing():
    (found,) = groups((3, "capacity"), vehicles=[machine(1, capabilities=(Treatment.SALT,))])
    assert found.lack is Lack.NOTHING


def test_shifts_that_are_over_ask_for_no_machine_and_classes_come_in_order():
    found = groups((7, "time"), (3, "time"), vehicles=[machine(1), machine(3)])
    assert [(each.service_class, each.lack) for each in found] == [("P1", ""), ("P3", "")]
    assert found[0].others == ()


def test_a_street_that_the_network_no_longer_has_is_left_out():
    gone = v.a_job(9, 999)
    plan = a_plan(unserved=(Unserved(JobId(9), "time"),))
    assert left_undone(plan, [gone], [], v.village(), POLICY) == ()
