import pytest

from api.access.auth import TooManyError
from api.access.code_limit import BY_ADDRESS, OF_ALL, CodeLimit

FIVE_MINUTES_S = 300.0


def test_an_address_may_mistype_some_times_and_again_later() -> None:
    limit = CodeLimit()
    for second in range(int(BY_ADDRESS.burst)):
        limit.check("10.0.0.1", second)
        limit.failed("10.0.0.1", second)
    with pytest.raises(TooManyError):
        limit.check("10.0.0.1", 60.0)
    limit.check("10.0.0.2", 60.0)
    limit.check("10.0.0.1", FIVE_MINUTES_S + 1)


def test_a_crowd_of_addresses_is_refused_together() -> None:
    limit = CodeLimit()
    for number in range(int(OF_ALL.burst)):
        limit.check(f"address {number}", 0.0)
        limit.failed(f"address {number}", 0.0)
    with pytest.raises(TooManyError):
        limit.check("a new address", 1.0)
    limit.check("a new address", FIVE_MINUTES_S + 1)
