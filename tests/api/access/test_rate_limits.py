import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.auth import TooManyError
from api.access.rate_limits import ALLOWANCES, MemoryRateLimiter, PublicAction, PublicLimits
from data.store.accounts.token_bucket import MINUTE_S
from tests.seconds import Seconds

HOME = "10.0.0.1"


def test_a_sender_may_come_in_a_burst_and_then_at_its_pace() -> None:
    clock, allowance = Seconds(), ALLOWANCES[PublicAction.REPORT]
    limits = PublicLimits(limiter=MemoryRateLimiter(clock_s=clock))
    for _ in range(int(allowance.burst)):
        limits.enter(PublicAction.REPORT, HOME)
    with pytest.raises(TooManyError) as refused:
        limits.enter(PublicAction.REPORT, HOME)
    clock.now_s = 1.0
    with pytest.raises(TooManyError):
        limits.enter(PublicAction.REPORT, HOME)
    clock.now_s = float(refused.value.retry_s)
    limits.enter(PublicAction.REPORT, HOME)


def test_senders_and_actions_are_counted_apart() -> None:
    limits = PublicLimits()
    for _ in range(int(ALLOWANCES[PublicAction.REPORT].burst)):
        limits.enter(PublicAction.REPORT, HOME)
    limits.enter(PublicAction.REPORT, "10.0.0.2")
    limits.enter(PublicAction.TRACK, HOME)


def test_neighbours_in_one_network_of_ipv6_are_one_sender() -> None:
    limits = PublicLimits()
    for number in range(int(ALLOWANCES[PublicAction.REPORT].burst)):
        limits.enter(PublicAction.REPORT, f"2001:db8::{number:x}")
    with pytest.raises(TooManyError):
        limits.enter(PublicAction.REPORT, "2001:db8::ffff")
    limits.enter(PublicAction.REPORT, "2001:db8:0:1::1")


def test_a_check_of_the_limit_counts_nothing() -> None:
    limits = PublicLimits()
    for _ in range(3 * int(ALLOWANCES[PublicAction.WRONG_KEY].burst)):
        limits.check(PublicAction.WRONG_KEY, HOME)
    for _ in range(int(ALLOWANCES[PublicAction.WRONG_KEY].burst)):
        limits.enter(PublicAction.WRONG_KEY, HOME)
    with pytest.raises(TooManyError):
        limits.check(PublicAction.WRONG_KEY, HOME)


def test_the_pace_is_a_setting_and_zero_lets_everybody_in() -> None:
    burst = int(ALLOWANCES[PublicAction.REPORT].burst)
    quick, open_door = PublicLimits(pace=2.0), PublicLimits(pace=0.0)
    for _ in range(2 * burst):
        quick.enter(PublicAction.REPORT, HOME)
        open_door.enter(PublicAction.REPORT, HOME)
    with pytest.raises(TooManyError):
        quick.enter(PublicAction.REPORT, HOME)
    open_door.check(PublicAction.REPORT, HOME)
    open_door.enter(PublicAction.REPORT, HOME)


def test_only_so_many_senders_are_remembered() -> None:
    limits = PublicLimits(limiter=MemoryRateLimiter(remembered=2))
    for _ in range(int(ALLOWANCES[PublicAction.REPORT].burst)):
        limits.enter(PublicAction.REPORT, HOME)
    for other in ("10.0.0.2", "10.0.0.3"):
        limits.enter(PublicAction.REPORT, other)
    limits.enter(PublicAction.REPORT, HOME)


@given(pauses_s=st.lists(st.floats(0.0, 30.0), max_size=80), door=st.sampled_from(PublicAction))
def test_nobody_gets_in_more_often_than_the_allowance_says(
    pauses_s: list[float], door: PublicAction
) -> None:
    clock, allowance, entries = Seconds(), ALLOWANCES[door], 0
    limits = PublicLimits(limiter=MemoryRateLimiter(clock_s=clock))
    for pause_s in pauses_s:
        clock.now_s += pause_s
        try:
            limits.enter(door, HOME)
        except TooManyError:
            continue
        entries += 1
    assert entries <= allowance.burst + allowance.per_minute * clock.now_s / MINUTE_S + 1e-6
