"""What pages are called by their addresses."""

import pytest

from maps.pages.i18n import translator
from maps.pages.menu import name_of_page


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
