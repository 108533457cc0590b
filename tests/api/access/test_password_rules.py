import pytest

from api.access.password_rules import PASSWORD_LETTERS, checked_password, common_passwords
from data.errors import InvalidError

NAMES = ("sara", "Urmia")


@pytest.mark.parametrize(
    "password",
    [
        "7letter",
        "password1",
        "QWERTYUIOP",
        "sara-sara-sara",
        "Urmia2026!",
        "urmia.barfrub",
        "Dispatcher99",
        "برف‌روب۱۲۳",
    ],
)
def test_what_is_guessed_first_is_no_password(password: str) -> None:
    with pytest.raises(InvalidError) as caught:
        checked_password("password", password, *NAMES)
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password",
    ["snow at dawn", "Urmia is white", "84629173650", "!#%&/()=?+", "پارو و برف", "long " * 100],
)
def test_any_letters_do_where_they_are_not_easy_to_guess(password: str) -> None:
    assert checked_password("password", password, *NAMES) == password


def test_the_list_holds_more_than_the_3000_most_common_passwords_that_are_long_enough() -> None:
    known = common_passwords()
    assert len(known) > 16_000
    assert {"12345678", "password", "iloveyou", "sunshine"} <= known
    assert all(len(each) >= PASSWORD_LETTERS and each == each.casefold() for each in known)
