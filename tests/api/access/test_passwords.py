"""Whether a password fits its hash."""

import pytest

from api.access.auth import (
    UNKNOWN_LOGIN_HASH,
    TooManyError,
    hash_password,
    password_fits,
)

MORE_MEMORY_THAN_THERE_IS = UNKNOWN_LOGIN_HASH.replace("m=65536", f"m={2**31 - 1}")


def test_a_password_fits_its_own_hash_alone():
    hashed = hash_password("a winter night")
    tried = [password_fits(hashed, each) for each in ("a winter night", "a summer night")]
    assert tried == [True, False]


def test_nothing_fits_what_is_no_hash():
    cut_short = UNKNOWN_LOGIN_HASH.rpartition("$")[0]
    assert not any(password_fits(text, "") for text in ("", "x", cut_short))


def test_want_of_memory_is_no_wrong_password():
    with pytest.raises(TooManyError):
        password_fits(MORE_MEMORY_THAN_THERE_IS, "a winter night")
