"""A dispatcher's whole storm in a browser: planned, published, a truck lost, replanned, closed."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from api.processes.workers.dispatch_worker import DispatchCache
from api.processes.workers.plan_worker import solve_run
from api.processes.workers.run_lease import LEASE_S, real_now
from data.model import PlanState, StormId
from data.store.audit.audit_log import broken_links, list_events
from data.store.database.engine import reading, transaction
from data.store.planning.plan_runs import lease_run
from data.store.planning.plans import list_plans
from maps.pages.i18n import Translator, translator
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

LOOK_S = 0.05
TOLD = ("storm.started", "plan.published", "shift.broke_down", "replan.asked", "storm.ended")
"""What the audit log must tell of the night, in this order."""


class Planners:
    """The two workers of a city, in a thread of this process, whose kernels are there already."""

    def __init__(self, visit: Visit) -> None:
        self._city = visit.city
        self._quick = DispatchCache(self._city.engine, self._city.clock, 1)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _work(self) -> None:
        city = self._city
        while not self._stopped.wait(LOOK_S):
            self._quick.work(self._stopped)
            with transaction(city.engine) as tx:
                run = lease_run(tx, real_now(), LEASE_S)
            if run is not None:
                solve_run(city.engine, city.network, run, city.clock, self._stopped)


@pytest.fixture
def planners(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("fleet.replanning.replan_requests.SECONDS", 0.1)
    with Planners(visit):
        yield


def plan_and_publish(page: Page, t: Translator) -> None:
    """Ask for routes, stop the search once something is found, and send it to the trucks."""
    page.locator("board-side").get_by_role("button", name=t("Make a plan"), exact=True).click()
    stop = page.get_by_role("button", name=t("Stop and use the best"))
    expect(page.locator(".run svg polyline.best")).to_have_count(1)
    stop.click()
    page.get_by_role("button", name=t("Yes, publish")).click()
    expect(page.locator("#routes .row")).to_have_count(2)


def lose_a_truck(page: Page, t: Translator) -> str:
    """Report the first truck of the plan as broken down; returns its name."""
    page.locator("#routes .row").first.click()
    name = page.locator("board-side h2").inner_text()
    page.get_by_role("button", name=t("Broken down"), exact=True).click()
    page.keyboard.press("Escape")
    return name


def look_and_publish(visit: Visit, t: Translator, lost: str) -> None:
    """See truck by truck what the replan changes, then send it out."""
    page = visit.page
    looks = page.get_by_role("button", name=t("See what changes"))
    looks.last.click()  # the next task has one too where the draft ends a class later
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("tbody tr")).to_have_count(2)
    expect(dialog.get_by_role("row").filter(has_text=lost)).to_contain_text(t("next moves change"))
    assert visit.grave_faults() == []
    dialog.get_by_role("button", name=t("Publish to the trucks")).click()
    expect(dialog).to_have_count(0)
    expect(page.locator("#routes .row")).to_have_count(1)
    expect(page.locator("#routes")).not_to_contain_text(lost)


def close_the_storm(page: Page, t: Translator) -> None:
    """Go to the storm's page, clean up, see what would stay open, and close it."""
    page.get_by_role("link", name=t("Phase, snowfall and end of the storm")).click()
    page.get_by_role("button", name=t("go:clean_up")).click()
    page.get_by_role("button", name=t("go:closed")).click()
    page.get_by_role("alertdialog").get_by_role("button", name=t("go:closed")).click()
    expect(page.locator(".storm-head .phase")).to_have_text(t("phase:closed"))


def told(visit: Visit) -> list[str]:
    """Return the verbs of the audit log, whose chain must be whole."""
    with reading(visit.city.engine) as tx:
        events = list_events(tx)
        states = {plan.state for plan in list_plans(tx, StormId(1))}
    assert broken_links(events) == []
    assert states == {PlanState.PUBLISHED, PlanState.SUPERSEDED}
    return [event.verb for event in events]


def test_a_storm_is_run_from_the_first_plan_to_its_end(visit: Visit, planners: None) -> None:
    page, t = visit.board(), translator("fa")
    visit.speak("fa")
    visit.start_storm()
    plan_and_publish(page, t)
    lost = lose_a_truck(page, t)
    look_and_publish(visit, t, lost)
    close_the_storm(page, t)

    verbs = told(visit)
    assert [verb for verb in verbs if verb in TOLD] == [*TOLD[:4], TOLD[1], TOLD[4]]
    visit.go("/")
    expect(page.locator("board-side h2")).to_have_text(t("No storm"))
    assert visit.complaints == []
