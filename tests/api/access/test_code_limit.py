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
)

FIVE_MINUTES_S = 300.0
HOUR_S = 3600.0


def guesses(limit: CodeLimit, address: str, now_s: float, most: int = 100) -> int:
    """Return how many wrong codes an address gets in at one moment."""
    for count in range(most):
        try:
            limit.enter(address, now_s)
        except TooManyError:
            return count
    return most


def signs_in(limit: SignInLimit, login: str, address: str, now_s: float = 1.0) -> bool:
    """Whether a password of this name would be compared."""
    try:
        limit.enter(login, address, now_s)
    except TooManyError:
        return False
    return True


def test_an_address_may_mistype_some_times_and_again_later() -> None:
    limit = CodeLimit()
    for second in range(int(BY_ADDRESS.burst)):
        limit.enter("10.0.0.1", second)
    with pytest.raises(TooManyError):
        limit.enter("10.0.0.1", 60.0)
    limit.enter("10.0.0.2", 60.0)
    limit.enter("10.0.0.1", FIVE_MINUTES_S + 1)


def test_an_address_that_guesses_for_hours_gets_slower() -> None:
    limit = CodeLimit()
    first = sum(guesses(limit, "10.0.0.1", minute * 60.0) for minute in range(60))
    later = sum(guesses(limit, "10.0.0.1", minute * 60.0) for minute in range(60, 120))
    assert BY_ADDRESS_SLOWLY.burst <= first <= BY_ADDRESS_SLOWLY.burst + 5
    assert later <= 5


def test_thirty_addresses_that_guess_hold_up_no_driver() -> None:
    limit = CodeLimit()
    limit.enter("the yard", 0.0)
    limit.succeeded("the yard", 0.0)
    for minute in range(60):
        for number in range(40):
            guesses(limit, f"guesser {number}", minute * 60.0)
    assert guesses(limit, "the yard", HOUR_S) == int(BY_ADDRESS.burst)
    limit.enter("a phone never seen before", HOUR_S)


def test_while_a_crowd_guesses_unknown_addresses_get_less() -> None:
    limit = CodeLimit()
    for number in range(int(OF_ALL.burst)):
        limit.enter(f"guesser {number}", 0.0)
    assert guesses(limit, "another guesser", 1.0) == int(BY_UNKNOWN_ADDRESS.burst)
    assert guesses(limit, "another guesser", HOUR_S / 2) == int(BY_ADDRESS.burst)


def test_a_right_code_is_not_counted() -> None:
    limit = CodeLimit()
    for _ in range(5 * int(BY_ADDRESS_SLOWLY.burst)):
        limit.enter("the yard", 0.0)
        limit.succeeded("the yard", 0.0)
    assert guesses(limit, "the yard", 0.0) == int(BY_ADDRESS.burst)


def test_of_parallel_guesses_no_more_are_compared_than_the_limit_says() -> None:
    limit = SignInLimit(by_name=failures(5))

    with ThreadPoolExecutor(16) as threads:
        let_in = threads.map(lambda _: signs_in(limit, "ali", "here"), range(200))
        assert sum(let_in) == 5


def test_guesses_from_everywhere_slow_down_a_name_but_not_where_it_signed_in_before() -> None:
    limit = SignInLimit()
    limit.enter("ali", "the office", 0.0)
    limit.succeeded("ali", "the office", 0.0)
    let_in = sum(signs_in(limit, "ali", f"guesser {number}") for number in range(60))
    assert let_in == int(BY_ACCOUNT.burst)
    assert signs_in(limit, "ali", "the office")
    assert signs_in(limit, "sara", "guesser 1")
