from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvalidError
from data.model import RequestKind, ServiceClass
from data.policy.city_policy import DEFAULT_POLICY, policy_from_toml, toml_from_policy
from data.policy.sla_rules import FollowUpRules

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
POLICY = policy_from_toml(DEFAULT_POLICY)


def rules(section: str) -> FollowUpRules:
    start = DEFAULT_POLICY.index("# What happens to a request")
    return policy_from_toml(DEFAULT_POLICY[:start] + section).followup


def test_a_policy_from_before_says_nothing_of_it_and_gets_the_usual_rules() -> None:
    assert rules("") == FollowUpRules()


def test_each_part_may_be_left_out() -> None:
    found = rules("[followup]\ntell_min = 45\n[followup.done_h.tree]\nP1 = 2\n")
    assert found.tell == timedelta(minutes=45)
    assert found.place == FollowUpRules().place
    assert found.done == {RequestKind.TREE: {ServiceClass("P1"): 2 * HOUR}}


def test_the_class_counts_where_no_target_is_set_and_danger_before_both() -> None:
    found = rules("[followup]\ndanger_h = 1\n[followup.done_h.tree]\nP1 = 2\n")
    tree, p1, p2 = RequestKind.TREE, ServiceClass("P1"), ServiceClass("P2")
    assert found.work_target(tree, p1, DAY, danger=False) == 2 * HOUR
    assert found.work_target(tree, p2, DAY, danger=False) == DAY
    assert found.work_target(tree, p1, DAY, danger=True) == HOUR


def test_a_photo_is_of_the_street_within_the_metres_of_the_policy() -> None:
    found = rules("[followup]\nspot_m = 60\n")
    assert [found.on_the_spot(away_m) for away_m in (60.0, 60.1, None)] == [True, False, None]


@pytest.mark.parametrize(
    "section",
    [
        "[followup]\nplace_min = 0\n",
        "[followup]\nplace = 30\n",
        "[followup]\nspot_m = 1\n",
        '[followup]\nshifts = ["7 o\'clock"]\n',
        '[followup]\nshifts = ["15:00", "07:00"]\n',
        "[followup.done_h.lawn]\nP1 = 2\n",
        "[followup.done_h.tree]\nP5 = 2\n",
        "[followup.done_h.tree]\nP1 = -2\n",
    ],
)
def test_what_is_misspelt_or_impossible_is_refused(section: str) -> None:
    with pytest.raises(InvalidError, match="followup"):
        rules(section)


minutes = st.integers(1, 24 * 60).map(lambda number: timedelta(minutes=number))
quarters = st.integers(1, 4 * 168).map(lambda number: number * HOUR / 4)


@settings(max_examples=50)
@given(
    st.builds(
        FollowUpRules,
        place=minutes,
        tell=minutes,
        escalate=minutes,
        danger=quarters,
        spot_m=st.integers(10, 5000).map(float),
        done=st.dictionaries(
            st.sampled_from(RequestKind),
            st.dictionaries(st.sampled_from(list(POLICY.rules)), quarters, min_size=1),
        ),
        shifts=st.lists(
            st.times().map(lambda at: time(at.hour, at.minute)), min_size=1, unique=True
        )
        .map(sorted)
        .map(tuple),
    )
)
def test_rules_that_are_written_are_read_again(wanted: FollowUpRules) -> None:
    policy = replace(POLICY, followup=wanted)
    assert policy_from_toml(toml_from_policy(policy)).followup == wanted
