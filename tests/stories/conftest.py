"""Stories run against the same village server as the tests of the API."""

from tests.api.conftest import (
    app,
    city_folder,
    client,
    clock,
    dispatcher,
    drawn_city,
    settings,
    sign_in,
    solved,
    storm,
)

__all__ = [
    "app",
    "city_folder",
    "client",
    "clock",
    "dispatcher",
    "drawn_city",
    "settings",
    "sign_in",
    "solved",
    "storm",
]
