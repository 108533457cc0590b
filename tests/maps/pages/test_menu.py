"""What pages are called by their addresses."""

import pytest

from maps.pages.i18n import translator
from maps.pages.menu import knows_page, name_of_page


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/", "Board"),
        ("/?wall", "Board"),
        ("/requests/12?lang=fa", "Requests"),
        ("/followup/messages", "Messages not sent"),
        ("/training/debrief", "Debrief"),
        ("/requestsX", ""),
        ("/nowhere", ""),
    ],
)
def test_a_page_is_called_by_its_own_entry_in_the_menu_or_the_one_above(address, name):
    assert name_of_page(address, translator("en")) == name


@pytest.mark.parametrize("address", ["//evil.example/x", "/evil", "", "requests", "\\evil"])
def test_an_address_that_no_page_of_the_menu_has_is_not_followed(address):
    assert not knows_page(address)
