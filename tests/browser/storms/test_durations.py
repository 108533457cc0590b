"""A supervisor has durations learned from a storm, and puts them in force, in a browser."""

import threading

import pytest
from playwright.sync_api import expect

from api.processes.workers.plan_worker import solve_run
from api.processes.workers.run_lease import LEASE_S, real_now
from data.model import RunKind
from data.store.database.engine import transaction
from data.store.planning.plan_runs import lease_run
from tests.browser.conftest import Visit
from tests.plowed_storm import plowed_storm

pytestmark = pytest.mark.browser


def test_a_proposal_is_asked_for_followed_and_put_in_force(visit: Visit) -> None:
    city, page = visit.city, visit.page
    with transaction(city.engine) as tx:
        plowed_storm(tx)
    visit.come_in("supervisor")
    visit.go("/durations")
    expect(page.get_by_role("checkbox")).to_be_checked()
    page.get_by_role("button", name="Make a proposal").click()
    expect(page.get_by_role("status").first).to_contain_text("Waiting to be made")
    with transaction(city.engine) as tx:
        run = lease_run(tx, real_now(), LEASE_S, {RunKind.LEARN})
    assert run is not None
    solve_run(city.engine, city.network, run, city.clock, threading.Event())
    page.get_by_role("button", name="Put in force").click()  # once the page has loaded itself anew
    expect(page.locator(".decision")).to_contain_text("Plans use proposal 1")
    assert visit.grave_faults() == []
