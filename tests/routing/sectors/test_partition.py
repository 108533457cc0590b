import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.sectors.machines import machines_by_sector, sector_of_machines
from routing.sectors.partition import box_of, split_into_boxes

SEEDS = st.integers(0, 10_000)


@settings(max_examples=60)
@given(seed=SEEDS, tasks=st.integers(1, 200), count=st.integers(1, 9))
def test_every_task_lies_in_exactly_one_sector_and_so_does_any_that_comes_later(seed, tasks, count):
    random = np.random.default_rng(seed)
    points = np.round(random.uniform([45.0, 37.0], [45.2, 37.1], (tasks, 2)), 2)
    boxes = split_into_boxes(points, random.uniform(1.0, 90.0, tasks), [1.0] * count)
    later = random.uniform([44.0, 36.0], [46.0, 38.0], (50, 2))
    for place in (points, later):
        assert np.array([box.holds(place) for box in boxes]).sum(axis=0).tolist() == [1] * len(
            place
        )
    assert box_of(points, boxes).min() >= 0


@settings(max_examples=40)
@given(seed=SEEDS, count=st.integers(2, 9))
def test_sectors_share_out_the_work_evenly(seed, count):
    random = np.random.default_rng(seed)
    points, work_s = random.uniform(45.0, 45.2, (2_000, 2)), random.uniform(1.0, 90.0, 2_000)
    sector = box_of(points, split_into_boxes(points, work_s, [1.0] * count))
    shares = np.bincount(sector, work_s, count) / work_s.sum()
    assert np.abs(shares - 1.0 / count).max() < 0.002


def test_a_sector_with_more_machines_gets_more_of_the_work():
    points = np.random.default_rng(1).uniform(45.0, 45.2, (1_000, 2))
    sector = box_of(points, split_into_boxes(points, np.ones(1_000), [1.0, 3.0, 4.0]))
    assert np.bincount(sector).tolist() == [125, 375, 500]


def test_a_long_city_is_cut_across():
    points = np.array([[45.0 + 0.01 * n, 37.0 + 0.001 * (n % 3)] for n in range(40)])
    boxes = split_into_boxes(points, np.ones(40), [1.0] * 4)
    assert np.bincount(box_of(points, boxes)).tolist() == [10, 10, 10, 10]
    assert len({(box.south, box.north) for box in boxes}) == 1


def test_streets_at_one_place_stay_together():
    points = np.full((10, 2), 45.0)
    assert len(set(box_of(points, split_into_boxes(points, np.ones(10), [1.0] * 3)).tolist())) == 1


@settings(max_examples=60)
@given(seed=SEEDS, kinds=st.integers(1, 5), sectors=st.integers(1, 6))
def test_every_machine_is_given_to_one_sector_and_each_kind_by_its_share_of_the_work(
    seed, kinds, sectors
):
    random = np.random.default_rng(seed)
    work_s = random.uniform(0.0, 100.0, (kinds, sectors)) * (random.random((kinds, sectors)) < 0.8)
    count = random.integers(0, 20, kinds)
    shares = machines_by_sector(work_s, random.uniform(0.2, 1.0, kinds), count)
    assert shares.min() >= 0
    assert shares.sum(axis=1).tolist() == count.tolist()
    for k in np.flatnonzero(work_s.any(axis=1)):
        due = count[k] * work_s[k] / work_s[k].sum()
        assert np.abs(shares[k] - due).max() < 1.0 + 1e-6
        assert not shares[k][work_s[k] == 0.0].any()


def test_what_a_sector_lacks_of_one_kind_it_gets_of_the_next():
    shares = machines_by_sector(np.full((2, 2), 50.0), np.ones(2), np.array([3, 3]))
    assert shares.sum(axis=0).tolist() == [3, 3]


def test_machines_without_work_do_not_change_who_gets_the_others():
    work_s = np.array([[0.0, 0.0], [50.0, 50.0], [50.0, 50.0]])
    shares = machines_by_sector(work_s, np.ones(3), np.array([3, 3, 3]))
    assert shares[1:].sum(axis=0).tolist() == [3, 3]


def test_of_machines_of_one_kind_each_sector_gets_the_nearest():
    away_m = np.array([[900.0, 100.0], [100.0, 900.0], [950.0, 50.0], [50.0, 950.0]])
    kind = np.zeros(4, np.int32)
    found = sector_of_machines(np.full((1, 2), 50.0), kind, np.ones(1), away_m)
    assert found.tolist() == [1, 0, 1, 0]
