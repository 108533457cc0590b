"""2,000 citizens look at the public map and at their streets while dispatchers and trucks work.

As `viewers`: half of them have the map open, which asks for its streets each minute, half ask for
a street each minute. Nobody is signed in, and each has an address of his own.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from api.config.clock import Clock
from api.config.settings import Settings
from data.policy.city_policy import DEFAULT_POLICY
from data.store.database.city_database import database_of
from data.store.database.engine import transaction
from data.store.streets.network import load_network
from fleet.setup.city_setup import set_policy
from tests.benchmarks import route_check
from tests.benchmarks.board_actions import CITY, make_city
from tests.benchmarks.viewers import KINDS, SIDE, VIEWERS, looked_at, plan_of

PUBLIC_KINDS = (
    ("map", "the public map's streets, as its page asks for them", "p99 500 ms"),
    ("street", "pages of a street", "p99 500 ms"),
    ("arrivals", "page and streets of who opens the map", "p99 500 ms"),
    *(each for each in KINDS if each[0] in {"tiles", "actions", "positions"}),
)


def rows() -> Iterator[tuple[str, str, str]]:
    """Yield how long everybody's requests take, and what they cost the server."""
    with tempfile.TemporaryDirectory() as folder:
        settings, now = Settings(var=Path(folder)), Clock().now()
        make_city(settings.city_folder(CITY), now, SIDE)
        engine = database_of(settings.city_folder(CITY))
        with transaction(engine) as tx:
            shown = DEFAULT_POLICY.replace("\nmap = false", "\nmap = true")
            set_policy(tx, route_check.SYSTEM, shown, load_network(tx), now)
        engine.dispose()
        plan = replace(plan_of(settings), viewers=0, citizens=VIEWERS)
        yield from looked_at(settings, plan, PUBLIC_KINDS)
