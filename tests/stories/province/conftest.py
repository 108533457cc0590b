"""Stories of several towns run against the same server as the tests of a province."""

from tests.api.province.conftest import browser, cities, reports, serve, signed_in

__all__ = ["browser", "cities", "reports", "serve", "signed_in"]
