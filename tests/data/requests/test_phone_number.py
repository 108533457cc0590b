import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.requests.phone_number import COMPARED_DIGITS, plain_number


@pytest.mark.parametrize(
    "written",
    ["0914 123 4567", "+98 914 123 4567", "0098-914-1234567", "۰۹۱۴ ۱۲۳ ۴۵۶۷", "٠٩١٤١٢٣٤٥٦٧"],
)
def test_one_number_in_many_spellings_is_one_number(written: str) -> None:
    assert plain_number(written) == "9141234567"


@pytest.mark.parametrize("written", ["", "no phone", "12", "۱۱۰"])
def test_too_few_digits_name_nobody(written: str) -> None:
    assert plain_number(written) == ""


@given(st.text())
def test_a_plain_number_stays_as_it_is(written: str) -> None:
    plain = plain_number(written)
    assert plain_number(plain) == plain
    assert len(plain) <= COMPARED_DIGITS
    assert plain.isascii()
