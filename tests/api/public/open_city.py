"""A city whose open data anybody may read, for the tests of it."""

from data.policy.city_policy import DEFAULT_POLICY
from data.store.database.engine import transaction
from fleet.setup.city_setup import set_policy
from tests.api.public.test_public_map import SYSTEM

BASE = "/open/v1"


def open_up(app, delay_min=15, *, shows_map=False):
    """Let everybody read the open data, as an administrator does with the policy's form."""
    text = DEFAULT_POLICY.replace("open_data = false", "open_data = true")
    text = text.replace("delay_min = 15", f"delay_min = {delay_min}")
    if shows_map:
        text = text.replace("\nmap = false", "\nmap = true")
    with transaction(app.engine) as tx:
        set_policy(tx, SYSTEM, text, app.network, app.clock.now())
    app.city_state.refresh()
