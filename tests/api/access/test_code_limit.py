from concurrent.futures import ThreadPoolExecutor

import pytest

from api.access.auth import TooManyError
from api.access.code_limit import (
    BY_ACCOUNT,
    BY_ADDRESS,
    BY_ADDRESS_SLOWLY,
    BY_UNKNOWN_ADDRESS,
    OF_ALL,
    CodeLimit,
    SignInLimit,
    failures,
    memory_counts,
)
from tests.seconds import Seconds

FIVE_MINUTES_S = 300.0
HOUR_S = 3600.0


def guesses(limit: CodeLimit, address: str, most: int = 100) -> int:
    """Return how many wrong codes an address gets in at one moment."""
    for count in range(most):
        try:
            limit.enter(address)
        except TooManyError:
            return count
    return most


def signs_in(limit: SignInLimit, login: str, address: str) -> bool:
    """Whether a password of this name would be compared."""
    try:
        limit.enter(login, address)
    except TooManyError:
        return False
    return True


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def limit(clock: Seconds) -> CodeLimit:
    return CodeLimit(memory_counts(clock_s=clock))


def test_an_address_may_mistype_some_times_and_again_later(
    limit: CodeLimit, clock: Seconds
) -> None:
    for second in range(int(BY_ADDRESS.burst)):
        clock.now_s = second
        limit.enter("10.0.0.1")
    clock.now_s = 60.0
    with pytest.raises(TooManyError):
        limit.enter("10.0.0.1")
    limit.enter("10.0.0.2")
    clock.now_s = FIVE_MINUTES_S + 1
    limit.enter("10.0.0.1")


def test_an_address_that_guesses_for_hours_gets_slower(limit: CodeLimit, clock: Seconds) -> None:
    let_in = []
    for minute in range(120):
        clock.now_s = minute * 60.0
        let_in.append(guesses(limit, "10.0.0.1"))
    first, later = sum(let_in[:60]), sum(let_in[60:])
    assert BY_ADDRESS_SLOWLY.burst <= first <= BY_ADDRESS_SLOWLY.burst + 5
    assert later <= 5


def test_thirty_addresses_that_guess_hold_up_no_driver(limit: CodeLimit, clock: Seconds) -> None:
    limit.enter("the yard")
    limit.succeeded("the yard")
    for minute in range(60):
        clock.now_s = minute * 60.0
        for number in range(40):
            guesses(limit, f"guesser {number}")
    clock.now_s = HOUR_S
    assert guesses(limit, "the yard") == int(BY_ADDRESS.burst)
    limit.enter("a phone never seen before")


def test_while_a_crowd_guesses_unknown_addresses_get_less(limit: CodeLimit, clock: Seconds) -> None:
    for number in range(int(OF_ALL.burst)):
        limit.enter(f"guesser {number}")
    clock.now_s = 1.0
    assert guesses(limit, "another guesser") == int(BY_UNKNOWN_ADDRESS.burst)
    clock.now_s = HOUR_S / 2
    assert guesses(limit, "another guesser") == int(BY_ADDRESS.burst)


def test_a_right_code_is_not_counted(limit: CodeLimit) -> None:
    for _ in range(5 * int(BY_ADDRESS_SLOWLY.burst)):
        limit.enter("the yard")
        limit.succeeded("the yard")
    assert guesses(limit, "the yard") == int(BY_ADDRESS.burst)


def test_of_parallel_guesses_no_more_are_compared_than_the_limit_says(clock: Seconds) -> None:
    limit = SignInLimit(memory_counts(clock_s=clock), by_name=failures(5))

    with ThreadPoolExecutor(16) as threads:
        let_in = threads.map(lambda _: signs_in(limit, "ali", "here"), range(200))
        assert sum(let_in) == 5


def test_guesses_from_everywhere_slow_down_a_name_but_not_where_it_signed_in_before(
    clock: Seconds,
) -> None:
    limit = SignInLimit(memory_counts(clock_s=clock))
    limit.enter("ali", "the office")
    limit.succeeded("ali", "the office")
    let_in = sum(signs_in(limit, "ali", f"guesser {number}") for number in range(60))
    assert let_in == int(BY_ACCOUNT.burst)
    assert signs_in(limit, "ali", "the office")
    assert signs_in(limit, "sara", "guesser 1")
