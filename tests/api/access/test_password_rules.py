import pytest

from api.access.password_rules import PASSWORD_LETTERS, checked_password, common_passwords
from data.errors import PasswordFault, WeakPasswordError
from maps.pages.error_texts import message_of
from maps.pages.i18n import translator

NAMES = ("sara", "Urmia")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("7letter", "short"),
        ("12345678", "common"),
        ("password1", "common"),
        ("qwerty123", "common"),
        ("QWERTYUIOP", "common"),
        ("۱۲۳۴۵۶۷۸", "common"),
        ("حشسسصخقی", "common"),  # "password" on a Persian keyboard
        ("sara-sara-sara", "names"),
        ("Urmia2026!", "names"),
        ("urmia.barfrub", "names"),
        ("Dispatcher99", "names"),
        ("برف‌روب۱۲۳", "names"),
        ("salam1234", "names"),
        ("Alireza@1365", "names"),
        ("سلام۱۳۶۵", "names"),
        ("sghl1365", "names"),  # "سلام" on a Latin keyboard
        ("hdvhk1400", "names"),  # "ایران"
        ("hvlrdhvlrd", "keys"),
        ("kq7.kq7.kq7.", "keys"),
        ("09141234567", "keys"),
        ("1365/04/21", "keys"),
        ("13650421", "keys"),
        ("qwe321asd!", "keys"),
        ("poiuytre9", "keys"),
        ("1qaz2wsx3edc4", "keys"),
    ],
)
def test_what_is_guessed_first_is_no_password(password: str, fault: str) -> None:
    with pytest.raises(WeakPasswordError) as caught:
        checked_password("password", password, *NAMES)
    assert caught.value.fault == fault
    assert password not in str(caught.value)


@pytest.mark.parametrize("language", ["en", "fa", "az"])
def test_why_a_password_is_refused_is_told_in_every_language(language: str) -> None:
    told = {
        message_of(WeakPasswordError("password", fault), translator(language))
        for fault in PasswordFault
    }
    assert len(told) == len(PasswordFault)


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
