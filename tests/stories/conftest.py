"""Stories run against the same village server as the tests of the API."""

from tests.api.conftest import (
    city_folder,
    client,
    clock,
    drawn_city,
    password_hash,
    settings,
    sign_in,
)

__all__ = [
    "city_folder",
    "client",
    "clock",
    "drawn_city",
    "password_hash",
    "settings",
    "sign_in",
]
